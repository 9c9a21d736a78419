"""Saving, publishing, retiring and reopening: what each does to whom, and what is refused."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.activities import drain
from recognition.audit.models import AuditEntry
from recognition.badges import jobs, rebuild
from recognition.badges.models import Award, Badge, BadgeListener, BadgeVersion
from recognition.badges.rules import BadBadge, WrongState
from recognition.badges.services import considering, states
from recognition.jobs import worker
from recognition.jobs.models import Job
from tests.activities.test_record import in_threads
from tests.factories.activities import make_deeds
from tests.factories.badges import make_spec
from tests.factories.identity import make_group, make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ONE_TALK = {"count": {"kind": "talk"}, "at_least": 1}
TALK_AND_QUEST = {"all": [ONE_TALK, {"count": {"kind": "writing"}, "at_least": 1}]}


def run_jobs(db: Any) -> None:
    db.session.commit()
    for job_id in db.session.scalars(sa.select(Job.id).where(Job.state == "queued").order_by(Job.id)).all():
        db.session.rollback()
        worker.run(job_id)


def held(db: Any) -> list[int]:
    return list(db.session.scalars(sa.select(Award.member_id).order_by(Award.member_id)))


def test_a_draft_that_loses_a_requirement_goes_to_nobody_before_it_is_published(db: Any) -> None:
    """ACCEPTANCE 8."""
    members = [make_member(f"m{number}") for number in range(3)]
    for member in members[:2]:
        make_deeds(member.id, 1)
    db.session.commit()
    drain.drain()
    badge = states.save_badge(make_spec("talker", TALK_AND_QUEST), NOW)
    states.save_badge(make_spec("talker", ONE_TALK), NOW)
    run_jobs(db)
    make_deeds(members[0].id, 1)
    db.session.commit()
    drain.drain()
    considering.look_at_member(members[0].id, NOW)
    assert rebuild.rebuild() == {"awarded": 0}
    assert jobs.backfill(badge.id, badge.look, 0) == 0
    assert held(db) == []
    states.publish(badge.id)
    states.publish(badge.id)
    run_jobs(db)
    drain.drain()
    run_jobs(db)
    assert held(db) == [members[0].id, members[1].id]
    assert list(rebuild.check()) == []


def test_published_by_several_at_once_it_looks_back_once(app: Flask, db: Any) -> None:
    badge_id = states.save_badge(make_spec("talker", ONE_TALK), NOW).id
    ids = [make_member(f"m{number}").id for number in range(5)]
    for member_id in ids:
        make_deeds(member_id, 1)
    db.session.commit()
    start = threading.Barrier(4)

    def publish(_thread: int) -> None:
        start.wait(10)
        states.publish(badge_id)
        db.session.commit()

    in_threads(app, 4, publish)
    assert db.session.scalar(sa.select(Badge.look)) == 1
    run_jobs(db)
    assert held(db) == ids


def test_retired_it_goes_to_nobody_and_holders_keep_it(db: Any) -> None:
    ada, bea = make_member("ada"), make_member("bea")
    badge = states.publish(states.save_badge(make_spec("talker", ONE_TALK), NOW).id)
    make_deeds(ada.id, 1)
    db.session.commit()
    drain.drain()
    states.retire(badge.id, None, NOW)
    make_deeds(bea.id, 1)
    db.session.commit()
    assert drain.drain().awarded == 0
    assert considering.look_at_member(bea.id, NOW) == rebuild.rebuild()["awarded"] == 0
    run_jobs(db)
    assert (held(db), badge.retired_at, list(rebuild.check())) == ([ada.id], NOW, [])
    states.reopen(badge.id, None)
    run_jobs(db)
    assert (held(db), badge.retired_at) == ([ada.id, bea.id], None)


@pytest.mark.parametrize(("state", "verb"), [("draft", "retire"), ("draft", "reopen"), ("retired", "publish")])
def test_moves_that_do_not_fit(db: Any, state: str, verb: str) -> None:
    badge = states.save_badge(make_spec("talker", ONE_TALK), NOW)
    if state == "retired":
        states.publish(badge.id)
        states.retire(badge.id, None, NOW)
    with pytest.raises(WrongState):
        getattr(states, verb)(badge.id, None, *([NOW] if verb == "retire" else []))
    assert badge.state == state


def test_each_change_is_kept_with_who_made_it(db: Any) -> None:
    council = make_member("council")
    badge = states.save_badge(make_spec("talker", ONE_TALK), NOW, council.id)
    states.save_badge(make_spec("talker", ONE_TALK), NOW, council.id)
    states.save_badge(make_spec("talker", ONE_TALK, summary="Another."), NOW, council.id)
    states.save_badge(make_spec("talker", TALK_AND_QUEST, summary="Another."), NOW, None)
    states.publish(badge.id, council.id)
    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.actor_id) for entry in entries] == [
        ("badge.saved", council.id), ("badge.saved", council.id), ("badge.saved", None), ("badge.published", council.id),
    ]  # fmt: skip
    assert entries[0].before is None
    assert (entries[1].before, entries[1].after) == ({"summary": "S."}, {"summary": "Another."})
    assert entries[2].before == {"version": 1, "criteria": ONE_TALK}
    assert entries[2].after == {"version": 2, "criteria": TALK_AND_QUEST}
    versions = db.session.execute(sa.select(BadgeVersion.version, BadgeVersion.saved_by_id).order_by(BadgeVersion.version))
    assert [tuple(row) for row in versions] == [(1, council.id), (2, None)]


def test_a_badge_that_people_give_listens_to_nothing(db: Any) -> None:
    badge = states.publish(states.save_badge(make_spec("kind-soul", None), NOW).id)
    assert (badge.criteria, badge.version, badge.look) == (None, 1, 0)
    assert db.session.scalars(sa.select(BadgeListener)).all() == []
    assert db.session.scalars(sa.select(Job)).all() == []
    states.save_badge(make_spec("kind-soul", ONE_TALK), NOW)
    assert (badge.version, badge.look) == (2, 1)
    states.save_badge(make_spec("kind-soul", None), NOW)
    assert (badge.version, badge.look, badge.criteria) == (3, 1, None)


def test_who_gives_it_and_for_how_long(db: Any) -> None:
    group = make_group("nairobi")
    badge = states.save_badge(make_spec("first-aid", None, issuer="nairobi", nominable=True, valid_days=365, warn_days=20), NOW)
    assert (badge.issuer_id, badge.nominable, badge.valid_days, badge.warn_days) == (group.id, True, 365, 20)
    with pytest.raises(BadBadge, match="issuer: is the group 'lagos', which does not exist"):
        states.save_badge(make_spec("first-aid", None, issuer="lagos"), NOW)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"valid_days": 0}, "valid_days: needs a whole number"),
        ({"valid_days": 10**9}, "valid_days: needs a whole number"),
        ({"valid_days": True}, "valid_days: needs a whole number"),
        ({"valid_days": 30, "warn_days": 30}, "warn_days: must be fewer than the 30 days"),
        ({"warn_days": -1}, "warn_days: needs a whole number"),
        ({"nominable": "yes"}, "nominable: is true or false"),
        ({"issuer": "No Slug"}, "issuer: needs the slug of a group"),
    ],
)
def test_terms_that_cannot_be(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadBadge, match=fault):
        make_spec("talker", ONE_TALK, **changes)


@pytest.mark.parametrize(
    ("criteria", "place"),
    [
        ({"count": {}, "at_least": 0}, "criteria: at_least"),
        ({"count": {}, "at_least": 10**9}, "criteria: at_least"),
        ({"all": [{"count": {"knd": "talk"}, "at_least": 1}]}, r"criteria: all\[0\]\.count\.knd"),
        ({"count": {"window": {"from": "2026-12-01", "until": "2026-11-01"}}, "at_least": 1}, r"criteria: count\.window"),
        ({"some": [{"count": {}, "at_least": 1}], "at_least": 2}, "criteria: at_least"),
    ],
)
def test_rules_that_contradict_themselves_are_refused_with_the_place(db: Any, criteria: dict[str, Any], place: str) -> None:
    with pytest.raises(BadBadge, match=place):
        states.save_badge(make_spec("talker", criteria), NOW)
    assert db.session.scalars(sa.select(Badge)).all() == []


def test_badges_that_wait_for_each_other_are_named(db: Any) -> None:
    for slug, criteria in (("c", ONE_TALK), ("b", {"holds": "c"}), ("a", {"any": [{"holds": "b"}, ONE_TALK]})):
        states.save_badge(make_spec(slug, criteria), NOW)
    with pytest.raises(BadBadge, match="wait for each other: a -> b -> c -> a"):
        states.save_badge(make_spec("c", {"holds": "a"}), NOW)
    with pytest.raises(BadBadge, match="'nobody', which does not exist"):
        states.save_badge(make_spec("c", {"holds": "nobody"}), NOW)


def test_two_who_save_at_once_make_two_versions(app: Flask, db: Any) -> None:
    badge_id = states.save_badge(make_spec("talker", ONE_TALK), NOW).id
    db.session.commit()
    start = threading.Barrier(2)

    def save(thread: int) -> None:
        start.wait(10)
        states.save_badge(make_spec("talker", {"count": {"kind": "talk"}, "at_least": 2 + thread}), NOW)
        db.session.commit()

    in_threads(app, 2, save)
    assert db.session.scalar(sa.select(Badge.version).where(Badge.id == badge_id)) == 3
    assert db.session.scalars(sa.select(BadgeVersion.version).order_by(BadgeVersion.version)).all() == [1, 2, 3]


@pytest.mark.parametrize("levels", [[5], [1], [2, 5], []])
def test_levels_that_people_hold_stay(db: Any, levels: list[int]) -> None:
    ada = make_member("ada")
    states.publish(states.save_badge(make_spec("helper", {"count": {"kind": "talk"}}, levels=[1, 5]), NOW).id)
    make_deeds(ada.id, 1)
    db.session.commit()
    drain.drain()
    rule = {"count": {"kind": "talk"}} | ({} if levels else {"at_least": 1})
    with pytest.raises(BadBadge, match="people hold this badge"):
        states.save_badge(make_spec("helper", rule, levels=levels), NOW)
