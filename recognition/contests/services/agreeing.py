"""Whoever is named for a contest of persons answers, and may change their mind until the first round begins."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.announcements.services import Message, tell
from recognition.contests import jury
from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import IN, Entry
from recognition.contests.queries import used_by
from recognition.contests.rules import NotAllowed, WrongPhase
from recognition.contests.services.entered import settle_facts
from recognition.contests.services.locks import hold_contest
from recognition.database import moment
from recognition.extensions import db


def answer(contest: Contest, entry: Entry, member_id: int, agrees: bool) -> bool:
    """False: they had said so already. A no is told to whoever named them, and to nobody else. Raises NotAllowed,
    WrongPhase."""
    hold_contest(contest.id)
    # Not before: whoever waited here for the round to open answers too late.
    now = moment()
    held = db.session.scalar(
        sa.select(Entry).where(Entry.id == entry.id).with_for_update(of=Entry), execution_options={"populate_existing": True}
    )
    if held is None or held.nominee_id != member_id:
        raise NotAllowed(_("Only whoever is named can answer."))
    if held.state != IN:
        raise WrongPhase(_("Whoever named you has taken it back. There is nothing left to answer."))
    if not takes_answers(contest, now):
        raise WrongPhase(_("The vote has begun, so this stands as it is. The council can take you out of it."))
    if held.nominee_agreed is agrees:
        return False
    if agrees:
        _refuse_yes(contest, held, member_id)
    held.nominee_agreed, held.changed_at = agrees, now
    settle_facts(held, now)
    said = {"person": member_id, "contest": contest.title}
    tell([Message(held.member_id, kind="contest.nomination_answered", key=f"nomination:{held.id}:{now.isoformat()}",
                  path=f"/contests/{contest.slug}/entries/{held.key}", data=said)], now)  # fmt: skip
    return True


def _refuse_yes(contest: Contest, entry: Entry, member_id: int) -> None:
    if why := jury.why_apart(contest.id, member_id):
        raise NotAllowed(why)
    # A no made room for another name.
    if entry.nominee_agreed is False and used_by(contest.id, entry.member_id) >= contest.entries_each:
        raise NotAllowed(_("After your no, whoever named you has named somebody else, and has no further name to give."))


def takes_answers(contest: Contest, now: datetime) -> bool:
    return contest.state == "published" and bool(contest.rounds) and now < contest.rounds[0].starts_at
