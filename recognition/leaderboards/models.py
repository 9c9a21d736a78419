"""Standings: a sum over the log for each board, period and member."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

MEASURES = ("points", "deeds", "variety", "firsts", "people")


class Board(db.Model):
    """What counts on it, and how; docs/boards.md has every rule. `kinds` and `families` empty: every kind. `weights`:
    points by kind in place of those that a deed was told with. `per_day` 0: no cap. `per_head`: groups stand on it, not
    people."""

    __tablename__ = "board"
    __table_args__ = (
        sa.CheckConstraint("measure IN ('points', 'deeds', 'variety', 'firsts', 'people')", name="ck_board_measure"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    about: Mapped[str] = mapped_column(sa.String(300), default="")
    kinds: Mapped[list[str]] = mapped_column(Json, default=list)
    families: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    measure: Mapped[str] = mapped_column(sa.String(10), default="points", server_default="points")
    weights: Mapped[dict[str, int]] = mapped_column(Json, default=dict, server_default="{}")
    per_day: Mapped[int] = mapped_column(default=0, server_default="0")
    once_per_object: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    per_head: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class Standing(db.Model):
    """`period` is "all", "2026-S4" (a season is a quarter), "2026-11" or "2026-W47", by the day of the deed, in UTC.
    `deeds`: how many deeds pay. `reached_at` is when the newest of them was reported: of two equal scores the earlier one
    stands first. `listed` follows the member's choice. Derived and rebuilt from the log, so it has no foreign keys: two
    checks a row are a third of the drain's time."""

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


class CountedPeriod(db.Model):
    """The listed people of this board and period are kept counted by score in `standing_count`: there are too many of
    them to count whenever somebody asks for a rank."""

    __tablename__ = "counted_period"

    board_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    period: Mapped[str] = mapped_column(sa.String(8), primary_key=True)


class StandingCount(db.Model):
    """How many listed people have a score in this bucket; `ranks.py` says which buckets there are."""

    __tablename__ = "standing_count"

    board_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    period: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    level: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    bucket: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    people: Mapped[int]


class GroupStanding(db.Model):
    """A group's sum on a board per head, as of the last count (a job; every ten minutes). `people` is by how many it is
    divided; groups of fewer than three have no row."""

    __tablename__ = "group_standing"
    __table_args__ = (sa.Index("ix_group_standing_rank", "board_id", "period", "per_head", "group_id"),)

    board_id: Mapped[int] = mapped_column(sa.ForeignKey("board.id", ondelete="CASCADE"), primary_key=True)
    period: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("community_group.id", ondelete="CASCADE"), primary_key=True)
    score: Mapped[int]
    people: Mapped[int]
    per_head: Mapped[float]
