"""When two rows of one person become one: their accounts elsewhere, what was seen there, and their learning records."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from recognition.activities.sources.looked import document_of
from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.merging import Merge
from recognition.inlets.models import Inlet, LinkedAccount, Sighting, Statement
from recognition.inlets.services.fetched import ACCEPT


def hold_what_comes_in(member_ids: Collection[int]) -> None:
    """Whoever answers, links an account or looks at a feed holds these, in this order, before the people."""
    for model in (LinkedAccount, Inlet, Sighting):
        theirs = sa.select(model.id).where(among(model.member_id, member_ids)).order_by(model.id)
        db.session.scalars(theirs.with_for_update()).all()


def merge_members(one: Merge) -> dict[str, Any]:
    """An account that both named stays once: the proven one, if one of them is. A feed that both have is looked at once."""
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
    rest = _rest(one)
    db.session.flush()
    for model in (Inlet, Sighting, Statement):
        mine = sa.update(model).where(model.member_id == one.from_id).values(member_id=one.into_id)
        db.session.execute(mine, execution_options={"synchronize_session": "fetch"})
    return {"accounts_dropped": dropped, "inlets_resting": rest}


def _rest(one: Merge) -> list[int]:
    mine = (among(Inlet.member_id, [one.from_id, one.into_id]), Inlet.source.in_(list(ACCEPT)), Inlet.state == "on")
    kept: set[tuple[str, str]] = set()
    rest = []
    for inlet in db.session.scalars(sa.select(Inlet).where(*mine).order_by(Inlet.member_id == one.from_id, Inlet.id)):
        there = (inlet.source, document_of(inlet.config["address"]))
        if there in kept:
            inlet.state, inlet.due_at = "off", None
            rest.append(inlet.id)
        kept.add(there)
    return rest


def _name(row: LinkedAccount) -> tuple[str, str, str]:
    return row.source, row.place, row.folded
