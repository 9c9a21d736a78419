"""What makes two deeds look alike, made anew where a row was changed in its place."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.activities.rules import Report, fingerprint
from recognition.database import among
from recognition.extensions import db


def print_anew(ids: Sequence[int]) -> None:
    """Rows that the product writes have none."""
    db.session.expire_all()
    table: Any = Activity.__table__
    told = sa.select(Activity).where(among(Activity.id, ids), Activity.fingerprint.is_not(None)).order_by(Activity.id)
    rows = [{"row": row.id, "print": fingerprint(_as_told(row))} for row in db.session.scalars(told)] if ids else []
    if rows:
        change = sa.update(table).where(table.c.id == sa.bindparam("row")).values(fingerprint=sa.bindparam("print"))
        db.session.connection().execute(change, rows)
        db.session.expire_all()


def _as_told(row: Activity) -> Report:
    return Report(row.member_id, row.source, row.source_key, row.occurred_at, kind=row.kind, text=row.text, url=row.url,
                  campaign=row.campaign, object=row.object, data=row.data)  # fmt: skip
