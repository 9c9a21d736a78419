"""Edits of a wiki, from both of its forms, made after its documentation."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from recognition.activities.sources import mediawiki
from recognition.activities.sources.seen import Doer, Malformed, Seen, TooLarge

NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
WIKI = "https://wiki.example.org/w/api.php"
DAY = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def export(revisions: str, base: str = "https://wiki.example.org/wiki/Main_Page") -> bytes:
    return (
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">'
        f"<siteinfo><sitename>Wiki</sitename><base>{base}</base></siteinfo>"
        f"<page><title>Help:Maps &amp; more</title><ns>12</ns><id>7</id>{revisions}</page></mediawiki>"
    ).encode()


def revision(number: int = 101, who: str = "<username>Ana B</username><id>3</id>", day: str = "2026-11-20T08:30:00Z") -> str:
    return (
        f"<revision><id>{number}</id><parentid>99</parentid><timestamp>{day}</timestamp><contributor>{who}</contributor>"
        "<minor/><comment>/* Roads */ #typo mended</comment><model>wikitext</model><text>long</text></revision>"
    )


def test_an_export_of_pages() -> None:
    (one,) = mediawiki.read(export(revision()), WIKI, NOW).seen
    assert one == Seen(
        account=Doer("wiki.example.org", "Ana B"), source_key="wiki.example.org:edit:101", occurred_at=DAY, version_at=DAY,
        kind_label="Wiki edit", text="Help:Maps & more: /* Roads */ #typo mended",
        url="https://wiki.example.org/wiki/Help:Maps_%26_more",
    )  # fmt: skip


def contribution(**changes: Any) -> dict[str, Any]:
    return {
        "userid": 3, "user": "Ana B", "pageid": 7, "revid": 101, "parentid": 99, "ns": 12, "title": "Help:Maps",
        "timestamp": "2026-11-20T08:30:00Z", "comment": "typo", "minor": True, "new": False,
    } | changes  # fmt: skip


def listed(*rows: dict[str, Any]) -> bytes:
    return json.dumps({"batchcomplete": True, "query": {"usercontribs": list(rows)}}).encode()


def test_a_list_of_contributions_tells_the_same_edit_by_the_same_key() -> None:
    (one,) = mediawiki.read(listed(contribution()), WIKI, NOW).seen
    assert (one.source_key, one.account, one.text) == (
        "wiki.example.org:edit:101",
        Doer("wiki.example.org", "Ana B"),
        "Help:Maps: typo",
    )
    assert one.url == "https://wiki.example.org/w/index.php?diff=101"


def test_who_has_no_name_or_is_hidden_there_is_nobody_here() -> None:
    anonymous = (
        revision(who="<ip>192.0.2.1</ip>") + "<revision><id>5</id><timestamp>2026-11-20T08:30:00Z</timestamp>"
        '<contributor deleted="deleted"/></revision>'
    )
    found = mediawiki.read(export(anonymous), WIKI, NOW)
    assert (found.seen, found.left_out) == ((), 2)
    rows = [contribution(userhidden=True), contribution(suppressed=""), contribution(user=""), contribution(revid=True),
            contribution(revid="x"), contribution(timestamp="soon"), contribution(title=None),
            contribution(anon=True)]  # fmt: skip
    found = mediawiki.read(listed(*rows), WIKI, NOW)
    assert (found.seen, found.left_out) == ((), 8)


@pytest.mark.parametrize(
    "body",
    [
        export(revision(), base="https://elsewhere.example.org/wiki/X"),
        export(revision(), base="nowhere"),
        b"<mediawiki><page>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><mediawiki>&a;</mediawiki>",
        b'{"error": {"code": "badvalue"}}', b'{"query": {"usercontribs": {}}}', b'{"query": {"usercontribs": [1]}}', b"[", b"",
        b"{" + b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_neither_or_of_another_wiki_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(Malformed, match=r"\.$"):
        mediawiki.read(body, WIKI, NOW)


def test_what_never_ends_is_refused() -> None:
    with pytest.raises(TooLarge):
        mediawiki.read(export("".join(revision(number) for number in range(10_001))), WIKI, NOW)
    with pytest.raises(TooLarge):
        mediawiki.read(export("<a>" * 50 + "</a>" * 50), WIKI, NOW)


@given(some.binary(max_size=60), some.integers(0, 500), some.booleans())
@settings(max_examples=80, deadline=None)
def test_whatever_comes_is_read_or_refused(noise: bytes, where: int, as_export: bool) -> None:
    whole = export(revision()) if as_export else listed(contribution())
    for body in (noise, whole[:where] + noise + whole[where:]):
        with suppress(Malformed):
            assert all(one.account.place == "wiki.example.org" for one in mediawiki.read(body, WIKI, NOW).seen)


json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=10),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3), max_leaves=5,
)  # fmt: skip


def test_half_a_sign_is_left_out() -> None:
    (one,) = mediawiki.read(listed(contribution(user="Ana\ud800", title="Map\udfff", comment="\ud800")), WIKI, NOW).seen
    assert (one.account.name, one.text) == ("Ana", "Map")


@given(some.dictionaries(some.sampled_from(sorted(contribution())), json_values))
@settings(max_examples=80, deadline=None)
def test_a_row_with_anything_in_it(changes: dict[str, Any]) -> None:
    found = mediawiki.read(listed(contribution(**changes)), WIKI, NOW)
    assert len(found.seen) + found.left_out == 1
