"""Juries that judge, and flags in contests. Of a jury it is told that it judges, and never who has and who has not."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.entry import Entry, Flag
from recognition.contests.rules import JURY, OPEN, PUBLISHED
from recognition.extensions import db
from recognition.locks import Lock

LOCKS_MAX = 50


def locks(_now: datetime) -> Iterator[Lock]:
    judging = sa.select(Contest.slug, Contest.title, Round.starts_at, Round.deputies_at, Round.ends_at)
    judging = judging.join(Round, Round.contest_id == Contest.id)
    judging = judging.where(Contest.state == PUBLISHED, Round.state == OPEN, Round.judges == JURY)
    for row in db.session.execute(judging.order_by(Round.starts_at, Round.id).limit(LOCKS_MAX)):
        ends = row.ends_at - row.starts_at
        yield Lock(
            "jury", _("The jury of “%(contest)s”", contest=row.title), f"/contests/{row.slug}", 1, row.starts_at, _("its jurors"),
            _("its deputies"), (row.deputies_at - row.starts_at) if row.deputies_at else ends,
            _("nobody has to: on its last day the votes that are there count"), ends,
        )  # fmt: skip
    flags = sa.select(Contest.slug, Contest.title, sa.func.count().label("number"), sa.func.min(Flag.at).label("since"))
    flags = flags.select_from(Flag).join(Entry, Entry.id == Flag.entry_id).join(Contest, Contest.id == Entry.contest_id)
    flags = flags.where(Flag.settled_at.is_(None)).group_by(Contest.id, Contest.slug, Contest.title)
    for one in db.session.execute(flags.order_by(sa.func.min(Flag.at), Contest.id).limit(LOCKS_MAX)):
        yield Lock(
            "contest.flag", _("Flags in “%(contest)s”", contest=one.title), f"/council/contests/{one.slug}/flags", one.number,
            one.since, _("the council"), _("anybody on the council whom it does not concern"), timedelta(),
            _("anybody on the council whom it does not concern"), timedelta(days=7),
        )  # fmt: skip
