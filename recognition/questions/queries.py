"""Questions and ideas as one reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.questions.models import Question, QuestionVote
from recognition.questions.rules import ANSWERED, DECLINED, HIDDEN, IDEA, OPEN, SHOWN
from recognition.web.pagination import PAGE_SIZE, Page, as_moment, as_number, decode, page


@dataclass(frozen=True)
class Line:
    """`who` None: asked without a name, or by somebody who is gone. `voted`: this reader's own vote."""

    id: int
    sort: str
    title: str
    body: str
    who: ProfileView | None
    is_anonymous: bool
    is_own: bool
    asked_at: datetime
    votes: int
    voted: bool
    state: str
    reply: str
    replied_at: datetime | None
    replied_by: ProfileView | None
    campaign: str | None


def question(question_id: int, viewer: Member | None, hidden: bool = False) -> Line | None:
    """`hidden`: the reader is on the council, and sees what was taken down. One's own is shown whatever became of it, and what
    somebody took back to nobody else."""
    found = db.session.get(Question, question_id)
    own = found is not None and viewer is not None and found.author_id == viewer.id
    if found is None or not (own or found.state in SHOWN or (hidden and found.state == HIDDEN)):
        return None
    return lines([found], viewer)[0]


def listed(sort: str, state: str, viewer: Member | None, cursor: str | None, size: int = PAGE_SIZE) -> Page[Line]:
    """Open ones by votes, the others by when they were replied to."""
    wanted = sa.select(Question).where(Question.sort == sort, Question.state == state)
    by_votes = state == OPEN
    order: Any = Question.votes if by_votes else Question.replied_at
    last = decode(cursor, (int, int))
    if last:
        edge = last[0] if by_votes else as_moment(last[0])
        wanted = wanted.where(sa.or_(order < edge, sa.and_(order == edge, Question.id < last[1])))
    rows = db.session.scalars(wanted.order_by(order.desc(), Question.id.desc()).limit(size + 1)).all()
    found = page(rows, size, lambda one: (one.votes if by_votes else as_number(one.replied_at or one.asked_at), one.id))
    return Page(lines(found.items, viewer), found.next_cursor)


def own(member: Member, size: int = PAGE_SIZE) -> list[Line]:
    """The newest of a member's own, those without a name not among them: nobody knows whose these are."""
    mine = sa.select(Question).where(Question.author_id == member.id).order_by(Question.id.desc()).limit(size)
    return lines(db.session.scalars(mine).all(), member)


def lines(found: Sequence[Question], viewer: Member | None) -> list[Line]:
    people = profiles([id_ for one in found for id_ in (one.author_id, one.replied_by_id) if id_], viewer)
    known = {id_: one for id_, one in people.items() if one.state != "suspended"}
    mine = sa.select(QuestionVote.question_id).where(QuestionVote.member_id == (viewer.id if viewer else 0))
    voted = set(db.session.scalars(mine.where(among(QuestionVote.question_id, [one.id for one in found])))) if viewer else set()
    return [
        Line(
            id=one.id, sort=one.sort, title=one.title, body=one.body, who=known.get(one.author_id or 0),
            is_anonymous=one.is_anonymous, is_own=viewer is not None and one.author_id == viewer.id, asked_at=one.asked_at,
            votes=one.votes, voted=one.id in voted, state=one.state, reply=one.reply, replied_at=one.replied_at,
            replied_by=known.get(one.replied_by_id or 0), campaign=one.campaign,
        )
        for one in found
    ]  # fmt: skip


def waiting() -> dict[str, tuple[int, datetime]]:
    """By sort: how many nobody has replied to, and since when the oldest waits. Only where some do."""
    counted = sa.select(Question.sort, sa.func.count(), sa.func.min(Question.asked_at)).where(Question.state == OPEN)
    return {row[0]: (row[1], row[2]) for row in db.session.execute(counted.group_by(Question.sort))}


def idea_of(campaign: str, viewer: Member | None) -> Line | None:
    """The idea that became this campaign."""
    from_it = sa.select(Question).where(Question.campaign == campaign, Question.sort == IDEA, Question.state == ANSWERED)
    found = db.session.scalars(from_it.order_by(Question.id).limit(1)).all()
    return lines(found, viewer)[0] if found else None


def states() -> tuple[str, ...]:
    return OPEN, ANSWERED, DECLINED
