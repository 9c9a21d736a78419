"""Counts of holders follow a change of a member."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.activities import drain
from recognition.badges import jobs
from recognition.badges.models import Badge
from recognition.badges.services import people
from recognition.jobs.models import Job
from tests.factories.activities import make_deeds
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TALKS = {"count": {"kind": "talk"}, "at_least": 2}


def test_a_member_who_is_back_before_their_recount_ended_is_counted_again(db: Any) -> None:
    ada = make_member("ada")
    people.member_changed(ada.id)
    db.session.execute(sa.update(Job).values(state="running", attempts=1))
    db.session.commit()
    people.member_changed(ada.id)
    people.member_changed(ada.id)
    now, later = db.session.scalars(sa.select(Job).where(Job.state == "queued").order_by(Job.id))
    assert now.args == later.args == {"member_id": ada.id}
    assert later.run_after - now.run_after >= timedelta(minutes=1)


def recounted(db: Any, member: Any) -> None:
    """What the wired hook asks for, done."""
    people.member_changed(member.id)
    for job in db.session.scalars(sa.select(Job).where(Job.name == "badges.recount", Job.state == "queued")).all():
        jobs.recount(**job.args)
        db.session.delete(job)
    db.session.flush()


def test_a_suspended_member_is_not_counted_until_they_are_back(db: Any) -> None:
    ada, badge = make_member("ada", state="suspended"), make_badge("talker", TALKS)
    make_deeds(ada.id, 2)
    db.session.commit()
    drain.drain()
    assert db.session.scalar(sa.select(Badge.holders_count)) == 0
    ada.state = "active"
    db.session.flush()
    recounted(db, ada)
    assert db.session.get_one(Badge, badge.id, populate_existing=True).holders_count == 1
    ada.state = "suspended"
    db.session.flush()
    recounted(db, ada)
    assert db.session.get_one(Badge, badge.id, populate_existing=True).holders_count == 0
