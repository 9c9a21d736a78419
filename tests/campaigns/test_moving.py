"""A campaign goes out, rests, goes on and ends: once, with a reason, by hand or at the time it was given."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.audit.models import AuditEntry
from recognition.campaigns import jobs, moving
from recognition.campaigns.models import Campaign, CampaignState
from recognition.campaigns.rules import BadCampaign, WrongState, first_kind_day, is_short_notice, tellable
from recognition.database import moment
from recognition.extensions import db as database
from recognition.jobs.models import Job
from tests.factories.campaigns import NOW, make_campaign


@pytest.fixture
def campaign(app):
    with app.test_request_context():
        yield make_campaign(state="draft", starts_at=NOW + timedelta(days=20), ends_at=NOW + timedelta(days=30))


def states() -> list[tuple[str, str]]:
    return [
        tuple(row)
        for row in database.session.execute(sa.select(CampaignState.state, CampaignState.reason).order_by(CampaignState.id))
    ]


def test_each_state_is_kept_with_its_reason(campaign):
    moving.move(campaign, "published", NOW, None)
    moving.move(campaign, "published", NOW, None)
    moving.move(campaign, "paused", NOW, None, "  The site\nmoves. ")
    moving.move(campaign, "published", NOW + timedelta(days=1), None, "It moved.")
    moving.move(campaign, "ended", NOW + timedelta(days=2), None, "All is done.")
    assert states() == [("published", ""), ("paused", "The site moves."), ("published", "It moved."), ("ended", "All is done.")]
    assert (campaign.state, campaign.published_at) == ("ended", NOW)
    told = database.session.execute(sa.select(AuditEntry.action, AuditEntry.after).order_by(AuditEntry.id)).all()
    assert [tuple(row) for row in told][1] == ("campaign.paused", {"state": "paused", "reason": "The site moves."})


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
@pytest.mark.parametrize("to", ["paused", "ended"])
def test_resting_and_ending_ask_why(campaign, to, reason):
    moving.move(campaign, "published", NOW, None)
    with pytest.raises(BadCampaign) as caught:
        moving.move(campaign, to, NOW, None, reason)
    assert set(caught.value.errors) == {"reason"}
    assert campaign.state == "published"


def test_of_two_who_disagree_one_is_told(campaign):
    moving.move(campaign, "published", NOW, None)
    database.session.execute(sa.update(Campaign).values(state="ended"), execution_options={"synchronize_session": False})
    with pytest.raises(WrongState):
        moving.move(campaign, "paused", NOW, None, "I would rest.")
    assert campaign.state == "ended"


def test_many_at_once_publish_it_once(app, campaign):
    campaign.publish_at = moment() - timedelta(minutes=1)
    campaign_id = campaign.id
    database.session.commit()

    def publish(_number: int) -> None:
        with app.app_context():
            jobs.publish(campaign_id)
            database.session.commit()
            database.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(publish, range(4)))
    database.session.expire_all()
    assert states() == [("published", "")]
    assert database.session.scalar(sa.select(Campaign.state)) == "published"


def test_at_its_time_and_not_before(campaign):
    at = moment() + timedelta(hours=1)
    moving.plan(campaign, at, None)
    assert moving.due(at - timedelta(seconds=1)) == []
    assert moving.publish_due(campaign.id, at - timedelta(seconds=1)) is False
    assert moving.due(at) == [campaign.id]
    waiting = sa.select(Job.name, Job.run_after).where(Job.name == "campaigns.publish")
    assert [tuple(row) for row in database.session.execute(waiting)] == [("campaigns.publish", at)]
    assert [moving.publish_due(campaign.id, at), moving.publish_due(campaign.id, at)] == [True, False]
    assert (campaign.state, campaign.published_at, campaign.publish_at) == ("published", at, None)


def test_what_would_be_over_waits_for_a_person(campaign):
    moving.plan(campaign, NOW + timedelta(days=1), None)
    assert moving.publish_due(campaign.id, campaign.ends_at) is False
    assert (campaign.state, campaign.publish_at) == ("draft", None)


def test_the_timetable_asks_for_a_job_each(campaign):
    other = make_campaign("other", state="draft", publish_at=moment() - timedelta(days=1))
    campaign.publish_at = moment() - timedelta(days=2)
    database.session.flush()
    for _time in range(2):
        jobs.move()
    asked = database.session.scalars(sa.select(Job.args).where(Job.name == "campaigns.publish").order_by(Job.id)).all()
    assert asked == [{"campaign_id": campaign.id}, {"campaign_id": other.id}]


def test_the_edge_of_short_notice():
    starts = datetime(2026, 12, 15, tzinfo=UTC)
    assert is_short_notice(starts, datetime(2026, 12, 1, tzinfo=UTC), 14) is False
    assert is_short_notice(starts, datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC), 14) is True
    assert first_kind_day(datetime(2026, 12, 1, tzinfo=UTC), 14) == date(2026, 12, 15)
    assert first_kind_day(datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC), 14) == date(2026, 12, 16)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 300_000_000), st.integers(0, 120))
def test_the_nearest_kind_day_is_kind_and_the_one_before_is_not(seconds, lead_days):
    told = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    day = first_kind_day(told, lead_days)
    morning = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert not is_short_notice(morning, told, lead_days)
    assert is_short_notice(morning - timedelta(days=1), told, lead_days)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40))
def test_few_people_cannot_be_worked_out(part, rest):
    told = tellable(part, part + rest)
    if told is None:
        assert 0 < part < 5 or 0 < rest < 5
    else:
        assert told == part
        assert part not in range(1, 5)
        assert rest not in range(1, 5)
