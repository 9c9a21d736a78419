"""A test by the clock: begun by a press, twice as long for whoever asks, kept as it goes, and nothing lost when it is up."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.extensions import db
from recognition.identity.services.merging import merge
from recognition.jobs.models import Job
from recognition.quests import jobs
from recognition.quests.models import Enrolment, Quest, StepDone
from recognition.quests.quiz_sheets import quiz
from recognition.quests.quizzes import choices, drawn, question_key
from recognition.quests.sheet_values import BadSheet
from recognition.quests.tries import GRACE
from tests.factories.identity import make_member
from tests.factories.quests import MULTIPLE, PAIRS, SINGLE, begin, make_quiz

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="session")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
POOL = [SINGLE | {"ask": f"Question {n}?"} for n in range(1, 5)]
URL = "/quests/first/quiz"


class Taker:
    """Takes a test of ten minutes on the page; `at` sets the clock of the house."""

    def __init__(self, client: FlaskClient, member: Any, quest: Quest, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client, self.member, self.quest, self.monkeypatch = client, member, quest, monkeypatch

    def at(self, **after: float) -> datetime:
        now = NOW + timedelta(**after)
        self.monkeypatch.setattr(clock, "utcnow", lambda: now)
        return now

    def chosen(self, right: int, of: int = 4, number: int = 1) -> dict[str, Any]:
        step = self.quest.steps[0]
        enrolment_id = db.session.scalars(sa.select(Enrolment.id).where(Enrolment.member_id == self.member.id)).one()
        found = {}
        for place, question in enumerate(drawn(step.data, enrolment_id, step.id, number)[:of]):
            offered = {one.label: one.value for one in choices(question, self.member.id, step.id)}
            found[question_key(question)] = offered["Right 1" if place < right else "Wrong 1a"]
        return found

    def send(self, number: int = 1, headers: Any = None, **data: Any) -> Any:
        return self.client.post(URL, data={"try": str(number), **data}, headers=headers)

    def page(self, again: str = "") -> str:
        return self.client.get(URL + again).text

    def kept(self) -> Any:
        db.session.expire_all()
        return db.session.scalars(sa.select(StepDone)).one()


@pytest.fixture
def taker(client: FlaskClient, ada: Any, monkeypatch: pytest.MonkeyPatch) -> Taker:
    quest = make_quiz("first", *POOL, mode="test", draw=4, pass_mark=0.75, tries_a_day=2, limit_minutes=10)
    begin(ada, quest)
    found = Taker(client, ada, quest, monkeypatch)
    found.at(hours=0)
    return found


def test_nothing_is_asked_before_the_press_and_the_press_twice_is_one(taker: Taker) -> None:
    page = taker.page()
    assert "There are 10 minutes for it" in page
    assert "I need more time: 20 minutes" in page
    assert ("<fieldset" in page, "Question 1?" in page) == (False, False)
    assert taker.send(begin="1").location == f"{URL}#quiz"
    taker.at(minutes=3)
    taker.send(begin="longer")
    page = taker.page()
    assert page.count("<fieldset") == 4
    assert 'data-countdown="420"' in page
    assert "at 12:10 UTC." in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job).where(Job.name == "quests.end_try")) == 1


def test_more_time_is_a_press_and_no_list_of_jobs_tells_of_it(taker: Taker) -> None:
    taker.send(begin="longer")
    assert "at 12:20 UTC." in taker.page()
    job = db.session.scalars(sa.select(Job).where(Job.name == "quests.end_try")).one()
    assert job.run_after == NOW + timedelta(minutes=20, seconds=61)
    assert set(job.args) == {"enrolment_id", "step_id", "number"}


def test_handed_in_in_time(taker: Taker) -> None:
    taker.send(begin="1")
    first = dict(list(taker.chosen(3).items())[:1])
    missing = taker.send(**first)
    assert (missing.status_code, "This one waits for an answer." in missing.text) == (422, True)
    assert re.search(rf'value="{next(iter(first.values()))}" checked', taker.page())
    assert taker.send(**taker.chosen(3)).status_code == 303
    assert "3 of 4 were right." in taker.page()
    assert (taker.kept().done_at is not None, "running" in taker.kept().answer) == (True, False)


def test_a_moment_after_the_end_still_counts_with_what_is_there(taker: Taker) -> None:
    taker.send(begin="1")
    taker.at(minutes=10, seconds=GRACE.total_seconds())
    assert "for a moment we still take it" in taker.page()
    taker.send(**taker.chosen(3, of=3))
    page = taker.page()
    assert "Passed" in page
    assert "You left it open." in page


def test_what_was_kept_counts_and_what_came_late_is_told(taker: Taker) -> None:
    taker.send(begin="1")
    in_time, all_right = taker.chosen(2, of=2), taker.chosen(4)
    assert taker.send(keep="1", headers={"HX-Request": "true"}, **in_time).status_code == 204
    taker.at(minutes=11, seconds=1)
    page = taker.page()
    assert "The time is up" in page
    assert "<fieldset" not in page
    assert taker.send(**all_right).status_code == 303
    page = taker.page()
    assert "2 of 4 were right." in page
    assert "what you had kept until then was counted" in page
    assert page.count("After the time you said: Right 1") == 2
    assert page.count("There was no answer to it in time.") == 2
    assert "1 try left today" in page
    assert "There are 10 minutes for it" in taker.page("?again=1")
    taker.send(**all_right)
    assert (taker.kept().answer["last"]["right"], taker.kept().answer["number"]) == (2, 1)


def test_without_script_it_is_kept_by_a_press(taker: Taker) -> None:
    taker.send(begin="1")
    assert taker.send(keep="1", **taker.chosen(1, of=1)).status_code == 303
    page = taker.page()
    assert "Kept. Go on, or hand it in." in page
    assert page.count(" checked") == 1
    taker.at(minutes=12)
    taker.send(keep="1", **taker.chosen(4))
    assert "what you had kept until then counts" in taker.page()
    taker.send()
    assert "1 of 4 were right." in taker.page()
    assert taker.page().count("After the time you said") == 3


def test_who_does_not_come_back_is_counted_by_the_job_once(taker: Taker) -> None:
    taker.send(begin="1")
    taker.send(keep="1", headers={"HX-Request": "true"}, **taker.chosen(3, of=3))
    job = db.session.scalars(sa.select(Job).where(Job.name == "quests.end_try")).one()
    taker.at(minutes=10)
    jobs.end_try(**job.args)
    assert "running" in taker.kept().answer
    taker.at(minutes=21, seconds=1)
    for _twice in range(2):
        jobs.end_try(**job.args)
        db.session.commit()
    kept = taker.kept()
    assert (kept.done_at is not None, kept.answer["right"], kept.answer["at"]) == (True, 3, ["2026-11-21T12:10:00+00:00"])
    assert "Passed" in taker.page()


def test_the_job_counts_nothing_for_who_went_on_or_is_away(taker: Taker) -> None:
    taker.send(begin="1")
    job = db.session.scalars(sa.select(Job).where(Job.name == "quests.end_try")).one()
    taker.at(hours=1)
    db.session.execute(sa.update(Enrolment).values(version=2))
    jobs.end_try(**job.args)
    db.session.execute(sa.update(Enrolment).values(version=1))
    taker.member.state = "suspended"
    db.session.flush()
    jobs.end_try(**job.args)
    jobs.end_try(**{**job.args, "enrolment_id": 999})
    assert "running" in taker.kept().answer


def test_two_tries_a_day_by_the_clock_too(taker: Taker) -> None:
    for number in (1, 2):
        taker.send(number, begin="1")
        taker.send(number, **taker.chosen(0, number=number))
    taker.send(3, begin="1")
    assert "The next try opens" in taker.page("?again=1")
    assert "running" not in taker.kept().answer


def test_pairs_that_are_half_done_are_kept_and_odd_values_are_not(client: FlaskClient, ada: Any) -> None:
    quest = make_quiz("first", PAIRS, mode="test", limit_minutes=5)
    begin(ada, quest)
    client.post(URL, data={"try": "1", "begin": "1"})
    one = choices(PAIRS, ada.id, quest.steps[0].id)[0]
    key = question_key(PAIRS)
    client.post(URL, data={"try": "1", "keep": "1", key: [one.value, "", ""]})
    assert client.get(URL).text.count(f'value="{one.value}" selected') == 1
    client.post(URL, data={"try": "1", "keep": "1", key: ["x" * 10_000] * 90})
    kept = db.session.scalars(sa.select(StepDone)).one().answer["running"]["sent"]
    assert kept == {key: [one.label, "", ""]}


def test_what_was_taken_back_is_not_counted(client: FlaskClient, ada: Any) -> None:
    quest = make_quiz("first", MULTIPLE, PAIRS, mode="test", limit_minutes=5)
    begin(ada, quest)
    client.post(URL, data={"try": "1", "begin": "1"})
    several, pairs = question_key(MULTIPLE), question_key(PAIRS)
    value, other = (choices(one, ada.id, quest.steps[0].id)[0].value for one in (MULTIPLE, PAIRS))
    client.post(URL, data={"try": "1", "keep": "1", several: ["", value], pairs: [other, "", ""]})
    page = client.get(URL).text
    assert (page.count(" checked"), page.count(f'value="{other}" selected')) == (1, 1)
    # The form says of each question that it is there, also where nothing is chosen.
    assert f'<input type="hidden" name="{several}" value="">' in page
    client.post(URL, data={"try": "1", "keep": "1", several: "", pairs: ["", "", ""]})
    page = client.get(URL).text
    assert (page.count(" checked"), page.count(f'value="{other}" selected')) == (0, 0)
    assert 'hx-sync="queue last"' in page  # else a choice that is made while another is on its way would be dropped


def test_what_was_chosen_stays_when_two_rows_of_one_person_become_one(taker: Taker) -> None:
    taker.send(begin="1")
    taker.send(keep="1", **taker.chosen(3, of=3))
    merge(taker.member, make_member("new"), None, "One person, two lists", NOW)
    db.session.commit()
    job = db.session.scalars(sa.select(Job).where(Job.name == "quests.end_try")).one()
    taker.at(minutes=21, seconds=1)
    jobs.end_try(**job.args)
    assert (taker.kept().done_at is not None, taker.kept().answer["right"]) == (True, 3)


def test_a_guest_sees_how_long_it_takes_and_no_question(client: FlaskClient, app: Any) -> None:
    make_quiz("first", *POOL, mode="test", limit_minutes=10)
    db.session.commit()
    page = client.get(URL).text
    assert ("There are 10 minutes for it" in page, "Question 1?" in page, 'name="begin"' in page) == (True, False, False)


@pytest.mark.parametrize(
    "data", [{"limit_minutes": 5}, {"mode": "test", "limit_minutes": 0}, {"mode": "test", "limit_minutes": 241}]
)
def test_a_limit_belongs_to_a_test(data: dict[str, Any]) -> None:
    with pytest.raises(BadSheet, match="limit_minutes"):
        quiz({"questions": [SINGLE], **data}, "steps[0]")
