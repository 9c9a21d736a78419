"""Who stood by whom and when, what mentors offer, who asks, and private words about how it goes. Who it is today stands in
`member.mentor_id`; this keeps the rest."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, UtcDateTime
from recognition.extensions import db

OPEN_ASK = "answered_at IS NULL"


class MentorLink(db.Model):
    """A stretch of time in which one stood by the other. `ended_by`: mentee, mentor or gone; without a reason, since none is
    asked for. Where the mentor's row is gone, the stretch stays and names nobody."""

    __tablename__ = "mentor_link"
    __table_args__ = (
        sa.Index("ix_mentor_link_mentee_id", "mentee_id", "id"),
        sa.Index("ix_mentor_link_mentor_id", "mentor_id", "id"),
        sa.Index("uq_mentor_link_now", "mentee_id", unique=True, sqlite_where=sa.text("ended_at IS NULL"),
                 postgresql_where=sa.text("ended_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    mentee_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    mentor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str] = mapped_column(sa.String(8), default="")


class MentorOffer(db.Model):
    """Somebody who likes to stand by others. `most`: how many at the same time; `rests_until`: nobody new before then."""

    __tablename__ = "mentor_offer"

    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    is_open: Mapped[bool] = mapped_column(default=True)
    most: Mapped[int] = mapped_column(default=5)
    words: Mapped[str] = mapped_column(sa.String(500), default="")
    rests_until: Mapped[date | None]
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class MentorAsk(db.Model):
    """A question of a member to their mentor, or to the pool where they have none. `passed_on_at`: the mentor was silent too
    long, and everybody in the pool may take it. `want`: a word, or a mentor of one's own; then `mentor_id` is who stood by
    them so far, who never reads it, and before `passed_on_at` nobody does."""

    __tablename__ = "mentor_ask"
    __table_args__ = (
        sa.CheckConstraint("want IN ('word', 'mentor')", name="ck_mentor_ask_want"),
        sa.Index("ix_mentor_ask_mentee_id", "mentee_id", "id"),
        sa.Index("ix_mentor_ask_mentor_id", "mentor_id"),
        sa.Index("ix_mentor_ask_open", "asked_at", sqlite_where=sa.text(OPEN_ASK), postgresql_where=sa.text(OPEN_ASK)),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    mentee_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    mentor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    want: Mapped[str] = mapped_column(sa.String(6), default="word")
    words: Mapped[str] = mapped_column(sa.Text, default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    passed_on_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    answer: Mapped[str] = mapped_column(sa.Text, default="")


class MentorWord(db.Model):
    """How mentoring goes, in private: for those who look after the pool, never for the mentor it is about. `mood`: good,
    mixed, poor."""

    __tablename__ = "mentor_word"
    __table_args__ = (
        sa.CheckConstraint("mood IN ('good', 'mixed', 'poor')", name="ck_mentor_word_mood"),
        sa.Index("ix_mentor_word_mentor_id", "mentor_id"),
        sa.Index("ix_mentor_word_member_id", "member_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    mentor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    mood: Mapped[str] = mapped_column(sa.String(5))
    words: Mapped[str] = mapped_column(sa.String(2000), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
