"""Progress and the log tell the same, and each can be mended from the other."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.extensions import db
from recognition.quests.models import Enrolment
from recognition.quests.rebuild import check, rebuild
from recognition.quests.services import walking as services
from tests.factories.quests import make_quest

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def walked(make_member: Callable[..., Any]) -> Enrolment:
    member, quest = make_member(), make_quest(kinds=("read", "reflect"))
    enrolment = services.start(member, quest, NOW)
    services.read_step(member, quest, quest.steps[0], NOW)
    services.reflect(member, quest, quest.steps[1], "Mine.", NOW)
    return enrolment


def log() -> list[tuple[Any, ...]]:
    rows = sa.select(Activity.member_id, Activity.kind, Activity.source_key, Activity.object, Activity.occurred_at)
    return sorted(tuple(row) for row in db.session.execute(rows))


def test_what_was_walked_and_what_was_told_agree(app: Any, make_member: Callable[..., Any]) -> None:
    walked(make_member)
    assert list(check()) == []
    assert rebuild() == {"quest_facts": 0, "quest_ends": 0}


def test_what_the_log_lost_is_told_again_as_it_was(app: Any, make_member: Callable[..., Any]) -> None:
    enrolment = walked(make_member)
    before = log()
    db.session.execute(sa.delete(Activity))
    missing = {difference["stored"] for difference in check()}
    assert missing == {key for _member, _kind, key, _object, _at in before}
    assert {(d["enrolment_id"], d["member_id"], d["log"]) for d in check()} == {(enrolment.id, enrolment.member_id, None)}
    assert rebuild() == {"quest_facts": 4, "quest_ends": 0}
    assert log() == before
    assert list(check()) == []


def test_an_end_that_only_the_log_knows_is_an_end(app: Any, make_member: Callable[..., Any]) -> None:
    enrolment = walked(make_member)
    db.session.execute(sa.update(Enrolment).values(finished_at=None))
    assert [difference["log"] for difference in check()] == [f"finished:{enrolment.id}"]
    assert rebuild() == {"quest_facts": 0, "quest_ends": 1}
    db.session.expire_all()
    assert enrolment.finished_at == NOW
    assert list(check()) == []
