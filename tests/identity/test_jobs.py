"""What is forgotten by itself."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.extensions import db
from recognition.identity.models import LoginSession
from recognition.wiring import work
from tests.conftest import open_session
from tests.factories.identity import make_member


def test_logins_that_ran_out_are_forgotten_after_a_month(app: Flask) -> None:
    now = clock.utcnow()
    for handle, ended in (("old", timedelta(days=30, minutes=1)), ("young", timedelta(days=29)), ("open", -timedelta(days=1))):
        open_session(make_member(handle))
        newest = sa.select(sa.func.max(LoginSession.id)).scalar_subquery()
        db.session.execute(sa.update(LoginSession).where(LoginSession.id == newest).values(expires_at=now - ended))
    job: Any = work.JOBS["identity.tidy"]
    job()
    assert [session.account.subject for session in db.session.scalars(sa.select(LoginSession).order_by(LoginSession.id))] == [
        "young",
        "open",
    ]


def test_it_happens_daily() -> None:
    assert {("identity.tidy", 86_400), ("activities.tidy", 86_400), ("jobs.tidy", 86_400)} <= set(work.TIMETABLE)
    assert {name for name, _seconds in work.TIMETABLE} <= set(work.JOBS)
