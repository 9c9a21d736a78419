"""After the last close: the log learns who voted and who placed, and people hear that the results are there. In slices, each
of which may be done again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition.announcements.services import Message, tell
from recognition.contests.models.contest import Contest, Result
from recognition.contests.models.entry import IN, Author, Entry
from recognition.contests.order import numbered
from recognition.contests.rules import PERSON
from recognition.contests.services import talking
from recognition.contests.services.facts import closed_rounds, makers, newest_result, settle_places, voted_slice
from recognition.contests.services.locks import hold_contest
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member


class Place(NamedTuple):
    """How far it is told: in which of the closed rounds, and up to which member of its roll."""

    round: int = 0
    after: int = 0


def tell_slice(contest_id: int, place: Place, now: datetime) -> Place | None:
    """The next thousand voters; at first whoever handed something in, and the places. None: all of it is told."""
    contest = hold_contest(contest_id)
    result = newest_result(contest_id)
    if contest is None or result is None:
        return None
    if place == Place():
        settle_places(contest, now)
        _tell_makers(contest, result, now)
        talking.tell_at_close(contest, now)
    rounds = closed_rounds(contest)
    if place.round >= len(rounds):
        return None
    told = voted_slice(rounds[place.round], place.after, now)
    _tell_results(contest, told.members, now)
    return Place(place.round, told.last) if told.last is not None else _next_round(place, len(rounds))


def _next_round(place: Place, rounds: int) -> Place | None:
    return Place(place.round + 1) if place.round + 1 < rounds else None


def _tell_makers(contest: Contest, result: Result, now: datetime) -> None:
    """The first ones hear that they are; then everybody who handed something in. Said to each person once."""
    first = {entry_id for place, group in numbered(result.places) if place == 1 for entry_id in group}
    titles = {one.id: one.title for one in db.session.scalars(sa.select(Entry).where(among(Entry.id, first)))}
    kind = "contest.chosen" if contest.takes == PERSON else "contest.first"
    path = f"/contests/{contest.slug}/results"
    tell([Message(member_id, kind=kind, key=f"contest.first:{entry_id}:{member_id}", path=path,
                  data={"contest": contest.title, "entry": titles[entry_id]})
          for entry_id, member_id in makers(contest, first)], now)  # fmt: skip
    stands = (Entry.contest_id == contest.id, Entry.state == IN)
    authors = sa.select(Author.member_id).join(Entry, Entry.id == Author.entry_id).where(*stands, Author.state == IN)
    named = sa.select(Entry.nominee_id).where(*stands, Entry.nominee_agreed.is_(True))
    handed_in: Any = sa.union(authors, sa.select(Entry.member_id).where(*stands), named)
    _tell_results(contest, [one for one in db.session.scalars(handed_in) if one is not None], now)


def _tell_results(contest: Contest, members: Iterable[int], now: datetime) -> None:
    path = f"/contests/{contest.slug}/results"
    tell([Message(member_id, kind="contest.results", key=f"contest.results:{contest.id}:{member_id}", path=path,
                  data={"contest": contest.title}) for member_id in _present(members)], now)  # fmt: skip


def _present(members: Iterable[int]) -> Sequence[int]:
    ids = sorted(set(members))
    there = sa.select(Member.id).where(among(Member.id, ids), Member.state != "suspended").order_by(Member.id)
    return db.session.scalars(there).all() if ids else []
