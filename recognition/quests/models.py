"""Quests, their steps, and how far each member is."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

READ, QUIZ, REFLECT, DO = "read", "quiz", "reflect", "do"


class Quest(db.Model):
    """`requires` and a do step's `proof` speak the criteria language. `map_x`, `map_y`: 0 to 100 on the map."""

    __tablename__ = "quest"
    __table_args__ = (sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name="ck_quest_state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    summary: Mapped[str] = mapped_column(sa.String(400))
    family: Mapped[str] = mapped_column(sa.String(10))
    minutes: Mapped[int]
    campaign: Mapped[str | None] = mapped_column(sa.String(80), index=True)
    position: Mapped[int] = mapped_column(default=0)
    map_x: Mapped[int] = mapped_column(default=50)
    map_y: Mapped[int] = mapped_column(default=50)
    requires: Mapped[dict[str, Any] | None] = mapped_column(Json)
    thanks: Mapped[str] = mapped_column(sa.String(400), default="")
    after: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[str] = mapped_column(sa.String(10), default="published")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    steps: Mapped[list["Step"]] = relationship(order_by="Step.position", lazy="selectin", cascade="all, delete-orphan")


class Step(db.Model):
    """`data`: read {file}; quiz {pass_mark, questions: [{ask, right, wrong, hint, why, source}]}; reflect {prompt,
    placeholder}; do {prompt, ideas, tag, proof}."""

    __tablename__ = "step"
    __table_args__ = (
        sa.UniqueConstraint("quest_id", "slug"),
        sa.CheckConstraint("kind IN ('read', 'quiz', 'reflect', 'do')", name="ck_step_kind"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(sa.String(64))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(8))
    title: Mapped[str] = mapped_column(sa.String(120))
    minutes: Mapped[int] = mapped_column(default=2)
    body: Mapped[str] = mapped_column(sa.Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Enrolment(db.Model):
    __tablename__ = "enrolment"
    __table_args__ = (sa.UniqueConstraint("quest_id", "member_id"), sa.Index("ix_enrolment_member_id", "member_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StepDone(db.Model):
    """`done_at` None: begun. `answer`: for a reflection {text}, private to the member; for a quiz {tries: labels by
    question key} and, once done, {right: at the first try, asked}; for a deed {activity: id or none}."""

    __tablename__ = "step_done"

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True)
    step_id: Mapped[int] = mapped_column(sa.ForeignKey("step.id", ondelete="CASCADE"), primary_key=True)
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StepListener(db.Model):
    """Which kinds of deed can prove a do step; `*` is any."""

    __tablename__ = "step_listener"

    kind: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    step_id: Mapped[int] = mapped_column(sa.ForeignKey("step.id", ondelete="CASCADE"), primary_key=True)
