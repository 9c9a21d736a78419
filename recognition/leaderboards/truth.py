"""What standings must be, read from the log; and the boards' rules as the log is asked for them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from recognition.activities.drain import Fact
from recognition.activities.models import Activity, Kind
from recognition.database import among, elements_later, is_postgresql
from recognition.extensions import db
from recognition.leaderboards.models import Board, CountedPeriod
from recognition.leaderboards.rules import periods_of
from recognition.leaderboards.scoring import ONLY_ME, PERSON, UNTOLD, Key, Scoring, Sum, Sums, add_up, judge

COLUMNS = tuple(getattr(Activity, name) for name in Fact._fields)


def scorings(boards: Iterable[Any] | None = None) -> list[Scoring]:
    """Every board's rules, or these boards'. A family means the kinds that people tell, as they are today."""
    rows: Sequence[Any] = db.session.execute(sa.select(*_RULES)).all() if boards is None else list(boards)
    of_family: dict[str, set[str]] = {}
    if any(row.families for row in rows):
        told = sa.select(Kind.family, Kind.slug).where(Kind.internal.is_(False))
        for family, slug in db.session.execute(told):
            of_family.setdefault(family, set()).add(slug)
    return [_scoring(row, of_family) for row in rows]


_RULES = (Board.id, Board.measure, Board.kinds, Board.families, Board.weights, Board.per_day, Board.once_per_object)


def scorings_and_counted(periods: Collection[str]) -> tuple[list[Scoring], set[tuple[int, str]]]:
    """Every board's rules, and the (board, period) among these periods that are counted. With every deed, so it is one
    question."""
    db.session.flush()
    rows = db.session.connection().execute(_rules_and_counted(is_postgresql()), {"periods": sorted(periods)}).all()
    counted = {(row.id, period) for row in rows if row.counted for period in row.counted.split()}
    return scorings(rows), counted


@lru_cache(maxsize=2)
def _rules_and_counted(_postgresql: bool) -> sa.Select[Any]:
    given = sa.select(elements_later("periods", sa.Text).c.value)
    counted = sa.select(sa.func.aggregate_strings(CountedPeriod.period, " ")).where(
        CountedPeriod.board_id == Board.id, CountedPeriod.period.in_(given)
    )
    return sa.select(*_RULES, counted.scalar_subquery().label("counted"))


def _scoring(row: Any, of_family: dict[str, set[str]]) -> Scoring:
    kinds = set(row.kinds).union(*(of_family.get(family, set()) for family in row.families))
    if row.measure == "people" and not kinds:
        kinds = {"thanks.received"}
    only = frozenset(kinds - UNTOLD) if kinds or row.families else None
    return Scoring(row.id, row.measure, only, row.weights, row.per_day, row.once_per_object)


def paid(scoring: Scoring, of: Any = Activity) -> sa.ColumnElement[bool]:
    """`scoring.worth(deed) != 0`, on `activity` or another name for it."""
    asked: list[sa.ColumnElement[bool]] = [of.repeat_of_id.is_(None), of.visibility != ONLY_ME]
    if scoring.only is not None:
        asked.append(among(of.kind, sorted(scoring.only)))
    elif scoring.never:
        asked.append(of.kind.not_in(scoring.never))
    if scoring.measure == "people":
        asked.append(of.object.startswith(PERSON))
    if scoring.measure == "points":
        worth: sa.ColumnElement[bool] = of.points != 0
        if scoring.weights:
            paid = sorted(kind for kind, points in scoring.weights.items() if points)
            as_told = sa.and_(worth, of.kind.not_in(sorted(scoring.weights)))
            worth = sa.or_(among(of.kind, paid), as_told)
        asked.append(worth)
    return sa.and_(*asked)


def considered(also: Sequence[int] = (), of: Any = Activity) -> sa.ColumnElement[bool]:
    """`also`: deeds of a batch that is being considered right now."""
    counted: sa.ColumnElement[bool] = of.considered_at.is_not(None)
    if also:
        counted = sa.or_(counted, among(of.id, also))
    return sa.and_(counted, of.withdrawn_at.is_(None))


def truth(members: Iterable[int], rules: Sequence[Scoring], also: Sequence[int] = ()) -> Sums:
    """The standings of these members, whatever is stored."""
    ids, sums = sorted(members), Sums()
    _by_themselves(ids, [one for one in rules if one.by_itself], also, sums)
    for scoring in rules:
        if not scoring.by_itself:
            for _member, deeds in groupby(_deeds(ids, scoring, also), attrgetter("member_id")):
                add_up(sums, scoring, judge(scoring, deeds))
    return sums


def _deeds(ids: Sequence[int], scoring: Scoring, also: Sequence[int]) -> Iterator[Fact]:
    asked = sa.select(*COLUMNS).where(among(Activity.member_id, ids), considered(also), paid(scoring))
    for row in db.session.execute(asked.order_by(Activity.member_id, Activity.occurred_day, Activity.id)):
        yield Fact(*row)


def _by_themselves(ids: Sequence[int], rules: Sequence[Scoring], also: Sequence[int], sums: Sums) -> None:
    """Deeds that are alike are read as one row."""
    if not rules:
        return
    alike = (Activity.member_id, Activity.kind, Activity.occurred_day, Activity.points)
    asked = sa.select(*alike, sa.func.min(Activity.id), sa.func.count(), sa.func.max(Activity.reported_at)).where(
        among(Activity.member_id, ids), considered(also), Activity.repeat_of_id.is_(None), Activity.visibility != ONLY_ME
    )
    for member_id, kind, day, points, first, number, reported_at in db.session.execute(asked.group_by(*alike)):
        deed = Fact(first, member_id, kind, day, reported_at, points, None)
        for scoring in rules:
            worth = scoring.worth(deed)
            if not worth:
                continue
            one = Sum(worth * number, number, reported_at)
            for period in periods_of(day):
                key: Key = (scoring.board_id, member_id, period)
                known = sums.get(key)
                sums[key] = known.and_(one) if known else one
