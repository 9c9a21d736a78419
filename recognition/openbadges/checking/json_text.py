"""JSON that means one thing only. Two readers of a document with a key twice, with NaN or with half a pair of surrogates see
two documents, and one of them may be the signed one."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from recognition.openbadges.checking.report import Fault

MOST_CHARACTERS = 2 * 1024 * 1024
DEEPEST = 40
_MOST_DIGITS = 18
_STEPS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[]}]', re.DOTALL)
"""A text that does not end is taken to its end, so that nobody makes this look at the same signs again and again."""
_NO_CHARACTER = re.compile("[\x00\ud800-\udfff]")


def decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Fault("not_text") from fault


def parsed(text: str) -> Any:
    """Raises Fault, one code for each thing that is wrong with it."""
    if len(text) > MOST_CHARACTERS:
        raise Fault("too_large")
    _check_depth(text)
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_int=_whole, parse_float=_fraction, parse_constant=_no_number)
    except ValueError as fault:
        raise Fault("json_broken") from fault
    if any(_NO_CHARACTER.search(one) for one in _texts(value)):
        raise Fault("json_surrogate")
    return value


def parsed_object(text: str) -> dict[str, Any]:
    value = parsed(text)
    if not isinstance(value, dict):
        raise Fault("not_a_badge")
    return value


def _check_depth(text: str) -> None:
    depth = 0
    for step in _STEPS.finditer(text):
        sign = step[0][0]
        depth += (sign in "[{") - (sign in "]}")
        if depth > DEEPEST:
            raise Fault("json_deep")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise Fault("json_duplicate", next(name for name in names if names.count(name) > 1)[:100])
    return found


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise Fault("json_number", digits[:40])
    return int(digits)


def _fraction(digits: str) -> float:
    if not math.isfinite(float(digits)):
        raise Fault("json_number", digits[:40])
    return float(digits)


def _no_number(name: str) -> None:
    raise Fault("json_number", name)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
