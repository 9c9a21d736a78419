"""Over to the version of today: nobody is held for ever by what was wrong in an older one."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.activities.models import Activity
from recognition.extensions import db
from recognition.quests import queries, rebuild
from recognition.quests.models import Enrolment, Quest, Review, StepDone
from recognition.quests.quizzes import question_key
from recognition.quests.services import crossing, publishing, reviewing, walking
from recognition.quests.sheets import QuestSheet, check
from tests.factories.quests import TEXT

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
THINK = {"slug": "think", "kind": "reflect", "title": "Think", "minutes": 2, "prompt": "What do you think?"}
READ = {"slug": "words", "kind": "read", "title": "Words", "minutes": 2, "file": "words.md"}
WRITE = {"slug": "write", "kind": "quiz", "title": "Write", "minutes": 2, "pass_mark": 1.0, "questions": [TEXT]}
DEED = {"slug": "deed", "kind": "do", "title": "A deed", "minutes": 5, "prompt": "Do it.", "tag": "did-it",
        "proof": {"count": {"tags_any": ["did-it"]}, "at_least": 1}}  # fmt: skip
NEVER = DEED | {"proof": {"count": {"tags_any": ["no-such-word"]}, "at_least": 1}}
Make = Callable[..., Any]


def sheet(*steps: dict[str, Any]) -> QuestSheet:
    data = {"slug": "one", "title": "One", "summary": "About it.", "family": "making", "minutes": 9, "position": 1}
    return check(data | {"steps": list(steps)}, lambda _name: "Words.")


def published(*steps: dict[str, Any]) -> Quest:
    quest = publishing.lay_out(sheet(*steps), NOW)
    publishing.publish(quest, sheet(*steps), "", NOW)
    return quest


def line(member: Any) -> queries.QuestLine:
    walk = queries.walk("one", member.id)
    assert walk is not None
    return walk.line


def test_a_proof_that_nobody_can_bring_holds_nobody_for_ever(client: FlaskClient, make_member: Make, sign_in: Any) -> None:
    quest, member = published(THINK, READ, NEVER), make_member()
    sign_in(client, member)
    walking.start(member, quest, NOW)
    walking.reflect(member, quest, quest.steps[0], "My thoughts.", NOW)
    db.session.commit()
    assert "as it is now" not in client.get("/quests/one").text
    publishing.publish(quest, sheet(THINK, READ | {"title": "Other words"}, DEED), "It can be done now.", NOW)
    db.session.commit()
    facts = sa.select(Activity.source_key).where(Activity.source == "quests").order_by(Activity.source_key)
    before = db.session.scalars(facts).all()
    assert "Walk it as it is now" in client.get("/quests/one").text
    for _twice in range(2):
        assert client.post("/quests/one/newest").location == "/quests/one"
    assert "as it is now" not in client.get("/quests/one").text
    db.session.expire_all()
    assert [(step.title, step.done) for step in line(member).steps] == [
        ("Think", True), ("Other words", False), ("A deed", False),
    ]  # fmt: skip
    assert (db.session.scalars(facts).all(), list(rebuild.check())) == (before, [])
    assert client.post("/quests/one/think", data={"text": "Other thoughts."}).status_code == 303
    client.post("/quests/one/words")
    told = {"text": "I did it.", "url": "", "visibility": "members"}
    assert client.post("/quests/one/deed", data=told).location.startswith("/quests/one/done")
    assert (line(member).state, list(rebuild.check())) == ("done", [])
    kept = sa.select(StepDone.answer).where(StepDone.step_id == line(member).steps[0].id)
    assert db.session.scalars(kept).all() == [{"carried": True, "text": "Other thoughts."}]


def test_where_the_step_in_the_way_is_gone_the_quest_is_done(app: Any, make_member: Make) -> None:
    quest, member = published(THINK, NEVER), make_member()
    walking.start(member, quest, NOW)
    walking.reflect(member, quest, quest.steps[0], "Mine.", NOW)
    assert crossing.walk_newest(member, quest, NOW) is False
    publishing.publish(quest, sheet(THINK), "", NOW)
    assert crossing.walk_newest(member, quest, NOW) is True
    assert (line(member).state, list(rebuild.check())) == ("done", [])
    assert crossing.walk_newest(member, quest, NOW) is False


def test_an_answer_goes_along_with_its_step_or_asks_for_no_reader(app: Any, make_member: Make) -> None:
    quest, rita = published(WRITE, NEVER), make_member("rita", roles=("reviewer",))
    ann, bob = make_member("ann"), make_member("bob")
    for member in (ann, bob):
        walking.start(member, quest, NOW)
        reviewing.hand_in(member, quest, quest.steps[0], question_key(TEXT), f"{member.handle}'s words.", NOW)
    publishing.publish(quest, sheet(WRITE, DEED), "", NOW)
    crossing.walk_newest(ann, quest, NOW)
    (first,) = db.session.scalars(sa.select(Review.id).where(Review.step_id == quest.steps[0].id)).all()
    assert (line(ann).waiting_slug, line(ann).next_slug) == ("write", "deed")
    assert reviewing.decide([first], rita, True, "", NOW).decided == [first]
    assert [step.done for step in line(ann).steps] == [True, False]
    publishing.publish(quest, sheet(DEED), "", NOW)
    crossing.walk_newest(bob, quest, NOW)
    told = sa.select(Enrolment.member_id, Review.state).join(Review, Review.enrolment_id == Enrolment.id).order_by(Review.id)
    assert [tuple(row) for row in db.session.execute(told)] == [(ann.id, "passed"), (bob.id, "dropped")]
    assert list(rebuild.check()) == []


def test_drawn_questions_are_drawn_anew(app: Any, make_member: Make) -> None:
    quiz = {"slug": "quiz", "kind": "quiz", "title": "Quiz", "minutes": 1, "pass_mark": 1.0, "draw": 1, "questions": [
        {"ask": f"{n}?", "right": "Yes", "wrong": ["No"], "hint": "H", "why": "W"} for n in range(4)]}  # fmt: skip
    quest, member = published(quiz, NEVER), make_member()
    enrolment = walking.start(member, quest, NOW)
    db.session.add(StepDone(enrolment_id=enrolment.id, step_id=quest.steps[0].id, answer={}, done_at=NOW))
    publishing.publish(quest, sheet(quiz, DEED), "", NOW)
    crossing.walk_newest(member, quest, NOW)
    assert [step.done for step in line(member).steps] == [False, False]
