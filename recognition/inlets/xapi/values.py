"""The plain values of xAPI statements: identifiers, moments, durations, languages (xAPI 1.0.3, Part 2, sections 2.2 and 4)."""

import json
import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from recognition.text import is_showable

TEXT_MAX_CHARS = 20_000
IRI_MAX_CHARS = 2_000
DEPTH_MAX = 20

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)([.,]\d{1,12})?(Z|[+-]\d\d(?::?\d\d)?)?", re.ASCII)
_ZONE_OF_NOWHERE = re.compile(r"-00(:?00)?$")
_NUMBER = r"(\d{1,12}(?:[.,]\d{1,12})?)"
_DURATION = re.compile(
    rf"P(?!$)(?:{_NUMBER}W|(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?(?:T(?!$)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)",
    re.ASCII,
)
_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
    r"(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?|x(?:-[a-z0-9]{1,8})+|i-[a-z]{3,8}",
    re.ASCII | re.IGNORECASE,
)


class BadStatement(ValueError):
    """`where` is the way to the value ("object.definition.name"), `reason` a sentence for whoever wrote the program."""

    def __init__(self, where: str, reason: str) -> None:
        self.where, self.reason = where, reason
        super().__init__(f"{where}: {reason}" if where else reason)


def parsed(body: bytes) -> Any:
    """Raises BadStatement for what is no JSON, names a key twice, is nested too deep or holds what no database keeps."""
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
        _check(found, 0)
    except BadStatement:
        raise
    except (ValueError, RecursionError):
        raise BadStatement("", "This is not JSON in UTF-8.") from None
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadStatement("", "A key stands twice in one object.")
    return found


def _no_constant(name: str) -> Any:
    raise BadStatement("", f"{name} is not a number in JSON.")


def _check(value: Any, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise BadStatement("", f"Nested deeper than {DEPTH_MAX}.")
    if isinstance(value, str) and ("\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
        raise BadStatement("", "Text must not hold NUL or half a surrogate pair.")
    if isinstance(value, float) and not math.isfinite(value):
        raise BadStatement("", "A number is too large.")
    for part in value if isinstance(value, dict | list) else ():
        _check(part, depth + 1)
    for part in value.values() if isinstance(value, dict) else ():
        _check(part, depth + 1)


def keyed(value: Any, where: str, allowed: Iterable[str], required: Iterable[str] = ()) -> dict[str, Any]:
    """An object with these keys only. Keys are as the specification writes them: "Actor" is not "actor"."""
    if not isinstance(value, dict):
        raise BadStatement(where, "must be an object")
    known = set(allowed)
    for name, part in value.items():
        if name not in known:
            raise BadStatement(_in(where, name[:60]), "is no property that xAPI 1.0.3 knows here")
        if part is None:
            raise BadStatement(_in(where, name), "must not be null; leave it out")
    for name in required:
        if name not in value:
            raise BadStatement(where, f"needs the property {name}")
    return value


def each(value: Any, where: str, read: Callable[[Any, str], Any], most: int = 1000) -> list[Any]:
    if not isinstance(value, list):
        raise BadStatement(where, "must be a list")
    if len(value) > most:
        raise BadStatement(where, f"has more than {most:,} items")
    return [read(part, f"{where}[{number}]") for number, part in enumerate(value)]


def text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise BadStatement(where, "must be text")
    if len(value) > TEXT_MAX_CHARS:
        raise BadStatement(where, f"is longer than {TEXT_MAX_CHARS:,} characters")
    return value


def iri(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > IRI_MAX_CHARS or not _IRI.fullmatch(value) or not is_showable(value):
        raise BadStatement(where, "must be an absolute IRI, such as http://adlnet.gov/expapi/verbs/completed")
    return value


def irl(value: Any, where: str) -> str:
    """An IRI that leads somewhere."""
    try:
        has_place = bool(urlsplit(iri(value, where)).netloc)
    except ValueError as fault:
        raise fault if isinstance(fault, BadStatement) else BadStatement(where, "must be an address") from None
    if not has_place:
        raise BadStatement(where, "must be an address, such as https://example.org/course")
    return str(value)


def uuid(value: Any, where: str) -> str:
    if not isinstance(value, str) or not _UUID.fullmatch(value.lower()):
        raise BadStatement(where, "must be a UUID, such as 6690e6c9-3ef0-4ed3-8b37-7f3964730bee")
    return value.lower()


def moment(value: Any, where: str) -> datetime:
    """In UTC, also where no zone is named. Parts of a second that Python cannot hold are cut off."""
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    try:
        if found is None or _ZONE_OF_NOWHERE.search(value[11:]):
            raise ValueError
        fraction = ("." + found[2][1:7]) if found[2] else ""
        when = datetime.fromisoformat(found[1] + fraction + (found[3] or "Z"))
        return when.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadStatement(where, "must be a moment, such as 2026-11-21T18:00:00Z") from None


def moment_text(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def duration(value: Any, where: str) -> str:
    """ISO 8601, as in "PT1H30M". Only the smallest part may have a fraction."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    parts = [part for part in found.groups() if part] if found else []
    if not parts or any("." in part or "," in part for part in parts[:-1]):
        raise BadStatement(where, "must be a duration, such as PT1H30M")
    return str(value)


def duration_parts(value: str) -> tuple[str, ...]:
    """For comparing two of them: seconds to the hundredth, as section 4.1 of the specification says."""
    found = _DURATION.fullmatch(value)
    parts = [part or "" for part in found.groups()] if found else []
    whole, dot, fraction = (parts[-1] if parts else "").replace(",", ".").partition(".")
    return (*parts[:-1], whole + dot + fraction[:2].ljust(2, "0") if dot else whole + ".00" if whole else "")


def language(value: Any, where: str) -> str:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise BadStatement(where, "must be a language tag of RFC 5646, such as en or pt-BR")
    return value


def language_map(value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise BadStatement(where, "must be an object of texts by language tag")
    for tag, words in value.items():
        text(words, _in(where, language(tag, where)))
    return value


def extensions(value: Any, where: str) -> dict[str, Any]:
    """Anything under names that are IRIs, null included."""
    if not isinstance(value, dict):
        raise BadStatement(where, "must be an object")
    for name in value:
        iri(name, f"{where}.{name[:60]}")
    return value


def number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadStatement(where, "must be a number")
    return value


def whole_number(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadStatement(where, "must be a whole number")
    return value


def flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise BadStatement(where, "must be true or false")
    return value


def _in(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
