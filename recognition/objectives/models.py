"""Objectives, their key results and milestones, news about them, and who offers help."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition.database import BigId, UtcDateTime
from recognition.extensions import db


class Objective(db.Model):
    """Runs in [starts_on, ends_on]. `quiet_days`: so long after the last news its owner is reminded, and a week later the
    page says that it has gone quiet. A change of state has a reason. `comments_until`: a draft that members were asked about
    takes their comments until this day, itself one of them. `unasked_reason`: why it ran without that."""

    __tablename__ = "objective"
    __table_args__ = (
        sa.CheckConstraint("state IN ('draft', 'asking', 'running', 'paused', 'ended')", name="ck_objective_state"),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_objective_dates"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), unique=True)
    title: Mapped[str] = mapped_column(sa.String(160))
    why: Mapped[str] = mapped_column(sa.Text, default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(sa.String(7), default="draft")
    state_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    quiet_days: Mapped[int] = mapped_column(default=30)
    covered_by: Mapped[str] = mapped_column(sa.String(300), default="")
    news_at: Mapped[datetime] = mapped_column(UtcDateTime)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    comments_until: Mapped[date | None]
    unasked_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    results: Mapped[list["KeyResult"]] = relationship(
        order_by="KeyResult.position", lazy="selectin", cascade="all, delete-orphan"
    )
    milestones: Mapped[list["Milestone"]] = relationship(
        order_by="Milestone.position", lazy="selectin", cascade="all, delete-orphan"
    )


class KeyResult(db.Model):
    """`source` names what measures it ("survey:mdm-2026", "campaign:what-is-mdm"); empty: a person types `value`. `target` and
    `value` are in `unit`: percent or count."""

    __tablename__ = "key_result"
    __table_args__ = (sa.CheckConstraint("unit IN ('percent', 'count')", name="ck_key_result_unit"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    objective_id: Mapped[int] = mapped_column(sa.ForeignKey("objective.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(sa.String(300))
    source: Mapped[str] = mapped_column(sa.String(120), default="")
    unit: Mapped[str] = mapped_column(sa.String(7), default="percent")
    target: Mapped[float]
    value: Mapped[float | None]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Milestone(db.Model):
    """`closes` names what closes it by itself once it is out or over ("announcement:why-mdm", "event:call-with-mentors",
    "survey:mdm-2026", "contest:draw-mdm", "campaign:what-is-mdm"); empty: its owner ticks it. `done_by`: a person's id as
    text, or "system". `reopened_at`: a person opened it again, so what was out or over by then does not close it."""

    __tablename__ = "milestone"
    __table_args__ = (sa.Index("ix_milestone_closes", "closes"), sa.Index("ix_milestone_due_on", "due_on"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    objective_id: Mapped[int] = mapped_column(sa.ForeignKey("objective.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(sa.String(300))
    due_on: Mapped[date | None]
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    closes: Mapped[str] = mapped_column(sa.String(120), default="")
    wants_help: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[str] = mapped_column(sa.String(20), default="")
    reopened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MilestoneHelp(db.Model):
    """A member offers to help with it."""

    __tablename__ = "milestone_help"
    __table_args__ = (sa.Index("ix_milestone_help_member_id", "member_id"),)

    milestone_id: Mapped[int] = mapped_column(sa.ForeignKey("milestone.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(sa.String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ObjectiveNews(db.Model):
    """How it goes, told by a person; changes that the program sees are in the audit."""

    __tablename__ = "objective_news"
    __table_args__ = (sa.Index("ix_objective_news_objective_id", "objective_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    objective_id: Mapped[int] = mapped_column(sa.ForeignKey("objective.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    words: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PlanTheme(db.Model):
    """What several comments on a plan are about, in the council's words, and what the council says to it (`words`)."""

    __tablename__ = "plan_theme"
    __table_args__ = (sa.UniqueConstraint("objective_id", "title", name="uq_plan_theme_title"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    objective_id: Mapped[int] = mapped_column(sa.ForeignKey("objective.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(sa.String(160))
    words: Mapped[str] = mapped_column(sa.Text, default="")


class PlanComment(db.Model):
    """What a member says to a plan, for all members. `theme_id`: where the council put it. `hidden_reason`: why the council
    took it down; then only its author sees it."""

    __tablename__ = "plan_comment"
    __table_args__ = (
        sa.Index("ix_plan_comment_objective_id", "objective_id", "id"),
        sa.Index("ix_plan_comment_member_id", "member_id"),
        sa.Index("ix_plan_comment_theme_id", "theme_id"),
        # What was reported about one that was taken back is about no later one.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    objective_id: Mapped[int] = mapped_column(sa.ForeignKey("objective.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    words: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("plan_theme.id", ondelete="SET NULL"))
    hidden_reason: Mapped[str] = mapped_column(sa.String(500), default="")
