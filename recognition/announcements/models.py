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
    what is told twice is heard once. `topic`: by what rhythm it goes by mail (`MailWish`). `gathered_at`: whether it goes by
    mail was decided; `mailed_at`: it went."""

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
    topic: Mapped[str] = mapped_column(sa.String(96), default="mine", server_default=sa.text("'mine'"))
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gathered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailWish(db.Model):
    """How a member wants to hear by mail; without a row: at once. `rhythms` maps a topic ("news", "mine", "events",
    "campaign:draw-mdm", ...) to now, day, week, month or never; a missing one means what `announcements.rules` says.
    Digests go on `weekday` (0 is Monday) at `hour` in `zone`; nothing goes between `quiet_from` and `quiet_until` (hours,
    equal: no quiet ones). `due_at`: when the next digest of what people did is to go; `follows_due_at`: that of what they
    follow, None where they follow nothing."""

    __tablename__ = "mail_wish"

    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    rhythms: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    language: Mapped[str] = mapped_column(sa.String(16), default="")
    zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    weekday: Mapped[int] = mapped_column(default=0)
    hour: Mapped[int] = mapped_column(default=8)
    quiet_from: Mapped[int] = mapped_column(default=22)
    quiet_until: Mapped[int] = mapped_column(default=7)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    follows_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class Follow(db.Model):
    """What a member wants to hear of, shown to nobody else. `name`: the tag, the slug of the group or campaign, or the digits
    of the person's id; `person_id` stands beside these, so that the row goes when the person does."""

    __tablename__ = "follow"
    __table_args__ = (
        sa.UniqueConstraint("member_id", "sort", "name"),
        sa.CheckConstraint("sort IN ('tag', 'group', 'campaign', 'member')", name="ck_follow_sort"),
        sa.Index("ix_follow_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    sort: Mapped[str] = mapped_column(sa.String(8))
    name: Mapped[str] = mapped_column(sa.String(80))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    since_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StoppedAddress(db.Model):
    """An address, in small letters, whose mails came back. `is_stopped`: nothing goes there until its member says that it
    works again. `letter`: the keys of the newest ones that came back, since mail servers may say so several times."""

    __tablename__ = "stopped_address"

    address: Mapped[str] = mapped_column(sa.String(254), primary_key=True)
    bounces: Mapped[int] = mapped_column(default=1)
    is_stopped: Mapped[bool] = mapped_column(default=False)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    letter: Mapped[str] = mapped_column(sa.String(64), default="")


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
