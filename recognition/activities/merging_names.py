"""When two rows of one person become one: where deeds name them, what they said of deeds, and what they reported."""

from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity, Comment, ContentReport, NamedPerson
from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.merging import Merge


def move_names(one: Merge) -> dict[str, Any]:
    """Nobody is named twice in a deed, nor in their own; an answer goes before silence."""
    dropped = _drop_names(one)
    mine = {NamedPerson.member_id: NamedPerson, NamedPerson.stands_in_for_id: NamedPerson, Comment.member_id: Comment}
    for column, model in mine.items():
        _repoint(model, column, one)
    waits = ContentReport.outcome.is_(None)
    reported = sa.select(ContentReport.subject).where(ContentReport.reporter_id == one.into_id, waits)
    mine_too = (ContentReport.reporter_id == one.from_id, waits, ContentReport.subject.in_(reported))
    twice = sa.delete(ContentReport).where(*mine_too)
    db.session.execute(twice, execution_options={"synchronize_session": False})
    _repoint(ContentReport, ContentReport.reporter_id, one)
    _repoint(ContentReport, ContentReport.decided_by_id, one)
    return {"names_dropped": dropped}


def _drop_names(one: Merge) -> list[list[int]]:
    both = [one.from_id, one.into_id]
    own = sa.select(Activity.id).where(among(Activity.member_id, both))
    wanted = sa.select(NamedPerson).where(among(NamedPerson.member_id, both)).order_by(NamedPerson.activity_id)
    rows = db.session.scalars(wanted.with_for_update()).all()
    about_own = set(db.session.scalars(own.where(among(Activity.id, {row.activity_id for row in rows}))))
    kept: dict[int, NamedPerson] = {}
    dropped = []
    # The one who answered comes first, then the row that stays.
    for row in sorted(rows, key=lambda row: (row.answer is None, row.member_id != one.into_id)):
        if row.activity_id in about_own or kept.setdefault(row.activity_id, row) is not row:
            dropped.append([row.activity_id, row.member_id])
            db.session.delete(row)
    db.session.flush()
    return dropped


def _repoint(model: Any, column: Any, one: Merge) -> None:
    mine = sa.update(model).where(column == one.from_id).values({column.key: one.into_id})
    db.session.execute(mine, execution_options={"synchronize_session": "fetch"})
