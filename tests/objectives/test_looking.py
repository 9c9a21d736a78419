"""What the program sees by itself: milestones that close, key results that are measured, owners who are reminded."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.campaigns.models import CampaignState
from recognition.events.models import Event
from recognition.metrics.models import Figure
from recognition.news.models import Announcement, AnnouncementText
from recognition.objectives import looking, services
from recognition.objectives.models import KeyResult, Milestone, Objective
from recognition.objectives.rules import MilestoneSpec, ObjectiveSpec
from recognition.surveys.models import Survey
from tests.factories.campaigns import make_campaign
from tests.factories.contests import make_contest
from tests.factories.identity import make_member
from tests.factories.objectives import BEGAN, make_milestone, make_objective, make_result

NOW = BEGAN + timedelta(days=10)


@pytest.fixture
def owner(db: Any) -> Any:
    return make_member("olu")


def news(db: Any, slug: str, state: str, is_public: bool = True) -> None:
    out_at = NOW - timedelta(days=2) if state == "out" else None
    texts = [AnnouncementText(language="en", title="Why")]
    db.session.add(Announcement(slug=slug, state=state, out_at=out_at, created_at=BEGAN, changed_at=BEGAN, texts=texts,
                                is_public=is_public))  # fmt: skip


def event(db: Any, slug: str, ends: float, state: str = "planned") -> None:
    at = NOW + timedelta(days=ends)
    db.session.add(Event(slug=slug, title="Call", starts_at=at - timedelta(hours=1), ends_at=at, state=state, created_at=BEGAN,
                         changed_at=BEGAN))  # fmt: skip


def survey(db: Any, slug: str, state: str, result: dict[str, Any] | None = None) -> None:
    closed = NOW - timedelta(days=1) if state == "closed" else None
    times = {"opens_at": BEGAN, "closes_at": NOW, "created_at": BEGAN, "result_at": closed}
    db.session.add(Survey(slug=slug, title="Do you know?", state=state, result=result, roll_size=100, **times))


def done(db: Any) -> dict[str, tuple[Any, str]]:
    db.session.expire_all()
    return {row.title: (row.done_at, row.done_by) for row in db.session.scalars(sa.select(Milestone))}


def test_a_milestone_closes_when_its_thing_is_out_or_over(db: Any, owner: Any) -> None:
    one = make_objective(owner_id=owner.id)
    news(db, "why", "out")
    news(db, "later", "planned")
    news(db, "for-some", "out", is_public=False)
    event(db, "held", -1)
    event(db, "off", -1, "called_off")
    event(db, "coming", 1)
    survey(db, "asked", "closed", {"yes": 60, "people": 100})
    survey(db, "asking", "open")
    make_campaign("over", starts_at=BEGAN - timedelta(days=9), ends_at=BEGAN)
    make_campaign("runs", starts_at=BEGAN, ends_at=NOW + timedelta(days=1))
    closing = [
        "announcement:why", "announcement:later", "announcement:for-some", "event:held", "event:off", "event:coming",
        "survey:asked", "survey:asking", "campaign:over", "campaign:runs", "event:gone", "",
    ]  # fmt: skip
    for ref in closing:
        make_milestone(one, ref or "by hand", closes=ref)
    db.session.commit()
    assert [looking.close_milestones(NOW) for _time in range(2)] == [4, 0]
    assert {title: at for title, (at, by) in done(db).items() if by == "system"} == {
        "announcement:why": NOW - timedelta(days=2), "event:held": NOW - timedelta(days=1),
        "survey:asked": NOW - timedelta(days=1), "campaign:over": BEGAN,
    }  # fmt: skip
    told = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "milestone.done")).all()
    assert sorted(row.after["by"] for row in told) == ["announcement:why", "campaign:over", "event:held", "survey:asked"]
    assert db.session.get_one(Objective, one.id).news_at == NOW


def test_a_contest_closes_a_milestone_once_it_is_decided(db: Any) -> None:
    one, contest = make_objective(), make_contest("draw", rounds=2)
    make_milestone(one, closes="contest:draw")
    db.session.commit()
    assert looking.close_milestones(NOW) == 0
    for row in contest.rounds:
        row.state = "closed"
    db.session.commit()
    assert looking.close_milestones(NOW) == 1


@pytest.mark.parametrize("state", ["draft", "paused", "ended"])
def test_only_what_runs_is_looked_at(db: Any, owner: Any, state: str) -> None:
    one = make_objective(state=state, owner_id=owner.id)
    event(db, "held", -1)
    make_milestone(one, closes="event:held")
    make_result(one, "campaign:spring")
    db.session.commit()
    assert looking.look(NOW + timedelta(days=900)) == {"closed": 0, "measured": 0, "warned": 0}


def test_key_results_are_measured_where_something_measures_them(db: Any) -> None:
    make_campaign("spring", goal_criteria={"finished": "first"}, target_share=0.8, reached_count=30, base_count=121)
    survey(db, "asked", "closed", {"yes": 60, "people": 100})
    survey(db, "asking", "open")
    for day, people in ((1, 7), (2, 9)):
        db.session.add_all([
            Figure(name="active.mentoring", day=day, span=182, by="", slot="", value=people, people=people, counted_at=BEGAN),
            Figure(name="members", day=day, span=0, by="", slot="", value=36, people=36, counted_at=BEGAN),
        ])  # fmt: skip
    one = make_objective()
    for source, unit in (("campaign:spring", "percent"), ("campaign:spring", "count"), ("survey:asked", "percent"),
                         ("survey:asking", "percent"), ("area:mentoring", "percent"), ("area:mentoring", "count"),
                         ("campaign:gone", "percent"), ("", "percent")):  # fmt: skip
        make_result(one, source, unit=unit, title=f"{source} {unit}", value=5 if not source else None)
    db.session.commit()
    assert [looking.measure(NOW) for _time in range(2)] == [5, 0]
    db.session.commit()
    values = {row.title: row.value for row in db.session.scalars(sa.select(KeyResult))}
    assert values == {
        "campaign:spring percent": 24.7, "campaign:spring count": 30.0, "survey:asked percent": 60.0,
        "survey:asking percent": None, "area:mentoring percent": 25.0, "area:mentoring count": 9.0,
        "campaign:gone percent": None, " percent": 5.0,
    }  # fmt: skip


def test_the_owner_is_reminded_once_until_there_is_news(db: Any, owner: Any) -> None:
    one = make_objective(owner_id=owner.id, quiet_days=30)
    make_objective("fresh", owner_id=owner.id, quiet_days=60)
    make_objective("nobodys", quiet_days=30)
    db.session.commit()
    assert looking.warn(BEGAN + timedelta(days=30, seconds=-1)) == 0
    assert [looking.warn(BEGAN + timedelta(days=30)) for _time in range(2)] == [2, 0]
    db.session.commit()
    heard = db.session.execute(sa.select(Notice.member_id, Notice.kind, Notice.path)).all()
    assert [tuple(row) for row in heard] == [(owner.id, "objective.quiet", "/objectives/know-mdm")]
    services.tell_news(one.id, "We met.", owner.id, BEGAN + timedelta(days=31))
    db.session.commit()
    assert looking.warn(BEGAN + timedelta(days=60)) == 1  # the one for which 60 days were agreed
    assert looking.warn(BEGAN + timedelta(days=61)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 3


def test_few_people_are_no_number(db: Any) -> None:
    """Neither those who are active nor those who are not."""
    for name, value in (("members", 40), ("active.few", 3), ("active.nearly", 37), ("active.all", 40)):
        span = 0 if name == "members" else 182
        db.session.add(Figure(name=name, day=2, span=span, by="", slot="", value=value, people=value, counted_at=BEGAN))
    one = make_objective()
    for area in ("few", "nearly", "all"):
        make_result(one, f"area:{area}", title=area)
    db.session.commit()
    looking.measure(NOW)
    db.session.commit()
    values = {row.title: row.value for row in db.session.scalars(sa.select(KeyResult))}
    assert values == {"few": None, "nearly": None, "all": 100.0}


def test_a_key_result_tells_nothing_that_its_own_page_hides(db: Any) -> None:
    """Thirty in a year and twenty-seven in half of it would tell of three; three who were asked are told nowhere."""
    for name, span, value in (("members", 0, 40), ("active.near", 364, 30), ("active.near", 182, 27), ("active.far", 364, 30),
                              ("active.far", 182, 20)):  # fmt: skip
        db.session.add(Figure(name=name, day=2, span=span, by="", slot="", value=value, people=value, counted_at=BEGAN))
    survey(db, "few", "closed", {"yes": 0, "people": 3})
    one = make_objective()
    for source in ("area:near", "area:far", "survey:few"):
        make_result(one, source, title=source)
    db.session.commit()
    looking.measure(NOW)
    db.session.commit()
    values = {row.title: row.value for row in db.session.scalars(sa.select(KeyResult))}
    assert values == {"area:near": None, "area:far": 50.0, "survey:few": None}


def test_none_waits_behind_those_that_wait_for_long(db: Any, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "SLICE", 2)
    one = make_objective(owner_id=owner.id, quiet_days=365)
    late = [make_objective(f"late-{n}", owner_id=owner.id, quiet_days=300 if n < 3 else 30) for n in range(4)]
    for n in range(3):
        make_milestone(one, f"Far {n}", closes="event:coming")
    make_milestone(one, "Near", closes="event:held")
    event(db, "coming", 30)
    event(db, "held", -1)
    db.session.commit()
    assert [looking.close_milestones(NOW), looking.warn(BEGAN + timedelta(days=40))] == [1, 1]
    assert late[3].warned_at is not None


def test_more_time_for_news_takes_the_reminder_back(db: Any, owner: Any) -> None:
    one = make_objective(owner_id=owner.id, quiet_days=30)
    db.session.commit()
    at = BEGAN + timedelta(days=31)
    assert looking.warn(at) == 1
    spec = ObjectiveSpec(one.slug, one.title, one.why, one.starts_on, one.ends_on, 60, "the letter", owner.id)
    services.change(one.id, spec, owner.id, at)
    assert one.warned_at is None
    assert [looking.warn(at), looking.warn(BEGAN + timedelta(days=60))] == [0, 1]
    assert db.session.scalar(sa.select(sa.func.count()).where(Notice.member_id == owner.id)) == 2


def test_what_a_person_opened_again_stays_open(db: Any, owner: Any) -> None:
    """Until what closes it is over anew, or is another thing. Meanwhile nothing is written down, so that it goes quiet."""
    one = make_objective(owner_id=owner.id, quiet_days=30)
    event(db, "held", -1)
    event(db, "early", -3)
    row = make_milestone(one, closes="event:held")
    db.session.commit()
    assert looking.close_milestones(NOW) == 1
    services.tick(row.id, False, owner.id, NOW)
    db.session.commit()
    later = NOW + timedelta(days=40)
    assert [looking.close_milestones(later), looking.warn(later)] == [0, 1]
    assert db.session.get_one(Objective, one.id).news_at == NOW
    moved = db.session.scalars(sa.select(Event).where(Event.slug == "held")).one()
    moved.ends_at = NOW + timedelta(days=41)
    db.session.commit()
    assert [looking.close_milestones(NOW + timedelta(days=day)) for day in (40, 41)] == [0, 1]
    services.tick(row.id, False, owner.id, NOW + timedelta(days=42))
    other = MilestoneSpec(row.id, row.title, None, None, "event:early", False)
    spec = ObjectiveSpec(one.slug, one.title, "", one.starts_on, one.ends_on, 30, "the letter", owner.id, (), (other,))
    services.change(one.id, spec, owner.id, NOW + timedelta(days=42))
    assert looking.close_milestones(NOW + timedelta(days=42)) == 1


def test_a_campaign_that_was_ended_early_closes_a_milestone_once(db: Any, owner: Any) -> None:
    campaign = make_campaign("early", starts_at=BEGAN, ends_at=NOW + timedelta(days=30), state="ended")
    db.session.add(CampaignState(campaign_id=campaign.id, state="ended", reason="Done", at=NOW - timedelta(days=1)))
    row = make_milestone(make_objective(owner_id=owner.id), closes="campaign:early")
    db.session.commit()
    assert looking.close_milestones(NOW) == 1
    assert row.done_at == NOW - timedelta(days=1)
    services.tick(row.id, False, owner.id, NOW)
    assert looking.close_milestones(NOW + timedelta(days=1)) == 0
