"""What a change was: the fields that differ, as they were and as they became, ready for the audit."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

TEXT_MAX_CHARS = 300
SHARED_CHARS = 40
"""Of what two long texts begin with alike, so much is kept before they part."""
NEVER = frozenset({"secret", "sealed", "token", "password"})
"""Names of fields that are not told, whatever they hold."""


def between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the fields that differ, their values as JSON holds them; two empty dicts where nothing changed. A field that one side
    lacks is None there. Of a long text only the place is kept where the two part, so that the change can be seen in it."""
    was: dict[str, Any] = {}
    became: dict[str, Any] = {}
    for name in sorted({*before, *after} - NEVER):
        old, new = _plain(before.get(name)), _plain(after.get(name))
        if old != new:
            was[name], became[name] = _cut(old, new), _cut(new, old)
    return was, became


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items() if name not in NEVER}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    return value


def _cut(value: Any, other: Any) -> Any:
    """Rules and lists stay whole: they are read as one."""
    if not isinstance(value, str) or len(value) <= TEXT_MAX_CHARS:
        return value
    begin = max(0, _alike(value, other) - SHARED_CHARS) if isinstance(other, str) else 0
    piece = value[begin : begin + TEXT_MAX_CHARS]
    return ("…" if begin else "") + piece + ("…" if begin + TEXT_MAX_CHARS < len(value) else "")


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
