"""How quizzes are drawn and marked, and how each kind of question is answered on the page."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from recognition import clock
from recognition.extensions import db
from recognition.quests import quizzes
from recognition.quests.models import Enrolment, Quest, StepDone
from recognition.quests.quizzes import choices, drawn, mark_quiz, question_key, read_given, right_answer
from recognition.quests.rules import BadAnswer
from recognition.quests.services import answering, walking
from tests.factories.quests import MULTIPLE, PAIRS, QUESTIONS, SINGLE, TEXT, begin, make_quiz

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
POOL = [SINGLE | {"ask": f"Question {n}?"} for n in range(10)]
Make = Callable[..., Any]


def values(question: dict[str, Any], labels: list[str], member: Any, quest: Quest) -> list[str]:
    """What the form sends for these labels, in their order."""
    found = {choice.label: choice.value for choice in choices(question, member.id, quest.steps[0].id)}
    return [found[label] for label in labels]


@pytest.mark.parametrize(
    ("question", "labels", "right"),
    [
        (SINGLE, ["Right 1"], True), (SINGLE, ["Wrong 1a"], False),
        (MULTIPLE, ["Fits B", "Fits A"], True), (MULTIPLE, ["Fits A"], False), (MULTIPLE, ["Fits A", "Fits B", "Not C"], False),
        (PAIRS, ["Meow", "Woof", "Moo"], True), (PAIRS, ["Woof", "Meow", "Moo"], False),
        (PAIRS, ["Meow", "Woof", "Quack"], False),
        (PAIRS, ["Meow", "Meow", "Meow"], False),
    ],
)  # fmt: skip
def test_each_kind_knows_what_fits(question: dict[str, Any], labels: list[str], right: bool) -> None:
    by_label = {choice.label: choice.value for choice in choices(question, 3, 7)}
    assert (read_given(question, [by_label[label] for label in labels], 3, 7) == right_answer(question)) is right


@pytest.mark.parametrize(
    ("question", "sent"),
    [(SINGLE, []), (SINGLE, ["x"]), (MULTIPLE, []), (MULTIPLE, ["x"]), (PAIRS, ["x"]), (PAIRS, ["", "", ""])],
)
def test_what_is_not_offered_is_no_answer(question: dict[str, Any], sent: list[str]) -> None:
    with pytest.raises(BadAnswer):
        read_given(question, sent, 3, 7)
    if question is not MULTIPLE:
        two = [choice.value for choice in choices(question, 3, 7)][:2]
        with pytest.raises(BadAnswer):
            read_given(question, two, 3, 7)


@given(st.integers(1, 10), st.integers(1, 10**6), st.integers(0, 50))
def test_a_draw_holds_so_many_and_stays_the_same_until_the_try_ends(draw: int, whose: int, number: int) -> None:
    data = {"questions": POOL, "draw": draw, "mode": "test"}
    mine = drawn(data, whose, 7, number)
    assert mine == drawn(data, whose, 7, number)
    assert len({question["ask"] for question in mine}) == draw
    assert all(question in POOL for question in mine)


def test_draws_differ_by_person_and_by_try_and_leave_nothing_out() -> None:
    data = {"questions": POOL, "draw": 3, "mode": "test"}
    by_person = {tuple(q["ask"] for q in drawn(data, whose, 7)) for whose in range(60)}
    by_try = {tuple(q["ask"] for q in drawn(data, 1, 7, number)) for number in range(60)}
    assert len(by_person) > 40
    assert len(by_try) > 40
    assert {ask for asks in by_person for ask in asks} == {question["ask"] for question in POOL}


def test_without_a_draw_the_order_is_the_authors_and_texts_come_last() -> None:
    asks = [question["ask"] for question in drawn({"questions": [TEXT, *QUESTIONS]}, 5, 7)]
    assert asks == ["Question 1?", "Question 2?", "What would you say?"]


@pytest.mark.parametrize(
    ("right", "asked", "mark", "passes"), [(7, 10, 0.7, True), (6, 10, 0.7, False), (3, 3, 1.0, True), (1, 3, 1 / 3, True)]
)
def test_the_pass_mark_is_exact(right: int, asked: int, mark: float, passes: bool) -> None:
    assert quizzes.enough(right, asked, mark) is passes


def test_a_text_waits_without_holding_up_the_others() -> None:
    questions = [SINGLE, TEXT]
    key, text = question_key(SINGLE), question_key(TEXT)
    begun = mark_quiz(questions, {}, {})
    handed = mark_quiz(questions, {key: ["Right 1"]}, {text: "waiting"})
    back = mark_quiz(questions, {key: ["Right 1"]}, {text: "returned"})
    passed = mark_quiz(questions, {key: ["Right 1"]}, {text: "passed"})
    assert [r.current and r.current.key for r in (begun, handed, back, passed)] == [key, None, text, None]
    assert [(r.is_waiting, r.is_handed, r.all_right) for r in (begun, handed, back, passed)] == [
        (False, False, False), (True, True, False), (False, True, False), (False, True, True),
    ]  # fmt: skip


def test_several_answers_and_pairs_are_taken_on_the_page(client: FlaskClient, ada: Any) -> None:
    quest = make_quiz("first", MULTIPLE, PAIRS)
    begin(ada, quest)
    page = client.get("/quests/first/quiz").text
    assert page.count('type="checkbox"') == 4
    m, p = question_key(MULTIPLE), question_key(PAIRS)
    some = client.post("/quests/first/quiz", data={"question": m, "choice": values(MULTIPLE, ["Fits A"], ada, quest)})
    page = client.get(some.location).text
    assert "Hint M" in page
    assert "c-quiz-choice--right" not in page
    assert "Why M" not in page
    both = client.post("/quests/first/quiz", data={"question": m, "choice": values(MULTIPLE, ["Fits A", "Fits B"], ada, quest)})
    assert "Why M" in client.get(both.location).text
    page = client.get("/quests/first/quiz").text
    assert (page.count("<select"), page.count("<option")) == (3, 15)
    two = client.post("/quests/first/quiz", data={"question": p, "choice": values(PAIRS, ["Meow", "Woof", "Quack"], ada, quest)})
    page = client.get(two.location).text
    assert "2 of them fit." in page
    assert "Why P" not in page
    assert client.post("/quests/first/quiz", data={"question": p, "choice": ["", "", ""]}).status_code == 422
    right = client.post("/quests/first/quiz", data={"question": p, "choice": values(PAIRS, ["Meow", "Woof", "Moo"], ada, quest)})
    assert "Why P" in client.get(right.location).text
    told = client.get("/quests/first/quiz").text
    assert "Cat → Meow" in told
    kept = db.session.scalars(sa.select(StepDone)).one()
    assert (kept.done_at is not None, kept.answer["right"], kept.answer["asked"]) == (True, 0, 2)


def test_pairs_and_boxes_tell_nothing_before_they_are_answered(client: FlaskClient, ada: Any) -> None:
    begin(ada, make_quiz("first", MULTIPLE, PAIRS))
    boxes = re.findall(r'<label class="c-quiz-choice.*?</label>', client.get("/quests/first/quiz").text, re.DOTALL)
    shapes = {re.sub(r'value="[0-9a-f]{12}"|(Fits|Not) [ABCD]', "", box) for box in boxes}
    assert (len(boxes), len(shapes)) == (4, 1)
    guest = client.application.test_client().get("/quests/first/quiz").text
    assert "Why M" not in guest
    assert "Hint M" not in guest


class Taker:
    """Takes a test on the page."""

    def __init__(self, client: FlaskClient, member: Any, quest: Quest) -> None:
        self.client, self.member, self.quest = client, member, quest

    def questions(self, number: int) -> list[dict[str, Any]]:
        enrolment_id = db.session.scalars(sa.select(Enrolment.id).where(Enrolment.member_id == self.member.id)).one()
        return drawn(self.quest.steps[0].data, enrolment_id, self.quest.steps[0].id, number)

    def take(self, number: int, right: int) -> Any:
        data: dict[str, Any] = {"try": str(number)}
        for place, question in enumerate(self.questions(number)):
            wanted = "Right 1" if place < right else "Wrong 1a"
            data[question_key(question)] = values(question, [wanted], self.member, self.quest)
        return self.client.post("/quests/first/quiz", data=data)


@pytest.fixture
def taker(client: FlaskClient, ada: Any) -> Taker:
    quest = make_quiz("first", *POOL, mode="test", draw=4, pass_mark=0.75, tries_a_day=2)
    begin(ada, quest)
    return Taker(client, ada, quest)


def test_a_test_is_taken_as_a_whole_and_told_with_its_whys(taker: Taker) -> None:
    page = taker.client.get("/quests/first/quiz").text
    assert page.count("<fieldset") == 4
    assert "passed with 3 right answers" in page
    assert "2 tries left today" in page
    assert "Why 1" not in page
    assert taker.take(1, right=2).status_code == 303
    page = taker.client.get("/quests/first/quiz").text
    assert "2 of 4 were right." in page
    assert page.count("Why 1") == 4
    assert "1 try left today, with questions drawn anew" in page
    again = taker.client.get("/quests/first/quiz?again=1").text
    asked = {question["ask"] for question in taker.questions(2)}
    assert set(re.findall(r"Question \d\?", again)) == asked
    assert "Why 1" not in again


def test_the_same_try_sent_twice_counts_once(taker: Taker) -> None:
    for _twice in range(2):
        taker.take(1, right=0)
    assert db.session.scalars(sa.select(StepDone)).one().answer["number"] == 1


def test_a_question_without_an_answer_loses_nothing(taker: Taker) -> None:
    first, *rest = taker.questions(1)
    chosen = values(first, ["Wrong 1b"], taker.member, taker.quest)
    answer = taker.client.post("/quests/first/quiz", data={"try": "1", question_key(first): chosen})
    assert answer.status_code == 422
    assert re.search(rf'value="{chosen[0]}" checked', answer.text)
    assert "This one waits for an answer." in answer.text
    assert db.session.scalars(sa.select(StepDone)).all() == []
    assert len(rest) == 3


def test_after_the_last_try_the_page_says_when_the_next_one_opens(taker: Taker) -> None:
    quest, member, step = taker.quest, taker.member, taker.quest.steps[0]

    def fail(number: int, at: datetime) -> Any:
        wrong = {question_key(q): values(q, ["Wrong 1a"], member, quest) for q in taker.questions(number)}
        return answering.take_test(member, quest, step, number, wrong, at)

    now = clock.utcnow()
    fail(1, now - timedelta(hours=23))
    fail(2, now - timedelta(hours=2))
    db.session.commit()
    with pytest.raises(quizzes.TriesUsedUp) as used:
        fail(3, now)
    assert used.value.opens_at == now + timedelta(hours=1)
    page = taker.client.get("/quests/first/quiz?again=1").text
    assert "The next try opens" in page
    assert "<fieldset" not in page
    assert taker.take(3, right=4).location == "/quests/first/quiz"
    assert db.session.scalars(sa.select(StepDone)).one().answer["number"] == 2
    assert fail(3, now + timedelta(hours=1)).right is False
    with pytest.raises(quizzes.TriesUsedUp) as used:
        fail(4, now + timedelta(hours=1))
    assert used.value.opens_at == now + timedelta(hours=22)


def test_a_passed_test_is_done(taker: Taker) -> None:
    answer = taker.take(1, right=3)
    page = taker.client.get(answer.location).text
    assert "Passed" in page
    assert "3 of 4 were right." in page
    kept = db.session.scalars(sa.select(StepDone)).one()
    assert (kept.done_at is not None, kept.answer["right"], kept.answer["asked"]) == (True, 3, 4)
    assert taker.take(2, right=0).status_code == 303
    db.session.expire_all()
    assert db.session.scalars(sa.select(StepDone)).one().answer["number"] == 1


def test_a_learning_quiz_takes_only_what_was_drawn(app: Any, make_member: Make) -> None:
    member, quest = make_member(), make_quiz("first", *POOL, draw=2)
    step = quest.steps[0]
    enrolment = walking.start(member, quest, NOW)
    mine = drawn(step.data, enrolment.id, step.id)
    other = next(question for question in POOL if question not in mine)
    with pytest.raises(BadAnswer):
        answering.answer_question(member, quest, step, question_key(other), values(other, ["Right 1"], member, quest), NOW)
    for question in mine:
        moved = answering.answer_question(
            member, quest, step, question_key(question), values(question, ["Right 1"], member, quest), NOW
        )
    assert (moved.step_done, moved.quest_done, moved.right) == (True, True, True)


def test_a_test_is_not_answered_one_by_one(app: Any, make_member: Make) -> None:
    member, quest = make_member(), make_quiz("first", SINGLE, mode="test")
    walking.start(member, quest, NOW)
    with pytest.raises(BadAnswer):
        answering.answer_question(
            member, quest, quest.steps[0], question_key(SINGLE), values(SINGLE, ["Right 1"], member, quest), NOW
        )
    plain = make_quiz("second", SINGLE)
    walking.start(member, plain, NOW)
    with pytest.raises(BadAnswer):
        answering.take_test(member, plain, plain.steps[0], 1, {}, NOW)
