import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from recognition.identity import words
from recognition.identity.fields import derived, fold, look
from recognition.identity.words import (
    BadText,
    browser_words,
    clean,
    clean_handle,
    clean_link,
    handle_from,
    is_reserved,
    slug,
    tidy,
)
from recognition.text import is_blank, is_showable


@pytest.mark.parametrize(
    "text",
    ["a\x00b", "\x1b[31m", "a\u202eb", "\u2066x", "\ud800", "\ufffe", "\u200b", "\u3164", "\u2800\u2800"],
)
def test_what_deceives_is_refused(app: Flask, text: str) -> None:
    with pytest.raises(BadText):
        clean(text, 100)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("  a \n b\t", "a b"), ("", ""), ("   ", ""), ("e\u0301", "\u00e9"), ("\u0645\u200c\u0645", "\u0645\u200c\u0645")],
)
def test_what_is_plain_is_kept(app: Flask, text: str, kept: str) -> None:
    assert clean(text, 100) == kept


def test_lines_stay_where_they_may(app: Flask) -> None:
    assert clean("a\r\n\r\nb ", 100, lines=True) == "a\n\nb"


@pytest.mark.parametrize("handle", ["ab", "mara-lin", "rep-0001", "a1", "x" * 40, "@ada"])
def test_good_handles(app: Flask, handle: str) -> None:
    assert clean_handle(handle) == handle.removeprefix("@")


@pytest.mark.parametrize(
    "handle",
    [
        "",
        "a",
        "x" * 41,
        "Ada",
        "a_b",
        "a--b",
        "-a",
        "a-",
        "a b",
        "\u0430da",
        "admin",
        "adrnin",
        "c0uncil",
        "0fficial",
        "a/../b",
        "me",
    ],
)
def test_bad_handles(app: Flask, handle: str) -> None:
    with pytest.raises(BadText):
        clean_handle(handle)


def test_looks() -> None:
    assert look("mo0n") == look("moon") == look("mo-on")
    assert look("rnary") == look("mary")
    assert look("lan") != look("ian")
    assert is_reserved("adm1n")
    assert not is_reserved("adam")


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "ftp://a.example", "https://", "//a.example", "https://a b.example", "https://[", "data:,"],
)
def test_bad_links(app: Flask, link: str) -> None:
    with pytest.raises(BadText):
        clean_link(link)


@given(st.text())
def test_what_is_tidied_or_cleaned_could_be_typed(text: str) -> None:
    tidied = tidy(text, 50)
    assert len(tidied) <= 50
    assert is_showable(tidied)
    assert tidied == "" or not is_blank(tidied)


@given(st.text())
def test_a_handle_made_from_anything_is_a_good_one(text: str) -> None:
    made = handle_from(text)
    assert made == "" or (words.HANDLE.fullmatch(made) and 2 <= len(made) <= 30 and not is_reserved(made))
    assert slug(text) == "" or words.HANDLE.fullmatch(slug(text))


@given(
    st.text(),
    st.text(),
    st.sampled_from(["public", "members", "me", "x", ""]),
    st.sampled_from(["public", "members", "me"]),
)
def test_derived_columns_hold_only_what_their_readers_see(name: str, place: str, name_level: str, place_level: str) -> None:
    made = derived({"handle": "zz", "name": name, "place": place, "visibility": {"name": name_level, "place": place_level}})
    public = ["zz"] + [fold(t) for t, rank in ((name, name_level), (place, place_level)) if rank == "public"]
    members = ["zz"] + [fold(t) for t, rank in ((name, name_level), (place, place_level)) if rank in ("public", "members")]
    assert (made["search_public"], made["search_members"]) == ("\n".join(public), "\n".join(members))
    assert made["sort_name"] == ((fold(name)[:120] if name_level == "public" else "") or "zz")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Something/1.0 (and, much; more)", "A browser on Linux"),
        ("Mozilla/5.0 (Plan 9) Something/1.0", ""), ("curl/8 (nobody knows)", "curl/8"), ("", ""),
    ],
)  # fmt: skip
def test_browsers_in_words(app: Flask, said: str, told: str) -> None:
    with app.test_request_context():
        assert browser_words(said) == told
