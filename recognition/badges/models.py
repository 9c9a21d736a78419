"""Badges, the versions they were given under, and awards."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

DRAFT, PUBLISHED, RETIRED = "draft", "published", "retired"


class Badge(db.Model):
    """`levels` empty: earned once when `criteria` is met. Otherwise `criteria` is one measured leaf, and each number in
    `levels` is an award of its own. `look` counts how often everybody's past had to be looked at, `looked` is the last
    such look that came to its end; whatever happens afterwards comes by itself through the drain."""

    __tablename__ = "badge"
    __table_args__ = (sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name="ck_badge_state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    family: Mapped[str] = mapped_column(sa.String(10))
    glyph: Mapped[str] = mapped_column(sa.String(20))
    band: Mapped[str] = mapped_column(sa.String(12), default="")
    summary: Mapped[str] = mapped_column(sa.String(300))
    story: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[str] = mapped_column(sa.String(10), default=DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    criteria: Mapped[dict[str, Any]] = mapped_column(Json)
    levels: Mapped[list[int]] = mapped_column(Json, default=list)
    holders_count: Mapped[int] = mapped_column(default=0)
    look: Mapped[int] = mapped_column(default=0)
    looked: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BadgeVersion(db.Model):
    """What a badge meant when it was given: kept for ever."""

    __tablename__ = "badge_version"

    badge_id: Mapped[int] = mapped_column(sa.ForeignKey("badge.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    criteria: Mapped[dict[str, Any]] = mapped_column(Json)
    levels: Mapped[list[int]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BadgeListener(db.Model):
    """Which kinds of deed can move a published badge; `*` is any. Lets the drain skip badges that do not listen."""

    __tablename__ = "badge_listener"

    kind: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    badge_id: Mapped[int] = mapped_column(sa.ForeignKey("badge.id", ondelete="CASCADE"), primary_key=True)


class Award(db.Model):
    """One badge on one person. `occasion` is empty or the level's number as text; `key` is the permanent public id."""

    __tablename__ = "award"
    __table_args__ = (
        sa.UniqueConstraint("badge_id", "member_id", "occasion"),
        sa.Index("ix_award_member_id", "member_id", "badge_id"),
        sa.Index("ix_award_badge_id", "badge_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(22), unique=True)
    badge_id: Mapped[int] = mapped_column(sa.ForeignKey("badge.id"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    occasion: Mapped[str] = mapped_column(sa.String(64), default="")
    level: Mapped[int | None]
    version: Mapped[int]
    awarded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int | None]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(sa.String(500))
    badge: Mapped[Badge] = relationship(lazy="joined", innerjoin=True)
