"""Juries: who is named, who cannot, and who is called in their place, so that nobody waits for one silent juror."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.contests import jury
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.vote import DEPUTY, JUROR, Juror, Voter
from recognition.contests.rules import CLOSED, DRAWING, OPEN, PUBLISHED, WAITING, NotAllowed, RoundSpec, WrongPhase
from recognition.contests.services.locks import hold_round
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Member, Membership
from recognition.refs import Ref

People = Mapping[str, Member]


def find(specs: Sequence[RoundSpec]) -> dict[str, Member]:
    """Everybody who is named, by handle."""
    named = {handle for one in specs for handle in (*one.jurors, *one.deputies)}
    wanted = sa.select(Member).where(among(Member.handle, named))
    return {member.handle: member for member in db.session.scalars(wanted)} if named else {}


def conflict(people: People, wanted: Sequence[str], contest_id: int | None) -> str:
    """Why these cannot all be named, as a sentence; empty where they can."""
    for handle in wanted:
        if handle not in people:
            return str(_("There is nobody called @%(handle)s.", handle=handle))
        if people[handle].state != "active":
            return str(_("@%(handle)s is not active at the moment.", handle=handle))
    ids = {people[handle].id: handle for handle in wanted}
    made = jury.with_entries(contest_id, ids) if contest_id is not None and ids else set()
    for member_id in sorted(made):
        return str(_("@%(handle)s has an entry in this contest, so they cannot judge it.", handle=ids[member_id]))
    return ""


def name_jury(one: Round, spec: RoundSpec, people: People, contest: Contest, now: datetime) -> None:
    """Put down who judges this round; once it is public, whoever is new is told. What somebody said of themselves stays."""
    known = {seat.member_id: seat for seat in db.session.scalars(sa.select(Juror).where(Juror.round_id == one.id))}
    wanted = [(people[handle].id, part, place) for part, handles in ((JUROR, spec.jurors), (DEPUTY, spec.deputies))
              for place, handle in enumerate(handles)]  # fmt: skip
    for member_id in known.keys() - {member_id for member_id, _part, _place in wanted}:
        db.session.delete(known[member_id])
    for member_id, part, place in wanted:
        seat = known.get(member_id)
        if seat is None:
            db.session.add(Juror(round_id=one.id, member_id=member_id, part=part, position=place))
        else:
            seat.part, seat.position = part, place
    db.session.flush()
    if contest.state == PUBLISHED:
        ask(contest, one, now)


def named(one: Round) -> tuple[list[str], list[str]]:
    """The handles of its jurors and of its deputies."""
    both = jury.handles([one.id]).get(one.id, {JUROR: [], DEPUTY: []})
    return both[JUROR], both[DEPUTY]


def ask(contest: Contest, one: Round, now: datetime) -> None:
    """Tell the jurors of a round that they are asked. Deputies hear of it when they are called; told twice, it is said once."""
    jurors = sa.select(Juror.member_id).where(Juror.round_id == one.id, Juror.part == JUROR, Juror.excused_at.is_(None))
    ids = db.session.scalars(jurors.order_by(Juror.position)).all()
    tell([_message(contest, one, member_id, "contest.jury") for member_id in ids], now)


def _message(contest: Contest, one: Round, member_id: int, kind: str) -> Message:
    return Message(member_id, kind, f"{kind}:{one.id}:{member_id}", f"/contests/{contest.slug}/jury", {"contest": contest.title})


def excuse(round_id: int, member_id: int, now: datetime) -> Juror | None:
    """A juror, or a deputy, says that they cannot. The next deputy is called at once and returned. Raises NotAllowed,
    WrongPhase. Said twice, it is done once."""
    one, seat = hold_round(round_id), jury.seat(round_id, member_id)
    if one is None or seat is None:
        raise NotAllowed(_("You are not on this jury."))
    if one.state == CLOSED or now >= one.ends_at:
        raise WrongPhase(_("This round is over."))
    if seat.excused_at is not None:
        return None
    line = db.session.get(Voter, (round_id, member_id), populate_existing=True)
    if line is not None and line.voted:
        raise NotAllowed(_("You have voted, so your part is done. Until the round ends you can still change your vote."))
    sat = seat.part == JUROR or seat.called_at is not None
    seat.excused_at = now
    if line is not None:
        db.session.delete(line)
        one.roll_count = max(one.roll_count - 1, 0)
    db.session.flush()
    audit.record("contest.juror_excused", Ref("contest", one.contest.slug), member_id, after={"round": one.position})
    called = _call(one, 1, now) if sat else []
    return called[0] if called else None


def call_deputies(round_id: int, now: datetime) -> None:
    """At `deputies_at`: one deputy for each juror who has not voted, beside them. Nobody is told how many that were."""
    one = hold_round(round_id)
    if one is None or one.state != OPEN or one.deputies_called_at is not None or one.deputies_at is None:
        return
    if not one.deputies_at <= now < one.ends_at:
        return
    one.deputies_called_at = now
    silent = sa.select(sa.func.count()).select_from(Voter).join(
        Juror, sa.and_(Juror.round_id == Voter.round_id, Juror.member_id == Voter.member_id)
    )  # fmt: skip
    number = db.session.scalar(silent.where(Voter.round_id == one.id, Voter.voted.is_(False), jury.sits())) or 0
    _call(one, number, now)
    audit.record("contest.deputies_called", Ref("contest", one.contest.slug), None, after={"round": one.position})


def _call(one: Round, number: int, now: datetime) -> list[Juror]:
    """The next deputies who can: told, and on the roll where there is one. Who has an entry by now is passed by."""
    waiting = sa.select(Juror).join(Member, Member.id == Juror.member_id).where(
        Juror.round_id == one.id, Juror.part == DEPUTY, Juror.called_at.is_(None), Juror.excused_at.is_(None),
        Member.state == "active",
    )  # fmt: skip
    waits = db.session.scalars(waiting.order_by(Juror.position)).all()
    made = jury.with_entries(one.contest_id, [seat.member_id for seat in waits])
    called = [seat for seat in waits if seat.member_id not in made][:number]
    for seat in called:
        seat.called_at = now
    tell([_message(one.contest, one, seat.member_id, "contest.deputy") for seat in called], now)
    if one.state in (DRAWING, OPEN):
        _add_to_roll(one, [seat.member_id for seat in called])
    db.session.flush()
    return called


def _add_to_roll(one: Round, member_ids: Sequence[int]) -> None:
    inside = sa.select(Membership.member_id, sa.func.min(Membership.group_id)).where(
        Membership.state == "in", among(Membership.member_id, member_ids)
    )
    groups = {row[0]: row[1] for row in db.session.execute(inside.group_by(Membership.member_id))}
    table: Any = Voter.__table__
    rows = [{"round_id": one.id, "member_id": member_id, "group_id": groups.get(member_id), "voted": False}
            for member_id in sorted(member_ids)]  # fmt: skip
    one.roll_count += len(insert_new(table, rows, table.c.member_id))


def may_name(one: Round, now: datetime) -> bool:
    """A jury is named until its round begins; from then on jurors excuse themselves and deputies come in."""
    return one.state == WAITING and now < one.starts_at
