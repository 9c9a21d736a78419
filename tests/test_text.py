"""What of a text can be kept, and what counts as words."""

import pytest

from recognition.text import apart, is_blank, is_showable, shown_only

UNSHOWN = ["\x00", "\x1b", "\x7f", "\x80", "\x9b", "\u202e", "\u2066", "\ud800", "\ufffe", "\uffff"]
INVISIBLE = ["\u200b", "\u3164", "\u2800\u2800", "\u00ad", "\u0301", "\ufe0f", " \n\t", "\u200b\u3164"]
REAL = ["a", "\u0645\u200c\u0645", "\u738b", "\U0001f469\u200d\U0001f680", "!", "two\nlines\tand a tab"]


@pytest.mark.parametrize("sign", UNSHOWN)
def test_some_signs_may_not_stay(sign: str) -> None:
    assert not is_showable(f"a{sign}b")
    assert shown_only(f"a{sign}b") == "ab"
    assert shown_only(sign) == ""


@pytest.mark.parametrize("text", INVISIBLE)
def test_what_nobody_sees_is_no_word(text: str) -> None:
    assert is_blank(text)
    assert is_showable(text)
    assert shown_only(text) == ""


@pytest.mark.parametrize("text", REAL)
def test_real_words_stay_as_they_are(text: str) -> None:
    assert not is_blank(text)
    assert is_showable(text)
    assert shown_only(text) == text


def test_nothing_is_blank() -> None:
    assert is_blank("")


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("short", "shorter", ("short", "shorter")),
        ("a" * 50 + "old", "a" * 50 + "new", ("…aaaaold", "…aaaanew")),
        ("", "b" * 30, ("", "b" * 19 + "…")),
        ("c" * 30, "c" * 30 + "d", ("…cccc", "…ccccd")),
    ],
)
def test_what_differs_in_long_texts_stays_in_sight(before: str, after: str, shown: tuple[str, str]) -> None:
    assert apart(before, after, 20) == shown
