"""Campaigns: published once, joined once, goals counted by the drain as a recount would, whoever does it at the same time."""

import pytest
import sqlalchemy as sa
import time_machine

from recognition.activities.drain import drain
from recognition.activities.models import Activity
from recognition.audit.models import AuditEntry
from recognition.campaigns import moving, services
from recognition.campaigns.models import Campaign, CampaignMember, CampaignReached
from recognition.campaigns.rules import BadCampaign, WrongState
from recognition.extensions import db as database
from recognition.jobs import worker
from recognition.jobs.models import Job
from tests.activities.test_record import in_threads
from tests.factories.activities import make_activity
from tests.factories.campaigns import ENDS, NOW, make_campaign, make_spec
from tests.factories.identity import make_member


@pytest.fixture(autouse=True)
def during():
    with time_machine.travel(NOW, tick=False):
        yield


def jobs() -> list[str]:
    return list(database.session.scalars(sa.select(Job.name).order_by(Job.id)))


def acts() -> list[tuple]:
    wanted = sa.select(AuditEntry.action, AuditEntry.target).order_by(AuditEntry.id)
    return [tuple(row) for row in database.session.execute(wanted)]


def reached() -> tuple[int, list[int]]:
    database.session.rollback()
    count = database.session.scalar(sa.select(Campaign.reached_count))
    return count, sorted(database.session.scalars(sa.select(CampaignReached.member_id)))


def count_all(campaign_id: int) -> int:
    """What the job does, slice by slice."""
    total, place = 0, 0
    while place is not None:
        new, place = services.count_slice(campaign_id, place, NOW)
        database.session.commit()
        total += new
    return total


def test_from_a_draft_to_the_wall(db):
    ada = make_member("ada", roles=("council",))
    make_member("away", state="away")
    campaign = services.create(make_spec(quests=("q2", "q1"), badges=("b",)), NOW, ada.id)
    assert (campaign.state, campaign.owner_id, campaign.published_at) == ("draft", ada.id, None)
    assert [(item.kind, item.slug) for item in campaign.items] == [("quest", "q2"), ("quest", "q1"), ("badge", "b")]
    assert jobs() == []
    moving.move(campaign, "published", NOW, ada.id)
    moving.move(campaign, "published", NOW, ada.id)
    db.session.commit()
    assert (campaign.state, campaign.published_at, campaign.base_count) == ("published", NOW, 0)
    assert jobs() == ["campaigns.count_base", "campaigns.recount"]
    assert acts() == [("campaign.created", "campaign:spring"), ("campaign.published", "campaign:spring")]


def test_a_second_one_of_the_same_name(db):
    services.create(make_spec(), NOW, None)
    with pytest.raises(BadCampaign) as caught:
        services.create(make_spec(title="Another"), NOW, None)
    assert set(caught.value.errors) == {"title"}


def test_saving_again_changes_it_and_counts_a_changed_goal(db):
    campaign = services.save(make_spec(quests=("a", "b")), NOW, None)
    moving.move(campaign, "published", NOW, None)
    db.session.execute(sa.delete(Job))
    same = services.save(make_spec(title="New words", quests=("b",)), NOW, None)
    assert (same.id, same.title, [item.slug for item in same.items]) == (campaign.id, "New words", ["b"])
    assert jobs() == []
    services.save(make_spec(goal_criteria={"finished": "q"}), NOW, None)
    db.session.commit()
    assert jobs() == ["campaigns.recount"]
    assert same.items == []


def test_what_has_ended_stays_ended(db):
    campaign = make_campaign()
    moving.move(campaign, "ended", NOW, None, "We are done.")
    with pytest.raises(WrongState):
        moving.move(campaign, "published", NOW, None)


def test_a_member_joins_once(db):
    ada, bob, campaign = make_member("ada"), make_member("bob"), make_campaign()
    assert [services.join(campaign, who.id, NOW) for who in (ada, ada, bob)] == [True, False, True]
    db.session.commit()
    db.session.refresh(campaign)
    assert campaign.joined_count == 2
    facts = db.session.execute(
        sa.select(Activity.kind, Activity.object, Activity.campaign, Activity.member_id).order_by(Activity.id)
    )
    assert [tuple(row) for row in facts] == [("campaign.joined", "campaign:spring", "spring", who.id) for who in (ada, bob)]


def test_one_member_in_four_tabs(app, db):
    ada_id, campaign_id = make_member("ada").id, make_campaign().id
    db.session.commit()

    def join(_tab: int) -> bool:
        done = services.join(database.session.get_one(Campaign, campaign_id), ada_id, NOW)
        database.session.commit()
        return done

    assert sorted(in_threads(app, 4, join)) == [False, False, False, True]
    assert db.session.scalar(sa.select(Campaign.joined_count)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CampaignMember)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 1


def test_leaving_and_coming_back(db):
    ada, bob, campaign = make_member("ada"), make_member("bob"), make_campaign()
    for who in (ada, bob):
        services.join(campaign, who.id, NOW)
    assert [services.leave(campaign, ada.id) for _click in range(2)] == [True, False]
    db.session.commit()
    db.session.refresh(campaign)
    assert campaign.joined_count == 1
    assert services.join(campaign, ada.id, NOW) is True
    db.session.commit()
    db.session.refresh(campaign)
    assert campaign.joined_count == 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 2


def test_a_member_leaves_in_four_tabs(app, db):
    ada_id, campaign = make_member("ada").id, make_campaign()
    for member_id in (ada_id, make_member("bob").id):
        services.join(campaign, member_id, NOW)
    campaign_id = campaign.id
    db.session.commit()

    def leave(_tab: int) -> bool:
        done = services.leave(database.session.get_one(Campaign, campaign_id), ada_id)
        database.session.commit()
        return done

    assert sorted(in_threads(app, 4, leave)) == [False, False, False, True]
    assert db.session.scalar(sa.select(Campaign.joined_count)) == 1


def test_coming_and_going_at_once_keeps_the_count(app, db):
    ada_id, campaign_id = make_member("ada").id, make_campaign().id
    db.session.commit()

    def act(tab: int) -> None:
        for _turn in range(5):
            campaign = database.session.get_one(Campaign, campaign_id)
            if tab % 2:
                services.leave(campaign, ada_id)
            else:
                services.join(campaign, ada_id, NOW)
            database.session.commit()

    in_threads(app, 4, act)
    members = db.session.scalar(sa.select(sa.func.count()).select_from(CampaignMember))
    assert db.session.scalar(sa.select(Campaign.joined_count)) == members


def test_the_drain_counts_who_reaches_the_goal(db):
    ada, bob, carl = (make_member(name) for name in ("ada", "bob", "carl"))
    make_campaign()
    for who, times in ((ada, 2), (bob, 1), (carl, 3)):
        for n in range(times):
            make_activity(who.id, text=f"{n}", tags=("mdm",))
    make_activity(bob.id, text="untagged")
    db.session.commit()
    drain()
    assert reached() == (2, [ada.id, carl.id])
    make_activity(bob.id, text="again", tags=("mdm",))
    make_activity(carl.id, text="more", tags=("mdm",))
    db.session.commit()
    drain()
    assert reached() == (3, [ada.id, bob.id, carl.id])


@pytest.mark.parametrize(
    "changes", [{"state": "draft"}, {"state": "paused"}, {"state": "ended"}, {"ends_at": NOW}, {"goal_criteria": None}]
)
def test_only_a_running_goal_is_counted(db, changes):
    ada = make_member("ada")
    make_campaign(**changes)
    for n in range(2):
        make_activity(ada.id, text=f"{n}", tags=("mdm",))
    db.session.commit()
    drain()
    assert reached() == (0, [])


def test_a_recount_looks_at_everybody_and_may_run_twice(db, monkeypatch):
    monkeypatch.setattr(services, "SLICE_MEMBERS", 2)
    people = [make_member(f"m{n}") for n in range(5)]
    for who in people[1:]:
        for n in range(2):
            make_activity(who.id, text=f"{n}", tags=("mdm",))
    db.session.commit()
    drain()
    campaign = make_campaign()
    db.session.commit()
    for new in (4, 0):
        assert count_all(campaign.id) == new
        assert reached() == (4, [who.id for who in people[1:]])


def test_publishing_counts_the_past_by_its_job(app, db):
    ada = make_member("ada")
    for n in range(2):
        make_activity(ada.id, text=f"{n}", tags=("mdm",))
    db.session.commit()
    drain()
    campaign = services.create(make_spec(), NOW, None)
    moving.move(campaign, "published", NOW, None)
    db.session.commit()
    for job_id in db.session.scalars(sa.select(Job.id)).all():
        assert worker.run(job_id) is True
    assert reached() == (1, [ada.id])
    assert db.session.scalar(sa.select(Campaign.base_count)) == 1


def test_another_goal_begins_at_nobody(db):
    ada, campaign = make_member("ada"), make_campaign(reached_count=1)
    db.session.add(CampaignReached(campaign_id=campaign.id, member_id=ada.id, reached_at=NOW))
    db.session.flush()
    services.save(make_spec(goal_criteria=None), NOW, None)
    db.session.commit()
    assert reached() == (0, [])
    assert count_all(campaign.id) == 0


def test_two_of_one_name_at_once(db, monkeypatch):
    services.save(make_spec(), NOW, None)
    db.session.commit()
    monkeypatch.setattr(services, "campaign_by_slug", lambda *_args, **_more: None)
    with pytest.raises(BadCampaign) as caught:
        services.create(make_spec(title="Another"), NOW, None)
    assert set(caught.value.errors) == {"title"}
    db.session.commit()
    assert list(db.session.scalars(sa.select(Campaign.title))) == ["Spring"]


def test_recounts_and_drains_at_once(app, db):
    people = [make_member(f"m{n:02}").id for n in range(30)]
    campaign_id = make_campaign().id
    for member_id in people[:20]:
        for n in range(2):
            make_activity(member_id, text=f"{n}", tags=("mdm",))
    db.session.commit()

    def work(number: int) -> None:
        if number % 2:
            drain(batch_rows=7)
        else:
            count_all(campaign_id)

    in_threads(app, 4, work)
    assert reached() == (20, people[:20])


def test_the_base_is_who_is_active(db):
    for number, state in enumerate(("active", "active", "away", "alumni", "suspended")):
        make_member(f"m{number}", state=state)
    running, over, draft = make_campaign("run"), make_campaign("over", ends_at=NOW), make_campaign("draft", state="draft")
    services.count_base(NOW)
    db.session.commit()
    for campaign in (running, over, draft):
        db.session.refresh(campaign)
    assert [c.base_count for c in (running, over, draft)] == [2, 0, 0]
    assert running.base_counted_at == NOW
    assert running.ends_at == ENDS


def test_a_goal_changed_while_a_recount_runs_is_counted_again(db):
    campaign = services.create(make_spec(), NOW, None)
    moving.move(campaign, "published", NOW, None)
    db.session.execute(sa.update(Job).values(state="running", attempts=1))
    db.session.commit()
    for times in (2, 3):
        services.save(make_spec(goal_criteria={"count": {}, "at_least": times}), NOW, None)
    db.session.commit()
    waiting = db.session.scalars(sa.select(Job).where(Job.name == "campaigns.recount", Job.state == "queued"))
    assert [job.args["campaign_id"] for job in waiting] == [campaign.id]
