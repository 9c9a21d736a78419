"""How rare a badge is, and who had it first. Counted by a job, never while somebody waits for a page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.badges.models import PUBLISHED, RETIRED, Award, Badge, BadgeRarity
from recognition.badges.queries import Holder, named
from recognition.database import put
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import visible_fields

FIRST = 10
FEWEST_MEMBERS = 20
"""Among fewer people being rare means nothing, and a share would say who is not one of them."""


@dataclass(frozen=True)
class Rarity:
    """What the badge's page says: `words` is empty where there is nothing to say."""

    words: str
    first: list[Holder]


def rarity(badge: Badge, viewer: Member | None) -> Rarity:
    """Two queries, whatever the size of the community."""
    return Rarity(_words(db.session.get(BadgeRarity, badge.id), badge.holders_count), first_holders(badge, viewer))


def first_holders(badge: Badge, viewer: Member | None) -> list[Holder]:
    """The first ten, in that order, of those whose name and badge this reader may see; each at their first level."""
    sooner = sa.orm.aliased(Award)
    had_it = sa.exists().where(
        sooner.badge_id == Award.badge_id, sooner.member_id == Award.member_id, sooner.id < Award.id, sooner.shown,
        sooner.revoked_at.is_(None),
    ).correlate(Award)  # fmt: skip
    wanted = (
        sa.select(Award, Member)
        .join(Member, Member.id == Award.member_id)
        .where(Award.badge_id == badge.id, Award.shown, Award.revoked_at.is_(None), ~had_it, named(viewer))
        .order_by(Award.id)
        .limit(FIRST)
        .options(sa.orm.lazyload(Award.badge))
    )
    return [Holder(visible_fields(member, viewer), award) for award, member in db.session.execute(wanted)]


def count_holders(now: datetime) -> int:
    """Keep for each badge how many active members wear it, and of how many. Hidden and declined awards are in no count."""
    active = db.session.scalar(sa.select(sa.func.count()).where(Member.state == "active")) or 0
    wears = sa.and_(Award.badge_id == Badge.id, Award.shown, Award.revoked_at.is_(None))
    wearer = sa.and_(Member.id == Award.member_id, Member.state == "active")
    counted = (
        sa.select(Badge.id, sa.func.count(sa.distinct(Member.id)))
        .outerjoin(Award, wears)
        .outerjoin(Member, wearer)
        .where(Badge.state.in_((PUBLISHED, RETIRED)))
        .group_by(Badge.id)
        .order_by(Badge.id)
    )
    rows = [
        {"badge_id": badge_id, "holders": holders, "members": active, "counted_at": now}
        for badge_id, holders in db.session.execute(counted)
    ]
    table: Any = BadgeRarity.__table__
    put(table, rows, ("badge_id",), lambda new: {name: new[name] for name in ("holders", "members", "counted_at")})
    return len(rows)


def _words(found: BadgeRarity | None, wearers: int) -> str:
    """`wearers`: the number that the page says beside it, kept with each award, so that it never says two."""
    if found is None or not found.holders or found.members < FEWEST_MEMBERS:
        return ""
    one_in = round(found.members / found.holders)
    if one_in <= 1:
        return _("Nearly everybody here wears it.")
    if wearers <= FIRST:
        return ngettext("Rare: %(num)s person here wears it.", "Rare: %(num)s people here wear it.", wearers)
    return _("About one in %(number)s people here wears it.", number=_spelt(one_in))


def _spelt(number: int) -> str:
    """As one writes it: small numbers in letters."""
    small = (_("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"), _("ten"))
    return small[number - 2] if 2 <= number <= 10 else str(number)
