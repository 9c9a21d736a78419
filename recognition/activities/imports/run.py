"""Import a file, chunk by chunk. Each chunk is one transaction, so that an interruption leaves whole chunks behind and
a repeat completes the rest."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from recognition import clock
from recognition.activities.forms import Faults, Known, report_of
from recognition.activities.imports import files, people, rows
from recognition.activities.imports.people import Person
from recognition.activities.rules import BadReport, Report
from recognition.activities.services import Outcome, record
from recognition.extensions import db

CHUNK_ROWS = 5000
REFUSALS_MAX = 1000
LABELS_MAX = 1000


@dataclass(frozen=True)
class Options:
    """`columns`: field -> column of the file where names differ. `defaults`: field -> its value where it is empty."""

    file_format: str = "ndjson"
    defaults: Mapping[str, str] = field(default_factory=lambda: {"source": "import"})
    create_members: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Dirt:
    """What was accepted but is worth knowing about the file. `irregular_spacing`: labels of kinds with two spaces
    inside, and their rows; `before_joined`: deeds before the month in which an imported member joined."""

    no_campaign: int = 0
    campaign_other: int = 0
    no_text: int = 0
    likely_repeats: int = 0
    before_joined: int = 0
    irregular_spacing: dict[str, int] = field(default_factory=lambda: {"kinds": 0, "rows": 0})


@dataclass
class Imported:
    """The result so far. `refusals` lists the first thousand; `refused` counts all."""

    read: int = 0
    new: int = 0
    duplicate: int = 0
    refused: int = 0
    refusals: list[dict[str, Any]] = field(default_factory=list)
    dirt: Dirt = field(default_factory=Dirt)
    odd_labels: set[str] = field(default_factory=set)

    def refuse(self, line: int, reason: str) -> None:
        self.refused += 1
        if len(self.refusals) < REFUSALS_MAX:
            self.refusals.append({"line": line, "reason": reason[:500]})

    def as_json(self) -> dict[str, Any]:
        found = asdict(self)
        del found["odd_labels"]
        return found


def import_file(path: Path, options: Options, result: Imported, progress: Callable[[int], None]) -> None:
    """Fills `result` as it goes; calls `progress` with the bytes of the file that were read since the last time.
    Commits. Raises files.BrokenFile; what was committed before it stays."""
    with files.opened(path) as (raw, content):
        seen = 0
        for chunk in _chunks(files.rows(content, options.file_format)):
            with _uncollected():
                _import_chunk(chunk, options, result)
            progress(raw.tell() - seen)
            seen = raw.tell()


def _chunks(found: Iterator[files.Row]) -> Iterator[list[files.Row]]:
    while chunk := list(islice(found, CHUNK_ROWS)):
        yield chunk


@contextmanager
def _uncollected() -> Iterator[None]:
    """A chunk lets go of its thousands of objects by itself; looking for cycles among them took a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


Split = tuple[int, dict[str, Any], dict[str, Any]]


def _import_chunk(chunk: list[files.Row], options: Options, result: Imported) -> None:
    part = Imported()
    told = _split(chunk, options, part)
    try:
        known = people.known([given for _line, given, _rest in told], options.create_members)
        reports = _reports(told, known, part, clock.utcnow())
        reports = people.create_missing(reports, known)
        _count(record(reports, clock.utcnow()), part)
        _look_for_dirt(reports, known.people, part, result.odd_labels)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    _add(result, part)


def _split(chunk: list[files.Row], options: Options, part: Imported) -> list[Split]:
    told = []
    for line, row in chunk:
        part.read += 1
        if isinstance(row, str):
            part.refuse(line, row)
            continue
        try:
            told.append((line, *rows.split(row, options.columns, options.defaults)))
        except BadReport as fault:
            part.refuse(line, f"{fault.field} {fault.reason}")
    return told


def _reports(told: list[Split], known: people.People, part: Imported, now: datetime) -> list[Report]:
    reports = []
    names = Known(known.ids, known.groups)
    for line, given, rest in told:
        try:
            reports.append(report_of(given, names, now, data=rest))
        except Faults as faults:
            part.refuse(line, "; ".join(_sentence(*fault) for fault in faults.by_field.items()))
    return reports


def _sentence(name: str, reason: str) -> str:
    return reason if name == "member" else f"{name} {reason}"


def _count(outcomes: list[Outcome], part: Imported) -> None:
    for outcome in outcomes:
        if outcome.new:
            part.new += 1
        else:
            part.duplicate += 1
        if outcome.repeat_of is not None:
            part.dirt.likely_repeats += 1


def _look_for_dirt(reports: list[Report], people_by_id: Mapping[int, Person], part: Imported, labels: set[str]) -> None:
    dirt = part.dirt
    for report in reports:
        dirt.no_campaign += report.campaign is None
        dirt.campaign_other += report.campaign == "other"
        dirt.no_text += not (report.text or (report.data or {}).get("has_text"))
        if "  " in report.kind_label:
            dirt.irregular_spacing["rows"] += 1
            if len(labels) < LABELS_MAX:
                labels.add(report.kind_label)
        person = people_by_id.get(report.member_id)
        if person is not None and person.joined_month is not None:
            dirt.before_joined += (report.occurred_at.year, report.occurred_at.month) < person.joined_month


def _add(result: Imported, part: Imported) -> None:
    result.read += part.read
    result.new += part.new
    result.duplicate += part.duplicate
    result.refused += part.refused
    result.refusals += part.refusals[: REFUSALS_MAX - len(result.refusals)]
    odd_rows = result.dirt.irregular_spacing["rows"] + part.dirt.irregular_spacing["rows"]
    spacing = {"kinds": len(result.odd_labels), "rows": odd_rows}
    numbers = {
        name: getattr(result.dirt, name) + getattr(part.dirt, name)
        for name in ("no_campaign", "campaign_other", "no_text", "likely_repeats", "before_joined")
    }
    result.dirt = replace(result.dirt, **numbers, irregular_spacing=spacing)
