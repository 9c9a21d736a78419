"""Standings: a sum over the log for each board, period and member."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db


class Board(db.Model):
    """`kinds` empty: every kind counts."""

    __tablename__ = "board"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    about: Mapped[str] = mapped_column(sa.String(300), default="")
    kinds: Mapped[list[str]] = mapped_column(Json, default=list)


class Standing(db.Model):
    """`period` is "all", "2026-11" or "2026-W47", by the day of the deed, in UTC. `reached_at` is when the newest deed
    in the sum was reported: of two equal scores the earlier one stands first. `listed` follows the member's choice.
    Derived and rebuilt from the log, so it has no foreign keys: two checks a row are a third of the drain's time."""

    __tablename__ = "standing"
    __table_args__ = (
        sa.Index(
            "ix_standing_rank",
            "board_id",
            "period",
            sa.text("score DESC"),
            "reached_at",
            "member_id",
            sqlite_where=sa.text("listed"),
            postgresql_where=sa.text("listed"),
        ),
    )

    board_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    period: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    score: Mapped[int]
    deeds: Mapped[int]
    reached_at: Mapped[datetime] = mapped_column(UtcDateTime)
    listed: Mapped[bool] = mapped_column(default=False)
