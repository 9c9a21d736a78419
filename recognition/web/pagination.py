"""Pages of a list by key, never by offset, so that page 10,000 costs what the first costs."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from werkzeug.exceptions import BadRequest

PAGE_SIZE = 24
CURSOR_MAX_CHARS = 2000
"""A name of 120 characters fits, also in a script that takes twelve signs for each."""
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """`next_cursor` None: this is the last page."""

    items: Sequence[T]
    next_cursor: str | None


def encode(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


def decode(cursor: str | None, types: tuple[type, ...]) -> list[Any] | None:
    """The last row's sort values. Raises BadRequest for anything that this program did not write."""
    if not cursor:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor[:CURSOR_MAX_CHARS] + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise BadRequest("That page does not exist.") from None
    if not isinstance(values, list) or [type(v) for v in values] != list(types) or not all(map(_storable, values)):
        raise BadRequest("That page does not exist.")
    return values


_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def as_number(moment: datetime) -> int:
    return (moment - _ZERO) // _MICROSECOND


def as_moment(number: int) -> datetime:
    """Raises BadRequest for a number that is no moment."""
    try:
        return _ZERO + number * _MICROSECOND
    except OverflowError:
        raise BadRequest("That page does not exist.") from None


def _storable(value: Any) -> bool:
    """Both databases refuse with an error of their own what no column of theirs can hold."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    return not isinstance(value, int) or -(2**63) <= value < 2**63


def page(rows: Sequence[T], size: int, key: Callable[[T], Sequence[Any]]) -> Page[T]:
    """`rows` were asked for with a limit of `size` + 1: the extra one says whether there is more."""
    items = rows[:size]
    return Page(items, encode(key(items[-1])) if len(rows) > size else None)
