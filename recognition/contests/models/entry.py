"""What is handed in, by whom, and what is said about it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition.contests.models.contest import Contest
from recognition.database import BigId, UtcDateTime
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.media.models import Media

DRAFT, IN, WITHDRAWN, OUT = "draft", "in", "withdrawn", "out"
ASKED, DECLINED = "asked", "declined"


class Entry(db.Model):
    """`key` (random) is its address and its column in the published ballots. `member_id`: who hands it in; of a person's
    nomination, who names them. `alt`: the picture in words. `state` out: disqualified, with `out_reason` for everybody.
    `hidden_at`: nobody but its authors and the council sees it until that is settled; it stays in the count."""

    __tablename__ = "contest_entry"
    __table_args__ = (
        sa.CheckConstraint("state IN ('draft', 'in', 'withdrawn', 'out')", name="ck_contest_entry_state"),
        sa.Index("ix_contest_entry_shown", "contest_id", "state", "handed_in_at", "id"),
        sa.Index("ix_contest_entry_member_id", "member_id"),
        # A person stands once in a contest, whoever names them.
        sa.Index("uq_contest_entry_nominee", "contest_id", "nominee_id", unique=True,
                 sqlite_where=sa.text("nominee_id IS NOT NULL AND state <> 'withdrawn'"),
                 postgresql_where=sa.text("nominee_id IS NOT NULL AND state <> 'withdrawn'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contest_id: Mapped[int] = mapped_column(sa.ForeignKey("contest.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(16), unique=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(sa.String(120), default="")
    story: Mapped[str] = mapped_column(sa.Text, default="")
    alt: Mapped[str] = mapped_column(sa.String(1000), default="")
    text: Mapped[str] = mapped_column(sa.Text, default="")
    url: Mapped[str] = mapped_column(sa.String(2000), default="")
    licence: Mapped[str] = mapped_column(sa.String(20), default="")
    media_id: Mapped[int | None] = mapped_column(sa.ForeignKey("media.id", ondelete="SET NULL"), index=True)
    nominee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), index=True)
    nominee_agreed: Mapped[bool | None]
    state: Mapped[str] = mapped_column(sa.String(10), default=DRAFT)
    out_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contest: Mapped[Contest] = relationship()
    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    nominee: Mapped[Member | None] = relationship(foreign_keys=[nominee_id])
    media: Mapped[Media | None] = relationship()
    authors: Mapped[list["Author"]] = relationship(lazy="selectin", cascade="all, delete-orphan", order_by="Author.position")


class Author(db.Model):
    """Who made it. Whoever hands it in is the first; the others are asked. `state` in: they say so too."""

    __tablename__ = "contest_author"
    __table_args__ = (
        sa.CheckConstraint("state IN ('asked', 'in', 'declined')", name="ck_contest_author_state"),
        sa.Index("ix_contest_author_member_id", "member_id"),
    )

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("contest_entry.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(sa.String(8), default=ASKED)
    member: Mapped[Member] = relationship()


class Remark(db.Model):
    """Talk about an entry: among those who have voted, and for all after the close. `hidden_at`: a moderator hid it."""

    __tablename__ = "contest_remark"
    __table_args__ = (
        sa.Index("ix_contest_remark_entry_id", "entry_id", "id"),
        sa.Index("ix_contest_remark_member_id", "member_id"),
        sa.UniqueConstraint("member_id", "key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("contest_entry.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(40))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    member: Mapped[Member] = relationship()


class Flag(db.Model):
    """Somebody thinks that an entry, or a remark about it, should not stand. `outcome`: kept, hidden or out."""

    __tablename__ = "contest_flag"
    __table_args__ = (
        sa.Index("uq_contest_flag_open", "entry_id", sa.text("coalesce(remark_id, 0)"), "member_id", unique=True,
                 sqlite_where=sa.text("settled_at IS NULL"), postgresql_where=sa.text("settled_at IS NULL")),
        sa.Index("ix_contest_flag_member_id", "member_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("contest_entry.id", ondelete="CASCADE"))
    remark_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contest_remark.id", ondelete="CASCADE"))
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(sa.String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    outcome: Mapped[str] = mapped_column(sa.String(8), default="")
