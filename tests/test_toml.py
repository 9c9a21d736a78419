"""What is written reads back as it was, with nothing but the standard library."""

import tomllib
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.toml import Inline, dumps, inlined

PLAIN = {
    "text": "plain",
    "quoted": 'she said "hello" \\ and left\t',
    "curly": "“Grüße” 🌍",
    "odd": "bell \x07, delete \x7f, return \r",
    "lines": 'first "line"\n\nthird with """three""" and a \\ at the end"',
    "whole": -7,
    "big": 10**15,
    "share": 0.8,
    "wide": 1e30,
    "yes": True,
    "no": False,
    "day": date(2026, 11, 21),
    "moment": datetime(2026, 11, 21, 12, 30, tzinfo=UTC),
    "noon": time(12, 0),
    "empty": [],
    "numbers": [1, 2, 3],
    "nested": [[1], ["a", "b"]],
    "a key with spaces": 1,
    "": "nameless",
}


@pytest.mark.parametrize("key", PLAIN)
def test_a_value_reads_back_as_it_was(key: str) -> None:
    assert tomllib.loads(dumps({key: PLAIN[key]})) == {key: PLAIN[key]}


def test_tables_and_lists_of_tables_get_headers_after_the_plain_values() -> None:
    data = {
        "steps": [{"slug": "a", "questions": [{"ask": "?"}]}, {"slug": "b"}],
        "goal": {"x": 1, "in": {"y": 2}},
        "z": 1,
    }
    assert dumps(data) == (
        'z = 1\n\n[[steps]]\nslug = "a"\n\n[[steps.questions]]\nask = "?"\n\n[[steps]]\nslug = "b"\n\n'
        "[goal]\nx = 1\n\n[goal.in]\ny = 2\n"
    )
    assert tomllib.loads(dumps(data)) == data


def test_criteria_keep_their_header_and_stay_on_one_line_below_it() -> None:
    rule = {"some": [{"finished": "a"}, {"count": {"kind": ["talk"]}, "at_least": 2}], "at_least": 1}
    assert dumps({"requires": inlined(rule)}) == (
        '[requires]\nsome = [{ finished = "a" }, { count = { kind = ["talk"] }, at_least = 2 }]\nat_least = 1\n'
    )


def test_an_empty_inline_table_and_a_long_list() -> None:
    assert dumps({"count": Inline()}) == "count = {}\n"
    long = {"ideas": ["x" * 60, "y" * 60]}
    assert dumps(long).splitlines() == ["ideas = [", f'  "{"x" * 60}",', f'  "{"y" * 60}",', "]"]
    assert tomllib.loads(dumps(long)) == long


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"a": None}, "a: TOML has no word for NoneType"),
        ({"a": {"b": [None]}}, "a.b: TOML has no word for NoneType"),
        ({"a": Inline(b=b"raw")}, "a.b: TOML has no word for bytes"),
        ({"a": {3: 1}}, "a.3: a key must be text, not int"),
        ({"a": time(12, tzinfo=UTC)}, "a: TOML has no word for time"),
        ({"a": "\ud800"}, "a: holds half a character"),
    ],
)
def test_what_toml_cannot_hold_is_refused_with_its_place(data: dict[str, Any], place: str) -> None:
    with pytest.raises(TypeError) as fault:
        dumps(data)
    assert str(fault.value) == place


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
scalars = texts | st.integers(-(2**62), 2**62) | st.booleans() | st.floats(allow_nan=False) | st.dates()
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))


@given(st.dictionaries(texts, values, max_size=5))
def test_anything_toml_can_hold_reads_back(data: dict[str, Any]) -> None:
    assert tomllib.loads(dumps(data)) == data
    assert tomllib.loads(dumps(inlined(data))) == data
