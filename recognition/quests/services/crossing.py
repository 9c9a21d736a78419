"""From the version that somebody walks over to the one of today, where they would rather: what was wrong in the older one,
such as a proof that nobody can bring any more, need not hold them for ever."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.quests.models import QUIZ, Enrolment, Quest, Review, Step, StepDone
from recognition.quests.quizzes import WAITING, is_test
from recognition.quests.rules import same_but_words
from recognition.quests.services.walking import enrolment_of, finish
from recognition.quests.sheet_data import as_data

DROPPED = "dropped"


def is_behind(enrolment_id: int | None) -> bool:
    """Whether they are in the middle of a version that is not the one of today."""
    wanted = sa.select(Enrolment.id).join(Quest, Quest.id == Enrolment.quest_id)
    here = (Enrolment.id == enrolment_id, Enrolment.finished_at.is_(None), Enrolment.version < Quest.version)
    return db.session.scalar(wanted.where(*here)) is not None


def walk_newest(member: Member, quest: Quest, now: datetime) -> bool:
    """Steps that ask for the same there stay as far as they are. Whether the quest is finished with that. Twice is once."""
    enrolment = enrolment_of(member.id, quest.id)
    if enrolment is None or not is_behind(enrolment.id):
        return False
    db.session.refresh(quest)
    for old_id, new_id in _alike(quest, enrolment.version):
        _carry(enrolment.id, old_id, new_id)
    _drop_reviews(enrolment)
    enrolment.version = quest.version
    db.session.flush()
    return bool(finish([enrolment.id], now))


def _alike(quest: Quest, version: int) -> Iterator[tuple[int, int]]:
    """Steps of both versions that differ in words at most. Where questions are drawn, they would be drawn anew."""
    wanted = sa.select(Step).where(Step.quest_id == quest.id, Step.version == version)
    old = {step.slug: step for step in db.session.scalars(wanted)}
    for new in quest.steps:
        before = old.get(new.slug)
        if before is None or (new.kind == QUIZ and ("draw" in new.data or is_test(new.data))):
            continue
        told = (as_data(quest, [step])["steps"][0] for step in (before, new))
        if same_but_words(*told):
            yield before.id, new.id


def _carry(enrolment_id: int, old_id: int, new_id: int) -> None:
    """The log has told of the step already, so what is `carried` asks for no fact of its own."""
    kept = db.session.get(StepDone, (enrolment_id, old_id))
    if kept is None:
        return
    answer = (kept.answer or {}) | ({"carried": True} if kept.done_at else {})
    row = {"enrolment_id": enrolment_id, "step_id": new_id, "answer": answer, "done_at": kept.done_at}
    table: Any = StepDone.__table__
    insert_new(table, [row])
    theirs = sa.update(Review).where(Review.enrolment_id == enrolment_id, Review.step_id == old_id)
    db.session.execute(theirs.values(step_id=new_id), execution_options={"synchronize_session": False})


def _drop_reviews(enrolment: Enrolment) -> None:
    """What waits at a step that they leave behind asks nobody to read it any more."""
    left = sa.select(Step.id).where(Step.quest_id == enrolment.quest_id, Step.version == enrolment.version)
    theirs = sa.update(Review).where(Review.enrolment_id == enrolment.id, Review.state == WAITING, Review.step_id.in_(left))
    db.session.execute(theirs.values(state=DROPPED), execution_options={"synchronize_session": False})
