"""A rank read from counts is the rank that the list shows, for everybody and after every change."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.drain import drain
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.leaderboards import counting, keeping, queries, rebuild, services
from recognition.leaderboards.models import Board, CountedPeriod, Standing, StandingCount
from recognition.leaderboards.ranks import own_place, people_on, sides
from recognition.leaderboards.rules import Place
from recognition.leaderboards.scoring import Sum
from tests.factories.activities import REPORTED, make_activity
from tests.factories.identity import make_member

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
PERIODS = ("all", "2026-S4", "2026-11", "2026-W47")


@pytest.fixture
def crowd(db: Any) -> tuple[Board, list[int]]:
    """Forty people, some not listed, with scores and moments that collide."""
    dice = Random(5)
    board = Board(slug="community", name="Everybody", kinds=[])
    db.session.add(board)
    people = [make_member(f"m{n:02}", on_boards=n % 7 != 0).id for n in range(40)]
    sums = {
        (board.id, member, period): Sum(dice.choice((5, 5, 255, 256, 257, 600, 70_000)), 1, a_moment(dice))
        for member in people
        for period in PERIODS
    }
    keeping.add(sums)
    for period in PERIODS[:3]:
        counting.count(board.id, period)
    db.session.commit()
    return board, people


def a_moment(dice: Random) -> datetime:
    return START + timedelta(hours=dice.choice((0, 0, 1, 3, 4, 50, 500)), microseconds=dice.choice((0, 1)))


def in_order(board: Board, period: str) -> list[Place]:
    rows = sa.select(Standing.score, Standing.reached_at, Standing.member_id).where(
        Standing.board_id == board.id, Standing.period == period, Standing.listed
    )
    return sorted(Place(*row) for row in database.session.execute(rows))


def agree(board: Board) -> None:
    for period in PERIODS:
        order = in_order(board, period)
        own = [own_place(board.id, period, place.member_id) for place in order]
        assert [(one.rank, one.place, one.listed) for one in own if one] == [(n, one, True) for n, one in enumerate(order, 1)]
        assert people_on(board.id, period) == len(order)
        assert [row.place for row in sides(board.id, period, None, 100, 0).top] == order
        for n, place in enumerate(order):
            around = sides(board.id, period, place, 0, 5)
            assert [row.place for row in around.above] == order[max(n - 5, 0) : n]
            assert [row.place for row in around.below] == order[n + 1 : n + 6]
    assert list(counting.differences()) == []


def test_counts_follow_points_and_wishes(crowd: tuple[Board, list[int]], db: Any) -> None:
    board, people = crowd
    dice = Random(9)
    agree(board)
    for _turn in range(12):
        keeping.add({
            (board.id, member, period): Sum(dice.choice((5, 10, 300)), 1, a_moment(dice))
            for member in dice.sample(people, 7)
            for period in PERIODS
        })  # fmt: skip
        one = db.session.get_one(Member, dice.choice(people))
        one.on_boards, one.state = dice.choice((True, False)), dice.choice(("active", "suspended", "alumni"))
        db.session.flush()
        services.relist(one.id)
        db.session.commit()
        agree(board)
    fewest = sa.select(sa.func.min(StandingCount.people))
    assert db.session.scalar(fewest) == 0
    counting.sweep()
    assert db.session.scalar(fewest) == 1
    agree(board)


def test_a_newcomer_and_one_whose_deeds_are_gone(crowd: tuple[Board, list[int]], db: Any) -> None:
    board, people = crowd
    newcomer = make_member("new", on_boards=True).id
    keeping.add({(board.id, newcomer, "all"): Sum(257, 1, START)})
    agree(board)
    # Nothing of theirs is in the log.
    keeping.restate_members([newcomer, *people[:9]], [services.scorings()[0]])
    agree(board)
    gone = sa.select(sa.func.count()).where(Standing.member_id.in_([newcomer, *people[:9]]))
    assert db.session.scalar(gone) == 0


def test_a_long_list_is_counted_by_itself(db: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(counting, "COUNTED_FROM", 3)
    board = Board(slug="community", name="Everybody", kinds=[])
    db.session.add(board)
    for n in range(3):
        make_activity(make_member(f"m{n}", on_boards=n < 2).id)
    db.session.commit()
    drain()
    with clock.as_of(REPORTED):
        assert counting.count_crowded() == 0
        make_activity(make_member("one-more", on_boards=True).id)
        db.session.commit()
        drain()
        assert counting.count_crowded() == 3
        db.session.commit()
        assert counting.count_crowded() == 0
    counted = {row.period for row in db.session.scalars(sa.select(CountedPeriod))}
    assert counted == {"all", "2026-S4", "2026-11"}
    rebuild.rebuild()
    db.session.commit()
    assert (list(rebuild.check()), people_on(board.id, "all")) == ([], 3)


def test_a_wrong_count_is_found_and_mended(crowd: tuple[Board, list[int]], db: Any) -> None:
    assert crowd
    db.session.execute(sa.update(StandingCount).where(StandingCount.level == 0, StandingCount.period == "all").values(people=99))
    db.session.commit()
    assert len(list(counting.differences())) > 0
    rebuild.rebuild()
    db.session.commit()
    assert list(rebuild.check()) == []


def test_the_list_goes_on_by_key_and_ends_in_the_middle(db: Any) -> None:
    board = Board(slug="community", name="Everybody", kinds=[])
    db.session.add(board)
    people = [make_member(f"m{n:03}", on_boards=True).id for n in range(130)]
    keeping.add({(board.id, member, "all"): Sum(1000 - n // 3, 1, START) for n, member in enumerate(people)})
    view = queries.board_view(board.id, "all", None, [], None)
    ranks, cursor = [line.rank for line in view.top], view.further
    while cursor:
        page = queries.further_down(board.id, "all", None, [], cursor)
        assert [line.person.handle for line in page.items] == [f"m{line.rank - 1:03}" for line in page.items]
        ranks += [line.rank for line in page.items]
        cursor = page.next_cursor
    assert ranks == list(range(1, 65 + 1))
