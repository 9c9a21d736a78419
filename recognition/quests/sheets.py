"""A quest as it stands in a file, checked into plain values. Every fault names its place."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from recognition.activities.criteria.parse import parse_seen
from recognition.activities.criteria.values import BadCriteria
from recognition.quests.models import DO, QUIZ, READ, REFLECT
from recognition.quests.quiz_sheets import quiz
from recognition.quests.rules import FAMILIES
from recognition.quests.sheet_values import SLUG, BadSheet, number, one_of, only_keys, place_in, slug, text, texts

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
TAKEN = {"done", "start", "help", "language", "newest"}
"""Words that stand in an address where a step's slug stands."""
QUEST_KEYS = (
    "slug", "title", "summary", "family", "minutes", "campaign", "position", "map", "thanks", "after", "requires",
    "language", "steps",
)  # fmt: skip
BODY_MAX = 40_000
STEP_KEYS = ("slug", "kind", "title", "minutes")
KIND_KEYS: dict[str, tuple[str, ...]] = {
    READ: ("file",), QUIZ: ("pass_mark", "mode", "draw", "tries_a_day", "limit_minutes", "questions"),
    REFLECT: ("prompt", "placeholder"),
    DO: ("prompt", "ideas", "tag", "proof"),
}  # fmt: skip


@dataclass(frozen=True)
class StepSheet:
    slug: str
    kind: str
    title: str
    minutes: int
    body: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class QuestSheet:
    slug: str
    title: str
    summary: str
    family: str
    minutes: int
    campaign: str | None
    position: int
    map_x: int
    map_y: int
    thanks: str
    after: str
    requires: dict[str, Any] | None
    steps: tuple[StepSheet, ...]
    language: str = "en"


def check(data: Mapping[str, Any], read_text: Callable[[str], str]) -> QuestSheet:
    """`read_text` gives the words of a file that a read step names; it may raise OSError. Raises BadSheet."""
    only_keys(data, QUEST_KEYS, "")
    steps = data.get("steps")
    if not isinstance(steps, list) or not 1 <= len(steps) <= 50:
        raise BadSheet("steps", "needs 1 to 50 of them")
    checked = tuple(_step(step, f"steps[{i}]", read_text) for i, step in enumerate(steps))
    slugs = [step.slug for step in checked]
    for i, name in enumerate(slugs):
        if name in slugs[:i]:
            raise BadSheet(f"steps[{i}].slug", f"“{name}” stands there twice")
    x, y = _point(data)
    return QuestSheet(
        slug=slug(data, "slug", ""), title=text(data, "title", "", 120), summary=text(data, "summary", "", 400),
        family=one_of(data, "family", FAMILIES, ""), minutes=number(data, "minutes", "", 1, 1000),
        campaign=slug(data, "campaign", "") if "campaign" in data else None,
        position=number(data, "position", "", 0, 10_000), map_x=x, map_y=y,
        thanks=text(data, "thanks", "", 400, needed=False), after=text(data, "after", "", 2000, needed=False),
        requires=_criteria(data, "requires", "") if "requires" in data else None, steps=checked,
        language=_language(data),
    )  # fmt: skip


def _step(data: Any, place: str, read_text: Callable[[str], str]) -> StepSheet:
    if not isinstance(data, Mapping):
        raise BadSheet(place, "needs to be a table")
    kind = one_of(data, "kind", tuple(KIND_KEYS), place)
    only_keys(data, (*STEP_KEYS, *KIND_KEYS[kind]), place)
    name = slug(data, "slug", place)
    if name in TAKEN:
        raise BadSheet(f"{place}.slug", f"“{name}” has a meaning of its own; choose another word")
    body = _body(data, place, read_text) if kind == READ else ""
    details = {READ: _read, QUIZ: quiz, REFLECT: _reflect, DO: _do}[kind](data, place)
    return StepSheet(name, kind, text(data, "title", place, 120), number(data, "minutes", place, 1, 600), body, details)


def _read(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {"file": text(data, "file", place, 100)}


def _body(data: Mapping[str, Any], place: str, read_text: Callable[[str], str]) -> str:
    name = text(data, "file", place, 100)
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*\.md", name):
        raise BadSheet(f"{place}.file", "needs the plain name of a .md file beside this one")
    try:
        words = read_text(name).strip()
    except (OSError, UnicodeDecodeError):
        raise BadSheet(f"{place}.file", f"{name} cannot be read") from None
    if not words:
        raise BadSheet(f"{place}.file", f"{name} is empty")
    if len(words) > BODY_MAX:
        raise BadSheet(f"{place}.file", f"has more than {BODY_MAX} characters")
    if "\x00" in words:
        raise BadSheet(f"{place}.file", f"{name} needs to be text")
    return words


def _reflect(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {
        "prompt": text(data, "prompt", place, 1000),
        "placeholder": text(data, "placeholder", place, 200, needed=False),
    }


def _do(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    tag = text(data, "tag", place, 64, needed=False)
    if tag and not SLUG.fullmatch(tag):
        raise BadSheet(f"{place}.tag", "needs small letters, digits and hyphens")
    return {"prompt": text(data, "prompt", place, 2000), "ideas": texts(data, "ideas", place, 0, 10), "tag": tag,
            "proof": _criteria(data, "proof", place)}  # fmt: skip


def _criteria(data: Mapping[str, Any], name: str, place: str) -> dict[str, Any]:
    try:
        parse_seen(data.get(name))
    except BadCriteria as fault:
        raise BadSheet(f"{place_in(place, name)}.{fault.place}", fault.reason) from fault
    criteria: dict[str, Any] = data[name]
    return criteria


def _language(data: Mapping[str, Any]) -> str:
    language = text(data, "language", "", 16) if "language" in data else "en"
    if not LANGUAGE.fullmatch(language):
        raise BadSheet("language", "needs the short name of a language, such as en or pt-BR")
    return language


def _point(data: Mapping[str, Any]) -> tuple[int, int]:
    point = data.get("map", [50, 50])
    fits = isinstance(point, list) and len(point) == 2 and all(type(n) is int and 0 <= n <= 100 for n in point)
    if not fits:
        raise BadSheet("map", "needs two whole numbers from 0 to 100, such as [8, 50]")
    return point[0], point[1]
