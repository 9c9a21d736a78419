"""Deliveries of forums and code hosts, good and hostile, through the door that they come in by."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities.models import Activity
from recognition.inlets.models import Arrival, Inlet, Sighting
from recognition.inlets.rules import HOOK_PURPOSE
from recognition.web.secrets import derived
from tests.factories.identity import make_member
from tests.factories.inlets import make_account, make_inlet
from tests.inlets import deliveries as d

FORUM, CODE = "/api/v1/hooks/discourse", "/api/v1/hooks/github"


def secret(inlet: Inlet, number: int = 1) -> str:
    return derived(HOOK_PURPOSE, inlet.key, number)


@pytest.fixture
def forum(db: Any) -> Inlet:
    inlet = make_inlet(config={"url": d.FORUM_URL})
    make_account(make_member("amina").id, mode="take")
    db.session.commit()
    return inlet


@pytest.fixture
def code(db: Any) -> Inlet:
    inlet = make_inlet("github", config={"host": "github.com"})
    make_account(make_member("amina").id, source="github", place="github.com", mode="take")
    db.session.commit()
    return inlet


def told(db: Any) -> list[tuple[str, str, str | None]]:
    db.session.rollback()
    rows = db.session.scalars(sa.select(Activity).where(Activity.withdrawn_at.is_(None)).order_by(Activity.id))
    return [(row.kind, row.text, row.url) for row in rows]


def test_a_signed_post_becomes_a_deed_of_its_writer(client: FlaskClient, db: Any, forum: Inlet) -> None:
    answer = client.post(FORUM, **d.discourse("post_created", d.post(), secret(forum)))
    assert (answer.status_code, answer.get_json()) == (202, {"taken": 1})
    words = "Where to meet\n\nWe could meet **on Friday**."
    assert told(db) == [("forum-post", words, "https://forum.example.org/t/meeting/77/2")]
    row = db.session.scalar(sa.select(Sighting))
    assert (row.source_key, row.place, row.account, row.state) == (
        "forum.example.org:post:1002",
        "forum.example.org",
        "amina",
        "taken",
    )
    arrival = db.session.scalar(sa.select(Arrival))
    assert (arrival.delivery, arrival.event, arrival.status, arrival.answer) == ("1", "post_created", 202, {"taken": 1})


def test_edited_and_removed_there_is_put_right_and_withdrawn_here(client: FlaskClient, db: Any, forum: Inlet) -> None:
    later, last = "2026-11-20T11:00:00.000Z", "2026-11-20T12:00:00.000Z"
    steps = [("post_created", d.post()), ("post_edited", d.post(raw="On Saturday", updated_at=later)),
             ("post_destroyed", d.post(raw="On Saturday", deleted_at=last))]  # fmt: skip
    seen = []
    for number, (event, body) in enumerate(steps):
        client.post(FORUM, **d.discourse(event, body, secret(forum), number))
        seen.append([text for _kind, text, _url in told(db)])
    assert seen == [["Where to meet\n\nWe could meet **on Friday**."], ["Where to meet\n\nOn Saturday"], []]
    # Late, and out of order: what is older than what we know changes nothing.
    client.post(FORUM, **d.discourse("post_edited", d.post(raw="On Sunday", updated_at=later), secret(forum), 9))
    assert told(db) == []
    client.post(FORUM, **d.discourse("post_recovered", d.post(raw="On Saturday", updated_at=later), secret(forum), 10))
    assert [text for _kind, text, _url in told(db)] == ["Where to meet\n\nOn Saturday"]


def test_a_topic_and_its_first_post_are_one_deed(client: FlaskClient, db: Any, forum: Inlet) -> None:
    client.post(FORUM, **d.discourse("topic_created", d.topic(), secret(forum), 1))
    client.post(FORUM, **d.discourse("post_created", d.post(1), secret(forum), 2))
    assert told(db) == [("forum-topic", "Where to meet", "https://forum.example.org/t/meeting/77")]


def test_a_like_is_a_deed_of_who_liked(client: FlaskClient, db: Any, forum: Inlet) -> None:
    make_account(make_member("bela").id, "bela", mode="take")
    db.session.commit()
    client.post(FORUM, **d.discourse("post_liked", d.like(), secret(forum)))
    assert told(db) == [("liked-a-post", "Where to meet", "https://forum.example.org/t/meeting/77/2")]


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("ping", {"ping": "OK"}),
        ("post_created", d.post(topic_archetype="private_message")),
        ("post_created", d.post(post_type=4)),
        ("post_created", d.post(post_type=3)),
        ("topic_created", d.topic(archetype="private_message")),
        ("user_created", {"user": {"id": 1}}),
        ("post_liked", d.like(topic_archetype="private_message")),
    ],
)
def test_what_is_not_for_everybody_there_is_not_for_us(
    client: FlaskClient, db: Any, forum: Inlet, event: str, body: dict[str, Any]
) -> None:
    answer = client.post(FORUM, **d.discourse(event, body, secret(forum)))
    assert (answer.status_code, answer.get_json()["taken"]) == (202, 0)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Sighting)) == 0


def test_only_the_categories_that_were_chosen(client: FlaskClient, db: Any, forum: Inlet) -> None:
    db.session.get(Inlet, forum.id).config = {"url": d.FORUM_URL, "categories": [9]}
    db.session.commit()
    assert client.post(FORUM, **d.discourse("post_created", d.post(), secret(forum))).get_json()["taken"] == 0
    assert client.post(FORUM, **d.discourse("post_created", d.post(category_id=9), secret(forum), 2)).get_json()["taken"] == 1


@pytest.mark.parametrize(
    ("event", "body", "kind", "text"),
    [
        ("push", d.push(), "code", "Explain step 1 (Community/Handbook)"),
        ("pull_request", d.pull_request(), "pull-request", "Add the page (Community/Handbook)"),
        ("issues", d.issue(), "reported-an-issue", "A page is missing (Community/Handbook)"),
        ("issue_comment", d.comment(), "comment-on-code-or-issues", "A page is missing (Community/Handbook)"),
        ("pull_request_review", d.review(), "code-review", "Add the page (Community/Handbook)"),
        ("release", d.release(), "release", "First (Community/Handbook)"),
    ],
    ids=["push", "pull_request", "issues", "issue_comment", "pull_request_review", "release"],
)
def test_what_a_code_host_tells(
    client: FlaskClient, db: Any, code: Inlet, event: str, body: dict[str, Any], kind: str, text: str
) -> None:
    answer = client.post(CODE, **d.github(event, body, secret(code)))
    assert (answer.status_code, answer.get_json()) == (202, {"taken": 1})
    assert [(one, words) for one, words, _url in told(db)] == [(kind, text)]


def test_a_push_counts_what_is_new_on_the_branch_that_counts(client: FlaskClient, db: Any, code: Inlet) -> None:
    robot = {"name": "bot", "email": "bot@example.org", "username": "robot[bot]"}
    body = d.push(d.commit(1), d.commit(2), d.commit(3, distinct=False), d.commit(4, author=robot),
                  d.commit(5, message="Merge pull request #6 from amina/page"))  # fmt: skip
    assert client.post(CODE, **d.github("push", body, secret(code))).get_json() == {"taken": 2}
    other = d.push(d.commit(6), ref="refs/heads/try")
    assert client.post(CODE, **d.github("push", other, secret(code), "d-2")).get_json()["taken"] == 0
    assert len(told(db)) == 2


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("ping", {"zen": "Keep it logically awesome.", "hook_id": 5}),
        ("push", d.push(repository={**d.REPOSITORY, "private": True})),
        ("issues", d.issue("labeled")),
        ("issues", d.issue(user={"login": "robot[bot]", "type": "Bot"})),
        ("issues", d.issue(user=None)),
        ("star", {"action": "created", "repository": d.REPOSITORY}),
    ],
)
def test_what_a_code_host_tells_that_is_no_deed(
    client: FlaskClient, db: Any, code: Inlet, event: str, body: dict[str, Any]
) -> None:
    answer = client.post(CODE, **d.github(event, body, secret(code)))
    assert (answer.status_code, answer.get_json()["taken"]) == (202, 0)


def test_deleted_there_is_withdrawn_here_whatever_came_first(client: FlaskClient, db: Any, code: Inlet) -> None:
    for number, action in enumerate(("deleted", "opened", "edited")):
        client.post(CODE, **d.github("issues", d.issue(action), secret(code), f"d-{number}"))
    assert told(db) == []


def test_the_same_delivery_gets_the_same_answer_and_does_nothing(client: FlaskClient, db: Any, forum: Inlet) -> None:
    delivery = d.discourse("post_created", d.post(), secret(forum))
    answers = [client.post(FORUM, **delivery) for _turn in range(3)]
    assert [(one.status_code, one.get_json()) for one in answers] == [(202, {"taken": 1})] * 3
    again = d.discourse("post_created", d.post(), secret(forum), 2)
    assert client.post(FORUM, **again).get_json() == {"taken": 1}
    assert len(told(db)) == 1


def test_another_body_under_a_known_id_is_refused(client: FlaskClient, db: Any, forum: Inlet) -> None:
    client.post(FORUM, **d.discourse("post_created", d.post(), secret(forum)))
    answer = client.post(FORUM, **d.discourse("post_created", d.post(3), secret(forum)))
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert len(told(db)) == 1


def _unsigned(given: dict[str, Any], **headers: str) -> dict[str, Any]:
    return {**given, "headers": {**given["headers"], **headers}}


@pytest.mark.parametrize("fault", ["wrong", "none", "sha1", "other", "bent", "off", "former"])
def test_who_does_not_know_the_secret_is_not_heard(client: FlaskClient, db: Any, forum: Inlet, fault: str) -> None:
    good = d.discourse("post_created", d.post(), secret(forum))
    name = "X-Discourse-Event-Signature"
    if fault == "off":
        db.session.get(Inlet, forum.id).state = "off"
        db.session.commit()
    if fault == "former":
        inlet = db.session.get(Inlet, forum.id)
        inlet.secret_number, inlet.former_until = 2, clock.utcnow() - timedelta(seconds=1)
        db.session.commit()
    given = {
        "wrong": d.discourse("post_created", d.post(), "guessed"),
        "none": _unsigned(good, **{name: ""}),
        "sha1": _unsigned(good, **{name: "sha1=" + "0" * 40}),
        "other": d.discourse("post_created", d.post(), secret(make_inlet("github"))),
        "bent": {**good, "data": good["data"].replace(b"Friday", b"Monday")},
    }.get(fault, good)
    db.session.commit()
    answer = client.post(FORUM, **given)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert told(db) == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Arrival)) == 0


def test_both_secrets_hold_for_a_day(client: FlaskClient, db: Any, forum: Inlet) -> None:
    inlet = db.session.get(Inlet, forum.id)
    inlet.secret_number, inlet.former_until = 2, clock.utcnow() + timedelta(hours=1)
    db.session.commit()
    answers = [client.post(FORUM, **d.discourse("post_created", d.post(n), secret(forum, n), n)).status_code for n in (1, 2)]
    assert answers == [202, 202]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b"{", b'{"post": []}', b'{"post": {}}', b"[" * 100_000, b'{"a": NaN}', b"\xff\xfe", b'{"post": 1}',
        b'{"post": {"id": ' + b"9" * 6000 + b"}}",
    ],
    ids=["empty", "list", "null", "cut", "post-list", "post-empty", "deep", "nan", "bytes", "post-number", "digits"],
)  # fmt: skip
def test_signed_nonsense_is_answered_and_remembered(client: FlaskClient, db: Any, forum: Inlet, body: bytes) -> None:
    answer = client.post(FORUM, **d.discourse("post_created", body, secret(forum)))
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    db.session.rollback()
    assert [(row.status, row.delivery) for row in db.session.scalars(sa.select(Arrival))] == [(422, "1")]
    assert db.session.get(Inlet, forum.id).error == answer.get_json()["detail"]


def test_what_was_refused_is_looked_at_again(client: FlaskClient, db: Any, code: Inlet) -> None:
    """An inlet may be set up better by then; GitHub sends a redelivery under the same id."""
    late = d.push(d.commit(1, timestamp="yesterday"))
    assert client.post(CODE, **d.github("push", late, secret(code))).status_code == 422
    assert client.post(CODE, **d.github("push", late, secret(code))).status_code == 422
    assert client.post(CODE, **d.github("push", d.push(), secret(code), "d-2")).status_code == 202
    db.session.rollback()
    assert db.session.get(Inlet, code.id).error == ""


def test_size_and_kind_are_looked_at_before_the_signature(client: FlaskClient, db: Any, forum: Inlet) -> None:
    large = d.discourse("post_created", b" " * (1024 * 1024 + 1), secret(forum))
    assert client.post(FORUM, **large).status_code == 413
    form = d.discourse("post_created", d.post(), secret(forum), **{"Content-Type": "application/x-www-form-urlencoded"})
    assert client.post(FORUM, **form).status_code == 415
    assert client.post("/api/v1/hooks/nobody", **large).status_code == 404
    assert client.get(FORUM).status_code == 405


@pytest.mark.parametrize("name", ["X-Discourse-Event-Id", "X-Discourse-Event"])
@pytest.mark.parametrize("value", ["", "x" * 300, "with space", "ümlaut"])
def test_odd_headers_are_refused(client: FlaskClient, db: Any, forum: Inlet, name: str, value: str) -> None:
    given = _unsigned(d.discourse("post_created", d.post(), secret(forum)), **{name: value})
    assert client.post(FORUM, **given).status_code == 422


def test_a_delivery_costs_few_questions(client: FlaskClient, db: Any, code: Inlet, count_queries: Any) -> None:
    costs = []
    for number, size in enumerate((2, 40)):
        body = d.push(*(d.commit(number * 100 + one) for one in range(size)))
        with count_queries() as seen:
            assert client.post(CODE, **d.github("push", body, secret(code), f"d-{number}")).status_code == 202
        costs.append(len(seen))
    assert costs[1] <= costs[0] <= 30
