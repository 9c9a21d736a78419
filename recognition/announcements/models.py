"""Notices, one line for one member each, and their way by mail."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

UNREAD = "read_at IS NULL"
UNGATHERED = "gathered_at IS NULL"
WAITING, SENDING, SENT, REFUSED, UNSURE, DROPPED = "waiting", "sending", "sent", "refused", "unsure", "dropped"
LOST = "state IN ('refused', 'unsure')"
ON_ITS_WAY = "state IN ('waiting', 'sending')"


class Notice(db.Model):
    """`kind` names the sentence ("award.revoked"), `data` fills it, `path` is where it leads. `key` is unique, so that
    what is told twice is heard once. `gathered_at`: whether it goes by mail was decided; `mailed_at`: it went."""

    __tablename__ = "notice"
    __table_args__ = (
        sa.Index("ix_notice_member_id", "member_id", "id"),
        sa.Index("ix_notice_unread", "member_id", "id", sqlite_where=sa.text(UNREAD), postgresql_where=sa.text(UNREAD)),
        sa.Index(
            "ix_notice_ungathered",
            "created_at",
            "id",
            sqlite_where=sa.text(UNGATHERED),
            postgresql_where=sa.text(UNGATHERED),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(40))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    path: Mapped[str] = mapped_column(sa.String(300), default="")
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gathered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Delivery(db.Model):
    """One notice on its way by mail. The row is there before the mail is, one for each notice: none goes twice. Those with
    one `mail` go together. `due_at`: not before then, or, while one is being sent, when its worker counts as dead.
    `unsure`: the worker ended, or the line broke, while the server was being handed the mail; it may have arrived, so it is
    not sent again. `dropped`: the member wanted no mail any more when it was to go."""

    __tablename__ = "delivery"
    __table_args__ = (
        sa.Index("ix_delivery_mail", "mail"),
        sa.Index("ix_delivery_due", "due_at", "mail", sqlite_where=sa.text(ON_ITS_WAY), postgresql_where=sa.text(ON_ITS_WAY)),
        sa.Index("ix_delivery_lost", "due_at", sqlite_where=sa.text(LOST), postgresql_where=sa.text(LOST)),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'refused', 'unsure', 'dropped')", name="ck_delivery_state"),
    )

    notice_id: Mapped[int] = mapped_column(sa.ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), index=True)
    mail: Mapped[str] = mapped_column(sa.String(22))
    state: Mapped[str] = mapped_column(sa.String(8))
    attempts: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(sa.String(300), default="")
