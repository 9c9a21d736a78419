"""Roles as they are written down. Who holds one is known elsewhere (`held_by`); no row here gives a right or takes one."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db


class Role(db.Model):
    """`title` and `draft` (a sheet, see `rules.Sheet`) are for the council; members read versions. `held_by`: a word of
    `holding.py` for who has it, empty where nobody keeps that. `version`: the newest number that was published.
    Entry: `rule` is a rule of the criteria language, `quest` is needed from `quest_from` on, and it can be asked for while
    `places` are free, until `open_until`."""

    __tablename__ = "role"
    __table_args__ = (sa.Index("ix_role_open_until", "open_until"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    held_by: Mapped[str] = mapped_column(sa.String(80), default="")
    draft: Mapped[dict[str, Any] | None] = mapped_column(Json)
    draft_number: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)
    rule: Mapped[dict[str, Any] | None] = mapped_column(Json)
    quest: Mapped[str | None] = mapped_column(sa.String(80))
    quest_from: Mapped[date | None]
    places: Mapped[int] = mapped_column(default=0)
    open_until: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RolePlace(db.Model):
    """Who has a role of a team, since when. `by_id`: who said so; `ended_at`: laid down, or taken by a person with a reason."""

    __tablename__ = "role_place"
    __table_args__ = (
        sa.Index("uq_role_place_now", "role_id", "member_id", unique=True, sqlite_where=sa.text("ended_at IS NULL"),
                 postgresql_where=sa.text("ended_at IS NULL")),
        sa.Index("ix_role_place_member_id", "member_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    role_id: Mapped[int] = mapped_column(sa.ForeignKey("role.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoleVersion(db.Model):
    """A text as it was published, never changed. Whoever `first_for` means reads it from `first_on`, everybody from `all_on`.
    `told_at`: when those who hold the role heard of it."""

    __tablename__ = "role_version"
    __table_args__ = (sa.UniqueConstraint("role_id", "number"), sa.Index("ix_role_version_all_on", "all_on"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    role_id: Mapped[int] = mapped_column(sa.ForeignKey("role.id", ondelete="CASCADE"))
    number: Mapped[int]
    sheet: Mapped[dict[str, Any]] = mapped_column(Json)
    note: Mapped[str] = mapped_column(sa.String(300))
    first_for: Mapped[str] = mapped_column(sa.String(80), default="")
    first_on: Mapped[date | None]
    all_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoleWord(db.Model):
    """What somebody says to a version, read by whoever reads that version. `gone_at`: taken back, or taken down."""

    __tablename__ = "role_word"
    __table_args__ = (sa.Index("ix_role_word_version_id", "version_id", "id"), sa.Index("ix_role_word_author_id", "author_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("role_version.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoleApplication(db.Model):
    """Somebody would like to take a role on; read by them and whoever decides. `answer`: why, in words."""

    __tablename__ = "role_application"
    __table_args__ = (
        sa.CheckConstraint("state IN ('waiting', 'accepted', 'declined', 'withdrawn')", name="ck_role_application_state"),
        sa.Index("ix_role_application_state", "state", "id"),
        sa.Index("ix_role_application_member_id", "member_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    role_id: Mapped[int] = mapped_column(sa.ForeignKey("role.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    words: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(9), default="waiting")
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
