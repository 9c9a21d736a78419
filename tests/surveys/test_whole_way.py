"""The way of a survey: drafted, let go, drawn up, answered, closed, told."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.activities import audience
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.jobs.models import Job
from recognition.surveys import jobs, results
from recognition.surveys.bounds.hiding import Told
from recognition.surveys.freezing import is_whole
from recognition.surveys.models import Survey, SurveyAnswer, SurveyPerson
from recognition.surveys.queries import waiting_for
from recognition.surveys.rules import BadSurvey, NotAllowed, Said, WrongState, digest
from recognition.surveys.services import closing, making, moving, opening, telling
from recognition.surveys.services.answering import answer
from tests.factories.activities import make_activity
from tests.factories.identity import make_member
from tests.factories.surveys import (
    CLAIM,
    NOW,
    close_survey,
    days,
    make_people,
    make_spec,
    make_survey,
    open_survey,
    say,
    work_off,
)


@pytest.fixture(autouse=True)
def today(app: Flask) -> Any:
    with clock.as_of(NOW):
        yield


def roll(db: Any) -> dict[int, str]:
    return {row.member_id: row.stratum for row in db.session.scalars(sa.select(SurveyPerson))}


def test_the_founding_case_from_the_first_draft_to_the_result(db: Any) -> None:
    people = make_people(100)
    survey = open_survey(make_survey(questions=(CLAIM,)))
    assert (survey.state, survey.roll_size) == ("open", 100)
    say(survey, people[:60], "yes")
    say(survey, people[60:65], "no")
    say(survey, people[65:70], "declined")
    close_survey(survey)
    found = results.found(survey)
    assert found is not None
    assert (found.told, found.lower, found.upper, found.verdict) == (Told(100, 60, 5, 35, 5, 30), 60.0, 95.0, "not proven")
    assert found.needs is not None
    assert found.needs.people == 21
    assert found.estimate == {"refused": "too small", "strata": []}
    assert (is_whole(survey.result or {}), survey.salt) == (True, "")
    assert len((survey.result or {})["digest"]) == len(survey.rules_hash) == len(survey.roll_hash) == 64


def test_everybody_stands_in_the_first_stratum_that_fits(db: Any) -> None:
    active, quiet, away, alumni = (make_member(name, state=state) for name, state in
                                   [("a", "active"), ("q", "active"), ("w", "away"), ("u", "alumni")])  # fmt: skip
    make_member("s", state="suspended")
    make_member("late", joined_at=days(1))
    make_activity(active.id, occurred_at=days(-5))
    make_activity(quiet.id, occurred_at=days(-80))
    db.session.commit()
    open_survey(make_survey())
    assert roll(db) == {active.id: "active", quiet.id: "quiet", away.id: "away", alumni.id: "alumni"}


def test_only_who_meets_the_rule_is_asked_and_only_shown_places_count(db: Any) -> None:
    one, other = make_member("one", place="Accra, Ghana"), make_member("two", place="Kumasi, Ghana", visibility={"place": "me"})
    for person in (one, other, make_member("three")):
        if person.handle != "three":
            make_activity(person.id, kind="support", occurred_at=days(-2))
    db.session.commit()
    survey = open_survey(make_survey(audience={"count": {"kind": ["support"]}, "at_least": 1}))
    rows = {row.member_id: row.region for row in db.session.scalars(sa.select(SurveyPerson))}
    assert rows == {one.id: "Ghana", other.id: ""}
    assert survey.roll_size == 2


def test_a_long_roll_is_drawn_in_slices_also_by_a_second_worker(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "SLICE_MEMBERS", 3)
    monkeypatch.setattr(audience.next_slice, "__defaults__", (audience.HERE, 3))
    people = make_people(7)
    survey = make_survey()
    making.release(survey.id, NOW, None)
    assert [opening.draw_on(survey.id, NOW) for _slice in range(4)] == ["drawing", "drawing", "open", "open"]
    assert sorted(roll(db)) == [one.id for one in people]
    assert survey.roll_size == 7


def test_nothing_that_was_agreed_changes_once_it_is_let_go(db: Any) -> None:
    make_people(3)
    survey = make_survey()
    agreed = digest(opening.agreed(survey))
    making.release(survey.id, days(-0.5), None)
    with pytest.raises(WrongState):
        making.save(survey.id, make_spec(over=50), None)
    making.take_back(survey.id, None)
    making.save(survey.id, make_spec(over=60), None)
    assert digest(opening.agreed(survey)) != agreed
    open_survey(survey)
    assert (survey.method["over"], survey.rules_hash) == (60, digest(opening.agreed(survey)))
    for change in (lambda: making.save(survey.id, make_spec(over=50), None), lambda: making.take_back(survey.id, None),
                   lambda: making.delete(survey.id, None), lambda: making.release(survey.id, NOW, None)):  # fmt: skip
        with pytest.raises(WrongState):
            change()
    assert survey.method["over"] == 60


def test_one_answer_each_which_may_change_until_the_end(db: Any) -> None:
    people = make_people(3)
    survey = open_survey(make_survey())
    say(survey, people[:2], "no")
    say(survey, people[:1], Said("yes", {"1": 0, "4": "The portal"}))
    rows = db.session.scalars(sa.select(SurveyAnswer)).all()
    assert sorted((row.claim, row.values.get("4"), row.member_id) for row in rows) == [
        ("no", None, None),
        ("yes", "The portal", None),
    ]
    assert [one.slug for one in db.session.execute(waiting_for(people[2].id, days(1)))] == ["know-mdm"]
    assert db.session.execute(waiting_for(people[0].id, days(1))).all() == []
    for who, moment, error in [(people[2].id, survey.closes_at, WrongState), (people[2].id, days(-1), WrongState),
                               (make_member("new").id, NOW, NotAllowed)]:  # fmt: skip
        with pytest.raises(error):
            answer(survey.id, who, Said("yes"), moment)
    people[2].state = "suspended"
    with pytest.raises(NotAllowed):
        answer(survey.id, people[2].id, Said("yes"), NOW)


def test_a_survey_without_anybody_to_ask_ends_without_a_result(db: Any) -> None:
    survey = close_survey(open_survey(make_survey(audience={"finished": "nothing"})))
    assert (survey.roll_size, survey.result_at is not None, results.found(survey)) == (0, True, None)


def test_it_opens_and_closes_by_itself_once(db: Any) -> None:
    people = make_people(6)
    survey = make_survey(opens_at=days(1), closes_at=days(3))
    making.release(survey.id, NOW, None)
    db.session.commit()
    seen = []
    for day in (0.5, 1, 2, 3, 3.1):
        with clock.as_of(days(day)):
            for _worker in range(2):
                jobs.move()
                db.session.commit()
                work_off("surveys.move_survey")
                work_off("surveys.draw_roll")
                work_off("surveys.sum_up")
        db.session.refresh(survey)
        seen.append(survey.state)
    assert seen == ["draft", "open", "open", "closed", "closed"]
    assert survey.result_at == days(3)
    closed = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == "survey.closed")
    assert (db.session.scalar(closed), len(people)) == (1, 6)


def test_who_opens_late_gives_all_the_time_that_was_promised(db: Any) -> None:
    make_people(2)
    survey = make_survey(opens_at=days(0), closes_at=days(2))
    making.release(survey.id, NOW, None)
    opening.draw_on(survey.id, days(5))
    assert (survey.state, survey.closes_at) == ("open", days(7))


def test_everybody_hears_of_it_and_the_silent_are_reminded_twice(db: Any) -> None:
    people = make_people(4)
    people[3].state = "away"
    survey = open_survey(make_survey())
    say(survey, people[:1], "declined")
    said = []
    for moment in (NOW, days(4), days(4.1), days(7), days(7.5)):
        with clock.as_of(moment):
            jobs.remind_due()
            db.session.commit()
            work_off("surveys.tell")
        counted = sa.select(Notice.kind, sa.func.count()).group_by(Notice.kind).order_by(Notice.kind)
        said.append(dict(map(tuple, db.session.execute(counted))))
    silent = {"survey.opened": 4, "survey.reminder": 3}
    assert said == [{"survey.opened": 4}, silent, silent, {**silent, "survey.reminder": 6}, {**silent, "survey.reminder": 6}]
    assert people[0].id not in set(db.session.scalars(sa.select(Notice.member_id).where(Notice.kind == "survey.reminder")))
    close_survey(survey)
    kinds = db.session.execute(sa.select(Notice.kind, Notice.path, sa.func.count()).group_by(Notice.kind, Notice.path)).all()
    assert list(map(tuple, kinds)) == [("survey.results", "/surveys/know-mdm/results", 4)]


def test_reminders_and_the_end_go_by_the_roll_in_slices(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    people = make_people(5)
    monkeypatch.setattr(telling, "SLICE_MEMBERS", 2)
    survey = open_survey(make_survey())
    say(survey, people[:4], "yes")
    places = [telling.tell_slice(survey.id, "x", after, NOW) for after in (0, people[1].id, people[3].id)]
    assert places == [people[1].id, people[3].id, None]
    assert list(db.session.scalars(sa.select(Notice.member_id))) == [people[4].id]
    with clock.as_of(survey.closes_at):
        moving.move_survey(survey.id, survey.closes_at)
        steps = [closing.sum_up_on(survey.id, survey.closes_at) for _slice in range(4)]
    assert steps == [False, False, True, True]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice).where(Notice.kind == "survey.results")) == 5


def test_the_second_evidence_counts_the_silent_who_have_shown_it(db: Any) -> None:
    people = make_people(40)
    for one in people[10:30]:
        make_activity(one.id, kind="support", occurred_at=days(-1))
    db.session.commit()
    survey = open_survey(make_survey(evidence={"count": {"kind": ["support"]}, "at_least": 1}))
    say(survey, people[:15], "yes")
    close_survey(survey)
    found = results.found(survey)
    assert found is not None
    assert (found.told.shown, found.with_shown) == (15, 75.0)
    assert (found.lower, found.verdict) == (37.5, "not proven")


def test_a_rule_that_fits_only_a_few_people_does_not_tell_that_they_were_silent(db: Any) -> None:
    people = make_people(40)
    for one in people[30:36]:
        make_activity(one.id, kind="support", occurred_at=days(-1))
    db.session.commit()
    survey = open_survey(make_survey(evidence={"count": {"kind": ["support"]}, "at_least": 1}))
    say(survey, people[:15], "yes")
    found = results.found(close_survey(survey))
    assert found is not None
    assert (found.told.shown, found.with_shown) == (None, None)


def test_what_a_survey_may_not_be(db: Any) -> None:
    make_survey()
    for changes, where in [({"title": " "}, "title"), ({"closes_at": NOW}, "closes_at"), ({"over": 100}, "over"),
                           ({"questions": ()}, "questions"), ({"campaign": "none", "slug": "other"}, "campaign"), ({}, "slug"),
                           ({"audience": {"count": 3}}, "audience")]:  # fmt: skip
        with pytest.raises(BadSurvey) as fault:
            making.create(make_spec(**changes), NOW, None)
        assert list(fault.value.errors) == [where]


def test_a_draft_can_go_and_a_taken_address_gets_a_number(db: Any) -> None:
    survey = make_survey()
    second = making.create(make_spec(), NOW, None, may_rename=True)
    assert second.slug == "know-mdm-2"
    making.delete(survey.id, None)
    assert [one.slug for one in db.session.scalars(sa.select(Survey))] == ["know-mdm-2"]


def test_jobs_name_nobody(db: Any) -> None:
    people = make_people(6)
    survey = open_survey(make_survey())
    say(survey, people[:3], "yes")
    with clock.as_of(days(4)):
        jobs.remind_due()
        db.session.commit()
    told = [(job.name, sorted(job.args)) for job in db.session.scalars(sa.select(Job).order_by(Job.id))]
    assert ("surveys.tell", ["after", "survey_id", "what"]) in told
    assert {job.args.get("after", 0) for job in db.session.scalars(sa.select(Job))} == {0}
    assert survey.closes_at - survey.opens_at == timedelta(days=8)
