"""Whose word for whose deed is proof: read from the confirmations as they stand, in whatever order they came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from recognition.activities.models import Activity, Confirmation, NamedPerson
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView, may_see, visible_fields

Pair = tuple[int, int]
"""Two members, the smaller id first."""


class Word(NamedTuple):
    """One confirmation: does it count, and is it to count?"""

    activity_id: int
    doer_id: int
    witness_id: int
    counts: bool
    is_to_count: bool


def pair(one: int, other: int) -> Pair:
    return min(one, other), max(one, other)


def asked_key(activity_id: int, member_id: int) -> str:
    """Under which somebody whom a deed names is asked about it."""
    return f"named:{activity_id}:{member_id}"


def asked_keys(activity_ids: Iterable[int], member_id: int | None = None) -> list[str]:
    """Of all whom these deeds name, or of this one: also under the rows that were joined to theirs, since what they were told
    keeps its key."""
    which = [among(NamedPerson.activity_id, activity_ids)]
    if member_id is not None:
        which.append(NamedPerson.member_id == member_id)
    today = sa.select(NamedPerson.activity_id, NamedPerson.member_id).where(*which)
    before = sa.select(NamedPerson.activity_id, Member.id).join(Member, Member.merged_into_id == NamedPerson.member_id)
    return [asked_key(*row) for row in db.session.execute(sa.union_all(today, before.where(*which)))]


def pairs_of(activity_ids: Iterable[int]) -> set[Pair]:
    """Doer and witness of each confirmation of these deeds."""
    wanted = sa.select(Activity.member_id, Confirmation.witness_id).join(Activity, Activity.id == Confirmation.activity_id)
    found = db.session.execute(wanted.where(among(Confirmation.activity_id, activity_ids)).distinct())
    return {pair(*row) for row in found}


@dataclass(frozen=True)
class Seen:
    """Who says that a deed happened, as one reader may know it. `more`: how many others do."""

    people: list[ProfileView]
    more: int
    by_reader: bool


def of_deed(activity_id: int, viewer: Member | None, limit: int = 12) -> Seen:
    """In the order in which they said so."""
    said = sa.select(Member, sa.func.count().over()).join(Confirmation, Confirmation.witness_id == Member.id)
    said = said.where(Confirmation.activity_id == activity_id, Member.state != "suspended")
    own = Confirmation.witness_id == (viewer.id if viewer else 0)
    rows = db.session.execute(said.order_by(own.desc(), Confirmation.confirmed_at, Member.id).limit(limit)).all()
    shown = [visible_fields(member, viewer) for member, _count in rows if may_see(member, "name", viewer)]
    total = rows[0][1] if rows else 0
    return Seen(shown, total - len(shown), any(person.is_self for person in shown))


def weigh(pairs: Iterable[Pair]) -> list[Word]:
    """Every confirmation between the two of each pair. Where both confirmed each other's deeds, the one of the first deed
    counts in each direction: the first in the log, so that the order in which they spoke makes no difference."""
    words = []
    for one, other in sorted(set(pairs)):
        there, back = _between(one, other), _between(other, one)
        closed = bool(_live(there)) and bool(_live(back))
        words += _weighed(there, closed) + _weighed(back, closed)
    return sorted(words)


class _Row(NamedTuple):
    activity_id: int
    doer_id: int
    witness_id: int
    counts: bool
    withdrawn: bool


def _between(witness_id: int, doer_id: int) -> Sequence[_Row]:
    """What one says about the deeds of the other, by the deeds' order in the log."""
    columns = (Activity.id, Activity.member_id, Confirmation.witness_id, Confirmation.counts, Activity.withdrawn_at.is_not(None))
    wanted = sa.select(*columns).join(Activity, Activity.id == Confirmation.activity_id)
    wanted = wanted.where(Confirmation.witness_id == witness_id, Activity.member_id == doer_id)
    return [_Row._make(row) for row in db.session.execute(wanted.order_by(Activity.id))]


def _live(rows: Sequence[_Row]) -> list[int]:
    return [row.activity_id for row in rows if not row.withdrawn]


def _weighed(rows: Sequence[_Row], closed: bool) -> list[Word]:
    live = _live(rows)
    proof = set(live[:1] if closed else live)
    return [Word(row.activity_id, row.doer_id, row.witness_id, row.counts, row.activity_id in proof) for row in rows]
