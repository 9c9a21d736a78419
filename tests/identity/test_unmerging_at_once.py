"""While two rows of one person become two again, others tell, award and move: nobody gets what is another's."""

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities import drain
from recognition.activities.models import Activity
from recognition.badges.models import Award
from recognition.extensions import db as database
from recognition.identity.models import Member, MemberMerge
from recognition.identity.services.merging import move_rest
from recognition.identity.services.unmerging import unmerge
from tests.factories.activities import make_activity
from tests.identity.test_merging_at_once import assert_nothing_differs, become_one, ids, meanwhile  # noqa: F401

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")
"""On SQLite each transaction is alone."""


def part() -> None:
    unmerge(database.session.scalars(sa.select(MemberMerge.id)).one(), None, "Two people after all", clock.utcnow())


def test_what_a_drain_brought_while_the_merge_waited_for_it_is_no_work_of_the_merge(app, ids):  # noqa: F811
    deed = make_activity(ids[0], kind="talk", text="A talk").id
    database.session.commit()
    batch = drain._claim(None, 1000)
    with meanwhile(app, lambda: become_one(ids), waits=True):
        drain._consider(batch)
    part()
    database.session.commit()
    live = sa.select(Award.member_id).where(Award.revoked_at.is_(None), Award.member_id != 1)
    assert database.session.scalars(live).all() == [ids[0]]
    assert database.session.scalar(sa.select(Activity.member_id).where(Activity.id == deed)) == ids[0]
    assert_nothing_differs(app)


def test_what_was_to_follow_the_merge_finds_two_people(app, ids):  # noqa: F811
    deed = make_activity(ids[0], kind="talk", text="A talk").id
    database.session.commit()
    drain.drain()
    become_one(ids)
    database.session.commit()
    part()
    with meanwhile(app, lambda: move_rest(ids[0], clock.utcnow()), waits=True):
        pass
    assert database.session.get_one(Member, ids[0], populate_existing=True).state == "active"
    assert database.session.scalar(sa.select(Activity.member_id).where(Activity.id == deed)) == ids[0]
    assert_nothing_differs(app)
