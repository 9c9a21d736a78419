"""Single values of a sheet, checked. Every fault names its place in the file."""

import re
from collections.abc import Mapping
from typing import Any

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class BadSheet(ValueError):
    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}")


def only_keys(data: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    unknown = sorted(set(data) - set(known))
    if unknown:
        raise BadSheet(place_in(place, unknown[0]), "is not known here")


def text(data: Mapping[str, Any], name: str, place: str, limit: int, needed: bool = True) -> str:
    value = data.get(name, "")
    if not isinstance(value, str) or "\x00" in value:
        raise BadSheet(place_in(place, name), "needs to be text")
    if needed and not value.strip():
        raise BadSheet(place_in(place, name), "is missing")
    if len(value) > limit:
        raise BadSheet(place_in(place, name), f"has more than {limit} characters")
    return value.strip()


def texts(data: Mapping[str, Any], name: str, place: str, least: int, most: int) -> list[str]:
    values = data.get(name, [])
    if not isinstance(values, list) or not least <= len(values) <= most:
        raise BadSheet(place_in(place, name), f"needs a list of {least} to {most} texts")
    return [text({name: value}, name, place, 500) for value in values]


def slug(data: Mapping[str, Any], name: str, place: str) -> str:
    value = text(data, name, place, 64)
    if not SLUG.fullmatch(value):
        raise BadSheet(place_in(place, name), "needs small letters, digits and hyphens")
    return value


def one_of(data: Mapping[str, Any], name: str, allowed: tuple[str, ...], place: str) -> str:
    value = data.get(name)
    if value not in allowed:
        raise BadSheet(place_in(place, name), f"needs one of {', '.join(allowed)}")
    return str(value)


def number(data: Mapping[str, Any], name: str, place: str, least: int, most: int) -> int:
    value = data.get(name)
    if type(value) is not int or not least <= value <= most:
        raise BadSheet(place_in(place, name), f"needs a whole number from {least} to {most}")
    return value


def place_in(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
