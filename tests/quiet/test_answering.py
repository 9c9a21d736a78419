"""One click without signing in; a look changes nothing; whatever is pressed twice is done once."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.identity.models import Member
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from recognition.quiet.models import QuietNote
from recognition.quiet.question import path_of
from tests.dumps import differing, dump
from tests.factories.identity import make_member
from tests.factories.quiet import START, live, make_reachable, make_rule
from tests.identity.pages import send, words


@pytest.fixture
def path(db: Any) -> str:
    make_rule()
    make_reachable("ada")
    db.session.commit()
    now = clock.utcnow()
    live(-8, now)
    live(-1, now)
    return path_of(db.session.scalar(sa.select(QuietNote.id)))


def state(db: Any) -> tuple[str, str | None, str | None]:
    db.session.rollback()
    row = db.session.execute(sa.select(Member.state, QuietNote.answer, Member.away_until)
                             .join(QuietNote, QuietNote.member_id == Member.id)).one()  # fmt: skip
    return row[0], row[1], str(row[2]) if row[2] else None


def test_a_look_changes_nothing_and_is_kept_by_nobody(db: Any, client: FlaskClient, path: str) -> None:
    for _turn in range(2):
        page = client.get(path)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "private, no-store"
    assert state(db) == ("active", None, None)


@pytest.mark.parametrize(("said", "becomes"), [("here", "active"), ("pause", "away"), ("alumni", "alumni")])
def test_each_answer_is_one_click_and_a_second_click_the_same(
    db: Any, client: FlaskClient, path: str, said: str, becomes: str
) -> None:
    until = str((clock.utcnow() + timedelta(days=20)).date())
    for _turn in range(2):
        answer = client.post(path, data={"answer": said, "until": until})
        assert answer.status_code == 200
        assert state(db) == (becomes, said, until if said == "pause" else None)
    other = "alumni" if said != "alumni" else "here"
    assert client.post(path, data={"answer": other, "until": until}).status_code == 422 or state(db)[1] == said
    assert state(db)[:2] == (becomes, said)
    assert db.session.scalar(sa.select(Notice.read_at).where(Notice.kind == "quiet.question")) is not None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 0


@pytest.mark.parametrize("until", ["", "yesterday", "2020-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_is_asked_for_again(db: Any, client: FlaskClient, path: str, until: str) -> None:
    answer = client.post(path, data={"answer": "pause", "until": until})
    assert answer.status_code == 422
    assert "Any from tomorrow on" in answer.text
    assert state(db) == ("active", None, None)


def test_what_is_no_answer_is_refused(db: Any, client: FlaskClient, path: str) -> None:
    assert client.post(path, data={"answer": "never"}).status_code == 422
    assert state(db) == ("active", None, None)


def test_an_address_that_was_made_up_looks_like_one_that_is_over(client: FlaskClient, app: Any) -> None:
    assert client.get("/q/made-up").status_code == 404
    assert client.post("/q/made-up", data={"answer": "alumni"}).status_code == 404


def test_somebody_else_who_is_signed_in_may_not(db: Any, client: FlaskClient, path: str, sign_in: Any) -> None:
    sign_in(client, make_member("ben"))
    assert client.get(path).status_code == 403
    assert client.post(path, data={"answer": "alumni"}).status_code == 403
    assert state(db)[0] == "active"


def test_an_answer_of_two_rows_that_became_one_is_heard_and_parts_again(db: Any, client: FlaskClient, path: str) -> None:
    ada = db.session.scalar(sa.select(Member).where(Member.handle == "ada"))
    other = make_reachable("ada-again")
    db.session.add(QuietNote(member_id=other.id, rule_version=1, thanked_at=clock.utcnow()))
    db.session.commit()
    before = dump()
    done = merge(ada, other, None, "One person", clock.utcnow())
    db.session.commit()
    opened = sa.select(QuietNote.member_id).where(QuietNote.closed_at.is_(None))
    assert list(db.session.scalars(opened)) == [other.id]
    assert client.get(path).status_code == 200
    assert unmerge(done.id, None, "Two after all", clock.utcnow()) == []
    db.session.commit()
    assert differing(before, dump()) == {}
    assert client.post(path, data={"answer": "alumni"}).status_code == 200
    assert db.session.scalar(sa.select(Member.state).where(Member.handle == "ada")) == "alumni"


def test_away_alumni_and_back_by_ones_own_word(db: Any, client: FlaskClient, sign_in: Any) -> None:
    ada = make_member("ada", on_boards=True)
    sign_in(client, ada)
    until = (clock.utcnow() + timedelta(days=3)).date()
    assert send(client, "/me/away", "/me/away", until="soon").status_code == 422
    assert send(client, "/me/away", "/me/away", until=str(until)).status_code == 303
    assert (ada.state, ada.away_until) == ("away", until)
    assert "You are away" in words(client.get("/me/away").text)
    assert send(client, "/me/away", "/me/back").status_code == 303
    assert (ada.state, ada.away_until) == ("active", None)
    assert send(client, "/me/away", "/me/alumni").location == "/me/certificate"
    assert ada.state == "alumni"
    assert send(client, "/me/certificate", "/me/back").status_code == 303
    assert ada.state == "active"


def test_who_was_suspended_does_not_come_back_by_a_click(db: Any) -> None:
    from recognition.quiet.services import absence

    gone = make_member("gone", state="suspended")
    assert not absence.come_back(gone.id, START)
    assert not absence.become_alumni(gone.id, START)
    assert gone.state == "suspended"
