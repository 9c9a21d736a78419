"""What came of a campaign is worked out from the log: exact numbers, and no small ones on its page."""

from datetime import timedelta

import pytest

from recognition.campaigns import moving, outcomes, services
from recognition.campaigns.models import CampaignItem
from recognition.extensions import db as database
from recognition.pages.campaign_outcome import outcome
from tests.factories.activities import make_activity
from tests.factories.campaigns import ENDS, STARTS, make_campaign
from tests.factories.identity import make_member

LATER = ENDS + timedelta(days=10)


@pytest.fixture
def spring(app):
    with app.test_request_context():
        campaign = make_campaign(goal_criteria=None, target_count=None)
        campaign.items = [CampaignItem(kind="quest", slug="q", position=0)]
        database.session.flush()
        yield campaign


def did(member, when, **more):
    return make_activity(member.id, occurred_at=when, **{"kind": "talk", "campaign": "spring"} | more)


def test_every_number(spring):
    people = [make_member(f"m{number}") for number in range(8)]
    old_hand, private, gone = make_member("old"), make_member("private"), make_member("gone", state="suspended")
    for one in [*people, old_hand, gone]:
        did(one, STARTS + timedelta(days=1))
    did(people[0], STARTS + timedelta(days=2))
    did(old_hand, STARTS - timedelta(days=30), campaign=None)
    did(private, STARTS + timedelta(days=1), visibility="me")
    for one in people[:6]:
        did(one, ENDS + timedelta(days=1), campaign="summer")
        did(one, STARTS + timedelta(days=3), kind="quest.finished", object="quest:q")
    did(people[6], ENDS + timedelta(days=2), campaign="spring")
    did(people[7], ENDS + timedelta(days=61), campaign="summer")
    services.join(spring, make_member("joined").id, STARTS)
    found = outcomes.figures(spring, ENDS)
    assert found == {
        "joined": 1, "reached": None, "deeds": 11, "doers": 9, "first_timers": 8, "people": 10, "went_on": 6, "entries": 0,
        "quests": {"q": 6}, "badges": {},
    }  # fmt: skip


def test_a_page_tells_no_small_numbers(spring):
    spring.outcome_at = LATER
    spring.outcome = {"joined": 3, "reached": 6, "deeds": 30, "doers": 9, "first_timers": 7, "people": 20, "went_on": 10,
                      "entries": 0, "quests": {"q": 2, "gone": 12}, "badges": {}}  # fmt: skip
    told = [(one.value, one.label) for one in outcome(spring, {"quest:q": "The way"}).figures]
    assert told == [
        ("fewer than five", "people joined"), ("6", "people reached the goal"), ("30", "deeds for it"),
        ("fewer than five", "finished “The way”"), ("12", "finished “gone”"),
        ("10", "went on afterwards: to another campaign, or into an area new to them"),
    ]  # fmt: skip


def test_after_the_end_daily_and_for_two_months(spring):
    database.session.commit()
    assert outcomes.due(ENDS - timedelta(seconds=1)) == []
    assert outcomes.work_out(spring.id, ENDS) is True
    assert outcomes.due(ENDS + timedelta(hours=5)) == []
    assert outcomes.due(ENDS + timedelta(days=1)) == [spring.id]
    assert outcomes.work_out(spring.id, ENDS + timedelta(days=60)) is True
    assert outcomes.due(ENDS + timedelta(days=62)) == []


def test_ended_by_hand_counts_from_that_day(spring):
    ended = STARTS + timedelta(days=5)
    moving.move(spring, "ended", ended, None, "Enough.")
    did(make_member("ada"), STARTS)
    did(make_member("bob"), STARTS)
    people = [make_member(f"m{number}") for number in range(5)]
    for one in people:
        did(one, STARTS)
        did(one, ended + timedelta(days=1), campaign="summer")
    assert outcomes.work_out(spring.id, ended) is True
    assert spring.outcome["went_on"] == 5
    assert outcomes.due(ended + timedelta(days=62)) == []
