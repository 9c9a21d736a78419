"""Reading what somebody wrote: handed in, taken onto the desk, passed or returned with words.

Whoever decides first has decided; conditional UPDATEs see to it, however many come at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Grant, Member
from recognition.quests.models import QUIZ, Enrolment, Quest, Review, Step
from recognition.quests.policy import READERS, can_review
from recognition.quests.quiz_sheets import TEXT, kind_of
from recognition.quests.quizzes import PASSED, RETURNED, WAITING
from recognition.quests.rules import BadAnswer
from recognition.quests.services.answering import question_of, settle_quiz
from recognition.quests.services.walking import Moved, answer_of, at_step
from recognition.refs import Ref

ON_THE_DESK = timedelta(days=1)
WIDENED_AFTER = timedelta(days=3)
BULK_MAX = 50
SLICE = 500
HELPERS_TOLD_MAX = 200


class NotYours(Exception):
    """One's own, or of a quest that one does not read for."""


class NeedsWords(ValueError):
    """What goes back goes back with a reason."""


@dataclass(frozen=True)
class Outcome:
    """`decided`: by us, now. `lost`: somebody else has them, or has decided."""

    decided: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)


def hand_in(member: Member, quest: Quest, step: Step, key: str, text: str, now: datetime) -> Moved:
    """What waits or has passed already stays as it is."""
    enrolment, is_done = at_step(member.id, quest, step, QUIZ)
    if kind_of(question_of(enrolment, step, key)) != TEXT:
        raise BadAnswer("question", "This question is answered in another way.")
    answer = answer_of(enrolment.id, step.id)
    states: dict[str, str] = answer.setdefault("texts", {})
    if is_done or states.get(key) in (WAITING, PASSED):
        return Moved(step_done=is_done)
    before = sa.select(sa.func.count()).where(
        Review.enrolment_id == enrolment.id, Review.step_id == step.id, Review.question_key == key
    )
    row = {"enrolment_id": enrolment.id, "step_id": step.id, "question_key": key, "number": (db.session.scalar(before) or 0) + 1,
           "text": text, "state": WAITING, "asked_at": now, "words": ""}  # fmt: skip
    table: Any = Review.__table__
    insert_new(table, [row])
    states[key] = WAITING
    return settle_quiz(enrolment, quest, step, answer, now)


def take(review_id: int, viewer: Member, now: datetime) -> bool:
    """Onto the desk for a day. False: somebody else has it, or it was decided."""
    _refuse_strangers([review_id], viewer)
    mine = sa.update(Review).where(Review.id == review_id, *_free(viewer, now))
    return db.session.scalar(
        mine.values(taken_by_id=viewer.id, taken_until=now + ON_THE_DESK).returning(Review.id), execution_options=_PLAIN
    ) is not None  # fmt: skip


def put_back(review_id: int, viewer: Member) -> None:
    mine = (Review.id == review_id, Review.state == WAITING, Review.taken_by_id == viewer.id)
    db.session.execute(sa.update(Review).where(*mine).values(taken_by_id=None, taken_until=None), execution_options=_PLAIN)


def decide(review_ids: Sequence[int], viewer: Member, passes: bool, words: str, now: datetime) -> Outcome:
    """Up to fifty at once, with the same words for each. Raises NeedsWords and NotYours before anything is decided."""
    ids = sorted(set(review_ids))[:BULK_MAX]
    if not passes and not words:
        raise NeedsWords
    _refuse_strangers(ids, viewer)
    _hold(ids)
    outcome = Outcome()
    for review_id in ids:
        state = PASSED if passes else RETURNED
        won = _decide(review_id, viewer, state, words, now)
        (outcome.decided if won else outcome.lost).append(review_id)
    return outcome


_PLAIN = {"synchronize_session": False}


def _free(viewer: Member, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    at_hand = sa.or_(Review.taken_by_id.is_(None), Review.taken_until <= now, Review.taken_by_id == viewer.id)
    return Review.state == WAITING, at_hand


def _hold(review_ids: Sequence[int]) -> None:
    """Their enrolments, in one order, as everybody else who moves people on holds them: two who decide many answers at once
    would wait for each other otherwise."""
    theirs = sa.select(Review.enrolment_id).where(among(Review.id, review_ids))
    db.session.execute(sa.select(Enrolment.id).where(Enrolment.id.in_(theirs)).order_by(Enrolment.id).with_for_update())


def _refuse_strangers(review_ids: Sequence[int], viewer: Member) -> None:
    mine = sa.orm.aliased(Enrolment)
    wanted = (
        sa.select(Enrolment.member_id, Review.widened_at, mine.id)
        .select_from(Review)
        .join(Enrolment, Enrolment.id == Review.enrolment_id)
        .outerjoin(mine, sa.and_(mine.quest_id == Enrolment.quest_id, mine.member_id == viewer.id, mine.helps.is_(True),
                                 mine.finished_at.is_not(None)))
        .where(among(Review.id, review_ids))
    )  # fmt: skip
    rows = db.session.execute(wanted).all()
    if not rows:  # where some of many went with their author, the others can still be decided
        raise NotYours
    for author_id, widened_at, helping in rows:
        if not can_review(viewer, author_id, widened_at is not None, helping is not None):
            raise NotYours


def _decide(review_id: int, viewer: Member, state: str, words: str, now: datetime) -> bool:
    mine = sa.update(Review).where(Review.id == review_id, *_free(viewer, now))
    values = {"state": state, "decided_by_id": viewer.id, "decided_at": now, "words": words}
    found = db.session.execute(
        mine.values(**values).returning(Review.enrolment_id, Review.step_id, Review.question_key), execution_options=_PLAIN
    ).one_or_none()
    if found is None:
        return False
    held = sa.select(Enrolment).where(Enrolment.id == found.enrolment_id).with_for_update()
    enrolment = db.session.scalars(held.execution_options(populate_existing=True)).one()
    quest, step = db.session.get_one(Quest, enrolment.quest_id), db.session.get_one(Step, found.step_id)
    answer = answer_of(enrolment.id, step.id)
    answer["texts"] = {**answer.get("texts", {}), found.question_key: state}
    settle_quiz(enrolment, quest, step, answer, now)
    told = {"quest": quest.title, "words": words}
    kind = f"review.{state}" if words or state == RETURNED else "review.passed_plain"
    tell([Message(enrolment.member_id, kind, f"review:{review_id}", f"/quests/{quest.slug}/{step.slug}", told)], now)
    audit.record(f"review.{state}", Ref("review", review_id), viewer.id, after={"quest": quest.slug, "step": step.slug})
    return True


def offer_help(member: Member, quest: Quest, helps: bool) -> bool:
    """Whether one would read the answers of others; only who has finished the quest is asked. False: they have not."""
    mine = (Enrolment.member_id == member.id, Enrolment.quest_id == quest.id, Enrolment.finished_at.is_not(None))
    changed = sa.update(Enrolment).where(*mine).values(helps=helps).returning(Enrolment.id)
    return db.session.scalar(changed, execution_options=_PLAIN) is not None


def widen(now: datetime) -> int:
    """What waited three days may be read by everybody who finished that quest and said they would. Returns how many."""
    due = sa.select(Review.id).where(
        Review.state == WAITING, Review.widened_at.is_(None), Review.asked_at <= now - WIDENED_AFTER
    ).order_by(Review.asked_at, Review.id).limit(SLICE)  # fmt: skip
    ids = db.session.scalars(due).all()
    change = sa.update(Review).where(among(Review.id, ids), Review.state == WAITING, Review.widened_at.is_(None))
    rows = db.session.execute(change.values(widened_at=now).returning(Review.enrolment_id), execution_options=_PLAIN).all()
    wanted = sa.select(Enrolment.quest_id).where(among(Enrolment.id, [row.enrolment_id for row in rows])).distinct()
    for quest_id in db.session.scalars(wanted.order_by(Enrolment.quest_id)).all():
        _tell_helpers(quest_id, now)
    return len(rows)


def _tell_helpers(quest_id: int, now: datetime) -> None:
    quest = db.session.get_one(Quest, quest_id)
    helpers = (
        sa.select(Enrolment.member_id)
        .join(Member, Member.id == Enrolment.member_id)
        .where(Enrolment.quest_id == quest_id, Enrolment.helps.is_(True), Enrolment.finished_at.is_not(None),
               Member.state == "active")
        .order_by(Enrolment.finished_at.desc())
        .limit(HELPERS_TOLD_MAX)
    )  # fmt: skip
    path, day = f"/reviews/?quest={quest.slug}", now.date().isoformat()
    tell([Message(who, "review.pool", f"review.pool:{quest_id}:{day}:{who}", path, {"quest": quest.title})
          for who in db.session.scalars(helpers)], now)  # fmt: skip


def tell_readers(now: datetime) -> None:
    """Once for each day on which something came: those who read by role."""
    newest = db.session.scalar(sa.select(sa.func.max(Review.asked_at)).where(Review.state == WAITING))
    if newest is None or newest <= now - timedelta(days=1):
        return
    day = newest.date().isoformat()
    tell([Message(who, "review.asked", f"review.asked:{day}:{who}", "/reviews/") for who in _readers()], now)


def _readers() -> list[int]:
    """The reviewers; the council where no reviewer can read any of what waits, since all of it is their own."""
    waiting = sa.select(Enrolment.member_id).join(Review, Review.enrolment_id == Enrolment.id).where(Review.state == WAITING)
    authors = set(db.session.scalars(waiting.distinct().limit(2)))
    for role in READERS:
        held = sa.select(Grant.member_id).join(Member, Member.id == Grant.member_id)
        active = held.where(Grant.role == role, Member.state == "active").order_by(Grant.member_id)
        found = [who for who in db.session.scalars(active) if authors != {who}]
        if found:
            return found
    return []
