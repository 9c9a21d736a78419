"""A contest and its rounds. What it is at a moment is told by its dates (`rules.phase`), not by a column."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db


class Contest(db.Model):
    """Takes entries in [entries_from, entries_until). `takes`: what an entry is; for `person` it is somebody whom another
    names, and who agrees. `may_enter` and `may_vote` speak the criteria language; None is every active member.
    `seed` (64 hex digits) breaks ties where `tie_rule` says draw: made when the contest is published, when its SHA-256 is
    shown, and shown itself once the last round is closed."""

    __tablename__ = "contest"
    __table_args__ = (
        sa.CheckConstraint("state IN ('draft', 'published', 'called_off')", name="ck_contest_state"),
        sa.CheckConstraint("takes IN ('picture', 'text', 'link', 'person')", name="ck_contest_takes"),
        sa.CheckConstraint("tie_rule IN ('share', 'draw')", name="ck_contest_tie_rule"),
        sa.CheckConstraint("entries_until > entries_from", name="ck_contest_dates"),
        sa.CheckConstraint("entries_each BETWEEN 1 AND 20", name="ck_contest_entries_each"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    brief: Mapped[str] = mapped_column(sa.Text)
    rules: Mapped[str] = mapped_column(sa.Text, default="")
    takes: Mapped[str] = mapped_column(sa.String(8))
    family: Mapped[str] = mapped_column(sa.String(10), default="making")
    campaign: Mapped[str | None] = mapped_column(sa.String(80), index=True)
    may_enter: Mapped[dict[str, Any] | None] = mapped_column(Json)
    may_vote: Mapped[dict[str, Any] | None] = mapped_column(Json)
    entries_each: Mapped[int] = mapped_column(default=1)
    licences: Mapped[list[str]] = mapped_column(Json, default=list)
    shows_at_once: Mapped[bool] = mapped_column(default=True)
    entries_from: Mapped[datetime] = mapped_column(UtcDateTime)
    entries_until: Mapped[datetime] = mapped_column(UtcDateTime)
    tie_rule: Mapped[str] = mapped_column(sa.String(5), default="share")
    seed: Mapped[str] = mapped_column(sa.String(64), default="")
    state: Mapped[str] = mapped_column(sa.String(10), default="draft", index=True)
    called_off_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rounds: Mapped[list["Round"]] = relationship(
        order_by="Round.position", lazy="selectin", cascade="all, delete-orphan", back_populates="contest"
    )
    prizes: Mapped[list["Prize"]] = relationship(order_by="Prize.position", lazy="selectin", cascade="all, delete-orphan")


class Prize(db.Model):
    """A badge that this contest brings, by slug; the badge's own rule says to whom."""

    __tablename__ = "contest_prize"

    contest_id: Mapped[int] = mapped_column(sa.ForeignKey("contest.id", ondelete="CASCADE"), primary_key=True)
    badge: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class Round(db.Model):
    """Votes are taken in [starts_at, ends_at). `most_choices`: how many entries one ballot may approve of; None is any
    number. `advance_count`: how many go on into the next round, and those level with the last of them; None is all.
    `weight` (0 to 100): this round's part in the final order. `quorum`: ballots without which it does not count; where
    `missing` says extend it is then open `extend_days` longer, once. `deputies_at`: from when deputies vote as well, one for
    each juror who has not. `salt` ties a voter to their ballot and is wiped at the close. `roll_cursor`: how far the roll is
    drawn up. `outcome` is what the close froze: long, so it is read only where it is asked for."""

    __tablename__ = "contest_round"
    __table_args__ = (
        sa.UniqueConstraint("contest_id", "position"),
        sa.Index("ix_contest_round_unfinished", "state", "ends_at"),
        sa.CheckConstraint("judges IN ('community', 'jury')", name="ck_contest_round_judges"),
        sa.CheckConstraint("method IN ('approval', 'score', 'borda', 'irv', 'schulze')", name="ck_contest_round_method"),
        sa.CheckConstraint("state IN ('waiting', 'drawing', 'open', 'closed')", name="ck_contest_round_state"),
        sa.CheckConstraint("missing IN ('count', 'extend')", name="ck_contest_round_missing"),
        sa.CheckConstraint("weight BETWEEN 0 AND 100", name="ck_contest_round_weight"),
        sa.CheckConstraint("ends_at > starts_at", name="ck_contest_round_dates"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contest_id: Mapped[int] = mapped_column(sa.ForeignKey("contest.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(120), default="")
    judges: Mapped[str] = mapped_column(sa.String(10), default="community")
    method: Mapped[str] = mapped_column(sa.String(10), default="approval")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    most_choices: Mapped[int | None]
    advance_count: Mapped[int | None]
    weight: Mapped[int] = mapped_column(default=100)
    quorum: Mapped[int] = mapped_column(default=0)
    missing: Mapped[str] = mapped_column(sa.String(8), default="count")
    extend_days: Mapped[int] = mapped_column(default=7)
    extended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deputies_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deputies_called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(8), default="waiting")
    salt: Mapped[str] = mapped_column(sa.String(64), default="")
    roll_cursor: Mapped[int] = mapped_column(BigId, default=0)
    roll_count: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(Json, deferred=True)
    contest: Mapped[Contest] = relationship(back_populates="rounds")


class Result(db.Model):
    """The final order: `places` is a list of places, each a list of ids of entries that share it. Never changed: a
    correction is a further row, with its reason. `number` 1 is the count at the close."""

    __tablename__ = "contest_result"

    contest_id: Mapped[int] = mapped_column(sa.ForeignKey("contest.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    places: Mapped[list[list[int]]] = mapped_column(Json)
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
