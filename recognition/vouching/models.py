"""Words about people: where one belongs, by their own word; and who stands up for whom, with the reason."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, UtcDateTime
from recognition.extensions import db


class Affiliation(db.Model):
    """One of the places a member belongs to, as they say themselves; nobody checks it, and it gives no right. `sort`: staff,
    volunteer, or outside, a project of others. `shown_to`: public, members or me."""

    __tablename__ = "affiliation"
    __table_args__ = (
        sa.UniqueConstraint("member_id", "sort", "name"),
        sa.CheckConstraint("sort IN ('staff', 'volunteer', 'outside')", name="ck_affiliation_sort"),
        sa.CheckConstraint("shown_to IN ('public', 'members', 'me')", name="ck_affiliation_shown_to"),
        sa.Index("ix_affiliation_sort", "sort", "shown_to", "member_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    sort: Mapped[str] = mapped_column(sa.String(9))
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    shown_to: Mapped[str] = mapped_column(sa.String(7), default="members")
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Vouch(db.Model):
    """`by_id` stands up for `member_id`. `shown_to` is that member's choice. `declined_at`: they would rather not have it; it
    counts and shows nowhere, and whoever said it hears nothing of that. `back_at`: taken back by whoever said it after that;
    before their eyes it is gone, and the no stays."""

    __tablename__ = "vouch"
    __table_args__ = (
        sa.UniqueConstraint("member_id", "by_id"),
        sa.CheckConstraint("member_id <> by_id", name="ck_vouch_self"),
        sa.CheckConstraint("shown_to IN ('public', 'members', 'me')", name="ck_vouch_shown_to"),
        sa.Index("ix_vouch_by_id", "by_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    words: Mapped[str] = mapped_column(sa.String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_to: Mapped[str] = mapped_column(sa.String(7), default="members")
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
