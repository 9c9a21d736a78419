"""The log: one row a deed, never rewritten, only marked as considered, witnessed, withdrawn or set aside."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

SELF, PASSIVE, CONFIRMED = 0, 1, 2
EVIDENCE = {"self": SELF, "passive": PASSIVE, "confirmed": CONFIRMED}

PENDING = "considered_at IS NULL AND set_aside_at IS NULL"
SET_ASIDE = "set_aside_at IS NOT NULL"
UNCONSIDERED = f"(({PENDING}) OR {SET_ASIDE})"


class Kind(db.Model):
    """What sort of deed. A kind that an import brings along is added by itself; `internal` ones the product writes."""

    __tablename__ = "kind"

    slug: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(120))
    family: Mapped[str] = mapped_column(sa.String(10), default="helping")
    hint: Mapped[str] = mapped_column(sa.String(200), default="")
    points: Mapped[int] = mapped_column(default=5)
    internal: Mapped[bool] = mapped_column(default=False)
    offered: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=1000)


class Activity(db.Model):
    """One deed. `occurred_day` is `clock.day_number(occurred_at)`; `campaign` is a slug, also of a campaign that we do
    not run; `object` is what the deed was about ("quest:vision"); `fingerprint` is equal for likely repeats.
    `told_evidence` is how strong the proof was at birth, `evidence` what it is with its witnesses. A withdrawn row stays,
    counts nowhere and is considered; a correction withdraws a row and adds one whose `corrects_id` names it."""

    __tablename__ = "activity"
    __table_args__ = (
        sa.UniqueConstraint("source", "source_key"),
        sa.Index("ix_activity_pending", "id", sqlite_where=sa.text(PENDING), postgresql_where=sa.text(PENDING)),
        sa.Index("ix_activity_set_aside", "id", sqlite_where=sa.text(SET_ASIDE), postgresql_where=sa.text(SET_ASIDE)),
        sa.Index("ix_activity_member_kind", "member_id", "kind", "occurred_day"),
        sa.Index(
            "ix_activity_member_object",
            "member_id",
            "object",
            "occurred_day",
            sqlite_where=sa.text("object IS NOT NULL"),
            postgresql_where=sa.text("object IS NOT NULL"),
        ),
        sa.Index(
            "ix_activity_member_campaign",
            "member_id",
            "kind",
            "campaign",
            sqlite_where=sa.text("campaign IS NOT NULL"),
            postgresql_where=sa.text("campaign IS NOT NULL"),
        ),
        sa.Index("ix_activity_member_at", "member_id", "occurred_at", "id"),
        sa.Index("ix_activity_at", "occurred_at", "id"),
        sa.Index("ix_activity_kind_at", "kind", "occurred_at", "id"),
        sa.Index(
            "ix_activity_group_at",
            "group_id",
            "occurred_at",
            "id",
            sqlite_where=sa.text("group_id IS NOT NULL"),
            postgresql_where=sa.text("group_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_activity_reporter_id",
            "reporter_id",
            sqlite_where=sa.text("reporter_id IS NOT NULL"),
            postgresql_where=sa.text("reporter_id IS NOT NULL"),
        ),
        sa.Index("ix_activity_fingerprint", "fingerprint"),
        sa.Index(
            "ix_activity_corrects_id",
            "corrects_id",
            sqlite_where=sa.text("corrects_id IS NOT NULL"),
            postgresql_where=sa.text("corrects_id IS NOT NULL"),
        ),
        sa.CheckConstraint("evidence BETWEEN 0 AND 2", name="ck_activity_evidence"),
        sa.CheckConstraint("visibility IN ('public', 'members', 'me')", name="ck_activity_visibility"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    reporter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(sa.String(80))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    occurred_day: Mapped[int]
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(sa.Text, default="")
    url: Mapped[str | None] = mapped_column(sa.String(1000))
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("community_group.id", ondelete="SET NULL"))
    campaign: Mapped[str | None] = mapped_column(sa.String(80))
    object: Mapped[str | None] = mapped_column(sa.String(160))
    evidence: Mapped[int] = mapped_column(sa.SmallInteger, default=SELF)
    told_evidence: Mapped[int] = mapped_column(sa.SmallInteger, default=SELF, server_default="0")
    visibility: Mapped[str] = mapped_column(sa.String(8), default="members")
    source: Mapped[str] = mapped_column(sa.String(64))
    source_key: Mapped[str] = mapped_column(sa.String(200))
    points: Mapped[int] = mapped_column(default=0)
    fingerprint: Mapped[str | None] = mapped_column(sa.String(32))
    repeat_of_id: Mapped[int | None] = mapped_column(BigId)
    data: Mapped[dict[str, Any] | None] = mapped_column(Json)
    considered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    set_aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    set_aside_error: Mapped[str | None] = mapped_column(sa.Text)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    withdrawn_reason: Mapped[str | None] = mapped_column(sa.String(300))
    corrects_id: Mapped[int | None] = mapped_column(BigId)


class Confirmation(db.Model):
    """A witness says that a deed happened. `counts` False: kept, but not proof, since two people who confirm each
    other's deeds count once in each direction."""

    __tablename__ = "confirmation"
    __table_args__ = (sa.Index("ix_confirmation_witness_id", "witness_id", "activity_id"),)

    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    witness_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counts: Mapped[bool] = mapped_column(default=True)


class ActivityTag(db.Model):
    """`occurred_at` is the deed's, so that a tag's newest deeds are found without reading its oldest."""

    __tablename__ = "activity_tag"
    __table_args__ = (sa.Index("ix_activity_tag_tag", "tag", "occurred_at", "activity_id"),)

    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IdempotencyRecord(db.Model):
    """The answer that an API client already got under its key, with a hash of the body that it sent."""

    __tablename__ = "idempotency_record"
    __table_args__ = (sa.UniqueConstraint("token_id", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_id: Mapped[int] = mapped_column(sa.ForeignKey("api_token.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(200))
    body_hash: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    answer: Mapped[Any] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
