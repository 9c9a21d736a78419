"""Announcements, their texts by language, and their way through each channel."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

DRAFT, PLANNED, OUT, WITHDRAWN = "draft", "planned", "out", "withdrawn"
WAITING, SENDING, SENT, FAILED, UNSURE = "waiting", "sending", "sent", "failed", "unsure"
TO_DO = "state IN ('waiting', 'sending')"


class Announcement(db.Model):
    """One word to many. `sort`: news, article, minutes, digest. `audience` speaks the criteria language, None is everybody
    who is not suspended; `is_public`: it stands in the archive and in the feed. `about_ref` is what it tells of
    ("campaign:draw-mdm", "event:monthly-call") and `about_at` when that begins: told less than `lead_days` before it, the
    text carries the words "short notice". `cursor`: how far the members are told, by their id; None before and after that.
    `channels` names members, channels, and groups ("group:nairobi"), which are their channels at the moment it goes out.
    `decisions` are records, each {what, decider, consulted, informed, outcome, state, day, url}; `corrections` [{at, note}]
    of what was changed after it went out. A job keeps `mailed_count` and `read_count`."""

    __tablename__ = "announcement"
    __table_args__ = (
        sa.CheckConstraint("state IN ('draft', 'planned', 'out', 'withdrawn')", name="ck_announcement_state"),
        sa.CheckConstraint("sort IN ('news', 'article', 'minutes', 'digest')", name="ck_announcement_sort"),
        sa.Index("ix_announcement_due", "state", "send_at"),
        sa.Index("ix_announcement_out_at", "out_at", "id"),
        sa.Index("ix_announcement_about_ref", "about_ref"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    sort: Mapped[str] = mapped_column(sa.String(8), default="news")
    topic: Mapped[str] = mapped_column(sa.String(96), default="")
    state: Mapped[str] = mapped_column(sa.String(9), default=DRAFT)
    audience: Mapped[dict[str, Any] | None] = mapped_column(Json)
    is_public: Mapped[bool] = mapped_column(default=True)
    channels: Mapped[list[str]] = mapped_column(Json, default=list)
    about_ref: Mapped[str] = mapped_column(sa.String(120), default="")
    about_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lead_days: Mapped[int] = mapped_column(default=14, server_default=sa.text("14"))
    send_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_count: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[int | None] = mapped_column(sa.BigInteger)
    decisions: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    mentions: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    corrections: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    mailed_count: Mapped[int] = mapped_column(default=0)
    read_count: Mapped[int] = mapped_column(default=0)
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    texts: Mapped[list["AnnouncementText"]] = relationship(
        order_by="AnnouncementText.position", lazy="selectin", cascade="all, delete-orphan"
    )


class AnnouncementText(db.Model):
    """In one language; the one at position 0 is what it was written in. Markdown."""

    __tablename__ = "announcement_text"

    announcement_id: Mapped[int] = mapped_column(sa.ForeignKey("announcement.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(sa.String(160))
    body: Mapped[str] = mapped_column(sa.Text, default="")


class Channel(db.Model):
    """A place outside this site where announcements can go, one for each forum, room or address. `adapter` is the name of a
    file in `announcements/channels/`; `config` what it needs and everybody on the council may read; `sealed` the secret that
    the other side gave us, encrypted with the installation's own. `group_id`: the group whose organisers look after it; None
    is the house."""

    __tablename__ = "channel"
    __table_args__ = (sa.CheckConstraint("state IN ('on', 'off')", name="ck_channel_state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), unique=True)
    adapter: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(120))
    language: Mapped[str] = mapped_column(sa.String(16), default="")
    covers: Mapped[str] = mapped_column(sa.String(300), default="")
    config: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    sealed: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[str] = mapped_column(sa.String(3), default="off")
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("community_group.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Dispatch(db.Model):
    """One announcement on its way through one channel; the row is there before anything leaves. `key` names it at the other
    side for ever, so that what may have arrived can be looked for there before it is sent again. `url`: where it stands.
    `edition`: which text is there or on its way, 0 the first one, then one more for each correction."""

    __tablename__ = "dispatch"
    __table_args__ = (
        sa.UniqueConstraint("announcement_id", "channel"),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed', 'unsure')", name="ck_dispatch_state"),
        sa.Index("ix_dispatch_due", "due_at", sqlite_where=sa.text(TO_DO), postgresql_where=sa.text(TO_DO)),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    announcement_id: Mapped[int] = mapped_column(sa.ForeignKey("announcement.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(sa.String(64))
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    edition: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(sa.String(7), default=WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    error: Mapped[str] = mapped_column(sa.String(300), default="")


class Subscriber(db.Model):
    """Somebody without an account who wants the public news by mail. `confirmed_at`: they pressed the link that went to the
    address; before that nothing else goes there. `told_id`: the newest announcement they were sent."""

    __tablename__ = "subscriber"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    address: Mapped[str] = mapped_column(sa.String(254), unique=True)
    language: Mapped[str] = mapped_column(sa.String(16), default="")
    rhythm: Mapped[str] = mapped_column(sa.String(7), default="month")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    state: Mapped[str] = mapped_column(sa.String(8), default="asked")
