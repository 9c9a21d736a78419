"""One order for ranks and lists; whoever got there first stands first."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from recognition.leaderboards.models import Board, Standing
from recognition.leaderboards.queries import board_view, further_down, numbered_to
from recognition.leaderboards.rules import Pace, current, pace, past
from recognition.web.pagination import Page, as_number, encode
from tests.factories.identity import make_member

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
WEEKS = [*reversed(past("week", START.date(), 7)), current("week", START.date())]


def make_board(db: Any, *standings: tuple[str, int, int], unlisted: str = "") -> tuple[Board, dict[str, Any]]:
    """(handle, score, minute it was reached); members get their ids in this order."""
    board = Board(slug="community", name="Everybody", kinds=[])
    db.session.add(board)
    db.session.flush()
    members = {handle: make_member(handle, on_boards=handle not in unlisted.split()) for handle, _score, _minute in standings}
    for handle, score, minute in standings:
        db.session.add(
            Standing(board_id=board.id, period="all", member_id=members[handle].id, score=score, deeds=1,
                     reached_at=START + timedelta(minutes=minute), listed=members[handle].on_boards)
        )  # fmt: skip
    db.session.flush()
    return board, members


def shown(lines: Any) -> list[tuple[int | None, str]]:
    return [(line.rank, line.person.handle) for line in lines]


@pytest.mark.parametrize(
    ("standings", "order"),
    [
        ([("a", 5, 0), ("b", 9, 0)], ["b", "a"]),
        ([("a", 5, 2), ("b", 5, 1)], ["b", "a"]),
        ([("a", 5, 1), ("b", 5, 1)], ["a", "b"]),
        ([("a", 5, 3), ("b", 5, 1), ("c", 9, 9), ("d", 5, 1)], ["c", "b", "d", "a"]),
    ],
)
def test_rank_and_lists_agree_for_everybody(db: Any, standings: list[tuple[str, int, int]], order: list[str]) -> None:
    board, members = make_board(db, *standings)
    expected = list(zip((1, 2, 3, None), order, strict=False))
    for handle, member in members.items():
        view = board_view(board.id, "all", member, WEEKS, member.id)
        assert shown(view.top) == expected
        assert shown(view.around) == expected
        assert view.mine is not None
        assert (view.mine.rank, handle) in enumerate(order, 1)


def test_the_lower_half_of_a_small_board_has_no_numbers(db: Any) -> None:
    people = (1, 3, 4, 7, 8, 10, 11, 19, 20, 500)
    assert [numbered_to(number) for number in people] == [3, 3, 3, 4, 4, 5, 6, 10, None, None]
    board, members = make_board(db, *[(f"m{number:02}", 100 - number, 0) for number in range(7)])
    view = board_view(board.id, "all", members["m06"], WEEKS, members["m06"].id)
    assert [line.rank for line in view.top] == [1, 2, 3, 4, None, None, None]
    assert [line.rank for line in view.around] == [2, 3, 4, None, None, None]


def test_five_above_and_five_below(db: Any) -> None:
    board, members = make_board(db, *[(f"m{number:02}", 100 - number, 0) for number in range(30)])
    view = board_view(board.id, "all", members["m20"], WEEKS, members["m20"].id)
    assert shown(view.around) == [(number + 1, f"m{number:02}") for number in range(15, 26)]
    assert shown(view.top) == [(number + 1, f"m{number:02}") for number in range(10)]
    assert [line.person.handle for line in view.around if line.mine] == ["m20"]


def test_many_with_the_same_score_around_me(db: Any) -> None:
    board, members = make_board(db, *[(f"m{number:02}", 7, number // 2) for number in range(20)])
    everybody = [(number + 1, f"m{number:02}") for number in range(20)]
    for number, member in enumerate(members.values()):
        view = board_view(board.id, "all", member, WEEKS, member.id)
        assert shown(view.around) == everybody[max(number - 5, 0) : number + 6]


def test_who_is_not_listed_sees_their_place_and_takes_nobodys(db: Any) -> None:
    board, members = make_board(db, ("a", 9, 0), ("me", 5, 0), ("b", 3, 0), unlisted="me")
    view = board_view(board.id, "all", members["me"], WEEKS, members["me"].id)
    assert shown(view.around) == [(1, "a"), (2, "me"), (2, "b")]
    assert shown(view.top) == [(1, "a"), (2, "b")]
    others = board_view(board.id, "all", members["b"], WEEKS, members["me"].id)
    assert (others.around, others.mine) == ([], None)


def test_a_standing_that_lags_behind_a_changed_wish_shows_nobody(db: Any) -> None:
    board, members = make_board(db, ("a", 9, 0), ("b", 3, 0))
    for change in ({"on_boards": False}, {"on_boards": True, "state": "suspended"}):
        for name, value in change.items():
            setattr(members["a"], name, value)
        db.session.flush()
        assert shown(board_view(board.id, "all", None, WEEKS, None).top) == [(1, "b")]


@pytest.mark.parametrize(
    ("weeks", "found"),
    [
        ([0, 0, 0], Pace.STILL),
        ([0, 0, 5], Pace.FIRST),
        ([4, 8, 0], Pace.STILL),
        ([4, 8, 6], Pace.USUAL),
        ([4, 8, 7], Pace.MORE),
        ([4, 8, 2], Pace.LESS),
        ([0, 8, 4], Pace.USUAL),
    ],
)
def test_this_week_beside_ones_own_past(weeks: list[int], found: Pace) -> None:
    assert pace(weeks) is found


def test_weeks_follow_each_other_over_the_turn_of_a_year() -> None:
    assert past("week", date(2027, 1, 5), 3) == ["2026-W53", "2026-W52", "2026-W51"]
    assert all(a < b for a, b in itertools.pairwise(WEEKS))


@pytest.mark.parametrize("people", [22, 23, 40, 70])
def test_nobody_is_shown_as_one_of_the_last(db: Any, people: int) -> None:
    """Neither by following the list nor with an address that somebody made up."""
    board, members = make_board(db, *[(f"m{number:02}", 100 - number, 0) for number in range(people)])
    found, cursor = [], board_view(board.id, "all", None, WEEKS, None).further
    while cursor is not None:
        page = further_down(board.id, "all", None, WEEKS, cursor)
        found += [line.rank for line in page.items]
        cursor = page.next_cursor
    assert found == list(range(11, people // 2 + 1))
    low = encode([100 - people * 2 // 3, as_number(START), members["m00"].id])
    assert further_down(board.id, "all", None, WEEKS, low) == Page([], None)
