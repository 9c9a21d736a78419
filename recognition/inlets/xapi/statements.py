"""A whole statement, checked strictly: what the specification does not know is refused (xAPI 1.0.3, Part 2, section 2)."""

import re
from typing import Any

from recognition.inlets.xapi import values
from recognition.inlets.xapi.actors import actor, group
from recognition.inlets.xapi.things import activity
from recognition.inlets.xapi.values import BadStatement, each, keyed

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_INSIDE = ("objectType", "actor", "verb", "object", "result", "context", "timestamp", "attachments")
_WHOLE = ("id", "stored", "authority", "version", *_INSIDE[1:])
_CONTEXT = ("registration", "instructor", "team", "contextActivities", "revision", "platform", "language", "statement",
            "extensions")  # fmt: skip
_AROUND = ("parent", "grouping", "category", "other")
_ATTACHMENT = ("usageType", "display", "description", "contentType", "length", "sha2", "fileUrl")
_VERSION = re.compile(r"1\.0(\.\d{1,4})?", re.ASCII)
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;.*)?", re.ASCII)
_SHA2 = re.compile(r"[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}")


def statement(value: Any, where: str = "") -> dict[str, Any]:
    """As it came, with its ids in small letters and single activities of its context as lists. Raises BadStatement."""
    found = dict(keyed(value, where, _WHOLE, ("actor", "verb", "object")))
    dot = f"{where}." if where else ""
    if "id" in found:
        found["id"] = values.uuid(found["id"], f"{dot}id")
    if "stored" in found:
        values.moment(found["stored"], f"{dot}stored")
    if "version" in found and not (isinstance(found["version"], str) and _VERSION.fullmatch(found["version"])):
        raise BadStatement(f"{dot}version", "must be 1.0 or 1.0.x")
    if "authority" in found:
        _authority(found["authority"], f"{dot}authority")
    return _said(found, dot, is_inside=False)


def is_voiding(found: dict[str, Any]) -> bool:
    return bool(found["verb"]["id"] == VOIDED)


def refers_to(found: dict[str, Any]) -> str | None:
    """The statement that this one is about."""
    return found["object"]["id"] if found["object"].get("objectType") == "StatementRef" else None


def _said(found: dict[str, Any], dot: str, is_inside: bool) -> dict[str, Any]:
    """What a statement and a statement inside another have in common."""
    actor(found["actor"], f"{dot}actor")
    verb = keyed(found["verb"], f"{dot}verb", ("id", "display"), ("id",))
    values.iri(verb["id"], f"{dot}verb.id")
    if "display" in verb:
        values.language_map(verb["display"], f"{dot}verb.display")
    found["object"] = _object(found["object"], f"{dot}object", is_inside)
    if verb["id"] == VOIDED and found["object"].get("objectType") != "StatementRef":
        raise BadStatement(f"{dot}object", "of a statement that voids must be a StatementRef")
    if "result" in found:
        _result(found["result"], f"{dot}result")
    if "context" in found:
        is_activity = found["object"].get("objectType", "Activity") == "Activity"
        found["context"] = _context(found["context"], f"{dot}context", is_activity)
    if "timestamp" in found:
        values.moment(found["timestamp"], f"{dot}timestamp")
    if "attachments" in found:
        each(found["attachments"], f"{dot}attachments", _attachment, most=50)
    return found


def _object(value: Any, where: str, is_inside: bool) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadStatement(where, "must be an object")
    sort = value.get("objectType", "Activity")
    if sort == "Activity":
        return activity(value, where)
    if sort in ("Agent", "Group"):
        return actor(value, where)
    if sort == "StatementRef":
        return _reference(value, where)
    if sort == "SubStatement" and not is_inside:
        return _said(dict(keyed(value, where, _INSIDE, ("actor", "verb", "object"))), f"{where}.", is_inside=True)
    wrong = "must not be a SubStatement again" if sort == "SubStatement" else "is none that xAPI 1.0.3 knows"
    raise BadStatement(f"{where}.objectType", wrong)


def _reference(value: Any, where: str) -> dict[str, Any]:
    found = dict(keyed(value, where, ("objectType", "id"), ("objectType", "id")))
    if found["objectType"] != "StatementRef":
        raise BadStatement(f"{where}.objectType", "must be StatementRef here")
    found["id"] = values.uuid(found["id"], f"{where}.id")
    return found


def _result(value: Any, where: str) -> None:
    found = keyed(value, where, ("score", "success", "completion", "response", "duration", "extensions"))
    reads = {"success": values.flag, "completion": values.flag, "response": values.text, "duration": values.duration,
             "extensions": values.extensions, "score": _score}  # fmt: skip
    for name, part in found.items():
        reads[name](part, f"{where}.{name}")


def _score(value: Any, where: str) -> None:
    found = keyed(value, where, ("scaled", "raw", "min", "max"))
    for name, part in found.items():
        values.number(part, f"{where}.{name}")
    if not -1 <= found.get("scaled", 0) <= 1:
        raise BadStatement(f"{where}.scaled", "must lie between -1 and 1")
    if "min" in found and "max" in found and found["min"] >= found["max"]:
        raise BadStatement(f"{where}.min", "must be less than max")
    raw = found.get("raw")
    if raw is not None and not found.get("min", raw) <= raw <= found.get("max", raw):
        raise BadStatement(f"{where}.raw", "must lie between min and max")


def _context(value: Any, where: str, is_about_activity: bool) -> dict[str, Any]:
    found = dict(keyed(value, where, _CONTEXT))
    if "registration" in found:
        found["registration"] = values.uuid(found["registration"], f"{where}.registration")
    reads = {"instructor": actor, "team": group, "revision": values.text, "platform": values.text,
             "language": values.language, "extensions": values.extensions}  # fmt: skip
    for name in reads.keys() & found.keys():
        reads[name](found[name], f"{where}.{name}")
    for name in ("revision", "platform"):
        if name in found and not is_about_activity:
            raise BadStatement(f"{where}.{name}", "belongs to statements about an activity only")
    if "statement" in found:
        found["statement"] = _reference(found["statement"], f"{where}.statement")
    if "contextActivities" in found:
        around = keyed(found["contextActivities"], f"{where}.contextActivities", _AROUND)
        found["contextActivities"] = {
            name: each(part if isinstance(part, list) else [part], f"{where}.contextActivities.{name}", activity)
            for name, part in around.items()
        }
    return found


def _authority(value: Any, where: str) -> None:
    """An agent, or a group of two: a program and who runs it. What is said here is replaced by whose token it is."""
    who = actor(value, where)
    if who.get("objectType") == "Group" and len(who.get("member", ())) != 2:
        raise BadStatement(where, "may be a group of two members only")


def _attachment(value: Any, where: str) -> None:
    found = keyed(value, where, _ATTACHMENT, ("usageType", "display", "contentType", "length", "sha2"))
    values.iri(found["usageType"], f"{where}.usageType")
    for name in ("display", "description"):
        if name in found:
            values.language_map(found[name], f"{where}.{name}")
    if not isinstance(found["contentType"], str) or not _MEDIA_TYPE.fullmatch(found["contentType"]):
        raise BadStatement(f"{where}.contentType", "must be a media type, such as text/plain")
    values.whole_number(found["length"], f"{where}.length")
    if not isinstance(found["sha2"], str) or not _SHA2.fullmatch(found["sha2"]):
        raise BadStatement(f"{where}.sha2", "must be a SHA-2 sum in hexadecimal digits")
    if "fileUrl" not in found:
        raise BadStatement(where, "needs a fileUrl: files themselves are not kept here")
    values.irl(found["fileUrl"], f"{where}.fileUrl")
