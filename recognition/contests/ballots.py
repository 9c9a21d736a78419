"""The ballots of a round as anybody may have them once it is closed: a line each, nobody's name and no time. The lines
stand in the order of their receipts' hashes, which no one can tell from a name."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition.contests.models.contest import Round
from recognition.contests.models.entry import IN, Entry
from recognition.contests.models.vote import Ballot, Candidate, Mark
from recognition.contests.rules import APPROVAL
from recognition.contests.secret import receipt_hash
from recognition.database import among
from recognition.extensions import db

ROWS_AT_ONCE = 5_000
STANDS, REPLACED, UNKNOWN = "stands", "replaced", "unknown"


class Candidates(NamedTuple):
    """In the order of the file's columns: by key."""

    ids: Sequence[int]
    keys: Sequence[str]


class Found(NamedTuple):
    """What a receipt stands for. `row`: of the file, the line of the keys not counted; 0 unless it stands."""

    what: str
    round: int = 0
    row: int = 0


def candidates(round_id: int, only: Sequence[int] | None = None) -> Candidates:
    """Those that count: frozen when the round opened, without who was disqualified since. `only`: these ids, whatever
    became of them."""
    wanted = sa.select(Entry.id, Entry.key).join(Candidate, Candidate.entry_id == Entry.id)
    wanted = wanted.where(Candidate.round_id == round_id)
    wanted = wanted.where(Entry.state == IN) if only is None else wanted.where(among(Entry.id, only))
    rows = db.session.execute(wanted.order_by(Entry.key)).all()
    # Both databases sort by their own rules; the file is sorted by the letters' numbers.
    rows = sorted(rows, key=lambda row: row.key)
    return Candidates([row.id for row in rows], [row.key for row in rows])


def rows(round_id: int, of: Candidates) -> Iterator[Mapping[int, int]]:
    """The marks of each ballot that stands, by candidate; in the order of the file. Empty: no opinion on any of them."""
    mark = sa.and_(Mark.ballot_id == Ballot.id, among(Mark.entry_id, of.ids))
    wanted = (
        sa.select(Ballot.receipt_hash, Mark.entry_id, Mark.value)
        .outerjoin(Mark, mark)
        .where(Ballot.round_id == round_id, Ballot.replaced.is_(False))
        .order_by(Ballot.receipt_hash)
    )
    found: Iterable[Any] = db.session.execute(wanted, execution_options={"yield_per": ROWS_AT_ONCE})
    for _hash, marks in groupby(found, key=lambda row: row[0]):
        yield {entry_id: value for _same, entry_id, value in marks if entry_id is not None}


def lines(round_id: int, method: str, of: Candidates) -> Iterator[str]:
    """Of the file: the keys of the entries, then a ballot each; a rank, a score or an x, and nothing where the voter said
    nothing. An abstention is a line without any."""
    yield _line(of.keys)
    for marks in rows(round_id, of):
        if method == APPROVAL:
            yield _line(["x" if entry_id in marks else "" for entry_id in of.ids])
        else:
            yield _line([str(marks[entry_id]) if entry_id in marks else "" for entry_id in of.ids])


def digest(round_id: int, method: str, of: Candidates) -> str:
    """SHA-256 of the file."""
    made = hashlib.sha256()
    for line in lines(round_id, method, of):
        made.update(line.encode())
    return made.hexdigest()


def find(contest_id: int, code: str) -> Found:
    """Which ballot of the contest's rounds a voter's code belongs to. Only of rounds that were counted: the row would tell
    about how many ballots there are."""
    from_code = receipt_hash(code)
    wanted = sa.select(Ballot.round_id, Ballot.replaced, Round.position).join(Round, Round.id == Ballot.round_id)
    wanted = wanted.where(Ballot.receipt_hash == from_code, Round.contest_id == contest_id, Round.outcome.is_not(None))
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        return Found(UNKNOWN)
    if row.replaced:
        return Found(REPLACED, row.position)
    before = sa.select(sa.func.count()).where(
        Ballot.round_id == row.round_id, Ballot.replaced.is_(False), Ballot.receipt_hash <= from_code
    )
    return Found(STANDS, row.position, db.session.scalar(before) or 0)


def _line(cells: Sequence[str]) -> str:
    """Cells hold letters, numbers, - and _ only. One empty cell alone would be an empty line, which readers skip."""
    return ",".join(cells) + "\n" if len(cells) != 1 or cells[0] else '""\n'
