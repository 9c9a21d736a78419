"""Mentors are an addition, never a gate: with all of them deleted everybody still hears each announcement, and every quest that
comes with the product can be finished."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.answering import answer as say
from recognition.activities.drain import drain
from recognition.activities.models import NamedPerson
from recognition.activities.rules import Report
from recognition.announcements.models import Notice
from recognition.campaigns import moving
from recognition.catalog import services as catalog
from recognition.catalog.bundles import templates
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.mentoring import queries
from recognition.mentoring.models import MentorAsk, MentorLink, MentorOffer
from recognition.mentoring.services import asks, links
from recognition.mentoring.waiting import locks
from recognition.news import jobs as news
from recognition.quests import forms
from recognition.quests.models import DO, QUIZ, READ, Enrolment, Quest, Review, Step
from recognition.quests.quizzes import TEXT, choices, drawn, is_test, kind_of, question_key, right_answer
from recognition.quests.services import answering, reviewing, trying, walking
from tests.factories.identity import make_member
from tests.factories.mentoring import live, make_mentor
from tests.factories.news import make_out

NOW = clock.utcnow()


SHIPPED = Path(catalog.__file__).parent


def catalogues() -> list[Path]:
    """Every one that comes with the product; campaigns that are half made have quests of their own."""
    return [one for one in sorted(SHIPPED.iterdir()) if (one / "quests").is_dir() or (one / "badges").is_dir()]


@pytest.fixture
def left_alone(db: Any) -> dict[str, Member]:
    """Three whose mentors are all gone, one of them with a question that was never answered."""
    for folder in catalogues():
        catalog.load(folder, NOW)
    cleo = make_member("cleo", roles=("council",))
    db.session.flush()
    for key in templates.KEYS:
        moving.move(templates.begin(key, NOW, cleo.id).campaign, "published", NOW, cleo.id)
    db.session.commit()
    mentors = [make_mentor(f"mentor-{number}") for number in range(2)]
    people = {name: make_member(name) for name in ("mia", "noa", "oda")}
    for place, person in enumerate(people.values()):
        links.choose(person, mentors[place % 2].id, NOW - timedelta(days=30))
    asks.ask(people["mia"], "Where do I begin?", NOW - timedelta(days=20))
    db.session.commit()
    for mentor in mentors:
        db.session.delete(mentor)
    db.session.commit()
    db.session.expire_all()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MentorOffer)) == 0
    assert {person.mentor_id for person in people.values()} == {None}
    return people | {"cleo": cleo}


def test_everybody_hears_each_announcement(db: Any, left_alone: dict[str, Member]) -> None:
    for number in range(2):
        one = make_out(f"News {number}", NOW, left_alone["cleo"].id)
        news.hand_out(one.id)
        db.session.commit()
    heard = sa.select(Member.handle, sa.func.count()).join(Notice, Notice.member_id == Member.id).where(Notice.kind == "news")
    rows = db.session.execute(heard.group_by(Member.handle)).all()
    assert {row[0]: row[1] for row in rows} == {"mia": 2, "noa": 2, "oda": 2, "cleo": 2}


def test_each_quest_can_be_finished(db: Any, left_alone: dict[str, Member]) -> None:
    mia, reviewer = left_alone["mia"], make_member("vera", roles=("reviewer",))
    db.session.commit()
    waiting = db.session.scalars(sa.select(Quest).where(Quest.state == "published").order_by(Quest.position)).all()
    assert {quest.slug for quest in waiting} == {sheet.parent.name for sheet in SHIPPED.rglob("quest.toml")}
    for quest in waiting:
        walking.start(mia, quest, NOW)
        for step in quest.steps:
            go(mia, quest, step, reviewer, left_alone["noa"])
            db.session.commit()
        drain()
    unfinished = sa.select(Quest.slug).join(Enrolment, Enrolment.quest_id == Quest.id).where(Enrolment.finished_at.is_(None))
    assert db.session.scalars(unfinished).all() == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == len(waiting)


def go(member: Member, quest: Quest, step: Step, reviewer: Member, friend: Member) -> None:
    if step.kind == READ:
        walking.read_step(member, quest, step, NOW)
    elif step.kind == QUIZ:
        answer(member, quest, step, reviewer)
    elif step.kind == DO:
        filter_ = step.data["proof"]["count"]
        tags = tuple(filter_.get("tags_any", ()))[:1]
        told = f"Did {step.slug} of {quest.slug}"
        report = Report(member.id, "tests", f"proof-{quest.slug}-{step.slug}", NOW, tags=tags, text=told)
        seen_by = [friend.id] if forms.asks_for_a_witness(step) else []
        walking.report_deed(member, quest, step, report, NOW, seen_by)
        named = sa.select(NamedPerson.activity_id).where(NamedPerson.member_id == friend.id, NamedPerson.answer.is_(None))
        for activity_id in database.session.scalars(named).all():
            say(activity_id, friend.id, True, NOW)
        database.session.commit()
        drain()
    else:
        walking.reflect(member, quest, step, "I think so.", NOW)


def answer(member: Member, quest: Quest, step: Step, reviewer: Member) -> None:
    enrolment_id = sa.select(Enrolment.id).where(Enrolment.quest_id == quest.id, Enrolment.member_id == member.id)
    turn = 1 if is_test(step.data) else 0
    questions = drawn(step.data, database.session.scalar(enrolment_id), step.id, turn)
    given = {question_key(one): values(one, member, step) for one in questions if kind_of(one) != TEXT}
    if is_test(step.data):
        trying.begin_try(member, quest, step, turn, False, NOW)
        trying.save_try(member, quest, step, turn, given, NOW)
        assert trying.hand_in_try(member, quest, step, turn, NOW).step_done
        return
    for key, chosen in given.items():
        answering.answer_question(member, quest, step, key, chosen, NOW)
    for one in questions:
        if kind_of(one) == TEXT:
            reviewing.hand_in(member, quest, step, question_key(one), "In my own words: we walk together.", NOW)
            open_ones = database.session.scalars(sa.select(Review.id).where(Review.state == "waiting")).all()
            reviewing.decide(open_ones, reviewer, True, "", NOW)


def values(question: Any, member: Member, step: Step) -> list[str]:
    """What a form would send for the right answer."""
    offered = {choice.label: choice.value for choice in choices(question, member.id, step.id)}
    right = right_answer(question)
    return [offered[right]] if isinstance(right, str) else [offered[label] for label in right or ()]


def test_a_question_that_was_left_goes_on_by_itself(db: Any, left_alone: dict[str, Member]) -> None:
    cleo = left_alone["cleo"]
    live(0, NOW)
    one = db.session.scalars(sa.select(MentorAsk)).one()
    assert (one.mentor_id, one.passed_on_at) == (None, NOW)
    assert db.session.scalar(sa.select(sa.func.count()).where(MentorLink.ended_at.is_(None))) == 0
    assert [lock.waiting for lock in locks(NOW)] == [1]
    assert [waits.words for waits in queries.pool(cleo, False, NOW).items] == ["Where do I begin?"]
    asks.answer(one.id, cleo, "With what you like", NOW)
    db.session.commit()
    assert list(locks(NOW)) == []
    assert db.session.scalar(sa.select(Notice.kind).where(Notice.member_id == left_alone["mia"].id)) == "mentor.passed_on"
