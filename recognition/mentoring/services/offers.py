"""Who likes to stand by others, how many, and when they rest; and private words about how it goes."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.audit.services import record
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.mentoring.models import MentorOffer, MentorWord
from recognition.mentoring.queries import may_read
from recognition.mentoring.rules import MOODS, WORD_MAX_CHARS, NotDone, OfferForm
from recognition.refs import Ref


def save(member_id: int, form: OfferForm, now: datetime) -> None:
    """Who stands by people already goes on; closing or resting only means nobody new."""
    offer = db.session.get(MentorOffer, member_id)
    if offer is None:
        offer = MentorOffer(member_id=member_id, since=now)
        db.session.add(offer)
    offer.is_open, offer.most, offer.words, offer.rests_until = form.is_open, form.most, form.words, form.rests_until
    db.session.flush()


def say(member: Member, mentor_id: int | None, mood: str, words: str, now: datetime) -> MentorWord:
    """How mentoring goes, for the council alone. The same words again are the same word. Raises NotDone."""
    said = words.replace("\r\n", "\n").strip()
    if mood not in MOODS:
        raise NotDone(_("Please choose how it goes."))
    if len(said) > WORD_MAX_CHARS:
        raise NotDone(_("Up to %(max)s characters fit. It is all still here: please shorten it.", max=WORD_MAX_CHARS))
    newest = sa.select(MentorWord).where(MentorWord.member_id == member.id).order_by(MentorWord.id.desc()).limit(1)
    known: MentorWord | None = db.session.scalar(newest)
    if known is not None and (known.mentor_id, known.mood, known.words) == (mentor_id, mood, said):
        return known
    row = MentorWord(member_id=member.id, mentor_id=mentor_id, mood=mood, words=said, at=now)
    db.session.add(row)
    db.session.flush()
    return row


def read(word_id: int, reader: Member, now: datetime) -> bool:
    """The council has taken note. Never whoever it is about. False where there is nothing new."""
    mine = sa.update(MentorWord).where(MentorWord.id == word_id, MentorWord.seen_at.is_(None), may_read(reader.id))
    done = db.session.execute(mine.values(seen_at=now).returning(MentorWord.id), execution_options={"synchronize_session": False})
    if done.first() is None:
        return False
    record("mentor_word.read", Ref("mentor_word", word_id), reader.id)
    return True
