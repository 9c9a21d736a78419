"""Whether news reach somebody, kept for those alone who allow it to whoever looks after their group. Only announcements count:
no reminder, no question and nothing private is looked at, so that nobody's silence can be read from it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition import clock
from recognition.announcements.models import Delivery, MailWish, Notice, StoppedAddress
from recognition.announcements.rules import NEVER, NEWS, rhythm_of, wish_of
from recognition.announcements.wanting import address, is_stopped
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Account, Group, Member, Membership
from recognition.identity.queries import membership, profiles
from recognition.identity.rules import ProfileView, Refused
from recognition.news.models import OUT, Announcement
from recognition.news.queries import channels
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

UNREACHED_DAYS = 30
LOOKED_BACK = timedelta(days=366)
MAY_COME_BACK_FOR = timedelta(days=5)
"""As long as mail servers usually try."""
SLICE, MOST = 500, 5000
NEVER_YET = date(1, 1, 1)
"""Where nothing ever did, in the order of a list."""


@dataclass(frozen=True)
class Row:
    """`by_mail`, `here`: ways by which news go to them. `weeks`: whole weeks since some last reached them, None for not within
    a year. `told_today`: somebody told them in person, and may take that back."""

    person: ProfileView
    by_mail: bool
    here: bool
    weeks: int | None
    is_unreached: bool
    told_today: bool


def allow(group: Group, member: Member, is_on: bool, now: datetime) -> None:
    """Taken back, it is over at once, and what was kept for it is gone. Raises Refused."""
    own = membership(group.id, member.id)
    if own is None or own.state != "in":
        raise Refused(_("Join the group first."))
    if own.on_roster == is_on:
        return
    reached_on = _reached([member.id], now).get(member.id) if is_on else None
    kept = {"on_roster": is_on, "told_on": None, "told_before": None, "reached_on": reached_on}
    db.session.execute(sa.update(Membership).where(Membership.id == own.id).values(kept))


def tell_in_person(group: Group, member_id: int, is_told: bool, now: datetime) -> bool:
    """By whoever looks after the group: they called, or handed over a paper. Not told: a slip is taken back on its day. False
    for somebody who is not on the roster."""
    held = sa.select(Membership).where(*_allowed(group.id), Membership.member_id == member_id).with_for_update()
    row = db.session.scalar(held.execution_options(populate_existing=True))
    if row is None:
        return False
    today = now.date()
    if is_told and row.told_on != today:
        row.told_before, row.told_on, row.reached_on = row.told_on, today, today
    elif not is_told and row.told_on == today:
        row.told_on, row.told_before = row.told_before, None
        row.reached_on = _last_of(_reached([member_id], now).get(member_id), row.told_on)
    db.session.flush()
    return True


def recount(after: int, now: datetime) -> int | None:
    """A slice of those who allow it; where to go on, None at the end."""
    wanted = sa.select(Membership).where(Membership.on_roster, Membership.state == "in", Membership.id > after)
    rows = db.session.scalars(wanted.order_by(Membership.id).limit(SLICE).with_for_update()).all()
    reached = _reached([row.member_id for row in rows], now)
    for row in rows:
        row.reached_on = _last_of(reached.get(row.member_id), row.told_on)
    db.session.flush()
    return rows[-1].id if len(rows) == SLICE else None


def _last_of(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _reached(member_ids: Collection[int], now: datetime) -> dict[int, date]:
    """The last day on which an announcement was opened here, or went by a mail that did not come back. What was withdrawn
    counts for nothing: withdrawing it settles the notices of those who never saw it."""
    theirs = (among(Notice.member_id, member_ids), Notice.kind == "news", Notice.created_at > now - LOOKED_BACK)
    is_out = sa.exists().where(Announcement.id == Notice.data["id"].as_integer(), Announcement.state == OUT)
    opened: Any = sa.select(Notice.member_id, sa.func.max(Notice.read_at)).where(*theirs, Notice.read_at.is_not(None), is_out)
    mailed: Any = sa.select(Notice.member_id, sa.func.max(Notice.mailed_at)).where(*theirs, Notice.mailed_at.is_not(None))
    came_back = _came_back(member_ids)
    arrived = [mailed.where(Notice.member_id.not_in(list(came_back)))]
    arrived += [_arrived(mailed.where(Notice.member_id == id_), row) for id_, row in came_back.items()]
    found: dict[int, date] = {}
    for statement in (opened, *arrived):
        for member_id, at in db.session.execute(statement.group_by(Notice.member_id)):
            found[member_id] = max(found.get(member_id, at.date()), at.date())
    return found


def _came_back(member_ids: Collection[int]) -> dict[int, StoppedAddress]:
    """By member, where mails to their address came back."""
    returned = sa.select(Member.id, StoppedAddress).join(StoppedAddress, StoppedAddress.address == sa.func.lower(address()))
    return {row[0]: row[1] for row in db.session.execute(returned.where(among(Member.id, member_ids)))}


def _arrived(mailed: Any, row: StoppedAddress) -> Any:
    """Without the letters that came back; where nothing goes any more, without all that left just before the first of these did
    or later."""
    letters = row.letter.split()
    back = sa.exists().where(Delivery.notice_id == Notice.id, among(Delivery.mail, letters))
    return mailed.where(~back, *([Notice.mailed_at < row.first_at - MAY_COME_BACK_FOR] if row.is_stopped else []))


def roster(group: Group, viewer: Member, now: datetime, cursor: str | None, size: int = PAGE_SIZE) -> Page[Row]:
    """Those who allow it: whom nothing reached for longest first."""
    last_day = now.date() - timedelta(days=UNREACHED_DAYS)
    joined_before = clock.start_of(clock.day_number(last_day) + 1)
    came = sa.and_(Membership.reached_on.is_(None), Membership.since < joined_before)
    place = sa.case((sa.or_(Membership.reached_on <= last_day, came), 0), else_=1)
    order = (place, sa.func.coalesce(Membership.reached_on, sa.literal(NEVER_YET, sa.Date())), Membership.id)
    wanted = sa.select(Membership, place).join(Member, Member.id == Membership.member_id)
    wanted = wanted.where(*_allowed(group.id), Member.state != "suspended").order_by(*order).limit(size + 1)
    last = decode(cursor, (int, int, int))
    if last:
        edge = (sa.literal(last[0]), sa.literal(_day(last[1]), sa.Date()), sa.literal(last[2]))
        wanted = wanted.where(sa.tuple_(*order) > sa.tuple_(*edge))
    rows = [(one, at) for one, at in db.session.execute(wanted).all()]
    found = page(rows, size, lambda row: (row[1], (row[0].reached_on or NEVER_YET).toordinal(), row[0].id))
    return Page(_rows(found.items, viewer, now.date()), found.next_cursor)


def _rows(found: Sequence[tuple[Membership, int]], viewer: Member, today: date) -> list[Row]:
    ids = [one.member_id for one, _at in found]
    people, ways = profiles(ids, viewer), _ways(ids)
    return [
        Row(
            people[one.member_id], *ways[one.member_id], _weeks(one.reached_on, today), place == 0, one.told_on == today
        )
        for one, place in found
    ]  # fmt: skip


def _weeks(reached_on: date | None, today: date) -> int | None:
    return max((today - reached_on).days, 0) // 7 if reached_on is not None else None


def _ways(member_ids: Collection[int]) -> dict[int, tuple[bool, bool]]:
    """By mail, and by a login of theirs here."""
    gets = sa.and_(Member.takes_mail, address().is_not(None), ~is_stopped())
    comes = sa.exists().where(Account.member_id == Member.id)
    wanted = sa.select(Member.id, gets, comes, MailWish).outerjoin(MailWish, MailWish.member_id == Member.id)
    rows = db.session.execute(wanted.where(among(Member.id, member_ids)))
    return {id_: (mail and rhythm_of(wish_of(wish), NEWS) != NEVER, here) for id_, mail, here, wish in rows}


def others(group_id: int) -> int:
    """How many of the group are not on the roster; at most so many are counted."""
    inside = sa.select(Membership.id).join(Member, Member.id == Membership.member_id).where(
        Membership.group_id == group_id, Membership.state == "in", ~Membership.on_roster, Member.state != "suspended"
    )  # fmt: skip
    return db.session.scalar(sa.select(sa.func.count()).select_from(inside.limit(MOST).subquery())) or 0


def places(group_id: int) -> list[str]:
    """Channels of the group to which its news go."""
    return [one.name for one in channels(only_on=True, group_id=group_id)]


def last_out() -> datetime | None:
    """When anything was last told at all."""
    return db.session.scalar(sa.select(sa.func.max(Announcement.out_at)).where(Announcement.state == OUT))


def _allowed(group_id: int) -> tuple[Any, ...]:
    return Membership.group_id == group_id, Membership.on_roster, Membership.state == "in"


def _day(number: int) -> date:
    return date.fromordinal(min(max(number, 1), date.max.toordinal()))
