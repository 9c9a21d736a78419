"""Two rows of one person become one, and two again: what they wrote in a quest, and what they read of others."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from recognition.extensions import db
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from recognition.quests.models import Enrolment, Quest, QuestText, QuestVersion, Review
from recognition.quests.quizzes import question_key
from recognition.quests.services import reviewing, walking
from tests.dumps import differing, dump
from tests.factories.quests import TEXT, make_quiz

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
Make = Callable[..., Any]


def write(member: Any, quest: Quest, text: str) -> None:
    walking.start(member, quest, NOW)
    reviewing.hand_in(member, quest, quest.steps[0], question_key(TEXT), text, NOW)


def test_answers_and_readings_move_and_come_back(app: Any, make_member: Make) -> None:
    old, new, ada = make_member("old", roles=("reviewer",)), make_member("new"), make_member("ada")
    alone, both = make_quiz("alone", TEXT), make_quiz("both", TEXT, after=("read",))
    write(old, alone, "Only the old row wrote here.")
    write(old, both, "Further along.")
    walking.read_step(old, both, both.steps[1], NOW)
    write(new, both, "Not as far.")
    write(ada, alone, "Ada's.")
    adas = sa.select(Review.id).join(Enrolment, Enrolment.id == Review.enrolment_id).where(Enrolment.member_id == ada.id)
    reviewing.decide(db.session.scalars(adas).all(), old, True, "", NOW)
    db.session.add(QuestVersion(quest_id=alone.id, version=1, sheet={}, at=NOW, by_id=old.id))
    db.session.add(QuestText(quest_id=alone.id, language="de", version=1, changed_at=NOW, by_id=old.id))
    db.session.commit()
    before = dump()

    done = merge(old, new, None, "One person, two lists", NOW)
    db.session.commit()
    texts = sa.select(Enrolment.member_id, Review.text).join(Review, Review.enrolment_id == Enrolment.id)
    assert sorted(tuple(row) for row in db.session.execute(texts)) == sorted(
        [(new.id, "Only the old row wrote here."), (new.id, "Further along."), (old.id, "Not as far."), (ada.id, "Ada's.")]
    )
    readers = sa.select(Review.decided_by_id).where(Review.state == "passed")
    signed = [db.session.scalars(wanted).all() for wanted in (readers, sa.select(QuestVersion.by_id), sa.select(QuestText.by_id))]
    assert signed == [[new.id]] * 3

    assert unmerge(done.id, None, "Two people after all", NOW) == []
    db.session.commit()
    assert differing(before, dump()) == {}
