"""From sightings to rows of the log, and what becomes of these when there is news."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities import changes
from recognition.activities.models import PASSIVE, Activity
from recognition.activities.rules import AlreadyWithdrawn, Report
from recognition.activities.services import Outcome, record
from recognition.activities.sources.seen import KEY_MAX_CHARS
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Membership
from recognition.inlets.models import Inlet, Sighting
from recognition.inlets.rules import TAKEN, kind_of

GONE = "It was removed where it came from."
_CORRECTIONS_FOLLOWED = 50
_TURNS = 20


def book(sightings: Sequence[Sighting], now: datetime) -> int:
    """Each of them, whose member is known, becomes a row of the log. How many of these are new."""
    groups = _groups(sightings)
    waiting, new = list(sightings), 0
    for _turn in range(_TURNS):
        if not waiting:
            break
        outcomes = record([_report(one, groups.get(one.id)) for one in waiting], now)
        apart = _apart(outcomes, waiting)
        for one, outcome in zip(waiting, outcomes, strict=True):
            if one.id in apart:
                one.draft = {**one.draft, "turn": one.draft.get("turn", 0) + 1}
            else:
                one.state, one.activity_id = TAKEN, outcome.id
                new += outcome.new
        waiting = [one for one in waiting if one.activity_id is None]
    db.session.flush()
    return new


def follow(sighting: Sighting, changed: bool, now: datetime) -> None:
    """There is news of a deed that is in the log. What its member put right or took back by hand stays as they said,
    unless the deed itself is gone there."""
    row = db.session.get(Activity, sighting.activity_id) if sighting.activity_id else None
    if row is None:
        return
    if sighting.gone:
        take_out(sighting, now)
    elif row.withdrawn_at is not None:
        if row.withdrawn_reason == GONE and row.withdrawn_by_id is None:
            sighting.activity_id = None
            sighting.draft = {**sighting.draft, "turn": sighting.draft.get("turn", 0) + 1}
            book([sighting], now)
    elif changed:
        _put_right(sighting, row, now)


def take_out(sighting: Sighting, now: datetime) -> None:
    """Its row counts no longer, nor does the one that stands for it since somebody put it right."""
    live = _live(sighting.activity_id) if sighting.activity_id else None
    if live is not None:
        changes.withdraw([live], None, GONE, now)
        sighting.activity_id = live


def _put_right(sighting: Sighting, row: Activity, now: datetime) -> None:
    report = replace(
        _report(sighting, row.group_id), member_id=row.member_id, visibility=row.visibility, campaign=row.campaign,
        object=row.object, data=row.data,
    )  # fmt: skip
    try:
        sighting.activity_id = changes.correct(row.id, report, None, now).id
    except AlreadyWithdrawn:
        return  # by its member, a moment ago


def _live(activity_id: int) -> int | None:
    """The row that stands where this one stood, if any does."""
    at: int | None = activity_id
    for _turn in range(_CORRECTIONS_FOLLOWED):
        found = db.session.execute(sa.select(Activity.id, Activity.withdrawn_at).where(Activity.id == at)).one_or_none()
        if found is None or found.withdrawn_at is None:
            return found.id if found else None
        at = db.session.scalar(sa.select(Activity.id).where(Activity.corrects_id == at))
        if at is None:
            return None
    return None


def _report(one: Sighting, group_id: int | None) -> Report:
    if one.member_id is None:
        raise ValueError("a sighting of nobody cannot be told")
    draft: dict[str, Any] = one.draft
    turn = draft.get("turn", 0)
    return Report(
        member_id=one.member_id, source=one.source,
        source_key=f"{one.source_key[:KEY_MAX_CHARS]}~{turn}" if turn else one.source_key,
        occurred_at=one.occurred_at, kind=kind_of(draft), kind_label=draft["kind"], text=draft["text"],
        tags=tuple(draft["tags"]), url=draft["url"], group_id=group_id, evidence=PASSIVE,
    )  # fmt: skip


def _apart(outcomes: Sequence[Outcome], sightings: Sequence[Sighting]) -> set[int]:
    """Sightings under whose key the log holds another's deed, or one of theirs that was gone there and is back: they are
    told under the next key. One that its member took back stays taken back."""
    known = {outcome.id for outcome in outcomes if not outcome.new}
    if not known:
        return set()
    wanted = sa.select(Activity.id, Activity.member_id, Activity.withdrawn_reason, Activity.withdrawn_by_id)
    rows = {row.id: row for row in db.session.execute(wanted.where(among(Activity.id, known)))}
    apart = set()
    for one, outcome in zip(sightings, outcomes, strict=True):
        row = rows.get(outcome.id)
        if row and (row.member_id != one.member_id or (row.withdrawn_reason == GONE and row.withdrawn_by_id is None)):
            apart.add(one.id)
    return apart


def _groups(sightings: Sequence[Sighting]) -> dict[int, int]:
    """By sighting: the group whose inlet brought it, for those who are in that group."""
    inlets = {one.inlet_id for one in sightings if one.inlet_id is not None}
    members = {one.member_id for one in sightings if one.member_id is not None}
    if not inlets or not members:
        return {}
    inside = (
        sa.select(Inlet.id, Membership.member_id, Inlet.group_id)
        .join(Membership, Membership.group_id == Inlet.group_id)
        .where(among(Inlet.id, inlets), among(Membership.member_id, members), Membership.state == "in")
    )
    found = {(row.id, row.member_id): row.group_id for row in db.session.execute(inside)}
    keys = {one.id: (one.inlet_id, one.member_id) for one in sightings}
    return {sighting_id: found[key] for sighting_id, key in keys.items() if key in found}
