"""The old portal's figures beside ours, for the council: read from the sheet that was counted last."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template
from flask_babel import format_decimal
from flask_babel import gettext as _

from recognition.activities.reconciling import services
from recognition.activities.reconciling.sheet import TOP_OF_ALL, Line, Value, rows
from recognition.identity.access import role_required
from recognition.pages.reconciliation_words import NAMES, SECTIONS, WHY
from recognition.web import csv_lines

blueprint = Blueprint("reconciliation", __name__, url_prefix="/council/reconciliation")
council_only = role_required("council", "admin")


@dataclass(frozen=True)
class Row:
    """In words and with grouped digits; empty where nothing was said."""

    name: str
    published: str
    files: str
    here: str
    is_same: bool
    why: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    title: str
    rows: tuple[Row, ...]

    @property
    def agreeing(self) -> int:
        return sum(row.is_same for row in self.rows)

    @property
    def agrees(self) -> bool:
        return self.agreeing == len(self.rows)

    @property
    def why(self) -> list[str]:
        """Each reason once."""
        return list(dict.fromkeys(reason for row in self.rows for reason in row.why))


@blueprint.get("")
@council_only
def index() -> Any:
    found = services.kept()
    if found is None:
        return render_template("council/reconciliation.html", sheet=None)
    sheet, made_at = found
    causes = [(str(WHY.get(cause, cause)), format_decimal(number)) for cause, number in sheet.causes.items()]
    sections = _sections(sheet.lines)
    agreeing = sum(section.agreeing for section in sections)
    return render_template(
        "council/reconciliation.html", sheet=sheet, made_at=made_at, causes=causes, sections=sections, agreeing=agreeing
    )


@blueprint.get("/sheet.csv")
@council_only
def download() -> Any:
    found = services.kept()
    if found is None:
        abort(404)
    return csv_lines.answer(rows(found[0].lines, lambda cause: str(WHY.get(cause, cause))), "reconciliation.csv")


def _sections(lines: Iterable[Line]) -> list[Section]:
    """Where something differs comes first; else in the order of their names, which tell a story."""
    found: dict[str, list[Row]] = {section: [] for section in SECTIONS}
    for line in lines:
        found.setdefault(line.section, []).append(_row(line))
    sections = [Section(str(SECTIONS.get(name, name)), tuple(rows)) for name, rows in found.items() if rows]
    return sorted(sections, key=lambda section: section.agrees)


def _row(line: Line) -> Row:
    reasons = tuple(str(WHY.get(cause, cause)) for cause in line.why)
    return Row(_name(line), _said(line.published), _said(line.files), _said(line.here), line.is_same, reasons)


def _name(line: Line) -> str:
    if line.section == TOP_OF_ALL:
        return _("place %(number)s", number=line.name.removeprefix("#"))
    if line.section == "crossed_on_all_rows":
        return _("%(number)s or more", number=line.name)
    return str(NAMES.get(line.name) or line.name or _("without one"))


def _said(value: Value) -> str:
    return "" if value is None else format_decimal(value) if isinstance(value, int) else value
