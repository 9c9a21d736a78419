"""When two rows of one person become one: what they handed in, judged, voted and said.

Nobody stands on a roll twice. While a round is open the program can still tell whose a ballot is: where only the row that
goes has voted, its ballots become the other's; where both have, the kept row's stands and the other is replaced. What either
said of an entry that is now their own is taken off. Once a round is closed nobody can tell, and what was counted stays
counted."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from recognition.activities.changes import withdraw
from recognition.activities.models import Activity
from recognition.contests.barring import barred_entries
from recognition.contests.models.contest import Contest, Result, Round
from recognition.contests.models.entry import ASKED, DECLINED, IN, WITHDRAWN, Author, Entry, Flag, Remark
from recognition.contests.models.vote import Ballot, Juror, Mark, Sheet, Voter
from recognition.contests.rules import CLOSED, SOURCE
from recognition.contests.sealing import seal
from recognition.contests.secret import voter_key
from recognition.contests.services.locks import hold_round
from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.differences import Found, Which, between, read, read_again
from recognition.identity.services.merging import Merge

_SAYS = {IN: 2, ASKED: 1, DECLINED: 0}
Key = tuple[int, int]


def hold_contests(member_ids: Collection[int]) -> None:
    """Before the people themselves are held, as whoever changes an entry does: those contests of which a merge changes a
    row that somebody else may hold."""
    ids = list(member_ids)
    of_round = sa.select(Round.contest_id).where(Round.state != CLOSED)
    concerned = sa.union(
        sa.select(Contest.id).where(among(Contest.owner_id, ids)),
        sa.select(Entry.contest_id).where(sa.or_(among(Entry.member_id, ids), among(Entry.nominee_id, ids))),
        sa.select(Entry.contest_id).join(Author, Author.entry_id == Entry.id).where(among(Author.member_id, ids)),
        of_round.join(Voter, Voter.round_id == Round.id).where(among(Voter.member_id, ids)),
        of_round.join(Juror, Juror.round_id == Round.id).where(among(Juror.member_id, ids)),
    )
    these = sa.select(Contest.id).where(among(Contest.id, db.session.scalars(concerned).all()))
    db.session.execute(these.order_by(Contest.id).with_for_update(of=Contest))


def merge_members(one: Merge) -> dict[str, Any]:
    rounds = _hold_rounds(one)
    before = {round_id: read(_votes(round_id, one)) for round_id in rounds}
    rolls = _move_votes(one)
    told: dict[str, Any] = {
        "rolls": rolls,
        "entries": _move_entries(one),
        "authors": _move_authors(one),
        "seats": _move_seats(one),
        "remarks": _move_remarks(one),
        "flags": _move_flags(one),
        "facts": _move_facts(one),
    }
    for round_id in rounds:
        _take_off_own(round_id, one)
    told["sealed"] = {str(round_id): _sealed(round_id, before[round_id], one) for round_id in rounds}
    for column in (Contest.owner_id, Result.actor_id, Flag.settled_by_id):
        _repoint(column, one)
    db.session.expire_all()
    return told


def _votes(round_id: int, one: Merge) -> list[Which]:
    held = db.session.get_one(Round, round_id)
    keys = [voter_key(held.salt, member_id) for member_id in (one.from_id, one.into_id)] if held.salt else []
    ballots: Any = Ballot.__table__
    sheets: Any = Sheet.__table__
    marks: Any = Mark.__table__
    cast = sa.select(Ballot.id).where(Ballot.round_id == round_id, Ballot.voter_key.in_(keys))
    return [
        (ballots, sa.and_(ballots.c.round_id == round_id, ballots.c.voter_key.in_(keys))),
        (sheets, sa.and_(sheets.c.round_id == round_id, sheets.c.voter_key.in_(keys))),
        (marks, marks.c.ballot_id.in_(cast)),
    ]


def _sealed(round_id: int, before: Found, one: Merge) -> str:
    held = db.session.get_one(Round, round_id)
    return seal(held.salt, between(before, read_again(before, _votes(round_id, one))))


def _hold_rounds(one: Merge) -> list[int]:
    """Every round in which either may have voted and it can still be told what."""
    running = sa.select(Round.id).join(Voter, Voter.round_id == Round.id).where(Round.salt != "")
    ids = db.session.scalars(running.where(among(Voter.member_id, [one.from_id, one.into_id])).distinct()).all()
    return [round_id for round_id in sorted(ids) if hold_round(round_id) is not None]


def _move_votes(one: Merge) -> list[list[Any]]:
    """[round, on both rolls, voted] of each line of the row that goes."""
    mine = sa.select(Voter.round_id).where(Voter.member_id == one.from_id).order_by(Voter.round_id)
    told: list[list[Any]] = []
    for round_id in db.session.scalars(mine).all():
        held = hold_round(round_id)
        line = db.session.get(Voter, (round_id, one.from_id), populate_existing=True)
        if held is None or line is None:
            continue
        kept = db.session.get(Voter, (round_id, one.into_id), populate_existing=True)
        told.append([round_id, kept is not None, line.voted])
        if held.salt:
            _move_ballots(held, one, keeps_own=kept is not None and kept.voted)
        if kept is None:
            db.session.add(Voter(round_id=round_id, member_id=one.into_id, group_id=line.group_id, voted=line.voted))
        else:
            kept.voted = kept.voted or line.voted
            held.roll_count = max(held.roll_count - 1, 0) if held.outcome is None else held.roll_count
        db.session.delete(line)
        db.session.flush()
    return told


def _move_ballots(held: Round, one: Merge, keeps_own: bool) -> None:
    old, new = (voter_key(held.salt, member_id) for member_id in (one.from_id, one.into_id))
    theirs = (Ballot.round_id == held.id, Ballot.voter_key == old)
    sheet = sa.select(Sheet).where(Sheet.round_id == held.id, Sheet.voter_key == old)
    if keeps_own:
        _run(sa.update(Ballot).where(*theirs).values(replaced=True))
        _run(sa.delete(Sheet).where(Sheet.round_id == held.id, Sheet.voter_key == old))
    elif db.session.scalar(sa.select(sa.exists().where(*theirs))):
        # The other's paper was not handed in: it gives way to the one that was.
        _run(sa.delete(Sheet).where(Sheet.round_id == held.id, Sheet.voter_key == new))
        _run(sa.update(Ballot).where(*theirs).values(voter_key=new))
        _run(sa.update(Sheet).where(Sheet.round_id == held.id, Sheet.voter_key == old).values(voter_key=new))
    elif db.session.scalar(sheet) is not None:
        _run(sa.delete(Sheet).where(Sheet.round_id == held.id, Sheet.voter_key == old))


def _take_off_own(round_id: int, one: Merge) -> None:
    """Once the entries have moved: nobody votes for their own, not by way of another row either."""
    held = db.session.get_one(Round, round_id)
    if not held.salt:
        return
    mine = sa.select(Ballot.id).where(Ballot.round_id == round_id, Ballot.voter_key == voter_key(held.salt, one.into_id))
    own = among(Mark.entry_id, barred_entries(held.contest_id, one.into_id))
    _run(sa.delete(Mark).where(Mark.ballot_id.in_(mine.where(Ballot.replaced.is_(False))), own))


def _move_entries(one: Merge) -> dict[str, list[int]]:
    """A person is named once in a contest: what was said of the row that goes is kept, withdrawn, beside what was said of
    the one that stays."""
    named = sa.select(Entry).where(among(Entry.nominee_id, [one.from_id, one.into_id]), Entry.state != WITHDRAWN)
    rows = db.session.scalars(named.order_by(Entry.id).with_for_update(of=Entry)).all()
    had = {row.contest_id for row in rows if row.nominee_id == one.into_id}
    twice = [row for row in rows if row.nominee_id == one.from_id and row.contest_id in had]
    for row in twice:
        row.state = WITHDRAWN
    db.session.flush()
    return {"handed_in": _repoint(Entry.member_id, one), "named": _repoint(Entry.nominee_id, one), "twice": [e.id for e in twice]}


def _move_authors(one: Merge) -> list[list[Any]]:
    """[entry, what they said, named twice]. Whoever says it of both rows says it once, the surer word."""
    rows = _both(Author, Author.entry_id, one)
    told = []
    for entry_id, line in rows[one.from_id].items():
        kept = rows[one.into_id].get(entry_id)
        told.append([entry_id, line.state, kept is not None])
        if kept is None:
            db.session.add(Author(entry_id=entry_id, member_id=one.into_id, position=line.position, state=line.state))
        else:
            kept.state = max(kept.state, line.state, key=_SAYS.__getitem__)
            kept.position = min(kept.position, line.position)
        db.session.delete(line)
    db.session.flush()
    return told


def _move_seats(one: Merge) -> list[list[Any]]:
    """[round, sat twice] on juries."""
    rows = _both(Juror, Juror.round_id, one)
    told = []
    for round_id, line in rows[one.from_id].items():
        twice = round_id in rows[one.into_id]
        told.append([round_id, twice])
        if not twice:
            db.session.add(Juror(round_id=round_id, member_id=one.into_id, part=line.part, position=line.position,
                                 excused_at=line.excused_at, called_at=line.called_at))  # fmt: skip
        db.session.delete(line)
    db.session.flush()
    return told


def _both(model: Any, thing: Any, one: Merge) -> dict[int, dict[int, Any]]:
    """Rows of both members by what they are about."""
    wanted = sa.select(model).where(among(model.member_id, [one.from_id, one.into_id])).order_by(thing)
    found: dict[int, dict[int, Any]] = {one.from_id: {}, one.into_id: {}}
    for row in db.session.scalars(wanted):
        found[row.member_id][getattr(row, thing.key)] = row
    return found


def _move_remarks(one: Merge) -> list[int]:
    taken = sa.select(Remark.key).where(Remark.member_id == one.into_id)
    same = sa.update(Remark).where(Remark.member_id == one.from_id, Remark.key.in_(taken))
    _run(same.values(key=sa.func.substr(Remark.key, 1, 20) + sa.literal("~") + sa.cast(Remark.id, sa.String)))
    return _repoint(Remark.member_id, one)


def _move_flags(one: Merge) -> list[int]:
    """Of two open ones about the same thing the other's gives way."""
    other = sa.orm.aliased(Flag)
    same = sa.select(other.id).where(
        other.member_id == one.into_id, other.settled_at.is_(None), other.entry_id == Flag.entry_id,
        sa.func.coalesce(other.remark_id, 0) == sa.func.coalesce(Flag.remark_id, 0),
    )  # fmt: skip
    _run(sa.delete(Flag).where(Flag.member_id == one.from_id, Flag.settled_at.is_(None), same.exists()))
    return _repoint(Flag.member_id, one)


def _move_facts(one: Merge) -> list[int]:
    """The log names members in the keys of these facts. Those that the kept row has too give way and are returned."""
    wanted = sa.select(Activity.id, Activity.member_id, Activity.source_key).where(
        Activity.source == SOURCE, among(Activity.member_id, [one.from_id, one.into_id])
    )
    rows = db.session.execute(wanted.order_by(Activity.id)).all()
    known = {row.source_key for row in rows if row.member_id == one.into_id}
    twice = []
    for row in rows:
        if row.member_id != one.from_id:
            continue
        key = _renamed(row.source_key, one)
        if key in known:
            twice.append(row.id)
        elif key != row.source_key:
            _run(sa.update(Activity).where(Activity.id == row.id).values(source_key=key))
    withdraw(twice, one.actor_id, "merged", one.now)
    return twice


def _renamed(key: str, one: Merge) -> str:
    """`voted:<round>:<member>`, `placed:<entry>:<member>:<place>`, `entered:<entry>:<member>`."""
    words = key.split(":")
    if len(words) > 2 and words[2] == str(one.from_id):
        words[2] = str(one.into_id)
    return ":".join(words)


def _repoint(column: Any, one: Merge) -> list[int]:
    own = sa.update(column.class_).where(column == one.from_id).values({column.key: one.into_id})
    if "id" not in column.class_.__table__.c:
        _run(own)
        return []
    return sorted(db.session.scalars(own.returning(column.class_.id), execution_options={"synchronize_session": False}))


def _run(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})
