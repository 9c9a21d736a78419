"""A voter's paper while the round is open: which entries were put on it, in an order of their own, and what is on it so far."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.contests import queries
from recognition.contests.barring import barred_entries
from recognition.contests.marks import ASIDE, MOVES, check_values, moved, next_place, put_above
from recognition.contests.models.contest import Round
from recognition.contests.models.entry import Entry
from recognition.contests.models.vote import Ballot, Candidate, Sheet
from recognition.contests.rules import BadBallot
from recognition.contests.secret import receipt, receipt_hash, voter_key
from recognition.contests.services.gate import Booth, enter
from recognition.contests.services.voting import Receipt, cast
from recognition.database import among, insert_new
from recognition.extensions import db

PAGE_ENTRIES = 12
Said = Mapping[int, int | None]
"""Of the entries that a page shows: the mark, or None for no opinion."""


class Paper(NamedTuple):
    """`order`: ids as this voter was shown them. `marks`: entry id -> mark. `number` of ballots cast from it. `total`: how
    many entries there are for this voter. `code`: the receipt of the ballot that stands; empty where it was given to another
    row of theirs, and can be told by nobody but them."""

    order: tuple[int, ...]
    marks: dict[int, int]
    number: int
    total: int
    code: str


def sheet_for(one: Round, member_id: int) -> Paper:
    """Of an open round; an empty paper for whoever has not begun."""
    key = voter_key(one.salt, member_id)
    standing = sa.and_(Ballot.round_id == Sheet.round_id, Ballot.voter_key == Sheet.voter_key, Ballot.replaced.is_(False))
    mine = sa.select(Sheet.order, Sheet.marks, Sheet.number, Ballot.receipt_hash).outerjoin(Ballot, standing)
    row = db.session.execute(mine.where(Sheet.round_id == one.id, Sheet.voter_key == key)).one_or_none()
    order, marks, number, given = row or ([], {}, 0, None)
    barred = barred_entries(one.contest_id, member_id)
    left = {entry_id for entry_id, _seen in _shown(one.id)} - barred
    code = receipt(one.salt, key, number) if number else ""
    is_theirs = given == receipt_hash(code)
    return Paper(tuple(order), _by_id(marks), number, len(left.union(set(order) - barred)), code if is_theirs else "")


def next_page(round_id: int, member_id: int, have: int) -> list[int]:
    """Put the next entries on the paper: those that were seen least, so that all are seen alike; equals follow in this
    voter's own order. `have`: how many the voter sees on it; asked twice, it grows once. Returns the new ones. Raises
    WrongPhase and NotAllowed."""
    booth = enter(round_id, member_id)
    sheet = _held(booth)
    if len(sheet.order) > have:
        return []
    taken = barred_entries(booth.contest_id, member_id).union(sheet.order)
    free = [(seen, _chance(booth.key, entry_id), entry_id) for entry_id, seen in _shown(round_id) if entry_id not in taken]
    new = [entry_id for _seen, _own, entry_id in sorted(free)[:PAGE_ENTRIES]]
    if new:
        sheet.order = [*sheet.order, *new]
        db.session.flush()
        _count_as_seen(round_id, new)
    return new


def save(round_id: int, member_id: int, said: Said) -> dict[int, int]:
    """Keep what is said of these entries for later; None takes it off. Nothing is cast. Returns all marks of the paper.
    Raises BadBallot, WrongPhase and NotAllowed."""
    booth = enter(round_id, member_id)
    sheet = _held(booth)
    if not set(said) <= set(sheet.order):
        raise BadBallot(_("An entry on this page is not on your ballot. Nothing was stored; please open the ballot again."))
    marks: dict[int, int] = _by_id(sheet.marks)
    for entry_id, value in said.items():
        marks.pop(entry_id, None)
        if value is not None:
            marks[entry_id] = value
    check_values(booth.method, marks)
    sheet.marks = {str(entry_id): value for entry_id, value in marks.items()}
    db.session.flush()
    return marks


def cast_paper(round_id: int, member_id: int, said: Said) -> Receipt:
    """Save, then cast all that is on the paper. Raises as both do."""
    return cast(round_id, member_id, save(round_id, member_id, said))


PUT, ASIDE_ON, ASIDE_OFF = "put", "aside", "judge"
CHANGES = (*MOVES, PUT, ASIDE_ON, ASIDE_OFF)


def change(round_id: int, member_id: int, said: Said, entry_id: int, how: str) -> None:
    """Save, then one of CHANGES with one entry: move it in the ranking, put it behind all that have a place, stand aside
    on it or judge it after all. Raises as `save` does."""
    marks = save(round_id, member_id, said)
    if how in MOVES:
        _replace(round_id, member_id, moved(marks, entry_id, how))
    else:
        mark = {PUT: next_place(marks), ASIDE_ON: ASIDE}.get(how)
        save(round_id, member_id, {entry_id: mark})


def prefer(round_id: int, member_id: int, said: Said, better: int, other: int) -> None:
    """Save, then put one entry just above another in the ranking. Raises as `save` does."""
    _replace(round_id, member_id, put_above(save(round_id, member_id, said), better, other))


def _replace(round_id: int, member_id: int, marks: dict[int, int]) -> None:
    before = save(round_id, member_id, {})
    save(round_id, member_id, {**dict.fromkeys(before, None), **marks})


def _held(booth: Booth) -> Sheet:
    mine = sa.select(Sheet).where(Sheet.round_id == booth.round_id, Sheet.voter_key == booth.key).with_for_update()
    sheet: Sheet | None = db.session.scalar(mine, execution_options={"populate_existing": True})
    if sheet is None:
        row = {"round_id": booth.round_id, "voter_key": booth.key, "entry_order": [], "marks": {}, "number": 0}
        insert_new(_SHEETS, [row])
        return _held(booth)
    return sheet


_SHEETS = Sheet.__table__


def _shown(round_id: int) -> list[tuple[int, int]]:
    """Each candidate that may be looked at now, with how often it was put before a voter."""
    wanted = sa.select(Candidate.entry_id, Candidate.seen_count).join(Entry, Entry.id == Candidate.entry_id)
    rows = db.session.execute(wanted.where(Candidate.round_id == round_id, queries.public_entries()))
    return [(row.entry_id, row.seen_count) for row in rows]


def _count_as_seen(round_id: int, entry_ids: list[int]) -> None:
    these = (Candidate.round_id == round_id, among(Candidate.entry_id, entry_ids))
    # In one order, so that two voters who turn a page together never wait for each other.
    db.session.execute(sa.select(Candidate.entry_id).where(*these).order_by(Candidate.entry_id).with_for_update())
    more = sa.update(Candidate).where(*these).values(seen_count=Candidate.seen_count + 1)
    db.session.execute(more, execution_options={"synchronize_session": False})


def _chance(key: str, entry_id: int) -> bytes:
    return hashlib.sha256(f"{key}:{entry_id}".encode()).digest()


def _by_id(marks: Mapping[str, int]) -> dict[int, int]:
    return {int(entry_id): value for entry_id, value in marks.items()}
