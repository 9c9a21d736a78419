"""Surveys at any moment of their life. Dates are days from `NOW`, the moment at which a test says it is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from recognition import clock
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs.models import Job
from recognition.surveys import jobs
from recognition.surveys.models import Survey
from recognition.surveys.rules import DECLINED, QuestionSpec, Said, SurveySpec
from recognition.surveys.services import making
from recognition.surveys.services.answering import answer
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CLAIM = QuestionSpec("choice", "I know what MDM is about", options=("Yes", "Partly", "No", "Not sure"), is_claim=True,
                     yes=("Yes",), no=("No",))  # fmt: skip
SCALE = QuestionSpec("scale", "I could explain it to a newcomer")
AREAS = QuestionSpec("several", "Which of these are areas?", options=("Teaching", "Testing", "Selling ads"))
WORDS = QuestionSpec("text", "What is still foggy?")
SAID = {"yes": Said("yes", {"1": 0}), "other": Said("other", {"1": 1}), "no": Said("no", {"1": 2}), "declined": Said(DECLINED)}
Answers = dict[int, Said]


def days(number: float) -> datetime:
    return NOW + timedelta(days=number)


def make_spec(slug: str = "know-mdm", **changes: Any) -> SurveySpec:
    """Open from today for eight days."""
    values: dict[str, Any] = {"title": "Do we know what MDM is?", "opens_at": NOW, "closes_at": days(8),
                              "questions": (CLAIM, SCALE, AREAS, WORDS), **changes}  # fmt: skip
    return SurveySpec(slug, **values)


def make_survey(slug: str = "know-mdm", **changes: Any) -> Survey:
    """A draft."""
    return making.create(make_spec(slug, **changes), days(-1), None)


def open_survey(survey: Survey) -> Survey:
    """Let go, and its roll drawn up from all members that there are."""
    with clock.as_of(survey.opens_at):
        making.release(survey.id, clock.utcnow(), None)
        jobs.draw_roll(survey.id)
        db.session.commit()
    return survey


def say(survey: Survey, people: Sequence[Member], said: Said | str) -> None:
    for one in people:
        answer(survey.id, one.id, SAID[said] if isinstance(said, str) else said, survey.opens_at + timedelta(hours=1))
    db.session.commit()


def close_survey(survey: Survey) -> Survey:
    """At its end, with its result."""
    with clock.as_of(survey.closes_at):
        jobs.move_survey(survey.id)
        jobs.sum_up(survey.id)
        db.session.commit()
    db.session.refresh(survey)
    return survey


def make_people(number: int, name: str = "m", **changes: Any) -> list[Member]:
    return [make_member(f"{name}{one}", **changes) for one in range(number)]


def work_off(name: str) -> None:
    """What a worker does with the waiting jobs of this name."""
    for job in db.session.query(Job).filter(Job.name == name, Job.state == "queued").order_by(Job.id).all():
        getattr(jobs, name.removeprefix("surveys."))(**job.args)
        db.session.delete(job)
    db.session.commit()
