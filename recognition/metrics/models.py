"""What counts as active, area by area, and the counts that a job keeps."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db


class Area(db.Model):
    """A part of the community's work and what "active" means there: `conversion` speaks the criteria language and says which
    deeds count, each window gives it its days. `state`: how far its measure is. `base`: whom a share is of, None is every
    member who is not suspended."""

    __tablename__ = "area"
    __table_args__ = (sa.CheckConstraint("state IN ('defined', 'piloted', 'live')", name="ck_area_state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    about: Mapped[str] = mapped_column(sa.Text, default="")
    conversion: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(sa.String(7), default="defined")
    position: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Figure(db.Model):
    """One number of one day. `name` is what was counted ("active.all", "members", "quest.finished"), `span` of how many days
    up to and including `day` (0: as it stood then), `by` along what it is told apart ("", "country", "group",
    "initiative", "kind", "step") and `slot` the part ("India"). `people` is how many different members stand behind
    `value`: what is shown to readers hides small ones. `day` is the number of days since 1970-01-01."""

    __tablename__ = "figure"
    __table_args__ = (sa.Index("ix_figure_series", "name", "span", "told_by", "slot", "day"),)

    name: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True)
    span: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column("told_by", sa.String(20), primary_key=True)
    slot: Mapped[str] = mapped_column(sa.String(160), primary_key=True)
    value: Mapped[int] = mapped_column(sa.BigInteger)
    people: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
