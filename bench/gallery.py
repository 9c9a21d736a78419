"""P8 for contests: a gallery of 500 entries beside one of 50, and 200 uploads through a web process whose memory is watched."""

import io
import random
import re
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from PIL import Image

from bench import servers
from bench.figure import figure
from bench.pages import MOST_BYTES, MOST_QUERIES, compare, look
from bench.world import databases, program
from recognition import clock
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.entry import IN, Author, Entry
from recognition.demo import services as demo
from recognition.extensions import db
from recognition.identity.models import Account, Member
from recognition.identity.queries import DEMO_ISSUER
from recognition.media.models import Media, MediaSize

FEW, MANY = 50, 500
UPLOADS = 200
SENDERS = 5
"""So many people send them, since one may send sixty a minute."""
WARM = 20
SLUG = "bench"
PAGES = {"gallery": f"/contests/{SLUG}/entries/", "contest": f"/contests/{SLUG}", "contests": "/contests/"}


def run(uploads: int = UPLOADS) -> Iterator[dict[str, Any]]:
    with databases() as new, servers.bell() as redis_url:
        for database, make in new.items():
            url = make()
            with tempfile.TemporaryDirectory(prefix="bench-state-") as folder:
                state = Path(folder)
                with program(url, redis_url) as app:
                    demo.load(clock.utcnow())
                    contest = _contest()
                    _hang(contest, FEW)
                    few = {name: look(app, path) for name, path in PAGES.items()}
                    entry = f"/contests/{SLUG}/entries/{_hang(contest, MANY - FEW)}"
                    many = {name: look(app, path) for name, path in PAGES.items()} | {"entry": look(app, entry)}
                    handles = _senders()
                yield from _weights(database, few, many)
                yield from _speeds(database, url, redis_url, state)
                yield from _memory(database, url, redis_url, state, handles, uploads)


def _contest() -> int:
    now = clock.utcnow()
    contest = Contest(
        slug=SLUG, title="What it means", brief="Show us.", takes="picture", licences=["cc-by-4.0"], state="published",
        entries_from=now - timedelta(days=3), entries_until=now + timedelta(days=3), created_at=now, published_at=now,
        entries_each=20, seed="ab" * 32,
    )  # fmt: skip
    contest.rounds = [Round(position=1, starts_at=now + timedelta(days=4), ends_at=now + timedelta(days=9))]
    db.session.add(contest)
    db.session.commit()
    return contest.id


def _hang(contest_id: int, count: int) -> str:
    """Entries of pictures of all shapes; the key of one of them. All share one file, which is never asked for here."""
    people = db.session.scalars(sa.select(Member).where(Member.state == "active").order_by(Member.id)).all()
    begun = db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) or 0
    now = clock.utcnow()
    for number in range(begun, begun + count):
        maker = people[number % len(people)]
        width, height = 2400, 900 + number * 37 % 2400
        kept = Media(key=f"{number:032}", content_hash="ab" * 32, small_hash="cd" * 32, mime="image/webp", width_px=width,
                     height_px=height, size_bytes=9, owner_id=maker.id, created_at=now)  # fmt: skip
        db.session.add(kept)
        db.session.flush()
        db.session.add_all(
            MediaSize(media_id=kept.id, width_px=one, height_px=height * one // width, content_hash="ab" * 32, size_bytes=9)
            for one in (480, 960, 1600)
        )
        entry = Entry(contest_id=contest_id, key=f"{number:016}", member_id=maker.id, title=f"What it means to us, {number}",
                      story="We had two evenings.", alt="Many hands on one long table, seen from above.", licence="cc-by-4.0",
                      media_id=kept.id, state=IN, created_at=now, changed_at=now, handed_in_at=now)  # fmt: skip
        entry.authors = [Author(member_id=maker.id, position=0, state=IN)]
        db.session.add(entry)
    db.session.commit()
    return f"{begun + count // 2:016}"


def _senders() -> list[str]:
    """Those of the demo whom one can sign in as, and who have nothing in the contest yet."""
    wanted = sa.select(Member.handle).join(Account, Account.member_id == Member.id)
    wanted = wanted.where(Account.issuer == DEMO_ISSUER, Member.state == "active").order_by(Member.id).limit(SENDERS)
    handles = list(db.session.scalars(wanted))
    theirs = sa.select(Member.id).where(Member.handle.in_(handles))
    db.session.execute(sa.delete(Entry).where(Entry.member_id.in_(theirs)))
    db.session.commit()
    return handles


def _weights(database: str, few: dict[str, Any], many: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, large in many.items():
        size = f"{name}, {MANY} entries, rendered anew"
        if name in few:
            yield figure("P8", database, size, large["queries"], "queries", f"{FEW} entries", few[name]["queries"])
        yield figure("P8", database, size, large["queries"], "queries", "at most", MOST_QUERIES)
        yield figure("P8", database, size, large["bytes"], "bytes", "at most", MOST_BYTES)


def _speeds(database: str, url: str, redis_url: str, state: Path) -> Iterator[dict[str, Any]]:
    ours, theirs = servers.free_port(), servers.free_port()
    with (
        servers.module("recognition", "web", "--port", str(ours), env=servers.settings(url, redis_url, state)) as web,
        servers.module("bench.references.page", url, str(theirs)) as reference,
    ):
        servers.wait_for(ours, web)
        servers.wait_for(theirs, reference)
        yield from compare(database, f"gallery, {MANY} entries", (ours, PAGES["gallery"]), (theirs, "/amina"))


def _memory(database: str, url: str, redis_url: str, state: Path, handles: list[str], uploads: int) -> Iterator[dict[str, Any]]:
    port = servers.free_port()
    with servers.module("recognition", "web", "--port", str(port), env=servers.settings(url, redis_url, state)) as web:
        servers.wait_for(port, web)
        senders = [Sender(port, handle) for handle in handles]
        for number in range(WARM):
            senders[number % len(senders)].send(number)
        before = _rss_mb(web.pid)
        for number in range(WARM, WARM + uploads):
            senders[number % len(senders)].send(number)
        after = _rss_mb(web.pid)
    yield figure("P8", database, f"memory of the web process after {uploads} uploads", after, "MB", "before", before)


def _rss_mb(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


class Sender:
    """Somebody with a browser who sends one entry's picture again and again, each time another one."""

    def __init__(self, port: int, handle: str) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._post("/login/demo", urllib.parse.urlencode({"csrf_token": self._token("/login"), "handle": handle}).encode(),
                   "application/x-www-form-urlencoded")  # fmt: skip
        self.token = self._token(f"/contests/{SLUG}/enter")
        self.entry = f"{handle:x>22}"[:22]

    def send(self, number: int) -> None:
        fields = {"csrf_token": self.token, "token": self.entry, "then": "keep", "title": f"Picture {number}"}
        parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in fields.items()]  # fmt: skip
        head = b'--b\r\nContent-Disposition: form-data; name="picture"; filename="a.jpg"\r\n\r\n'
        body = b"".join(parts) + head + _photo(number) + b"\r\n--b--\r\n"
        self._post(f"/contests/{SLUG}/enter", body, "multipart/form-data; boundary=b")

    def _token(self, path: str) -> str:
        page = self.opener.open(self.root + path, timeout=60).read().decode()
        return str(re.findall(r'name="csrf_token" value="([^"]+)"', page)[-1])

    def _post(self, path: str, body: bytes, kind: str) -> None:
        request = urllib.request.Request(self.root + path, body, {"Content-Type": kind, "Origin": self.root})
        self.opener.open(request, timeout=60).close()


def _photo(number: int) -> bytes:
    """About a megabyte that no two share."""
    noise = random.Random(number).randbytes(400 * 300 * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (400, 300), noise).resize((2000, 1500)).save(out, "JPEG", quality=92)
    return out.getvalue()
