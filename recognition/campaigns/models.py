"""Campaigns: a goal in the criteria language, dates, and what belongs to it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db
from recognition.tongues import Translation


class Campaign(db.Model):
    """Runs in [starts_at, ends_at). `target_share` (0 to 1) is a share of active members, `target_count` a number of people; one
    of the two. The drain keeps `reached_count`; a job keeps `base_count`, the members the share is of. `publish_at`: a draft
    that goes out by itself then. Published less than `lead_days` before it starts, it shows as short notice. `outcome` is what a
    job worked out after the end; `came_of_it` what people say about it. `idea_id`: whose thought it was. `language`: of its own
    words. `contact`: whom one asks, in words. `mentions`: [{title, url}] of places elsewhere that speak of it."""

    __tablename__ = "campaign"
    __table_args__ = (
        sa.CheckConstraint("state IN ('draft', 'published', 'paused', 'ended')", name="ck_campaign_state"),
        sa.CheckConstraint("ends_at > starts_at", name="ck_campaign_dates"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    tagline: Mapped[str] = mapped_column(sa.String(300), default="")
    why_now: Mapped[str] = mapped_column(sa.String(600), default="")
    body: Mapped[str] = mapped_column(sa.Text, default="")
    family: Mapped[str] = mapped_column(sa.String(10), default="gathering")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(10), default="draft")
    goal_sentence: Mapped[str] = mapped_column(sa.String(300), default="")
    goal_criteria: Mapped[dict[str, Any] | None] = mapped_column(Json)
    target_share: Mapped[float | None]
    target_count: Mapped[int | None]
    reached_count: Mapped[int] = mapped_column(default=0)
    joined_count: Mapped[int] = mapped_column(default=0)
    base_count: Mapped[int] = mapped_column(default=0)
    base_counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    came_of_it: Mapped[str] = mapped_column(sa.Text, default="")
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lead_days: Mapped[int] = mapped_column(default=14, server_default=sa.text("14"))
    outcome: Mapped[dict[str, Any] | None] = mapped_column(Json)
    outcome_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contact: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    mentions: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list, server_default=sa.text("'[]'"))
    language: Mapped[str] = mapped_column(sa.String(16), default="en", server_default=sa.text("'en'"))
    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("question.id", ondelete="SET NULL"))
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    items: Mapped[list["CampaignItem"]] = relationship(order_by="CampaignItem.position", cascade="all, delete-orphan")


class CampaignText(Translation, db.Model):
    """A campaign's words in another language than its own."""

    __tablename__ = "campaign_text"
    __table_args__ = (sa.CheckConstraint("state IN ('draft', 'ready')", name="ck_campaign_text_state"),)

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)


class CampaignItem(db.Model):
    """A quest, badge or group that belongs to the campaign, by slug. A contest or event names its campaign itself."""

    __tablename__ = "campaign_item"

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class CampaignState(db.Model):
    """What a campaign became, when, by whom and why. Resting and ending need a reason, which everybody may read."""

    __tablename__ = "campaign_state"
    __table_args__ = (sa.Index("ix_campaign_state_campaign_id", "campaign_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(sa.String(10))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))


class CampaignMember(db.Model):
    __tablename__ = "campaign_member"
    __table_args__ = (sa.Index("ix_campaign_member_member_id", "member_id"),)

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CampaignReached(db.Model):
    """A member who meets the campaign's goal."""

    __tablename__ = "campaign_reached"
    __table_args__ = (sa.Index("ix_campaign_reached_member_id", "member_id"),)

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    reached_at: Mapped[datetime] = mapped_column(UtcDateTime)
