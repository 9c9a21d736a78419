"""When two rows of one person become one: how far they are. Of two enrolments in one quest the one that is furthest along
stays; the other is left with the empty row, and what it wrote into the log counts no longer."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from recognition.activities.changes import withdraw
from recognition.activities.models import Activity
from recognition.database import among
from recognition.extensions import db
from recognition.identity.services.differences import Difference
from recognition.identity.services.merging import Merge
from recognition.quests.models import Enrolment, QuestText, QuestVersion, Review, StepDone
from recognition.quests.services.walking import SOURCE


def merge_members(one: Merge) -> dict[str, Any]:
    both = sa.select(Enrolment).where(among(Enrolment.member_id, [one.from_id, one.into_id])).order_by(Enrolment.id)
    rows = db.session.scalars(both.with_for_update(), execution_options={"populate_existing": True}).all()
    kept = {row.quest_id: row for row in rows if row.member_id == one.into_id}
    moved, left, swapped = [], [], []
    for row in rows:
        if row.member_id != one.from_id:
            continue
        other = kept.get(row.quest_id)
        if other is None:
            row.member_id = one.into_id
            moved.append(row.id)
        elif _furthest(row) > _furthest(other):
            swapped.append((row.id, other.id))
        else:
            left.append(row.id)
    db.session.flush()
    for winner_id, loser_id in swapped:
        _swap(winner_id, loser_id, one)
    _sign_anew(one)
    _forget_facts([*left, *(loser for _winner, loser in swapped)], one)
    return {"moved": moved, "left": left, "swapped": swapped}


def take_apart(one: Merge, moved: Mapping[str, Any], _differences: list[Difference]) -> None:
    for winner_id, loser_id in moved.get("swapped", []):
        _swap(loser_id, winner_id, one)


def _furthest(row: Enrolment) -> tuple[bool, int, int]:
    done = sa.select(sa.func.count()).where(StepDone.enrolment_id == row.id, StepDone.done_at.is_not(None))
    return row.finished_at is not None, db.session.scalar(done) or 0, -row.id


def _swap(winner_id: int, loser_id: int, one: Merge) -> None:
    """A member has one enrolment in a quest, so the loser goes and comes back on the other side, with all that hangs on it."""
    loser = dict(db.session.execute(sa.select(Enrolment.__table__).where(Enrolment.id == loser_id)).mappings().one())
    kept = [
        (model, db.session.execute(sa.select(model.__table__).where(model.enrolment_id == loser_id)).mappings().all())
        for model in (StepDone, Review)
    ]
    for model, _rows in kept:
        db.session.execute(sa.delete(model).where(model.enrolment_id == loser_id))
    db.session.execute(sa.delete(Enrolment).where(Enrolment.id == loser_id))
    db.session.execute(sa.update(Enrolment).where(Enrolment.id == winner_id).values(member_id=one.into_id))
    db.session.execute(sa.insert(Enrolment).values(**(loser | {"member_id": one.from_id})))
    for model, rows in kept:
        if rows:
            db.session.execute(sa.insert(model), [dict(row) for row in rows])
    db.session.expire_all()


def _sign_anew(one: Merge) -> None:
    """What they read, wrote and published is told under the name that stays."""
    for column in (Review.taken_by_id, Review.decided_by_id, QuestVersion.by_id, QuestText.by_id):
        change = sa.update(column.class_).where(column == one.from_id).values({column: one.into_id})
        db.session.execute(change, execution_options={"synchronize_session": False})


def _forget_facts(enrolment_ids: list[int], one: Merge) -> None:
    keys = [f"finished:{enrolment_id}" for enrolment_id in enrolment_ids]
    done = sa.select(StepDone.enrolment_id, StepDone.step_id).where(among(StepDone.enrolment_id, enrolment_ids))
    for enrolment_id, step_id in db.session.execute(done):
        keys += [f"step:{enrolment_id}:{step_id}", f"reflection:{enrolment_id}:{step_id}"]
    facts = sa.select(Activity.id).where(Activity.source == SOURCE, among(Activity.source_key, keys))
    if keys:
        withdraw(db.session.scalars(facts).all(), one.actor_id, "merged", one.now)
