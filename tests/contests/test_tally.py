"""Counting by hand: small tables of ballots with what must come out, each method's weakness among them."""

import ast
import sys
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest

from recognition.contests import tally as package
from recognition.contests.tally.count import METHODS, tally
from tests.contests.polls import Poll, count, order, poll

MAJORITY_AND_CONSENSUS = """A B C
3: 1 2 3
2: 3 1 2"""
SQUEEZED_MIDDLE = """A B C
4: 1 3 2
3: 3 1 2
2: 2 3 1"""
CYCLE = """A B C
4: 1 2 3
3: 3 1 2
2: 2 3 1"""
FULL_CYCLE = """A B C
1: 1 2 3
1: 3 1 2
1: 2 3 1"""


@pytest.mark.parametrize(
    ("method", "table", "expected"),
    [
        ("borda", MAJORITY_AND_CONSENSUS, "B, A, C"),
        ("irv", MAJORITY_AND_CONSENSUS, "A, B, C"),
        ("schulze", MAJORITY_AND_CONSENSUS, "A, B, C"),
        ("schulze", SQUEEZED_MIDDLE, "C, A, B"),
        ("irv", SQUEEZED_MIDDLE, "A, B, C"),
        ("borda", SQUEEZED_MIDDLE, "C, A, B"),
        ("schulze", CYCLE, "A, B, C"),
        ("irv", CYCLE, "A, B, C"),
        ("schulze", FULL_CYCLE, "A = B = C"),
        ("borda", FULL_CYCLE, "A = B = C"),
        ("irv", FULL_CYCLE, "A = B = C"),
    ],
)
def test_orders_of_full_ballots(method: str, table: str, expected: str) -> None:
    assert order(method, table) == expected


def test_in_a_cycle_the_weakest_link_gives_way() -> None:
    """A beats B by 6, B beats C by 7, C beats A by 5 of 9 ballots: the last one is dropped."""
    outcome = count("schulze", poll(CYCLE))
    assert outcome.pairwise == [[0, 6, 4], [3, 0, 7], [5, 2, 0]]
    assert outcome.numbers == {"A": 2, "B": 1, "C": 0}


def test_a_link_is_as_strong_as_the_votes_for_it_not_as_its_margin() -> None:
    """A beats B 5 to 4, B beats C 4 to 1, C beats A 3 to 0. By winning votes the weakest is C before A; by margins it would
    be A before B."""
    table = """A B C
    5: 1 2 -
    4: - 1 2
    1: - 2 1
    3: 2 - 1
    4: 2 1 -"""
    assert count("schulze", poll(table)).pairwise == [[0, 5, 0], [4, 0, 4], [3, 1, 0]]
    assert order("schulze", table) == "A, B, C"


def test_more_support_can_cost_an_instant_runoff() -> None:
    """Two voters who raise A to the first place make C win: the known price of this method. By Schulze's it helps A."""
    before = """A B C
    6: 1 2 3
    6: 3 1 2
    5: 2 3 1"""
    after = """A B C
    8: 1 2 3
    4: 3 1 2
    5: 2 3 1"""
    assert order("irv", before) == "A, B, C"
    assert order("irv", after) == "C, A, B"
    assert order("schulze", before) == "B, A = C"
    assert order("schulze", after) == "A, B, C"


def test_rounds_of_an_instant_runoff_tell_who_had_what() -> None:
    outcome = count("irv", poll("A B C\n4: 1 3 2\n3: - 1 -\n2: 2 - 1\n1: - - 1\n1: - - -"), seats=2)
    assert [(step.counts, step.resting, step.fell) for step in outcome.steps] == [
        ({"A": 4, "B": 3, "C": 3}, 1, ["B", "C"]),
    ]
    assert outcome.order == [["A"], ["B", "C"]]
    assert (outcome.winners, outcome.ties) == (["A"], [["B", "C"]])
    assert outcome.numbers == {"A": 4, "B": 3, "C": 3}


def test_a_ballot_between_equals_is_shared_exactly_and_comes_together_again() -> None:
    """Two ballots are shared by three each; when one of the three falls, the others have halves."""
    outcome = count("irv", poll("A B C D\n2: 1 1 1 2\n2: 2 2 2 1\n1: 1 2 3 4\n1: 2 1 3 4"))
    third = Fraction(2, 3)
    assert outcome.steps[0].counts == {"A": 1 + third, "B": 1 + third, "C": third, "D": 2}
    assert outcome.steps[0].fell == ["C"]
    assert outcome.steps[1].counts == {"A": 2, "B": 2, "D": 2}
    assert outcome.order == [["A", "B", "D"], ["C"]]
    assert outcome.steps[1].fell == []


def test_an_instant_runoff_goes_on_after_a_majority_so_that_everybody_has_a_place() -> None:
    assert order("irv", "A B C D\n6: 1 2 3 4\n2: 4 1 3 2\n1: 4 2 3 1") == "A, B, D, C"


def test_lots_say_which_of_the_lowest_falls() -> None:
    """With each of the seeds another one is the last of the lots."""
    table = "A B C\n3: 1 2 3\n1: 3 1 2\n1: 3 2 1"
    fallen = {}
    for seed in ("00", "01", "02", "03", "04"):
        outcome = count("irv", poll(table), seed=seed)
        lots = sorted("BC", key=lambda name: sha256(f"{seed}{name}".encode()).hexdigest())
        assert outcome.steps[0].drawn == lots
        assert outcome.steps[0].fell == [lots[-1]]
        assert outcome.order == [["A"], [lots[0]], [lots[1]]]
        fallen[lots[-1]] = seed
    assert set(fallen) == {"B", "C"}


def test_borda_points_of_full_and_of_shared_places() -> None:
    outcome = count("borda", poll("A B C D\n1: 1 2 3 4\n1: 1 1 2 2"))
    assert outcome.numbers == {"A": Fraction(11, 2), "B": Fraction(9, 2), "C": Fraction(3, 2), "D": Fraction(1, 2)}


def test_borda_without_an_opinion_neither_helps_nor_harms() -> None:
    """Of five, a ballot knows two: they stand half a point around the middle of 2."""
    table = "A B C D E\n1: 1 2 - - -"
    assert count("borda", poll(table)).numbers == {"A": Fraction(5, 2), "B": Fraction(3, 2), "C": 2, "D": 2, "E": 2}
    assert count("borda", poll(table), blank="last").numbers == {"A": 4, "B": 3, "C": 1, "D": 1, "E": 1}
    assert order("borda", table) == "A, C = D = E, B"


def test_one_single_mark_compares_nobody() -> None:
    table = "A B\n3: 1 -\n1: 2 1"
    assert [order(method, table) for method in ("borda", "schulze", "irv")] == ["B, A", "B, A", "A, B"]
    assert [order(method, table, blank="last") for method in ("borda", "schulze", "irv")] == ["A, B", "A, B", "A, B"]


def test_scores_are_a_mean_with_at_least_half_of_the_voices_of_the_best_known() -> None:
    """A: ten scores. B: five, enough for its own mean. C: one friend's 5, filled up with four zeros. D: nobody's."""
    table = """A B C D
    5: 4 4 - -
    4: 3 - - -
    1: 3 - 5 -"""
    outcome = count("score", poll(table))
    assert outcome.numbers == {"A": Fraction(35, 10), "B": 4, "C": 1, "D": 0}
    assert outcome.order == [["B"], ["A"], ["C"], ["D"]]
    assert outcome.pairwise == [[0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]


def test_scores_where_no_opinion_is_the_lowest() -> None:
    outcome = count("score", poll("A B\n2: 4 -\n1: 0 5\n1: - -"), blank="last")
    assert outcome.numbers == {"A": Fraction(8, 3), "B": Fraction(5, 3)}
    assert outcome.pairwise == [[0, 2], [1, 0]]
    assert (outcome.ballots, outcome.blank_ballots) == (4, 1)


def test_a_score_of_zero_is_an_opinion() -> None:
    outcome = count("score", poll("A B\n1: 0 -\n1: 3 3"))
    assert outcome.numbers == {"A": Fraction(3, 2), "B": 3}
    assert outcome.blank_ballots == 0


def test_approvals_are_added_up() -> None:
    outcome = count("approval", poll("A B C\n3: x - x\n1: - - x\n2: - - -"))
    assert outcome.numbers == {"A": 3, "B": 0, "C": 4}
    assert outcome.order == [["C"], ["A"], ["B"]]
    assert (outcome.ballots, outcome.blank_ballots, outcome.pairwise) == (6, 2, None)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("blank", ["abstain", "last"])
def test_nothing_to_decide(method: str, blank: str) -> None:
    nobody = count(method, Poll((), []), blank=blank, seats=2)
    assert (nobody.order, nobody.winners, nobody.ties, nobody.ballots) == ([], [], [], 0)
    alone = count(method, poll("A\n2: 1\n1: -"), blank=blank)
    assert (alone.order, alone.winners, alone.ties) == ([["A"]], ["A"], [])
    assert (alone.ballots, alone.blank_ballots) == (3, 1)
    for silent in (Poll(("A", "B"), []), poll("A B\n3: - -")):
        outcome = count(method, silent, blank=blank)
        assert (outcome.order, outcome.winners, outcome.ties) == ([["A", "B"]], [], [["A", "B"]])
        assert outcome.blank_ballots == outcome.ballots == len(silent.rows)


@pytest.mark.parametrize(
    ("seats", "winners", "ties"),
    [
        (1, ["C"], []),
        (2, ["C"], [["A", "D"]]),
        (3, ["C", "A", "D"], []),
        (4, ["C", "A", "D", "B"], []),
        (9, ["C", "A", "D", "B"], []),
    ],
)
def test_a_tie_is_told_where_it_crosses_the_last_seat(seats: int, winners: list[str], ties: list[list[str]]) -> None:
    outcome = count("approval", poll("A B C D\n2: x - x x\n1: - x x -"), seats=seats)
    assert outcome.order == [["C"], ["A", "D"], ["B"]]
    assert (outcome.winners, outcome.ties) == (winners, ties)


def test_a_seed_puts_equals_in_an_order_that_anybody_can_work_out() -> None:
    outcome = count("approval", poll("A B C\n1: x x x"), seed="beef", seats=2)
    lots = sorted("ABC", key=lambda name: sha256(f"beef{name}".encode()).hexdigest())
    assert outcome.order == [[name] for name in lots]
    assert (outcome.winners, outcome.ties, outcome.drawn) == (lots[:2], [], [["A", "B", "C"]])


def test_who_nobody_knows_does_not_share_the_first_place() -> None:
    """Nobody beats D, and D beats nobody."""
    assert order("schulze", "A B C D\n2: 1 2 3 -") == "A, B, C = D"


@pytest.mark.parametrize(
    ("method", "names", "columns", "options"),
    [
        ("plurality", ["A"], [b"\1"], {}),
        ("irv", ["A"], [b"\1"], {"seats": 0}),
        ("irv", ["A"], [b"\1"], {"blank": "maybe"}),
        ("irv", ["A", "B"], [b"\1"], {}),
        ("irv", ["A", "A"], [b"\1", b"\1"], {}),
        ("irv", ["A", "B"], [b"\1", b"\1\1"], {}),
        ("approval", ["A"], [b"\2"], {}),
        ("score", ["A"], [b"\7"], {}),
    ],
)
def test_what_are_no_ballots_is_refused(method: str, names: list[str], columns: list[bytes], options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        tally(method, names, columns, **options)  # type: ignore[arg-type]


def test_counting_needs_nothing_but_the_standard_library() -> None:
    """No database, no clock, no dice: the same ballots come to the same on any machine at any time."""
    names = set()
    for path in Path(package.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names |= {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
            names |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
    outside = {name for name in names if not name.startswith("recognition.contests.tally")}
    assert {name.split(".")[0] for name in outside} <= sys.stdlib_module_names - {"random", "time", "datetime", "secrets", "os"}
