"""One contest for the council: where it stands, its entries, its flags and its juries. Never who voted, or how many."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.badges.queries import published_badges
from recognition.contests import jury
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.vote import DEPUTY, JUROR, Juror
from recognition.contests.order import seed_hash
from recognition.contests.queries import stand_of
from recognition.contests.rules import CALLED_OFF, JURY, OVER
from recognition.contests.words import phase_words
from recognition.database import among, moment
from recognition.extensions import db
from recognition.identity.access import signed_in
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.pages.contest_workshop.blueprint import blueprint, contest_or_404, council_only
from recognition.pages.contest_workshop.listing import counts_of
from recognition.pages.contest_workshop.sketch import further, round_title, stages


@dataclass(frozen=True)
class Seat:
    """`called_at`: when a deputy came in for somebody who said that they cannot. Those who come in for the silent are told
    to nobody: their number would say how many were silent."""

    person: ProfileView
    part: str
    excused_at: datetime | None
    called_at: datetime | None
    conflict: str = ""


@dataclass(frozen=True)
class Bench:
    """A jury and its round."""

    title: str
    one: Round
    seats: list[Seat]

    def of(self, part: str) -> list[Seat]:
        return [seat for seat in self.seats if seat.part == part]


@blueprint.get("/<slug>/")
@council_only
def show(slug: str) -> Any:
    contest, now = contest_or_404(slug), moment()
    at = stand_of(contest, now)
    entries, flags = counts_of(contest)
    slugs = [prize.badge for prize in contest.prizes]
    return render_template(
        "council/contest.html", contest=contest, at=at, phase=phase_words(at, now), entries=entries, flags=flags, now=now,
        stages=stages(contest, jurors_by_round(contest)), further=further(contest), benches=benches(contest),
        prizes=published_badges(slugs) if slugs else [], seed_hash=seed_hash(contest.seed) if contest.seed else "",
        may_call_off=at.phase not in (OVER, CALLED_OFF), juror=JUROR, deputy=DEPUTY,
    )  # fmt: skip


def benches(contest: Contest) -> list[Bench]:
    rounds = [one for one in contest.rounds if one.judges == JURY]
    if not rounds:
        return []
    wanted = sa.select(Juror).where(among(Juror.round_id, [one.id for one in rounds])).order_by(Juror.part, Juror.position)
    rows = db.session.scalars(wanted).all()
    ids = [row.member_id for row in rows]
    people, close = profiles(ids, signed_in()), conflicts(contest, ids)
    found = []
    for one in rounds:
        seats = [Seat(people[row.member_id], row.part, row.excused_at, _called_for_an_excuse(one, row),
                      close.get(row.member_id, ""))
                 for row in rows if row.round_id == one.id and row.member_id in people]  # fmt: skip
        found.append(Bench(round_title(one, one.position, len(contest.rounds)), one, seats))
    return found


def conflicts(contest: Contest, member_ids: list[int]) -> dict[int, str]:
    """What is too close to whom. Their ballots leave such entries out by themselves."""
    many = jury.entries_of_mentees(contest.id, member_ids)
    words = {one: ngettext("%(num)s entry is by a mentee of theirs, and not on their ballot",
                           "%(num)s entries are by mentees of theirs, and not on their ballot", number)
             for one, number in many.items()}  # fmt: skip
    return words | {
        one: _("has an entry here, which is not on their ballot") for one in jury.with_entries(contest.id, member_ids)
    }


def _called_for_an_excuse(one: Round, seat: Juror) -> datetime | None:
    is_told = one.deputies_called_at is None or (seat.called_at is not None and seat.called_at < one.deputies_called_at)
    return seat.called_at if is_told else None


def jurors_by_round(contest: Contest) -> dict[int, int]:
    """How many jurors were named for each jury's round, by its position."""
    ids = {one.id: one.position for one in contest.rounds if one.judges == JURY}
    if not ids:
        return {}
    counted = sa.select(Juror.round_id, sa.func.count()).where(Juror.part == JUROR, among(Juror.round_id, ids))
    return {ids[row[0]]: row[1] for row in db.session.execute(counted.group_by(Juror.round_id))}
