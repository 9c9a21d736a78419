"""What the log knows of an entry that stands: a fact for each of those who made it. Worked out anew whenever the entry
changes, so that it may be asked for any number of times."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from recognition.activities.changes import restore, withdraw
from recognition.activities.models import Activity
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import IN, Author, Entry
from recognition.contests.rules import ENTERED, PERSON, SOURCE
from recognition.extensions import db
from recognition.refs import Ref

EVIDENCE = 1
"""Passive: the product saw it happen."""


def settle_facts(entry: Entry, now: datetime, actor_id: int | None = None, reason: str = "") -> None:
    """The log says of each maker that they handed it in while it stands, and of nobody else."""
    db.session.flush()
    contest = db.session.get_one(Contest, entry.contest_id)
    expected = {fact.source_key: fact for fact in _facts(contest, entry, now)}
    gone = [row.id for row in _told(entry) if row.source_key not in expected]
    withdraw(gone, actor_id, reason, now)
    restore(outcome.id for outcome in record(list(expected.values()), now) if not outcome.new)


def _facts(contest: Contest, entry: Entry, now: datetime) -> Iterable[Report]:
    for member_id in _makers(contest, entry) if entry.state == IN else ():
        yield Report(
            member_id, source=SOURCE, source_key=f"entered:{entry.id}:{member_id}", occurred_at=entry.handed_in_at or now,
            kind=ENTERED, kind_label="Took part in a contest", campaign=contest.campaign,
            object=str(Ref("contest", contest.slug)), evidence=EVIDENCE, fingerprinted=False,
        )  # fmt: skip


def _makers(contest: Contest, entry: Entry) -> list[int]:
    """Of a nomination: the person named, once they agree."""
    if contest.takes == PERSON:
        return [entry.nominee_id] if entry.nominee_id is not None and entry.nominee_agreed else []
    wanted = sa.select(Author.member_id).where(Author.entry_id == entry.id, Author.state == IN)
    return list(db.session.scalars(wanted.order_by(Author.position, Author.member_id)))


def _told(entry: Entry) -> list[sa.Row[int, str]]:
    about = Activity.source_key.like(f"entered:{entry.id}:%")
    wanted = sa.select(Activity.id, Activity.source_key).where(Activity.source == SOURCE, about, Activity.withdrawn_at.is_(None))
    return list(db.session.execute(wanted.order_by(Activity.id)).all())
