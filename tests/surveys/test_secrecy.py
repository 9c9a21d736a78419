"""Nobody finds out who did not answer, who is quiet, or how anybody answered: not on a page, in a file, a job, a log of acts or
a mail, not the council and not the admin; and once it is closed, not from the database either."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs.models import Job
from recognition.surveys import jobs
from recognition.surveys.models import Survey, SurveyAnswer, SurveyPerson
from recognition.surveys.secret import person_key
from recognition.surveys.services.telling import reminders
from tests.factories.identity import make_member
from tests.factories.surveys import close_survey, days, make_people, make_survey, open_survey, say, work_off
from tests.reading import text_of

SKIP = ("/logout", "/static", "/readyz", "/metrics")
VARIES = re.compile(r'<input type="hidden"[^>]*>|X-CSRFToken": "[^"]*|page-\w+')
"""What is another with each request: tokens and the keys of opened forms."""


def a_running_survey() -> tuple[Survey, list[Member]]:
    """By the real clock: pages ask it."""
    people = make_people(24)
    now = clock.utcnow()
    survey = make_survey(opens_at=now, closes_at=now + (days(8) - days(0)))
    survey.opens_at = now
    return open_survey(survey), people


def addresses(app: Flask) -> list[str]:
    """Every page, feed, file and call there is that needs no more than this survey or one of its people."""
    known = {"slug": "know-mdm", "handle": "m3"}
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or not set(rule.arguments) <= set(known):
            continue
        if "slug" in rule.arguments and "survey" not in rule.rule:
            continue
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(rf"<(?:[^<>:]+:)?{name}>", known[name], path)
        if not path.startswith(SKIP):
            found.append(path)
    return sorted(set(found))


@pytest.mark.parametrize("who", ["council", "admin"])
def test_no_page_changes_with_the_answers_before_the_end(
    app: Flask, client: FlaskClient, sign_in: Callable[..., None], who: str
) -> None:
    """Everything that can be read is read before others answer and after it; all of it says the same."""
    survey, people = a_running_survey()
    reader = make_member("reader", roles=(who,))
    db.session.commit()
    sign_in(client, reader)
    paths, moment = addresses(app), clock.utcnow()
    assert {"/surveys/know-mdm", "/surveys/know-mdm/results", "/council/surveys/know-mdm/", "/members/m3"} <= set(paths)

    def read_all() -> dict[str, tuple[int, str]]:
        pages = {}
        with clock.as_of(moment):
            for path in paths:
                db.session.rollback()
                answer = client.get(path)
                pages[path] = (answer.status_code, VARIES.sub("", text_of(answer)))
        return pages

    read_all()
    before = read_all()
    db.session.rollback()
    say(survey, people[1:9], "yes")
    say(survey, people[9:15], "no")
    say(survey, people[15:20], "declined")
    after = read_all()
    assert {path for path in paths if before[path] != after[path]} == set()
    assert sum(status == 200 for status, _text in after.values()) > 40


def outside(answered: list[int]) -> dict[str, Any]:
    """What is left in jobs, the log of acts, and on the council's and the admin's pages, where these people answered."""
    for table in reversed(db.metadata.sorted_tables):
        db.session.execute(sa.delete(table))
    db.session.commit()
    people = make_people(24)
    survey = open_survey(make_survey())
    say(survey, [people[number] for number in answered], "yes")
    kept: list[Any] = []

    def keep() -> None:
        kept.extend((job.name, job.state, job.args.get("what", ""), job.args.get("after")) for job in
                    db.session.scalars(sa.select(Job).order_by(Job.name, Job.id)))  # fmt: skip

    for moment in [*reminders(survey.opens_at, survey.closes_at), survey.closes_at]:
        with clock.as_of(moment):
            jobs.remind_due()
            jobs.move()
            db.session.commit()
            keep()
            for name in ("surveys.tell", "surveys.move_survey", "surveys.sum_up"):
                work_off(name)
                keep()
    db.session.refresh(survey)
    acts = [(row.action, row.before, row.after) for row in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))]
    return {"jobs": kept, "acts": acts, "result": {**(survey.result or {}), "digest": "", "rules_hash": "", "roll_hash": ""}}


def test_neither_jobs_nor_acts_nor_the_result_differ_by_who_was_silent(app: Flask) -> None:
    """The same number of people, and quite other ones."""
    with clock.as_of(days(0)):
        assert outside(list(range(12))) == outside(list(range(12, 24)))


def dump(*but: str) -> str:
    """Everything that the tables hold, as text."""
    found = {}
    for table in db.metadata.sorted_tables:
        if table.name not in but:
            found[table.name] = [tuple(row) for row in db.session.execute(sa.select(table))]
    return json.dumps(found, default=str)


def test_after_the_close_nothing_in_the_database_tells_who_was_silent_or_who_said_what(app: Flask) -> None:
    """Two communities in which other people answered, and otherly, hold the same rows but for what chance made."""
    with clock.as_of(days(0)):
        people = make_people(24)
        survey = open_survey(make_survey())
        salt, ids = survey.salt, [one.id for one in people]
        say(survey, list(reversed(people[:8])), "yes")
        say(survey, people[8:16], "no")
        for moment in reminders(survey.opens_at, survey.closes_at):
            with clock.as_of(moment):
                jobs.remind_due()
                db.session.commit()
                work_off("surveys.tell")
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice).where(Notice.kind == "survey.reminder")) == 16
        close_survey(survey)
    assert survey.salt == ""
    assert salt not in dump()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SurveyPerson)) == 0
    told = db.session.execute(sa.select(Notice.kind, Notice.member_id).order_by(Notice.member_id)).all()
    assert list(map(tuple, told)) == [("survey.results", one) for one in ids]
    rows = db.session.scalars(sa.select(SurveyAnswer)).all()
    assert {(row.member_id, row.stratum, row.region) for row in rows} == {(None, "", "")}
    assert {row.person_key for row in rows} == {person_key(salt, one) for one in ids[:16]}
    assert not {"at", "created_at", "changed_at"} & set(SurveyAnswer.__table__.columns.keys())


def test_neither_order_nor_transaction_tells_who_gave_which_answer(app: Flask) -> None:
    with clock.as_of(days(0)):
        people = make_people(12)
        survey = open_survey(make_survey())
        say(survey, list(reversed(people)), "yes")
        in_time = [person_key(survey.salt, one.id) for one in reversed(people)]
        close_survey(survey)
    by_id = list(db.session.scalars(sa.select(SurveyAnswer.person_key).order_by(SurveyAnswer.id)))
    assert sorted(by_id) == sorted(in_time)
    assert all(number > 2**60 for number in db.session.scalars(sa.select(SurveyAnswer.id)))
    if db.engine.dialect.name == "postgresql":
        placed = db.session.execute(sa.text("SELECT xmin::text, person_key FROM survey_answer ORDER BY ctid")).all()
        assert len({row.xmin for row in placed}) == 1
        # Which free places of the table come first is the database's business; that of answering is not.
        assert in_time not in ([row.person_key for row in placed], [row.person_key for row in reversed(placed)])


def test_an_answer_writes_nothing_but_itself(app: Flask) -> None:
    with clock.as_of(days(0)):
        people = make_people(6)
        survey = open_survey(make_survey())
        before = dump("survey_answer", "survey_person")
        say(survey, people[:3], "declined")
        assert dump("survey_answer", "survey_person") == before


def test_a_key_needs_the_salt_and_the_secret(app: Flask) -> None:
    one, other = "ab" * 32, "cd" * 32
    assert len({person_key(one, 7), person_key(one, 8), person_key(other, 7)}) == 3
    with pytest.raises(ValueError, match="no salt"):
        person_key("", 7)


def test_groups_of_a_few_quiet_people_are_told_nowhere(client: FlaskClient) -> None:
    with clock.as_of(days(0)):
        people = make_people(30, place="Ghana") + make_people(3, "away", state="away", place="Iceland")
        survey = open_survey(make_survey())
        say(survey, people[:10], "yes")
        say(survey, people[10:16], "no")
        close_survey(survey)
        for path in ("/surveys/know-mdm/results", "/surveys/know-mdm/results.csv"):
            text = text_of(client.get(path))
            assert "Iceland" not in text
            assert "Ghana" not in text
        assert "members who are away</th>" not in text_of(client.get("/surveys/know-mdm/results"))
    assert "Iceland" not in json.dumps(survey.result)
