"""Answers of people whom deeds name, and reports of content."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities.asks import ASKED_FOR
from recognition.activities.deputies import SILENT_FOR
from recognition.activities.models import ContentReport, NamedPerson
from recognition.extensions import db
from recognition.locks import COUNTED_MAX, Lock


def locks(now: datetime) -> Iterator[Lock]:
    open_ones = (NamedPerson.answer.is_(None), NamedPerson.passed_on_at.is_(None), NamedPerson.asked_at > now - ASKED_FOR)
    number, since = _oldest(sa.select(NamedPerson.asked_at.label("at")).where(*open_ones).order_by(NamedPerson.asked_at))
    if since is not None:
        yield Lock(
            "named", _("Deeds that name somebody who has not said yes or no"), "/council/unseen", number, since,
            _("whom the deed names"), _("the doer's mentor, or who looks after the group"), SILENT_FOR,
            _("nobody has to: the deed stands as it was told"), ASKED_FOR, is_personal=True,
        )  # fmt: skip
    reports = sa.select(ContentReport.reported_at.label("at")).where(ContentReport.outcome.is_(None)).order_by(ContentReport.id)
    number, since = _oldest(reports)
    if since is not None:
        yield Lock(
            "content", _("Reports of content"), "/council/reports", number, since, _("the council"),
            _("anybody on the council whom it does not concern"), timedelta(),
            _("anybody on the council whom it does not concern"), timedelta(days=7),
        )  # fmt: skip


def _oldest(waiting: sa.Select[Any]) -> tuple[int, datetime | None]:
    some = waiting.limit(COUNTED_MAX).subquery()
    row = db.session.execute(sa.select(sa.func.count(), sa.func.min(some.c.at)).select_from(some)).one()
    return row[0], row[1]
