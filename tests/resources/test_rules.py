"""Who may be told by region, and what is said of how things were shared out."""

import pytest

from recognition.resources.forms import Choices, ask, decision
from recognition.resources.rules import Counts, Decision, Line, NotSaved, far_off, lines, share, told

CHOICES = Choices({1: "EUR", 2: ""}, {"nairobi": 7}, ["event:call"])
TYPED = {"what": " Train \n tickets ", "why": "To meet.", "kind": "1", "amount": "1 200"}


def test_a_region_shows_from_five_members_on_and_the_others_stand_together() -> None:
    counts = Counts(
        members={"India": 38, "Ghana": 12, "Chile": 4, "": 6},
        asked={"India": 4, "Ghana": 2, "Chile": 3, "Peru": 1},
        met={"India": 1, "Ghana": 2, "Chile": 2},
        amounts={("India", "EUR"): 100, ("Ghana", "EUR"): 250, ("Chile", "EUR"): 40, ("", "hours"): 3},
    )
    found = lines(counts, ["EUR", "hours"])
    assert found == [
        Line("India", 40, 67, 4, 40, 1, 20, (100, 0)),
        Line("Ghana", 10, 17, 2, 20, 2, 40, (250, 0)),
        Line("", 10, 17, 4, 40, 2, 40, (40, 3)),
    ]
    assert [(one.region, by) for one, by in far_off(found)] == [("India", -47), ("Ghana", 23)]


def test_the_order_says_no_more_than_the_numbers_that_are_told() -> None:
    """Seven, six and five are all told as five."""
    assert told({"Kenya": 6, "India": 5, "Ghana": 7, "Peru": 4, "Chile": 8, "": 9}) == ["Chile", "Ghana", "India", "Kenya"]


def test_nobody_left_over_is_no_line_and_nothing_is_no_share() -> None:
    assert lines(Counts(members={"India": 5}), []) == [Line("India", 5, 100, 0, None, 0, None, ())]
    assert lines(Counts(), []) == []
    assert far_off(lines(Counts(members={"India": 5}), [])) == []
    assert [share(1, 3), share(1, 8), share(0, 4), share(3, 0), share(None, 5)] == [33, 13, 0, None, None]


def test_an_ask_is_read_from_what_was_typed() -> None:
    made = ask({**TYPED, "unit": "pounds", "group": "nairobi", "about": "event:call", "shows_name": "1"}, CHOICES)
    assert vars(made) == {
        "kind_id": 1, "group_id": 7, "what": "Train tickets", "why": "To meet.", "amount": 1200, "unit": "EUR", "region": "",
        "about": "event:call", "shows_name": True, "shows_words": False,
    }  # fmt: skip
    without = ask({**TYPED, "amount": "", "unit": "pounds"}, CHOICES)
    assert (without.amount, without.unit) == (None, "")


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"what": " ", "why": ""}, {"what", "why"}),
        ({"kind": "3"}, {"kind"}),
        ({"kind": "x", "group": "oslo", "about": "quest:x"}, {"kind", "group", "about"}),
        ({"amount": "12.5"}, {"amount"}),
        ({"amount": "0"}, {"amount"}),
        ({"amount": "١٢"}, {"amount"}),
        ({"kind": "2"}, {"unit"}),
        ({"what": "x" * 121, "region": "y" * 121}, {"what", "region"}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changed: dict[str, str], wrong: set[str]) -> None:
    with pytest.raises(NotSaved) as fault:
        ask({**TYPED, **changed}, CHOICES)
    assert set(fault.value.errors) == wrong


@pytest.mark.parametrize(
    ("form", "amount", "unit", "made"),
    [
        ({"outcome": "granted"}, 200, "EUR", ("granted", 200)),
        ({"outcome": "granted", "given": "250"}, 200, "EUR", ("granted", 250)),
        ({"outcome": "partly", "given": "50"}, 200, "EUR", ("partly", 50)),
        ({"outcome": "declined", "given": "50"}, 200, "EUR", ("declined", None)),
        ({"outcome": "partly", "given": "50"}, None, "", ("partly", None)),
        ({"outcome": "granted", "given": "50"}, 200, "EUR", "given"),
        ({"outcome": "partly", "given": "200"}, 200, "EUR", "given"),
        ({"outcome": "partly"}, 200, "EUR", "given"),
        ({"outcome": "waiting"}, None, "", "outcome"),
        ({"outcome": "declined", "answer": " "}, None, "", "answer"),
    ],
)
def test_a_decision_has_a_reason_and_a_part_is_a_part(form: dict[str, str], amount: int | None, unit: str, made: object) -> None:
    typed = {"answer": "Because.", **form}
    if isinstance(made, tuple):
        assert decision(typed, amount, unit) == Decision(made[0], made[1], "Because.")
        return
    with pytest.raises(NotSaved) as fault:
        decision(typed, amount, unit)
    assert set(fault.value.errors) == {made}
