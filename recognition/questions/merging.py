"""When two rows of one person become one: what they asked and what they voted for, once."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.differences import Difference
from recognition.identity.services.merging import Merge
from recognition.questions.models import Question, QuestionVote


def merge_members(one: Merge) -> dict[str, Any]:
    """Who voted twice voted once; a vote for what became one's own stays counted, as it was cast in good faith."""
    both = sa.select(QuestionVote.question_id, QuestionVote.member_id)
    rows = db.session.execute(both.where(among(QuestionVote.member_id, [one.from_id, one.into_id]))).all()
    theirs = {row.question_id for row in rows if row.member_id == one.into_id}
    twice = sorted(row.question_id for row in rows if row.member_id == one.from_id and row.question_id in theirs)
    mine = QuestionVote.member_id == one.from_id
    if twice:
        db.session.execute(sa.delete(QuestionVote).where(mine, among(QuestionVote.question_id, twice)))
    db.session.execute(sa.update(QuestionVote).where(mine).values(member_id=one.into_id))
    _count(twice)
    for column in (Question.author_id, Question.replied_by_id):
        db.session.execute(sa.update(Question).where(column == one.from_id).values({column.key: one.into_id}))
    db.session.expire_all()
    return {"twice": twice}


def take_apart(_one: Merge, moved: Mapping[str, Any], _differences: list[Difference]) -> Callable[[], None]:
    def count() -> None:
        _count(moved.get("twice", []))
        db.session.expire_all()

    return count


def _count(question_ids: list[int]) -> None:
    """From the votes themselves: a sum that is put back with its row and counted up as well would be wrong."""
    if question_ids:
        which = among(Question.id, question_ids)
        db.session.scalars(sa.select(Question.id).where(which).order_by(Question.id).with_for_update()).all()
        there = sa.select(sa.func.count()).where(QuestionVote.question_id == Question.id).scalar_subquery()
        counted = sa.update(Question).where(which).values(votes=there)
        db.session.execute(counted, execution_options={"synchronize_session": False})
