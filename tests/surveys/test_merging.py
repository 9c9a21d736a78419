"""Two rows of one person become one, and two again: never two lines on a roll, never two answers, and nobody's word is lost
that was theirs."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.extensions import db
from recognition.identity.models import Member, MemberMerge
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from recognition.surveys.models import Survey, SurveyAnswer, SurveyPerson
from recognition.surveys.rebuild import check
from recognition.surveys.secret import person_key
from tests.factories.identity import make_member
from tests.factories.surveys import NOW, close_survey, days, make_people, make_survey, open_survey, say

PAIR = ("old", "kept")


@pytest.fixture(autouse=True)
def today(app: Flask) -> Any:
    with clock.as_of(NOW):
        yield


def two_rows(on_roll: tuple[str, ...], answers: dict[str, str]) -> tuple[Survey, dict[str, Member], Member]:
    """`on_roll`: which of the two are; `answers`: what they said."""
    people = {name: make_member(name, joined_at=days(-9) if name in on_roll else days(1)) for name in PAIR}
    others, council = make_people(12), make_member("cora", roles=("council",))
    survey = open_survey(make_survey())
    say(survey, others[:6], "yes")
    for name, said in answers.items():
        say(survey, [people[name]], said)
    return survey, people, council


def stands(survey: Survey) -> dict[str, tuple[bool, str]]:
    """Of each of the two that is on the roll: whether the line says answered, and what is stored."""
    db.session.expire_all()
    names = {row.id: row.handle for row in db.session.scalars(sa.select(Member).where(Member.handle.in_(PAIR)))}
    found = {}
    for line in db.session.scalars(sa.select(SurveyPerson).where(SurveyPerson.member_id.in_(names))):
        key = person_key(survey.salt, line.member_id)
        claim = db.session.scalar(sa.select(SurveyAnswer.claim).where(SurveyAnswer.person_key == key))
        found[names[line.member_id]] = (line.answered, claim or "")
    return found


@pytest.mark.parametrize(("on_roll", "answers", "after", "again"), [
    (PAIR, {"old": "no", "kept": "yes"}, {"kept": (True, "yes")}, {"old": (False, ""), "kept": (True, "yes")}),
    (PAIR, {"old": "no"}, {"kept": (True, "no")}, {"old": (False, ""), "kept": (True, "no")}),
    (PAIR, {"kept": "yes"}, {"kept": (True, "yes")}, {"old": (False, ""), "kept": (True, "yes")}),
    (PAIR, {}, {"kept": (False, "")}, {"old": (False, ""), "kept": (False, "")}),
    (("old",), {"old": "no"}, {"kept": (True, "no")}, {"old": (True, "no")}),
    (("kept",), {"kept": "yes"}, {"kept": (True, "yes")}, {"kept": (True, "yes")}),
])  # fmt: skip
def test_one_line_and_one_answer_and_two_again(
    on_roll: tuple[str, ...], answers: dict[str, str], after: dict[str, Any], again: dict[str, Any]
) -> None:
    survey, people, council = two_rows(on_roll, answers)
    size = survey.roll_size
    done = merge(people["old"], people["kept"], council, "The same person twice", NOW)
    db.session.commit()
    assert (stands(survey), list(check())) == (after, [])
    assert survey.roll_size == size - (on_roll == PAIR)
    assert done.moved["surveys"] == {"rolls": [[survey.id, on_roll == PAIR]] if "old" in on_roll else []}
    unmerge(done.id, council, "They are two", NOW)
    db.session.commit()
    assert (stands(survey), list(check())) == (again, [])
    assert survey.roll_size == size


def test_once_it_is_closed_what_was_counted_stays_and_no_merge_remembers_the_roll() -> None:
    survey, people, council = two_rows(PAIR, {"old": "no"})
    done = merge(people["old"], people["kept"], council, "The same person twice", NOW)
    db.session.commit()
    assert "survey_person" in json.dumps(done.differences)
    close_survey(survey)
    before = dict(survey.result or {})
    db.session.expire_all()
    kept = db.session.scalar(sa.select(MemberMerge.differences))
    assert "survey_person" not in json.dumps(kept)
    assert "survey." not in json.dumps([row for row in kept or [] if row["table"] == "notice"])
    unmerge(done.id, council, "They are two", NOW)
    db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SurveyPerson)) == 0
    assert (survey.result, list(check())) == (before, [])


def test_check_finds_what_was_changed_by_hand() -> None:
    survey, people, _council = two_rows(PAIR, {"old": "no"})
    assert list(check()) == []
    db.session.get_one(SurveyPerson, (survey.id, people["kept"].id)).stratum = "away"
    survey.method = {**survey.method, "over": 10}
    db.session.commit()
    assert list(check()) == [{"survey": "know-mdm", "differs": ["agreed", "roll"]}]
    survey.method = {**survey.method, "over": 80}
    close_survey(survey)
    assert list(check()) == []
    survey.result = {**(survey.result or {}), "yes": 12}
    db.session.commit()
    assert list(check()) == [{"survey": "know-mdm", "differs": ["result", "answers"]}]
