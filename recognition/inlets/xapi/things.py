"""What a statement is about: activities with their definitions (xAPI 1.0.3, Part 2, section 2.4.4.1)."""

from typing import Any

from recognition.inlets.xapi.values import BadStatement, each, extensions, iri, irl, keyed, language_map, text

COMPONENTS = {
    "choice": ("choices",), "sequencing": ("choices",), "likert": ("scale",), "matching": ("source", "target"),
    "performance": ("steps",), "true-false": (), "fill-in": (), "long-fill-in": (), "numeric": (), "other": (),
}  # fmt: skip
"""Sorts of questions, and which lists of answers each may have."""
_LISTS = ("choices", "scale", "source", "target", "steps")
_DEFINITION = ("name", "description", "type", "moreInfo", "extensions", "interactionType", "correctResponsesPattern", *_LISTS)


def activity(value: Any, where: str) -> dict[str, Any]:
    found = keyed(value, where, ("objectType", "id", "definition"), ("id",))
    if found.get("objectType", "Activity") != "Activity":
        raise BadStatement(f"{where}.objectType", "must be Activity here")
    iri(found["id"], f"{where}.id")
    if "definition" in found:
        _definition(found["definition"], f"{where}.definition")
    return found


def _definition(value: Any, where: str) -> None:
    found = keyed(value, where, _DEFINITION)
    for name in ("name", "description"):
        if name in found:
            language_map(found[name], f"{where}.{name}")
    if "type" in found:
        iri(found["type"], f"{where}.type")
    if "moreInfo" in found:
        irl(found["moreInfo"], f"{where}.moreInfo")
    if "extensions" in found:
        extensions(found["extensions"], f"{where}.extensions")
    _interaction(found, where)


def _interaction(found: dict[str, Any], where: str) -> None:
    lists = [name for name in _LISTS if name in found]
    if "interactionType" not in found:
        if lists or "correctResponsesPattern" in found:
            raise BadStatement(where, "needs an interactionType beside its answers")
        return
    sort = found["interactionType"]
    if not isinstance(sort, str) or sort not in COMPONENTS:
        raise BadStatement(f"{where}.interactionType", f"must be one of {', '.join(COMPONENTS)}")
    if "correctResponsesPattern" in found:
        each(found["correctResponsesPattern"], f"{where}.correctResponsesPattern", text)
    for name in lists:
        if name not in COMPONENTS[sort]:
            raise BadStatement(f"{where}.{name}", f"does not belong to a question of the sort {sort}")
        ids = [part["id"] for part in each(found[name], f"{where}.{name}", _component)]
        if len(set(ids)) != len(ids):
            raise BadStatement(f"{where}.{name}", "has an id twice")


def _component(value: Any, where: str) -> dict[str, Any]:
    found = keyed(value, where, ("id", "description"), ("id",))
    if not text(found["id"], f"{where}.id"):
        raise BadStatement(f"{where}.id", "must not be empty")
    if "description" in found:
        language_map(found["description"], f"{where}.description")
    return found
