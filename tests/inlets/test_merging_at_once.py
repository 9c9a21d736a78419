"""Somebody says yes to what was seen elsewhere while the council joins their two rows: both come to their end."""

from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.activities.sources.seen import Doer
from recognition.inlets.models import Sighting
from recognition.inlets.services.answering import answer
from recognition.inlets.services.seeing import take
from tests.factories.identity import make_member
from tests.factories.inlets import FORUM, NOW, make_account, make_inlet, make_seen
from tests.identity.test_merging_at_once import become_one, meanwhile


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")
def test_an_answer_and_a_merge_do_not_wait_for_each_other(app: Any, db: Any) -> None:
    old, new = make_member("old").id, make_member("new").id
    make_account(old)
    (seen,) = take(make_inlet(), "discourse", [make_seen(account=Doer(FORUM, "amina"))], NOW)
    db.session.commit()
    assert db.session.scalar(sa.select(Sighting.id).with_for_update()) == seen.sighting_id
    with meanwhile(app, lambda: become_one((old, new)), waits=True):
        assert answer(old, [seen.sighting_id], True, NOW) == 1
    db.session.rollback()
    assert db.session.execute(sa.select(Sighting.state, Sighting.member_id)).one() == ("taken", new)
    assert db.session.scalar(sa.select(Activity.member_id).where(Activity.source == "discourse")) == new
