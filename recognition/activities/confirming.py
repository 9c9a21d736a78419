"""Witnesses: somebody who was there says that a deed happened. No queue, no office: a person's word is the proof."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities import witnesses
from recognition.activities.changes import SOURCE, fact_keys, settle, tell, weigh_evidence, withdraw_facts
from recognition.activities.models import Activity, Confirmation, NamedPerson
from recognition.activities.policy import can_confirm
from recognition.activities.queries import is_visible
from recognition.activities.rules import NotAWitness
from recognition.activities.services import hold_members
from recognition.announcements.services import Message, untell
from recognition.announcements.services import settle as settle_notices
from recognition.announcements.services import tell as notify
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Member

WAS_THERE, KNOWS_OF_IT = "deed.confirmed", "deed.vouched"
"""How the doer hears of a word: of somebody who was there, and of who was asked in the place of somebody silent."""


def confirm(activity_id: int, witness_id: int, now: datetime) -> bool:
    """False where this witness has confirmed it already. Raises NotAWitness, with a sentence for them."""
    deed, witness = _deed_and_witness(activity_id, witness_id)
    if deed is None or witness is None or not is_visible(activity_id, witness):
        raise NotAWitness(_("This deed is not here, or not for you to see."))
    if not can_confirm(witness, deed):
        raise NotAWitness(_("A witness is somebody else: nobody confirms a deed of their own."))
    _count_as_answer(activity_id, witness_id, now)
    return vouch([Said(activity_id, deed.member_id, witness_id, WAS_THERE)], now)


def _count_as_answer(activity_id: int, witness_id: int, now: datetime) -> None:
    """Who was asked whether they saw it, and says so on the deed's own page, is asked no more."""
    asked = sa.update(NamedPerson).where(
        NamedPerson.activity_id == activity_id, NamedPerson.member_id == witness_id, NamedPerson.role == "seen"
    )
    db.session.execute(asked.where(NamedPerson.answer.is_(None)).values(answer="yes", answered_at=now))
    settle_notices(witnesses.asked_keys([activity_id], witness_id), now)


class Said(NamedTuple):
    """One word for one deed. `heard_as`: the kind of the notice that its doer gets where it counts; empty: none."""

    activity_id: int
    doer_id: int
    witness_id: int
    heard_as: str = ""


def vouch(words: Sequence[Said], now: datetime) -> bool:
    """Their right was asked already, and whoever they are is held. All at once: what follows from them locks sums, and no
    deed is locked behind that. False where all was said before."""
    table: Any = Confirmation.__table__
    rows = [{"activity_id": one.activity_id, "witness_id": one.witness_id, "confirmed_at": now, "counts": False} for one in words]
    if not insert_new(table, sorted(rows, key=lambda row: (row["activity_id"], row["witness_id"])), table.c.activity_id):
        return False
    tell(settle({witnesses.pair(one.doer_id, one.witness_id) for one in words}, now), now)
    counting = sa.select(Confirmation.activity_id, Confirmation.witness_id).where(Confirmation.counts)
    counting = counting.where(among(Confirmation.activity_id, {one.activity_id for one in words}))
    proof = {tuple(row) for row in db.session.execute(counting)}
    notify([_heard(one) for one in words if one.heard_as and (one.activity_id, one.witness_id) in proof], now)
    return True


def _heard(one: Said) -> Message:
    key, _given = fact_keys(one.activity_id, one.witness_id)
    return Message(one.doer_id, one.heard_as, key, f"/activities/{one.activity_id}", {"person": one.witness_id})


def unconfirm(activity_id: int, witness_id: int, now: datetime) -> bool:
    """The witness takes their word back. False where there is none."""
    deed, _witness = _deed_and_witness(activity_id, witness_id)
    own = sa.delete(Confirmation).where(Confirmation.activity_id == activity_id, Confirmation.witness_id == witness_id)
    if deed is None or not db.session.execute(own.returning(Confirmation.activity_id)).first():
        return False
    keys = fact_keys(activity_id, witness_id)
    untell(keys[:1], heard=False)
    changes = weigh_evidence([activity_id]) + withdraw_facts(SOURCE, keys, now)
    tell(changes + settle([witnesses.pair(deed.member_id, witness_id)], now), now)
    return True


def _deed_and_witness(activity_id: int, witness_id: int) -> tuple[Activity | None, Member | None]:
    """Doer and witness stay locked, so that two who confirm each other at the same moment take turns."""
    doer_id = db.session.scalar(sa.select(Activity.member_id).where(Activity.id == activity_id))
    hold_members({witness_id} | ({doer_id} if doer_id is not None else set()))
    deed = db.session.get(Activity, activity_id, populate_existing=True)
    return deed, db.session.get(Member, witness_id, populate_existing=True)
