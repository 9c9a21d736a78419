"""Quests as files, `<slug>/quest.toml` with its Markdown beside it: in and out without a loss."""

import tomllib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from recognition import toml
from recognition.activities.criteria.parse import parse
from recognition.extensions import db
from recognition.quests.models import Quest
from recognition.quests.rules import find_cycle, prerequisites
from recognition.quests.services import publishing
from recognition.quests.sheet_data import as_data
from recognition.quests.sheet_values import BadSheet
from recognition.quests.sheets import QuestSheet, check

SHEET = "quest.toml"
RETIRED = "retired"


class BadFile(ValueError):
    """Each fault on a line of its own, with the file and the place in it."""


def load(folder: Path, now: datetime) -> list[str]:
    """Every quest below the folder, published, unless somebody has retired it. One that is the same stays as it is; a changed
    one is a new version, and who is in the middle finishes theirs. Raises BadFile before anything is stored."""
    sheets = _read_all(folder)
    check_ways(sheets)
    known = {quest.slug: quest for quest in db.session.scalars(sa.select(Quest))}
    for sheet in sheets:
        quest = known.get(sheet.slug) or publishing.lay_out(sheet, now)
        rests = quest.state == RETIRED
        publishing.publish(quest, sheet, "", now)
        if rests:
            quest.state = RETIRED
    return [sheet.slug for sheet in sheets]


def _read_all(folder: Path) -> list[QuestSheet]:
    sheets, faults = [], []
    for path in sorted(folder.glob(f"*/{SHEET}")):
        try:
            sheets.append(_read(path))
        except (BadSheet, tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            faults.append(f"{path.relative_to(folder)}: {fault}")
    if faults:
        raise BadFile("\n".join(faults))
    return sheets


def _read(path: Path) -> QuestSheet:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    sheet = check(data, lambda name: (path.parent / name).read_text(encoding="utf-8"))
    if sheet.slug != path.parent.name:
        raise BadSheet("slug", f"“{sheet.slug}” differs from its folder “{path.parent.name}”")
    return sheet


def check_ways(found: Iterable[QuestSheet]) -> None:
    """Every prerequisite is a quest that exists, and no way leads back to itself. Raises BadFile."""
    sheets = {sheet.slug: sheet for sheet in found}
    stored = db.session.execute(sa.select(Quest.slug, Quest.requires)).all()
    graph = {row.slug: _required(row.requires) for row in stored}
    graph |= {slug: _required(sheet.requires) for slug, sheet in sheets.items()}
    faults = [
        f"{slug}/{SHEET}: requires: there is no quest “{wanted}”"
        for slug in sheets
        for wanted in graph[slug]
        if wanted not in graph
    ]
    cycle = None if faults else find_cycle(graph)
    if cycle:
        first = next(slug for slug in cycle if slug in sheets)
        faults = [f"{first}/{SHEET}: requires: these quests wait for each other: {' → '.join(cycle)}"]
    if faults:
        raise BadFile("\n".join(faults))


def _required(requires: dict[str, Any] | None) -> list[str]:
    return prerequisites(parse(requires)) if requires else []


def export(folder: Path) -> list[str]:
    """Write every published quest, so that loading the files gives the same quests."""
    quests = db.session.scalars(sa.select(Quest).where(Quest.state == "published").order_by(Quest.slug)).all()
    for quest in quests:
        place = folder / quest.slug
        place.mkdir(parents=True, exist_ok=True)
        (place / SHEET).write_text(toml.dumps(as_data(quest)), encoding="utf-8")
        for step in quest.steps:
            if step.body:
                (place / step.data["file"]).write_text(step.body + "\n", encoding="utf-8")
    return [quest.slug for quest in quests]
