"""Tasks of a group. A row gives no right and counts nowhere: what was done is told in the log by whoever did it."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, UtcDateTime
from recognition.extensions import db

LIVE = "done_at IS NULL AND gone_at IS NULL"


class Task(db.Model):
    """`taken_by_id` has it until `taken_until`, then it is anybody's again. `until`: the last day on which it makes sense.
    `gone_at`: taken off the list by those who look after the group."""

    __tablename__ = "group_task"
    __table_args__ = (
        sa.Index("ix_group_task_live", "group_id", "id", sqlite_where=sa.text(LIVE), postgresql_where=sa.text(LIVE)),
        sa.Index("ix_group_task_done", "group_id", "done_at"),
        sa.Index("ix_group_task_taken_until", "taken_until"),
        sa.Index("ix_group_task_taken_by_id", "taken_by_id"),
        sa.Index("ix_group_task_until", "until", "id", sqlite_where=sa.text(LIVE), postgresql_where=sa.text(LIVE)),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("community_group.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(sa.String(120))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    minutes: Mapped[int]
    until: Mapped[date | None]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TaskWant(db.Model):
    """A skill, a language or an area that helps with a task; `word` by `rules.word_of`, `said` as typed."""

    __tablename__ = "group_task_want"
    __table_args__ = (sa.Index("ix_group_task_want_word", "word", "task_id"),)

    task_id: Mapped[int] = mapped_column(sa.ForeignKey("group_task.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    said: Mapped[str] = mapped_column(sa.String(80))
