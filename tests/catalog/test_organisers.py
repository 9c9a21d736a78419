"""The quests by which whoever organises learns these tools: whole, open to all, last in the list, and passed on to somebody."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.answering import answer
from recognition.activities.drain import drain
from recognition.activities.models import Activity, NamedPerson
from recognition.badges.models import Award, Badge
from recognition.catalog.services import MDM, ORGANISERS, load
from recognition.identity.models import Member
from recognition.mentoring.services import links
from recognition.quests.models import Enrolment, Quest, Step, StepDone
from recognition.quests.queries import quests_for
from recognition.quests.services import walking
from tests.factories.identity import make_member
from tests.factories.mentoring import make_mentor
from tests.identity.pages import send, words

NOW = datetime(2026, 5, 1, tzinfo=UTC)
STEPS = ["read", "read", "quiz", "reflect", "do"]


def test_they_come_beside_the_others_and_after_them(db: Any) -> None:
    load(MDM, NOW)
    others = [line.slug for line in quests_for(None)]
    loaded = load(ORGANISERS, NOW)
    assert loaded["quests"] == ["coaching", "launch-a-campaign", "run-a-fair-vote", "write-a-quest"]
    assert sorted(loaded["badges"]) == loaded["quests"]
    lines = quests_for(None)
    assert [line.slug for line in lines] == [*others, "launch-a-campaign", "write-a-quest", "run-a-fair-vote", "coaching"]
    for line in lines[len(others) :]:
        steps = STEPS if line.slug == "coaching" else [*STEPS, "do"]
        assert (line.state, [step.kind for step in line.steps]) == ("open", steps)
        assert sum(step.minutes for step in line.steps) == line.minutes
    assert load(ORGANISERS, NOW) == loaded


def last_step(db: Any, member: Member, slug: str) -> Quest:
    """Brings them before the step in which it is passed on."""
    quest = db.session.scalars(sa.select(Quest).where(Quest.slug == slug)).one()
    walking.start(member, quest, NOW)
    enrolment = db.session.scalars(sa.select(Enrolment.id).where(Enrolment.member_id == member.id)).one()
    steps = db.session.scalars(sa.select(Step).where(Step.quest_id == quest.id).order_by(Step.position)).all()
    db.session.add_all(StepDone(enrolment_id=enrolment, step_id=step.id, done_at=NOW, answer={}) for step in steps[:-1])
    db.session.commit()
    return quest


def test_it_is_passed_on_when_the_pupil_says_so_and_the_pin_stands_on_the_mentors_card(
    client: Any, sign_in: Any, db: Any
) -> None:
    load(ORGANISERS, NOW)
    ada, mia, path = make_mentor("ada"), make_member("mia"), "/quests/coaching/one-talk"
    last_step(db, ada, "coaching")
    sign_in(client, ada)
    told = {"text": "I asked four questions and held my tongue", "visibility": "members"}
    refused = send(client, path, path, **told, seen="@nobody-here")
    assert "We know nobody called @nobody-here" in words(refused.text)
    assert "I asked four questions" in refused.text
    assert db.session.scalar(sa.select(sa.func.count()).where(Activity.text == told["text"])) == 0
    for _turn in range(2):
        send(client, path, path, **told, seen=" @Mia ")
    drain()
    deed = db.session.scalars(sa.select(NamedPerson)).one()
    assert (deed.member_id, deed.role) == (mia.id, "seen")
    page = words(client.get(path).text)
    assert "It waits for a yes of somebody who was there I asked four questions and held my tongue" in page
    answer(deed.activity_id, mia.id, True, clock.utcnow())
    db.session.commit()
    drain()
    assert db.session.scalars(sa.select(Enrolment.finished_at)).one() is not None
    award = db.session.scalars(sa.select(Award).join(Badge).where(Badge.slug == "coaching")).one()
    assert (award.member_id, award.shown) == (ada.id, True)

    visitor = client.application.test_client()
    sign_in(visitor, mia)
    assert "Good Questions" in visitor.get("/me/mentor/choose").text
    links.choose(mia, ada.id, clock.utcnow())
    db.session.commit()
    assert f"/awards/{award.key}" in visitor.get("/me/mentor").text
    award.shown = False
    db.session.commit()
    assert "Good Questions" not in visitor.get("/me/mentor").text
    links.leave(mia.id, clock.utcnow())
    db.session.commit()
    assert "Good Questions" not in visitor.get("/me/mentor/choose").text
