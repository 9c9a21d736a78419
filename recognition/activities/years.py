"""One member's years as one reader may see them: since when, in which areas, with which initiatives. Nothing is ranked, and a
year without anything to read is not there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.kinds import FAMILIES
from recognition.activities.measuring.units import unit_of
from recognition.activities.models import Activity, Kind
from recognition.activities.records import readable
from recognition.extensions import db
from recognition.identity.models import Member

YEARS_MAX = 12
CAMPAIGNS_MAX = 6
LOOKED_AT_MAX = 5000
"""Nobody's page gets slower with a longer log: of more deeds the latest so many are counted."""


@dataclass(frozen=True)
class Year:
    """`families` and `campaigns`: how many deeds of each, in the order of models and of the alphabet."""

    number: int
    deeds: int
    families: Sequence[tuple[str, int]]
    campaigns: Sequence[tuple[str, int]]
    more_campaigns: int


@dataclass(frozen=True)
class Years:
    """`first`: the first deed that may be read, or the day of joining where none is earlier; `full`: whole years since. `rows`:
    the latest first; `before`: how many deeds lie before these. `is_cut`: there are more deeds than are counted."""

    first: date
    full: int
    rows: Sequence[Year]
    before: int
    is_cut: bool


def of(member_id: int, joined: date, viewer: Member | None, now: datetime) -> Years:
    found = _counted([*readable(member_id, viewer), Activity.occurred_at <= now])
    first = min([joined, *(row.first_at.date() for row in found[:1])])
    numbers = sorted({row.year for row in found}, reverse=True)
    rows = [_year(number, [row for row in found if row.year == number]) for number in numbers]
    return Years(first, _full(first, now.date()), rows[:YEARS_MAX], sum(row.deeds for row in rows[YEARS_MAX:]),
                 sum(row.deeds for row in rows) > LOOKED_AT_MAX)  # fmt: skip


def _counted(may_read: list[sa.ColumnElement[bool]]) -> Sequence[Any]:
    """Rows of (year, family, campaign, deeds), each with the moment of the first deed of all."""
    owned = sa.join(Activity, Member, Member.id == Activity.member_id)
    earliest = sa.select(Activity.occurred_at).select_from(owned).where(*may_read).order_by(Activity.occurred_at, Activity.id)
    latest = sa.select(Activity.occurred_day, Activity.kind, Activity.campaign).select_from(owned).where(*may_read)
    deed = latest.order_by(Activity.occurred_at.desc(), Activity.id.desc()).limit(LOOKED_AT_MAX + 1).subquery()
    year = (unit_of("month", deed.c.occurred_day) // 12).label("year")
    wanted: sa.Select[Any] = sa.select(
        year, Kind.family, deed.c.campaign, sa.func.count().label("deeds"), earliest.limit(1).scalar_subquery().label("first_at")
    )
    wanted = wanted.select_from(deed).outerjoin(Kind, Kind.slug == deed.c.kind)
    return db.session.execute(wanted.group_by(sa.text("1"), sa.text("2"), sa.text("3"))).all()


def _year(number: int, rows: Sequence[Any]) -> Year:
    families: Counter[str] = Counter()
    campaigns: Counter[str] = Counter()
    for row in rows:
        families[row.family or ""] += row.deeds
        campaigns[row.campaign or ""] += row.deeds
    named = sorted((slug, deeds) for slug, deeds in campaigns.items() if slug)
    return Year(number, families.total(), [(name, families[name]) for name in FAMILIES if families[name]],
                named[:CAMPAIGNS_MAX], max(len(named) - CAMPAIGNS_MAX, 0))  # fmt: skip


def _full(first: date, today: date) -> int:
    return max(today.year - first.year - ((today.month, today.day) < (first.month, first.day)), 0)
