"""Decides for each new notice whether it goes by mail, and when. What goes at one moment to one member goes in one mail."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition.announcements import rules
from recognition.announcements.models import WAITING, Delivery, MailWish, Notice
from recognition.announcements.rules import Wish, goes_at, wish_of
from recognition.announcements.wanting import takes_mail
from recognition.announcements.words import DIGEST, FOLLOWED, topic_of
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Member

GATHERED_FOR = timedelta(minutes=5)
"""What comes within these minutes goes in one mail."""
NEWS_FOR = timedelta(days=2)
"""Older notices are no news: who switches mails on, or an installation that gets a mail server, is not flooded."""
PLANNED_AHEAD = timedelta(minutes=10)
"""A digest is put beside what goes with it before the moment comes, so that no worker finds one without the other."""
NOTICES_A_TIME = 2000
DIGESTS_A_TIME = 500


class Place(NamedTuple):
    """Where a mail stands in time: one for each member and moment."""

    member_id: int
    due_at: datetime


class Sort(NamedTuple):
    """A digest that is written when it is due, from what is there then. `due`: where its moment is kept."""

    kind: str
    topic: str
    path: str
    due: Any


SORTS = (
    Sort(DIGEST, rules.COMMUNITY, "/activities/", MailWish.due_at),
    Sort(FOLLOWED, rules.FOLLOWING, "/me/mail#follows", MailWish.follows_due_at),
)


class Occasion(NamedTuple):
    """When a digest goes and the next one will; `told`: of what time it tells."""

    due_at: datetime
    next_at: datetime
    told: dict[str, Any]


def waits(now: datetime) -> bool:
    undecided = sa.exists().where(*_undecided(now - GATHERED_FOR, now))
    digests = [sa.exists().where(sort.due <= now + PLANNED_AHEAD) for sort in SORTS]
    return bool(db.session.scalar(sa.select(sa.or_(undecided, *digests))))


def gather(now: datetime) -> None:
    """One mail for each member with what came until now, save what they want later or never."""
    plan_digests(now)
    waiting = sa.select(Notice.id, Notice.member_id).where(*_undecided(now - GATHERED_FOR, now))
    waiting = waiting.order_by(Notice.created_at, Notice.id).limit(NOTICES_A_TIME)
    # What somebody changes at this moment is left for the next time, so that nobody waits in a circle.
    first = db.session.execute(waiting.with_for_update(skip_locked=True)).all()
    people = sa.select(Member.id).where(among(Member.id, {row.member_id for row in first}), *takes_mail())
    members = db.session.scalars(people).all()
    theirs = sa.select(Notice.id, Notice.member_id, Notice.kind, Notice.topic)
    theirs = theirs.where(among(Notice.member_id, members), *_undecided(now, now), Notice.read_at.is_(None))
    found = db.session.execute(theirs.order_by(Notice.id).limit(NOTICES_A_TIME).with_for_update(skip_locked=True)).all()
    _claim(_placed(found, wishes(members), now), now)
    decided = {row.id for row in (*first, *found)}
    done = sa.update(Notice).where(among(Notice.id, sorted(decided))).values(gathered_at=now)
    db.session.execute(done, execution_options={"synchronize_session": False})


def wishes(members: Collection[int]) -> dict[int, Wish]:
    """Held until the commit, so that two who put something into one member's digest do it one after the other."""
    rows = sa.select(MailWish).where(among(MailWish.member_id, sorted(members))).order_by(MailWish.member_id)
    return {row.member_id: wish_of(row) for row in db.session.scalars(rows.with_for_update())}


def plan_digests(now: datetime) -> None:
    """The digests that are due soon. One occasion each, also after a long silence of ours."""
    for sort in SORTS:
        _plan(sort, now)


def _plan(sort: Sort, now: datetime) -> None:
    due = sa.select(MailWish).where(sort.due <= now + PLANNED_AHEAD).order_by(sort.due, MailWish.member_id)
    rows = db.session.scalars(due.limit(DIGESTS_A_TIME).with_for_update(skip_locked=True)).all()
    if not rows:
        return
    taking = set(db.session.scalars(sa.select(Member.id).where(among(Member.id, [row.member_id for row in rows]), *takes_mail())))
    planned: list[tuple[Place, dict[str, Any]]] = []
    for row in rows:
        found = _occasion(sort, wish_of(row), getattr(row, sort.due.key) or now, now)
        setattr(row, sort.due.key, found.next_at if found else None)
        if found and row.member_id in taking:
            planned.append((Place(row.member_id, found.due_at), found.told))
    new = {place: _digest(sort, place, told, now) for place, told in planned}
    insert_new(Notice.__table__, list(new.values()))
    keys = {row["key"]: place for place, row in new.items()}
    fresh = db.session.execute(sa.select(Notice.id, Notice.key).where(among(Notice.key, keys), Notice.gathered_at == now))
    _claim({row.id: keys[row.key] for row in fresh}, now)


def _occasion(sort: Sort, wish: Wish, due_at: datetime, now: datetime) -> Occasion | None:
    """None for whoever wants no digests now. Of occasions that passed while nothing ran, the last one tells all."""
    rhythm = rules.rhythm_of(wish, sort.topic)
    if rhythm not in rules.DIGESTS:
        return None
    last = due_at
    while (later := rules.next_digest(wish, rhythm, last)) <= now:
        last = later
    told = {"since": rules.began(wish, rhythm, due_at).isoformat(), "until": last.isoformat(), "rhythm": rhythm}
    return Occasion(last, later, told)


def _digest(sort: Sort, place: Place, told: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Read from the beginning: it is a mail and no news on the site."""
    key = f"{sort.kind}:{place.member_id}:{place.due_at:%Y-%m-%d}"
    return {"member_id": place.member_id, "kind": sort.kind, "key": key, "path": sort.path, "data": dict(told),
            "topic": sort.topic, "created_at": now, "gathered_at": now, "read_at": now}  # fmt: skip


def _placed(rows: Sequence[Any], wished: Mapping[int, Wish], now: datetime) -> dict[int, Place]:
    """By notice; without those that never go."""
    nothing_said = Wish()
    at = {row.id: goes_at(wished.get(row.member_id, nothing_said), topic_of(row.kind, row.topic), now) for row in rows}
    return {row.id: Place(row.member_id, due) for row in rows if (due := at[row.id]) is not None}


def _claim(placed: Mapping[int, Place], now: datetime) -> None:
    mails = mails_at(set(placed.values()), now)
    claimed = [{"notice_id": notice_id, "member_id": place.member_id, "mail": mails[place], "state": WAITING, "attempts": 0,
                "due_at": place.due_at, "error": ""} for notice_id, place in sorted(placed.items())]  # fmt: skip
    insert_new(Delivery.__table__, claimed)


def mails_at(places: Collection[Place], now: datetime) -> dict[Place, str]:
    """The mail that waits for this moment already, or a new one."""
    later = {place.member_id for place in places if place.due_at != now}
    found: dict[Place, str] = {}
    if later:
        waiting = sa.select(Delivery.member_id, Delivery.due_at, Delivery.mail).where(
            among(Delivery.member_id, sorted(later)), Delivery.state == WAITING, Delivery.attempts == 0
        )
        found = {Place(row.member_id, row.due_at): row.mail for row in db.session.execute(waiting.distinct())}
    return {place: found.get(place) or secrets.token_urlsafe(16) for place in places}


def _undecided(until: datetime, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Notice.gathered_at.is_(None), Notice.created_at > now - NEWS_FOR, Notice.created_at <= until
