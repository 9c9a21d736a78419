"""Where deeds come from by themselves, whose accounts are whose there, and what was seen."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

DUE = "state = 'on' AND due_at IS NOT NULL"
PROVEN = "proven_at IS NOT NULL"
NOBODYS = "state = 'new'"
ASKED = "state = 'asked'"


class Inlet(db.Model):
    """One forum, feed, calendar or repository. `source` names the adapter in activities/sources. It belongs to a member,
    a group, or (neither) to the house. Its secrets are derived from `key` and `secret_number` with the installation's
    secret, and stand in no table; the one before is valid until `former_until`. `config`: the adapter's settings.
    `cursor`: what the last look left for the next one (ETag, last entry). `due_at`: when it is looked at next, where we
    look and are not told."""

    __tablename__ = "inlet"
    __table_args__ = (
        sa.CheckConstraint("state IN ('on', 'off')", name="ck_inlet_state"),
        sa.CheckConstraint("member_id IS NULL OR group_id IS NULL", name="ck_inlet_owner"),
        sa.Index("ix_inlet_source", "source", "id"),
        sa.Index("ix_inlet_due", "due_at", "id", sqlite_where=sa.text(DUE), postgresql_where=sa.text(DUE)),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(22), unique=True)
    source: Mapped[str] = mapped_column(sa.String(32))
    name: Mapped[str] = mapped_column(sa.String(120))
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("community_group.id", ondelete="CASCADE"), index=True)
    config: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(sa.String(3), default="off")
    secret_number: Mapped[int] = mapped_column(default=1)
    former_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cursor: Mapped[dict[str, Any] | None] = mapped_column(Json)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(sa.String(300), default="")
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LinkedAccount(db.Model):
    """A member's name in another place. `place` is where: the host of a forum, wiki or code host; `folded` is the name as
    it is compared. Until it is proven it means nothing. `proof`: "page" (the token stood on the page that only they can
    write) or "sign-in". `mode`: what happens to what is seen under it: asked about once a week, taken at once, or nothing."""

    __tablename__ = "linked_account"
    __table_args__ = (
        sa.CheckConstraint("mode IN ('ask', 'take', 'off')", name="ck_linked_account_mode"),
        sa.UniqueConstraint("member_id", "source", "place", "folded"),
        sa.Index(
            "ix_linked_account_proven",
            "source",
            "place",
            "folded",
            unique=True,
            sqlite_where=sa.text(PROVEN),
            postgresql_where=sa.text(PROVEN),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), index=True)
    source: Mapped[str] = mapped_column(sa.String(32))
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    name: Mapped[str] = mapped_column(sa.String(200))
    folded: Mapped[str] = mapped_column(sa.String(200))
    token: Mapped[str] = mapped_column(sa.String(43))
    proof: Mapped[str] = mapped_column(sa.String(10), default="")
    mode: Mapped[str] = mapped_column(sa.String(4), default="ask")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Sighting(db.Model):
    """Something that was seen elsewhere, once by source and key. `place` and `account` say who did it there; `member_id` is
    who that is here, once that is known. `version_at`: how new our knowledge of it is, so that an older delivery changes
    nothing; `gone`: it was removed there. `draft` holds the fields of a report. `state`: new (nobody's yet), asked (waits
    for the member's weekly yes), taken (`activity_id` is its row), dropped."""

    __tablename__ = "sighting"
    __table_args__ = (
        sa.UniqueConstraint("source", "source_key"),
        sa.CheckConstraint("state IN ('new', 'asked', 'taken', 'dropped')", name="ck_sighting_state"),
        sa.Index("ix_sighting_inlet_id", "inlet_id", "id"),
        sa.Index("ix_sighting_activity_id", "activity_id"),
        sa.Index(
            "ix_sighting_nobodys",
            "source",
            "place",
            "account",
            "id",
            sqlite_where=sa.text(NOBODYS),
            postgresql_where=sa.text(NOBODYS),
        ),
        sa.Index(
            "ix_sighting_asked", "member_id", "occurred_at", "id", sqlite_where=sa.text(ASKED), postgresql_where=sa.text(ASKED)
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    inlet_id: Mapped[int | None] = mapped_column(sa.ForeignKey("inlet.id", ondelete="SET NULL"))
    source: Mapped[str] = mapped_column(sa.String(32))
    source_key: Mapped[str] = mapped_column(sa.String(200))
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    account: Mapped[str] = mapped_column(sa.String(200))
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"), index=True)
    version_at: Mapped[datetime] = mapped_column(UtcDateTime)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gone: Mapped[bool] = mapped_column(default=False)
    draft: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(sa.String(7), default="new")
    activity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("activity.id", ondelete="SET NULL"))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Arrival(db.Model):
    """A delivery that we took, by the id that its sender gave it: told again, it gets the same answer. Refused ones are
    kept too, without their body, so that whoever set up the hook sees why."""

    __tablename__ = "arrival"
    __table_args__ = (sa.UniqueConstraint("inlet_id", "delivery"), sa.Index("ix_arrival_at", "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    inlet_id: Mapped[int] = mapped_column(sa.ForeignKey("inlet.id", ondelete="CASCADE"))
    delivery: Mapped[str] = mapped_column(sa.String(200))
    body_hash: Mapped[str] = mapped_column(sa.String(64))
    event: Mapped[str] = mapped_column(sa.String(80), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[int]
    answer: Mapped[Any] = mapped_column(Json)


class Statement(db.Model):
    """One xAPI statement, as it is given out: `body` has what the store added (id, stored, authority, version).
    `member_id`: whose token vouches for it. `refers_to`: the statement that its object names; `voids`: it takes that one
    back. `voided`: it was taken back itself."""

    __tablename__ = "statement"
    __table_args__ = (
        sa.Index("ix_statement_stored_at", "stored_at", "id"),
        sa.Index("ix_statement_member_stored_at", "member_id", "stored_at", "id"),
        sa.Index("ix_statement_refers_to", "refers_to"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    statement_id: Mapped[str] = mapped_column(sa.String(36), unique=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    refers_to: Mapped[str | None] = mapped_column(sa.String(36))
    voids: Mapped[bool] = mapped_column(default=False)
    voided: Mapped[bool] = mapped_column(default=False)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[dict[str, Any]] = mapped_column(Json)


class StatementMark(db.Model):
    """By what a statement is found: its agents, verb, activities and registration, each as a digest with its role. What a
    statement refers to leads to it as well: `via_id` is the statement that has the mark by itself, so that two filters
    are met by one and the same."""

    __tablename__ = "statement_mark"
    __table_args__ = (sa.Index("ix_statement_mark_statement_id", "statement_id"), sa.Index("ix_statement_mark_via_id", "via_id"))

    mark: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    statement_id: Mapped[int] = mapped_column(sa.ForeignKey("statement.id", ondelete="CASCADE"), primary_key=True)
    via_id: Mapped[int] = mapped_column(sa.ForeignKey("statement.id", ondelete="CASCADE"), primary_key=True)
