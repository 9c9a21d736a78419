"""The log: one row a deed, never rewritten, only marked as considered, witnessed, withdrawn or set aside."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

SELF, PASSIVE, CONFIRMED = 0, 1, 2
EVIDENCE = {"self": SELF, "passive": PASSIVE, "confirmed": CONFIRMED}

PENDING = "considered_at IS NULL AND set_aside_at IS NULL"
SET_ASIDE = "set_aside_at IS NOT NULL"
UNDECIDED = "outcome IS NULL"
_WAITS: Any = {"sqlite_where": sa.text(UNDECIDED), "postgresql_where": sa.text(UNDECIDED)}
IN_FORCE = "state IN ('running', 'done')"
WAS_THERE = "kind = 'event.attended' AND object IS NOT NULL"
UNCONSIDERED = f"(({PENDING}) OR {SET_ASIDE})"


class Kind(db.Model):
    """What sort of deed. A kind that an import brings along is added by itself; `internal` ones the product writes.
    `labels`: by language tag, for those languages in which it is called otherwise than `label`."""

    __tablename__ = "kind"

    slug: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(120))
    family: Mapped[str] = mapped_column(sa.String(10), default="helping")
    hint: Mapped[str] = mapped_column(sa.String(200), default="")
    points: Mapped[int] = mapped_column(default=5)
    internal: Mapped[bool] = mapped_column(default=False)
    offered: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=1000)
    labels: Mapped[dict[str, str] | None] = mapped_column(Json)


class Activity(db.Model):
    """One deed. `occurred_day` is `clock.day_number(occurred_at)`; `campaign` is a slug, also of a campaign that we do
    not run; `object` is what the deed was about ("quest:vision"); `fingerprint` is equal for likely repeats.
    `told_evidence` is how strong the proof was at birth, `evidence` what it is with its witnesses. A withdrawn row stays,
    counts nowhere and is considered; a correction withdraws a row and adds one whose `corrects_id` names it."""

    __tablename__ = "activity"
    __table_args__ = (
        sa.UniqueConstraint("source", "source_key"),
        sa.Index("ix_activity_pending", "id", sqlite_where=sa.text(PENDING), postgresql_where=sa.text(PENDING)),
        sa.Index("ix_activity_set_aside", "id", sqlite_where=sa.text(SET_ASIDE), postgresql_where=sa.text(SET_ASIDE)),
        sa.Index("ix_activity_member_kind", "member_id", "kind", "occurred_day"),
        sa.Index(
            "ix_activity_member_object",
            "member_id",
            "object",
            "occurred_day",
            sqlite_where=sa.text("object IS NOT NULL"),
            postgresql_where=sa.text("object IS NOT NULL"),
        ),
        sa.Index(
            "ix_activity_member_campaign",
            "member_id",
            "kind",
            "campaign",
            sqlite_where=sa.text("campaign IS NOT NULL"),
            postgresql_where=sa.text("campaign IS NOT NULL"),
        ),
        sa.Index("ix_activity_member_at", "member_id", "occurred_at", "id"),
        sa.Index("ix_activity_at", "occurred_at", "id"),
        sa.Index("ix_activity_kind_at", "kind", "occurred_at", "id"),
        sa.Index(
            "ix_activity_group_at",
            "group_id",
            "occurred_at",
            "id",
            sqlite_where=sa.text("group_id IS NOT NULL"),
            postgresql_where=sa.text("group_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_activity_campaign_at",
            "campaign",
            "occurred_at",
            "id",
            sqlite_where=sa.text("campaign IS NOT NULL"),
            postgresql_where=sa.text("campaign IS NOT NULL"),
        ),
        sa.Index(
            "ix_activity_reporter_id",
            "reporter_id",
            sqlite_where=sa.text("reporter_id IS NOT NULL"),
            postgresql_where=sa.text("reporter_id IS NOT NULL"),
        ),
        sa.Index("ix_activity_fingerprint", "fingerprint"),
        sa.Index("ix_activity_there", "object", sqlite_where=sa.text(WAS_THERE), postgresql_where=sa.text(WAS_THERE)),
        sa.Index(
            "ix_activity_picture_id",
            "picture_id",
            sqlite_where=sa.text("picture_id IS NOT NULL"),
            postgresql_where=sa.text("picture_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_activity_corrects_id",
            "corrects_id",
            sqlite_where=sa.text("corrects_id IS NOT NULL"),
            postgresql_where=sa.text("corrects_id IS NOT NULL"),
        ),
        sa.CheckConstraint("evidence BETWEEN 0 AND 2", name="ck_activity_evidence"),
        sa.CheckConstraint("visibility IN ('public', 'members', 'me')", name="ck_activity_visibility"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    reporter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(sa.String(80))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    occurred_day: Mapped[int]
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(sa.Text, default="")
    url: Mapped[str | None] = mapped_column(sa.String(1000))
    place: Mapped[str | None] = mapped_column(sa.String(120))
    picture_id: Mapped[int | None] = mapped_column(sa.ForeignKey("media.id", ondelete="SET NULL"))
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("community_group.id", ondelete="SET NULL"))
    campaign: Mapped[str | None] = mapped_column(sa.String(80))
    object: Mapped[str | None] = mapped_column(sa.String(160))
    evidence: Mapped[int] = mapped_column(sa.SmallInteger, default=SELF)
    told_evidence: Mapped[int] = mapped_column(sa.SmallInteger, default=SELF, server_default="0")
    visibility: Mapped[str] = mapped_column(sa.String(8), default="members")
    source: Mapped[str] = mapped_column(sa.String(64))
    source_key: Mapped[str] = mapped_column(sa.String(200))
    points: Mapped[int] = mapped_column(default=0)
    fingerprint: Mapped[str | None] = mapped_column(sa.String(32))
    repeat_of_id: Mapped[int | None] = mapped_column(BigId)
    data: Mapped[dict[str, Any] | None] = mapped_column(Json)
    considered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    set_aside_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    set_aside_error: Mapped[str | None] = mapped_column(sa.Text)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    withdrawn_reason: Mapped[str | None] = mapped_column(sa.String(300))
    corrects_id: Mapped[int | None] = mapped_column(BigId)


class Confirmation(db.Model):
    """A witness says that a deed happened. `counts` False: kept, but not proof, since two people who confirm each
    other's deeds count once in each direction."""

    __tablename__ = "confirmation"
    __table_args__ = (sa.Index("ix_confirmation_witness_id", "witness_id", "activity_id"),)

    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    witness_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counts: Mapped[bool] = mapped_column(default=True)


class NamedPerson(db.Model):
    """Somebody whom a deed names, and who can say so with one click. `role`: they did it too ("with") or saw it
    ("seen"). `answer` None: not yet, and nobody waits for it. `own_id`: the row of the log that a yes of "with" wrote for
    them. `stands_in_for_id`: asked in the place of this one, who has been silent for a while."""

    __tablename__ = "named_person"
    __table_args__ = (
        sa.CheckConstraint("role IN ('with', 'seen')", name="ck_named_person_role"),
        sa.CheckConstraint("answer IN ('yes', 'no')", name="ck_named_person_answer"),
        sa.Index("ix_named_person_member_id", "member_id", "activity_id"),
        sa.Index(
            "ix_named_person_own_id",
            "own_id",
            sqlite_where=sa.text("own_id IS NOT NULL"),
            postgresql_where=sa.text("own_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_named_person_silent",
            "asked_at",
            "activity_id",
            sqlite_where=sa.text("answer IS NULL AND passed_on_at IS NULL"),
            postgresql_where=sa.text("answer IS NULL AND passed_on_at IS NULL"),
        ),
    )

    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(4))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(sa.String(3))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    own_id: Mapped[int | None] = mapped_column(sa.ForeignKey("activity.id", ondelete="SET NULL"))
    passed_on_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stands_in_for_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))


class Comment(db.Model):
    """A word to a deed, for the members who may see the deed. `removed_at`: taken back by who wrote it; `hidden_at`: taken down
    after a report."""

    __tablename__ = "comment"
    __table_args__ = (
        sa.Index("ix_comment_activity_id", "activity_id", "id"),
        sa.Index("ix_comment_member_id", "member_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    nonce: Mapped[str] = mapped_column(sa.String(100), unique=True)
    text: Mapped[str] = mapped_column(sa.Text)
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ContentReport(db.Model):
    """Somebody thinks that this should not stand here. `subject` is a Ref ("activity:12", "comment:3", "member:4"); of
    each reporter one waits for each subject. `outcome` None: it waits in the council's queue."""

    __tablename__ = "content_report"
    __table_args__ = (
        sa.Index("uq_content_report_open", "subject", "reporter_id", unique=True, **_WAITS),
        sa.CheckConstraint("outcome IN ('kept', 'taken_down')", name="ck_content_report_outcome"),
        sa.Index("ix_content_report_open", "id", **_WAITS),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(80))
    reporter_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(500))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(sa.String(10))
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    words: Mapped[str] = mapped_column(sa.String(500), default="")


class TagRule(db.Model):
    """What the council made of a tag: a kind, or another way to write a second tag. It holds for new deeds at once and goes
    through the old ones in slices: `position` is the last row of the log that it reached, `state` where it stands."""

    __tablename__ = "tag_rule"
    __table_args__ = (
        sa.CheckConstraint("becomes IN ('kind', 'tag')", name="ck_tag_rule_becomes"),
        sa.CheckConstraint("state IN ('running', 'done', 'undoing', 'undone')", name="ck_tag_rule_state"),
        sa.Index("ix_tag_rule_tag", "tag", unique=True, sqlite_where=sa.text(IN_FORCE), postgresql_where=sa.text(IN_FORCE)),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tag: Mapped[str] = mapped_column(sa.String(64))
    becomes: Mapped[str] = mapped_column(sa.String(4))
    target: Mapped[str] = mapped_column(sa.String(80))
    state: Mapped[str] = mapped_column(sa.String(7), default="running")
    position: Mapped[int] = mapped_column(BigId, default=0)
    moved: Mapped[int] = mapped_column(default=0)
    facts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TagMove(db.Model):
    """What a tag's rule changed on one row, as it was before, so that it can be undone."""

    __tablename__ = "tag_move"

    rule_id: Mapped[int] = mapped_column(sa.ForeignKey("tag_rule.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    before: Mapped[dict[str, Any]] = mapped_column(Json)


class ActivityTag(db.Model):
    """`occurred_at` is the deed's, so that a tag's newest deeds are found without reading its oldest."""

    __tablename__ = "activity_tag"
    __table_args__ = (sa.Index("ix_activity_tag_tag", "tag", "occurred_at", "activity_id"),)

    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Reconciliation(db.Model):
    """The old portal's figures beside ours, as they were counted last: the only row. `sheet` names nobody."""

    __tablename__ = "reconciliation"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sheet: Mapped[dict[str, Any]] = mapped_column(Json)


class IdempotencyRecord(db.Model):
    """The answer that an API client already got under its key, with a hash of the body that it sent."""

    __tablename__ = "idempotency_record"
    __table_args__ = (sa.UniqueConstraint("token_id", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_id: Mapped[int] = mapped_column(sa.ForeignKey("api_token.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(200))
    body_hash: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    answer: Mapped[Any] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
