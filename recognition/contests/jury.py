"""Reads of juries: who sits, who stands by, and whom an entry of their own keeps from judging."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.contests.models.contest import Round
from recognition.contests.models.entry import IN, OUT, Author, Entry
from recognition.contests.models.vote import DEPUTY, JUROR, Juror
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member


def sits() -> sa.ColumnElement[bool]:
    """Is asked to vote: a juror, or a deputy who was called, and neither said that they cannot."""
    return sa.and_(Juror.excused_at.is_(None), sa.or_(Juror.part == JUROR, Juror.called_at.is_not(None)))


def sitting(round_id: int) -> list[int]:
    """Whom the roll of a jury's round holds, by id."""
    wanted = sa.select(Juror.member_id).join(Member, Member.id == Juror.member_id)
    wanted = wanted.where(Juror.round_id == round_id, sits(), Member.state != "suspended")
    return list(db.session.scalars(wanted.order_by(Juror.member_id)))


def seat(round_id: int, member_id: int) -> Juror | None:
    return db.session.get(Juror, (round_id, member_id))


def seats_of(contest_id: int, member_id: int) -> Sequence[Juror]:
    """What one member is asked in this contest, by round."""
    wanted = sa.select(Juror).join(Round, Round.id == Juror.round_id)
    mine = wanted.where(Round.contest_id == contest_id, Juror.member_id == member_id)
    return db.session.scalars(mine.order_by(Round.position)).all()


def is_named(contest_id: int, member_id: int) -> bool:
    """On a jury of this contest, or standing by for one, so that they hand nothing in."""
    named = sa.exists().where(Juror.round_id == Round.id, Round.contest_id == contest_id, Juror.member_id == member_id,
                              Juror.excused_at.is_(None))  # fmt: skip
    return bool(db.session.scalar(sa.select(named)))


def why_apart(contest_id: int, member_id: int) -> str:
    """Why somebody has no part in what is judged, as a sentence; empty where they may."""
    if not is_named(contest_id, member_id):
        return ""
    return str(_("You are on the jury of this contest, so no entry in it is yours. Thank you for that."))


def handles(round_ids: Iterable[int]) -> dict[int, dict[str, list[str]]]:
    """By round: the handles of its jurors and of its deputies, in their order."""
    wanted = sa.select(Juror.round_id, Juror.part, Member.handle).join(Member, Member.id == Juror.member_id)
    found: dict[int, dict[str, list[str]]] = {}
    rows = wanted.where(among(Juror.round_id, round_ids)).order_by(Juror.round_id, Juror.part, Juror.position)
    for round_id, part, handle in db.session.execute(rows):
        found.setdefault(round_id, {JUROR: [], DEPUTY: []})[part].append(handle)
    return found


def with_entries(contest_id: int, member_ids: Iterable[int]) -> set[int]:
    """Those of them who made an entry of this contest or agreed to be named in one. Drafts are told to nobody, nor who is
    asked and has not answered; whoever judges cannot hand one in, nor say yes."""
    ids = list(member_ids)
    stands = (Entry.contest_id == contest_id, Entry.state.in_((IN, OUT)))
    made = sa.select(Entry.member_id).where(*stands, among(Entry.member_id, ids))
    named = sa.select(Entry.nominee_id).where(*stands, Entry.nominee_agreed.is_(True), among(Entry.nominee_id, ids))
    beside = sa.select(Author.member_id).join(Entry, Entry.id == Author.entry_id)
    beside = beside.where(*stands, Author.state == IN, among(Author.member_id, ids))
    return {member_id for member_id in db.session.scalars(sa.union(made, named, beside)) if member_id is not None}


def entries_of_mentees(contest_id: int, member_ids: Iterable[int]) -> dict[int, int]:
    """How many entries by mentees of each of them there are, which they do not judge."""
    counted = sa.select(Member.mentor_id, sa.func.count(sa.distinct(Entry.id))).join(Author, Author.member_id == Member.id)
    counted = counted.join(Entry, Entry.id == Author.entry_id)
    close = counted.where(
        Entry.contest_id == contest_id, Entry.state == IN, Author.state == IN, among(Member.mentor_id, member_ids)
    )
    return {row[0]: row[1] for row in db.session.execute(close.group_by(Member.mentor_id)) if row[0] is not None}
