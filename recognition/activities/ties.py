"""With whom one member worked, as one reader may see it: at the same events, in deeds that they told together, and as each
other's witnesses. Both have said that they like to be shown so. Nobody is ranked, and nothing is added up over people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from recognition.activities.models import Activity, Confirmation, NamedPerson
from recognition.activities.naming import WITH
from recognition.activities.queries import Deed, deeds_by_id
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import shows
from recognition.identity.rules import ProfileView, visible_fields
from recognition.web.pagination import Page, decode, page

AT_ONCE = 12
LOOKED_AT_MAX = 200
"""Of each sort so many of the latest make ties; what bounds the rest is how much one person does."""
NAMED_MAX = 2
MANY = 5
EVENT, TOGETHER, SAID = "event", "together", "said"
WAYS = (EVENT, TOGETHER, SAID)


@dataclass(frozen=True)
class Way:
    """How two worked together: `name` is one of WAYS; `often`: once, few or many; `deeds`: the latest of them that the reader may
    open."""

    name: str
    often: str
    deeds: Sequence[Deed]


@dataclass(frozen=True)
class Tie:
    person: ProfileView
    ways: Sequence[Way]


def worked_with(member_id: int, viewer: Member | None, cursor: str | None = None, size: int = AT_ONCE) -> Page[Tie]:
    """By name, as lists of members are. What one of the two keeps to themselves makes no tie, not even before their own eyes.
    The caller has asked whether the member shows theirs."""
    met = _met(member_id, viewer)
    may_show = (Member.shows_ties, Member.state != "suspended", shows("name", viewer), Member.id != member_id)
    wanted = sa.select(Member).where(Member.id.in_(sa.select(met.c.other_id)), *may_show)
    after = decode(cursor, (str, int))
    if after is not None:
        wanted = wanted.where(sa.tuple_(Member.sort_name, Member.id) > sa.tuple_(*map(sa.literal, after)))
    rows = db.session.scalars(wanted.order_by(Member.sort_name, Member.id).limit(size + 1)).all()
    found = page(rows, size, lambda member: (member.sort_name, member.id))
    together = _together(met, [one.id for one in found.items], viewer)
    return Page([Tie(visible_fields(one, viewer), together[one.id]) for one in found.items], found.next_cursor)


def _together(met: sa.CTE, others: Sequence[int], viewer: Member | None) -> dict[int, list[Way]]:
    newest = (met.c.other_id, met.c.at.desc(), met.c.deed_id.desc())
    rows = db.session.execute(sa.select(met).where(among(met.c.other_id, others)).order_by(*newest)).all() if others else []
    ids: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        known = ids.setdefault((row.other_id, row.way), [])
        if row.deed_id not in known[-1:]:
            known.append(row.deed_id)
    seen = deeds_by_id([id_ for known in ids.values() for id_ in known[:NAMED_MAX]], viewer)
    return {
        other: [
            Way(way, _often(len(ids[other, way])), [seen[id_] for id_ in ids[other, way][:NAMED_MAX] if id_ in seen])
            for way in WAYS
            if (other, way) in ids
        ]
        for other in others
    }


def _often(times: int) -> str:
    return "once" if times == 1 else "few" if times < MANY else "many"


def _met(member_id: int, viewer: Member | None) -> sa.CTE:
    """Rows of (other_id, way, deed_id, at): whom, how, by which deed and when."""
    parts = [_at_events(member_id, viewer), *_told_together(member_id, viewer), *_witnessed(member_id, viewer)]
    # Each begins at this member and ends at its own limit.
    return sa.union_all(*(sa.select(part.subquery()) for part in parts)).cte("met")


def _open(deed: Any, viewer: Member | None) -> sa.ColumnElement[bool]:
    """Whether this reader may see the deed as anybody like them may: nothing that is for its owner alone, nothing withdrawn."""
    levels = ("public",) if viewer is None else ("public", "members")
    return sa.and_(deed.withdrawn_at.is_(None), deed.visibility.in_(levels))


def _row(other_id: Any, way: str, deed: Any) -> sa.Select[Any]:
    columns = (other_id.label("other_id"), sa.literal(way).label("way"), deed.id.label("deed_id"), deed.occurred_at.label("at"))
    return sa.select(*columns)


def _latest(rows: sa.Select[Any], deed: Any) -> sa.Select[Any]:
    return rows.order_by(deed.occurred_at.desc(), deed.id.desc()).limit(LOOKED_AT_MAX)


def _was_at(deed: Any) -> sa.ColumnElement[bool]:
    """In the words of the index, or SQLite does not use it."""
    return sa.and_(deed.kind == sa.literal_column("'event.attended'"), deed.object.is_not(None))


def _at_events(member_id: int, viewer: Member | None) -> sa.Select[Any]:
    own, other = aliased(Activity), aliased(Activity)
    columns: tuple[Any, ...] = (own.id, own.object, own.occurred_at)
    mine = sa.select(*columns).where(own.member_id == member_id, _was_at(own), _open(own, viewer))
    # By day, as the index of a member's deeds of one kind is ordered: everybody's are not looked through for theirs.
    mine_there = mine.order_by(own.occurred_day.desc(), own.id.desc()).limit(LOOKED_AT_MAX).subquery("there")
    met = _row(other.member_id, EVENT, mine_there.c).select_from(mine_there).join(other, other.object == mine_there.c.object)
    return met.where(_was_at(other), _open(other, viewer), other.member_id != member_id)


def _told_together(member_id: int, viewer: Member | None) -> tuple[sa.Select[Any], ...]:
    """Who did it too has a row of their own: both rows are there for the reader, or it is no tie."""
    first, second = aliased(Activity), aliased(Activity)
    both = (NamedPerson.role == WITH, NamedPerson.answer == "yes", _open(first, viewer), _open(second, viewer))
    named = _row(second.member_id, TOGETHER, first).join(NamedPerson, NamedPerson.activity_id == first.id)
    named = named.join(second, second.id == NamedPerson.own_id).where(first.member_id == member_id, *both)
    naming = _row(first.member_id, TOGETHER, second).join(NamedPerson, NamedPerson.own_id == second.id)
    naming = naming.join(first, first.id == NamedPerson.activity_id).where(NamedPerson.member_id == member_id, *both)
    return _latest(named, first), _latest(naming, second)


def _witnessed(member_id: int, viewer: Member | None) -> tuple[sa.Select[Any], ...]:
    """By somebody who was there: a word that comes with a deed told together is that deed's, and who was asked in the place of
    another only knows of it."""
    said = sa.select(Confirmation, Activity).join(Activity, Activity.id == Confirmation.activity_id)
    asked = sa.exists().where(
        NamedPerson.activity_id == Activity.id, NamedPerson.member_id == Confirmation.witness_id,
        sa.or_(NamedPerson.role == WITH, NamedPerson.stands_in_for_id.is_not(None)),
    )  # fmt: skip
    first = aliased(Activity)
    given_back = sa.exists().where(
        NamedPerson.own_id == Activity.id, first.id == NamedPerson.activity_id, first.member_id == Confirmation.witness_id
    )
    outside = (~asked.correlate(Activity, Confirmation), ~given_back.correlate(Activity, Confirmation))
    said = said.where(_open(Activity, viewer), *outside)
    of_own = said.with_only_columns(*_row(Confirmation.witness_id, SAID, Activity).selected_columns)
    of_others = said.with_only_columns(*_row(Activity.member_id, SAID, Activity).selected_columns)
    return (
        _latest(of_own.where(Activity.member_id == member_id), Activity),
        _latest(of_others.where(Confirmation.witness_id == member_id), Activity),
    )
