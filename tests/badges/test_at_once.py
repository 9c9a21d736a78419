"""Many reports at the same moment, several drains: one deed a key, one award a badge, and no number beyond its cap."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.activities import drain
from recognition.activities.models import Activity
from recognition.activities.services import record
from recognition.badges import rebuild, words
from recognition.badges.models import Award, Badge
from recognition.badges.rules import rule_of
from recognition.extensions import db as database
from tests.activities.test_record import in_threads
from tests.factories.activities import make_report
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
THREADS, EACH, CAP = 8, 200, 1000


def tell(member_id: int, key: str, **changes: Any) -> None:
    values = {"kind": "talk", "fingerprinted": False, "occurred_at": NOON, **changes}
    record([make_report(member_id, source_key=key, **values)], clock.utcnow())
    database.session.commit()


def count(model: Any, *where: Any) -> int:
    return database.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0


def test_fifty_reports_with_one_key_are_one_deed_and_one_award(app: Flask, db: Any) -> None:
    member_id = make_member("ada").id
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})
    make_badge("talker-twice", {"count": {"kind": "talk"}, "at_least": 2})
    db.session.commit()

    def work(thread: int) -> None:
        tell(member_id, "the-same")
        if thread % 10 == 0:
            drain.drain()

    in_threads(app, 50, work)
    drain.drain()
    assert (count(Activity, Activity.kind == "talk"), count(Award)) == (1, 1)
    assert list(rebuild.check()) == []


def test_two_last_requirements_at_the_same_moment_bring_the_badge_once(app: Flask, db: Any) -> None:
    """ACCEPTANCE 12: each half comes from another programme, and two drains see to them."""
    ids = [make_member(f"m{number}").id for number in range(6)]
    both = make_badge("both", {"all": [{"finished": "vision"}, {"count": {"kind": "contest.entered"}, "at_least": 1}]})
    db.session.commit()
    halves: list[dict[str, Any]] = [
        {"kind": "quest.finished", "object": "quest:vision", "source": "quests"},
        {"kind": "contest.entered", "object": "contest:poster", "source": "contests"},
    ]

    def work(thread: int) -> None:
        for member_id in ids:
            tell(member_id, f"{member_id}", **halves[thread])
            drain.drain(batch_rows=1)

    in_threads(app, 2, work)
    drain.drain()
    found = db.session.scalars(sa.select(Award.member_id).where(Award.badge_id == both.id).order_by(Award.member_id)).all()
    assert found == ids
    assert count(Activity, Activity.kind == "badge.awarded") == len(ids)
    assert db.session.scalar(sa.select(Badge.holders_count)) == len(ids)
    assert list(rebuild.check()) == []


def test_a_cap_holds_however_many_come_at_once(app: Flask, db: Any) -> None:
    member_id = make_member("ada").id
    capped = {"count": {"kind": "talk", "at_most": {"day": CAP}}}
    reached = make_badge("thousand", capped | {"at_least": CAP})
    beyond = make_badge("thousand-and-one", capped | {"at_least": CAP + 1})
    db.session.commit()

    def work(thread: int) -> None:
        for number in range(EACH):
            tell(member_id, f"{thread}:{number}")
            if number % 50 == 0:
                drain.drain()

    in_threads(app, THREADS, work)
    drain.drain()
    assert count(Activity, Activity.kind == "talk") == THREADS * EACH
    rules = [rule for badge in (reached, beyond) if (rule := rule_of(badge)) is not None]
    values = words.measured(rules, member_id, clock.utcnow())
    parts = [words.progress(rule, values, {}) for rule in rules]
    assert [(part.done, part.goal, part.met) for part in parts] == [(CAP, CAP, True), (CAP, CAP + 1, False)]
    assert db.session.scalars(sa.select(Award.badge_id)).all() == [reached.id]
    assert list(rebuild.check()) == []
