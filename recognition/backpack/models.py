"""Badges that were earned elsewhere, as they came."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db
from recognition.media.models import Media


class ExternalBadge(db.Model):
    """`content` is what was brought, byte for byte; `form` is json, jwt, png or svg. `issuer` and `credential` name it in
    the world (URIs); the same one is brought once. `standing` and `findings` are the outcome of the last check, at
    `checked_at`: good, false, revoked, expired, not_yet or unsure. `facts`: what a page shows of it. `source_url`: where
    it was fetched from, if it was. `is_mine`: its recipient is one of the member's verified addresses."""

    __tablename__ = "external_badge"
    __table_args__ = (
        sa.UniqueConstraint("member_id", "credential_hash"),
        sa.Index("ix_external_badge_shown", "shown", "checked_at", "id"),
        sa.CheckConstraint("form IN ('json', 'jwt', 'png', 'svg')", name="ck_external_badge_form"),
        sa.CheckConstraint(
            "standing IN ('good', 'false', 'revoked', 'expired', 'not_yet', 'unsure')", name="ck_external_badge_standing"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(22), unique=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    form: Mapped[str] = mapped_column(sa.String(4))
    version: Mapped[str] = mapped_column(sa.String(3))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    size_bytes: Mapped[int]
    issuer: Mapped[str] = mapped_column(sa.String(2000))
    credential: Mapped[str] = mapped_column(sa.String(2000))
    credential_hash: Mapped[str] = mapped_column(sa.String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    standing: Mapped[str] = mapped_column(sa.String(8))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    is_mine: Mapped[bool] = mapped_column(default=False)
    shown: Mapped[bool] = mapped_column(default=False)
    source_url: Mapped[str | None] = mapped_column(sa.String(2000))
    media_id: Mapped[int | None] = mapped_column(sa.ForeignKey("media.id", ondelete="SET NULL"))
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    brought_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    picture: Mapped[Media | None] = relationship(lazy="raise")
