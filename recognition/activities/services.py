"""Writing to the log. Every door comes through `record`, one row or thousands at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity, ActivityTag, Kind
from recognition.activities.rules import DEFAULT_POINTS, INTERNAL_KINDS, Report, fingerprint
from recognition.database import among, insert_new
from recognition.extensions import db
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
    """Add the deeds, in order, and wake the drain after the caller's commit. A source and key that the log knows, or
    that stands twice in `reports`, answers with the first row. A handful of statements, however many reports. `wake`
    False: the caller is the drain, or drains by itself."""
    if not reports:
        return []
    points = _points_by_kind(reports)
    table: Any = Activity.__table__
    rows = [_row(report, points, now) for report in reports]
    new_ids = {
        (r.source, r.source_key): r.id for r in insert_new(table, rows, table.c.id, table.c.source, table.c.source_key)
    }
    repeats = _mark_repeats(list(new_ids.values()))
    _tag(reports, new_ids)
    if new_ids and wake:
        ledger.ring(DRAIN_BELL)
    return _outcomes(reports, new_ids, repeats, points)


def _row(report: Report, points: dict[str, int], now: datetime) -> dict[str, Any]:
    return {
        "member_id": report.member_id, "reporter_id": report.reporter_id, "kind": report.kind,
        "occurred_at": report.occurred_at, "occurred_day": clock.day_number(report.occurred_at), "reported_at": now,
        "text": report.text, "url": report.url, "group_id": report.group_id, "campaign": report.campaign,
        "object": report.object, "evidence": report.evidence, "visibility": report.visibility, "source": report.source,
        "source_key": report.source_key, "points": points[report.kind], "fingerprint": fingerprint(report),
        "data": report.data,
    }  # fmt: skip


def _points_by_kind(reports: Sequence[Report]) -> dict[str, int]:
    """Points are fixed at birth, so a later change of weights rewrites nobody's past. Unknown kinds are welcome."""
    labels = {report.kind: report.kind_label or report.kind for report in reports}
    known = {
        row.slug: row.points
        for row in db.session.execute(sa.select(Kind.slug, Kind.points).where(among(Kind.slug, labels)))
    }
    missing = sorted(set(labels) - set(known))
    rows = [{"slug": slug, "label": labels[slug][:120], "family": "helping", "hint": "", "offered": False, "position": 1000,
             "points": 0 if slug in INTERNAL_KINDS else DEFAULT_POINTS, "internal": slug in INTERNAL_KINDS} for slug in missing]  # fmt: skip
    insert_new(Kind.__table__, rows)  # type: ignore[arg-type]
    return known | {row["slug"]: row["points"] for row in rows}  # type: ignore[misc]


def _mark_repeats(new_ids: list[int]) -> dict[int, int]:
    older = sa.orm.aliased(Activity)
    first = (
        sa.select(sa.func.min(older.id))
        .where(older.fingerprint == Activity.fingerprint, older.id < Activity.id)
        .scalar_subquery()
    )
    found = sa.select(Activity.id, first.label("first")).where(
        among(Activity.id, new_ids), Activity.fingerprint.is_not(None)
    )
    repeats = {row.id: row.first for row in db.session.execute(found) if row.first is not None}
    if repeats:
        changes = [{"row_id": row_id, "first": first_id} for row_id, first_id in repeats.items()]
        update = sa.update(Activity.__table__).where(Activity.__table__.c.id == sa.bindparam("row_id"))  # type: ignore[arg-type]
        db.session.connection().execute(update.values(repeat_of_id=sa.bindparam("first"), points=0), changes)
    return repeats


def _tag(reports: Sequence[Report], new_ids: dict[tuple[str, str], int]) -> None:
    left = dict(new_ids)
    rows = []
    for report in reports:
        activity_id = left.pop((report.source, report.source_key), None)
        if activity_id is not None:
            rows += [{"activity_id": activity_id, "tag": tag} for tag in report.tags]
    insert_new(ActivityTag.__table__, rows)  # type: ignore[arg-type]


def _outcomes(
    reports: Sequence[Report], new_ids: dict[tuple[str, str], int], repeats: dict[int, int], points: dict[str, int]
) -> list[Outcome]:
    known = _known_ids([r for r in reports if (r.source, r.source_key) not in new_ids])
    left, outcomes = dict(new_ids), []
    for report in reports:
        key = (report.source, report.source_key)
        new_id = left.pop(key, None)
        if new_id is None:
            outcomes.append(Outcome(new_ids.get(key) or known[key], new=False))
        else:
            repeat_of = repeats.get(new_id)
            outcomes.append(Outcome(new_id, True, repeat_of, 0 if repeat_of else points[report.kind]))
    return outcomes


def _known_ids(reports: Sequence[Report]) -> dict[tuple[str, str], int]:
    ids = {}
    for source in {report.source for report in reports}:
        keys = [report.source_key for report in reports if report.source == source]
        found = sa.select(Activity.id, Activity.source_key).where(
            Activity.source == source, among(Activity.source_key, keys)
        )
        ids |= {(source, row.source_key): row.id for row in db.session.execute(found)}
    return ids
