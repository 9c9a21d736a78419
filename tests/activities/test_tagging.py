"""What is made of a tag: the log follows, new deeds too, and undoing it leaves everything as it was."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities import changes
from recognition.activities.drain import drain
from recognition.activities.kinds import KindSpec
from recognition.activities.models import Activity, ActivityTag, Kind, TagMove, TagRule
from recognition.activities.tagging import deciding, moving
from recognition.activities.tagging.deciding import Asked, NotPossible
from recognition.badges.models import Award
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.identity.services import tokens
from recognition.jobs import worker
from recognition.jobs.models import Job
from tests.factories.activities import make_activity, make_report
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

CALLS = KindSpec("Held a call", "gathering", "A talk with somebody", 7)


@pytest.fixture
def rosa(db: Any) -> Member:
    member = make_member("rosa", roles=("council",))
    database.session.add(Kind(slug="other", label="Something else", points=5))
    database.session.add(Kind(slug="talk", label="Gave a talk", points=10, offered=True, position=3))
    database.session.commit()
    return member


def told(member: Member, *tags: str, **more: Any) -> int:
    row = make_activity(member.id, **{"tags": tags, "fingerprinted": False} | more).id
    database.session.commit()
    return row


def run_jobs() -> int:
    """Everything that waits in the ledger, and what that asks for; then the drain. How many slices there were."""
    done = 0
    while ids := list(database.session.scalars(sa.select(Job.id).where(Job.state == "queued", Job.name == moving.JOB))):
        database.session.commit()
        for job_id in ids:
            assert worker.run(job_id, renew_seconds=60)
            assert database.session.get_one(Job, job_id).error is None
            done += 1
    database.session.commit()
    drain()
    return done


def log() -> list[tuple[Any, ...]]:
    """Every deed that people told, with all that a rule could change of it."""
    database.session.expire_all()
    rows = database.session.scalars(sa.select(Activity).where(Activity.source == "tests").order_by(Activity.id))
    return [(one.id, one.kind, one.points, one.fingerprint, one.repeat_of_id, tags_of(one.id)) for one in rows]


def tags_of(activity_id: int) -> list[str]:
    wanted = sa.select(ActivityTag.tag).where(ActivityTag.activity_id == activity_id).order_by(ActivityTag.tag)
    return list(database.session.scalars(wanted))


def kind_of(activity_id: int) -> str:
    return str(database.session.scalar(sa.select(Activity.kind).where(Activity.id == activity_id)))


def rule(rule_id: int) -> TagRule:
    return database.session.get_one(TagRule, rule_id, populate_existing=True)


def promoted(tag: str, kind: str | KindSpec, actor: Member) -> int:
    made = deciding.promote(Asked(tag, kind), actor.id, clock.utcnow()).id
    database.session.commit()
    return made


def merged(tag: str, into: str, actor: Member) -> int:
    made = deciding.merge(tag, into, actor.id, clock.utcnow()).id
    database.session.commit()
    return made


def undone(rule_id: int, actor: Member) -> bool:
    done = deciding.undo(rule_id, actor.id, clock.utcnow())
    database.session.commit()
    return done


def checked(app: Flask) -> list[Any]:
    return [one for _part, check, _rebuild in app.extensions["checks"] for one in check()]


def test_past_deeds_follow_into_the_kind_and_undoing_it_leaves_the_log_as_it_was(app: Flask, rosa: Member) -> None:
    ada = make_member("ada")
    told(ada, "call"), told(ada, "call", "nairobi"), told(ada, "call", kind="talk"), told(ada, "nairobi")
    told(rosa, "call", fingerprinted=True), told(rosa, "call", fingerprinted=True)
    drain()
    before = log()
    first = promoted("call", CALLS, rosa)
    run_jobs()
    assert [one[1] for one in log()] == ["held-a-call", "held-a-call", "talk", "other", "held-a-call", "held-a-call"]
    assert [(one[0], *one[2:3], *one[4:]) for one in log()] == [(one[0], *one[2:3], *one[4:]) for one in before]
    assert (rule(first).state, rule(first).moved) == ("done", 4)
    assert checked(app) == []
    undone(first, rosa)
    run_jobs()
    assert log() == before
    assert rule(first).state == "undone"
    assert database.session.get(Kind, "held-a-call") is None
    assert database.session.scalars(sa.select(TagMove)).all() == []
    assert checked(app) == []
    facts = rule(first).facts or {}
    shown = {name: [facts[name][what] for what in ("other", "target", "people")] for name in ("before", "after", "undone")}
    assert shown == {"before": [4, 0, 2], "after": [0, 4, 2], "undone": [4, 0, 2]}


def test_what_only_its_owner_sees_moves_too_and_is_in_no_count(rosa: Member) -> None:
    ada, gone = make_member("ada"), make_member("gone", state="suspended")
    hidden = told(ada, "call", visibility="me")
    told(gone, "call"), told(ada, "call")
    made = promoted("call", "talk", rosa)
    run_jobs()
    assert kind_of(hidden) == "talk"
    assert (rule(made).facts or {})["before"] == {"tagged": 1, "people": 1, "other": 1, "target": 0, "target_people": 0}
    assert (rule(made).facts or {})["after"] == {"tagged": 1, "people": 1, "other": 0, "target": 1, "target_people": 1}


def test_badges_and_boards_that_listen_follow(rosa: Member) -> None:
    ada = make_member("ada")
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 2})
    told(ada, "press"), told(ada, "press")
    drain()
    awards = sa.select(Award.unsupported_at.is_(None)).where(Award.member_id == ada.id)
    assert database.session.scalars(awards).all() == []
    made = promoted("press", "talk", rosa)
    run_jobs()
    assert database.session.scalars(awards).all() == [True]
    undone(made, rosa)
    run_jobs()
    # No machine takes an award back: somebody is asked.
    assert database.session.scalars(awards).all() == [False]
    promoted("press", "talk", rosa)
    run_jobs()
    assert database.session.scalars(awards).all() == [True]


def test_new_deeds_of_no_kind_are_of_it_at_once_and_go_back_with_the_others(rosa: Member) -> None:
    ada = make_member("ada")
    made = promoted("call", CALLS, rosa)
    new, own, plain = told(ada, "call"), told(ada, "call", kind="talk"), told(ada, "walk")
    assert [kind_of(one) for one in (new, own, plain)] == ["held-a-call", "talk", "other"]
    assert database.session.scalar(sa.select(Activity.points).where(Activity.id == new)) == 7
    run_jobs()
    undone(made, rosa)
    later = told(ada, "call")
    run_jobs()
    assert [kind_of(one) for one in (new, own, plain, later)] == ["other", "talk", "other", "other"]


def test_a_kind_that_somebody_chose_meanwhile_stays(rosa: Member) -> None:
    made = promoted("call", CALLS, rosa)
    told(make_member("ada"), kind="held-a-call")
    run_jobs()
    undone(made, rosa)
    run_jobs()
    assert database.session.get(Kind, "held-a-call") is not None


def test_a_corrected_deed_goes_back_too(rosa: Member) -> None:
    ada = make_member("ada")
    first = told(ada, "call")
    made = promoted("call", "talk", rosa)
    run_jobs()
    again = make_report(ada.id, kind="talk", tags=("call",), text="It was on Tuesday")
    second = changes.correct(first, again, ada.id, clock.utcnow()).id
    database.session.commit()
    undone(made, rosa)
    run_jobs()
    assert [kind_of(first), kind_of(second)] == ["other", "other"]


def test_two_ways_to_write_a_tag_become_one_and_two_again(app: Flask, rosa: Member) -> None:
    ada = make_member("ada")
    make_badge("host", {"count": {"tags_any": ["mozcafe"]}, "at_least": 2})
    told(ada, "mozcafé"), told(ada, "mozcafe", "mozcafé"), told(ada, "mozcafe"), told(rosa, "mozcafé", kind="talk")
    drain()
    before = log()
    made = merged("mozcafé", "mozcafe", rosa)
    new = told(ada, "mozcafé", "paris")
    run_jobs()
    assert [one[5] for one in log()] == [["mozcafe"]] * 4 + [["mozcafe", "paris"]]
    assert database.session.scalars(sa.select(Award.member_id)).all() == [ada.id]
    assert checked(app) == []
    undone(made, rosa)
    run_jobs()
    assert log()[:4] == before
    assert tags_of(new) == ["mozcafé", "paris"]
    assert checked(app) == []


def test_a_tag_that_is_merged_into_one_with_a_kind_follows_it_and_both_can_be_undone_in_any_order(rosa: Member) -> None:
    ada = make_member("ada")
    for order in ((0, 1), (1, 0)):
        start = len(log())
        told(ada, "calls"), told(ada, "call"), told(ada, "calls", "call")
        before = log()[start:]
        made = [promoted("call", "talk", rosa), merged("calls", "call", rosa)]
        new = told(ada, "calls")
        run_jobs()
        assert [(one[1], one[5]) for one in log()[start:]] == [("talk", ["call"])] * 4
        for which in order:
            undone(made[which], rosa)
            run_jobs()
        assert log()[start : start + 3] == before
        assert (kind_of(new), tags_of(new)) == ("other", ["calls"])


def test_two_tags_of_one_deed_that_both_become_a_third(rosa: Member) -> None:
    ada = make_member("ada")
    for order in ((0, 1), (1, 0)):
        start = len(log())
        told(ada, "one", "two"), told(ada, "one", "three"), told(ada, "two")
        before = log()[start:]
        made = [merged("one", "three", rosa), merged("two", "three", rosa)]
        new = told(ada, "one", "two")
        run_jobs()
        assert [one[5] for one in log()[start:]] == [["three"]] * 4
        undone(made[order[0]], rosa)
        run_jobs()
        back, still = ("one", "two")[order[0]], ("one", "two")[order[1]]
        assert tags_of(new) == sorted([back, "three"]), still
        undone(made[order[1]], rosa)
        run_jobs()
        assert log()[start : start + 3] == before
        assert tags_of(new) == ["one", "two"]


def test_a_deed_with_two_such_tags_is_of_the_second_kind_when_the_first_is_undone(rosa: Member) -> None:
    ada = make_member("ada")
    old = told(ada, "call", "press")
    first, second = promoted("call", CALLS, rosa), promoted("press", "talk", rosa)
    new = told(ada, "press", "call")
    moving.next_slice(second, clock.utcnow())  # The second may be the first to come by.
    database.session.commit()
    run_jobs()
    assert [kind_of(old), kind_of(new)] == ["held-a-call", "held-a-call"]
    undone(first, rosa)
    run_jobs()
    assert [kind_of(old), kind_of(new)] == ["talk", "talk"]
    undone(second, rosa)
    run_jobs()
    assert [kind_of(old), kind_of(new)] == ["other", "other"]


def test_slices_go_on_where_a_crash_left_them(rosa: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "SLICE_ROWS", 2)
    ada = make_member("ada")
    ids = [told(ada, "call") for _turn in range(5)]
    made = promoted("call", "talk", rosa)
    moving.next_slice(made, clock.utcnow())
    database.session.commit()
    moving.next_slice(made, clock.utcnow())
    database.session.rollback()  # A worker that was killed in the middle.
    assert [kind_of(one) for one in ids] == ["talk", "talk", "other", "other", "other"]
    run_jobs()
    assert [kind_of(one) for one in ids] == ["talk"] * 5
    undone(made, rosa)
    moving.next_slice(made, clock.utcnow())
    database.session.rollback()
    run_jobs()
    assert [kind_of(one) for one in ids] == ["other"] * 5
    assert moving.next_slice(made, clock.utcnow()) == 0


def test_undone_in_the_middle(rosa: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "SLICE_ROWS", 2)
    ada = make_member("ada")
    ids = [told(ada, "call") for _turn in range(5)]
    made = promoted("call", "talk", rosa)
    moving.next_slice(made, clock.utcnow())
    database.session.commit()
    undone(made, rosa)
    run_jobs()
    assert [kind_of(one) for one in ids] == ["other"] * 5
    assert rule(made).state == "undone"


def test_asked_twice_it_is_done_once_and_two_things_cannot_be_made_of_one_tag(rosa: Member) -> None:
    told(make_member("ada"), "call")
    made = promoted("call", CALLS, rosa)
    assert promoted("call", CALLS, rosa) == made
    for other in (lambda: promoted("call", "talk", rosa), lambda: merged("call", "calls", rosa)):
        with pytest.raises(NotPossible, match="Somebody has made something of this tag already"):
            other()
        database.session.rollback()
    assert undone(made, rosa) is True
    assert undone(made, rosa) is False
    with pytest.raises(NotPossible, match="is being undone"):
        promoted("call", "talk", rosa)
    database.session.rollback()
    run_jobs()
    assert promoted("call", "talk", rosa) != made


@pytest.mark.parametrize("kind", ["nothing", "other", "badge.awarded"])
def test_a_kind_must_be_one_that_people_can_choose(rosa: Member, kind: str) -> None:
    database.session.add(Kind(slug="badge.awarded", label="A badge", internal=True))
    database.session.commit()
    with pytest.raises(NotPossible):
        promoted("call", kind, rosa)


def test_no_circle_of_tags(rosa: Member) -> None:
    merged("one", "two", rosa)
    with pytest.raises(NotPossible, match="one tag already"):
        merged("two", "one", rosa)
    database.session.rollback()
    merged("two", "three", rosa)
    new = told(rosa, "one")
    assert tags_of(new) == ["three"]


def test_a_repeated_report_is_still_known_and_reads_the_same(rosa: Member, make_member: Callable[..., Member]) -> None:
    ada = make_member("ada")
    first = make_activity(ada.id, source_key="same", tags=("call",))
    promoted("call", "talk", rosa)
    run_jobs()
    again = make_activity(ada.id, source_key="same", tags=("call",))
    likely = make_activity(ada.id, tags=("call",))
    assert (again.new, again.id, likely.repeat_of) == (False, first.id, first.id)


def test_a_repeat_by_a_program_does_not_differ_for_what_the_council_made_of_its_tag(client: FlaskClient, rosa: Member) -> None:
    secret = tokens.add_token(rosa, ["activities:write"], clock.utcnow())
    database.session.commit()
    item = {"occurred_at": "2026-11-02", "text": "Three hours", "tags": ["calls"], "source_key": "one"}
    head = {"Authorization": f"Bearer {secret}"}
    assert client.post("/api/v1/activities", json=item, headers=head).status_code == 201
    merged("calls", "call", rosa)
    promoted("call", "talk", rosa)
    run_jobs()
    again = client.post("/api/v1/activities", json=item, headers=head)
    assert (again.status_code, "differs" in again.json) == (200, False)
    other = client.post("/api/v1/activities", json=item | {"tags": ["walk"]}, headers=head)
    assert other.json["differs"] is True
