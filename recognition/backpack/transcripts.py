"""All badges of a member as one list to hand to somebody: what a reader may see of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from recognition.backpack.models import ExternalBadge
from recognition.badges.certificates import standing
from recognition.badges.models import ACCEPTED, RULE, Award, Badge
from recognition.badges.portable import identifiers
from recognition.badges.queries import picture_url
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group, Member
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.web.pagination import Page, as_moment, as_number, decode, page

PAGE_AWARDS = 200
"""So many fit one print; nobody in the communities we know has more, and whoever does prints two."""


@dataclass(frozen=True)
class Entry:
    """`giver` None: by its rule, or somebody whom this reader does not see. `standing`: see `certificates`."""

    award: Award
    src: str
    giver: ProfileView | None
    group: Group | None
    standing: str
    address: str

    @property
    def badge(self) -> Badge:
        return self.award.badge


def entries(
    person_id: int, viewer: Member | None, everything: bool, base: str, now: datetime, cursor: str | None, size: int = PAGE_AWARDS
) -> Page[Entry]:
    """Those given last first. What the member shows and what nobody took back; `everything`, which the caller has seen that only
    the member asks for: also what they keep to themselves, and what was taken back, which says so."""
    wanted = sa.select(Award).where(Award.member_id == person_id, Award.answer == ACCEPTED)
    if not everything:
        wanted = wanted.where(Award.shown, Award.revoked_at.is_(None))
    last = decode(cursor, (int, int))
    if last:
        given = as_moment(last[0])
        wanted = wanted.where(sa.or_(Award.awarded_at < given, sa.and_(Award.awarded_at == given, Award.id < last[1])))
    rows = db.session.scalars(wanted.order_by(Award.awarded_at.desc(), Award.id.desc()).limit(size + 1)).all()
    found = page(rows, size, lambda award: [as_number(award.awarded_at), award.id])
    givers, groups = _givers(found.items, viewer), _groups(found.items)
    lines = [
        Entry(
            award=award,
            src=picture_url(award.badge, 128, award.level),
            giver=givers.get(award.given_by_id or 0) if award.how != RULE else None,
            group=groups.get(award.badge.issuer_id or 0),
            standing=standing(award, now),
            address=identifiers.award_page(base, award.key),
        )
        for award in found.items
    ]
    return Page(lines, found.next_cursor)


def by_day(badges: Sequence[ExternalBadge]) -> list[ExternalBadge]:
    """From elsewhere, in the same order; those without a day are last."""
    long_ago = datetime.min.replace(tzinfo=UTC)
    return sorted(badges, key=lambda one: (one.issued_at or long_ago, one.id), reverse=True)


def _givers(awards: Sequence[Award], viewer: Member | None) -> Mapping[int, ProfileView]:
    ids = {award.given_by_id for award in awards if award.given_by_id is not None and award.how != RULE}
    return {id_: giver for id_, giver in profiles(sorted(ids), viewer).items() if giver.state != "suspended"}


def _groups(awards: Sequence[Award]) -> Mapping[int, Group]:
    ids = {award.badge.issuer_id for award in awards if award.badge.issuer_id is not None}
    return {group.id: group for group in db.session.scalars(sa.select(Group).where(among(Group.id, ids)))} if ids else {}
