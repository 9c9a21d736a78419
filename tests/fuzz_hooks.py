"""Loaded by schemathesis: what exists takes the place of made-up names in part of the good requests, and each comes from an
address of its own."""

import itertools
import json
import os
from typing import Any

import schemathesis

KNOWN: dict[str, list[str]] = json.loads(os.environ["FUZZ_KNOWN"])
_turns = itertools.count()


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    turn = next(_turns)
    if not _lacks_something(case):
        case.headers["X-Forwarded-For"] = f"10.{turn >> 16 & 255}.{turn >> 8 & 255}.{turn & 255}"
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    _exists(case, turn)
    if isinstance(case.body, dict | list) and turn % 3:
        for number, item in enumerate(case.body if isinstance(case.body, list) else [case.body]):
            if isinstance(item, dict) and "occurred_at" in item:
                _could_be_told(item, turn + number)


def _lacks_something(case: Any) -> bool:
    """A request without its token: touching its headers would give it one again."""
    data = getattr(getattr(case.meta, "phase", None), "data", None)
    return getattr(data, "parameter", None) is not None and "missing" in str(getattr(data, "scenario", "")).lower()


def _exists(case: Any, turn: int) -> None:
    names = KNOWN.get(case.path.partition("{")[0], [])
    if "{" in case.path and names and turn % 4:
        case.path_parameters = {name: names[turn % len(names)] for name in case.path_parameters}
    if case.query and "cursor" in case.query and turn % 4:
        cursors = KNOWN.get(case.path, [])
        case.query = {name: value for name, value in case.query.items() if name != "cursor"}
        case.query |= {"cursor": cursors[0]} if cursors else {}


def _could_be_told(item: dict[str, Any], turn: int) -> None:
    """The day is one that was, and who and which group are there."""
    item["occurred_at"] = f"2026-0{turn % 9 + 1}-11"
    for name in ("text", "kind", "campaign", "object"):
        if item.get(name):
            item[name] = _printable(item[name])
    if item.get("tags"):
        item["tags"] = [_printable(tag)[:60] for tag in item["tags"][:5]]
    for name in ("member", "group", "url", "source", "source_key"):
        if item.get(name):
            item[name] = {"member": "amina", "source": "fuzz", "source_key": str(turn)}.get(name)


def _printable(words: str) -> str:
    return "".join(sign for sign in words if sign.isprintable())
