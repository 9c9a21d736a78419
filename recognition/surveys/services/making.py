"""Drafting a survey, letting it go, and taking it back before it opens. Once it has opened nothing of it changes; who tries is
written down."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.audit import services as audit
from recognition.campaigns.queries import campaign_by_slug
from recognition.extensions import db
from recognition.refs import Ref
from recognition.surveys import checking
from recognition.surveys.models import DRAFT, Survey, SurveyQuestion
from recognition.surveys.rules import BadSurvey, QuestionSpec, SurveySpec, WrongState, method_of, strata_of
from recognition.surveys.services.locks import hold_survey
from recognition.surveys.services.moving import remind_of_dates

PLAIN = ("title", "intro", "is_anonymous", "audience", "evidence", "opens_at", "closes_at", "campaign")
QUESTION = ("kind", "ask", "hint", "options", "is_claim", "yes", "no")


def create(spec: SurveySpec, now: datetime, actor_id: int | None, may_rename: bool = False) -> Survey:
    """A draft. `may_rename`: the address was made from the title, so that a taken one gets a number. Raises BadSurvey."""
    checking.check(spec)
    slug = _free(spec.slug) if may_rename else spec.slug
    if db.session.scalar(sa.select(Survey.id).where(Survey.slug == slug)) is not None:
        raise BadSurvey({"slug": _("There is a survey at this address already.")})
    survey = Survey(slug=slug, created_at=now, owner_id=actor_id, state=DRAFT)
    _fill(survey, spec)
    db.session.add(survey)
    db.session.flush()
    audit.record("survey.created", Ref("survey", slug), actor_id, after={"title": survey.title})
    return survey


def save(survey_id: int, spec: SurveySpec, actor_id: int | None) -> Survey:
    """Raises BadSurvey, and WrongState once it is fixed."""
    survey = _held_draft(survey_id)
    checking.check(spec)
    before = _agreed(survey)
    survey.questions.clear()
    db.session.flush()
    _fill(survey, spec)
    db.session.flush()
    audit.record_change("survey.changed", Ref("survey", survey.slug), actor_id, before, _agreed(survey))
    return survey


def _agreed(survey: Survey) -> dict[str, Any]:
    """What people will be asked, who is asked and how it is counted: nothing of it is anybody's own."""
    asked = [{name: getattr(one, name) for name in QUESTION} for one in survey.questions]
    return {name: getattr(survey, name) for name in (*PLAIN, "method", "strata")} | {"questions": asked}


def release(survey_id: int, now: datetime, actor_id: int | None) -> Survey:
    """It opens at its date, or at once where that is past. Raises BadSurvey and WrongState."""
    survey = _held_draft(survey_id)
    if survey.closes_at <= now:
        raise BadSurvey({"closes_at": _("Its last day is past. Give it another one first.")})
    survey.ready_at, survey.opens_at = now, max(survey.opens_at, now)
    remind_of_dates(survey, now)
    audit.record("survey.released", Ref("survey", survey.slug), actor_id, after=told(survey))
    db.session.flush()
    return survey


def take_back(survey_id: int, actor_id: int | None) -> Survey:
    """Before it opens it is a draft again. Raises WrongState."""
    survey = hold_survey(survey_id)
    if survey is None or survey.state != DRAFT:
        raise WrongState(_("It has opened. People are answering what was agreed, so it stays as it is."))
    survey.ready_at = None
    audit.record("survey.taken_back", Ref("survey", survey.slug), actor_id)
    db.session.flush()
    return survey


def delete(survey_id: int, actor_id: int | None) -> None:
    """A draft. Raises WrongState."""
    survey = _held_draft(survey_id)
    audit.record("survey.deleted", Ref("survey", survey.slug), actor_id, {"title": survey.title})
    db.session.delete(survey)
    db.session.flush()


def record_refusal(survey: Survey, actor_id: int | None) -> None:
    """Somebody tried to change what is fixed."""
    audit.record("survey.change_refused", Ref("survey", survey.slug), actor_id, after={"state": survey.state})


def told(survey: Survey) -> dict[str, Any]:
    return {"title": survey.title, "opens_at": survey.opens_at.isoformat(), "closes_at": survey.closes_at.isoformat(),
            "anonymous": survey.is_anonymous, "over": survey.method["over"]}  # fmt: skip


def _held_draft(survey_id: int) -> Survey:
    survey = hold_survey(survey_id)
    if survey is None or survey.state != DRAFT or survey.ready_at is not None:
        raise WrongState(_("This survey is fixed: what people are asked, who is asked and how it is counted stay as agreed."))
    return survey


def _fill(survey: Survey, spec: SurveySpec) -> None:
    if spec.campaign and campaign_by_slug(spec.campaign, drafts=True) is None:
        raise BadSurvey({"campaign": _("There is no such campaign.")})
    for name in PLAIN:
        setattr(survey, name, getattr(spec, name))
    survey.method, survey.strata = method_of(spec), strata_of(spec.quiet_days)
    survey.questions.extend(_question(number, one) for number, one in enumerate(spec.questions, 1))


def _question(number: int, one: QuestionSpec) -> SurveyQuestion:
    return SurveyQuestion(
        position=number, kind=one.kind, ask=one.ask, hint=one.hint, options=list(one.options), is_claim=one.is_claim,
        yes=list(one.yes), no=list(one.no),
    )  # fmt: skip


def _free(slug: str) -> str:
    """The address itself, or with the first number behind it that is free."""
    like = sa.select(Survey.slug).where(Survey.slug.startswith(slug, autoescape=True))
    taken = set(db.session.scalars(like))
    numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
    return slug if slug not in taken else next(one for one in numbered if one not in taken)
