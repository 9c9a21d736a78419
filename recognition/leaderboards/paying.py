"""What each deed of one page pays, and why another one does not: `scoring.judge` for a few deeds, by a few steps into an
index for each of them. A score is opened on a public page, and nobody's whole history is read for it."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from recognition.activities.models import Activity
from recognition.extensions import db
from recognition.leaderboards.arrivals import EVER, Stretch, first_places, firsts_of_objects, given_rows
from recognition.leaderboards.rules import days_of
from recognition.leaderboards.scoring import Scoring, Told, Why, place, worthless
from recognition.leaderboards.truth import considered, paid

Pay = tuple[int, Why]


def paying(scoring: Scoring, period: str, deeds: Sequence[Told]) -> dict[int, Pay]:
    """By the deed's id. `deeds`: considered ones of this period, which the board could count."""
    found: dict[int, Pay] = {deed.id: (0, worthless(deed)) for deed in deeds}
    able = [deed for deed in deeds if scoring.worth(deed)]
    return found | (_summed(scoring, able) if scoring.measure in {"points", "deeds"} else _different(scoring, period, able))


def _different(scoring: Scoring, period: str, able: Iterable[Told]) -> dict[int, Pay]:
    days = EVER if scoring.measure == "firsts" else days_of(period)
    stretches = {deed.id: (deed.member_id, scoring.key(deed), *days) for deed in able}
    first = first_places(scoring, set(stretches.values()))
    return {deed.id: (1, Why.PAYS) if first[stretches[deed.id]] == place(deed) else (0, Why.KNOWN) for deed in able}


def _summed(scoring: Scoring, able: Sequence[Told]) -> dict[int, Pay]:
    first = firsts_of_objects(scoring, able) if scoring.once_per_object else {}
    last = _last_within_caps(scoring, able)
    found: dict[int, Pay] = {}
    for deed in able:
        if deed.object is not None and first.get((deed.member_id, deed.object), place(deed)) != place(deed):
            found[deed.id] = (0, Why.SAME_OBJECT)
        elif deed.id > last.get(_cell(deed), deed.id):
            found[deed.id] = (0, Why.BEYOND_DAY)
        else:
            found[deed.id] = (scoring.worth(deed), Why.PAYS)
    return found


def _cell(deed: Told) -> Stretch:
    return (deed.member_id, deed.kind, deed.occurred_day, deed.occurred_day + 1)


def _last_within_caps(scoring: Scoring, able: Iterable[Told]) -> dict[Stretch, int]:
    """By kind and day, the last deed that a day's cap lets in; none where the cap is not reached."""
    cells = {_cell(deed) for deed in able if scoring.cap(deed.kind)}
    if not cells:
        return {}
    given = given_rows(cells)
    inside = sa.and_(
        Activity.member_id == given.c.member, Activity.kind == given.c.word, Activity.occurred_day == given.c.since,
        considered(), paid(scoring),
    )  # fmt: skip
    wanted = sa.select(Activity.id).where(inside)
    if scoring.once_per_object:
        wanted = wanted.where(sa.or_(Activity.object.is_(None), ~_known_object(scoring)))
    nth = wanted.order_by(Activity.id).offset(scoring.per_day - 1).limit(1).correlate(given).scalar_subquery()
    rows = db.session.execute(sa.select(given.c.member, given.c.word, given.c.since, given.c.before, nth))
    return {(member, word, since, before): last for member, word, since, before, last in rows if last is not None}


def _known_object(scoring: Scoring) -> sa.ColumnElement[bool]:
    """A deed before it counts for the same thing."""
    before: Any = aliased(Activity)
    earlier = sa.tuple_(before.occurred_day, before.id) < sa.tuple_(Activity.occurred_day, Activity.id)
    same = sa.and_(before.member_id == Activity.member_id, before.object == Activity.object, earlier)
    return sa.exists().where(same, considered(of=before), paid(scoring, before)).correlate(Activity)
