"""A quest as it stands in a file, checked into plain values. Every fault names its place."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.values import BadCriteria
from recognition.quests.models import DO, QUIZ, READ, REFLECT
from recognition.quests.rules import FAMILIES

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TAKEN = {"done", "start"}
"""Words that stand in an address where a step's slug stands."""
QUEST_KEYS = (
    "slug", "title", "summary", "family", "minutes", "campaign", "position", "map", "thanks", "after", "requires",
    "steps",
)  # fmt: skip
STEP_KEYS = ("slug", "kind", "title", "minutes")
KIND_KEYS: dict[str, tuple[str, ...]] = {
    READ: ("file",), QUIZ: ("pass_mark", "questions"), REFLECT: ("prompt", "placeholder"),
    DO: ("prompt", "ideas", "tag", "proof"),
}  # fmt: skip
QUESTION_KEYS = ("ask", "right", "wrong", "hint", "why", "source")


class BadSheet(ValueError):
    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}")


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


def check(data: Mapping[str, Any], read_text: Callable[[str], str]) -> QuestSheet:
    """`read_text` gives the words of a file that a read step names; it may raise OSError. Raises BadSheet."""
    _only(data, QUEST_KEYS, "")
    steps = data.get("steps")
    if not isinstance(steps, list) or not 1 <= len(steps) <= 50:
        raise BadSheet("steps", "needs 1 to 50 of them")
    checked = tuple(_step(step, f"steps[{i}]", read_text) for i, step in enumerate(steps))
    slugs = [step.slug for step in checked]
    for i, slug in enumerate(slugs):
        if slug in slugs[:i]:
            raise BadSheet(f"steps[{i}].slug", f"“{slug}” stands there twice")
    x, y = _point(data)
    return QuestSheet(
        slug=_slug(data, "slug", ""), title=_text(data, "title", "", 120), summary=_text(data, "summary", "", 400),
        family=_one_of(data, "family", FAMILIES, ""), minutes=_number(data, "minutes", "", 1, 1000),
        campaign=_slug(data, "campaign", "") if "campaign" in data else None,
        position=_number(data, "position", "", 0, 10_000), map_x=x, map_y=y,
        thanks=_text(data, "thanks", "", 400, needed=False), after=_text(data, "after", "", 2000, needed=False),
        requires=_criteria(data, "requires", "") if "requires" in data else None, steps=checked,
    )  # fmt: skip


def _step(data: Any, place: str, read_text: Callable[[str], str]) -> StepSheet:
    if not isinstance(data, Mapping):
        raise BadSheet(place, "needs to be a table")
    kind = _one_of(data, "kind", tuple(KIND_KEYS), place)
    _only(data, (*STEP_KEYS, *KIND_KEYS[kind]), place)
    slug = _slug(data, "slug", place)
    if slug in TAKEN:
        raise BadSheet(f"{place}.slug", f"“{slug}” has a meaning of its own; choose another word")
    body = _body(data, place, read_text) if kind == READ else ""
    details = {READ: _read, QUIZ: _quiz, REFLECT: _reflect, DO: _do}[kind](data, place)
    return StepSheet(slug, kind, _text(data, "title", place, 120), _number(data, "minutes", place, 1, 600), body, details)


def _read(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {"file": _text(data, "file", place, 100)}


def _body(data: Mapping[str, Any], place: str, read_text: Callable[[str], str]) -> str:
    name = _text(data, "file", place, 100)
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*\.md", name):
        raise BadSheet(f"{place}.file", "needs the plain name of a .md file beside this one")
    try:
        text = read_text(name).strip()
    except (OSError, UnicodeDecodeError):
        raise BadSheet(f"{place}.file", f"{name} cannot be read") from None
    if not text:
        raise BadSheet(f"{place}.file", f"{name} is empty")
    return text


def _quiz(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    mark = data.get("pass_mark", 1.0)
    if not isinstance(mark, int | float) or isinstance(mark, bool) or not 0 < mark <= 1:
        raise BadSheet(f"{place}.pass_mark", "needs a share above 0 and up to 1, such as 0.8")
    questions = data.get("questions")
    if not isinstance(questions, list) or not 1 <= len(questions) <= 50:
        raise BadSheet(f"{place}.questions", "needs 1 to 50 of them")
    found = [_question(question, f"{place}.questions[{i}]") for i, question in enumerate(questions)]
    asked = [question["ask"] for question in found]
    for i, ask in enumerate(asked):
        if ask in asked[:i]:
            raise BadSheet(f"{place}.questions[{i}].ask", "is asked twice")
    return {"pass_mark": float(mark), "questions": found}


def _question(data: Any, place: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise BadSheet(place, "needs to be a table")
    _only(data, QUESTION_KEYS, place)
    wrong = _texts(data, "wrong", place, 1, 8)
    right = _text(data, "right", place, 200)
    if right in wrong or len(set(wrong)) < len(wrong):
        raise BadSheet(f"{place}.wrong", "offers the same words twice")
    return {"ask": _text(data, "ask", place, 300), "right": right, "wrong": wrong,
            "hint": _text(data, "hint", place, 300), "why": _text(data, "why", place, 500),
            "source": _text(data, "source", place, 200, needed=False)}  # fmt: skip


def _reflect(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {
        "prompt": _text(data, "prompt", place, 1000),
        "placeholder": _text(data, "placeholder", place, 200, needed=False),
    }


def _do(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    tag = _text(data, "tag", place, 64, needed=False)
    if tag and not SLUG.fullmatch(tag):
        raise BadSheet(f"{place}.tag", "needs small letters, digits and hyphens")
    return {"prompt": _text(data, "prompt", place, 2000), "ideas": _texts(data, "ideas", place, 0, 10), "tag": tag,
            "proof": _criteria(data, "proof", place)}  # fmt: skip


def _criteria(data: Mapping[str, Any], name: str, place: str) -> dict[str, Any]:
    try:
        parse(data.get(name))
    except BadCriteria as fault:
        raise BadSheet(f"{_in(place, name)}.{fault.place}", fault.reason) from fault
    criteria: dict[str, Any] = data[name]
    return criteria


def _point(data: Mapping[str, Any]) -> tuple[int, int]:
    point = data.get("map", [50, 50])
    fits = isinstance(point, list) and len(point) == 2 and all(type(n) is int and 0 <= n <= 100 for n in point)
    if not fits:
        raise BadSheet("map", "needs two whole numbers from 0 to 100, such as [8, 50]")
    return point[0], point[1]


def _only(data: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    unknown = sorted(set(data) - set(known))
    if unknown:
        raise BadSheet(_in(place, unknown[0]), "is not known here")


def _text(data: Mapping[str, Any], name: str, place: str, limit: int, needed: bool = True) -> str:
    value = data.get(name, "")
    if not isinstance(value, str) or "\x00" in value:
        raise BadSheet(_in(place, name), "needs to be text")
    if needed and not value.strip():
        raise BadSheet(_in(place, name), "is missing")
    if len(value) > limit:
        raise BadSheet(_in(place, name), f"has more than {limit} characters")
    return value.strip()


def _texts(data: Mapping[str, Any], name: str, place: str, least: int, most: int) -> list[str]:
    values = data.get(name, [])
    if not isinstance(values, list) or not least <= len(values) <= most:
        raise BadSheet(_in(place, name), f"needs a list of {least} to {most} texts")
    return [_text({name: value}, name, place, 500) for value in values]


def _slug(data: Mapping[str, Any], name: str, place: str) -> str:
    value = _text(data, name, place, 64)
    if not SLUG.fullmatch(value):
        raise BadSheet(_in(place, name), "needs small letters, digits and hyphens")
    return value


def _one_of(data: Mapping[str, Any], name: str, allowed: tuple[str, ...], place: str) -> str:
    value = data.get(name)
    if value not in allowed:
        raise BadSheet(_in(place, name), f"needs one of {', '.join(allowed)}")
    return str(value)


def _number(data: Mapping[str, Any], name: str, place: str, least: int, most: int) -> int:
    value = data.get(name)
    if type(value) is not int or not least <= value <= most:
        raise BadSheet(_in(place, name), f"needs a whole number from {least} to {most}")
    return value


def _in(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
