"""Questions to a mentor or to the pool: asked, answered once, passed on when nobody answered."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.announcements.services import Message, tell
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.mentoring.models import MentorAsk, MentorOffer
from recognition.mentoring.rules import (
    ANSWER_MAX_CHARS,
    ASK_MAX_CHARS,
    HERE,
    MENTOR,
    OPEN_ASKS_MAX,
    PASS_ON_AFTER,
    POOL_TOLD_MAX,
    WORD,
    NotDone,
    council_may,
)
from recognition.mentoring.services import links, wishes
from recognition.text import is_blank

PASSED_ON_A_TIME = 200


def ask(mentee: Member, words: str, now: datetime, want: str = WORD) -> MentorAsk:
    """To their mentor, or to the pool where they have none or want one. Raises NotDone."""
    said = words.replace("\r\n", "\n").strip()
    if want == WORD and is_blank(said):
        raise NotDone(_("A few words, please: what would you like to know?"))
    if len(said) > ASK_MAX_CHARS:
        raise NotDone(_("Up to %(max)s characters fit. It is all still here: please shorten it.", max=ASK_MAX_CHARS))
    db.session.execute(sa.select(Member.id).where(Member.id == mentee.id).with_for_update(key_share=True))
    waiting = db.session.scalars(
        sa.select(MentorAsk).where(MentorAsk.mentee_id == mentee.id, MentorAsk.answered_at.is_(None))
    ).all()
    for known in waiting:
        if known.want == want == MENTOR:
            return _said_again(known, said, now)
        if known.want == want and known.words == said:
            return known
    if len(waiting) >= OPEN_ASKS_MAX:
        raise NotDone(
            _("These are %(most)s open questions already. Each of them is read; please wait for one answer.", most=OPEN_ASKS_MAX)
        )
    to = mentee.mentor_id if want == WORD else None
    row = MentorAsk(mentee_id=mentee.id, mentor_id=mentee.mentor_id, want=want, words=said, asked_at=now)
    row.passed_on_at = None if to else now
    db.session.add(row)
    db.session.flush()
    if to is None:
        tell_pool([row], now)
    else:
        tell([Message(to, "mentor.asked", f"mentor.asked:{row.id}", "/mentoring/", {"person": mentee.id})], now)
    return row


def _said_again(wish: MentorAsk, said: str, now: datetime) -> MentorAsk:
    """The newer words hold. Who was only offered to the pool now says so, and nobody waits for the week to be over."""
    wish.words = said or wish.words
    if wish.passed_on_at is None:
        wish.asked_at = wish.passed_on_at = now
        db.session.flush()
        tell_pool([wish], now)
    return wish


def may_answer(one: MentorAsk, reader: Member, is_pool: bool, now: datetime) -> bool:
    """Nobody their own. `is_pool`: the reader offers help."""
    if one.mentee_id == reader.id or reader.state == "suspended":
        return False
    if one.mentor_id == reader.id:
        return one.want == WORD
    return one.passed_on_at is not None and (
        is_pool or ("council" in reader.roles and council_may(one.passed_on_at, one.asked_at, now))
    )


def answer(ask_id: int, reader: Member, words: str, now: datetime) -> None:
    """Two at once: one is heard, the other is told. Raises NotDone."""
    said = words.replace("\r\n", "\n").strip()
    if is_blank(said):
        raise NotDone(_("A few words, please. They need not be many."))
    if len(said) > ANSWER_MAX_CHARS:
        raise NotDone(_("Up to %(max)s characters fit. It is all still here: please shorten it.", max=ANSWER_MAX_CHARS))
    one = _close(ask_id, reader, said, now)
    told = {"person": reader.id, "words": said}
    tell([Message(one.mentee_id, "mentor.answered", f"mentor.answered:{one.id}", "/me/mentor", told)], now)


def take(ask_id: int, reader: Member, now: datetime) -> None:
    """Somebody of the pool says: I stand by them. Raises NotDone."""
    one = _close(ask_id, reader, "", now)
    if one.want != MENTOR:
        raise NotDone(_("This is a question for a word, and a word answers it."))
    links.take(one.mentee_id, one.mentor_id, reader.id, now)


def _close(ask_id: int, reader: Member, said: str, now: datetime) -> MentorAsk:
    one = db.session.get(MentorAsk, ask_id, populate_existing=True)
    if one is None or not may_answer(one, reader, is_open(reader.id), now):
        raise NotDone(_("This question is not there any more."))
    mine = sa.update(MentorAsk).where(MentorAsk.id == ask_id, MentorAsk.answered_at.is_(None))
    mine = mine.values(answered_at=now, answered_by_id=reader.id, answer=said)
    if db.session.execute(mine.returning(MentorAsk.id), execution_options={"synchronize_session": False}).first() is None:
        raise NotDone(
            _("Somebody of the pool was quicker and has answered already. Your words are still here, if you like to add them.")
        )
    db.session.expire(one)
    return one


def is_open(member_id: int) -> bool:
    """Whether they stand in the pool."""
    offer = db.session.get(MentorOffer, member_id)
    return offer is not None and offer.is_open


def pass_on(now: datetime) -> int:
    """Questions that a mentor did not answer in time, or who is not here any more, go to the pool, and so do those whose mentor
    went and who did not say no thanks; how many. So many at a time."""
    wishes.drop_needless()
    here = sa.exists().where(Member.id == MentorAsk.mentor_id, Member.state == "active")
    alone = sa.and_(MentorAsk.want == WORD, sa.or_(MentorAsk.mentor_id.is_(None), ~here))
    # Who left meanwhile is offered to nobody.
    there = sa.exists().where(Member.id == MentorAsk.mentee_id, Member.state.in_(HERE))
    late = sa.and_(sa.or_(MentorAsk.asked_at <= now - PASS_ON_AFTER, alone), sa.or_(MentorAsk.want == WORD, there))
    waiting = sa.select(MentorAsk.id).where(MentorAsk.answered_at.is_(None), MentorAsk.passed_on_at.is_(None), late)
    ids = db.session.scalars(waiting.order_by(MentorAsk.asked_at, MentorAsk.id).limit(PASSED_ON_A_TIME)).all()
    if not ids:
        return 0
    mine = sa.update(MentorAsk).where(among(MentorAsk.id, ids), MentorAsk.passed_on_at.is_(None), MentorAsk.answered_at.is_(None))
    done = db.session.execute(
        mine.values(passed_on_at=now).returning(MentorAsk.id), execution_options={"synchronize_session": False}
    )
    passed = sorted(row.id for row in done)
    rows = db.session.scalars(sa.select(MentorAsk).where(among(MentorAsk.id, passed)).order_by(MentorAsk.id)).all()
    asked = [row for row in rows if row.want == WORD]
    tell([Message(row.mentee_id, "mentor.passed_on", f"mentor.passed_on:{row.id}", "/me/mentor") for row in asked], now)
    tell_pool(rows, now)
    return len(ids)


def tell_pool(rows: Sequence[MentorAsk], now: datetime) -> None:
    """A few of the pool, others for each question, and nobody more than once a day."""
    open_ones = sa.select(MentorOffer.member_id).join(Member, Member.id == MentorOffer.member_id)
    open_ones = open_ones.where(MentorOffer.is_open, Member.state == "active")
    resting = sa.or_(MentorOffer.rests_until.is_(None), MentorOffer.rests_until < now.date())
    for row in rows:
        turn = (MentorOffer.member_id * 7919 + row.id * 104729) % 1009
        own = (MentorOffer.member_id != row.mentee_id, MentorOffer.member_id != (row.mentor_id or 0))
        told = db.session.scalars(open_ones.where(resting, *own).order_by(turn, MentorOffer.member_id).limit(POOL_TOLD_MAX)).all()
        tell([Message(who, "mentor.pool", f"mentor.pool:{who}:{now.date()}", "/mentoring/") for who in told], now)
