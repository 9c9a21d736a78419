"""Who wants to hear of what, and what became of each message."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

ON_ITS_WAY = "state = 'waiting'"


class Webhook(db.Model):
    """A program's address, and what it wants to hear ("activity.told", "activity.withdrawn", "award.given"). It hears what
    its owner may see. Secrets as of an inlet: derived, never stored, two of them valid while they change. `state` resting:
    it failed for too long, and waits for its owner."""

    __tablename__ = "webhook"
    __table_args__ = (sa.CheckConstraint("state IN ('on', 'off', 'resting')", name="ck_webhook_state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(22), unique=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    url: Mapped[str] = mapped_column(sa.String(1000))
    events: Mapped[list[str]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(sa.String(7), default="on")
    secret_number: Mapped[int] = mapped_column(default=1)
    former_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WebhookMessage(db.Model):
    """One event for one webhook, once by `event_key`; its `key` stays the same when it is sent again, so that the receiver
    can tell a repeat. What it says is read when it is sent, as its owner may see it then."""

    __tablename__ = "webhook_message"
    __table_args__ = (
        sa.UniqueConstraint("webhook_id", "event_key"),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name="ck_webhook_message_state"),
        sa.Index(
            "ix_webhook_message_due", "due_at", "id", sqlite_where=sa.text(ON_ITS_WAY), postgresql_where=sa.text(ON_ITS_WAY)
        ),
        sa.Index("ix_webhook_message_webhook_id", "webhook_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    webhook_id: Mapped[int] = mapped_column(sa.ForeignKey("webhook.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(22), unique=True)
    event: Mapped[str] = mapped_column(sa.String(40))
    event_key: Mapped[str] = mapped_column(sa.String(120))
    subject_id: Mapped[int] = mapped_column(BigId)
    state: Mapped[str] = mapped_column(sa.String(7), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[int | None]
    error: Mapped[str] = mapped_column(sa.String(300), default="")
    facts: Mapped[dict[str, Any] | None] = mapped_column(Json)
