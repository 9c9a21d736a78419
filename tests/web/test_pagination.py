"""Pages by key: every row once, and a cursor that we did not write is refused."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest

from recognition.web.pagination import Page, decode, encode, page


def of(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode()


WORDS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=120)


@given(st.integers(-(2**63), 2**63 - 1), WORDS)
def test_what_was_written_is_read(number: int, word: str) -> None:
    cursor = encode([number, word])
    assert decode(cursor, (int, str)) == [number, word]
    assert "=" not in cursor


def test_the_longest_name_in_the_rarest_script_is_read() -> None:
    last = [2**63 - 1, "\U00010000" * 120]
    assert decode(encode(last), (int, str)) == last


@pytest.mark.parametrize("cursor", [None, ""])
def test_no_cursor_is_the_first_page(cursor: str | None) -> None:
    assert decode(cursor, (int,)) is None


@pytest.mark.parametrize(
    "cursor",
    ["x", "%%%", "é", "====", "AAAA", of("text"), of({"a": 1}), of([]), of(["1"]), of([True]), of([1.0]), of([None]),
     of([1, 2]),
     of([[1]]), encode([1])[:-1], "A" * 10_000, "W" * 600, of([10**30])],
)  # fmt: skip
def test_a_cursor_that_we_did_not_write_is_refused(cursor: str) -> None:
    with pytest.raises(BadRequest, match="That page does not exist"):
        decode(cursor, (int,))


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        values = decode(text, (int, str))
    except BadRequest:
        return
    assert values is None or (isinstance(values[0], int) and isinstance(values[1], str))


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "\udfff."])
def test_text_that_no_database_holds_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        decode(encode([text]), (str,))


@pytest.mark.parametrize(
    ("count", "pages"), [(0, [[]]), (1, [[1]]), (3, [[1, 2, 3]]), (4, [[1, 2, 3], [4]]), (6, [[1, 2, 3], [4, 5, 6]])]
)
def test_every_row_once(count: int, pages: list[list[int]]) -> None:
    seen, cursor = [], None
    while True:
        last = decode(cursor, (int,)) or [0]
        rows = [n for n in range(1, count + 1) if n > last[0]][:4]
        found: Page[int] = page(rows, 3, lambda n: [n])
        seen.append(list(found.items))
        cursor = found.next_cursor
        if cursor is None:
            break
    assert seen == pages


@pytest.mark.parametrize("address", ["/campaigns/?after=", "/members/?after=", "/activities/?after="])
def test_pages_refuse_it_with_a_400(client, address: str) -> None:
    for cursor in ("tampered", of(["1; DROP TABLE member"]), of([10**30]), "%00", "W10"):
        assert client.get(address + cursor).status_code == 400
