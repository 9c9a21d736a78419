"""All contests on the workbench, the newest first."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import render_template, request, url_for

from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import IN, Entry, Flag
from recognition.contests.queries import contests_page, stand_of
from recognition.contests.words import phase_words
from recognition.database import among, moment
from recognition.extensions import db
from recognition.pages.contest_workshop.blueprint import blueprint, council_only
from recognition.pages.contest_workshop.patterns import patterns


@blueprint.get("/")
@council_only
def index() -> Any:
    found = contests_page(request.args.get("after"), drafts=True)
    older = url_for(".index", after=found.next_cursor) if found.next_cursor else ""
    now = moment()
    ids = [contest.id for contest in found.items]
    rows = [(contest, phase_words(stand_of(contest, now), now)) for contest in found.items]
    return render_template("council/contests.html", rows=rows, older=older, entries=entries_in(ids), flags=open_flags(ids),
                           patterns=patterns())  # fmt: skip


def entries_in(contest_ids: Sequence[int]) -> dict[int, int]:
    """How many were handed in and stand; who was named and has not agreed is told to nobody, not even as a number."""
    agreed = sa.or_(Entry.nominee_id.is_(None), Entry.nominee_agreed.is_(True))
    counted = sa.select(Entry.contest_id, sa.func.count()).where(Entry.state == IN, agreed, among(Entry.contest_id, contest_ids))
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(Entry.contest_id))}


def open_flags(contest_ids: Sequence[int]) -> dict[int, int]:
    """How many reports wait for a decision."""
    counted = sa.select(Entry.contest_id, sa.func.count()).join(Flag, Flag.entry_id == Entry.id)
    waits = counted.where(Flag.settled_at.is_(None), among(Entry.contest_id, contest_ids))
    return {row[0]: row[1] for row in db.session.execute(waits.group_by(Entry.contest_id))}


def counts_of(contest: Contest) -> tuple[int, int]:
    return entries_in([contest.id]).get(contest.id, 0), open_flags([contest.id]).get(contest.id, 0)
