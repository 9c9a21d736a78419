"""Making the sheet, and keeping it for the council's page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from recognition.activities.models import Reconciliation
from recognition.activities.reconciling import here, portal
from recognition.activities.reconciling.figures import Book, Tree, figures, once_each, without_repeats
from recognition.activities.reconciling.sheet import ONE_OF_EACH, TOP_OF_ALL, Line, causes, lines
from recognition.audit.services import record
from recognition.extensions import db
from recognition.refs import Ref


@dataclass(frozen=True)
class Sheet:
    """`causes`: what differs between the files and the house, row by row, and how often."""

    lines: Sequence[Line]
    causes: dict[str, int]

    @property
    def different(self) -> list[Line]:
        return [line for line in self.lines if not line.is_same]


def reconcile(folder: Path, events_source: str) -> Sheet:
    """Reads only. Raises portal.BadFolder."""
    theirs, published = portal.book(folder), portal.published(folder)
    ours = here.book(theirs, events_source)
    found = causes(theirs, ours, here.deeds(theirs), here.merged(theirs))
    files, mine = _tree(theirs), _tree(ours)
    # By the house's own marks, so that its way of finding repeats is held to the published figures too.
    mine["dirt"] |= here.repeats(theirs)
    if "activities" in published:
        published = {**published, ONE_OF_EACH: {"rows": published["activities"].get("distinct_rows_after_dedup")}}
    return Sheet(lines(published, files, mine, found), found)


def keep(sheet: Sheet, now: datetime) -> None:
    """For the council's page; nobody is named in it, so that it need not forget anybody."""
    kept = [_nameless(line, place) for place, line in _placed(sheet.lines)]
    rows = [[line.section, line.name, line.published, line.files, line.here, list(line.why)] for line in kept]
    db.session.execute(sa.delete(Reconciliation))
    row = Reconciliation(made_at=now, sheet={"lines": rows, "causes": sheet.causes})
    db.session.add(row)
    db.session.flush()
    told = {"figures": len(rows), "different": len(sheet.different)}
    record("reconciliation.made", Ref("reconciliation", row.id), None, after=told)


def kept() -> tuple[Sheet, datetime] | None:
    row = db.session.scalar(sa.select(Reconciliation).order_by(Reconciliation.id.desc()).limit(1))
    if row is None:
        return None
    cells = row.sheet["lines"]
    found = [Line(section, name, told, files, mine, tuple(why)) for section, name, told, files, mine, why in cells]
    return Sheet(found, row.sheet["causes"]), row.made_at


def _tree(book: Book) -> Tree:
    return {**figures(book), ONE_OF_EACH: without_repeats(once_each(book.deeds))}


def _placed(found: Sequence[Line]) -> list[tuple[int, Line]]:
    """With the place of each within its section."""
    places: dict[str, int] = {}
    placed = []
    for line in found:
        places[line.section] = places.get(line.section, 0) + 1
        placed.append((places[line.section], line))
    return placed


def _nameless(line: Line, place: int) -> Line:
    return replace(line, name=f"#{place}") if line.section == TOP_OF_ALL else line
