"""Badges, the versions they were given under, and awards."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

DRAFT, PUBLISHED, RETIRED = "draft", "published", "retired"
RULE, HAND, NOMINATION, CODE = "rule", "hand", "nomination", "code"
"""How an award came about."""
WAITING, ACCEPTED, DECLINED = "waiting", "accepted", "declined"
"""What its holder says to an award."""


class Badge(db.Model):
    """`levels` empty: earned once when `criteria` is met. Otherwise `criteria` is one measured leaf, and each number in
    `levels` is an award of its own. `look` counts how often everybody's past had to be looked at, `looked` is the last
    such look that came to its end, at `looked_at`; whatever happens afterwards comes by itself through the drain.
    `criteria` None: given by people only. `issuer_id`: the group that gives it, None for the whole house. `valid_days`:
    an award expires so long after it was given or renewed; the holder is told `warn_days` before. `silent_since`: a rule
    that used to give awards has gone quiet; `silence_known_at`: the council said then that this is fine."""

    __tablename__ = "badge"
    __table_args__ = (sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name="ck_badge_state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    family: Mapped[str] = mapped_column(sa.String(10))
    glyph: Mapped[str] = mapped_column(sa.String(20))
    band: Mapped[str] = mapped_column(sa.String(12), default="")
    summary: Mapped[str] = mapped_column(sa.String(300))
    story: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[str] = mapped_column(sa.String(10), default=DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    criteria: Mapped[dict[str, Any] | None] = mapped_column(Json)
    levels: Mapped[list[int]] = mapped_column(Json, default=list)
    issuer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("community_group.id", ondelete="SET NULL"))
    nominable: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    valid_days: Mapped[int | None]
    warn_days: Mapped[int] = mapped_column(default=30, server_default="30")
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    silent_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    silence_known_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    holders_count: Mapped[int] = mapped_column(default=0)
    look: Mapped[int] = mapped_column(default=0)
    looked: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BadgeVersion(db.Model):
    """What a badge meant when it was given: kept for ever."""

    __tablename__ = "badge_version"

    badge_id: Mapped[int] = mapped_column(sa.ForeignKey("badge.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    criteria: Mapped[dict[str, Any] | None] = mapped_column(Json)
    levels: Mapped[list[int]] = mapped_column(Json)
    saved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BadgeListener(db.Model):
    """Which kinds of deed can move a published badge; `*` is any. Lets the drain skip badges that do not listen."""

    __tablename__ = "badge_listener"

    kind: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    badge_id: Mapped[int] = mapped_column(sa.ForeignKey("badge.id", ondelete="CASCADE"), primary_key=True)


EXPIRES = "expires_at IS NOT NULL AND expired_at IS NULL AND revoked_at IS NULL"
FLAGGED = "unsupported_at IS NOT NULL"
TO_SIGN = "sign_due AND answer = 'accepted'"


class Award(db.Model):
    """One badge on one person. `occasion` is empty or the level's number as text; `key` is the permanent public id.

    `shown` is the one thing that readers ask: the holder has accepted it and does not hide it. `answer` is what the
    holder said. `reason` are the giver's public words. `unsupported_at`: the log no longer bears the award out; a person
    decides, and `kept_at` says that it stays all the same. An expired award stays and says so; `warned_at` and
    `expired_at` are when its holder was told that it will be over, and that it is. `sign_due`: its credential has to be
    made, or made anew, as soon as its holder has accepted it."""

    __tablename__ = "award"
    __table_args__ = (
        sa.UniqueConstraint("badge_id", "member_id", "occasion"),
        sa.Index("ix_award_member_id", "member_id", "badge_id"),
        sa.Index("ix_award_badge_id", "badge_id", "id"),
        sa.Index("ix_award_expires", "expires_at", "id", sqlite_where=sa.text(EXPIRES), postgresql_where=sa.text(EXPIRES)),
        sa.Index("ix_award_flagged", "id", sqlite_where=sa.text(FLAGGED), postgresql_where=sa.text(FLAGGED)),
        sa.Index("ix_award_to_sign", "id", sqlite_where=sa.text(TO_SIGN), postgresql_where=sa.text(TO_SIGN)),
        sa.CheckConstraint("how IN ('rule', 'hand', 'nomination', 'code')", name="ck_award_how"),
        sa.CheckConstraint("answer IN ('waiting', 'accepted', 'declined')", name="ck_award_answer"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(22), unique=True)
    badge_id: Mapped[int] = mapped_column(sa.ForeignKey("badge.id"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    occasion: Mapped[str] = mapped_column(sa.String(64), default="")
    level: Mapped[int | None]
    version: Mapped[int]
    how: Mapped[str] = mapped_column(sa.String(10), default=RULE, server_default=RULE)
    given_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(sa.String(500), default="", server_default="")
    awarded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(sa.String(8), default=ACCEPTED, server_default=ACCEPTED)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shown: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int | None]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    renewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    revoked_reason: Mapped[str | None] = mapped_column(sa.String(500))
    unsupported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kept_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kept_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    sign_due: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    badge: Mapped[Badge] = relationship(lazy="joined", innerjoin=True)


class IssuerBlock(db.Model):
    """A member who takes no badges from this group."""

    __tablename__ = "issuer_block"

    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("community_group.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class BadgeRarity(db.Model):
    """How many active members wear a badge, and of how many; as of the last count."""

    __tablename__ = "badge_rarity"

    badge_id: Mapped[int] = mapped_column(sa.ForeignKey("badge.id", ondelete="CASCADE"), primary_key=True)
    holders: Mapped[int]
    members: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)


OPEN, APPROVED, REFUSED, TAKEN_BACK = "open", "approved", "refused", "taken_back"


class Nomination(db.Model):
    """Somebody asks that a badge be given to another. Any of the people who may approve decides, the first one wins."""

    __tablename__ = "nomination"
    __table_args__ = (
        sa.UniqueConstraint("badge_id", "member_id", "nominator_id"),
        sa.Index("ix_nomination_state", "state", "id"),
        sa.Index("ix_nomination_nominator_id", "nominator_id", "id"),
        sa.Index("ix_nomination_member_id", "member_id"),
        sa.CheckConstraint("state IN ('open', 'approved', 'refused', 'taken_back')", name="ck_nomination_state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    badge_id: Mapped[int] = mapped_column(sa.ForeignKey("badge.id"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    nominator_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    level: Mapped[int | None]
    reason: Mapped[str] = mapped_column(sa.String(500))
    state: Mapped[str] = mapped_column(sa.String(10), default=OPEN)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    answer: Mapped[str] = mapped_column(sa.String(500), default="")
    badge: Mapped[Badge] = relationship(lazy="joined", innerjoin=True)


class ClaimCode(db.Model):
    """A code that brings its badge to whoever types or scans it: `used` of `limit` times, in [opens_at, expires_at)."""

    __tablename__ = "claim_code"
    __table_args__ = (
        sa.Index("ix_claim_code_badge_id", "badge_id", "id"),
        sa.CheckConstraint("used >= 0 AND used <= claims_limit", name="ck_claim_code_used"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    badge_id: Mapped[int] = mapped_column(sa.ForeignKey("badge.id"))
    code: Mapped[str] = mapped_column(sa.String(16), unique=True)
    label: Mapped[str] = mapped_column(sa.String(120))
    level: Mapped[int | None]
    claims_limit: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    badge: Mapped[Badge] = relationship(lazy="joined", innerjoin=True)


class Claim(db.Model):
    """Who used a code. The printed code is no secret, so each person counts once."""

    __tablename__ = "claim"

    code_id: Mapped[int] = mapped_column(sa.ForeignKey("claim_code.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
