"""The audit: an act and its record stand or fall together."""

import sqlalchemy as sa

from recognition import clock
from recognition.audit.models import AuditEntry
from recognition.audit.services import record
from recognition.refs import Ref
from tests.factories.identity import make_member


def test_who_did_what_to_which_thing(db):
    before = clock.utcnow()
    ada = make_member("ada")
    record("badge.published", Ref("badge", "first"), ada.id, {"state": "draft"}, {"state": "published"})
    record("jobs.retried", Ref("job", 7), None)
    db.session.commit()
    first, second = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert (first.action, first.target, first.actor_id) == ("badge.published", "badge:first", ada.id)
    assert (first.before, first.after) == ({"state": "draft"}, {"state": "published"})
    assert before <= first.at <= clock.utcnow()
    assert (second.target, second.actor_id, second.before, second.after) == ("job:7", None, None, None)


def test_an_act_that_did_not_happen_leaves_no_record(db):
    record("badge.published", Ref("badge", "first"), None)
    db.session.rollback()
    assert db.session.scalars(sa.select(AuditEntry)).all() == []


def test_the_record_outlives_the_member(db):
    ada = make_member("ada")
    record("badge.published", Ref("badge", "first"), ada.id)
    db.session.commit()
    db.session.execute(sa.text("DELETE FROM member"))
    db.session.commit()
    assert db.session.scalars(sa.select(AuditEntry.actor_id)).all() == [None]
