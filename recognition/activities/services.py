"""Writing to the log. Every door comes through `record`, one row or thousands at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity, ActivityTag, Kind
from recognition.activities.rules import DEFAULT_POINTS, INTERNAL_KINDS, Report, fingerprint
from recognition.activities.tagging import filing
from recognition.database import among, insert_new, is_postgresql
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs import ledger

DRAIN_BELL = "activities.drain"


@dataclass(frozen=True)
class Outcome:
    """`new` False: the row was there already, under the same source and key. `repeat_of`: an older row tells the same
    deed under another key; this one is kept, and counted once where a rule says so."""

    id: int
    new: bool
    repeat_of: int | None = None
    points: int = 0


def record(reports: Sequence[Report], now: datetime, wake: bool = True) -> list[Outcome]:
    """Add the deeds and wake the drain after the caller's commit. A source and key that the log knows, or that stands
    twice in `reports`, answers with the first row. A handful of statements, however many reports. `wake` False: the
    caller is the drain, or drains by itself."""
    if not reports:
        return []
    filed = filing.file(reports)
    reports = filed.reports
    points = _points_by_kind(reports)
    told = {report.member_id for report in reports if report.fingerprinted}
    reports = _of_whom_they_are_now(reports, hold_members(told))
    table: Any = Activity.__table__
    # One order for everybody, or two writers of the same keys could wait for each other.
    rows = sorted((_row(report, points, now) for report in reports), key=lambda row: (row["source"], row["source_key"]))
    new_ids = {(r.source, r.source_key): r.id for r in insert_new(table, rows, table.c.id, table.c.source, table.c.source_key)}
    repeats = _mark_repeats(list(new_ids.values())) if told else {}
    _tag(reports, new_ids)
    filed.note(new_ids)
    if new_ids and wake:
        ledger.ring(DRAIN_BELL)
    return _outcomes(reports, new_ids, repeats, points)


def hold_members(member_ids: Iterable[int]) -> dict[int, int]:
    """Until the commit, so that one at a time tells or changes the deeds of a member: two reports of one deed at the same
    moment could not see each other, and neither would be marked as the repeat. On SQLite the transaction is alone anyway.
    Returns who was joined to whom while we waited; those are held too."""
    ids = set(member_ids)
    if not ids or not is_postgresql():
        return {}
    locked = sa.select(Member.id, Member.merged_into_id).where(among(Member.id, ids)).order_by(Member.id)
    rows = db.session.execute(locked.with_for_update(key_share=True)).all()
    joined = {row.id: row.merged_into_id for row in rows if row.merged_into_id is not None}
    hold_members(set(joined.values()) - ids)
    return joined


def _of_whom_they_are_now(reports: Sequence[Report], joined: Mapping[int, int]) -> Sequence[Report]:
    if not joined:
        return reports
    people = [(joined.get(one.member_id, one.member_id), one.reporter_id) for one in reports]
    return [
        replace(one, member_id=member_id, reporter_id=joined.get(reporter_id, reporter_id) if reporter_id else None)
        for one, (member_id, reporter_id) in zip(reports, people, strict=True)
    ]


def _row(report: Report, points: dict[str, int], now: datetime) -> dict[str, Any]:
    return {
        "member_id": report.member_id, "reporter_id": report.reporter_id, "kind": report.kind,
        "occurred_at": report.occurred_at, "occurred_day": clock.day_number(report.occurred_at), "reported_at": now,
        "text": report.text, "url": report.url, "place": report.place, "picture_id": report.picture_id,
        "group_id": report.group_id, "campaign": report.campaign,
        "object": report.object, "evidence": report.evidence, "told_evidence": report.evidence,
        "visibility": report.visibility, "source": report.source, "source_key": report.source_key,
        "points": points[report.kind], "fingerprint": fingerprint(report),
        "data": report.data,
    }  # fmt: skip


def _points_by_kind(reports: Sequence[Report]) -> dict[str, int]:
    """Points are fixed at birth, so a later change of weights rewrites nobody's past. Unknown kinds are welcome."""
    labels = {report.kind: report.kind_label or report.kind for report in reports}
    known = {
        row.slug: row.points for row in db.session.execute(sa.select(Kind.slug, Kind.points).where(among(Kind.slug, labels)))
    }
    missing = sorted(set(labels) - set(known))
    rows = [
        {"slug": slug, "label": labels[slug][:120], "family": "helping", "hint": "", "offered": False, "position": 1000,
         "points": 0 if slug in INTERNAL_KINDS else DEFAULT_POINTS, "internal": slug in INTERNAL_KINDS}
        for slug in missing
    ]  # fmt: skip
    insert_new(Kind.__table__, rows)
    return known | {row["slug"]: row["points"] for row in rows}


def _mark_repeats(new_ids: list[int]) -> dict[int, int]:
    """Which of the new rows tell a deed that an older row tells: {row: oldest}. They bring no points."""
    older = sa.orm.aliased(Activity)
    same = (older.fingerprint == Activity.fingerprint, older.id < Activity.id, older.withdrawn_at.is_(None))
    first = sa.select(sa.func.min(older.id)).where(*same).scalar_subquery()
    mark = sa.update(Activity).where(among(Activity.id, new_ids), sa.exists().where(*same))
    changed = mark.values(repeat_of_id=first, points=0).returning(Activity.id, Activity.repeat_of_id)
    found = db.session.execute(changed, execution_options={"synchronize_session": False})
    return {row.id: row.repeat_of_id for row in found}


def _tag(reports: Sequence[Report], new_ids: dict[tuple[str, str], int]) -> None:
    left = dict(new_ids)
    rows = []
    for report in reports:
        activity_id = left.pop((report.source, report.source_key), None)
        if activity_id is not None:
            rows += [{"activity_id": activity_id, "tag": tag, "occurred_at": report.occurred_at} for tag in report.tags]
    insert_new(ActivityTag.__table__, rows)


def _outcomes(
    reports: Sequence[Report], new_ids: dict[tuple[str, str], int], repeats: dict[int, int], points: dict[str, int]
) -> list[Outcome]:
    known = _known([r for r in reports if (r.source, r.source_key) not in new_ids])
    left, outcomes = dict(new_ids), []
    for report in reports:
        key = (report.source, report.source_key)
        new_id = left.pop(key, None)
        if new_id is not None:
            repeat_of = repeats.get(new_id)
            outcomes.append(Outcome(new_id, True, repeat_of, 0 if repeat_of else points[report.kind]))
        elif key in new_ids:
            outcomes.append(Outcome(new_ids[key], False, repeats.get(new_ids[key])))
        else:
            outcomes.append(Outcome(known[key][0], False, known[key][1]))
    return outcomes


def _known(reports: Sequence[Report]) -> dict[tuple[str, str], tuple[int, int | None]]:
    """(id, repeat_of_id) of rows that the log had before."""
    known: dict[tuple[str, str], tuple[int, int | None]] = {}
    for source in {report.source for report in reports}:
        keys = [report.source_key for report in reports if report.source == source]
        found = sa.select(Activity.id, Activity.source_key, Activity.repeat_of_id).where(
            Activity.source == source, among(Activity.source_key, keys)
        )
        known |= {(source, row.source_key): (row.id, row.repeat_of_id) for row in db.session.execute(found)}
    return known
