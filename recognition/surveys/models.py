"""Surveys, their questions, the roll frozen when they open, and the answers."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

DRAFT, DRAWING, OPEN, CLOSED = "draft", "drawing", "open", "closed"


class Survey(db.Model):
    """Takes answers in [opens_at, closes_at). `audience` speaks the criteria language, None is everybody who is not
    suspended. `strata` are rules in the order in which they are tried, each `{key, label, rule}`; `method` says what counts
    as yes, the share to be shown (`over`: more than it), the smallest cell that is told (`least`) and how sure an estimate is
    to be (`confidence`). `evidence` speaks the criteria language: what shows it without an answer. All of these are fixed
    when the survey opens: `rules_hash` is the SHA-256 of them, `roll_hash` that of the roll. `salt` ties a person to an
    anonymous answer while the survey is open and is wiped at the close. `result` is what the close froze."""

    __tablename__ = "survey"
    __table_args__ = (
        sa.CheckConstraint("state IN ('draft', 'drawing', 'open', 'closed')", name="ck_survey_state"),
        sa.CheckConstraint("closes_at > opens_at", name="ck_survey_dates"),
        sa.Index("ix_survey_unfinished", "state", "opens_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    intro: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[str] = mapped_column(sa.String(7), default=DRAFT)
    campaign: Mapped[str | None] = mapped_column(sa.String(80), index=True)
    is_anonymous: Mapped[bool] = mapped_column(default=True)
    audience: Mapped[dict[str, Any] | None] = mapped_column(Json)
    strata: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    method: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    evidence: Mapped[dict[str, Any] | None] = mapped_column(Json)
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    roll_cursor: Mapped[int | None] = mapped_column(sa.BigInteger)
    roll_size: Mapped[int] = mapped_column(default=0)
    rules_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    roll_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    salt: Mapped[str] = mapped_column(sa.String(64), default="")
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    result_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    questions: Mapped[list["SurveyQuestion"]] = relationship(
        order_by="SurveyQuestion.position", lazy="selectin", cascade="all, delete-orphan"
    )


class SurveyQuestion(db.Model):
    """`kind`: choice (one of `options`), several (any of them), scale (1 to 5) or text. `is_claim`: the one by which the goal
    is measured; `yes` are its options that say so, `no` those that deny it: any other is neither."""

    __tablename__ = "survey_question"
    __table_args__ = (
        sa.UniqueConstraint("survey_id", "position"),
        sa.CheckConstraint("kind IN ('choice', 'several', 'scale', 'text')", name="ck_survey_question_kind"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(7))
    ask: Mapped[str] = mapped_column(sa.String(300))
    hint: Mapped[str] = mapped_column(sa.String(300), default="")
    options: Mapped[list[str]] = mapped_column(Json, default=list)
    is_claim: Mapped[bool] = mapped_column(default=False)
    yes: Mapped[list[str]] = mapped_column(Json, default=list)
    no: Mapped[list[str]] = mapped_column(Json, default=list)


class SurveyPerson(db.Model):
    """A line of the roll, frozen when the survey opens: where they stood then. `answered` says that an answer of theirs is
    there, a "rather not say" too; neither which nor when. No page, file or call of the program tells whose it is not. Once the
    result is frozen the whole roll is deleted."""

    __tablename__ = "survey_person"
    __table_args__ = (
        sa.Index("ix_survey_person_member_id", "member_id"),
        sa.Index("ix_survey_person_silent", "survey_id", "member_id", sqlite_where=sa.text("NOT answered"),
                 postgresql_where=sa.text("NOT answered")),
    )  # fmt: skip

    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    stratum: Mapped[str] = mapped_column(sa.String(40))
    region: Mapped[str] = mapped_column(sa.String(120), default="")
    answered: Mapped[bool] = mapped_column(default=False)


class SurveyAnswer(db.Model):
    """What one person said; the newest takes the place of the one before. `person_key` is made of the member and the survey's
    salt, which is wiped at the close; `member_id` only in a survey that was announced as named. `claim`: yes, no, other or
    declined. No time: a log of requests would tell whose it is."""

    __tablename__ = "survey_answer"
    __table_args__ = (
        sa.UniqueConstraint("survey_id", "person_key"),
        sa.CheckConstraint("claim IN ('yes', 'no', 'other', 'declined')", name="ck_survey_answer_claim"),
        sa.Index("ix_survey_answer_member_id", "member_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("survey.id", ondelete="CASCADE"))
    person_key: Mapped[str] = mapped_column(sa.String(64))
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    stratum: Mapped[str] = mapped_column(sa.String(40))
    region: Mapped[str] = mapped_column(sa.String(120), default="")
    claim: Mapped[str] = mapped_column(sa.String(8))
    values: Mapped[dict[str, Any]] = mapped_column("given", Json, default=dict)
