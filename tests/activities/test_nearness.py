"""Which tags are likely one word."""

from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.activities.tagging.nearness import Near, fold, near_pairs, slips


def test_case_accents_hyphens_and_plurals_are_folded() -> None:
    assert [fold(word) for word in ("MozCafé", "moz-cafe", "moz_cafes", "parties", "boss", "bus", "Ελληνικά")] == [
        "mozcafe", "mozcafe", "mozcafe", "party", "boss", "bus", "ελληνικα"
    ]  # fmt: skip


def test_pairs_name_the_rarer_word_first() -> None:
    deeds = {"mozcafe": 9, "mozcafé": 2, "moz-cafes": 3, "mentoring": 5, "mentorng": 1, "wiki": 4, "wifi": 2, "ui": 3, "uis": 1}
    assert near_pairs(deeds) == [
        Near("moz-cafes", "mozcafe"), Near("mozcafé", "mozcafe"), Near("mentorng", "mentoring")
    ]  # fmt: skip


def test_other_numbers_are_other_things() -> None:
    assert near_pairs({"makerfaire-2025": 3, "makerfaire-2026": 4, "festival1": 2, "festival-1": 1}) == [
        Near("festival-1", "festival1")
    ]


@given(st.dictionaries(st.text(max_size=64), st.integers(1, 9), max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_words(deeds: dict[str, int]) -> None:
    pairs = near_pairs(deeds)
    assert len({pair.tag for pair in pairs}) == len(pairs)
    assert all(pair.tag != pair.into and deeds[pair.tag] <= deeds[pair.into] for pair in pairs)
    assert pairs == near_pairs(dict(sorted(deeds.items())))


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
@settings(max_examples=60, deadline=None)
def test_slips_are_a_distance(one: str, other: str) -> None:
    assert slips(one, other) == slips(other, one)
    assert (slips(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= slips(one, other) <= max(len(one), len(other))
