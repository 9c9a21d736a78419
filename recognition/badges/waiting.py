"""Nominations, and awards that the log no longer bears out."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.badges.models import OPEN, Award, Nomination
from recognition.extensions import db
from recognition.locks import COUNTED_MAX, Lock

CURATORS_FOR = timedelta(days=7)


def locks(_now: datetime) -> Iterator[Lock]:
    asked = sa.select(Nomination.created_at.label("at")).where(Nomination.state == OPEN).order_by(Nomination.id)
    some = asked.limit(COUNTED_MAX).subquery()
    number, since = db.session.execute(sa.select(sa.func.count(), sa.func.min(some.c.at)).select_from(some)).one()
    if since is not None:
        yield Lock(
            "nomination", _("Nominations for badges"), "/council/nominations", number, since,
            _("who looks after the group that gives it"), _("any reviewer"), timedelta(), _("anybody on the council"),
            CURATORS_FOR,
        )  # fmt: skip
    flagged = sa.select(Award.unsupported_at.label("at")).where(Award.unsupported_at.is_not(None)).order_by(Award.id)
    few = flagged.limit(COUNTED_MAX).subquery()
    number, since = db.session.execute(sa.select(sa.func.count(), sa.func.min(few.c.at)).select_from(few)).one()
    if since is not None:
        yield Lock(
            "award", _("Awards that the log no longer bears out"), "/council/badges/flagged", number, since, _("the council"),
            _("anybody else on the council"), timedelta(days=7), _("nobody has to: the award stands until a person decides"),
            timedelta(days=30),
        )  # fmt: skip
