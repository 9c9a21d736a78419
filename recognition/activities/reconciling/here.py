"""What the house holds of the portal: the same rows, read from our tables."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import PASSIVE, Activity
from recognition.activities.reconciling import portal
from recognition.activities.reconciling.figures import ALUMNI, REP, Book, Deed, Event, Person
from recognition.activities.rules import slug_of
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group, Member, Membership

EVENT = "event:"
_STATUS = {"active": REP, "away": REP, "alumni": ALUMNI}


def book(theirs: Book, events_source: str) -> Book:
    """Of the people and sources that stand in the portal's files. Withdrawn deeds are not counted."""
    return Book(_people(theirs), [deed for deed, _fate in deeds(theirs) if deed], _events(theirs, events_source))


def repeats(theirs: Book) -> dict[str, int]:
    """How many deeds the house itself found to be told a second time, and of how many; not by the figures' own rule."""
    of_portal = (among(Activity.source, _sources(theirs)), Activity.withdrawn_at.is_(None), Activity.repeat_of_id.is_not(None))
    counted = sa.select(sa.func.count(), sa.func.count(sa.distinct(Activity.repeat_of_id))).where(*of_portal)
    rows, groups = db.session.execute(counted).one()
    return {"exact_repeats_beyond_the_first": rows, "exact_repeat_groups": groups}


def deeds(theirs: Book) -> Iterable[tuple[Deed | None, tuple[str, str, str]]]:
    """The deed, or None where it counts no longer; and its source, its key and why: "", "withdrawn", "corrected"."""
    words = {slug_of(kind): kind for kind in {one.kind for one in theirs.deeds}}
    corrected = set(db.session.scalars(sa.select(Activity.corrects_id).where(Activity.corrects_id.is_not(None))))
    columns = (Activity.id, Activity.source, Activity.source_key, Activity.occurred_day, Activity.kind, Activity.object,
               Activity.told_evidence, Activity.withdrawn_at, Activity.data, Member.handle)  # fmt: skip
    wanted = sa.select(*columns).join(Member, Member.id == Activity.member_id).where(among(Activity.source, _sources(theirs)))
    for row in db.session.execute(wanted.order_by(Activity.id).execution_options(yield_per=2000)):
        if row.withdrawn_at is not None:
            yield None, (row.source, row.source_key, "corrected" if row.id in corrected else "withdrawn")
            continue
        yield _deed(row, words), (row.source, row.source_key, "")


def merged(theirs: Book) -> set[str]:
    """Handles of the portal whose rows were joined to another row since."""
    wanted = sa.select(Member.handle).where(Member.merged_into_id.is_not(None))
    return set(db.session.scalars(wanted.where(among(Member.handle, [one.handle for one in theirs.people]))))


def _deed(row: Any, words: Mapping[str, str]) -> Deed:
    data: dict[str, Any] = row.data or {}
    event = row.object.removeprefix(EVENT) if row.object and row.object.startswith(EVENT) else None
    day = clock.EPOCH + timedelta(days=row.occurred_day)
    text_key = data.get("text_key") if data.get("has_text") else None
    return Deed(row.source, row.source_key, row.handle, day, words.get(row.kind, row.kind), data.get("initiative"), event,
                row.told_evidence == PASSIVE, text_key)  # fmt: skip


def _people(theirs: Book) -> list[Person]:
    rows = db.session.scalars(sa.select(Member).where(among(Member.handle, [one.handle for one in theirs.people]))).all()
    ids = [one.id for one in rows]
    mentors = {one.mentor_id for one in rows if one.mentor_id}
    handles = sa.select(Member.id, Member.handle).where(among(Member.id, mentors))
    mentor_of: dict[int, str] = {row.id: row.handle for row in db.session.execute(handles)}
    groups: dict[int, list[str]] = {}
    inside = sa.select(Membership.member_id, Group.name).join(Group, Group.id == Membership.group_id)
    for row in db.session.execute(inside.where(among(Membership.member_id, ids), Membership.state == "in").order_by(Group.slug)):
        groups.setdefault(row.member_id, []).append(row.name)
    return [_person(one, mentor_of, groups.get(one.id, [])) for one in rows]


def _person(one: Member, mentor_of: Mapping[int, str], groups: Iterable[str]) -> Person:
    kept: dict[str, Any] = one.imported or {}
    mentor = mentor_of[one.mentor_id] if one.mentor_id else kept.get("mentor", "")
    return Person(
        one.handle, _STATUS.get(one.state, one.state), one.place, f"{one.joined_at:%Y-%m}", kept.get("left", ""), mentor,
        kept.get("mentor_2020_04", ""), kept.get("on_roll_2020_04") == "yes", tuple(groups),
    )  # fmt: skip


def _events(theirs: Book, source: str) -> list[Event] | None:
    """None where no event came along as a row of its own, or there is none in the files."""
    if theirs.events is None:
        return None
    organisers = {one.organiser for one in theirs.events}
    wanted = sa.select(Activity.occurred_day, Activity.data, Member.handle).join(Member, Member.id == Activity.member_id)
    rows = db.session.execute(wanted.where(Activity.source == source, Activity.withdrawn_at.is_(None))).all()
    found = [
        portal.event(
            row.data or {}, row.handle if row.handle in organisers else "", clock.EPOCH + timedelta(days=row.occurred_day)
        )
        for row in rows
    ]
    return found or None


def _sources(theirs: Book) -> set[str]:
    return {one.source for one in theirs.deeds}
