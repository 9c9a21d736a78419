"""What waits for a person here: announcements that a place outside did not take, and the digest of a month, which is drafted by
itself and goes out only when somebody sends it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.extensions import db
from recognition.locks import Lock
from recognition.news.models import DRAFT, FAILED, OUT, UNSURE, Announcement, Dispatch
from recognition.news.services.moving import STOPPED

LOOKED_BACK = timedelta(days=90)
DEPUTY_AFTER, POOL_AFTER = timedelta(days=3), timedelta(days=7)


def locks(now: datetime) -> Iterator[Lock]:
    yield from _not_arrived(now)
    drafts = sa.select(sa.func.count(), sa.func.min(Announcement.created_at))
    by_itself = (Announcement.state == DRAFT, Announcement.sort == "digest", Announcement.author_id.is_(None))
    waiting, since = db.session.execute(drafts.where(*by_itself)).one()
    if waiting:
        yield Lock(
            "digest", str(_("What a month brought, written and not sent")), "/council/news/", waiting, since,
            str(_("the council")), str(_("anybody on the council")), DEPUTY_AFTER,
            str(_("anybody on the council")), POOL_AFTER,
        )  # fmt: skip


def _not_arrived(now: datetime) -> Iterator[Lock]:
    lost = sa.select(sa.func.count(), sa.func.min(Dispatch.due_at))
    lost = lost.join(Announcement, Announcement.id == Dispatch.announcement_id).where(Dispatch.due_at > now - LOOKED_BACK)
    unsettled = (Dispatch.state.in_((FAILED, UNSURE)), Dispatch.error != STOPPED, Announcement.state == OUT)
    waiting, since = db.session.execute(lost.where(*unsettled)).one()
    if waiting:
        yield Lock(
            "news", str(_("Announcements that did not arrive everywhere")), "/council/news/", waiting, since,
            str(_("whoever wrote it")), str(_("the council")), timedelta(0), str(_("the council")), timedelta(0),
        )  # fmt: skip
