"""Whether two statements under one id say the same (xAPI 1.0.3, Part 2, section 2.3.1)."""

import json
from typing import Any

from recognition.inlets.xapi import values
from recognition.inlets.xapi.actors import identity, is_actor

_OURS = ("id", "stored", "authority", "version")


def is_same(stored: dict[str, Any], given: dict[str, Any]) -> bool:
    """What the store added, how things are called and the order of a group's members do not count."""
    skip = _OURS if "timestamp" in given else (*_OURS, "timestamp")
    one, other = ({name: part for name, part in whole.items() if name not in skip} for whole in (stored, given))
    return bool(_plain(one) == _plain(other))


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    plain = {**said, "actor": _actor(said["actor"]), "verb": said["verb"]["id"], "object": _object(said["object"])}
    if "timestamp" in said:
        plain["timestamp"] = values.moment(said["timestamp"], "timestamp")
    if "duration" in said.get("result", {}):
        plain["result"] = {**said["result"], "duration": values.duration_parts(said["result"]["duration"])}
    if "context" in said:
        plain["context"] = _context(said["context"])
    plain.pop("objectType", None)
    return plain


def _object(thing: dict[str, Any]) -> Any:
    sort = thing.get("objectType", "Activity")
    if sort == "Activity":
        return thing["id"]
    if sort == "SubStatement":
        return _plain(thing)
    return _actor(thing) if is_actor(thing) else thing


def _actor(who: dict[str, Any]) -> Any:
    """A group that has a name is the same with other members."""
    members = [] if identity(who) else sorted(json.dumps(_actor(one)) for one in who.get("member", ()))
    return (who.get("objectType", "Agent"), identity(who), members)


def _context(context: dict[str, Any]) -> dict[str, Any]:
    plain = dict(context)
    for name in {"instructor", "team"} & context.keys():
        plain[name] = _actor(context[name])
    if "contextActivities" in context:
        plain["contextActivities"] = {
            name: sorted(one["id"] for one in listed) for name, listed in context["contextActivities"].items()
        }
    return plain
