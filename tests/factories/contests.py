"""Contests at any moment of their life. Dates are days from `NOW`, the moment at which a test says it is."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.entry import IN, Author, Entry
from recognition.contests.models.vote import Ballot, Candidate, Mark, Voter
from recognition.contests.secret import receipt, receipt_hash, voter_key
from recognition.extensions import db
from recognition.identity.models import Member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEED = "ab" * 32
SALT = "cd" * 32
_keys = count(1)


def days(number: float) -> datetime:
    return NOW + timedelta(days=number)


def make_contest(slug: str = "draw-mdm", rounds: int = 1, **changes: Any) -> Contest:
    """Published; entries were taken until yesterday, and the rounds follow each other, a week each, from today on. Use it
    inside `clock.as_of(NOW)`."""
    values: dict[str, Any] = {
        "title": slug.replace("-", " ").capitalize(), "brief": "What does it mean to you?", "takes": "picture",
        "licences": ["cc-by-4.0"], "entries_from": days(-15), "entries_until": days(-1), "seed": SEED, "state": "published",
        "created_at": days(-20), "published_at": days(-20), "may_enter": None, "may_vote": None, **changes,
    }  # fmt: skip
    contest = Contest(slug=slug, **values)
    db.session.add(contest)
    db.session.flush()
    for position in range(1, rounds + 1):
        make_round(contest, position=position)
    return contest


def make_round(contest: Contest, **changes: Any) -> Round:
    """Waiting for its first moment, which is today's for round 1."""
    position = changes.pop("position", len(contest.rounds) + 1)
    values = {"starts_at": days(7 * (position - 1)), "ends_at": days(7 * position), "method": "approval", **changes}
    one = Round(contest_id=contest.id, position=position, **values)
    db.session.add(one)
    db.session.flush()
    db.session.expire(contest, ["rounds"])
    return one


def make_entry(contest: Contest, member: Member, **changes: Any) -> Entry:
    """Handed in, with its author; its key is made from its number, so that tests can name it."""
    number = next(_keys)
    values: dict[str, Any] = {
        "key": f"entry{number:06}", "title": f"Entry {number}", "story": "We drew it together.",
        "alt": "A table with many chairs.",
        "licence": "cc-by-4.0", "state": IN,
        "created_at": days(-10), "changed_at": days(-10), "handed_in_at": days(-10), **changes,
    }  # fmt: skip
    entry = Entry(contest_id=contest.id, member_id=member.id, **values)
    db.session.add(entry)
    db.session.flush()
    db.session.add(Author(entry_id=entry.id, member_id=member.id, position=0, state=IN))
    db.session.flush()
    return entry


def open_round(one: Round, entries: list[Entry], voters: list[Member]) -> Round:
    """As it stands once its roll is drawn up and its candidates are frozen."""
    one.state, one.salt, one.opened_at, one.roll_count = "open", SALT, one.starts_at, len(voters)
    db.session.add_all(Candidate(round_id=one.id, entry_id=entry.id) for entry in entries)
    db.session.add_all(Voter(round_id=one.id, member_id=voter.id) for voter in voters)
    db.session.flush()
    return one


def put_ballot(one: Round, voter: Member, marks: dict[int, int], number: int = 1) -> str:
    """A ballot in an open round, as the voter's one that stands; the receipt's code. Entry id -> mark; none: abstains."""
    key = voter_key(one.salt, voter.id)
    own = (Ballot.round_id == one.id, Ballot.voter_key == key)
    db.session.execute(sa.update(Ballot).where(*own).values(replaced=True))
    code = receipt(one.salt, key, number)
    ballot = Ballot(round_id=one.id, voter_key=key, number=number, receipt_hash=receipt_hash(code), abstains=not marks)
    db.session.add(ballot)
    db.session.flush()
    db.session.add_all(Mark(ballot_id=ballot.id, entry_id=entry_id, value=value) for entry_id, value in marks.items())
    db.session.execute(sa.update(Voter).where(Voter.round_id == one.id, Voter.member_id == voter.id).values(voted=True))
    db.session.flush()
    return code
