"""Events and who means to come. Who was there is a deed of the log, told by a list."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, UtcDateTime
from recognition.extensions import db


class Event(db.Model):
    """[starts_at, ends_at). `zone` is where its time is told ("Africa/Nairobi"), `form` on site, online or both. `series`
    names what repeats ("monthly-call"): its next ones are made in advance, and one without a result shows. `results` is what
    came of it, in Markdown, once it is over."""

    __tablename__ = "event"
    __table_args__ = (
        sa.CheckConstraint("state IN ('draft', 'planned', 'called_off')", name="ck_event_state"),
        sa.CheckConstraint("form IN ('site', 'online', 'both')", name="ck_event_form"),
        sa.CheckConstraint("kind IN ('call', 'meeting', 'workshop', 'sprint', 'talk', 'other')", name="ck_event_kind"),
        sa.CheckConstraint("ends_at > starts_at", name="ck_event_dates"),
        sa.Index("ix_event_starts_at", "starts_at", "id"),
        sa.Index("ix_event_series", "series", "starts_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    about: Mapped[str] = mapped_column(sa.Text, default="")
    kind: Mapped[str] = mapped_column(sa.String(8), default="meeting")
    form: Mapped[str] = mapped_column(sa.String(6), default="online")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    series: Mapped[str] = mapped_column(sa.String(64), default="")
    topic: Mapped[str] = mapped_column(sa.String(64), default="")
    campaign: Mapped[str | None] = mapped_column(sa.String(80), index=True)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("community_group.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(sa.String(10), default="planned")
    called_off_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    agenda: Mapped[str] = mapped_column(sa.Text, default="")
    results: Mapped[str] = mapped_column(sa.Text, default="")
    coming_count: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    host_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Coming(db.Model):
    """What a member answered: yes, maybe or no. `shows`: others may see that they come."""

    __tablename__ = "coming"
    __table_args__ = (
        sa.CheckConstraint("answer IN ('yes', 'maybe', 'no')", name="ck_coming_answer"),
        sa.Index("ix_coming_member_id", "member_id"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    answer: Mapped[str] = mapped_column(sa.String(5))
    shows: Mapped[bool] = mapped_column(default=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
