"""Who meets a rule: each award once, whoever is first, however the rule came to be met."""

import itertools
import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.activities import drain
from recognition.activities.models import Activity
from recognition.badges import jobs, rebuild
from recognition.badges.models import Award, Badge
from recognition.badges.services import considering, states
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.jobs import worker
from recognition.jobs.models import Job
from tests.factories.activities import make_activity, make_deeds
from tests.factories.badges import make_badge, make_spec
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TALKS = {"count": {"kind": "talk"}, "at_least": 2}


def held(db: Any, badge: Badge) -> list[tuple[int, str]]:
    rows = db.session.execute(sa.select(Award.member_id, Award.occasion).where(Award.badge_id == badge.id).order_by(Award.id))
    return [tuple(row) for row in rows]


def look_back(badge: Badge) -> int:
    return jobs.backfill(badge.id, badge.look, 0)


def test_an_award_comes_once_however_often_a_batch_is_considered(db: Any) -> None:
    ada, badge = make_member("ada"), make_badge("talker", TALKS)
    make_deeds(ada.id, 2)
    db.session.commit()
    assert drain.drain().awarded == 1
    db.session.execute(sa.update(Activity).values(considered_at=None))
    db.session.commit()
    assert drain.drain().awarded == 0
    assert held(db, badge) == [(ada.id, "")]
    facts = db.session.scalars(sa.select(Activity.object).where(Activity.kind == "badge.awarded")).all()
    assert facts == ["badge:talker"]
    assert db.session.scalar(sa.select(Badge.holders_count)) == 1


def test_several_drains_at_once_give_one_award_each(app: Flask, db: Any) -> None:
    badge = make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})
    members = [make_member(f"m{number}") for number in range(12)]
    for member in members:
        make_deeds(member.id, 3)
    db.session.commit()
    faults: list[Exception] = []

    def work() -> None:
        with app.app_context():
            try:
                drain.drain(batch_rows=5)
            except Exception as fault:  # reported by the assertion below
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert sorted(held(db, badge)) == [(member.id, "") for member in members]
    assert db.session.scalar(sa.select(Badge.holders_count)) == 12


def test_thirty_deeds_at_once_bring_each_level_below(db: Any) -> None:
    ada = make_member("ada")
    badge = make_badge("helper", {"count": {"kind": "talk"}}, levels=[1, 5, 25, 100])
    make_deeds(ada.id, 30)
    db.session.commit()
    assert drain.drain().awarded == 3
    assert sorted(o for _m, o in held(db, badge)) == ["1", "25", "5"]
    facts = db.session.scalars(sa.select(Activity.object).where(Activity.kind == "badge.awarded"))
    assert sorted(facts) == ["badge:helper", "badge:helper/25", "badge:helper/5"]
    assert db.session.scalar(sa.select(Badge.holders_count)) == 1


def test_badges_for_badges_arrive_in_the_same_drain_whatever_the_batch(db: Any) -> None:
    ada = make_member("ada")
    make_badge("talker", {"count": {"kind": "talk"}}, levels=[1, 5])
    make_badge("writer", {"count": {"kind": "writing"}, "at_least": 1})
    both = make_badge("both", {"all": [{"holds": "talker", "level": 5}, {"holds": "writer"}]})
    top = make_badge("top", {"holds": "both"})
    make_deeds(ada.id, 5)
    make_deeds(ada.id, 1, kind="writing")
    db.session.commit()
    assert drain.drain(batch_rows=1).awarded == 5
    assert held(db, both) == [(ada.id, "")]
    assert held(db, top) == [(ada.id, "")]


@pytest.mark.parametrize("state", ["draft", "retired"])
def test_only_published_badges_are_given(db: Any, state: str) -> None:
    ada, badge = make_member("ada"), make_badge("talker", TALKS, state=state)
    make_deeds(ada.id, 5)
    db.session.commit()
    assert drain.drain().awarded == 0
    assert look_back(badge) == 0
    assert held(db, badge) == []


def test_publishing_gives_it_to_all_who_qualify_already_once(db: Any) -> None:
    ada, bea = make_member("ada"), make_member("bea")
    make_deeds(ada.id, 2)
    make_deeds(bea.id, 1)
    db.session.commit()
    drain.drain()
    badge = states.save_badge(make_spec("talker", TALKS), NOW)
    assert badge.state == "draft"
    states.publish(badge.id)
    states.publish(badge.id)
    job = db.session.scalars(sa.select(Job)).one()
    db.session.commit()
    assert (job.name, job.args) == ("badges.backfill", {"badge_id": badge.id, "look": 1, "after": 0})
    assert [jobs.backfill(**job.args), jobs.backfill(**job.args)] == [1, 0]
    assert held(db, badge) == [(ada.id, "")]
    assert drain.drain().considered == 1


def test_a_changed_rule_looks_back_again_and_takes_nothing_away(db: Any) -> None:
    ada, bea = make_member("ada"), make_member("bea")
    badge = states.save_badge(make_spec("talker", TALKS), NOW)
    states.publish(badge.id)
    make_deeds(ada.id, 2)
    make_deeds(bea.id, 1)
    db.session.commit()
    drain.drain()
    look_back(badge)
    states.save_badge(make_spec("talker", {"count": {"kind": "talk"}, "at_least": 1}), NOW)
    db.session.commit()
    assert look_back(badge) == 1
    states.save_badge(make_spec("talker", {"count": {"kind": "talk"}, "at_least": 9}), NOW)
    db.session.commit()
    assert look_back(badge) == 0
    rows = db.session.execute(sa.select(Award.member_id, Award.version).order_by(Award.id)).all()
    assert [tuple(row) for row in rows] == [(ada.id, 1), (bea.id, 2)]


def test_a_badge_published_again_catches_up_on_the_time_between(db: Any) -> None:
    ada, badge = make_member("ada"), states.save_badge(make_spec("talker", TALKS), NOW)
    states.publish(badge.id)
    db.session.commit()
    look_back(badge)
    states.retire(badge.id, None, NOW)
    make_deeds(ada.id, 2)
    db.session.commit()
    drain.drain()
    assert held(db, badge) == []
    states.reopen(badge.id, None)
    db.session.commit()
    assert look_back(badge) == 1


def test_backfilling_goes_through_everybody_in_slices(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(considering, "SLICE_MEMBERS", 2)
    badge = states.save_badge(make_spec("talker", TALKS), NOW)
    states.publish(badge.id)
    members = [make_member(f"m{number}") for number in range(5)]
    for member in members:
        make_deeds(member.id, 2)
    db.session.commit()
    assert look_back(badge) == 5
    db.session.commit()
    assert drain.drain().awarded == 0
    assert held(db, badge) == [(member.id, "") for member in members]


class TestARuleThatChangesMidway:
    """A look back goes a slice at a time; what changes between two slices must not let anybody fall between."""

    @pytest.fixture(autouse=True)
    def slices(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(considering, "SLICE_MEMBERS", 2)
        badge = states.save_badge(make_spec("talker", TALKS), NOW)
        states.publish(badge.id)
        for number in range(6):
            make_deeds(make_member(f"m{number}").id, 1)
        database.session.commit()
        drain.drain()
        # The first job comes as far as one slice, and leaves the rest to another.
        moments = itertools.count()
        with monkeypatch.context() as patch:
            patch.setattr(jobs, "SECONDS_A_JOB", 1)
            patch.setattr(jobs, "time", SimpleNamespace(monotonic=lambda: next(moments)))
            assert worker.run(database.session.scalars(sa.select(Job.id)).one()) is True
        rest = database.session.scalars(sa.select(Job).where(Job.state == "queued")).one()
        assert rest.args.pop("since")
        assert rest.args == {"badge_id": badge.id, "look": 1, "after": 2}
        database.session.rollback()

    def finish(self) -> None:
        while ids := database.session.scalars(sa.select(Job.id).where(Job.state == "queued").order_by(Job.id)).all():
            database.session.rollback()
            for job_id in ids:
                assert worker.run(job_id) is True
        drain.drain()
        assert list(rebuild.check()) == []
        badge = database.session.scalars(sa.select(Badge)).one()
        assert (badge.look, badge.looked) == (2, 2)
        assert database.session.scalar(sa.select(sa.func.count()).select_from(Award)) == 6

    def test_to_an_easier_one(self) -> None:
        states.save_badge(make_spec("talker", {"count": {"kind": "talk"}, "at_least": 1}), NOW)
        database.session.commit()
        self.finish()

    def test_and_is_the_same_when_it_is_published_again(self) -> None:
        badge = database.session.scalars(sa.select(Badge)).one()
        states.retire(badge.id, None, NOW)
        for member_id in database.session.scalars(sa.select(Member.id)).all():
            make_activity(member_id, kind="talk", fingerprinted=False)
        database.session.commit()
        drain.drain()
        states.reopen(badge.id, None)
        database.session.commit()
        self.finish()


def test_a_level_added_later_is_reached_by_whoever_has_the_others(db: Any) -> None:
    ada = make_member("ada")
    badge = states.save_badge(make_spec("helper", {"count": {"kind": "talk"}}, levels=[1, 5]), NOW)
    states.publish(badge.id)
    make_deeds(ada.id, 5)
    db.session.commit()
    drain.drain()
    states.save_badge(make_spec("helper", {"count": {"kind": "talk"}}, levels=[1, 3, 5, 7]), NOW)
    make_deeds(ada.id, 2)
    db.session.commit()
    drain.drain()
    assert sorted(o for _m, o in held(db, badge)) == ["1", "3", "5", "7"]
    assert badge.holders_count == 1
