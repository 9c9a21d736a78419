"""Words to those on the roll: when it opens to everybody, and twice, while it runs, to those who have not answered. The system
tells each of them; no list of theirs is shown to anybody.

In slices of the roll, not of the silent: jobs are listed for admins, and neither their number nor their places may tell who is
silent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.announcements.services import Message, tell, untell
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs import ledger
from recognition.surveys.models import OPEN, Survey, SurveyPerson
from recognition.surveys.services.locks import share_survey

OPENED = "opened"
LAST = timedelta(days=1)
SLICE_MEMBERS = 1000


def reminders(opens_at: datetime, closes_at: datetime) -> list[datetime]:
    """When they are due. A survey of two days or less has one, halfway through."""
    halfway = opens_at + (closes_at - opens_at) / 2
    return sorted({halfway, max(closes_at - LAST, halfway)})


def remind_due(now: datetime) -> int:
    """Begin what is due and was not begun yet. Any number of workers may ask. Returns how many were begun."""
    running = sa.select(Survey).where(Survey.state == OPEN, Survey.closes_at > now)
    return sum(_begin(one, now) for one in db.session.scalars(running.order_by(Survey.id)).all())


def _begin(survey: Survey, now: datetime) -> bool:
    due = [moment for moment in reminders(survey.opens_at, survey.closes_at) if moment <= now]
    if not due:
        return False
    unsaid = sa.or_(Survey.reminded_at.is_(None), Survey.reminded_at < due[-1])
    mine = sa.update(Survey).where(Survey.id == survey.id, unsaid).values(reminded_at=now).returning(Survey.id)
    if db.session.scalar(mine) is None:
        return False
    tell_later(survey.id, due[-1].isoformat())
    return True


def tell_later(survey_id: int, what: str, after: int = 0) -> None:
    """`what`: OPENED, or the moment at which a reminder is due."""
    key = f"surveys.tell:{survey_id}:{what}:{after}"
    ledger.defer("surveys.tell", dedupe_key=key, survey_id=survey_id, what=what, after=after)


def tell_slice(survey_id: int, what: str, after: int, now: datetime) -> int | None:
    """The next slice of the roll behind this member's id; where to go on, None at the end. Each is told once for each
    `what`. The survey is held as by those who answer: what is said to the silent is there before the end takes it back."""
    survey = share_survey(survey_id)
    if survey is None or survey.state != OPEN or now >= survey.closes_at:
        return None
    ids, last = roll_slice(survey_id, after)
    wanted = _there(survey_id, ids)
    if what != OPENED:
        wanted = wanted.where(~SurveyPerson.answered)
    kind = "survey.opened" if what == OPENED else "survey.reminder"
    whom: Sequence[int] = db.session.scalars(wanted.order_by(SurveyPerson.member_id)).all()
    data = {"survey": survey.title}
    tell([Message(who, kind, key_of(survey_id, what, who), f"/surveys/{survey.slug}", data) for who in whom], now)
    return last


def roll_slice(survey_id: int, after: int) -> tuple[Sequence[int], int | None]:
    """Members of the next slice, and where to go on; None: that was the last one."""
    rest = sa.select(SurveyPerson.member_id).where(SurveyPerson.survey_id == survey_id, SurveyPerson.member_id > after)
    ids = db.session.scalars(rest.order_by(SurveyPerson.member_id).limit(SLICE_MEMBERS)).all()
    return ids, ids[-1] if len(ids) == SLICE_MEMBERS else None


def tell_end(survey: Survey, members: Sequence[int], now: datetime) -> None:
    """It is over. What was said to the silent alone is taken back, so that nothing tells later on who was."""
    whats = [OPENED, *(moment.isoformat() for moment in reminders(survey.opens_at, survey.closes_at))]
    untell([key_of(survey.id, what, who) for who in members for what in whats])
    data, path = {"survey": survey.title}, f"/surveys/{survey.slug}/results"
    there: Sequence[int] = db.session.scalars(_there(survey.id, members)).all()
    tell([Message(who, "survey.results", f"survey.results:{survey.id}:{who}", path, data) for who in there], now)


def _there(survey_id: int, ids: Sequence[int]) -> Any:
    """Those of a slice who are spoken to."""
    first, last = (ids[0], ids[-1]) if ids else (0, 0)
    return sa.select(SurveyPerson.member_id).join(Member, Member.id == SurveyPerson.member_id).where(
        SurveyPerson.survey_id == survey_id, SurveyPerson.member_id.between(first, last), Member.state != "suspended"
    )  # fmt: skip


def key_of(survey_id: int, what: str, member_id: int) -> str:
    return f"survey.{'opened' if what == OPENED else 'reminder'}:{survey_id}:{what}:{member_id}"
