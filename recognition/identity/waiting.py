"""Requests to join a group, and rows that look like one person."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.extensions import db
from recognition.identity.models import Grant, Group, Membership, MergeSuggestion
from recognition.locks import COUNTED_MAX, Lock

LOCKS_MAX = 50
CURATORS_FOR = timedelta(days=7)


def locks(now: datetime) -> Iterator[Lock]:
    asking = sa.select(Group.slug, Group.name, sa.func.count().label("number"), sa.func.min(Membership.since).label("since"))
    asking = asking.join(Membership, Membership.group_id == Group.id).where(Membership.state == "asked")
    asking = asking.group_by(Group.id, Group.slug, Group.name).order_by(sa.func.min(Membership.since), Group.id)
    for row in db.session.execute(asking.limit(LOCKS_MAX)):
        yield Lock(
            "group", _("Requests to join “%(group)s”", group=row.name), f"/groups/{row.slug}", row.number, row.since,
            _("who looks after the group"), _("anybody else who looks after it"), timedelta(days=3),
            _("anybody on the council"), CURATORS_FOR,
        )  # fmt: skip
    yield from _terms(now)
    alike = sa.select(MergeSuggestion.found_at).where(MergeSuggestion.state == "open").limit(COUNTED_MAX).subquery()
    number, since = db.session.execute(sa.select(sa.func.count(), sa.func.min(alike.c.found_at)).select_from(alike)).one()
    if since is not None:
        yield Lock(
            "merge", _("Rows that look like one person"), "/council/merges/", number, since, _("the council"),
            _("anybody else on the council"), timedelta(days=14), _("nobody has to: two rows simply stay two"),
            timedelta(days=60),
        )  # fmt: skip


def _terms(now: datetime) -> Iterator[Lock]:
    over = sa.select(sa.func.count(), sa.func.min(Grant.ends_on)).where(Grant.ends_on < now.date())
    number, first = db.session.execute(over).one()
    if first is not None:
        since = datetime.combine(first, time(), now.tzinfo) + timedelta(days=1)
        yield Lock(
            "term", _("Roles whose term is over"), "/council/terms", number, since, _("who holds it, and an admin"),
            _("anybody else who is an admin"), timedelta(days=14), _("nobody has to: it goes on until it is decided"),
            timedelta(days=60),
        )  # fmt: skip
