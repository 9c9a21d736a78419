"""The demo's tasks, roles of a team and words about people are there once."""

from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.demo import teams
from recognition.roles.models import RolePlace
from recognition.teams.models import Task
from recognition.vouching.models import Affiliation, Vouch
from tests.dumps import differing, dump
from tests.factories.identity import make_group, make_member


def test_it_is_there_once(db: Any) -> None:
    people = ("noor", "amina", "zeynep", "mirembe", "kofi", "lior", "saoirse", "lan", "olena", "yuki")
    ids = {handle: make_member(handle).id for handle in people}
    for slug in ("words-across", "campus-lanterns", "nairobi-open-table"):
        make_group(slug)
    teams.leave(ids, now := clock.utcnow())
    db.session.commit()
    counts = [db.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in (Task, RolePlace, Affiliation, Vouch)]
    assert counts == [6, 2, 4, 4]
    done = db.session.execute(sa.select(Task.taken_by_id, Task.done_at.is_not(None)).where(Task.taken_by_id.is_not(None)))
    assert sorted(done.all()) == sorted([(ids["olena"], False), (ids["yuki"], True)])
    before = dump()
    teams.leave(ids, now)
    db.session.commit()
    assert differing(before, dump()) == {}
