"""Tasks as one reader may see them, and those that fit a member, with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group, Member, Membership
from recognition.identity.policy import sees_roster
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.teams.models import Task, TaskWant
from recognition.teams.rules import mark_of, state_of, word_of
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

DONE_SHOWN = 10
LOOKED_AT = 60
"""So many tasks that fit somehow are compared, those that end soonest."""


@dataclass(frozen=True)
class Line:
    """`wants`: words as typed. `fits`: those of them that the reader names on their own page. `is_in`: the reader is in its
    group. `who`: who has it, or did it; None also for somebody whom the reader does not see here. `is_mine`: that is the
    reader."""

    task: Task
    group: Group
    state: str
    wants: Sequence[str]
    fits: Sequence[str]
    is_in: bool
    who: ProfileView | None
    is_mine: bool


@dataclass(frozen=True)
class Wanted:
    """`word` is folded; `minutes`: at most so long."""

    word: str = ""
    minutes: int | None = None


def live(group: Group, viewer: Member, now: datetime, cursor: str | None) -> Page[Line]:
    """What is to be done in this group, the oldest first."""
    wanted = sa.select(Task).where(Task.group_id == group.id, *_live()).order_by(Task.id)
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Task.id > last[0])
    found = page(db.session.scalars(wanted.limit(PAGE_SIZE + 1)).all(), PAGE_SIZE, lambda one: (one.id,))
    return Page(lines(found.items, {group.id: group}, viewer, now), found.next_cursor)


def lately_done(group: Group, viewer: Member, now: datetime) -> list[Line]:
    wanted = sa.select(Task).where(Task.group_id == group.id, Task.done_at.is_not(None), Task.gone_at.is_(None))
    rows = db.session.scalars(wanted.order_by(Task.done_at.desc(), Task.id.desc()).limit(DONE_SHOWN)).all()
    return lines(rows, {group.id: group}, viewer, now)


def mine(viewer: Member, now: datetime) -> list[Line]:
    """What the reader has taken on."""
    held = sa.select(Task).where(Task.taken_by_id == viewer.id, Task.taken_until > now, *_live())
    rows = db.session.scalars(held.order_by(Task.taken_until, Task.id).limit(PAGE_SIZE)).all()
    return lines(rows, _groups(rows), viewer, now)


def open_tasks(viewer: Member, wanted: Wanted, now: datetime, cursor: str | None) -> Page[Line]:
    """Of every group that lets people come in, or has the reader in it; those that end soonest first."""
    found = sa.select(Task).join(Group, Group.id == Task.group_id).where(*open_now(now), _may(viewer.id))
    if wanted.minutes is not None:
        found = found.where(Task.minutes <= wanted.minutes)
    if wanted.word:
        found = found.where(Task.id.in_(sa.select(TaskWant.task_id).where(TaskWant.word == wanted.word)))
    last, day = decode(cursor, (str, int)), sa.func.coalesce(Task.until, date.max)
    if last:
        after = sa.tuple_(day, Task.id) > sa.tuple_(sa.literal(_day(last[0])), sa.literal(last[1]))
        found = found.where(after)
    rows = db.session.scalars(found.order_by(day, Task.id).limit(PAGE_SIZE + 1)).all()
    one = page(rows, PAGE_SIZE, lambda task: (str(task.until or date.max), task.id))
    return Page(lines(one.items, _groups(one.items), viewer, now), one.next_cursor)


def fitting(viewer: Member, now: datetime, size: int) -> list[Line]:
    """Open tasks of the reader's own groups, and those that want what the reader names on their own page as where they help or
    what they speak: the most such words first. Nobody else is told what fits whom."""
    mine_in = sa.select(Membership.group_id).where(Membership.member_id == viewer.id, Membership.state == "in")
    words = own_words(viewer)
    fits = sa.select(TaskWant.task_id).where(among(TaskWant.word, words))
    wanted = sa.select(Task).join(Group, Group.id == Task.group_id).where(*open_now(now), _may(viewer.id))
    wanted = wanted.where(sa.or_(Task.group_id.in_(mine_in), Task.id.in_(fits)) if words else Task.group_id.in_(mine_in))
    soonest = wanted.order_by(sa.func.coalesce(Task.until, date.max), Task.id).limit(LOOKED_AT)
    rows = db.session.scalars(soonest).all()
    found = lines(rows, _groups(rows), viewer, now)
    return sorted(found, key=lambda one: (-len(one.fits), not one.is_in))[:size]


def own_words(member: Member) -> dict[str, str]:
    """Where a member helps and what they speak, by what it folds to."""
    return {word_of(word): word for word in (*member.areas, *member.languages) if word_of(word)}


def mark(one: Task) -> str:
    """As a form's, of what stands there."""
    words = db.session.scalars(sa.select(TaskWant.said).where(TaskWant.task_id == one.id))
    return mark_of(one.title, one.words, one.minutes, one.until, words)


def lines(tasks: Sequence[Task], groups: Mapping[int, Group], viewer: Member, now: datetime) -> list[Line]:
    if not tasks:
        return []
    wants: dict[int, list[Any]] = {}
    asked = sa.select(TaskWant).where(among(TaskWant.task_id, [one.id for one in tasks])).order_by(TaskWant.word)
    for want in db.session.scalars(asked):
        wants.setdefault(want.task_id, []).append(want)
    inside = sa.select(Membership).where(
        Membership.member_id == viewer.id, Membership.state == "in", among(Membership.group_id, groups)
    )
    mine_in, words = {own.group_id: own for own in db.session.scalars(inside)}, own_words(viewer)
    states = {one.id: state_of(one.done_at, one.gone_at, one.taken_until, one.until, now) for one in tasks}
    whose = {one.id: one.done_by_id if one.done_at else one.taken_by_id if states[one.id] == "taken" else None for one in tasks}
    people = profiles([who for who in whose.values() if who], viewer)
    return [
        Line(
            one, groups[one.group_id], states[one.id], [want.said for want in wants.get(one.id, ())],
            [want.said for want in wants.get(one.id, ()) if want.word in words], one.group_id in mine_in,
            _seen(people.get(whose[one.id] or 0), groups[one.group_id], sees_roster(viewer, mine_in.get(one.group_id))),
            whose[one.id] == viewer.id,
        )
        for one in tasks
    ]  # fmt: skip


def _seen(person: ProfileView | None, group: Group, sees_all: bool) -> ProfileView | None:
    """Whoever has a task of a closed group is in it, which not everybody shows; a suspended member stands nowhere."""
    if person is None or person.state == "suspended":
        return None
    return person if group.entry != "closed" or person.shows_groups or sees_all else None


def open_now(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Nobody has it, or had it longer than it is kept for them."""
    free = sa.or_(Task.taken_until.is_(None), Task.taken_until <= now)
    return (*_live(), free, sa.or_(Task.until.is_(None), Task.until >= now.date()))


def _live() -> tuple[sa.ColumnElement[bool], ...]:
    return (Task.done_at.is_(None), Task.gone_at.is_(None))


def _may(member_id: int) -> sa.ColumnElement[bool]:
    """A closed group's tasks are for those who are in it."""
    inside = sa.exists().where(Membership.group_id == Task.group_id, Membership.member_id == member_id, Membership.state == "in")
    return sa.or_(Group.entry != "closed", inside)


def _groups(tasks: Sequence[Task]) -> dict[int, Group]:
    wanted = sa.select(Group).where(among(Group.id, {one.group_id for one in tasks}))
    return {one.id: one for one in db.session.scalars(wanted)} if tasks else {}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.max
