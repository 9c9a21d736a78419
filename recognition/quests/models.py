"""Quests, their steps, and how far each member is."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db
from recognition.tongues import Translation

READ, QUIZ, REFLECT, DO = "read", "quiz", "reflect", "do"


class Quest(db.Model):
    """`requires` and a do step's `proof` speak the criteria language. `map_x`, `map_y`: 0 to 100 on the map. `version` is the one
    that whoever starts today gets; whoever is in the middle keeps theirs. `draft`: what the council works on, in the form of a
    catalogue file (`quests.sheets`), with `draft_number` going up at each change, so that two who write do not overwrite each
    other."""

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
    version: Mapped[int] = mapped_column(default=1, server_default=sa.text("1"))
    language: Mapped[str] = mapped_column(sa.String(16), default="en", server_default=sa.text("'en'"))
    draft: Mapped[dict[str, Any] | None] = mapped_column(Json)
    draft_number: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    steps: Mapped[list["Step"]] = relationship(
        primaryjoin="and_(Quest.id == Step.quest_id, Quest.version == Step.version)",
        order_by="Step.position", lazy="selectin", cascade="all, delete-orphan", passive_deletes=True,
    )  # fmt: skip


class QuestVersion(db.Model):
    """What was published, as it stood in the form of a catalogue file, and why it was changed."""

    __tablename__ = "quest_version"

    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sheet: Mapped[dict[str, Any]] = mapped_column(Json)
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))


class QuestText(Translation, db.Model):
    """A quest's words in another language. `version` is the one that was translated."""

    __tablename__ = "quest_text"
    __table_args__ = (sa.CheckConstraint("state IN ('draft', 'ready')", name="ck_quest_text_state"),)

    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]


class Step(db.Model):
    """`data`: read {file}; quiz {pass_mark, mode, draw, tries_a_day, limit_minutes, questions: [{kind, ask, ...}]}, see
    `quests.sheets`; reflect {prompt, placeholder}; do {prompt, ideas, tag, proof}. Of a step that was published only the row's
    counts change: a changed quest has new rows, of its next version. The counts are kept by a job: how many of those on this
    version came to it, did it, and stand before it for two weeks."""

    __tablename__ = "step"
    __table_args__ = (
        sa.UniqueConstraint("quest_id", "version", "slug"),
        sa.CheckConstraint("kind IN ('read', 'quiz', 'reflect', 'do')", name="ck_step_kind"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(default=1, server_default=sa.text("1"))
    slug: Mapped[str] = mapped_column(sa.String(64))
    position: Mapped[int]
    reached_count: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    done_count: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    stuck_count: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    kind: Mapped[str] = mapped_column(sa.String(8))
    title: Mapped[str] = mapped_column(sa.String(120))
    minutes: Mapped[int] = mapped_column(default=2)
    body: Mapped[str] = mapped_column(sa.Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Enrolment(db.Model):
    """`version`: the one they walk. `helps`: they finished it and would read the answers of others."""

    __tablename__ = "enrolment"
    __table_args__ = (sa.UniqueConstraint("quest_id", "member_id"), sa.Index("ix_enrolment_member_id", "member_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    quest_id: Mapped[int] = mapped_column(sa.ForeignKey("quest.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(default=1, server_default=sa.text("1"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    helps: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class Review(db.Model):
    """A free answer that a person reads. `taken_by_id` has it on the desk until `taken_until`, then it is anybody's again.
    `state`: waiting, passed, returned (with words, to be written anew) or dropped (its author walks another version by now).
    One row for each time it was handed in, and one for each decision that somebody changed: of the same answer, with the same
    `asked_at` and the next `number`. The highest number stands."""

    __tablename__ = "quest_review"
    __table_args__ = (
        sa.UniqueConstraint("enrolment_id", "step_id", "question_key", "number"),
        sa.CheckConstraint("state IN ('waiting', 'passed', 'returned', 'dropped')", name="ck_quest_review_state"),
        sa.Index("ix_quest_review_waiting", "asked_at", "id", sqlite_where=sa.text("state = 'waiting'"),
                 postgresql_where=sa.text("state = 'waiting'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id", ondelete="CASCADE"))
    step_id: Mapped[int] = mapped_column(sa.ForeignKey("step.id", ondelete="CASCADE"), index=True)
    question_key: Mapped[str] = mapped_column(sa.String(16))
    number: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(8), default="waiting")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    widened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"), index=True)
    taken_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    words: Mapped[str] = mapped_column(sa.String(1000), default="")


class StepDone(db.Model):
    """`done_at` None: begun. `answer`: for a reflection {text}, private to the member; for a deed {activity: id or none}; for
    a quiz {tries: what was given, by question key} and, once done, {right: at the first try, asked}. Where a person reads
    part of it, also {handed: all of it was handed in, waiting: nothing of it waits for the member}. For a test {number: of
    tries, at: when those of the last day were, last: {number, at, right, asked, passed, given}, and by the clock running: see
    `quests.tries`}. Where it was done in an older version, also {carried}: the log has it under the step of that one."""

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
