"""By what a statement can be found (xAPI 1.0.3, Part 3, section 2.1.3)."""

import hashlib
from collections.abc import Iterator
from typing import Any

from recognition.inlets.xapi.actors import identities, identity, is_actor

DOER, AGENT, RELATED_AGENT, VERB, ACTIVITY, RELATED_ACTIVITY, REGISTRATION = "d", "a", "A", "v", "o", "O", "r"


def digest(role: str, value: str) -> str:
    return hashlib.blake2b(f"{role}\x1f{value}".encode(), digest_size=16).hexdigest()


def marks(statement: dict[str, Any]) -> list[str]:
    """Sorted, each once. What is found narrowly is found widely as well."""
    found: set[tuple[str, str]] = {(VERB, statement["verb"]["id"])}
    own = identity(statement["actor"])
    if own:
        found.add((DOER, own))
    near = set(_agents(statement["actor"], statement["object"]))
    found |= {(AGENT, who) for who in near} | {(RELATED_AGENT, who) for who in near | set(_agents_around(statement))}
    thing = statement["object"]
    if thing.get("objectType", "Activity") == "Activity":
        found |= {(ACTIVITY, thing["id"]), (RELATED_ACTIVITY, thing["id"])}
    found |= {(RELATED_ACTIVITY, one) for one in _activities_around(statement)}
    if "registration" in statement.get("context", {}):
        found.add((REGISTRATION, statement["context"]["registration"]))
    return sorted(digest(role, value) for role, value in found)


def _agents(*places: dict[str, Any] | None) -> Iterator[str]:
    for place in places:
        if place is not None and (is_actor(place) or "objectType" not in place):
            yield from identities(place)


def _agents_around(statement: dict[str, Any]) -> Iterator[str]:
    context = statement.get("context", {})
    yield from _agents(statement.get("authority"), context.get("instructor"), context.get("team"))
    inside = statement["object"]
    if inside.get("objectType") == "SubStatement":
        yield from _agents(inside["actor"], inside["object"])
        yield from _agents_around(inside)


def _activities_around(statement: dict[str, Any]) -> Iterator[str]:
    for listed in statement.get("context", {}).get("contextActivities", {}).values():
        yield from (one["id"] for one in listed)
    inside = statement["object"]
    if inside.get("objectType") == "SubStatement":
        if inside["object"].get("objectType", "Activity") == "Activity":
            yield inside["object"]["id"]
        yield from _activities_around(inside)
