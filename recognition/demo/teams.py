"""What groups of the demo would like to have done, who has which role in a team, where people belong and who vouches for whom."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition.demo.community import read
from recognition.extensions import db
from recognition.identity.models import Group, Member
from recognition.identity.queries import group_by_slug
from recognition.roles import places
from recognition.roles import services as roles
from recognition.roles.queries import role_by_slug
from recognition.roles.rules import Entry, sheet
from recognition.teams.models import Task, TaskWant
from recognition.teams.rules import HOLD, word_of
from recognition.vouching import services as vouching
from recognition.vouching.models import Affiliation, Vouch

Data = Mapping[str, Any]
Ids = Mapping[str, int]


def leave(ids: Ids, now: datetime) -> None:
    """Safe to repeat: what is there stays as it is, and nothing comes back that somebody took away."""
    data = read("teams")
    if db.session.scalar(sa.select(sa.exists(sa.select(Task.id)))):
        return
    for one in data["tasks"]:
        group = group_by_slug(one["group"])
        if group is not None:
            _task(one, group, ids, now)
    for one in data["roles"]:
        if one["by"] in ids and role_by_slug(one["slug"]) is None:
            _role(one, ids, now)
    _people(data, ids, now)


def _task(one: Data, group: Group, ids: Ids, now: datetime) -> None:
    until = now.date() + timedelta(days=one["until"]) if "until" in one else None
    task = Task(group_id=group.id, title=one["title"], words=one.get("words", ""), minutes=one["minutes"], until=until,
                made_at=now - timedelta(days=3), taken_by_id=ids.get(one.get("taken_by", "")))  # fmt: skip
    if task.taken_by_id is not None:
        task.taken_at, task.taken_until = now - timedelta(days=2), now - timedelta(days=2) + HOLD
    if "done" in one and task.taken_by_id is not None:
        task.done_at, task.done_by_id = now + timedelta(days=one["done"]), task.taken_by_id
    db.session.add(task)
    db.session.flush()
    db.session.add_all(TaskWant(task_id=task.id, word=word_of(word), said=word) for word in one["wants"])


def _role(one: Data, ids: Ids, now: datetime) -> None:
    then, actor = now - timedelta(days=30), ids[one["by"]]
    text = sheet({"rights": [], "ask": "", "elsewhere": "", **one})
    role = roles.create(text, one["held_by"], actor, then)
    roles.publish(role.id, role.draft_number, "Written down.", "", None, then.date(), actor, then)
    roles.set_entry(role.id, Entry(places=one["places"], open_until=now.date() + timedelta(days=one["open_days"])), actor)
    for handle in one["holders"]:
        if handle in ids:
            places.put(role.id, ids[handle], actor, then)


def _people(data: Data, ids: Ids, now: datetime) -> None:
    if not db.session.scalar(sa.select(sa.exists(sa.select(Affiliation.id)))):
        for one in data["affiliations"]:
            if one["of"] in ids:
                member = db.session.get_one(Member, ids[one["of"]])
                vouching.belong(member, one["sort"], one.get("name", ""), one["shown_to"], now)
    if not db.session.scalar(sa.select(sa.exists(sa.select(Vouch.id)))):
        rows = [one for one in data["vouches"] if {one["of"], one["by"]} <= set(ids)]
        db.session.add_all(
            Vouch(member_id=ids[one["of"]], by_id=ids[one["by"]], words=one["words"], at=now - timedelta(days=20 - at))
            for at, one in enumerate(rows)
        )
    db.session.flush()
