"""What the log knows of a contest that is over. Expected facts are worked out from results and rolls; whatever differs is
recorded, restored or withdrawn, so that it may be done any number of times. Badges follow by themselves, in the drain."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from recognition.activities.changes import restore, withdraw
from recognition.activities.models import Activity
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.contests.models.contest import Contest, Result, Round
from recognition.contests.models.entry import IN, Author, Entry
from recognition.contests.models.vote import Voter
from recognition.contests.order import numbered
from recognition.contests.rules import CLOSED, PERSON, PLACED, SOURCE, VOTED
from recognition.database import among
from recognition.extensions import db
from recognition.refs import Ref

SLICE_VOTERS = 1_000
EVIDENCE = 1
"""Passive: the product saw it happen."""


class Slice(NamedTuple):
    """`last`: the member up to whom it went; None after the last one."""

    members: Sequence[int]
    last: int | None


def voted_slice(one: Round, after: int, now: datetime) -> Slice:
    """The log learns who of the next thousand on this closed round's roll has voted: for themselves only."""
    wanted = sa.select(Voter.member_id).where(Voter.round_id == one.id, Voter.voted, Voter.member_id > after)
    members = db.session.scalars(wanted.order_by(Voter.member_id).limit(SLICE_VOTERS)).all()
    record([voted_fact(one, member_id) for member_id in members], now)
    return Slice(members, members[-1] if len(members) == SLICE_VOTERS else None)


def voted_fact(one: Round, member_id: int) -> Report:
    """As of the round's end: when somebody voted is told to nobody."""
    return Report(
        member_id, source=SOURCE, source_key=f"voted:{one.id}:{member_id}", occurred_at=one.ends_at, kind=VOTED,
        kind_label="Voted in a contest", campaign=one.contest.campaign, object=str(Ref("contest", one.contest.slug)),
        evidence=EVIDENCE, visibility="me", fingerprinted=False,
    )  # fmt: skip


def settle_places(contest: Contest, now: datetime, actor_id: int | None = None, reason: str = "") -> None:
    """The log says of each author which place their entry has by the newest result, and nothing else."""
    expected = {fact.source_key: fact for fact in placed_facts(contest)}
    # Withdrawn ones stay under their key and are restored if it is true again.
    gone = [row.id for row in _told(contest) if row.source_key not in expected]
    withdraw(gone, actor_id, reason, now)
    restore(outcome.id for outcome in record(list(expected.values()), now) if not outcome.new)


def placed_facts(contest: Contest) -> Iterator[Report]:
    """One for each author of each entry that has a place. Of a person's contest only the chosen ones: nobody is told
    where they stand who was merely named."""
    result = newest_result(contest.id)
    if result is None:
        return
    place_of = {entry_id: place for place, group in numbered(result.places) for entry_id in group}
    if contest.takes == PERSON:
        place_of = {entry_id: place for entry_id, place in place_of.items() if place == 1}
    closed_at = max(one.ends_at for one in contest.rounds)
    for entry_id, member_id in makers(contest, place_of):
        place = place_of[entry_id]
        yield Report(
            member_id, source=SOURCE, source_key=f"placed:{entry_id}:{member_id}:{place}", occurred_at=closed_at, kind=PLACED,
            kind_label="Placed in a contest", campaign=contest.campaign, object=str(Ref("contest", contest.slug)),
            evidence=EVIDENCE, data={"place": place}, fingerprinted=False,
        )  # fmt: skip


def makers(contest: Contest, entry_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Whose honour each entry is: its authors who say so; of a nomination, the person named."""
    if contest.takes == PERSON:
        named = sa.select(Entry.id, Entry.nominee_id).where(among(Entry.id, entry_ids), Entry.nominee_id.is_not(None))
        return [(entry_id, member_id) for entry_id, member_id in db.session.execute(named.order_by(Entry.id)) if member_id]
    wanted = sa.select(Author.entry_id, Author.member_id).where(among(Author.entry_id, entry_ids), Author.state == IN)
    rows = db.session.execute(wanted.order_by(Author.entry_id, Author.position, Author.member_id))
    return [(entry_id, member_id) for entry_id, member_id in rows]


def newest_result(contest_id: int) -> Result | None:
    wanted = sa.select(Result).where(Result.contest_id == contest_id).order_by(Result.number.desc()).limit(1)
    return db.session.scalar(wanted)


def _told(contest: Contest) -> Sequence[Activity]:
    about = (Activity.source == SOURCE, Activity.kind == PLACED, Activity.object == str(Ref("contest", contest.slug)))
    return db.session.scalars(sa.select(Activity).where(*about, Activity.withdrawn_at.is_(None)).order_by(Activity.id)).all()


def closed_rounds(contest: Contest) -> list[Round]:
    return [one for one in contest.rounds if one.state == CLOSED]
