"""Storing what was counted: of each day and part the last count stands, whoever counted first."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.database import put
from recognition.extensions import db
from recognition.metrics.models import Figure
from recognition.metrics.rules import Counted

SLOT_MAX = 160
_KEYS = ("name", "day", "span", "told_by", "slot")


def keep(part: str, counted: Iterable[Counted], day: int, now: datetime) -> int:
    """The figures of `part` and of everything below it ("members", "members.here"), in the stead of those that stood for this
    day. Returns how many there are."""
    rows = {(one.name, day, one.span, one.by, one.slot[:SLOT_MAX]): one for one in counted}
    table: Any = Figure.__table__
    db.session.execute(sa.delete(table).where(_of(part), table.c.day == day))
    written = [{**dict(zip(_KEYS, key, strict=True)), "value": one.value, "people": one.people, "counted_at": now}
               for key, one in sorted(rows.items(), key=lambda pair: pair[0])]  # fmt: skip
    put(table, written, _KEYS, lambda new: {name: new[name] for name in ("value", "people", "counted_at")})
    return len(written)


def drop(part: str) -> None:
    db.session.execute(sa.delete(Figure).where(_of(part)))


def thin_out(before: int, kept: Collection[int], since: int) -> int:
    """Of days in [`since`, `before`) only the whole stays, but for those in `kept`."""
    old = sa.delete(Figure).where(Figure.by.not_in(("", "step", "period")), Figure.day >= since, Figure.day < before)
    result: Any = db.session.execute(old.where(Figure.day.not_in(sorted(kept))))
    return int(result.rowcount)


def _of(part: str) -> sa.ColumnElement[bool]:
    return sa.or_(Figure.name == part, Figure.name.startswith(f"{part}.", autoescape=True))
