"""A quest while it is written: the data of a catalogue file, with the words of its read steps inside (`body`). It may lack
anything; `faults` says what. Values in, values out."""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from recognition.quests.models import DO, QUIZ, READ, REFLECT
from recognition.quests.sheet_values import BadSheet
from recognition.quests.sheets import QuestSheet, check

KINDS = (READ, QUIZ, REFLECT, DO)
STEPS_MAX = 50
WRITTEN = ("proof_written", "requires_written")
"""Cards of a rule that is none yet, as [field, text] pairs, so that nothing typed is lost."""
TAKEN_OUT = "taken_out"
"""Where a draft keeps the step that was taken out last, as [place, step], until its next change."""
_FAULTS_MAX = 80
_PATH = re.compile(r"([a-z_]+)|\[(\d+)\]")
Draft = dict[str, Any]


class NoStep(LookupError):
    """Somebody else took it out meanwhile."""


def blank(slug: str, title: str) -> Draft:
    return {"slug": slug, "title": title, "summary": "", "family": "learning", "minutes": 10, "position": 100, "map": [50, 50],
            "thanks": "", "after": "", "steps": []}  # fmt: skip


def step_at(draft: Draft, slug: str) -> tuple[int, dict[str, Any]]:
    """Its place and itself. Raises NoStep."""
    for place, step in enumerate(draft["steps"]):
        if step.get("slug") == slug:
            return place, step
    raise NoStep(slug)


def added(draft: Draft, kind: str) -> tuple[Draft, str]:
    """With one more step at the end, and its slug. A quest that is full stays as it is."""
    if kind not in KINDS or len(draft["steps"]) >= STEPS_MAX:
        return draft, ""
    slug = free_slug(draft, kind)
    step: dict[str, Any] = {"slug": slug, "kind": kind, "title": "", "minutes": 2, **deepcopy(_NEW[kind])}
    return {**draft, "steps": [*draft["steps"], step]}, slug


def free_slug(draft: Draft, wanted: str) -> str:
    taken = {step.get("slug") for step in draft["steps"]} | {"done", "start"}
    numbered = (f"{wanted}-{number}" for number in range(2, STEPS_MAX + 3))
    return wanted if wanted not in taken else next(slug for slug in numbered if slug not in taken)


def removed(draft: Draft, slug: str) -> Draft:
    """It can be put back until something else is changed."""
    place, step = step_at(draft, slug)
    return {**draft, "steps": [one for one in draft["steps"] if one is not step], TAKEN_OUT: [place, step]}


def put_back(draft: Draft, slug: str) -> Draft:
    """Raises NoStep where it was another one that went, or something was changed since."""
    if TAKEN_OUT not in draft or draft[TAKEN_OUT][1].get("slug") != slug:
        raise NoStep(slug)
    place, step = draft[TAKEN_OUT]
    settled = without_taken_out(draft)
    return {**settled, "steps": [*settled["steps"][:place], step, *settled["steps"][place:]]}


def without_taken_out(draft: Draft) -> Draft:
    return {name: value for name, value in draft.items() if name != TAKEN_OUT}


def moved(draft: Draft, slug: str, to: int) -> Draft:
    """The step at another place, counted from 0; beyond either end it stands at that end."""
    _place, step = step_at(draft, slug)
    steps = [one for one in draft["steps"] if one is not step]
    steps.insert(max(0, min(to, len(steps))), step)
    return {**draft, "steps": steps}


def with_step(draft: Draft, slug: str, step: Mapping[str, Any]) -> Draft:
    place, _old = step_at(draft, slug)
    return {**draft, "steps": [*draft["steps"][:place], dict(step), *draft["steps"][place + 1 :]]}


def plain(draft: Draft) -> tuple[dict[str, Any], Callable[[str], str]]:
    """The data as a file holds it, and what reads the words beside it."""
    data = {name: value for name, value in deepcopy(draft).items() if name not in (*WRITTEN, TAKEN_OUT)}
    files: dict[str, str] = {}
    for step in data.get("steps", ()):
        for name in WRITTEN:
            step.pop(name, None)
        if step.get("kind") == READ:
            words = step.pop("body", "")
            step["file"] = _free_file(file_of(step), words, files)
            files[step["file"]] = words
    return data, lambda name: files[name]


def _free_file(wanted: str, words: str, files: Mapping[str, str]) -> str:
    """Two steps may come with one name, each with words of its own by now."""
    stem = wanted.removesuffix(".md")
    names = (wanted, *(f"{stem}-{number}.md" for number in range(2, STEPS_MAX + 3)))
    return next(name for name in names if files.get(name, words) == words)


def file_of(step: Mapping[str, Any]) -> str:
    return str(step.get("file") or f"{step.get('slug') or 'step'}.md")


def checked(draft: Draft) -> QuestSheet:
    """Raises BadSheet."""
    return check(*plain(draft))


def faults(draft: Draft) -> dict[str, str]:
    """Every fault by its place. `check` names one at a time: each is noted and made harmless until there is no other."""
    data, read_text = plain(draft)
    found: dict[str, str] = {}

    def words(name: str) -> str:
        return read_text(name) or "" if f"empty:{name}" not in found else "x"

    for number in range(_FAULTS_MAX):
        try:
            check(data, words)
            break
        except BadSheet as fault:
            if fault.place in found:
                break
            found[fault.place] = fault.reason
            if fault.place.endswith(".file"):
                found[f"empty:{_value_at(data, fault.place)}"] = ""
            else:
                _mend(data, fault.place, number)
    return {place: reason for place, reason in found.items() if not place.startswith("empty:")}


def _keys(place: str) -> list[str | int]:
    keys: list[str | int] = [name or int(number) for name, number in _PATH.findall(place)]
    cut = next((at for at, key in enumerate(keys) if key in ("requires", "proof")), len(keys))
    return keys[: cut + 1]


def _value_at(data: Any, place: str) -> Any:
    for key in _keys(place):
        data = data[key]
    return data


def _mend(data: Any, place: str, number: int) -> None:
    *way, last = _keys(place)
    for key in way:
        data = data[key]
    harmless = _HARMLESS[last](number) if last in _HARMLESS else None
    if last == "right" and isinstance(data, dict) and data.get("kind") == "multiple":
        harmless = ["x"]
    if harmless is None and isinstance(data, dict):
        data.pop(last, None)
    elif isinstance(data, list):
        data[last] = {}  # type: ignore[index]
    else:
        data[last] = harmless


def _question(number: int) -> dict[str, Any]:
    return {"ask": f"x{number}", "right": "x", "wrong": ["y"], "hint": "x", "why": "x"}


def _some_step(number: int) -> dict[str, Any]:
    return {"slug": f"x-{number}", "kind": REFLECT, "title": "x", "minutes": 1, "prompt": "x"}


_TEXTS = ("title", "summary", "prompt", "right", "hint", "why")
_HARMLESS: dict[str | int, Callable[[int], Any]] = {
    **{name: lambda _number: "x" for name in _TEXTS},
    "ask": lambda number: f"x{number}", "slug": lambda number: f"x-{number}", "family": lambda _number: "learning",
    "minutes": lambda _number: 1, "position": lambda _number: 1, "wrong": lambda number: [f"y{number}"],
    "questions": lambda number: [_question(number)], "steps": lambda number: [_some_step(number)],
    "pairs": lambda _number: [["x1", "x2"], ["x3", "x4"]], "guide": lambda _number: "x",
    "proof": lambda _number: {"count": {}, "at_least": 1},
}  # fmt: skip

_NEW: dict[str, dict[str, Any]] = {
    READ: {"body": ""},
    QUIZ: {"pass_mark": 0.8, "questions": []},
    REFLECT: {"prompt": ""},
    DO: {"prompt": "", "ideas": []},
}


def shape_of(steps: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """(title, kind, minutes) of each, for lists; what is no number counts nothing."""
    return [(str(step.get("title", "")), str(step.get("kind", "")), number(step.get("minutes"))) for step in steps]


def number(value: Any) -> int:
    return value if type(value) is int else 0
