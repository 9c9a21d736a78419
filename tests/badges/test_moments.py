"""When something happened decides, not when it was told, confirmed or looked at."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities import drain
from recognition.activities.confirming import confirm
from recognition.badges import jobs, rebuild
from recognition.badges.models import Award, Badge
from recognition.badges.services import considering, states
from recognition.extensions import db as database
from recognition.identity.models import Membership
from recognition.identity.services import groups
from recognition.jobs import worker
from recognition.jobs.models import Job
from tests.factories.activities import make_activity, make_deeds
from tests.factories.badges import make_badge, make_spec
from tests.factories.campaigns import make_campaign
from tests.factories.identity import make_group, make_member

SECOND = timedelta(seconds=1)


def winners() -> list[str]:
    database.session.commit()
    drain.drain()
    database.session.commit()
    found = sa.text("SELECT handle FROM member JOIN award ON award.member_id = member.id ORDER BY handle")
    return list(database.session.scalars(found))


def november(zone: str) -> dict[str, Any]:
    window = {"from": "2026-11-01", "until": "2026-11-30", "zone": zone}
    return {"count": {"kind": "talk", "window": window}, "at_least": 1}


@pytest.mark.parametrize(
    ("zone", "begin", "end"),
    [
        ("Africa/Nairobi", datetime(2026, 10, 31, 21, tzinfo=UTC), datetime(2026, 11, 30, 21, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 11, 1, 7, tzinfo=UTC), datetime(2026, 12, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_month_begins_and_ends_where_its_people_live(db: Any, zone: str, begin: datetime, end: datetime) -> None:
    make_badge("november", november(zone))
    moments = {"a-before": begin - SECOND, "b-first": begin, "c-last": end - SECOND, "d-after": end}
    for handle, moment in moments.items():
        make_deeds(make_member(handle).id, 1, occurred_at=moment)
    assert winners() == ["b-first", "c-last"]
    assert list(rebuild.check()) == []


def test_what_was_confirmed_after_the_end_counts_as_of_the_day_it_happened(db: Any) -> None:
    rule = november("UTC")
    rule["count"]["evidence"] = "confirmed"
    make_badge("november", rule)
    ada, late, bea = make_member("ada"), make_member("late"), make_member("bea")
    deed = make_activity(ada.id, kind="talk", occurred_at=datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)).id
    other = make_activity(late.id, kind="talk", occurred_at=datetime(2026, 12, 1, tzinfo=UTC)).id
    assert winners() == []
    for activity_id in (deed, other):
        confirm(activity_id, bea.id, datetime(2027, 1, 15, tzinfo=UTC))
    assert winners() == ["ada"]
    assert list(rebuild.check()) == []


def test_told_late_it_counts_as_of_the_day_it_happened(db: Any) -> None:
    make_badge("november", november("UTC"))
    make_deeds(make_member("ada").id, 1, occurred_at=datetime(2026, 11, 30, 12, tzinfo=UTC))
    make_deeds(make_member("bea").id, 1, occurred_at=datetime(2026, 12, 2, 12, tzinfo=UTC))
    assert winners() == ["ada"]


def run_jobs() -> None:
    database.session.commit()
    while ids := database.session.scalars(sa.select(Job.id).where(Job.state == "queued").order_by(Job.id)).all():
        database.session.rollback()
        for job_id in ids:
            worker.run(job_id)


def test_time_alone_brings_a_badge_the_next_day(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    joined = datetime(2026, 1, 1, 12, tzinfo=UTC)
    moment = [joined + timedelta(days=364, hours=23)]
    monkeypatch.setattr(clock, "utcnow", lambda: moment[0])
    for handle in ("ada", "bea"):
        make_member(handle, joined_at=joined)
    badge = make_badge("year-one", {"member_for": 365})
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})

    def ripen() -> None:
        assert jobs.ripen() == 1
        run_jobs()

    ripen()
    assert (winners(), db.session.get_one(Badge, badge.id).looked_at) == ([], moment[0])
    moment[0] += timedelta(hours=2)
    # Due tomorrow: nobody is missing anything yet.
    assert list(rebuild.check()) == []
    ripen()
    assert winners() == ["ada", "bea"]
    db.session.execute(sa.delete(Award).where(Award.id == sa.select(sa.func.max(Award.id)).scalar_subquery()))
    db.session.execute(sa.update(Badge).values(holders_count=1).where(Badge.id == badge.id))
    assert [found.get("missing", found.get("told")) for found in rebuild.check()] == ["year-one", "badge:year-one"]


def test_coming_into_a_group_is_looked_at_at_once(db: Any) -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    ada, group = make_member("ada"), make_group("nairobi")
    make_badge("neighbour", {"all": [{"belongs_to": "nairobi"}, {"count": {"kind": "talk"}, "at_least": 1}]})
    make_deeds(ada.id, 1)
    assert winners() == []
    groups.join(group, ada, now)
    db.session.commit()
    # The job sees to it; until then nobody says that something is missing.
    assert list(rebuild.check()) == []
    run_jobs()
    assert winners() == ["ada"]
    groups.leave(group, ada, now)
    run_jobs()
    assert db.session.scalars(sa.select(Membership.state)).all() == ["out"]
    assert (winners(), list(rebuild.check())) == (["ada"], [])


@pytest.mark.parametrize("since", ["retired", "edited"])
def test_awards_of_another_day_follow_a_campaign_whose_dates_move(db: Any, since: str) -> None:
    """Also where nothing is given by that rule any more."""
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    campaign = make_campaign("autumn", starts_at=now - timedelta(days=9), ends_at=now + timedelta(days=9))
    badge = make_badge("autumn", {"count": {"window": {"campaign": "autumn"}}, "at_least": 1})
    make_deeds(make_member("ada").id, 1, occurred_at=now - timedelta(days=5))
    assert winners() == ["ada"]
    if since == "retired":
        states.retire(badge.id, None, now)
    else:
        states.save_badge(make_spec("autumn", {"count": {"kind": "never"}, "at_least": 1}), now)
    campaign.starts_at = now - timedelta(days=1)
    considering.look_back_at_campaign("autumn")
    run_jobs()
    assert list(rebuild.check()) == []
    assert db.session.scalars(sa.select(Award.unsupported_at.is_not(None))).all() == [True]


def test_a_look_at_everybody_decides_as_of_one_moment(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(considering, "SLICE_MEMBERS", 1)
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    badge = make_badge("lately", {"count": {"kind": "talk", "window": {"last_days": 1}}, "at_least": 1})
    for handle in ("ada", "bea"):
        make_deeds(make_member(handle).id, 1, occurred_at=now - timedelta(hours=23))
    place: int | None = 0
    late = now
    while place is not None:
        _made, place = considering.backfill_slice(badge.id, 1, place, late, now)
        late += timedelta(hours=2)
    assert winners() == ["ada", "bea"]
    assert db.session.get_one(Badge, badge.id).looked_at == now
