"""Silence blocks nobody: where those whom a deed names have not answered for a week, somebody else is asked, once."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import CONFIRMED, Activity, Confirmation, NamedPerson
from recognition.activities.question import path_of
from recognition.activities.witnesses import asked_key
from recognition.announcements.services import Message
from recognition.announcements.services import tell as notify
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Member, Membership

SILENT_FOR = timedelta(days=7)
NEWS_FOR = timedelta(days=60)
LATELY = timedelta(days=90)
WORDS_MAX_CHARS = 400


def ask_deputies(now: datetime, limit: int = 500) -> int:
    """How many were asked. Of the silent ones, so many at a time, the longest silent first."""
    named = NamedPerson
    silent = sa.select(named.activity_id, named.member_id)
    silent = silent.where(named.answer.is_(None), named.passed_on_at.is_(None), named.asked_at <= now - SILENT_FOR)
    rows = db.session.execute(
        silent.order_by(named.asked_at, named.activity_id).limit(limit).with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return 0
    wanting = _wanting({row.activity_id for row in rows}, now)
    asked = 0
    for activity_id, group in groupby(sorted(rows), key=lambda row: row.activity_id):
        deed = wanting.get(activity_id)
        asked += deed is not None and _ask(deed, next(group).member_id, now)
    _pass_on({row.activity_id for row in rows}, now)
    return asked


def _wanting(activity_ids: set[int], now: datetime) -> dict[int, Activity]:
    """Those deeds that still want a witness, and that others than those named may read. One that has a deputy already is
    left to them."""
    has_deputy = sa.exists().where(NamedPerson.activity_id == Activity.id, NamedPerson.stands_in_for_id.is_not(None))
    wanted = sa.select(Activity).join(Member, Member.id == Activity.member_id)
    wanted = wanted.where(
        among(Activity.id, sorted(activity_ids)), Activity.withdrawn_at.is_(None), Activity.evidence < CONFIRMED,
        Activity.visibility != "me", Member.state != "suspended", Activity.reported_at > now - NEWS_FOR, ~has_deputy,
    )  # fmt: skip
    return {deed.id: deed for deed in db.session.scalars(wanted)}


def _ask(deed: Activity, silent_id: int, now: datetime) -> bool:
    deputy_id = next(_fitting(deed, now), None)
    if deputy_id is None:
        return False
    row = {"activity_id": deed.id, "member_id": deputy_id, "role": "seen", "asked_at": now, "passed_on_at": now,
           "stands_in_for_id": silent_id}  # fmt: skip
    insert_new(NamedPerson.__table__, [row])
    said = {"person": deed.member_id, "words": deed.text[:WORDS_MAX_CHARS]}
    notify([Message(deputy_id, "deed.deputy", asked_key(deed.id, deputy_id), path_of(deed.id, deputy_id), said)], now)
    return True


def _fitting(deed: Activity, now: datetime) -> Iterator[int]:
    """The doer's mentor, then who looks after the group, then who of it confirmed something lately."""
    mentor = sa.select(Member.mentor_id).where(Member.id == deed.member_id, Member.mentor_id.is_not(None))
    yield from _free(deed, db.session.scalars(mentor).all())
    if deed.group_id is None:
        return
    inside = (Membership.group_id == deed.group_id, Membership.state == "in")
    curators = sa.select(Membership.member_id).where(*inside, Membership.is_curator).order_by(Membership.since, Membership.id)
    yield from _free(deed, db.session.scalars(curators.limit(20)).all())
    said = sa.select(Confirmation.witness_id).join(Membership, Membership.member_id == Confirmation.witness_id)
    said = said.where(*inside, Confirmation.confirmed_at > now - LATELY).group_by(Confirmation.witness_id)
    yield from _free(deed, db.session.scalars(said.order_by(sa.func.max(Confirmation.confirmed_at).desc()).limit(20)).all())


def _free(deed: Activity, member_ids: Sequence[Any]) -> list[int]:
    """In their order, without the doer, whoever told it, those who are named already, and people who are gone."""
    if not member_ids:
        return []
    named = sa.select(NamedPerson.member_id).where(NamedPerson.activity_id == deed.id)
    here = sa.select(Member.id).where(among(Member.id, member_ids), Member.state == "active", Member.id.not_in(named))
    free = set(db.session.scalars(here)) - {deed.member_id, deed.reporter_id}
    return [one for one in member_ids if one in free]


def _pass_on(activity_ids: set[int], now: datetime) -> None:
    """Once for each deed: whoever else was silent about it is not asked for again."""
    silent = sa.update(NamedPerson).where(among(NamedPerson.activity_id, sorted(activity_ids)), NamedPerson.answer.is_(None))
    silent = silent.where(NamedPerson.passed_on_at.is_(None), NamedPerson.asked_at <= now - SILENT_FOR)
    db.session.execute(silent.values(passed_on_at=now), execution_options={"synchronize_session": False})
