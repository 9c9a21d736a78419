"""Who got what by country, for the night's count: pages read these rows and never all that was ever asked."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.database import is_postgresql
from recognition.extensions import db
from recognition.metrics.activity import SLOTS_MAX
from recognition.metrics.rules import NOT_TOLD, Counted
from recognition.resources.models import ResourceAsk
from recognition.resources.queries import AMOUNT, ASKED, BETWEEN, EVER, MET
from recognition.resources.rules import GIVEN, OUTCOMES

SLOT_MAX_CHARS = 160


def resources(day: int) -> Iterator[Counted]:
    """What was decided up to the end of the day, by the country it was for and by the year of the decision, and for all years
    together: asks, those that were met in full or in part, and what was given by unit."""
    until = (ResourceAsk.decided_at < clock.start_of(day + 1), ResourceAsk.state.in_(OUTCOMES))
    in_utc = sa.func.to_char(sa.func.timezone("UTC", ResourceAsk.decided_at), "YYYY")
    year: Any = in_utc if is_postgresql() else sa.func.strftime("%Y", ResourceAsk.decided_at)
    ever: Any = sa.literal_column(f"'{EVER}'")
    for named in (ever, year):
        yield from _counted(named, until)


def _counted(named: Any, until: Any) -> Iterator[Counted]:
    people = sa.func.count(sa.distinct(ResourceAsk.member_id))
    met, by = ResourceAsk.state.in_(GIVEN), (named.label("named"), ResourceAsk.region)
    columns = (*by, sa.func.count(), sa.func.sum(sa.case((met, 1), else_=0)), people)
    asks: dict[str, dict[str, tuple[int, int]]] = {}
    for name, region, asked, of_met, doers in db.session.execute(sa.select(*columns).where(*until).group_by(*_places(2))):
        for of, number in ((ASKED, asked), (MET, of_met)):
            asks.setdefault(f"{of}.{name}", {})[region] = (int(number), doers)
    for of, numbers in asks.items():
        yield from _figures(of, "country", numbers)
    sums = (*by, ResourceAsk.unit, sa.func.sum(ResourceAsk.given), people)
    given = sa.select(*sums).where(*until, met, ResourceAsk.given.is_not(None)).group_by(*_places(3))
    amounts: dict[str, dict[str, tuple[int, int]]] = {}
    for name, region, unit, number, doers in db.session.execute(given):
        slot = f"{unit}{BETWEEN}{region}"[:SLOT_MAX_CHARS]
        amounts.setdefault(f"{AMOUNT}.{name}", {})[slot] = (int(number), doers)
    for of, numbers in amounts.items():
        yield from _figures(of, "country.unit", numbers)


def _figures(of: str, by: str, numbers: dict[str, tuple[int, int]]) -> Iterator[Counted]:
    """Each with the people behind it. The largest; countries beyond these are told with those that nobody told."""
    order = sorted(numbers, key=lambda slot: (slot == NOT_TOLD, -numbers[slot][0], slot))
    kept = [slot for slot in order[:SLOTS_MAX] if slot != NOT_TOLD]
    yield from (Counted(of, *numbers[slot], by=by, slot=slot) for slot in kept)
    left = [numbers[slot] for slot in order if slot not in kept]
    if left and by == "country":
        yield Counted(of, sum(one for one, _people in left), max(people for _one, people in left), by=by, slot=NOT_TOLD)


def _places(number: int) -> list[sa.TextClause]:
    """Group by the first columns, by their place: an expression would be bound twice and look like two."""
    return [sa.text(str(one)) for one in range(1, number + 1)]
