"""Tasks of groups."""

from typing import Any

from recognition import clock
from recognition.extensions import db
from recognition.identity.models import Group, Membership
from recognition.teams.models import Task, TaskWant
from recognition.teams.rules import word_of


def make_task(group: Group, title: str = "Water the plants", wants: tuple[str, ...] = (), **changes: Any) -> Task:
    values: dict[str, Any] = {"minutes": 30, "made_at": clock.utcnow(), **changes}
    one = Task(group_id=group.id, title=title, **values)
    db.session.add(one)
    db.session.flush()
    db.session.add_all(TaskWant(task_id=one.id, word=word_of(word), said=word) for word in wants)
    db.session.flush()
    return one


def put_in(group: Group, member_id: int, **changes: Any) -> None:
    values: dict[str, Any] = {"state": "in", "since": clock.utcnow(), **changes}
    db.session.add(Membership(group_id=group.id, member_id=member_id, **values))
    db.session.flush()
