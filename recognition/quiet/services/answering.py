"""What somebody says to the question how they would like to stay in touch."""

from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.announcements.services import settle
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.quiet import queries
from recognition.quiet.models import QuietNote
from recognition.quiet.rules import ALUMNI, ANSWERS, PAUSE, NotAnswered, fits_pause
from recognition.quiet.services import absence
from recognition.quiet.services.asking import question_key


def one(note_id: int) -> tuple[QuietNote, Member] | None:
    """The note and whose it is today. None where it is over without an answer, or they are gone."""
    note = db.session.get(QuietNote, note_id, populate_existing=True)
    member = db.session.get(Member, note.member_id) if note is not None else None
    if note is None or member is None or member.state == "suspended" or note.asked_at is None:
        return None
    return None if note.answer is None and note.closed_at is not None else (note, member)


def answer(note_id: int, said: str, until: date | None, now: datetime) -> bool:
    """False where they had said the same before. Raises NotAnswered, with a sentence for them."""
    if said not in ANSWERS:
        raise NotAnswered(_("Please choose one of the three."))
    if said == PAUSE and (until is None or not fits_pause(until, now.date())):
        raise NotAnswered(_("Until which day? Any from tomorrow on, within two years."))
    mine = sa.update(QuietNote).where(QuietNote.id == note_id, *queries.unanswered()).values(answer=said, answered_at=now)
    row = db.session.execute(mine.returning(QuietNote.member_id), execution_options={"synchronize_session": False}).first()
    if row is None:
        known = one(note_id)
        if known is not None and known[0].answer == said:
            return False
        raise NotAnswered(_("This question is over, or you have answered it before. Your settings change everything."))
    settle([question_key(note_id)], now)
    if said == PAUSE and until is not None:
        absence.go_away(row.member_id, until, now)
    elif said == ALUMNI:
        absence.become_alumni(row.member_id, now)
    return True
