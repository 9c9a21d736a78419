"""How many came to each step, against a count by hand; and what is told of it."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.crowds import about
from recognition.extensions import db as database
from recognition.quests.models import Enrolment, Step, StepDone
from recognition.quests.services import counting
from tests.factories.identity import make_member
from tests.factories.quests import MADE, make_quest

NOW = MADE + timedelta(days=100)


def walked(quest: Any, handle: str, done: int, last_days_ago: int, version: int = 1, finished: bool = False) -> None:
    """Somebody who has done the first so many steps, the last one so many days ago."""
    at = NOW - timedelta(days=last_days_ago)
    enrolment = Enrolment(quest_id=quest.id, member_id=make_member(handle).id, version=version, started_at=at,
                          finished_at=at if finished else None)  # fmt: skip
    database.session.add(enrolment)
    database.session.flush()
    for step in quest.steps[:done]:
        database.session.add(StepDone(enrolment_id=enrolment.id, step_id=step.id, done_at=at))
    database.session.flush()


def told(quest: Any) -> list[tuple[int, int, int]]:
    columns = (Step.reached_count, Step.done_count, Step.stuck_count)
    rows = database.session.execute(sa.select(*columns).where(Step.quest_id == quest.id).order_by(Step.position))
    return [tuple(row) for row in rows]


def test_came_did_it_and_stand_before_it(db: Any) -> None:
    quest = make_quest()
    walked(quest, "a", 0, 30)
    walked(quest, "b", 1, 3)
    walked(quest, "c", 2, 15)
    walked(quest, "d", 2, 13)
    walked(quest, "e", 4, 60, finished=True)
    walked(quest, "f", 1, 40, version=2)
    db.session.add(StepDone(enrolment_id=1, step_id=quest.steps[0].id, answer={"tries": {}}))
    assert counting.versions() == [(quest.id, 1)]
    assert counting.count_steps(quest.id, 1, NOW) == 4
    assert told(quest) == [(5, 4, 1), (4, 3, 0), (3, 1, 1), (1, 1, 0)]
    assert counting.count_steps(quest.id, 1, NOW) == 0


def test_counts_fall_where_somebody_left(db: Any) -> None:
    quest = make_quest(kinds=("read",))
    walked(quest, "a", 1, 1)
    counting.count_steps(quest.id, 1, NOW)
    db.session.execute(sa.delete(StepDone))
    db.session.execute(sa.delete(Enrolment))
    assert counting.count_steps(quest.id, 1, NOW) == 1
    assert told(quest) == [(0, 0, 0)]


def test_the_statements_do_not_grow_with_people(db: Any, count_queries: Any) -> None:
    quest = make_quest()
    walked(quest, "a", 1, 30)
    with count_queries() as one:
        counting.count_steps(quest.id, 1, NOW)
    for number in range(8):
        walked(quest, f"p{number}", 2, 30)
    with count_queries() as many:
        counting.count_steps(quest.id, 1, NOW)
    assert len(one) <= 2 + len(quest.steps)
    assert len(many) <= 2 + len(quest.steps)


@given(st.integers(0, 100_000))
@settings(max_examples=50)
def test_small_crowds_are_not_told_and_others_in_fives(number: int) -> None:
    shown = about(number)
    assert (shown is None) == (number < 5)
    assert shown is None or (shown % 5 == 0 and abs(shown - number) <= 2)
