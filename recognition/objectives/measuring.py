"""Where the numbers of key results come from. A survey counts with what it proves, not with what it hopes."""

from collections.abc import Callable, Collection, Mapping

import sqlalchemy as sa

from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import goal_progress
from recognition.database import among
from recognition.extensions import db
from recognition.metrics import hiding
from recognition.metrics.models import Figure
from recognition.metrics.rules import ALL_TIME, WINDOWS
from recognition.objectives.rules import PERCENT
from recognition.surveys.models import Survey
from recognition.surveys.rules import LEAST

AREA_DAYS = 182
"""An area's key result is about the people who were active in the last half year."""
Asked = tuple[str, str]
"""A source ("survey:mdm-2026") and a unit."""


def values(asked: Collection[Asked]) -> dict[Asked, float | None]:
    """None where there is no number yet."""
    found: dict[Asked, float | None] = {}
    for kind, read in _READERS.items():
        slugs = {source.partition(":")[2] for source, _unit in asked if source.startswith(f"{kind}:")}
        numbers = read(slugs) if slugs else {}
        for source, unit in asked:
            name, _colon, slug = source.partition(":")
            if name == kind:
                found[source, unit] = _in(unit, numbers.get(slug))
    return found


def _in(unit: str, number: tuple[int, int] | None) -> float | None:
    """`number`: so many of so many."""
    if number is None:
        return None
    count, whole = number
    if unit == PERCENT:
        # Rounded down: 79.96 % is not 80 %.
        return count * 1000 // whole / 10 if whole else None
    return float(count)


def _campaigns(slugs: Collection[str]) -> dict[str, tuple[int, int]]:
    found = {}
    for one in db.session.scalars(sa.select(Campaign).where(among(Campaign.slug, slugs))):
        goal = goal_progress(one.reached_count, one.base_count, one.target_share, one.target_count)
        found[one.slug] = (goal.reached, goal.base or goal.needed)
    return found


def _surveys(slugs: Collection[str]) -> dict[str, tuple[int, int]]:
    """Those who said yes, of everybody on the roll: the lower bound. Only once its result is there, and not where so few were
    asked that it is told nowhere."""
    closed = sa.select(Survey.slug, Survey.result).where(among(Survey.slug, slugs), Survey.result_at.is_not(None))
    found = {row.slug: (int(row.result["yes"]), int(row.result["people"])) for row in db.session.execute(closed)}
    return {slug: number for slug, number in found.items() if number[1] >= LEAST}


def _areas(slugs: Collection[str]) -> dict[str, tuple[int, int]]:
    """People active in it in the last half year, of all members; absent where these, or all the others, are so few that
    somebody could be meant, and where the dashboards hide it beside their other windows."""
    names = {f"active.{slug}": slug for slug in slugs}
    asked = (among(Figure.name, [*names, "members"]), Figure.by == "", Figure.span.in_((ALL_TIME, *WINDOWS)))
    newest = sa.select(Figure.name, sa.func.max(Figure.day).label("day")).where(*asked).group_by(Figure.name).subquery()
    same = sa.and_(Figure.name == newest.c.name, Figure.day == newest.c.day)
    last: dict[str, dict[int, int]] = {}
    for row in db.session.execute(sa.select(Figure.name, Figure.span, Figure.value).join(newest, same).where(*asked)):
        last.setdefault(row.name, {})[row.span] = row.value
    everybody = last.get("members", {}).get(ALL_TIME, 0)
    told = {slug: hiding.windows(last[name], everybody)[AREA_DAYS] for name, slug in names.items() if name in last}
    return {slug: (number, everybody) for slug, number in told.items() if number is not None}


_READERS: Mapping[str, Callable[[Collection[str]], dict[str, tuple[int, int]]]] = {
    "survey": _surveys, "campaign": _campaigns, "area": _areas,
}  # fmt: skip
