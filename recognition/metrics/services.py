"""What is done with areas and figures."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from flask import current_app

from recognition import clock
from recognition.audit.services import record
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.metrics import activity, keeping, queries, rules
from recognition.metrics.models import Area, Figure
from recognition.metrics.rules import AreaSpec, Counted, Outdated, figure_name
from recognition.refs import Ref

FIRST = AreaSpec("Everything", "Any deed at all, told by oneself or seen elsewhere.", "live", 0, {"count": {}, "at_least": 1})
FIRST_SLUG = "everything"
Counter = Callable[[int], Iterable[Counted]]
"""Counts one part as it was at the end of a day."""
MONTHS_BACK = 12
FINE_DAYS = 35
"""So long each day keeps its figures by country and the like; then only the last day of each month does."""


def roll_up(day: int | None, now: datetime) -> list[int]:
    """Ask for everything to be counted as it was at the end of `day`; None is yesterday, the last whole day, and the ends of
    the months before it that nobody counted yet. Each part is a job of its own."""
    if not queries.areas():
        save_area(None, FIRST, now, None, slug=FIRST_SLUG)
    wanted = [day] if day is not None else _due(clock.day_number(now) - 1)
    for part in parts():
        _ask(part, wanted)
    return wanted


def _ask(part: str, days: Sequence[int]) -> None:
    ledger.defer("metrics.count", dedupe_key=f"metrics.count:{part}:{'.'.join(map(str, days))}", part=part, days=days)


def parts() -> list[str]:
    return [*_counters(), *(figure_name(area.slug) for area in queries.areas())]


def count(part: str, day: int, now: datetime) -> int:
    """Count one part anew. A part that is gone is nothing to count."""
    return keep(part, counted(part, day, now), day, now)


class Found(NamedTuple):
    """What one part came to, and by which rule where it is an area's; no rule and no figures where it is gone."""

    figures: list[Counted]
    rule: object = None


def counted(part: str, day: int, now: datetime) -> Found:
    """Only reads: a job counts while others write."""
    counters = _counters()
    if part in counters:
        return Found(list(counters[part](day)))
    area = queries.area_by_slug(part.removeprefix("active."))
    if area is None:
        return Found([])
    return Found(activity.active(part, rules.conversion(area.conversion), day, now), area.conversion)


def keep(part: str, found: Found, day: int, now: datetime) -> int:
    """An area that is gone, or that has another rule since it was counted, keeps nothing: that rule is counted by itself."""
    if part not in _counters():
        area = queries.area_by_slug(part.removeprefix("active."), for_update=True)
        if area is None or area.conversion != found.rule:
            return 0
        area.counted_at = now
    return keeping.keep(part, found.figures, day, now)


def tidy(now: datetime) -> int:
    today = clock.day_number(now)
    ends = month_ends(today, MONTHS_BACK + 2)
    return keeping.thin_out(today - FINE_DAYS, ends, today - 400)


def save_area(area: Area | None, spec: AreaSpec, now: datetime, actor_id: int | None, *, slug: str = "", seen: str = "") -> Area:
    """A new one at `slug`, or `area` changed. Raises Outdated where it was changed since `seen`. What it counts is counted
    anew, back to the ends of the months before."""
    if area is None:
        area = Area(slug=slug, created_at=now)
        db.session.add(area)
        verb, before = "area.created", None
    else:
        db.session.refresh(area, with_for_update=True)
        if seen and seen != area.changed_at.isoformat():
            raise Outdated
        verb, before = "area.changed", {"state": area.state, "rule": area.conversion}
    another_rule = area.conversion != spec.conversion
    area.title, area.about, area.state, area.position = spec.title, spec.about, spec.state, spec.position
    area.conversion, area.changed_at = spec.conversion, now
    db.session.flush()
    if another_rule:
        keeping.drop(figure_name(area.slug))
        _ask(figure_name(area.slug), series_days(queries.newest_day() or clock.day_number(now) - 1))
    record(verb, Ref("area", area.id), actor_id, before, {"state": area.state, "rule": area.conversion})
    return area


def remove_area(area: Area, actor_id: int) -> None:
    keeping.drop(figure_name(area.slug))
    record("area.removed", Ref("area", area.id), actor_id, {"state": area.state, "rule": area.conversion}, None)
    db.session.delete(area)


def month_ends(day: int, months: int) -> list[int]:
    """The last days of so many calendar months before the one of `day`, the latest first."""
    first = (clock.EPOCH + timedelta(days=day)).replace(day=1)
    ends = []
    for _month in range(months):
        last = first - timedelta(days=1)
        ends.append(clock.day_number(last))
        first = date(last.year, last.month, 1)
    return ends


def _due(day: int) -> list[int]:
    ends = month_ends(day, MONTHS_BACK)
    known = queries.known_days(ends)
    return [day, *(end for end in ends if end not in known)]


def series_days(day: int) -> list[int]:
    """The days of which a line over time is made, the earliest first."""
    return sorted([*month_ends(day, MONTHS_BACK), day])


def _counters() -> Mapping[str, Counter]:
    counters: Mapping[str, Counter] = current_app.extensions["figures"]
    return counters


def counted_at(day: int) -> datetime | None:
    found: datetime | None = db.session.scalar(
        sa.select(sa.func.max(Figure.counted_at)).where(Figure.name == "members", Figure.day == day)
    )
    return found
