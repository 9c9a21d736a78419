"""Writes TOML 1.0, which the standard library only reads. Strict: what TOML cannot hold is refused with its place."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

WIDTH = 110
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_UNSAFE = re.compile('[\x00-\x08\x0b-\x1f\x7f"\\\\\t\n]')
_NAMED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


class Inline(dict[str, Any]):
    """A table that is written on one line: `{ finished = "vision" }`."""


def inlined(table: Mapping[str, Any]) -> dict[str, Any]:
    """The table keeps its header, every table inside it stands on one line: the shape of criteria in files."""
    return {key: _inline_deep(value) for key, value in table.items()}


def dumps(data: Mapping[str, Any]) -> str:
    """Plain values come before tables, as TOML asks; otherwise the order is kept. None and its like: TypeError."""
    lines: list[str] = []
    _write_table(lines, data, ())
    return "\n".join(lines).strip("\n") + "\n"


def _inline_deep(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Inline({key: _inline_deep(item) for key, item in value.items()})
    return [_inline_deep(item) for item in value] if isinstance(value, list | tuple) else value


def _write_table(lines: list[str], table: Mapping[str, Any], path: tuple[str, ...]) -> None:
    for key, value in table.items():
        if not _has_header(value):
            lines.append(_assignment(key, value, (*path, key)))
    for key, value in table.items():
        inner = (*path, key)
        if isinstance(value, Mapping) and _has_header(value):
            lines += ["", f"[{_dotted(inner)}]"]
            _write_table(lines, value, inner)
        elif _has_header(value):
            for item in value:
                lines += ["", f"[[{_dotted(inner)}]]"]
                _write_table(lines, item, inner)


def _has_header(value: Any) -> bool:
    """A table, or a list of nothing but tables, unless it is marked to stay on one line."""
    if isinstance(value, Mapping):
        return not isinstance(value, Inline)
    return isinstance(value, list | tuple) and bool(value) and all(
        isinstance(item, Mapping) and not isinstance(item, Inline) for item in value
    )  # fmt: skip


def _assignment(key: str, value: Any, path: tuple[str, ...]) -> str:
    if isinstance(value, str) and "\n" in value:
        return f"{_key(key, path)} = {_paragraph(value, path)}"
    line = f"{_key(key, path)} = {_value(value, path)}"
    if isinstance(value, list | tuple) and len(line) > WIDTH:
        items = "".join(f"  {_value(item, path)},\n" for item in value)
        return f"{_key(key, path)} = [\n{items}]"
    return line


def _value(value: Any, path: tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + _escaped(value, path) + '"'
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date | time) and not (isinstance(value, time) and value.tzinfo):
        return value.isoformat()
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(k, path)} = {_value(v, (*path, str(k)))}" for k, v in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item, path) for item in value) + "]"
    raise TypeError(f"{'.'.join(path)}: TOML has no word for {type(value).__name__}")


def _paragraph(text: str, path: tuple[str, ...]) -> str:
    """Line breaks stay visible. Quotes are escaped where three could meet."""
    parts = re.split(r'(\n|"(?!"|$))', text)
    safe = "".join(part if i % 2 else _escaped(part, path) for i, part in enumerate(parts))
    return '"""\n' + safe + '"""'


def _escaped(text: str, path: tuple[str, ...]) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise TypeError(f"{'.'.join(path)}: holds half a character") from None
    return _UNSAFE.sub(lambda found: _NAMED.get(found[0]) or f"\\u{ord(found[0]):04x}", text)


def _dotted(path: Iterable[str]) -> str:
    names = tuple(path)
    return ".".join(_key(name, names) for name in names)


def _key(name: Any, path: tuple[str, ...]) -> str:
    if not isinstance(name, str):
        raise TypeError(f"{'.'.join(map(str, path))}: a key must be text, not {type(name).__name__}")
    return name if _BARE.fullmatch(name) else '"' + _escaped(name, path) + '"'
