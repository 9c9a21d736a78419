"""Three elections of another community, with what it published about them."""

from pathlib import Path

import pytest

from tests.contests import elections

YEARS = pytest.mark.parametrize("year", ["2018", "2019", "2020"])


@pytest.fixture
def file(real_data: Path, year: str) -> Path:
    return real_data / "elections" / f"k8s-{year}.csv"


@YEARS
def test_the_command_tells_what_was_published(file: Path) -> None:
    elections.assert_told_by_the_command(file)


@YEARS
def test_the_function_counts_what_was_published(file: Path) -> None:
    elections.assert_counted(file)


@pytest.mark.parametrize(
    ("year", "cycles", "margins", "last"),
    [
        ("2018", ["C E F"], "A, H, B, D, G, F, C, E", False),
        ("2019", ["D F G"], "J, I, B, C, E, H, A, K, G, D, F", False),
        ("2020", [], "F, A, C, H, E, G, I, B, D, J", True),
    ],
)
def test_other_rules_would_have_ordered_them_differently(
    file: Path, year: str, cycles: list[str], margins: str, last: bool
) -> None:
    """`last`: whether the order would be the same if no opinion were the last place."""
    published = ", ".join(elections.read(file)[1]["order"])
    assert elections.cycles(file) == cycles
    assert elections.by_margins(file) == margins
    assert (elections.with_blanks_last(file) == published) is last
