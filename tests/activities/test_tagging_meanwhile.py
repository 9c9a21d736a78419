"""What is made of a tag while others decide about it, and while deeds are told."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.activities.models import Kind, TagRule
from recognition.activities.tagging import deciding, moving
from recognition.activities.tagging.deciding import Asked, NotPossible
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.activities.test_tagging import kind_of, merged, promoted, run_jobs, tags_of, told, undone
from tests.factories.activities import make_activity
from tests.factories.identity import make_member

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")
"""SQLite lets one write at a time."""
BEGUN_SECONDS = 0.3


@pytest.fixture
def rosa(db: Any) -> Member:
    member = make_member("rosa", roles=("council",))
    database.session.add(Kind(slug="talk", label="Gave a talk", points=10, offered=True))
    database.session.commit()
    return member


def aside(app: Flask, work: Callable[[], Any], found: list[Any]) -> threading.Thread:
    """Begun in a transaction of its own, so far that it waits for ours if it has to."""

    def alone() -> None:
        with app.test_request_context():
            try:
                found.append(work())
                database.session.commit()
            except NotPossible as fault:
                database.session.rollback()
                found.append(str(fault))

    thread = threading.Thread(target=alone)
    thread.start()
    thread.join(BEGUN_SECONDS)
    return thread


def test_two_of_the_council_at_once_make_one_thing_of_a_tag(app: Flask, rosa: Member) -> None:
    actor_id, found = rosa.id, list[Any]()
    deciding.promote(Asked("call", "talk"), actor_id, clock.utcnow())
    late = aside(app, lambda: deciding.merge("call", "calls", actor_id, clock.utcnow()).id, found)
    same = aside(app, lambda: deciding.promote(Asked("call", "talk"), actor_id, clock.utcnow()).id, found)
    assert found == []
    database.session.commit()
    late.join(20), same.join(20)
    (rule,) = database.session.scalars(sa.select(TagRule))
    assert sorted(map(str, found)) == [str(rule.id), "Somebody has made something of this tag already. Undo that first."]


def test_a_deed_that_is_being_told_when_the_tag_becomes_a_kind_is_not_missed(app: Flask, rosa: Member) -> None:
    ada, actor_id, found = make_member("ada"), rosa.id, list[Any]()
    database.session.commit()
    # Told, and not committed: the rule was not there when it was asked for.
    first = make_activity(ada.id, tags=("call",)).id
    deciding_now = aside(app, lambda: deciding.promote(Asked("call", "talk"), actor_id, clock.utcnow()).id, found)
    assert found == []
    database.session.commit()
    deciding_now.join(20)
    assert kind_of(first) == "other"
    run_jobs()
    assert kind_of(first) == "talk"


def test_a_deed_that_is_being_told_when_it_is_undone_goes_back_too(app: Flask, rosa: Member) -> None:
    ada, actor_id, found = make_member("ada"), rosa.id, list[Any]()
    made = promoted("call", "talk", rosa)
    run_jobs()
    first = make_activity(ada.id, tags=("call",)).id
    undoing = aside(app, lambda: deciding.undo(made, actor_id, clock.utcnow()), found)
    assert found == []
    database.session.commit()
    undoing.join(20)
    run_jobs()
    assert (found, kind_of(first)) == ([True], "other")


def test_two_workers_at_one_rule(app: Flask, rosa: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "SLICE_ROWS", 2)
    ada = make_member("ada")
    ids = [told(ada, "calls", occurred_at=clock.utcnow() - timedelta(days=number)) for number in range(5)]
    made, found = merged("calls", "call", rosa), list[Any]()
    moving.next_slice(made, clock.utcnow())
    other = aside(app, lambda: moving.next_slice(made, clock.utcnow()), found)
    assert found == []
    database.session.commit()
    other.join(20)
    run_jobs()
    assert (found, [tags_of(one) for one in ids]) == ([2], [["call"]] * 5)
    undone(made, rosa)
    run_jobs()
    assert [tags_of(one) for one in ids] == [["calls"]] * 5
