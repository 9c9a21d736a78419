"""What is left of a survey once it is closed, in its rows and its numbers, where people could still be found by subtraction, by
their words, or in what a merge remembers."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.identity.models import MemberMerge
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from recognition.surveys import results, words
from recognition.surveys.bounds.hiding import Told
from recognition.surveys.models import Survey, SurveyAnswer
from recognition.surveys.rebuild import check
from recognition.surveys.rules import Said
from recognition.surveys.services import telling
from tests.factories.identity import make_member
from tests.factories.surveys import (
    AREAS,
    CLAIM,
    NOW,
    SCALE,
    WORDS,
    close_survey,
    days,
    make_people,
    make_survey,
    open_survey,
    say,
)


@pytest.fixture(autouse=True)
def today(app: Flask) -> Any:
    with clock.as_of(NOW):
        yield


def answers() -> list[SurveyAnswer]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(SurveyAnswer)))


def test_in_a_survey_with_names_no_row_says_who_chose_what_or_declined() -> None:
    """Who wrote something says yes, who did not says no: by chance alone it stays like that once in 10^11 times."""
    people = make_people(50)
    survey = open_survey(make_survey(questions=(CLAIM, SCALE, WORDS), is_anonymous=False))
    for number, one in enumerate(people[:20]):
        say(survey, [one], Said("yes", {"1": 0, "2": 4, "3": f"Fog {number}"}))
    say(survey, people[20:35], Said("no", {"1": 2, "2": 0}))
    say(survey, people[35:40], "declined")
    close_survey(survey)
    rows = answers()
    wrote = {people[number].id: f"Fog {number}" for number in range(20)}
    assert {row.member_id: row.values.get("3") for row in rows if row.member_id} == wrote
    assert [row.values.get("3") for row in rows if not row.member_id] == [None] * 20
    assert Counter(row.claim for row in rows) == {"yes": 20, "no": 15, "declined": 5}
    assert {row.claim for row in rows if row.member_id} != {"yes"}
    assert {(row.claim, row.values.get("1"), row.values.get("2")) for row in rows} == {
        ("yes", 0, 4), ("no", 2, 0), ("declined", None, None),
    }  # fmt: skip
    assert list(check()) == []


def test_fewer_answers_than_are_ever_told_are_kept_for_nobody() -> None:
    people = make_people(9)
    survey = open_survey(make_survey())
    say(survey, people[:4], "no")
    close_survey(survey)
    assert (answers(), list(check())) == ([], [])
    assert (survey.result or {})["open"] == 9


@pytest.mark.parametrize(("number", "told"), [(4, None), (5, {"people": 5})])
def test_the_log_of_acts_does_not_count_the_few_whom_a_rule_fits(number: int, told: dict[str, int] | None) -> None:
    make_people(number)
    close_survey(open_survey(make_survey()))
    closed = sa.select(AuditEntry.after).where(AuditEntry.action == "survey.closed")
    assert db.session.scalar(closed) == told


def test_no_merge_remembers_an_answer_with_a_name_or_brings_it_back() -> None:
    old, kept = make_member("old"), make_member("kept")
    others, council = make_people(12), make_member("cora", roles=("council",))
    survey = open_survey(make_survey(is_anonymous=False))
    say(survey, others[:6], "yes")
    say(survey, [old], Said("no", {"1": 2, "4": "Mine"}))
    say(survey, [kept], Said("yes", {"1": 0, "4": "Mine too"}))
    done = merge(old, kept, council, "The same person twice", NOW)
    db.session.commit()
    assert "survey_answer" in json.dumps(done.differences)
    close_survey(survey)
    before = sorted((row.id, row.claim) for row in answers())
    assert "survey_answer" not in json.dumps(db.session.scalar(sa.select(MemberMerge.differences)))
    unmerge(done.id, council, "They are two", NOW)
    db.session.commit()
    assert sorted((row.id, row.claim) for row in answers()) == before
    assert list(check()) == []


def test_other_questions_do_not_tell_of_the_few_who_are_hidden_in_the_first() -> None:
    """Two said no, which is told nowhere; so 42 answers to another question may not stand beside 40 that say yes."""
    people = make_people(60)
    survey = open_survey(make_survey(questions=(CLAIM, SCALE, AREAS)))
    for number, one in enumerate(people[:42]):
        claim = ("yes", 0) if number < 40 else ("no", 2)
        say(survey, [one], Said(claim[0], {"1": claim[1], "2": 0 if number < 20 else 4, "3": [0, 1] if number < 38 else [0]}))
    found = results.found(close_survey(survey))
    assert found is not None
    assert (found.told.yes, found.told.not_yes, found.told.open) == (40, 0, 20)
    by_question = {one.ask: dict(one.options) for one in found.questions}
    assert by_question == {CLAIM.ask: {}, SCALE.ask: {"5": 22}, AREAS.ask: {}}


def test_who_skipped_a_question_is_not_told_either() -> None:
    """Twenty answered, and all but one of them the second question."""
    people = make_people(40)
    survey = open_survey(make_survey(questions=(CLAIM, SCALE)))
    for number, one in enumerate(people[:19]):
        yes = number < 10
        say(survey, [one], Said("yes" if yes else "no", {"1": 0 if yes else 2, "2": 0 if number < 12 else 4}))
    say(survey, people[19:20], "no")
    found = results.found(close_survey(survey))
    assert found is not None
    assert (found.told.yes, found.told.not_yes) == (10, 10)
    assert dict(found.questions[1].options) == {"1": 12}


def test_places_are_left_out_where_they_would_single_somebody_out_of_a_group() -> None:
    """Eleven are away, ten of them in Iceland and nobody else is: what is missing there would be the eleventh's answer."""
    away = make_people(10, "away", state="away", place="Iceland")
    alone = make_people(1, "alone", state="away", place="Ghana")
    others = make_people(40, place="Ghana")
    for anonymous, slug in ((True, "first"), (False, "second")):
        survey = open_survey(make_survey(slug, questions=(CLAIM,), is_anonymous=anonymous))
        say(survey, [*away[:5], *others[:20], *(alone if anonymous else [])], "yes")
        say(survey, others[20:30], "no")
        found = results.found(close_survey(survey))
        assert found is not None
        assert [(one.keys, one.people) for one in found.strata] == [(("away",), 11), (("quiet",), 40)]
        assert found.regions == []


def test_the_end_waits_for_who_is_reminding(db: Any) -> None:
    """What a reminder writes is there before the end takes all of them back."""
    make_people(3)
    survey: Survey = open_survey(make_survey())
    telling.tell_slice(survey.id, days(4).isoformat(), 0, days(4))
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as other, pytest.raises(sa.exc.OperationalError, match="could not obtain lock"):
            other.execute(sa.text("SELECT id FROM survey FOR UPDATE NOWAIT"))
    db.session.rollback()


def test_what_is_proven_by_a_hair_is_not_told_as_the_goal_itself(app: Flask) -> None:
    people = make_people(10)
    survey = open_survey(make_survey(questions=(CLAIM,)))
    say(survey, people, "yes")
    found = results.found(close_survey(survey))
    assert found is not None
    just = replace(found, told=Told(25000, 20005, 4995, 0), over=80, lower=80.0, upper=80.1, verdict="proven")
    said = words.sentence(just).replace("\N{NO-BREAK SPACE}", " ")
    assert said.startswith("At least 20005 of all 25000 people say yes. That is more than 80 %, if only just")


def test_who_is_told_that_nobody_sees_who_answered_is_not_read_by_name(app: Flask) -> None:
    hidden, named = (words.secrecy(make_survey(slug, is_anonymous=slug == "a")) for slug in ("a", "b"))
    assert hidden[0].startswith("Nobody sees who answered and who did not")
    assert named[0].startswith("Nobody sees who did not answer, or what anybody chose")
