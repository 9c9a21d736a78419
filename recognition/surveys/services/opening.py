"""Opening a survey: what was agreed is hashed, the roll is drawn up in slices and frozen, then it takes answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities import audience
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.fields import ONLY_ME, level
from recognition.identity.models import Member
from recognition.jobs import ledger
from recognition.surveys.models import DRAFT, DRAWING, OPEN, Survey, SurveyPerson
from recognition.surveys.queries import roll_lines
from recognition.surveys.rules import digest, region_of
from recognition.surveys.secret import new_salt, roll_hash
from recognition.surveys.services import telling
from recognition.surveys.services.locks import hold_survey


def draw_on(survey_id: int, now: datetime) -> str:
    """A slice of the roll, and the state that the survey has after it; as often as you like. It is held meanwhile, so any
    number of workers draw one roll, and what a killed one has not committed is drawn again."""
    survey = hold_survey(survey_id)
    if survey is None:
        return DRAFT
    if survey.state == DRAFT and survey.ready_at is not None and survey.opens_at <= now:
        survey.salt, survey.state, survey.roll_cursor, survey.roll_size = new_salt(), DRAWING, 0, 0
        survey.rules_hash = digest(agreed(survey))
    if survey.state == DRAWING and _draw_slice(survey):
        _open(survey, now)
    db.session.flush()
    return survey.state


def draw_later(survey_id: int) -> None:
    ledger.defer("surveys.draw_roll", dedupe_key=f"surveys.draw_roll:{survey_id}", survey_id=survey_id)


def agreed(survey: Survey) -> dict[str, Any]:
    """All that is fixed at the opening."""
    fixed = ("slug", "title", "intro", "is_anonymous", "audience", "strata", "method", "evidence")
    asked = ("position", "kind", "ask", "hint", "options", "is_claim", "yes", "no")
    return {name: getattr(survey, name) for name in fixed} | {
        "opens_at": survey.opens_at.isoformat(),
        "questions": [{name: getattr(one, name) for name in asked} for one in survey.questions],
    }


def _open(survey: Survey, now: datetime) -> None:
    """Whoever is on the roll has all the time that was promised, also where no worker was there."""
    if now >= survey.closes_at:
        survey.closes_at += now - survey.opens_at
    survey.state, survey.roll_cursor = OPEN, None
    db.session.flush()
    survey.roll_hash = roll_hash(roll_lines(survey.id))
    telling.tell_later(survey.id, telling.OPENED)


def _draw_slice(survey: Survey) -> bool:
    """True when nobody is left to look at. Judged as of the first moment, whichever slice somebody is in, and by what every
    member may see: how many were asked is told, and must not tell what somebody keeps to themselves."""
    ids = audience.next_slice(survey.roll_cursor or 0)
    met = audience.meeting(survey.audience, ids, survey.opens_at, openly=True)
    people = _people(met, survey.opens_at)
    places = strata(survey, [one.id for one in people], {one.id: one.state for one in people})
    by_region = survey.method.get("by_region", True)
    rows = [
        {"survey_id": survey.id, "member_id": one.id, "stratum": places[one.id], "answered": False,
         "region": _region(one) if by_region else ""}
        for one in people
    ]  # fmt: skip
    table: Any = SurveyPerson.__table__
    survey.roll_size += len(insert_new(table, rows, table.c.member_id))
    survey.roll_cursor = ids[-1] if ids else survey.roll_cursor
    return len(ids) < audience.SLICE_MEMBERS


def strata(survey: Survey, members: Sequence[int], states: dict[int, str]) -> dict[int, str]:
    """The first rule that fits each of them; the last one for whom none does."""
    found: dict[int, str] = {}
    for one in survey.strata:
        left = [who for who in members if who not in found]
        state = one["rule"].get("state")
        right = [who for who in left if state is None or states[who] == state]
        met = audience.meeting(one["rule"].get("criteria"), right, survey.opens_at)
        found |= dict.fromkeys(met, one["key"])
    return {who: found.get(who, survey.strata[-1]["key"]) for who in members}


def _people(ids: Sequence[int], moment: datetime) -> Sequence[Any]:
    wanted = sa.select(Member.id, Member.state, Member.place, Member.visibility).where(
        among(Member.id, ids), Member.joined_at <= moment
    )
    return db.session.execute(wanted.order_by(Member.id)).all()


def _region(one: Any) -> str:
    """Of those alone who show where they are at least to members."""
    return region_of(one.place) if level(one.visibility or {}, "place") != ONLY_ME else ""
