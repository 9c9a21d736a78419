"""When two rows of one person become one: their accounts elsewhere, what was seen there, and their learning records."""

from typing import Any

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.merging import Merge
from recognition.inlets.models import Inlet, LinkedAccount, Sighting, Statement


def merge_members(one: Merge) -> dict[str, Any]:
    """An account that both named stays once: the proven one, if one of them is."""
    both = sa.select(LinkedAccount).where(among(LinkedAccount.member_id, [one.from_id, one.into_id]))
    rows = db.session.scalars(both.order_by(LinkedAccount.id).with_for_update()).all()
    kept = {_name(row): row for row in rows if row.member_id == one.into_id}
    dropped = []
    for row in [row for row in rows if row.member_id == one.from_id]:
        other = kept.get(_name(row))
        loser = None if other is None else other if row.proven_at and not other.proven_at else row
        if loser is not None:
            dropped.append(loser.id)
            db.session.delete(loser)
            db.session.flush()
        if loser is not row:
            row.member_id = one.into_id
    db.session.flush()
    for model in (Inlet, Sighting, Statement):
        mine = sa.update(model).where(model.member_id == one.from_id).values(member_id=one.into_id)
        db.session.execute(mine, execution_options={"synchronize_session": "fetch"})
    return {"accounts_dropped": dropped}


def _name(row: LinkedAccount) -> tuple[str, str, str]:
    return row.source, row.place, row.folded
