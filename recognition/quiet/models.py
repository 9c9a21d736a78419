"""The rules of the private word to quiet people, by version, and what was said to whom."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

UNANSWERED = "answer IS NULL AND closed_at IS NULL"


class QuietRule(db.Model):
    """What the job runs and what the page of rules says; the newest version counts. `seen` speaks the criteria language: who
    meets it was seen lately. `thank_days`: so long before the question the thanks go out; `again_days`: nobody is asked more
    often; `grace_days`: who joined later than that is not asked at all."""

    __tablename__ = "quiet_rule"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seen: Mapped[dict[str, Any]] = mapped_column(Json)
    thank_days: Mapped[int] = mapped_column(default=7)
    again_days: Mapped[int] = mapped_column(default=180)
    grace_days: Mapped[int] = mapped_column(default=90)
    is_on: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))


class QuietNote(db.Model):
    """One private word to one member: thanked, later asked, answered or not. `answer`: here, pause or alumni. Nothing happens
    to whoever does not answer. `closed_at`: they were seen again meanwhile, or said that they are away."""

    __tablename__ = "quiet_note"
    __table_args__ = (
        sa.CheckConstraint("answer IN ('here', 'pause', 'alumni')", name="ck_quiet_note_answer"),
        sa.Index("ix_quiet_note_member_id", "member_id", "id"),
        sa.Index("uq_quiet_note_open", "member_id", unique=True, sqlite_where=sa.text(UNANSWERED),
                 postgresql_where=sa.text(UNANSWERED)),
        sa.Index("ix_quiet_note_to_ask", "thanked_at", sqlite_where=sa.text("asked_at IS NULL AND closed_at IS NULL"),
                 postgresql_where=sa.text("asked_at IS NULL AND closed_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    rule_version: Mapped[int]
    thanked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(sa.String(6))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
