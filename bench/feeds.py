"""FEED: 10,000 entries of a blog, from its bytes to what its member is asked about or to the log, against the parser alone
with executemany; the same feed once more; and the memory of the whole command."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figure import figure
from bench.importing import peak
from bench.references import feeds as references
from bench.world import NOW, add_members, connect, databases, program
from recognition.activities.sources import feed
from recognition.extensions import db
from recognition.inlets.models import Inlet
from recognition.inlets.services import feeds
from recognition.inlets.services.feeds import Owner
from recognition.inlets.services.looking import named
from recognition.inlets.services.seeing import take

ENTRIES, FEW = 10_000, 1_000
ADDRESS = "https://blog.example.org/feed.xml"
TURNS = 2
SAME = "SELECT source_key, state, member_id FROM sighting ORDER BY source_key"
LOG = "SELECT source_key, member_id, kind, text, url, evidence FROM activity WHERE source = 'feed' ORDER BY source_key"


def run() -> Iterator[dict[str, Any]]:
    body = document(ENTRIES)
    with databases() as new:
        for database, make in new.items():
            for mode, words in (("ask", "entries to be asked about"), ("take", "entries into the log")):
                ours, theirs, again = [], [], []
                for _turn in range(TURNS):
                    mine, first, second = _ours(make(), body, mode)
                    bare, seconds = _theirs(database, make(), body, mode)
                    if mine != bare:
                        raise SystemExit(f"FEED: the rows differ on {database}.")
                    ours.append(first)
                    again.append(second)
                    theirs.append(seconds)
                yield figure("FEED", database, f"{ENTRIES} {words}", ENTRIES / min(ours), "entries/s", "parser and executemany",
                             ENTRIES / min(theirs))  # fmt: skip
            yield figure("FEED", database, f"{ENTRIES} entries, nothing new", ENTRIES / min(again), "entries/s",
                         "the first time", ENTRIES / min(ours))  # fmt: skip
        yield _memory(new["sqlite"])


def document(entries: int) -> bytes:
    items = "".join(
        f"<item><title>Post {n} about #maps and roads</title><link>https://blog.example.org/{n}</link>"
        f"<guid isPermaLink='false'>post-{n}</guid>"
        f"<pubDate>Sat, 21 Nov 2026 {n // 3600:02}:{n // 60 % 60:02}:{n % 60:02} GMT</pubDate>"
        f"<description>&lt;p&gt;Some words of the entry {n}.&lt;/p&gt;</description><category>maps</category></item>"
        for n in range(entries)
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Blog</title>{items}</channel></rss>".encode()


def _inlet(mode: str) -> Inlet:
    inlet = feeds.add("feed", ADDRESS, Owner(member_id=1), 1, NOW)
    inlet.config = {**inlet.config, "proven": True, "mode": mode}
    inlet.state = "on"
    db.session.commit()
    return inlet


def _ours(url: str, body: bytes, mode: str) -> tuple[list[Any], float, float]:
    with program(url):
        add_members(10)
        inlet = _inlet(mode)
        seconds = []
        for _time in range(2):
            began = time.perf_counter()
            take(inlet, "feed", named(inlet, feed.read(body, ADDRESS, NOW).seen), NOW)
            db.session.commit()
            seconds.append(time.perf_counter() - began)
        connection = db.session.connection()
        return _rows(lambda sql: connection.exec_driver_sql(sql).fetchall()), seconds[0], seconds[1]


def _theirs(database: str, url: str, body: bytes, mode: str) -> tuple[list[Any], float]:
    with program(url):
        add_members(10)
        inlet_id = _inlet(mode).id
        prefix = feed.document_of(ADDRESS)
    connection = connect(url)
    began = time.perf_counter()
    references.import_all(connection, database == "postgresql", body, inlet_id, 1, prefix, log=mode == "take")
    seconds = time.perf_counter() - began
    rows = _rows(lambda sql: connection.execute(sql).fetchall())
    connection.close()
    return rows, seconds


def _rows(fetch: Any) -> list[Any]:
    return [tuple(row) for sql in (SAME, LOG) for row in fetch(sql)]


def _memory(make: Any) -> dict[str, Any]:
    """The most that the whole command held, for a feed and for one of a tenth of its size."""
    peaks = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for entries in (FEW, ENTRIES):
            url, file = make(), Path(folder) / f"{entries}.xml"
            file.write_bytes(document(entries))
            with program(url):
                add_members(10)
            peaks.append(peak(url, "inlets", "take", "feed", str(file), "--address", ADDRESS))
    return figure("FEED", "sqlite", ENTRIES, peaks[1], "MB at the peak", f"MB for {FEW} entries", peaks[0], digits=1)
