"""One row of a file into the fields of a report; what we do not know is kept as given."""

import json
import re
from collections.abc import Mapping
from typing import Any

from recognition.activities.forms import FIELDS
from recognition.activities.rules import BadReport

ALIASES = ("occurred_on", "initiative", "event", "passive")
MAPPABLE = (*FIELDS, *ALIASES)
_MAPPABLE = frozenset(MAPPABLE)
DATA_MAX_CHARS = 20_000
_YES = {True, "true", "True", "TRUE", "1", "yes"}
_BETWEEN_TAGS = re.compile(r"[;,\s]+")


def split(
    row: Mapping[str, Any], columns: Mapping[str, str], defaults: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(fields of a report, everything else). `columns` names the column of a field where it differs; `defaults` fills
    fields that are empty. Raises BadReport."""
    rest = dict(row)
    given = {name: rest.pop(column, None) for name, column in columns.items()}
    for name in _MAPPABLE.intersection(rest).difference(given):
        given[name] = rest.pop(name)
    _use_aliases(given, rest)
    for name, value in defaults.items():
        if not given.get(name):
            given[name] = value
    if isinstance(given.get("tags"), str):
        given["tags"] = [tag for tag in _BETWEEN_TAGS.split(given["tags"]) if tag]
    _check_data(rest)
    return given, rest


def _use_aliases(given: dict[str, Any], rest: dict[str, Any]) -> None:
    day, initiative = given.pop("occurred_on", None), given.pop("initiative", None)
    event, passive = given.pop("event", None), given.pop("passive", None)
    if day and not given.get("occurred_at"):
        given["occurred_at"] = day
    if initiative:
        # The slug forgets capitals and spaces, so the words stay beside it.
        rest["initiative"] = initiative
        given["campaign"] = given.get("campaign") or initiative
    if event and not given.get("object"):
        given["object"] = f"event:{event}"
    if isinstance(passive, bool | int | str) and passive in _YES and not given.get("evidence"):
        given["evidence"] = "passive"


def _is_plain(value: Any) -> bool:
    """Surely harmless, without a closer look."""
    if isinstance(value, str):
        return len(value) <= 200 and value.isprintable()
    return value is None or isinstance(value, bool)


def _check_data(rest: dict[str, Any]) -> None:
    if len(rest) <= 50 and all(map(_is_plain, rest.values())):
        return
    try:
        text = json.dumps(rest, ensure_ascii=False, allow_nan=False)
        text.encode()
    except UnicodeEncodeError:
        raise BadReport("line", "holds characters that are not UTF-8 text") from None
    except (ValueError, RecursionError):
        raise BadReport("line", "holds a number or a nesting that cannot be kept") from None
    if len(text) > DATA_MAX_CHARS:
        raise BadReport("line", f"has more than {DATA_MAX_CHARS:,} characters in fields that we do not know")
    if "\\u0000" in text:
        raise BadReport("line", "holds control characters that cannot be shown")
