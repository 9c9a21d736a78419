"""Walking a quest, once and again, alone and in two tabs, until the log tells it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.activities import drain
from recognition.activities.models import Activity
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.quests import reactions
from recognition.quests.models import Enrolment, Quest, StepDone
from recognition.quests.quizzes import choices, question_key
from recognition.quests.rules import BadAnswer, QuestLocked, TooEarly
from recognition.quests.services import answering
from recognition.quests.services import walking as services
from tests.factories.activities import make_activity, make_report
from tests.factories.quests import QUESTIONS, make_quest

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ONE, TWO = (question_key(question) for question in QUESTIONS)


@pytest.fixture
def reacting(app: Flask) -> Any:
    """The drain with quests alone."""
    before = app.extensions["reactions"]
    app.extensions["reactions"] = [reactions.advance]
    yield
    app.extensions["reactions"] = before


def value_of(quest: Quest, step: int, number: int, label: str, member: Member) -> list[str]:
    """What the form sends for an answer."""
    found = choices(QUESTIONS[number], member.id, quest.steps[step].id)
    return [choice.value for choice in found if choice.label == label]


def facts() -> list[tuple[str, str]]:
    rows = database.session.execute(sa.select(Activity.kind, Activity.source_key).where(Activity.source == "quests"))
    return sorted((row.kind, row.source_key) for row in rows)


def test_a_whole_quest_is_told_by_the_log(app: Any, make_member: Callable[..., Any]) -> None:
    member, quest = make_member(), make_quest()
    read, quiz, reflect, do = quest.steps
    enrolment = services.start(member, quest, NOW)
    assert services.read_step(member, quest, read, NOW) == services.Moved(step_done=True)
    answer = answering.answer_question
    assert answer(member, quest, quiz, ONE, value_of(quest, 1, 0, "Wrong 1b", member), NOW).right is False
    assert answer(member, quest, quiz, ONE, value_of(quest, 1, 0, "Right 1", member), NOW).step_done is False
    last = answer(member, quest, quiz, TWO, value_of(quest, 1, 1, "Right 2", member), NOW)
    assert last == services.Moved(step_done=True, right=True)
    services.reflect(member, quest, reflect, "A private thought.", NOW)
    moved = services.report_deed(member, quest, do, make_report(member.id, tags=("did-it",)), LATER)
    assert (moved.step_done, moved.quest_done) == (True, True)
    database.session.commit()

    e = enrolment.id
    assert facts() == sorted([
        ("quest.step", f"step:{e}:{read.id}"), ("quest.step", f"step:{e}:{quiz.id}"),
        ("quest.step", f"step:{e}:{reflect.id}"), ("reflection", f"reflection:{e}:{reflect.id}"),
        ("quest.step", f"step:{e}:{do.id}"), ("quest.finished", f"finished:{e}"),
    ])  # fmt: skip
    row = database.session.scalars(sa.select(Activity).where(Activity.kind == "quest.finished")).one()
    assert (row.member_id, row.object, row.campaign, row.evidence, row.visibility, row.occurred_at, row.text) == (
        member.id, "quest:first", "spring", 1, "members", LATER, "",
    )  # fmt: skip
    answers = {r.step_id: r.answer for r in database.session.execute(sa.select(StepDone.step_id, StepDone.answer))}
    assert answers[quiz.id] == {"tries": {ONE: ["Wrong 1b", "Right 1"], TWO: ["Right 2"]}, "right": 1, "asked": 2}
    assert answers[reflect.id] == {"text": "A private thought."}
    assert database.session.scalars(sa.select(Enrolment.finished_at)).all() == [LATER]


def test_the_log_never_holds_a_reflection(app: Any, make_member: Callable[..., Any]) -> None:
    member, quest = make_member(), make_quest(kinds=("reflect",))
    services.start(member, quest, NOW)
    services.reflect(member, quest, quest.steps[0], "SECRET-THOUGHT", NOW)
    services.reflect(member, quest, quest.steps[0], "SECRET-THOUGHT anew", LATER)
    rows = database.session.execute(sa.select(Activity.text, Activity.data, Activity.object, Activity.source_key)).all()
    assert len(rows) == 3
    assert not any("SECRET" in str(row) for row in rows)
    done = database.session.scalars(sa.select(StepDone)).one()
    assert (done.answer, done.done_at) == ({"text": "SECRET-THOUGHT anew"}, NOW)


def test_everything_may_be_said_twice(app: Any, make_member: Callable[..., Any]) -> None:
    member, quest = make_member(), make_quest(kinds=("read", "do"))
    read, do = quest.steps
    assert services.start(member, quest, NOW).id == services.start(member, quest, LATER).id
    for _time in range(2):
        assert services.read_step(member, quest, read, NOW).step_done is True
    first = services.report_deed(member, quest, do, make_report(member.id, tags=("did-it",)), NOW)
    again = services.report_deed(member, quest, do, make_report(member.id, tags=("did-it",)), LATER)
    assert (first.quest_done, again.quest_done, again.step_done) == (True, False, True)
    assert [kind for kind, _key in facts()] == ["quest.finished", "quest.step", "quest.step"]


def test_steps_are_taken_in_order(app: Any, make_member: Callable[..., Any]) -> None:
    member, quest = make_member(), make_quest()
    with pytest.raises(TooEarly) as not_begun:
        services.read_step(member, quest, quest.steps[0], NOW)
    services.start(member, quest, NOW)
    with pytest.raises(TooEarly) as ahead:
        services.reflect(member, quest, quest.steps[2], "Too soon", NOW)
    assert (not_begun.value.step_slug, ahead.value.step_slug) == (None, "read")
    assert facts() == []


def test_a_locked_quest_opens_when_its_prerequisite_is_finished(app: Any, make_member: Callable[..., Any]) -> None:
    member = make_member()
    first = make_quest("first", kinds=("read",))
    second = make_quest("second", kinds=("read",), requires={"finished": "first"})
    with pytest.raises(QuestLocked) as shut:
        services.start(member, second, NOW)
    assert (shut.value.progress.done, shut.value.progress.goal) == (0, 1)
    with pytest.raises(QuestLocked):
        services.read_step(member, second, second.steps[0], NOW)
    services.start(member, first, NOW)
    services.read_step(member, first, first.steps[0], NOW)
    assert services.start(member, second, NOW).member_id == member.id


@pytest.mark.parametrize(("key", "value", "field"), [("nothing", "x", "question"), (ONE, "x", "choice")])
def test_what_is_not_on_the_list_is_no_answer(
    app: Any, make_member: Callable[..., Any], key: str, value: str, field: str
) -> None:
    member, quest = make_member(), make_quest(kinds=("quiz",))
    services.start(member, quest, NOW)
    with pytest.raises(BadAnswer) as fault:
        answering.answer_question(member, quest, quest.steps[0], key, [value], NOW)
    assert fault.value.field == field


def test_a_deed_that_does_not_fit_is_kept_but_proves_nothing(app: Any, make_member: Callable[..., Any]) -> None:
    member, quest = make_member(), make_quest(kinds=("do",))
    services.start(member, quest, NOW)
    moved = services.report_deed(member, quest, quest.steps[0], make_report(member.id, tags=("other",)), NOW)
    assert moved.step_done is False
    assert moved.progress is not None
    assert (moved.progress.done, moved.progress.goal) == (0, 1)
    assert database.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 1


def test_deeds_from_before_count(app: Any, make_member: Callable[..., Any]) -> None:
    member, quest = make_member(), make_quest(kinds=("do",))
    make_activity(member.id, tags=("did-it",))
    services.start(member, quest, NOW)
    assert services.count_deeds(member, quest, quest.steps[0], NOW).quest_done is True
    assert services.count_deeds(member, quest, quest.steps[0], NOW) == services.Moved(step_done=True)


def test_the_drain_takes_the_step_for_those_who_stand_before_it(app: Any, reacting: Any, make_member: Callable[..., Any]) -> None:
    quest = make_quest(kinds=("read", "do"))
    here, not_yet, elsewhere, guest = (make_member(name) for name in ("here", "not-yet", "elsewhere", "guest"))
    for person in (here, not_yet, elsewhere):
        services.start(person, quest, NOW)
    for person in (here, elsewhere):
        services.read_step(person, quest, quest.steps[0], NOW)
    for person in (here, not_yet, guest):
        make_activity(person.id, tags=("did-it",))
    make_activity(elsewhere.id, tags=("something",))
    database.session.commit()
    drain.drain()
    finished = sa.select(Enrolment.member_id).where(Enrolment.finished_at.is_not(None))
    assert database.session.scalars(finished).all() == [here.id]
    assert [kind for kind, _key in facts()] == ["quest.finished", "quest.step", "quest.step", "quest.step"]
    before = facts()
    make_activity(here.id, tags=("did-it",))
    database.session.commit()
    drain.drain()
    assert facts() == before


def test_two_deeds_in_a_row_are_taken_at_once(app: Any, reacting: Any, make_member: Callable[..., Any]) -> None:
    member, quest = make_member(), make_quest(kinds=("do", "do"))
    services.start(member, quest, NOW)
    make_activity(member.id, tags=("did-it",))
    database.session.commit()
    drain.drain()
    assert [kind for kind, _key in facts()] == ["quest.finished", "quest.step", "quest.step"]


def test_the_drain_asks_as_much_for_one_as_for_many(
    app: Any, reacting: Any, make_member: Callable[..., Any], count_queries: Callable[[], Any]
) -> None:
    quest = make_quest(kinds=("do",))
    counts = []
    for round_number, people in enumerate((1, 2, 12)):
        for person in range(people):
            member = make_member(f"m{round_number}-{person}")
            services.start(member, quest, NOW)
            make_activity(member.id, tags=("did-it",))
        database.session.commit()
        with count_queries() as seen:
            drain.drain()
        counts.append([statement.split("(")[0] for statement in seen])
    assert counts[1] == counts[2]  # the very first batch also writes down the new kinds
    assert database.session.scalar(sa.select(sa.func.count()).where(Enrolment.finished_at.is_not(None))) == 15


def test_two_tabs_finish_a_step_once(app: Flask, make_member: Callable[..., Any]) -> None:
    member, quest = make_member(), make_quest(kinds=("read",))
    services.start(member, quest, NOW)
    ids = (member.id, quest.id)
    database.session.commit()
    together = threading.Barrier(4)
    finishes: list[bool] = []

    def tab() -> None:
        with app.app_context():
            together.wait(10)
            own_member, own_quest = database.session.get(Member, ids[0]), database.session.get(Quest, ids[1])
            step = own_quest.steps[0]
            finishes.append(services.read_step(own_member, own_quest, step, NOW).quest_done)
            database.session.commit()

    tabs = [threading.Thread(target=tab) for _ in range(4)]
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join(30)
    assert sorted(finishes) == [False, False, False, True]
    assert [kind for kind, _key in facts()] == ["quest.finished", "quest.step"]


def test_a_drain_and_a_person_prove_one_step_once(app: Flask, reacting: Any, make_member: Callable[..., Any]) -> None:
    member, quest = make_member(), make_quest(kinds=("do",))
    services.start(member, quest, NOW)
    make_activity(member.id, tags=("did-it",))
    ids = (member.id, quest.id)
    database.session.commit()
    together = threading.Barrier(2)

    def person() -> None:
        with app.app_context():
            together.wait(10)
            own_member, own_quest = database.session.get(Member, ids[0]), database.session.get(Quest, ids[1])
            step = own_quest.steps[0]
            services.count_deeds(own_member, own_quest, step, NOW)
            database.session.commit()

    def worker() -> None:
        with app.app_context():
            together.wait(10)
            drain.drain()

    both = [threading.Thread(target=person), threading.Thread(target=worker)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(30)
    drain.drain()
    assert [kind for kind, _key in facts()] == ["quest.finished", "quest.step"]
