"""Goals follow what is put right in the log."""

from recognition.activities import changes, confirming
from recognition.activities.drain import drain
from recognition.campaigns import moving, rebuild, services
from recognition.campaigns.models import CampaignReached
from tests.campaigns.test_services import count_all, during, reached  # noqa: F401 - the fixture that stops the clock
from tests.factories.activities import make_activity, make_report
from tests.factories.campaigns import NOW, make_campaign, make_spec
from tests.factories.identity import make_member


def differences() -> list[dict]:
    return list(rebuild.check())


def test_a_deed_taken_back_takes_its_doer_from_the_goal(db):
    make_campaign()
    ada = make_member("ada")
    first, second, third = (make_activity(ada.id, tags=("mdm",), text=str(n)).id for n in range(3))
    ada_id = ada.id
    db.session.commit()
    drain()
    assert reached() == (1, [ada_id])
    changes.withdraw([first], ada_id, "", NOW)
    db.session.commit()
    assert (reached(), differences()) == ((1, [ada_id]), [])
    changes.withdraw([second], ada_id, "", NOW)
    db.session.commit()
    assert (reached(), differences()) == ((0, []), [])
    changes.correct(third, make_report(ada_id, text="better", tags=("mdm",)), ada_id, NOW)
    make_activity(ada_id, tags=("mdm",), text="new")
    db.session.commit()
    drain()
    assert (reached(), differences()) == ((1, [ada_id]), [])


def test_a_word_taken_back_counts_too(db):
    goal = {"count": {"evidence": "confirmed"}, "at_least": 1}
    make_campaign(goal_criteria=goal)
    ada, bob = make_member("ada").id, make_member("bob").id
    deed = make_activity(ada).id
    db.session.commit()
    drain()
    assert reached() == (0, [])
    confirming.confirm(deed, bob, NOW)
    db.session.commit()
    drain()
    assert (reached(), differences()) == ((1, [ada]), [])
    confirming.unconfirm(deed, bob, NOW)
    db.session.commit()
    assert (reached(), differences()) == ((0, []), [])


def test_who_does_not_meet_a_goal_is_found_and_taken_out(db):
    campaign = make_campaign()
    ada = make_member("ada").id
    db.session.add(CampaignReached(campaign_id=campaign.id, member_id=ada, reached_at=NOW))
    campaign.reached_count = 1
    db.session.commit()
    assert differences() == [{"campaign": "spring", "extra_member_id": ada}]
    assert rebuild.rebuild() == {"reached": 0, "forgotten": 1}
    db.session.commit()
    assert (reached(), differences()) == ((0, []), [])


def test_a_goal_of_the_moment_once_met_stays_met(db):
    make_campaign(goal_criteria={"count": {"window": {"last_days": 30}}, "at_least": 1})
    ada = make_member("ada").id
    deed = make_activity(ada).id
    db.session.commit()
    drain()
    changes.withdraw([deed], ada, "", NOW)
    db.session.commit()
    assert (reached(), differences()) == ((1, [ada]), [])


def test_what_is_taken_back_or_asked_anew_while_it_rests_counts_when_it_goes_on(db):
    campaign = make_campaign()
    ada, bob = make_member("ada").id, make_member("bob").id
    deed, *_others = [make_activity(who, tags=("mdm",), text=str(n)).id for who in (ada, bob) for n in range(2)]
    db.session.commit()
    drain()
    moving.move(campaign, "paused", NOW, None, "It snows.")
    changes.withdraw([deed], ada, "", NOW)
    db.session.commit()
    moving.move(campaign, "published", NOW, None)
    db.session.commit()
    count_all(campaign.id)
    assert (reached(), differences()) == ((1, [bob]), [])
    moving.move(campaign, "paused", NOW, None, "It snows.")
    services.save(make_spec(goal_criteria={"count": {"tags_any": ["tea"]}, "at_least": 1}), NOW, None)
    db.session.commit()
    moving.move(campaign, "published", NOW, None)
    db.session.commit()
    count_all(campaign.id)
    assert (reached(), differences()) == ((0, []), [])
