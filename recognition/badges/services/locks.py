"""Rows held until the commit, so that nobody decides on what another is changing. One order for everybody, or two would
wait for each other: facts of the log, then awards, then the counts on badges. On SQLite the transaction is alone anyway."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from recognition.badges.models import DECLINED, PUBLISHED, Award, Badge
from recognition.database import among, is_postgresql
from recognition.driver import run
from recognition.extensions import db


def hold_awards(*which: sa.ColumnElement[bool]) -> None:
    """Read them afterwards: what was given while we waited for its giver is not among the rows that we waited for."""
    if is_postgresql():
        db.session.execute(sa.select(Award.id).where(*which).order_by(Award.id).with_for_update(of=Award))


def running_still(ends: Mapping[int, datetime | None]) -> set[int]:
    """Of these awards, by when each ends, those that nobody renewed, revoked or declined since that was read."""
    wanted = sa.select(Award.id, Award.expires_at).where(
        among(Award.id, ends), Award.revoked_at.is_(None), Award.answer != DECLINED
    )
    rows = db.session.execute(wanted.order_by(Award.id).with_for_update(of=Award))
    return {row.id for row in rows if row.expires_at == ends[row.id]}


def given_still(badge_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Those that are published, each with its version, and stay so until the commit: whoever retires or changes one waits.
    With every award."""
    wanted = _PUBLISHED + (" FOR KEY SHARE" if is_postgresql() else "")
    return {(row[0], row[1]) for row in run(wanted, {"ids": sorted(badge_ids), "published": PUBLISHED})}


def hold_badge(badge: Badge) -> None:
    """It is read anew, and stays so until the commit: its state, its levels and its terms."""
    db.session.refresh(badge, with_for_update={"read": True, "key_share": True})


_PUBLISHED = "SELECT id, version FROM badge WHERE id IN LIST(:ids) AND state = :published ORDER BY id"
