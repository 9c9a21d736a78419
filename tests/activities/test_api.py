"""The API for deeds: exact outcomes, once each, for the right people only."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity, ActivityTag, IdempotencyRecord
from recognition.identity.access import digest
from recognition.identity.models import ApiToken, Membership
from recognition.wiring import work
from tests.activities.test_record import in_threads
from tests.factories.identity import make_group, make_member

PATH = "/api/v1/activities"


def make_token(member: Any, *scopes: str, **changes: Any) -> dict[str, str]:
    """A header with the token."""
    secret = f"secret-of-{member.handle}-{len(scopes)}-{len(changes)}"
    token = ApiToken(member_id=member.id, token_hash=digest(secret), scopes=list(scopes), created_at=clock.utcnow(), **changes)
    from recognition.extensions import db

    db.session.add(token)
    db.session.commit()
    return {"Authorization": f"Bearer {secret}"}


def deed(**changes: Any) -> dict[str, Any]:
    return {
        "member": "ada",
        "occurred_at": "2026-11-02",
        "text": "Helped",
        "source": "forum",
        "source_key": "1",
        **changes,
    }


@pytest.fixture
def ada(db):
    return make_member("ada")


@pytest.fixture
def send(client, ada):
    header = make_token(ada, "activities:write")

    def post(body: Any, headers: dict[str, str] | None = None, **more: str) -> Any:
        return client.post(PATH, json=body, headers={**(headers or header), **more})

    return post


def errors(response: Any) -> dict[str, str]:
    return {error["field"]: error["reason"] for error in response.json["errors"]}


def count(db) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Activity))


def test_one_new_and_again(send, db, ada):
    first = send(deed(kind="Gave a talk", tags=["MDM"], url="https://example.org/1", campaign="Dark Funnel"))
    row = db.session.scalar(sa.select(Activity))
    assert (first.status_code, first.json) == (
        201, {"id": row.id, "outcome": "created", "source": "forum", "source_key": "1", "points": 5},
    )  # fmt: skip
    assert (row.member_id, row.reporter_id, row.kind, row.campaign, row.evidence) == (
        ada.id,
        ada.id,
        "gave-a-talk",
        "dark-funnel",
        0,
    )
    assert list(db.session.scalars(sa.select(ActivityTag.tag))) == ["mdm"]
    again = send(deed(kind="Gave a talk", tags=["MDM"], url="https://example.org/1", campaign="Dark Funnel"))
    assert (again.status_code, again.json) == (
        200,
        {"id": row.id, "outcome": "repeated", "source": "forum", "source_key": "1"},
    )
    other = send(deed(text="Helped more"))
    assert (other.status_code, other.json["differs"]) == (200, True)
    assert count(db) == 1


def test_a_mixed_list_keeps_its_order(send, db):
    send(deed())
    response = send(
        [deed(source_key="2", text="New"), deed(), deed(source_key="3", occurred_at="soon"), "no", deed(source_key="2")]
    )
    assert response.status_code == 207
    assert [item["outcome"] for item in response.json["items"]] == [
        "created",
        "repeated",
        "refused",
        "refused",
        "repeated",
    ]
    assert response.json["items"][2]["errors"] == [
        {"field": "occurred_at", "reason": "is not a date such as 2026-11-21 or 2026-11-21T18:00:00Z"}
    ]
    assert response.json["items"][4] == {
        **response.json["items"][4],
        "id": response.json["items"][0]["id"],
        "differs": True,
    }
    assert count(db) == 2


@pytest.mark.parametrize("value", [0, False, 0.0, {}, [], ""], ids=["zero", "false", "nought", "object", "list", "text"])
@pytest.mark.parametrize("field", ["url", "tags", "group"])
def test_what_is_empty_and_of_the_wrong_sort(send, db, field, value):
    """Left out, null and the empty one of its own sort are the same; nothing else is taken for it."""
    good = value == ([] if field == "tags" else "") and isinstance(value, list | str)
    answer = send(deed(**{field: value}))
    assert answer.status_code == (201 if good else 422)
    assert good or list(errors(answer)) == [field]


def test_all_new_and_all_known_lists(send):
    bodies = [deed(source_key=str(n), text=f"Deed {n}") for n in range(3)]
    assert send(bodies).status_code == 201
    assert send(bodies).status_code == 200


def test_a_likely_repeat_is_kept_and_said(send, db):
    first, second = send(deed()), send(deed(source_key="2"))
    assert (second.status_code, second.json["likely_repeat_of"], second.json["points"]) == (201, first.json["id"], 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"occurred_at": None}, "occurred_at"),
        ({"occurred_at": "2999-01-01"}, "occurred_at"),
        ({"occurred_at": 5}, "occurred_at"),
        ({"text": "x" * 20_001}, "text"),
        ({"text": 5}, "text"),
        ({"url": "ftp://example.org"}, "url"),
        ({"group": "unknown"}, "group"),
        ({"tags": "mdm"}, "tags"),
        ({"source_key": None}, "source_key"),
        ({"source": "badges"}, "source"),
        ({"kind": "quest.finished"}, "kind"),
        ({"visibility": "world"}, "visibility"),
        ({"points": 1000}, "points"),
        ({"evidence": "confirmed"}, "evidence"),
        ({"id": 4}, "id"),
    ],
)
def test_each_fault_names_its_field_and_nothing_is_stored(send, db, change, field):
    response = send(deed(**change))
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert list(errors(response)) == [field]
    assert count(db) == 0
    listed = send([deed(**change), deed(**change)])
    assert listed.status_code == 422
    assert [list(item) for item in listed.json["items"]] == [["errors", "outcome"]] * 2


def test_several_faults_are_told_at_once(send):
    assert sorted(errors(send(deed(url="x", text=1, occurred_at="")))) == ["occurred_at", "text", "url"]


@pytest.mark.parametrize("size", [0, 1001])
def test_lists_of_no_or_too_many(send, db, size):
    assert send([deed(source_key=str(n)) for n in range(size)]).status_code == 422
    assert count(db) == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 1e999}', b'{"a": "\\u0000"}', b'{"a": "\\ud800"}',
     b'{"\\u0000": 1}', b"[" * 50 + b"]" * 50, b"[" * 200_000],
)  # fmt: skip
def test_unreadable_bodies(send, client, ada, db, body):
    header = make_token(ada, "activities:write", name="raw")
    response = client.post(PATH, data=body, content_type="application/json", headers=header)
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    assert count(db) == 0


def test_only_json_is_taken(client, ada):
    header = make_token(ada, "activities:write")
    response = client.post(PATH, data=json.dumps(deed()), content_type="text/plain", headers=header)
    assert (response.status_code, response.mimetype) == (415, "application/problem+json")


def test_more_than_the_house_takes(client, ada):
    header = make_token(ada, "activities:write")
    response = client.post(PATH, data=b" " * (13 * 1024 * 1024), content_type="application/json", headers=header)
    assert (response.status_code, response.mimetype) == (413, "application/problem+json")


def test_groups_are_ones_own(send, db, ada):
    make_group("accra")
    mine = make_group("nairobi")
    db.session.add(Membership(group_id=mine.id, member_id=ada.id, since=clock.utcnow()))
    db.session.commit()
    assert list(errors(send(deed(group="accra")))) == ["group"]
    assert send(deed(group="nairobi")).status_code == 201


def test_an_idempotency_key_gives_the_same_answer(send, db, ada):
    bodies = [deed(source=None, source_key=None, text=f"{n}") for n in range(2)] + [deed(url="no")]
    first = send(bodies, **{"Idempotency-Key": "k-1"})
    again = send(bodies, **{"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code) == (207, 207)
    assert first.json == again.json
    assert count(db) == 2
    assert [item.get("source") for item in first.json["items"]] == ["api", "api", None]
    other = send(bodies[:1], **{"Idempotency-Key": "k-1"})
    assert (other.status_code, other.mimetype, count(db)) == (422, "application/problem+json", 2)
    assert send(bodies[:1], **{"Idempotency-Key": "k-2"}).status_code == 201
    bob = make_token(make_member("bob"), "activities:write")
    assert send([deed(member="bob", source_key="b")], bob, **{"Idempotency-Key": "k-1"}).status_code == 201
    refused = [send(deed(url="no"), **{"Idempotency-Key": "bad"}) for _ in range(2)]
    assert [r.status_code for r in refused] == [422, 422]
    assert refused[0].json == refused[1].json
    assert send(deed(), **{"Idempotency-Key": "k" * 201}).status_code == 400


def test_answers_are_forgotten_after_a_week_and_deeds_are_not(send, db, ada):
    body = deed(source=None, source_key=None)
    for key in ("old", "young"):
        send(body, **{"Idempotency-Key": key})
    ago = {"old": timedelta(days=7, minutes=1), "young": timedelta(days=6)}
    for key, age in ago.items():
        mine = sa.update(IdempotencyRecord).where(IdempotencyRecord.key == key)
        db.session.execute(mine.values(created_at=clock.utcnow() - age))
    work.JOBS["activities.tidy"]()
    db.session.commit()
    assert db.session.scalars(sa.select(IdempotencyRecord.key)).all() == ["young"]
    again = send(body, **{"Idempotency-Key": "old"})
    assert (again.status_code, again.json["outcome"], count(db)) == (200, "repeated", 2)


def test_the_same_key_at_the_same_moment(app, db, ada):
    header = make_token(ada, "activities:write")

    def post(n: int) -> Any:
        body = deed(source=None, source_key=None)
        return app.test_client().post(PATH, json=body, headers={**header, "Idempotency-Key": "once"})

    answers = in_threads(app, 4, post)
    assert {(r.status_code, r.data) for r in answers} == {(201, answers[0].data)}
    assert count(db) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(IdempotencyRecord)) == 1
