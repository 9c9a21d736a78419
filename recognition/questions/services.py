"""Asking, voting, replying. Each may be done twice and counts once."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs import ledger
from recognition.questions.models import Question, QuestionVote
from recognition.questions.rules import (
    A_DAY,
    ANSWERED,
    DECLINED,
    HIDDEN,
    IDEA,
    OPEN,
    SHOWN,
    WITHDRAWN,
    Asked,
    NotAsked,
    TooLate,
)
from recognition.refs import Ref

SLICE_MEMBERS = 1000


def ask(asked: Asked, member: Member, now: datetime) -> Question:
    """The same words of the same person, sent twice, are one question. Of one without a name nothing is kept that leads to
    a person, and no hour that a log of requests could be laid beside. Raises NotAsked."""
    # Held, so that two tabs of one member take turns.
    db.session.execute(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    author_id = None if asked.is_anonymous else member.id
    same = sa.select(Question).where(
        Question.sort == asked.sort, Question.title == asked.title, Question.body == asked.body, Question.state == OPEN,
        Question.author_id.is_(None) if author_id is None else Question.author_id == author_id,
    )  # fmt: skip
    known: Question | None = db.session.scalars(same.order_by(Question.id).limit(1)).first()
    if known is not None:
        return known
    if author_id is not None and _lately(author_id, now) >= A_DAY:
        raise NotAsked({"title": _("That was a lot for one day. There is room for more tomorrow; your words are still here.")})
    at = now.replace(hour=0, minute=0, second=0, microsecond=0) if asked.is_anonymous else now
    one = Question(sort=asked.sort, title=asked.title, body=asked.body, author_id=author_id, is_anonymous=asked.is_anonymous,
                   asked_at=at)  # fmt: skip
    db.session.add(one)
    db.session.flush()
    return one


def _lately(author_id: int, now: datetime) -> int:
    mine = (Question.author_id == author_id, Question.asked_at > now - timedelta(days=1))
    return db.session.scalar(sa.select(sa.func.count()).select_from(Question).where(*mine)) or 0


def vote(question_id: int, member_id: int, wants: bool) -> bool:
    """Whether it changed anything. Raises TooLate. One's own is wanted by oneself anyway."""
    one = _held(question_id)
    if one.state != OPEN or one.author_id == member_id:
        raise TooLate(_("There is nothing to vote on here any more."))
    table: Any = QuestionVote.__table__
    if wants:
        changed = bool(insert_new(table, [{"question_id": question_id, "member_id": member_id}], table.c.member_id))
    else:
        mine = sa.delete(QuestionVote).where(QuestionVote.question_id == question_id, QuestionVote.member_id == member_id)
        changed = db.session.execute(mine.returning(QuestionVote.member_id)).first() is not None
    if changed:
        one.votes += 1 if wants else -1
    return changed


def withdraw(question_id: int, member_id: int) -> bool:
    """By whoever asked, while nobody has replied."""
    one = _held(question_id)
    if one.author_id != member_id or one.state not in (OPEN, WITHDRAWN):
        raise TooLate(_("Somebody has replied by now, so it stays."))
    changed = one.state != WITHDRAWN
    one.state = WITHDRAWN
    return changed


def reply(question_id: int, actor_id: int, outcome: str, words: str, now: datetime, campaign: str | None = None) -> None:
    """`outcome` answered or declined; said again, it takes the place of what was said before, and the audit keeps that. Nobody
    replies to their own. Raises TooLate."""
    one = _held(question_id)
    if one.author_id == actor_id:
        raise TooLate(_("This one is yours, so somebody else on the council replies."))
    if one.state not in SHOWN or outcome not in (ANSWERED, DECLINED):
        raise TooLate(_("It is not open any more."))
    if (one.state, one.reply, one.campaign) == (outcome, words, campaign or one.campaign):
        return
    before = {"state": one.state, "reply": one.reply}
    audit.record(f"question.{outcome}", Ref("question", one.id), actor_id, before, {"state": outcome, "reply": words})
    was_open = one.state == OPEN
    one.state, one.reply, one.replied_at, one.replied_by_id = outcome, words, now, actor_id
    one.campaign = campaign or one.campaign
    if one.author_id is not None:
        kind = "idea.taken_up" if one.campaign else f"{one.sort}.{outcome}"
        tell([_message(kind, one, one.author_id)], now)
    if was_open:
        ledger.defer("questions.tell_voters", dedupe_key=f"questions.tell_voters:{one.id}:0", question_id=one.id, after=0)


def take_up(question_id: int, campaign: str, actor_id: int, now: datetime) -> bool:
    """An idea became this campaign; its author's name goes with it. False where there is no such idea to take up. Its author
    may be the one who makes it."""
    one = db.session.get(Question, question_id, with_for_update=True)
    if one is None or one.sort != IDEA or one.state not in (OPEN, ANSWERED):
        return False
    if one.campaign == campaign:
        return True
    audit.record("idea.taken_up", Ref("question", one.id), actor_id, after={"campaign": campaign})
    one.state, one.campaign, one.replied_at, one.replied_by_id = ANSWERED, campaign, now, actor_id
    one.reply = one.reply or _("It has become a campaign. Thank you for the idea.")
    if one.author_id is not None and one.author_id != actor_id:
        tell([_message("idea.taken_up", one, one.author_id)], now)
    return True


def hide(question_id: int, actor_id: int, words: str, now: datetime) -> None:
    """It should not stand here. Whoever asked hears why, where it is known who did. Raises TooLate."""
    one = _held(question_id)
    if one.author_id == actor_id:
        raise TooLate(_("This one is yours, so somebody else on the council decides."))
    if one.state == HIDDEN:
        return
    audit.record("question.hidden", Ref("question", one.id), actor_id, {"state": one.state}, {"reason": words})
    one.state, one.reply, one.replied_at, one.replied_by_id = HIDDEN, words, now, actor_id
    if one.author_id is not None:
        tell([Message(one.author_id, "question.hidden", f"question.hidden:{one.id}", f"/questions/{one.id}",
                      {"title": one.title, "words": words})], now)  # fmt: skip


def tell_voters(question_id: int, after: int, now: datetime) -> int | None:
    """A slice of those who wanted to know as well; where to go on, None at the end."""
    one = db.session.get_one(Question, question_id)
    rest = sa.select(QuestionVote.member_id).where(QuestionVote.question_id == question_id, QuestionVote.member_id > after)
    ids = list(db.session.scalars(rest.order_by(QuestionVote.member_id).limit(SLICE_MEMBERS)))
    if one.state in (ANSWERED, DECLINED):
        tell([_message(f"{one.sort}.replied", one, member_id) for member_id in ids], now)
    return ids[-1] if len(ids) == SLICE_MEMBERS else None


def _message(kind: str, one: Question, member_id: int) -> Message:
    return Message(member_id, kind, f"{kind}:{one.id}:{member_id}", f"/questions/{one.id}", {"title": one.title})


def _held(question_id: int) -> Question:
    return db.session.get_one(Question, question_id, with_for_update=True, populate_existing=True)
