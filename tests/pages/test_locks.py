"""What waits for a person: the longest wait first, with a deputy and a pool for each, and nobody's name."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities.models import ContentReport, NamedPerson
from recognition.badges.models import Nomination
from recognition.identity.models import Membership, MergeSuggestion
from recognition.mentoring.models import MentorAsk
from recognition.news.services import writing
from recognition.pages.locks import lines
from recognition.questions.models import Question
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member
from tests.factories.news import make_spec
from tests.identity.pages import words

Count = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def busy(db: Any) -> dict[str, Any]:
    """One of each sort waits, the older the later it stands here."""
    now = clock.utcnow()
    ada, ben = make_member("ada", name="Ada Named"), make_member("ben", name="Ben Named")
    deed = make_activity(ada.id, text="A talk", occurred_at=now)
    group, badge = make_group("nairobi"), make_badge("helper")
    db.session.add_all([
        NamedPerson(activity_id=deed.id, member_id=ben.id, role="seen", asked_at=now - timedelta(days=1)),
        ContentReport(subject="activity:1", reporter_id=ben.id, reason="Why", reported_at=now - timedelta(days=2)),
        Nomination(badge_id=badge.id, member_id=ada.id, nominator_id=ben.id, reason="Kind", created_at=now - timedelta(days=3)),
        Membership(group_id=group.id, member_id=ben.id, state="asked", since=now - timedelta(days=4)),
        MergeSuggestion(one_id=ada.id, other_id=ben.id, reasons=["name"], found_at=now - timedelta(days=5)),
        Question(sort="idea", title="A walk", author_id=ada.id, asked_at=now - timedelta(days=9)),
        Question(sort="idea", title="Taken up", author_id=ada.id, state="answered", asked_at=now - timedelta(days=30)),
        MentorAsk(mentee_id=ada.id, mentor_id=ben.id, words="How?", asked_at=now - timedelta(days=8)),
    ])  # fmt: skip
    writing.create(make_spec("What June brought", sort="digest"), now - timedelta(days=10), None)
    writing.create(make_spec("Somebody writes this one", sort="digest"), now - timedelta(days=10), ada.id)
    db.session.commit()
    return {"now": now}


def test_the_longest_wait_stands_first_and_everything_has_a_deputy_and_a_pool(busy: dict[str, Any]) -> None:
    found = lines(busy["now"])
    assert [one.lock.kind for one in found] == [
        "digest",
        "idea",
        "mentor.word",
        "merge",
        "group",
        "nomination",
        "content",
        "named",
    ]
    assert all(one.lock.holder and one.lock.deputy and one.lock.pool for one in found)
    assert all(one.lock.deputy_after <= one.lock.pool_after for one in found)
    assert {one.lock.kind: one.is_passed_on for one in found} == {
        "digest": True, "idea": True,
        "mentor.word": True, "merge": False, "group": True, "nomination": False, "content": False, "named": False,
    }  # fmt: skip
    assert {one.lock.kind: one.number for one in found if one.lock.kind in ("named", "content")} == {
        "named": "fewer than 5", "content": "1",
    }  # fmt: skip


def test_the_page_names_nobody_and_costs_the_same_with_more(
    db: Any,
    client: FlaskClient,
    sign_in: Any,
    busy: dict[str, Any],
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    sign_in(client, make_member("cleo", roles=("council",)))
    client.get("/council/locks")
    with count_queries() as few:
        said = words(client.get("/council/locks").text)
    assert "Ada Named" not in said
    assert "Ben Named" not in said
    assert "/members/ada" not in client.get("/council/locks").text.partition("<main")[2]
    for number in range(3):
        group = make_group(f"group-{number}")
        db.session.add(Membership(group_id=group.id, member_id=make_member(f"m-{number}").id, state="asked", since=busy["now"]))
    db.session.commit()
    client.get("/council/locks")
    with count_queries() as many:
        client.get("/council/locks")
    assert len(many) == len(few)


def test_it_is_for_the_council_alone(client: FlaskClient, sign_in: Any, db: Any) -> None:
    assert client.get("/council/locks").status_code in (302, 303, 401)
    sign_in(client, make_member("ben", roles=("admin",)))
    assert client.get("/council/locks").status_code == 403


def test_nothing_waits_in_an_empty_house(client: FlaskClient, sign_in: Any, db: Any) -> None:
    sign_in(client, make_member("cleo", roles=("council",)))
    assert "Nothing waits for anybody" in client.get("/council/locks").text
