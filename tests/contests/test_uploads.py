"""What people send to a contest, at the same moment, again and again, too much of it, on a full disk."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.activities.models import Activity
from recognition.contests.entries import Draft
from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import IN, Entry
from recognition.contests.rules import ENTERED, NotAllowed
from recognition.contests.services import entering
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.media import services as media
from recognition.media.models import Media
from tests.factories.contests import make_contest, make_entry, make_round
from tests.factories.identity import make_member
from tests.media.pictures import encoded, png_of, quarters

pytestmark = pytest.mark.usefixtures("app")
TEXT = Draft(title="Dear you", text="Once upon a time.", licence="cc-by-4.0")


def taking(**changes: Any) -> Contest:
    """By the real time, which every thread shares."""
    now = clock.utcnow()
    span = {"entries_from": now - timedelta(days=1), "entries_until": now + timedelta(days=1)}
    contest = make_contest(rounds=0, **span, **changes)
    make_round(contest, starts_at=now + timedelta(days=2), ends_at=now + timedelta(days=3))
    return contest


def form(**changes: Any) -> dict[str, Any]:
    return {"title": "Seven doors", "alt": "Seven doors in a row.", "licence": "cc-by-4.0", "token": "t" * 22, "then": "hand_in",
            **changes}  # fmt: skip


def file(upload: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(encoded(quarters()) if upload is None else upload), "doors.png"


def counts() -> tuple[int, int, int]:
    """Entries, pictures, facts."""
    db.session.rollback()
    facts = sa.select(sa.func.count()).select_from(Activity).where(Activity.kind == ENTERED, Activity.withdrawn_at.is_(None))
    found = [db.session.scalar(sa.select(sa.func.count()).select_from(model)) for model in (Entry, Media)]
    return found[0] or 0, found[1] or 0, db.session.scalar(facts) or 0


def together(app: Flask, number: int, act: Callable[[int], Any]) -> list[Any]:
    """Each in a transaction of its own; a refusal is a result."""
    barrier = Barrier(number)

    def one(place: int) -> Any:
        with app.app_context():
            barrier.wait()
            try:
                result = act(place)
                db.session.commit()
            except NotAllowed:
                db.session.rollback()
                return "refused"
            return result

    db.session.commit()
    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def test_one_form_sent_fifty_times_is_one_entry(app: Flask, client: Any, sign_in: Any) -> None:
    taking()
    sign_in(client, make_member())
    cookie = client.get_cookie("recognition")
    barrier = Barrier(8)

    def send(_place: int) -> list[int]:
        sender = app.test_client()
        sender.set_cookie("recognition", cookie.value)
        barrier.wait()
        with app.app_context():
            return [sender.post("/contests/draw-mdm/enter", data=form(picture=file())).status_code for _n in range(7)]

    with ThreadPoolExecutor(8) as pool:
        answers = [status for sent in pool.map(send, range(8)) for status in sent]
    assert set(answers) == {303}
    assert counts() == (1, 1, 1)


def test_two_at_once_never_have_more_than_each_may(app: Flask) -> None:
    contest_id, ada_id = taking(takes="text", entries_each=2).id, make_member().id

    def begin(place: int) -> Any:
        contest, ada = db.session.get_one(Contest, contest_id), db.session.get_one(Member, ada_id)
        return entering.save_entry(contest, ada, f"{place:022}", TEXT).state

    assert sorted(together(app, 6, begin)) == ["draft"] * 2 + ["refused"] * 4
    assert counts()[0] == 2


def test_the_last_place_is_given_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "ENTRIES_MAX", 3)
    contest = taking(takes="text")
    make_entry(contest, make_member("zoe"))
    make_entry(contest, make_member("yan"))
    drafts = [entering.save_entry(contest, make_member(f"m{n}"), "t" * 22, TEXT) for n in range(4)]
    ids = [(entry.id, entry.member_id) for entry in drafts]

    def hand_in(place: int) -> Any:
        entry_id, member_id = ids[place]
        return entering.hand_in(db.session.get_one(Entry, entry_id), db.session.get_one(Member, member_id)).state

    assert sorted(together(app, 4, hand_in)) == ["in", "refused", "refused", "refused"]
    standing = sa.select(sa.func.count()).select_from(Entry).where(Entry.state == IN)
    assert (db.session.scalar(standing), counts()[2]) == (3, 1)


def test_handed_in_and_taken_back_at_once_is_one_of_both(app: Flask) -> None:
    contest, ada = taking(takes="text"), make_member()
    entry = entering.save_entry(contest, ada, "t" * 22, TEXT)
    entry_id, ada_id = entry.id, ada.id

    def act(place: int) -> Any:
        found, member = db.session.get_one(Entry, entry_id), db.session.get_one(Member, ada_id)
        return entering.withdraw_entry(found, member) if place % 2 else entering.hand_in(found, member).state

    together(app, 4, act)
    assert (db.session.get_one(Entry, entry_id).state, counts()[2]) == ("withdrawn", 0)


BAD = {
    "nothing": b"",
    "a script": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "a bomb": png_of(60_000, 60_000),
    "half a file": encoded(quarters(300, 300), "JPEG", quality=95)[:900],
    "too large": b"\x89PNG" + b"x" * (10 * 1024 * 1024),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_get_a_sentence_and_no_picture(client: Any, sign_in: Any, name: str) -> None:
    taking()
    sign_in(client, make_member())
    answer = client.post("/contests/draw-mdm/enter", data=form(picture=file(BAD[name])))
    assert answer.status_code == 422
    assert 'id="field-picture-error"' in answer.text
    assert "Seven doors" in answer.text
    assert counts() == (1, 0, 0)


def test_a_full_disk_loses_no_words(client: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    taking()
    sign_in(client, make_member())
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        answer = client.post("/contests/draw-mdm/enter", data=form(picture=file(encoded(quarters(333, 222)))))
    assert answer.status_code == 507
    assert "There is no room for pictures at the moment. Nothing of yours was lost" in answer.text
    assert counts() == (1, 0, 0)
    assert client.get("/contests/draw-mdm").status_code == 200
    entry = db.session.scalars(sa.select(Entry)).one()
    again = client.post(f"/contests/draw-mdm/entries/{entry.key}/edit", data=form(picture=file(encoded(quarters(333, 222)))))
    assert (again.status_code, counts()) == (303, (1, 1, 1))


def test_a_disk_that_fills_up_on_the_way_is_told_kindly(client: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any, **_named: Any) -> None:
        raise OSError(28, "No space left on device")

    taking()
    sign_in(client, make_member())
    monkeypatch.setattr("werkzeug.wrappers.request.Request._get_file_stream", full)
    answer = client.post("/contests/draw-mdm/enter", data=form(picture=file(b"x" * 1_000_000)))
    assert (answer.status_code, "There is no room at the moment" in answer.text) == (507, True)
    assert counts() == (0, 0, 0)


class Endless(io.RawIOBase):
    """A body of so many bytes that nobody holds; it knows how much of it was read."""

    def __init__(self, head: bytes, size: int) -> None:
        self.rest, self.size, self.read_bytes = head, size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self.size - self.read_bytes)
        part = (self.rest[:wanted]).ljust(wanted, b"x")
        self.rest = self.rest[wanted:]
        buffer[:wanted] = part
        self.read_bytes += wanted
        return wanted


# Reading stops in the middle, and the half of the file that lies on the disk goes with the parser.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("says_how_long", [True, False])
def test_a_hundred_megabytes_are_refused_without_being_read(client: Any, sign_in: Any, says_how_long: bool) -> None:
    taking()
    sign_in(client, make_member())
    head = b'--b\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n'
    body = Endless(head, 100 * 1024 * 1024)
    said = {"CONTENT_LENGTH": str(body.size)} if says_how_long else {"wsgi.input_terminated": True}
    environ = {"wsgi.input": io.BufferedReader(body), "CONTENT_TYPE": "multipart/form-data; boundary=b", **said}
    answer = client.post("/contests/draw-mdm/enter", environ_overrides=environ)
    assert (answer.status_code, "That is too big" in answer.text) == (413, True)
    assert body.read_bytes <= 13 * 1024 * 1024
    assert counts() == (0, 0, 0)


def test_uploads_have_a_limit_a_minute(client: Any, sign_in: Any) -> None:
    taking()
    sign_in(client, make_member())
    sent = [client.post("/contests/draw-mdm/enter", data={"then": "keep", "token": "t" * 22}).status_code for _n in range(62)]
    assert sent.count(429) >= 1
    assert set(sent) == {303, 429}


@pytest.mark.parametrize("slug", ["over", "nowhere"])
def test_where_nothing_is_taken_no_file_is_laid_down(client: Any, sign_in: Any, slug: str) -> None:
    make_contest("over", entries_until=clock.utcnow() - timedelta(hours=1), entries_from=clock.utcnow() - timedelta(days=1))
    sign_in(client, make_member())
    before = set(media.store().older_than(1e12))
    upload = encoded(quarters(321, 123))
    answer = client.post(f"/contests/{slug}/enter", data=form(picture=file(upload)))
    assert answer.status_code == {"over": 409, "nowhere": 404}[slug]
    assert set(media.store().older_than(1e12)) == before
    assert counts() == (0, 0, 0)


def test_where_a_contest_is_full_the_draft_stays_where_it_is(client: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "ENTRIES_MAX", 0)
    taking()
    sign_in(client, make_member())
    answer = client.post("/contests/draw-mdm/enter", data=form(picture=file()))
    assert (answer.status_code, "Your draft stays where it is." in answer.text) == (409, True)
    assert counts() == (1, 1, 0)
    assert db.session.scalars(sa.select(Entry.state)).all() == ["draft"]
