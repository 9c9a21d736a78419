"""A quiz as it stands in a sheet. A question that names no kind is `single`.

single: `right` is one text, `wrong` 1 to 8 others. multiple: `right` is a list of all that fit, `wrong` a list of those that
do not. matching: `pairs` is a list of [left, right], `wrong` holds more texts for the right side that fit nowhere. text: a
person reads the answer; `guide` tells them what to look for, and nobody else sees it."""

from collections.abc import Mapping
from typing import Any

from recognition.quests.sheet_values import BadSheet, number, one_of, only_keys, place_in, text, texts

SINGLE, MULTIPLE, MATCHING, TEXT = QUESTION_KINDS = ("single", "multiple", "matching", "text")
LEARN, TEST = MODES = ("learn", "test")
LIMIT_MINUTES, LIMIT_MINUTES_MAX = "limit_minutes", 240
TRIES_A_DAY = 3
"""Of a test that names no number of its own."""
QUESTION_KEYS: dict[str, tuple[str, ...]] = {
    SINGLE: ("ask", "right", "wrong", "hint", "why", "source"),
    MULTIPLE: ("kind", "ask", "right", "wrong", "hint", "why", "source"),
    MATCHING: ("kind", "ask", "pairs", "wrong", "hint", "why", "source"),
    TEXT: ("kind", "ask", "guide", "hint", "why", "source"),
}


def quiz(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    """`mode`: learn (each question until it is right) or test (all at once, judged by `pass_mark`, `tries_a_day` times a
    day, within `limit_minutes` where it names some). `draw`: so many of the questions for each member. What is as usual is left
    out, so that a sheet of old is the same."""
    mark = data.get("pass_mark", 1.0)
    if not isinstance(mark, int | float) or isinstance(mark, bool) or not 0 < mark <= 1:
        raise BadSheet(f"{place}.pass_mark", "needs a share above 0 and up to 1, such as 0.8")
    mode = one_of(data, "mode", MODES, place) if "mode" in data else LEARN
    questions = data.get("questions")
    if not isinstance(questions, list) or not 1 <= len(questions) <= 50:
        raise BadSheet(f"{place}.questions", "needs 1 to 50 of them")
    found = [_question(question, f"{place}.questions[{i}]") for i, question in enumerate(questions)]
    asked = [question["ask"] for question in found]
    for i, ask in enumerate(asked):
        if ask in asked[:i]:
            raise BadSheet(f"{place}.questions[{i}].ask", "is asked twice")
        if mode == TEST and kind_of(found[i]) == TEXT:
            raise BadSheet(f"{place}.questions[{i}].kind", "a person reads a text, so it cannot be part of a test")
    return {"pass_mark": float(mark)} | _rhythm(data, place, mode, len(found)) | {"questions": found}


def kind_of(question: Mapping[str, Any]) -> str:
    return str(question.get("kind", SINGLE))


def _rhythm(data: Mapping[str, Any], place: str, mode: str, count: int) -> dict[str, Any]:
    found: dict[str, Any] = {} if mode == LEARN else {"mode": mode}
    if "draw" in data and (draw := number(data, "draw", place, 1, count)) < count:
        found["draw"] = draw
    for name, most in (("tries_a_day", 20), (LIMIT_MINUTES, LIMIT_MINUTES_MAX)):
        if name in data:
            if mode == LEARN:
                raise BadSheet(f"{place}.{name}", "belongs to a quiz with the mode “test”")
            found[name] = number(data, name, place, 1, most)
    return found


def _question(data: Any, place: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise BadSheet(place, "needs to be a table")
    kind = one_of(data, "kind", QUESTION_KINDS, place) if "kind" in data else SINGLE
    only_keys(data, ("kind", *QUESTION_KEYS[kind]), place)
    told: dict[str, Any] = {} if kind == SINGLE else {"kind": kind}
    told |= {"ask": text(data, "ask", place, 300)}
    told |= {SINGLE: _single, MULTIPLE: _multiple, MATCHING: _matching, TEXT: _text}[kind](data, place)
    by_machine = kind != TEXT
    return told | {
        "hint": text(data, "hint", place, 300, needed=by_machine),
        "why": text(data, "why", place, 500, needed=by_machine),
        "source": text(data, "source", place, 200, needed=False),
    }


def _single(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    wrong = texts(data, "wrong", place, 1, 8)
    right = text(data, "right", place, 200)
    _differ([right, *wrong], place_in(place, "wrong"))
    return {"right": right, "wrong": wrong}


def _multiple(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    right, wrong = texts(data, "right", place, 1, 8), texts(data, "wrong", place, 1, 8)
    _differ([*right, *wrong], place_in(place, "wrong"))
    return {"right": right, "wrong": wrong}


def _matching(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    where = place_in(place, "pairs")
    pairs = data.get("pairs")
    if not isinstance(pairs, list) or not 2 <= len(pairs) <= 8:
        raise BadSheet(where, "needs a list of 2 to 8 pairs")
    found = []
    for i, pair in enumerate(pairs):
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise BadSheet(f"{where}[{i}]", 'needs two texts, such as ["left", "right"]')
        found.append([text({"0": pair[0]}, "0", f"{where}[{i}]", 200), text({"1": pair[1]}, "1", f"{where}[{i}]", 200)])
    wrong = texts(data, "wrong", place, 0, 6)
    _differ([left for left, _right in found], where)
    _differ([*(right for _left, right in found), *wrong], where)
    return {"pairs": found, "wrong": wrong}


def _text(data: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {"guide": text(data, "guide", place, 1000)}


def _differ(offered: list[str], place: str) -> None:
    if len(set(offered)) < len(offered):
        raise BadSheet(place, "offers the same words twice")
