"""What differs between two sheets of a quest, each in the form in which drafts and versions keep it. Values in, values out."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FRONT = ("title", "summary", "family", "minutes", "campaign", "position", "map", "language", "requires", "thanks", "after")
OF_STEP = (
    "title",
    "minutes",
    "body",
    "prompt",
    "placeholder",
    "ideas",
    "tag",
    "proof",
    "mode",
    "pass_mark",
    "draw",
    "tries_a_day",
    "limit_minutes",
)
ADDED, REMOVED, MOVED, CHANGED = "added", "removed", "moved", "changed"
Sheet = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """`step`: the title of the step it is about, or nothing; `field`: what of it, "" for the step as a whole; `ask`: the
    question it is about. `before` and `after` as they stand in the sheets."""

    kind: str
    step: str = ""
    field: str = ""
    ask: str = ""
    before: Any = None
    after: Any = None


def changes(old: Sheet, new: Sheet) -> list[Change]:
    return [*_fields(old, new, FRONT, ""), *_steps(old.get("steps", ()), new.get("steps", ()))]


def _fields(old: Sheet, new: Sheet, names: Sequence[str], step: str, ask: str = "") -> Iterator[Change]:
    for name in names:
        before, after = old.get(name) or None, new.get(name) or None
        if before != after:
            yield Change(CHANGED, step, name, ask, before, after)


def _steps(old: Sequence[Sheet], new: Sequence[Sheet]) -> Iterator[Change]:
    before, after = ({str(step.get("slug")): step for step in steps} for steps in (old, new))
    for slug, step in before.items():
        if slug not in after:
            yield Change(REMOVED, _title(step))
    stayed = [slug for slug in before if slug in after]
    order = [slug for slug in after if slug in before]
    still = set(_longest_in_order(stayed, order))
    for slug, step in after.items():
        if slug not in before:
            yield Change(ADDED, _title(step))
            continue
        if slug not in still:
            yield Change(MOVED, _title(step))
        yield from _fields(before[slug], step, OF_STEP, _title(step))
        yield from _questions(before[slug].get("questions", ()), step.get("questions", ()), _title(step))


def _longest_in_order(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """Those that need not move: a longest run that both hold in the same order."""
    blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return [slug for block in blocks for slug in one[block.a : block.a + block.size]]


def _questions(old: Sequence[Sheet], new: Sequence[Sheet], step: str) -> Iterator[Change]:
    before, after = ({str(one.get("ask")): one for one in questions} for questions in (old, new))
    for ask in before:
        if ask not in after:
            yield Change(REMOVED, step, "questions", ask)
    for ask, question in after.items():
        if ask not in before:
            yield Change(ADDED, step, "questions", ask)
        elif plain_question(before[ask]) != plain_question(question):
            yield Change(CHANGED, step, "questions", ask, plain_question(before[ask]), plain_question(question))


def plain_question(question: Sheet) -> dict[str, Any]:
    return {"kind": "single"} | {name: value for name, value in question.items() if value not in (None, "", [])}


def _title(step: Sheet) -> str:
    return str(step.get("title") or step.get("slug") or "")


def lines_between(before: str, after: str, most: int = 60) -> list[tuple[str, str]]:
    """("-" or "+", line) of a long text, where lines went or came; at most so many."""
    told = difflib.ndiff(before.splitlines(), after.splitlines())
    return [(line[0], line[2:]) for line in told if line[0] in "+-" and line[2:].strip()][:most]
