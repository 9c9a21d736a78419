"""Reading what a stranger's program wrote as JSON: what is not as its makers document it is Malformed, never a surprise."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any, NoReturn  # Any: whatever JSON can hold

import nh3

from recognition.activities.sources.seen import Malformed

ID_MAX = 2**63
PLAIN_FROM_CHARS = 20_000
_LEFT_OUT = {"script", "style", "aside", "blockquote"}


def parsed(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Malformed("The body is not JSON.") from None
    if not isinstance(found, dict):
        _wrong("the body", "an object")
    return found


def part(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = given.get(name)
    if not isinstance(found, dict):
        _wrong(name, "an object")
    return found


def parts(given: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = given.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        _wrong(name, "a list of objects")
    return found


def text(given: Mapping[str, Any], name: str) -> str:
    """Empty where there is none. Halves of surrogate pairs, which JSON can hold and nothing else, are dropped."""
    found = given.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        _wrong(name, "text")
    return found.encode("utf-8", "ignore").decode()


def name_in(given: Mapping[str, Any], name: str) -> str:
    found = text(given, name).strip()
    if not 0 < len(found) <= 200:
        _wrong(name, "a name")
    return found


def number(given: Mapping[str, Any], name: str) -> int:
    found = given.get(name)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 < found < ID_MAX:
        _wrong(name, "a number")
    return found


def moment(given: Mapping[str, Any], name: str) -> datetime:
    found = optional_moment(given, name)
    if found is None:
        _wrong(name, "a moment")
    return found


def optional_moment(given: Mapping[str, Any], name: str) -> datetime | None:
    """None where there is none. Raises Malformed for what is no moment with a time zone."""
    found = given.get(name)
    if found is None:
        return None
    try:
        value = datetime.fromisoformat(found)
        in_utc = value.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        _wrong(name, "a moment")
    if value.tzinfo is None:
        _wrong(name, "a moment")
    return in_utc


def plain(html: str) -> str:
    """The words of a piece of HTML on one line, without what is not its writer's own: quotes and previews of links."""
    words = nh3.clean(html[:PLAIN_FROM_CHARS], tags=set(), attributes={}, clean_content_tags=_LEFT_OUT)
    return " ".join(unescape(words).split())


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _wrong(name: str, what: str) -> NoReturn:
    raise Malformed(f"“{name}” is not {what}, as the documentation of this source says it is.")
