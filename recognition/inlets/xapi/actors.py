"""Agents and groups, and the one name by which each is known (xAPI 1.0.3, Part 2, section 2.4.2)."""

import re
from typing import Any

from recognition.inlets.xapi.values import BadStatement, each, iri, irl, keyed, text

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_MBOX = re.compile(r"mailto:[^\s@<>\"]{1,64}@[^\s@<>\"]{1,255}", re.IGNORECASE)
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")


def actor(value: Any, where: str) -> dict[str, Any]:
    return group(value, where) if isinstance(value, dict) and value.get("objectType") == "Group" else agent(value, where)


def agent(value: Any, where: str) -> dict[str, Any]:
    found = keyed(value, where, ("objectType", "name", *IDENTIFIERS))
    if found.get("objectType", "Agent") != "Agent":
        raise BadStatement(f"{where}.objectType", "must be Agent here")
    _one_identifier(found, where, needed=True)
    return found


def group(value: Any, where: str) -> dict[str, Any]:
    """One without an identifier is known by its members alone."""
    found = keyed(value, where, ("objectType", "name", "member", *IDENTIFIERS), ("objectType",))
    if found["objectType"] != "Group":
        raise BadStatement(f"{where}.objectType", "must be Group here")
    known = _one_identifier(found, where, needed=False)
    members = each(found["member"], f"{where}.member", agent) if "member" in found else []
    if not known and not members:
        raise BadStatement(where, "needs an identifier or members")
    return found


def _one_identifier(found: dict[str, Any], where: str, needed: bool) -> bool:
    if "name" in found:
        text(found["name"], f"{where}.name")
    given = [name for name in IDENTIFIERS if name in found]
    if len(given) > 1 or (needed and not given):
        raise BadStatement(where, f"needs exactly one of {', '.join(IDENTIFIERS)}")
    for name in given:
        _identifier(name, found[name], f"{where}.{name}")
    return bool(given)


def _identifier(name: str, value: Any, where: str) -> None:
    if name == "account":
        keyed(value, where, ("homePage", "name"), ("homePage", "name"))
        irl(value["homePage"], f"{where}.homePage")
        if not text(value["name"], f"{where}.name"):
            raise BadStatement(f"{where}.name", "must not be empty")
    elif name == "openid":
        iri(value, where)
    elif name == "mbox" and not (isinstance(value, str) and _MBOX.fullmatch(value)):
        raise BadStatement(where, "must be an address such as mailto:ada@example.org")
    elif name == "mbox_sha1sum" and not (isinstance(value, str) and _SHA1.fullmatch(value)):
        raise BadStatement(where, "must be a SHA-1 sum of 40 hexadecimal digits")


def identity(who: dict[str, Any]) -> str | None:
    """Equal for the same agent or identified group, whatever else is said of them. None for a group without a name."""
    if "mbox" in who:
        box, _at, host = who["mbox"][len("mailto:") :].rpartition("@")
        return f"mbox {box}@{host.lower()}"
    if "mbox_sha1sum" in who:
        return f"mbox_sha1sum {who['mbox_sha1sum'].lower()}"
    if "openid" in who:
        return f"openid {who['openid']}"
    if "account" in who:
        return f"account {who['account']['homePage']} {who['account']['name']}"
    return None


def identities(who: dict[str, Any]) -> list[str]:
    """Theirs, and those of a group's members."""
    found = [identity(who), *(identity(one) for one in who.get("member", ()))]
    return [one for one in found if one is not None]


def is_actor(value: dict[str, Any]) -> bool:
    return value.get("objectType") in ("Agent", "Group")
