"""Tasks: written by those who look after the group, taken on, handed back, done. One person has each, for a while."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.announcements.services import Message, tell
from recognition.audit.services import record
from recognition.extensions import db
from recognition.identity import policy
from recognition.identity.models import Group, Member
from recognition.identity.queries import membership
from recognition.identity.services.groups import check_curator
from recognition.refs import Ref
from recognition.teams.models import Task, TaskWant
from recognition.teams.queries import mark, open_now
from recognition.teams.rules import AT_ONCE_MAX, HOLD, LIVE_MAX, TaskForm, TooLate

SLICE = 200
_QUIET = {"synchronize_session": False}
_LIVE = (Task.done_at.is_(None), Task.gone_at.is_(None))


def add(group: Group, form: TaskForm, actor: Member, now: datetime) -> Task:
    """Sent twice it is one task. Raises NotAllowed, and TooLate where the list is full."""
    check_curator(group, actor)
    db.session.scalar(sa.select(Group.id).where(Group.id == group.id).with_for_update())
    # In every word: two tasks may well be called the same.
    same = sa.select(Task).where(Task.group_id == group.id, Task.title == form.title, *_LIVE)
    known = next((one for one in db.session.scalars(same.order_by(Task.id)) if mark(one) == form.mark), None)
    if known is not None:
        return known
    count = sa.select(sa.func.count()).select_from(Task).where(Task.group_id == group.id, *_LIVE)
    if (db.session.scalar(count) or 0) >= LIVE_MAX:
        raise TooLate(_("The list is full. Take off what nobody needs any more; your words are still here."))
    one = Task(group_id=group.id, made_by_id=actor.id, made_at=now)
    db.session.add(one)
    _write(one, form)
    return one


def change(task_id: int, group: Group, form: TaskForm, actor: Member, seen: str) -> bool:
    """False where it is done or off the list. `seen`: its mark as they had it before them. Raises NotAllowed, and TooLate where
    somebody else changed it meanwhile."""
    check_curator(group, actor)
    wanted = sa.select(Task).where(Task.id == task_id, Task.group_id == group.id, *_LIVE)
    one = db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if one is None:
        return False
    if mark(one) == form.mark:
        return True
    if mark(one) != seen:
        raise TooLate(
            _("Somebody else changed it since you opened this page; see the list. Saved again, your words replace theirs.")
        )
    db.session.execute(sa.delete(TaskWant).where(TaskWant.task_id == one.id), execution_options=_QUIET)
    _write(one, form)
    return True


def _write(one: Task, form: TaskForm) -> None:
    one.title, one.words, one.minutes, one.until = form.title, form.words, form.minutes, form.until
    db.session.flush()
    rows = [{"task_id": one.id, "word": word, "said": said} for word, said in form.wants.items()]
    if rows:
        db.session.execute(sa.insert(TaskWant), rows)


def take_off(task_id: int, group: Group, actor: Member, now: datetime) -> bool:
    """Whoever has it hears of it. Raises NotAllowed."""
    check_curator(group, actor)
    there = sa.update(Task).where(Task.id == task_id, Task.group_id == group.id, *_LIVE).values(gone_at=now)
    row = db.session.execute(there.returning(Task.taken_by_id, Task.taken_until, Task.title), execution_options=_QUIET).first()
    if row is None:
        return False
    if row.taken_by_id not in (None, actor.id) and row.taken_until > now:
        told = {"title": row.title, "group": group.name}
        tell([Message(row.taken_by_id, "task.off", f"task.off:{task_id}", _path(group), told)], now)
    record("group.task_off", Ref("group", group.slug), actor.id, after={"task": task_id, "title": row.title})
    return True


def take(task_id: int, group: Group, member: Member, now: datetime) -> None:
    """Who has it already has it for as long again. Raises TooLate: of two at once, one gets it."""
    own = membership(group.id, member.id)
    if not policy.can_write(member) or (group.entry == "closed" and (own is None or own.state != "in")):
        raise TooLate(_("This group does what it does among those who are in it."))
    db.session.scalar(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    held = (Task.taken_by_id == member.id, Task.taken_until > now, *_LIVE)
    count = sa.select(sa.func.count()).select_from(Task).where(*held, Task.id != task_id)
    if (db.session.scalar(count) or 0) >= AT_ONCE_MAX:
        raise TooLate(_("You have %(max)s tasks already. Hand one back, or finish one first.", max=AT_ONCE_MAX))
    free = sa.or_(sa.and_(*open_now(now)), sa.and_(*held))
    mine = sa.update(Task).where(Task.id == task_id, Task.group_id == group.id, free)
    values = {"taken_by_id": member.id, "taken_at": now, "taken_until": now + HOLD}
    if db.session.execute(mine.values(values).returning(Task.id), execution_options=_QUIET).first() is None:
        raise TooLate(_("Somebody else was quicker, or it is not needed any more. There is more to do below."))
    db.session.expire_all()


def hand_back(task_id: int, member_id: int) -> bool:
    """No reason is asked for, and nobody is told. False where they do not have it."""
    mine = sa.update(Task).where(Task.id == task_id, Task.taken_by_id == member_id, *_LIVE)
    back = mine.values(taken_by_id=None, taken_at=None, taken_until=None)
    done = db.session.execute(back.returning(Task.id), execution_options=_QUIET).first()
    db.session.expire_all()
    return done is not None


def finish(task_id: int, group: Group, member: Member, now: datetime) -> Task | None:
    """By whoever has it; whoever wrote it hears of it. None where they do not have it; done twice is done once."""
    mine = sa.select(Task).where(Task.id == task_id, Task.group_id == group.id, Task.gone_at.is_(None))
    held = mine.with_for_update().execution_options(populate_existing=True)
    one: Task | None = db.session.scalar(held)
    if one is None or (one.done_by_id if one.done_at else one.taken_by_id) != member.id:
        return None
    if one.done_at is None:
        one.done_at, one.done_by_id = now, member.id
        db.session.flush()
        if one.made_by_id not in (None, member.id):
            told = {"person": member.id, "title": one.title}
            tell([Message(one.made_by_id, "task.done", f"task.done:{one.id}:{member.id}", _path(group), told)], now)
    return one


def open_again(task_id: int, group: Group, actor: Member, now: datetime) -> bool:
    """It was not done after all: by whoever said that it was, or those who look after the group; then whoever did it hears so.
    It is anybody's again."""
    done = (Task.id == task_id, Task.group_id == group.id, Task.done_at.is_not(None), Task.gone_at.is_(None))
    may = sa.true() if policy.can_curate(actor, membership(group.id, actor.id)) else Task.done_by_id == actor.id
    found = sa.select(Task).where(*done, may).with_for_update().execution_options(populate_existing=True)
    one: Task | None = db.session.scalar(found)
    if one is None:
        return False
    doer_id, key = one.done_by_id, f"task.again:{one.id}:{one.done_at:%Y%m%d%H%M%S}"
    one.done_at = one.done_by_id = one.taken_by_id = one.taken_at = one.taken_until = None
    db.session.flush()
    if doer_id != actor.id:
        record("group.task_again", Ref("group", group.slug), actor.id, after={"task": one.id, "title": one.title})
        told = {"title": one.title, "group": group.name}
        tell([Message(doer_id, "task.again", key, _path(group), told)] if doer_id is not None else [], now)
    return True


def look(now: datetime) -> int:
    """What somebody had for as long as it is kept is anybody's again, and they hear so kindly; how many, of a slice."""
    late = sa.select(Task, Group).join(Group, Group.id == Task.group_id).where(Task.taken_until <= now, *_LIVE)
    rows = db.session.execute(late.order_by(Task.id).limit(SLICE).with_for_update(of=Task)).all()
    told = []
    for one, group in rows:
        if one.taken_by_id is not None:
            key = f"task.back:{one.id}:{one.taken_at:%Y%m%d%H%M%S}"
            told.append(Message(one.taken_by_id, "task.back", key, _path(group), {"title": one.title, "group": group.name}))
        one.taken_by_id = one.taken_at = one.taken_until = None
    db.session.flush()
    tell(told, now)
    return len(rows)


def _path(group: Group) -> str:
    return f"/groups/{group.slug}/team"
