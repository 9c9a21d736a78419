"""Quests as files, `<slug>/quest.toml` with its Markdown beside it: in and out without a loss."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from recognition import toml
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import listens_to
from recognition.extensions import db
from recognition.quests.models import DO, QUIZ, Quest, Step, StepListener
from recognition.quests.rules import find_cycle, prerequisites
from recognition.quests.services import settle
from recognition.quests.sheets import KIND_KEYS, QUESTION_KEYS, BadSheet, QuestSheet, StepSheet, check

SHEET = "quest.toml"
_PLAIN = (
    "title",
    "summary",
    "family",
    "minutes",
    "campaign",
    "position",
    "map_x",
    "map_y",
    "thanks",
    "after",
    "requires",
)


_LAST = ("where", "at_least", "gaps", "level")
"""What a rule says after its first word."""


class BadFile(ValueError):
    """Each fault on a line of its own, with the file and the place in it."""


def load(folder: Path, now: datetime) -> list[str]:
    """Every quest below the folder, published. A quest that is known is changed in place, and a step keeps its row by
    its slug, so nobody's progress is lost. Raises BadFile before anything is stored."""
    sheets = _read_all(folder)
    _check_ways({sheet.slug: sheet for sheet in sheets})
    known = {quest.slug: quest for quest in db.session.scalars(sa.select(Quest))}
    quests = [_store(sheet, known.get(sheet.slug), now) for sheet in sheets]
    db.session.flush()
    for quest in quests:
        _listen(quest)
    settle([quest.id for quest in quests], now)
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


def _check_ways(sheets: dict[str, QuestSheet]) -> None:
    """Every prerequisite is a quest that exists, and no way leads back to itself."""
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


def _store(sheet: QuestSheet, quest: Quest | None, now: datetime) -> Quest:
    if quest is None:
        quest = Quest(slug=sheet.slug, created_at=now)
        db.session.add(quest)
    quest.state = "published"
    for name in _PLAIN:
        setattr(quest, name, getattr(sheet, name))
    kept = {step.slug: step for step in quest.steps}
    quest.steps = [_store_step(step, kept.get(step.slug), place) for place, step in enumerate(sheet.steps)]
    return quest


def _store_step(sheet: StepSheet, step: Step | None, position: int) -> Step:
    step = step or Step(slug=sheet.slug)
    step.position = position
    for name in ("kind", "title", "minutes", "body", "data"):
        setattr(step, name, getattr(sheet, name))
    return step


def _listen(quest: Quest) -> None:
    """Write down which kinds of deed can prove its do steps, for the drain to look up."""
    ids = [step.id for step in quest.steps]
    db.session.execute(sa.delete(StepListener).where(StepListener.step_id.in_(ids)))
    for step in quest.steps:
        if step.kind == DO:
            kinds = sorted(listens_to(parse(step.data["proof"])))
            db.session.add_all(StepListener(kind=kind, step_id=step.id) for kind in kinds)


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


def as_data(quest: Quest) -> dict[str, Any]:
    names = ("slug", "title", "summary", "family", "minutes", "campaign", "position")
    data = {name: getattr(quest, name) for name in names if getattr(quest, name) is not None}
    data |= {"map": [quest.map_x, quest.map_y], "thanks": quest.thanks, "after": quest.after}
    if quest.requires:
        data["requires"] = toml.inlined(_in_order(quest.requires))
    data["steps"] = [_step_data(step) for step in quest.steps]
    return {name: value for name, value in data.items() if value != ""}


def _step_data(step: Step) -> dict[str, Any]:
    """In the order of the format, since PostgreSQL keeps an order of its own."""
    data = {"slug": step.slug, "kind": step.kind, "title": step.title, "minutes": step.minutes}
    data |= {name: step.data[name] for name in KIND_KEYS[step.kind] if step.data.get(name) not in (None, "", [])}
    if step.kind == QUIZ:
        data["questions"] = [{name: q[name] for name in QUESTION_KEYS if q[name]} for q in step.data["questions"]]
    if step.kind == DO:
        data["proof"] = toml.inlined(_in_order(step.data["proof"]))
    return data


def _in_order(rule: Any) -> Any:
    if isinstance(rule, list):
        return [_in_order(part) for part in rule]
    if isinstance(rule, dict):
        return {name: _in_order(rule[name]) for name in sorted(rule, key=lambda n: (n in _LAST, n))}
    return rule
