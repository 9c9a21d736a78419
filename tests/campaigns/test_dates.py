"""Rules may ask for deeds in a campaign's time: when its dates move, what they decided is looked at again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.activities.drain import drain
from recognition.badges.models import Award
from recognition.campaigns import moving, services
from recognition.campaigns.models import CampaignReached
from recognition.jobs import worker
from recognition.jobs.models import Job
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.campaigns import ENDS, NOW, STARTS, make_campaign, make_spec
from tests.factories.identity import make_member

IN_SPRING = {"count": {"window": {"campaign": "spring"}}, "at_least": 2}
LATE = datetime(2026, 12, 3, tzinfo=UTC)


def work_off(db: Any) -> None:
    for job_id in db.session.scalars(sa.select(Job.id).where(Job.state == "queued").order_by(Job.id)).all():
        worker.run(job_id)


def awards(db: Any) -> list[tuple[int, bool]]:
    rows = db.session.execute(sa.select(Award.member_id, Award.unsupported_at.is_not(None)).order_by(Award.id))
    return [tuple(row) for row in rows]


def test_a_badge_and_a_goal_follow_the_dates(db: Any) -> None:
    ada, eve = make_member("ada"), make_member("eve")
    make_campaign("spring", goal_criteria=None, target_count=None)
    make_campaign("other", ends_at=LATE + timedelta(days=30), goal_criteria=IN_SPRING)
    make_badge("in-spring", IN_SPRING)
    make_badge("any-time", {"count": {}, "at_least": 99})
    for number in (1, 2):
        make_activity(ada.id, occurred_at=STARTS + timedelta(hours=number), text=str(number))
        make_activity(eve.id, occurred_at=ENDS + timedelta(hours=number), text=str(number))
    db.session.commit()
    drain()
    assert awards(db) == [(ada.id, False)]

    def save(**dates: datetime) -> list[tuple[int, bool]]:
        services.save(make_spec("spring", goal_criteria=None, target_share=None, **dates), NOW, None)
        db.session.commit()
        work_off(db)
        return awards(db)

    assert save() == [(ada.id, False)]
    assert db.session.scalars(sa.select(Job.name).where(Job.state != "done")).all() == []
    assert save(ends_at=LATE) == [(ada.id, False), (eve.id, False)]
    assert set(db.session.scalars(sa.select(CampaignReached.member_id))) == {ada.id, eve.id}
    # Nothing is taken away by itself: a person decides.
    assert save(starts_at=ENDS, ends_at=LATE) == [(ada.id, True), (eve.id, False)]
    assert set(db.session.scalars(sa.select(CampaignReached.member_id))) == {eve.id}


def test_a_draft_has_no_time_until_it_is_published(db: Any) -> None:
    ada, campaign = make_member("ada"), make_campaign("spring", state="draft")
    make_badge("in-spring", IN_SPRING)
    for number in (1, 2):
        make_activity(ada.id, occurred_at=STARTS + timedelta(hours=number), text=str(number))
    db.session.commit()
    drain()
    assert awards(db) == []
    moving.move(campaign, "published", NOW, None)
    db.session.commit()
    work_off(db)
    assert awards(db) == [(ada.id, False)]
