"""Writing down who was there: who may, what is looked over first, and that nothing typed is lost."""

from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.audit.models import AuditEntry
from recognition.identity.models import Member, Membership
from tests.factories.identity import JOINED, make_group, make_member
from tests.pages.test_deeds import Person, plain

PATH = "/activities/list/new"


@pytest.fixture
def people(db) -> dict[str, Any]:
    made = {name: make_member(name) for name in ("ada", "bob", "cur")} | {"con": make_member("con", roles=("council",))}
    group = make_group()
    db.session.add(Membership(group_id=group.id, member_id=made["cur"].id, is_curator=True, since=JOINED))
    db.session.commit()
    return made


@pytest.fixture
def as_(app, sign_in, people):
    def enter(name: str) -> Person:
        client = app.test_client()
        sign_in(client, people[name])
        return Person(client)

    return enter


def told(db: Any) -> list[tuple[str, str]]:
    wanted = sa.select(Member.handle, Activity.text).join(Member, Member.id == Activity.member_id)
    return [tuple(row) for row in db.session.execute(wanted.order_by(Member.handle))]


def test_looked_over_then_written(db, people, as_):
    cur = as_("cur")
    sent = {"text": "Swept the hall", "people": "ada\nBob\nnobody-here", "group": "nairobi", "day": "2026-11-02", "kind": ""}
    look = cur.post(PATH, sent)
    assert (look.status_code, told(db)) == (200, [])
    assert "nobody-here" in plain(look.text)
    assert look.text.count('name="who"') == 2
    back = cur.post(PATH, sent | {"back": "1", "sure": "1", "who": ["ada"]})
    assert "Swept the hall" in back.text
    assert "nobody-here" in back.text
    assert told(db) == []
    done = cur.post(PATH, sent | {"sure": "1", "who": ["ada", "con"]})  # con was not on the list
    assert (done.status_code, told(db)) == (303, [("ada", "Swept the hall")])
    cur.post(PATH, sent | {"sure": "1", "who": ["ada", "bob"]})
    assert told(db) == [("ada", "Swept the hall"), ("bob", "Swept the hall")]
    acts = db.session.execute(sa.select(AuditEntry.action, AuditEntry.target, AuditEntry.after)).all()
    assert [tuple(row) for row in acts] == [("activity.listed", "group:nairobi", {"people": 1})] * 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": ""}, "A few words are enough"),
        ({"people": " , "}, "Who was there? One handle"),
        ({"people": "zed"}, "We know none of them"),
        ({"people": "\n".join(f"m{n}" for n in range(501))}, "more people than fit"),
        ({"group": ""}, "For which of your groups"),
        ({"group": "elsewhere"}, "Choose one of your groups"),
        ({"day": "2190-01-01"}, "still to come"),
        ({"kind": "no-such"}, "choose one of these kinds"),
    ],
)
def test_what_is_wrong_is_said_and_all_is_still_there(db, people, as_, changes, words):
    sent = {"text": "Swept the hall", "people": "ada", "group": "nairobi", "day": "", "kind": ""} | changes
    page = as_("cur").post(PATH, sent | {"sure": "1", "who": ["ada"]})
    assert page.status_code == 422
    assert words in page.text
    assert all(sent[name].strip() in page.text for name in ("text", "people"))
    assert told(db) == []


def test_who_may(db, people, as_):
    sent = {"text": "Swept", "people": "ada", "sure": "1", "who": ["ada"]}
    ada, con = as_("ada"), as_("con")
    assert (ada.get(PATH).status_code, ada.post(PATH, sent).status_code) == (403, 403)
    assert told(db) == []
    assert con.get(PATH).status_code == 200
    con.post(PATH, sent)
    assert told(db) == [("ada", "Swept")]


def test_who_was_listed_takes_it_off_with_one_click(db, people, as_):
    as_("con").post(PATH, {"text": "Swept", "people": "ada", "sure": "1", "who": ["ada"]})
    row = db.session.scalars(sa.select(Activity)).one()
    ada = as_("ada")
    page = ada.get(f"/activities/{row.id}").text
    assert "Take it off my record" in page
    ada.post(f"/activities/{row.id}/withdraw")
    db.session.expire_all()
    assert db.session.get_one(Activity, row.id).withdrawn_at is not None
