"""The job table: the arguments live here, Redis carries only the id."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db

QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"

UNTRIED = "state = 'queued' AND attempts = 0"
"""Only such a job sees all that was changed before it was asked for; one that began may have read too early."""


class Job(db.Model):
    __tablename__ = "job"
    __table_args__ = (
        sa.Index("uq_job_dedupe_key", "dedupe_key", unique=True, sqlite_where=sa.text(UNTRIED),
                 postgresql_where=sa.text(UNTRIED)),
        sa.Index("ix_job_due", "run_after", sqlite_where=sa.text("state IN ('queued', 'running')"),
                 postgresql_where=sa.text("state IN ('queued', 'running')")),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="ck_job_state"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    args: Mapped[dict[str, Any]] = mapped_column(Json)
    dedupe_key: Mapped[str | None] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(8), default=QUEUED)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
