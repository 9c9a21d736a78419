"""The questions of a quiz in a form: fields are called `q-1-ask`, and a button says `questions-move`."""

from collections.abc import Mapping, Sequence
from typing import Any

from recognition.activities.builder.cards import Form
from recognition.quests.quiz_sheets import MATCHING, MULTIPLE, QUESTION_KEYS, QUESTION_KINDS, SINGLE

QUESTIONS_MAX = 50
PAIRS_MAX = 8
LETTERS = ("ask", "hint", "why", "source", "guide")
MOVE = "questions-move"
OF_TESTS = ("tries_a_day", "limit_minutes")
Question = dict[str, Any]


def of_quiz(form: Form) -> dict[str, Any]:
    """What the quiz of a step says, in the form of its sheet."""
    mark = form.get("pass_mark", "").strip()[:6]
    share: Any = int(mark) / 100 if mark.isascii() and mark.isdigit() else mark
    told = {"pass_mark": share, "questions": sent(form), "draw": _count(form, "draw")}
    if form.get("mode") == "test":
        return told | {"mode": "test", **{name: _count(form, name) for name in OF_TESTS}}
    return told | {"mode": "", **dict.fromkeys(OF_TESTS, "")}


def percent(share: Any) -> str:
    return str(round(share * 100)) if isinstance(share, int | float) else str(share)


def sent(form: Form) -> list[Question]:
    found: list[Question] = []
    while len(found) < QUESTIONS_MAX and f"q-{len(found) + 1}-kind" in form:
        found.append(_question(form, f"q-{len(found) + 1}-"))
    return found


def _question(form: Form, at: str) -> Question:
    kind = form.get(f"{at}kind", SINGLE)
    kind = kind if kind in QUESTION_KINDS else SINGLE
    told: Question = {"kind": kind, **{name: _text(form, at + name) for name in LETTERS}}
    if kind == SINGLE:
        told["right"] = _text(form, f"{at}right_one")
    if kind == MULTIPLE:
        told["right"] = _lines(form, f"{at}right")
    if kind == MATCHING:
        sides = zip(form.getlist(f"{at}left")[:PAIRS_MAX], form.getlist(f"{at}fits")[:PAIRS_MAX], strict=False)
        told["pairs"] = [[left.strip(), right.strip()] for left, right in sides if left.strip() or right.strip()]
    told["wrong"] = _lines(form, f"{at}wrong")
    return {name: told[name] for name in ("kind", *QUESTION_KEYS[kind]) if told.get(name) not in ("", None)}


def shown(question: Mapping[str, Any]) -> dict[str, Any]:
    """As the form shows it, whatever its kind. Two free rows stand below the pairs."""
    right = question.get("right", "")
    many = right if isinstance(right, list) else [right]
    pairs = [list(pair) for pair in question.get("pairs", ())]
    return {
        "kind": question.get("kind", SINGLE), **{name: question.get(name, "") for name in LETTERS},
        "right_one": str(many[0]) if many else "", "right": "\n".join(map(str, filter(None, many))),
        "wrong": "\n".join(map(str, question.get("wrong", ()))), "pairs": [*pairs, *[["", ""]] * 2][:PAIRS_MAX],
    }  # fmt: skip


def moved(questions: Sequence[Question], move: str) -> tuple[list[Question], int]:
    """After a button: `add`, `add:matching`, `up:2`, `down:2`, `remove:2`; and the number of the question to go on with."""
    verb, _colon, what = move.partition(":")
    found = list(questions)
    if verb == "add" and len(found) < QUESTIONS_MAX:
        found.append({"kind": what if what in QUESTION_KINDS else SINGLE})
        return found, len(found)
    at = int(what) - 1 if what.isascii() and what.isdigit() and len(what) < 4 else -1
    if not 0 <= at < len(found):
        return found, 0
    if verb == "remove":
        del found[at]
        return found, min(at + 1, len(found))
    there = {"up": at - 1, "down": at + 1}.get(verb, at)
    if 0 <= there < len(found):
        found[at], found[there] = found[there], found[at]
        return found, there + 1
    return found, at + 1


def _count(form: Form, name: str) -> Any:
    text = form.get(name, "").strip()[:6]
    return int(text) if text.isascii() and text.isdigit() else text


def _text(form: Form, name: str) -> str:
    return form.get(name, "").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def _lines(form: Form, name: str) -> list[str]:
    return [line.strip() for line in _text(form, name).split("\n") if line.strip()]
