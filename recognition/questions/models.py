"""What members put before the council. A question asked without a name has no author anywhere."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, UtcDateTime
from recognition.extensions import db


class Question(db.Model):
    """`sort`: a question or an idea. `state`: open, answered (an idea: taken up), declined, withdrawn or hidden. `campaign`:
    what became of an idea. `reply` is for everybody; a declined one needs its reason there."""

    __tablename__ = "question"
    __table_args__ = (
        sa.CheckConstraint("sort IN ('question', 'idea')", name="ck_question_sort"),
        sa.CheckConstraint("state IN ('open', 'answered', 'declined', 'withdrawn', 'hidden')", name="ck_question_state"),
        sa.Index("ix_question_list", "sort", "state", "votes", "id"),
        sa.Index("ix_question_author_id", "author_id"),
        sa.Index("ix_question_campaign", "campaign"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sort: Mapped[str] = mapped_column(sa.String(8))
    title: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text, default="")
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    votes: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(sa.String(9), default="open")
    reply: Mapped[str] = mapped_column(sa.Text, default="")
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replied_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    campaign: Mapped[str | None] = mapped_column(sa.String(80))


class QuestionVote(db.Model):
    """A member would like to know it too."""

    __tablename__ = "question_vote"
    __table_args__ = (sa.Index("ix_question_vote_member_id", "member_id"),)

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
