"""Witnesses: somebody who was there says that a deed happened. No queue, no office: a person's word is the proof."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

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
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member


def confirm(activity_id: int, witness_id: int, now: datetime) -> bool:
    """False where this witness has confirmed it already. Raises NotAWitness, with a sentence for them."""
    deed, witness = _deed_and_witness(activity_id, witness_id)
    if deed is None or witness is None or not is_visible(activity_id, witness):
        raise NotAWitness(_("This deed is not here, or not for you to see."))
    if not can_confirm(witness, deed):
        raise NotAWitness(_("A witness is somebody else: nobody confirms a deed of their own."))
    _count_as_answer(activity_id, witness_id, now)
    return vouch([(activity_id, deed.member_id, witness_id)], now)


def _count_as_answer(activity_id: int, witness_id: int, now: datetime) -> None:
    """Who was asked whether they saw it, and says so on the deed's own page, is asked no more."""
    asked = sa.update(NamedPerson).where(
        NamedPerson.activity_id == activity_id, NamedPerson.member_id == witness_id, NamedPerson.role == "seen"
    )
    db.session.execute(asked.where(NamedPerson.answer.is_(None)).values(answer="yes", answered_at=now))
    settle_notices(witnesses.asked_keys([activity_id], witness_id), now)


def vouch(words: Sequence[tuple[int, int, int]], now: datetime) -> bool:
    """(deed, doer, witness) of each word, whose right was asked already; whoever they are is held. The doer of the first
    deed hears of it where it counts. False where it was said before."""
    table: Any = Confirmation.__table__
    rows = [{"activity_id": deed, "witness_id": witness, "confirmed_at": now, "counts": False} for deed, _doer, witness in words]
    new = insert_new(table, sorted(rows, key=lambda row: row["activity_id"]), table.c.activity_id)
    if not new:
        return False
    tell(settle({witnesses.pair(doer, witness) for _deed, doer, witness in words}, now), now)
    activity_id, doer_id, witness_id = words[0]
    mine = sa.select(Confirmation.counts).where(Confirmation.activity_id == activity_id, Confirmation.witness_id == witness_id)
    if db.session.scalar(mine):
        key, _given = fact_keys(activity_id, witness_id)
        notify([Message(doer_id, "deed.confirmed", key, f"/activities/{activity_id}", {"person": witness_id})], now)
    return True


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
