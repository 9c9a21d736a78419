"""How a statement is given out: as it is, by its names alone, or in the reader's language (xAPI 1.0.3, Part 3, 2.1.3)."""

from collections.abc import Callable, Sequence
from typing import Any

from recognition.inlets.xapi.actors import IDENTIFIERS, is_actor

EXACT, IDS, CANONICAL = FORMATS = ("exact", "ids", "canonical")
_MAPS = ("name", "description")


def shaped(body: dict[str, Any], wanted: str, languages: Sequence[str]) -> dict[str, Any]:
    """`languages`: what the reader understands, the best first."""
    if wanted == IDS:
        return _names(body)
    return _in_language(body, languages) if wanted == CANONICAL else body


def _names(body: dict[str, Any]) -> dict[str, Any]:
    found = {**body, "actor": _actor(body["actor"]), "verb": {"id": body["verb"]["id"]}, "object": _thing(body["object"])}
    if "authority" in body:
        found["authority"] = _actor(body["authority"])
    if "context" in body:
        found["context"] = _around(body["context"], _thing, _actor)
    return found


def _actor(who: dict[str, Any]) -> dict[str, Any]:
    """A group without a name is told by its members."""
    kept = {name: who[name] for name in ("objectType", *IDENTIFIERS) if name in who}
    if "member" in who and not any(name in who for name in IDENTIFIERS):
        kept["member"] = [_actor(one) for one in who["member"]]
    return kept


def _thing(thing: dict[str, Any]) -> dict[str, Any]:
    if thing.get("objectType") == "SubStatement":
        return _names(thing)
    if is_actor(thing):
        return _actor(thing)
    return {name: thing[name] for name in ("objectType", "id") if name in thing}


def _in_language(body: dict[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    def thing(one: dict[str, Any]) -> dict[str, Any]:
        if one.get("objectType") == "SubStatement":
            return _in_language(one, languages)
        return {**one, "definition": _defined(one["definition"], languages)} if "definition" in one else one

    verb = body["verb"]
    if "display" in verb:
        verb = {**verb, "display": _chosen(verb["display"], languages)}
    found = {**body, "verb": verb, "object": thing(body["object"])}
    if "context" in body:
        found["context"] = _around(body["context"], thing, dict)
    return found


def _defined(definition: dict[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    return definition | {name: _chosen(definition[name], languages) for name in _MAPS if name in definition}


def _chosen(texts: dict[str, str], languages: Sequence[str]) -> dict[str, str]:
    """One of them: the reader's, or one in a variety of the reader's language, or English, or the first by tag."""
    for wanted in (*languages, "en"):
        for tag in sorted(texts, key=lambda tag: (tag.lower() != wanted.lower(), tag)):
            if tag.lower() == wanted.lower() or tag.lower().partition("-")[0] == wanted.lower().partition("-")[0]:
                return {tag: texts[tag]}
    return dict(sorted(texts.items())[:1])


def _around(
    context: dict[str, Any], thing: Callable[[dict[str, Any]], dict[str, Any]], who: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    found = context | {name: who(context[name]) for name in ("instructor", "team") if name in context}
    if "contextActivities" in context:
        listed = context["contextActivities"]
        found["contextActivities"] = {name: [thing(one) for one in part] for name, part in listed.items()}
    return found
