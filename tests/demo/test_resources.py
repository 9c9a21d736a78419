"""What the demo's people asked for is there once, decided by somebody else."""

from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.demo import resources
from recognition.resources.models import ResourceAsk, ResourceKind
from tests.dumps import differing, dump
from tests.factories.identity import make_member


def test_it_is_there_once(db: Any) -> None:
    people = {ask["by"] for ask in resources.read("resources")["asks"]} | {resources.DECIDER}
    ids = {handle: make_member(handle).id for handle in sorted(people)}
    resources.leave(ids, now := clock.utcnow())
    db.session.commit()
    states = db.session.execute(sa.select(ResourceAsk.state, sa.func.count()).group_by(ResourceAsk.state)).all()
    assert {row[0]: row[1] for row in states} == {"granted": 5, "partly": 2, "declined": 1, "waiting": 2}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ResourceKind)) == 6
    decided = sa.select(ResourceAsk.decided_by_id).distinct().where(ResourceAsk.decided_at.is_not(None))
    assert db.session.scalars(decided).all() == [ids["lior"]]
    before = dump()
    resources.leave(ids, now)
    db.session.commit()
    assert differing(before, dump()) == {}
