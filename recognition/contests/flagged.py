"""What the council has to look at in a contest, and what it made of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from recognition.audit.models import AuditEntry
from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import IN, OUT, Entry, Flag, Remark
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.refs import Ref
from recognition.web.pagination import Page, decode, page

PAGE_QUESTIONS = 12
FLAGS_SHOWN = 200
ASIDE_SHOWN = 60


@dataclass(frozen=True)
class FlagLine:
    """`who` None: somebody who is gone."""

    reason: str
    at: datetime
    who: ProfileView | None


@dataclass(frozen=True)
class Question:
    """One entry, or one remark about it, and what people say is wrong with it. `concerned`: whose it is."""

    entry: Entry
    remark: Remark | None
    flags: Sequence[FlagLine]
    people: Sequence[ProfileView]
    concerned: frozenset[int]


@dataclass(frozen=True)
class Docket:
    """`waiting`: the longest wait first. `aside`: hidden or disqualified, the newest first, as much as a page can hold.
    `single`: one that was asked for."""

    waiting: Page[Question]
    aside: Sequence[Question]
    single: Question | None


@dataclass(frozen=True)
class Verdict:
    """What was decided about an entry, for those whom it concerns. `who` None: somebody who is gone."""

    state: str
    reason: str
    at: datetime
    who: ProfileView | None


class _Thing(NamedTuple):
    """`first`: the oldest of what is open about it."""

    entry_id: int
    remark_id: int | None
    first: int


def docket(contest: Contest, viewer: Member, cursor: str | None = None, asked: Entry | None = None) -> Docket:
    """A handful of statements, whatever lies there. `asked`: an entry of this contest, flagged or not."""
    open_ones = _waiting(contest, cursor)
    things = [(row.entry_id, row.remark_id) for row in open_ones.items]
    back = [(entry_id, None) for entry_id in _aside_ids(contest)]
    single = [(asked.id, None)] if asked else []
    found = _questions([*things, *back, *single], viewer)
    cut, end = len(things), len(things) + len(back)
    return Docket(Page(found[:cut], open_ones.next_cursor), found[cut:end], found[end] if asked else None)


def _waiting(contest: Contest, cursor: str | None) -> Page[_Thing]:
    first = sa.func.min(Flag.id)
    wanted = (
        sa.select(Flag.entry_id, Flag.remark_id, first.label("first"))
        .join(Entry, Entry.id == Flag.entry_id)
        .where(Entry.contest_id == contest.id, Flag.settled_at.is_(None))
        .group_by(Flag.entry_id, Flag.remark_id)
        .order_by(first)
        .limit(PAGE_QUESTIONS + 1)
    )
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.having(first > last[0])
    rows = [_Thing(*row) for row in db.session.execute(wanted)]
    return page(rows, PAGE_QUESTIONS, lambda thing: [thing.first])


def _aside_ids(contest: Contest) -> Sequence[int]:
    kept_back = sa.or_(Entry.hidden_at.is_not(None), Entry.state == OUT)
    wanted = sa.select(Entry.id).where(Entry.contest_id == contest.id, Entry.state.in_((IN, OUT)), kept_back)
    return db.session.scalars(wanted.order_by(Entry.id.desc()).limit(ASIDE_SHOWN)).all()


def verdict(entry: Entry, viewer: Member | None) -> Verdict | None:
    """None where the entry takes part and is shown."""
    state = "out" if entry.state == OUT else "hidden" if entry.hidden_at is not None else ""
    if not state:
        return None
    done = sa.select(AuditEntry).where(
        AuditEntry.target == str(Ref("entry", entry.key)), AuditEntry.action.in_(("entry.hidden", "entry.disqualified"))
    )
    noted = db.session.scalar(done.order_by(AuditEntry.id.desc()).limit(1))
    if noted is None:
        return Verdict(state, entry.out_reason, entry.changed_at, None)
    who = profiles([noted.actor_id], viewer).get(noted.actor_id) if noted.actor_id else None
    return Verdict(state, entry.out_reason, noted.at, who)


def has_flagged(entry: Entry, member_id: int) -> bool:
    wanted = sa.exists().where(
        Flag.entry_id == entry.id, Flag.remark_id.is_(None), Flag.member_id == member_id, Flag.settled_at.is_(None)
    )
    return bool(db.session.scalar(sa.select(wanted)))


def people_of(entry: Entry) -> frozenset[int]:
    """Whose work it is, or who stands for election in it: they do not decide about it."""
    named = {author.member_id for author in entry.authors if author.state != "declined"}
    return frozenset({entry.member_id, *named, *([entry.nominee_id] if entry.nominee_id else [])})


def _questions(things: Sequence[tuple[int, int | None]], viewer: Member) -> list[Question]:
    entry_ids = {entry_id for entry_id, _remark in things}
    entries = {one.id: one for one in db.session.scalars(sa.select(Entry).where(among(Entry.id, entry_ids)))}
    remark_ids = {remark_id for _entry, remark_id in things if remark_id is not None}
    remarks = {one.id: one for one in _remarks(remark_ids)}
    said = sa.select(Flag).where(among(Flag.entry_id, entry_ids), Flag.settled_at.is_(None)).order_by(Flag.id)
    flags = db.session.scalars(said.limit(FLAGS_SHOWN)).all()
    ids = {one.member_id for one in flags if one.member_id is not None} | {one.member_id for one in remarks.values()}
    ids |= {one for entry in entries.values() for one in people_of(entry)}
    people = profiles(sorted(ids), viewer)
    return [
        _question(entries[entry_id], remarks[remark_id] if remark_id else None, flags, people) for entry_id, remark_id in things
    ]


def _remarks(ids: set[int]) -> Sequence[Remark]:
    return db.session.scalars(sa.select(Remark).where(among(Remark.id, ids))).all() if ids else []


def _question(entry: Entry, remark: Remark | None, flags: Iterable[Flag], people: dict[int, ProfileView]) -> Question:
    own = [one for one in flags if (one.entry_id, one.remark_id) == (entry.id, remark.id if remark else None)]
    concerned = people_of(entry) | ({remark.member_id} if remark else set())
    shown = [remark.member_id] if remark else sorted(people_of(entry))
    return Question(
        entry,
        remark,
        [FlagLine(one.reason, one.at, people.get(one.member_id) if one.member_id else None) for one in own],
        [people[one] for one in shown if one in people],
        concerned,
    )
