"""Notices: one line for one member."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

UNREAD = "read_at IS NULL"


class Notice(db.Model):
    """`kind` names the sentence ("award.revoked"), `data` fills it, `path` is where it leads. `key` is unique, so that
    what is told twice is heard once."""

    __tablename__ = "notice"
    __table_args__ = (
        sa.Index("ix_notice_member_id", "member_id", "id"),
        sa.Index("ix_notice_unread", "member_id", "id", sqlite_where=sa.text(UNREAD), postgresql_where=sa.text(UNREAD)),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(40))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    path: Mapped[str] = mapped_column(sa.String(300), default="")
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
