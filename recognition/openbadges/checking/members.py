"""Reading members of a stranger's JSON object: whatever is not of the kind asked for is not there."""

from collections.abc import Iterator, Mapping
from typing import Any

from recognition.text import shown_only

MOST_TEXT = 4000
MOST_DETAIL = 300


def text(holder: Any, name: str) -> str:
    """A string member as it is, or an empty one."""
    value = holder.get(name) if isinstance(holder, Mapping) else None
    return value if isinstance(value, str) else ""


def held(holder: Any, name: str) -> dict[str, Any]:
    """An object member, or {}."""
    value = holder.get(name) if isinstance(holder, Mapping) else None
    return value if isinstance(value, dict) else {}


def several(holder: Any, name: str) -> list[Any]:
    """A member that may be one or a list of them."""
    value = holder.get(name) if isinstance(holder, Mapping) else None
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def objects(holder: Any, name: str) -> Iterator[dict[str, Any]]:
    yield from (one for one in several(holder, name) if isinstance(one, dict))


def texts(holder: Any, name: str) -> list[str]:
    return [one for one in several(holder, name) if isinstance(one, str)]


def identifier(holder: Any, name: str) -> str:
    """Of a member that is either an identifier or an object with one."""
    value = holder.get(name) if isinstance(holder, Mapping) else None
    return value if isinstance(value, str) else text(value, "id")


def is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def detail(value: object) -> str:
    """For a finding: one line, cut."""
    return " ".join(shown_only(str(value)[: MOST_DETAIL * 4]).split())[:MOST_DETAIL]


def shown(value: object, most: int = MOST_TEXT) -> str:
    """For a page: without controls and signs that turn the reading around unseen, and cut."""
    if not isinstance(value, str):
        return ""
    kept = shown_only(value[: most * 2]).strip()
    return kept if len(kept) <= most else kept[: most - 1] + "…"


def link(value: object) -> str:
    """For a page: http or https, or empty."""
    return value if isinstance(value, str) and is_web(value) and len(value) <= 2048 and value.isprintable() else ""
