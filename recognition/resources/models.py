"""What somebody asked for and what was decided about it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, UtcDateTime
from recognition.extensions import db


class ResourceKind(db.Model):
    """What can be asked for, as the council calls it. `unit`: what it is counted in ("EUR", "pieces"), empty where it is not
    counted. Closed kinds stay with what was asked; nothing new is."""

    __tablename__ = "resource_kind"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    unit: Mapped[str] = mapped_column(sa.String(20), default="")
    is_open: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ResourceAsk(db.Model):
    """`kind_id` None: something that no kind names. `what` and `why` are the asker's words, for them and whoever decides, and
    for everybody where `shows_words`; `shows_name`: the asker's name, or the group's where it is for one. `region`: the country
    it is for, as they wrote it; empty where they did not say. `about`: "campaign:…" or "event:…". `amount` was asked for and
    `given` is what came of it, both in `unit`. `answer`: the reason, for everybody. `deed_id`: what they told came of it.
    `words_down_at`: since when the asker's words are for nobody but them and whoever decides, whatever `shows_words` says."""

    __tablename__ = "resource_ask"
    __table_args__ = (
        sa.CheckConstraint("state IN ('waiting', 'granted', 'partly', 'declined', 'withdrawn')", name="ck_resource_ask_state"),
        sa.Index("ix_resource_ask_state", "state", "id"),
        sa.Index("ix_resource_ask_member_id", "member_id", "id"),
        sa.Index("ix_resource_ask_decided_at", "decided_at", "id"),
        sa.Index("ix_resource_ask_region", "region", "decided_at", "id"),
        sa.Index("ix_resource_ask_kind_id", "kind_id", "decided_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("community_group.id", ondelete="SET NULL"), index=True)
    kind_id: Mapped[int | None] = mapped_column(sa.ForeignKey("resource_kind.id", ondelete="SET NULL"))
    what: Mapped[str] = mapped_column(sa.String(120))
    why: Mapped[str] = mapped_column(sa.Text)
    amount: Mapped[int | None]
    unit: Mapped[str] = mapped_column(sa.String(20), default="")
    region: Mapped[str] = mapped_column(sa.String(120), default="")
    about: Mapped[str] = mapped_column(sa.String(100), default="")
    shows_name: Mapped[bool] = mapped_column(default=False)
    shows_words: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(9), default="waiting")
    given: Mapped[int | None]
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"), index=True)
    deed_id: Mapped[int | None] = mapped_column(sa.ForeignKey("activity.id", ondelete="SET NULL"), index=True)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    words_down_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
