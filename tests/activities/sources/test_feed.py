"""Feeds as they are written, and as somebody writes them who means no good."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from recognition.activities.sources import feed
from recognition.activities.sources.seen import Doer, Malformed, Seen, TooLarge

NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
ADDRESS = "https://blog.example.org/feed.xml"
DAY = "Sat, 21 Nov 2026 10:00:00 GMT"


def rss(items: str, head: str = "<title>Notes</title>") -> bytes:
    return f"<rss version='2.0'><channel>{head}{items}</channel></rss>".encode()


def item(**changes: str) -> str:
    fields = {"title": "One", "link": "https://blog.example.org/1", "guid": "one", "pubDate": DAY} | changes
    return "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items() if value) + "</item>"


def read(body: bytes) -> tuple[Seen, ...]:
    return feed.read(body, ADDRESS, NOW).seen


def test_an_entry_of_rss() -> None:
    (one,) = read(rss(item(author="Ana", category="#Maps", description="no")))
    assert one == Seen(
        account=Doer("blog.example.org", "Ana"), source_key=one.source_key, occurred_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
        version_at=datetime(2026, 11, 21, 10, tzinfo=UTC), kind_label="Blog post", text="One",
        url="https://blog.example.org/1", tags=("#Maps",),
    )  # fmt: skip
    assert one.source_key.startswith("blog.example.org:")
    assert one.source_key.endswith(":one")


ATOM = b"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Notes</title><subtitle>by Ana</subtitle>
<link href="https://blog.example.org/"/><id>urn:x</id><updated>2026-11-21T10:00:00Z</updated><author><name>Ana</name></author>
<entry><id>urn:one</id><title type="html">&lt;b&gt;R&amp;amp;D&lt;/b&gt; day</title><link href="posts/1"/>
<published>2026-11-20T23:30:00-05:00</published><updated>2026-11-21T12:00:00Z</updated><category term="maps"/></entry></feed>"""


def test_an_entry_of_atom() -> None:
    found = feed.read(ATOM, ADDRESS, NOW)
    (one,) = found.seen
    assert (one.text, one.url, one.tags) == ("R&D day", "https://blog.example.org/posts/1", ("maps",))
    assert one.occurred_at == datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
    assert one.version_at == datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    assert one.account == Doer("blog.example.org", "Ana")
    assert (found.title, found.home, found.left_out) == ("Notes", "https://blog.example.org/", 0)
    assert "by Ana" in found.about


def test_what_has_no_day_or_no_name_or_is_still_to_come_is_left_out() -> None:
    late = (NOW + timedelta(days=2)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    body = rss(item(pubDate="") + item(guid="", link="") + item(pubDate=late) + item(pubDate="Sat, 21 Nov 1970 10:00:00 GMT")
               + item(pubDate="the other day") + item(guid="kept"))  # fmt: skip
    found = feed.read(body, ADDRESS, NOW)
    assert [one.source_key.rpartition(":")[2] for one in found.seen] == ["kept"]
    assert found.left_out == 5


def test_the_same_entry_has_the_same_key_by_http_and_https_and_another_document_has_others() -> None:
    keys = [
        feed.read(rss(item()), address, NOW).seen[0].source_key
        for address in ("https://blog.example.org/feed", "http://BLOG.example.org/feed/", "https://blog.example.org/other")
    ]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("scheme", ["javascript:alert(1)", "file:///etc/passwd", "mailto:a@example.org", "http://[::1"])
def test_links_that_are_none_are_dropped(scheme: str) -> None:
    assert read(rss(item(link=scheme)))[0].url is None


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE rss [<!ENTITY a "aaaa">]><rss><channel><title>&a;</title></channel></rss>',
        b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><title>&a;</title></channel></rss>',
        b'<!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd"><rss><channel/></rss>',
        b'<?xml version="1.0"?>\n<!DOCTYPE html><rss><channel/></rss>',
        "<!DOCTYPE rss [<!ENTITY a 'x'>]><rss><channel><title>&a;</title></channel></rss>".encode("utf-16"),
    ],
)
def test_declarations_are_refused(body: bytes) -> None:
    with pytest.raises(Malformed, match="declares a document type"):
        read(body)


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"<rss><channel>", b"<html><body>Not here</body></html>", b"\xff\xff", b"<a>&nbsp;</a>", b"<rss>\x00</rss>",
     b"<?xml version='1.0' encoding='utf-7'?><rss/>", b"<?xml version='1.0' encoding='utf-8'?><rss>\xff</rss>",
     rss(item(pubDate="1" * 5000))],
)  # fmt: skip
def test_what_is_no_feed_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        read(body)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "body",
    [
        rss(item() * 10_001),
        rss("<a>" * 100 + "</a>" * 100),
        rss("<a/>" * 400_001),
        b"<rss>" + b" " * 5 * 1024 * 1024 + b"</rss>",
    ],
    ids=["entries", "depth", "elements", "bytes"],
)
def test_what_never_ends_is_refused(body: bytes) -> None:
    with pytest.raises(TooLarge):
        read(body)


def test_the_name_of_a_file_is_no_feed(tmp_path: Path) -> None:
    """The parser would open it, and show what is in it."""
    secret = tmp_path / "secret.xml"
    secret.write_bytes(rss(item()))
    with pytest.raises(Malformed):
        read(str(secret).encode())


def test_old_encodings_are_read() -> None:
    body = b"<?xml version='1.0' encoding='ISO-8859-1'?>" + rss(item(title="Caf\u00e9")).decode().encode("latin-1")
    assert read(body)[0].text == "Café"


def test_markup_of_strangers_is_words_at_most() -> None:
    title = "&lt;script&gt;alert(1)&lt;/script&gt;A &lt;i onclick='x'&gt;map&lt;/i&gt; &amp;lt;"
    assert read(rss(item(title=title)))[0].text == "A map <"


words = some.text(alphabet=some.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)


@given(some.lists(some.tuples(words, words), max_size=4), some.binary(max_size=60), some.integers(0, 400))
@example([], b"<!DOCTYPE", 0)
@settings(max_examples=80, deadline=None)
def test_whatever_comes_is_read_or_refused(entries: list[tuple[str, str]], noise: bytes, where: int) -> None:
    whole = rss("".join(item(title=escape(title), guid=escape(name)) for title, name in entries))
    for body in (whole, whole[:where] + noise + whole[where:], noise):
        found: tuple[Seen, ...] = ()
        with suppress(Malformed):
            found = read(body)
        for one in found:
            assert one.occurred_at <= NOW + timedelta(days=1)
            assert len(one.source_key) <= 160
