"""Objectives whose owner was reminded and has told nothing since, and plans whose days for comments are over."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.extensions import db
from recognition.locks import Lock
from recognition.objectives.models import Objective
from recognition.objectives.rules import ASKING, QUIET_AFTER_WARNING, RUNNING


def locks(now: datetime) -> Iterator[Lock]:
    warned = sa.select(sa.func.count(), sa.func.min(Objective.warned_at)).where(
        Objective.state == RUNNING, Objective.warned_at.is_not(None)
    )  # fmt: skip
    number, since = db.session.execute(warned).one()
    if since is not None:
        yield Lock(
            "objective", _("Objectives without news"), "/objectives/", number, since, _("who looks after it"),
            _("anybody on the council"), QUIET_AFTER_WARNING, _("the page says that it is quiet"), QUIET_AFTER_WARNING,
        )  # fmt: skip
    over = sa.select(sa.func.count(), sa.func.min(Objective.comments_until)).where(
        Objective.state == ASKING, Objective.comments_until < now.date()
    )  # fmt: skip
    number, last = db.session.execute(over).one()
    if last is not None:
        since = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
        yield Lock(
            "plan", _("Plans that members were asked about"), "/objectives/", number, since, _("the council"),
            _("anybody on the council"), QUIET_AFTER_WARNING, _("all members read the comments meanwhile"), QUIET_AFTER_WARNING,
        )  # fmt: skip
