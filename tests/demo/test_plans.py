"""What the demo's council plans and is asked, on its first evening and when it is loaded again."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.demo import plans, roles
from recognition.events.models import Event
from recognition.identity.models import Member
from recognition.objectives.models import Milestone, Objective, ObjectiveNews, PlanComment
from recognition.questions.models import Question, QuestionVote
from recognition.roles.models import Role, RoleVersion, RoleWord
from tests.dumps import differing, dump
from tests.factories.identity import make_member


@pytest.fixture
def ids(db: Any) -> dict[str, int]:
    named = {
        "amina",
        "mirembe",
        "teo",
        "bram",
        "yuki",
        "lior",
        "devika",
        "kofi",
        "rafael",
        "sofia",
        "catalina",
        "saoirse",
        "tomasz",
    }
    made = {handle: make_member(handle).id for handle in sorted(named)}
    db.session.commit()
    return made


def test_it_is_there_once(db: Any, ids: dict[str, int]) -> None:
    now = clock.utcnow()
    plans.leave(ids, now)
    db.session.commit()
    counted = {model.__name__: db.session.scalar(sa.select(sa.func.count()).select_from(model))
               for model in (Event, Question, Objective, Milestone, ObjectiveNews, PlanComment)}  # fmt: skip
    assert counted == {"Event": 8, "Question": 5, "Objective": 2, "Milestone": 8, "ObjectiveNews": 2, "PlanComment": 4}
    before = dump()
    plans.leave(ids, now + timedelta(days=1))
    db.session.commit()
    changed = differing(before, dump())
    assert set(changed) <= {"milestone", "objective", "audit_entry"}  # what became due meanwhile closes a milestone


def test_a_milestone_is_closed_by_what_is_over(db: Any, ids: dict[str, int]) -> None:
    plans.leave(ids, clock.utcnow())
    db.session.commit()
    done = dict(db.session.execute(sa.select(Milestone.title, Milestone.done_by).where(Milestone.done_at.is_not(None))).all())
    assert done == {"Part of the monthly call": "system"}


def test_nobodys_vote_is_made_up_for_somebody_who_is_not_there(db: Any, ids: dict[str, int]) -> None:
    plans.leave(ids, clock.utcnow())
    db.session.commit()
    voters = set(db.session.scalars(sa.select(QuestionVote.member_id)))
    assert voters <= set(db.session.scalars(sa.select(Member.id)))
    own = sa.select(sa.func.count()).where(QuestionVote.question_id == Question.id, QuestionVote.member_id == Question.author_id)
    assert db.session.scalar(own) == 0
    counted = sa.select(sa.func.count()).where(QuestionVote.question_id == Question.id).scalar_subquery()
    assert db.session.scalars(sa.select(Question.votes - counted)).all() == [0] * 5


def test_where_the_handle_is_somebody_elses_nothing_is_planned(db: Any, ids: dict[str, int]) -> None:
    plans.leave({handle: id_ for handle, id_ in ids.items() if handle != "amina"}, clock.utcnow())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 0


def test_roles_are_written_down_once(db: Any, ids: dict[str, int]) -> None:
    now = clock.utcnow()
    roles.leave(ids, now)
    db.session.commit()
    counted = {model.__name__: db.session.scalar(sa.select(sa.func.count()).select_from(model))
               for model in (Role, RoleVersion, RoleWord)}  # fmt: skip
    assert counted == {"Role": 2, "RoleVersion": 3, "RoleWord": 2}
    assert {one.draft for one in db.session.scalars(sa.select(Role))} == {None}
    before = dump()
    roles.leave(ids, now + timedelta(days=1))
    db.session.commit()
    assert differing(before, dump()) == {}
