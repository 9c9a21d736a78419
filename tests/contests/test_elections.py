"""A made-up election with the difficulties of real ones: a cycle, a pair that is exactly equal, equal ranks, ballots with gaps
and without any mark."""

from pathlib import Path

from tests.contests import elections

FILE = Path(__file__).parents[1] / "data" / "small-election.csv"


def test_the_command_tells_it() -> None:
    elections.assert_told_by_the_command(FILE)


def test_the_function_counts_it() -> None:
    elections.assert_counted(FILE)


def test_other_rules_would_order_it_differently() -> None:
    assert elections.cycles(FILE) == ["B C E"]
    assert ", ".join(elections.read(FILE)[1]["order"]) == "A, D, C, E, B, F"
    assert elections.by_margins(FILE) == "A, D, B, C, E, F"
    assert elections.with_blanks_last(FILE) == "A, D, E, B, C, F"
