"""Figures of programmes, for the night's count: what `metrics` cannot know of, since it stands below them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from recognition import clock
from recognition.activities.models import Activity
from recognition.activities.reconciling.figures import ATTENDANCE_CAP
from recognition.activities.rules import INTERNAL_KINDS
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.vote import Voter
from recognition.events.models import Event
from recognition.extensions import db
from recognition.identity.fields import ONLY_ME
from recognition.identity.models import Member
from recognition.locks import Lock
from recognition.metrics.activity import SLOTS_MAX
from recognition.metrics.rules import Counted, country_of

CONTESTS_MAX = 60
COUNTRY_MAX = 120
DIGITS_MAX = 9


def contests(day: int) -> Iterator[Counted]:
    """For each closed round: who was on the roll, and how many of them voted. Nothing of a round that is open."""
    closed = (Round.state == "closed", Round.closed_at < clock.start_of(day + 1), Contest.state == "published")
    voted = sa.func.sum(sa.case((Voter.voted, 1), else_=0))
    asked = (
        sa.select(Round.id, sa.func.count(), voted)
        .join(Contest, Contest.id == Round.contest_id)
        .join(Voter, Voter.round_id == Round.id)
        .where(*closed)
        .group_by(Round.id)
        .order_by(Round.id.desc())
        .limit(CONTESTS_MAX)
    )
    for round_id, roll, ballots in db.session.execute(asked):
        yield Counted("contests.roll", roll, roll, by="round", slot=str(round_id))
        yield Counted("contests.voted", int(ballots or 0), int(ballots or 0), by="round", slot=str(round_id))


def waiting(day: int) -> Iterator[Counted]:
    """For how many days the oldest has waited of all that waits for a person. Only today knows that."""
    now = clock.utcnow()
    if day < clock.day_number(now) - 1:
        return
    lists: list[Callable[[datetime], Iterable[Lock]]] = current_app.extensions["locks"]
    since = min((lock.since for locks in lists for lock in locks(now)), default=None)
    if since is not None:
        days = max((now - since).days, 0)
        yield Counted("waiting", days, 0, by="period", slot="now")


def events(day: int) -> Iterator[Counted]:
    """By country: the house's own, by where they were held, and deeds that brought a country along, as far as every member may
    see them. Behind a country are the people of those deeds; its own events are everybody's to read."""
    last = clock.start_of(day + 1)
    countries: Counter[str] = Counter()
    own = sa.select(Event.place, sa.func.count()).where(Event.state == "planned", Event.ends_at < last, Event.form != "online")
    for place, number in db.session.execute(own.group_by(Event.place)):
        countries[country_of(place)] += number
    people: dict[str, int] = {}
    for name, number, doers in db.session.execute(_brought(last)):
        slot = " ".join(str(name).split())[:COUNTRY_MAX]
        countries[slot] += number
        # One country written in two ways: whoever is behind the one may be behind the other.
        people[slot] = max(people.get(slot, 0), doers)
    yield from (
        Counted("events", number, people.get(slot, number), by="country", slot=slot)
        for slot, number in countries.most_common(SLOTS_MAX)
    )
    yield _attendance(last)


def _attendance(last: datetime) -> Counted:
    """How many were at those that say so, each counted with ATTENDANCE_CAP at the most; behind it are who told of them."""
    typed = _seen("estimated_attendance", last).subquery()
    told = sa.select(typed.c.said, sa.func.count()).group_by(typed.c.said)
    there = sum(number * min(_number(said), ATTENDANCE_CAP) for said, number in db.session.execute(told))
    doers = db.session.scalar(sa.select(sa.func.count(sa.distinct(typed.c.member_id)))) or 0
    return Counted("events.attendance", there, doers)


def _number(typed: Any) -> int:
    """Nobody, where it is none."""
    text = str(typed).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else 0


def _brought(last: datetime) -> sa.Select[Any]:
    deed = _seen("country", last).subquery()
    return sa.select(deed.c.said, sa.func.count(), sa.func.count(sa.distinct(deed.c.member_id))).group_by(deed.c.said)


def _seen(name: str, last: datetime) -> sa.Select[Any]:
    """What deeds that every member may see say under this name, with who did them."""
    said = Activity.data[name].as_string()
    deeds = sa.select(said.label("said"), Activity.member_id).join(Member, Member.id == Activity.member_id)
    return deeds.where(
        Activity.data.is_not(None), said.is_not(None), Activity.occurred_at < last, Activity.withdrawn_at.is_(None),
        Activity.kind.not_in(INTERNAL_KINDS), Activity.visibility != ONLY_ME, Member.state != "suspended",
    )  # fmt: skip
