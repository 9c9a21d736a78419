"""Reading nominations: one's own, and those that wait for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from recognition.badges import policy
from recognition.badges.models import OPEN, PUBLISHED, Badge, Nomination
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member, Membership
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.web.pagination import Page, decode, page

PAGE_OWN = 24
PAGE_QUEUE = 50


@dataclass(frozen=True)
class Asked:
    """A nomination as one reader sees it. `decider` None: nobody has decided, or they are gone."""

    nomination: Nomination
    nominee: ProfileView
    nominator: ProfileView
    decider: ProfileView | None

    @property
    def badge(self) -> Badge:
        return self.nomination.badge


def curated_groups(member_id: int) -> frozenset[int]:
    """Ids of the groups that this member looks after."""
    wanted = sa.select(Membership.group_id).where(
        Membership.member_id == member_id, Membership.is_curator, Membership.state == "in"
    )
    return frozenset(db.session.scalars(wanted))


def is_own(nomination_id: int, nominator_id: int) -> bool:
    wanted = sa.select(Nomination.id).where(Nomination.id == nomination_id, Nomination.nominator_id == nominator_id)
    return db.session.scalar(wanted) is not None


def own(nominator: Member, cursor: str | None, size: int = PAGE_OWN) -> Page[Asked]:
    """What this member asked for, newest first."""
    wanted = sa.select(Nomination).where(Nomination.nominator_id == nominator.id).order_by(Nomination.id.desc())
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Nomination.id < last[0])
    rows = db.session.scalars(wanted.limit(size + 1)).all()
    return _seen(page(rows, size, lambda row: [row.id]), nominator)


def waiting(
    approver: Member, curated: frozenset[int], badge_slug: str, mine: bool, cursor: str | None, size: int = PAGE_QUEUE
) -> Page[Asked]:
    """What this member may decide, the oldest first. `mine`: only for badges of the groups they look after."""
    wanted = _decidable(approver, curated, mine).order_by(Nomination.id)
    if badge_slug:
        wanted = wanted.where(Badge.slug == badge_slug)
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Nomination.id > last[0])
    rows = db.session.scalars(wanted.limit(size + 1)).all()
    return _seen(page(rows, size, lambda row: [row.id]), approver)


def waiting_badges(approver: Member, curated: frozenset[int]) -> list[tuple[str, str]]:
    """Slug and name of the badges that something waits for, to choose from."""
    own_ids = _decidable(approver, curated, False).with_only_columns(Nomination.badge_id).distinct()
    rows = db.session.execute(sa.select(Badge.slug, Badge.name).where(Badge.id.in_(own_ids)).order_by(Badge.name).limit(200))
    return [(row.slug, row.name) for row in rows]


def _decidable(approver: Member, curated: frozenset[int], mine: bool) -> Any:
    """In SQL what `policy.can_decide` says of one. What could not be given now waits out of sight: a retired badge may be
    reopened, and a suspended member may come back."""
    wanted = (
        sa.select(Nomination)
        .join(Badge, Badge.id == Nomination.badge_id)
        .join(Member, Member.id == Nomination.member_id)
        .where(Nomination.state == OPEN, Badge.state == PUBLISHED, Member.state != "suspended")
        .where(Nomination.member_id != approver.id, Nomination.nominator_id != approver.id)
    )
    if mine or not policy.decides_everywhere(approver):
        wanted = wanted.where(among(Badge.issuer_id, curated))
    return wanted


def _seen(found: Page[Nomination], reader: Member) -> Page[Asked]:
    ids = {who for row in found.items for who in (row.member_id, row.nominator_id, row.decided_by_id) if who}
    people = profiles(sorted(ids), reader)
    rows: Sequence[Asked] = [
        Asked(row, people[row.member_id], people[row.nominator_id], people.get(row.decided_by_id or 0)) for row in found.items
    ]
    return Page(rows, found.next_cursor)
