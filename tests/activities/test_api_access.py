"""Who opens the API for deeds, for whom, and what they may read there."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity
from recognition.identity.models import ApiToken
from tests.activities.test_api import PATH, count, deed, errors, make_token
from tests.factories.activities import make_activity
from tests.factories.identity import make_member


@pytest.fixture
def ada(db):
    return make_member("ada")


@pytest.fixture
def send(client, ada):
    header = make_token(ada, "activities:write")

    def post(body, headers=None):
        return client.post(PATH, json=body, headers=headers or header)

    return post


def test_tokens_that_do_not_open(client, ada, db, sign_in):
    past, gone = clock.utcnow() - timedelta(seconds=1), make_member("gone", state="suspended")
    wrong = [
        (401, {}),
        (401, {"Authorization": "Bearer no-such-token"}),
        (401, make_token(ada, "activities:write", expires_at=past)),
        (401, make_token(ada, "activities:write", revoked_at=past, name="r")),
        (401, make_token(gone, "activities:write")),
        (403, make_token(ada, "activities:read")),
    ]
    sign_in(client, ada)  # a session is no token
    for status, header in wrong:
        response = client.post(PATH, json=deed(), headers=header)
        assert (response.status_code, response.mimetype) == (status, "application/problem+json")
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert count(db) == 0


def test_the_use_of_a_token_is_noted(send, db):
    send(deed())
    db.session.expire_all()
    assert db.session.scalar(sa.select(ApiToken.last_used_at)) is not None


def test_deeds_of_others_need_a_role_at_the_time_of_the_call(send, db, ada):
    bob, carl = make_member("bob"), make_member("carl", roles=("council",))
    db.session.commit()
    mine = send(deed(member="bob"))
    assert (mine.status_code, list(errors(mine))) == (403, ["member"])
    assert errors(send(deed(member="nobody"))) == errors(mine)
    council = make_token(carl, "activities:write")
    trusted = send(deed(member="bob", evidence="passive", object="event:5"), council)
    row = db.session.scalar(sa.select(Activity))
    assert (trusted.status_code, row.member_id, row.reporter_id, row.evidence, row.object) == (
        201,
        bob.id,
        carl.id,
        1,
        "event:5",
    )
    assert errors(send(deed(member="nobody"), council)) == {"member": "nobody here has the handle “nobody”"}
    db.session.execute(sa.text("DELETE FROM role_grant"))
    db.session.commit()
    assert send(deed(member="bob", source_key="2"), council).status_code == 403


def test_nobody_takes_the_place_of_another_programs_deed(send, db):
    """A member's own keys are kept apart: from other members', and from those of an import or the council."""
    bob, carl = make_member("bob"), make_member("carl", roles=("council",))
    tokens = [make_token(who, "activities:write") for who in (bob, carl)]
    answers = [send(deed()), send(deed(member="bob", text="Mine"), tokens[0]), send(deed(member="bob"), tokens[1])]
    assert [(answer.status_code, answer.json["source_key"]) for answer in answers] == [(201, deed()["source_key"])] * 3
    again = send(deed(member="bob", text="Mine"), tokens[0])
    assert (again.status_code, again.json["id"]) == (200, answers[1].json["id"])


def test_reading_pages_with_privacy(client, db, ada):
    bob, gone = (
        make_member("bob", name="Hidden Name", visibility={"name": "me"}),
        make_member("gone", state="suspended"),
    )
    ids = [
        make_activity(bob.id, visibility=seen, text=f"{seen} SECRET", tags=("mdm",)).id for seen in ("public", "members", "me")
    ]
    own = make_activity(ada.id, visibility="me", kind="talk", url="https://example.org", campaign="c").id
    make_activity(gone.id, visibility="public")
    make_activity(ada.id, kind="quest.step")
    header = make_token(ada, "activities:read")
    whole = client.get(PATH, headers=header)
    assert [item["id"] for item in whole.json["items"]] == [*ids[:2], own]
    assert (whole.json["next"], "Hidden Name" in whole.text) == (None, False)
    assert whole.json["items"][2] == {
        "id": own,
        "member": "ada",
        "occurred_at": "2026-11-02T12:00:00Z",
        "kind": "talk",
        "kind_label": "talk",
        "text": "",
        "tags": [],
        "url": "https://example.org",
        "group": None,
        "campaign": "c",
        "visibility": "me",
        "evidence": "self",
        "source": "tests",
        "source_key": whole.json["items"][2]["source_key"],
    }
    seen, following = [], f"{PATH}?limit=1"
    while following:
        page = client.get(following, headers=header).json
        seen += [item["id"] for item in page["items"]]
        following = page["next"]
    assert seen == [*ids[:2], own]
    for question, found in (
        ("member=bob", ids[:2]),
        ("tag=mdm", ids[:2]),
        ("kind=talk", [own]),
        ("group=x", []),
        ("member=%F0%9F%A6%8A", []),
    ):
        assert [item["id"] for item in client.get(f"{PATH}?{question}", headers=header).json["items"]] == found
    assert client.get(f"{PATH}?cursor=nonsense", headers=header).status_code == 400


def test_statements_do_not_grow_with_the_page(client, db, ada, count_queries):
    header = make_token(ada, "activities:read")
    numbers = []
    for _round in range(2):
        make_activity(make_member(f"m{_round}").id, tags=("a", "b"))
        make_activity(ada.id, tags=("a",))
        db.session.commit()
        client.get(PATH, headers=header)
        with count_queries() as seen:
            assert client.get(PATH, headers=header).status_code == 200
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 12
