"""Learning records: xAPI statements that a store has checked already (xAPI 1.0.3, Part 2)."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from recognition.activities.sources.seen import LOGIN, MAIL, Doer, NotForUs, Seen, key_of

NAME = "xapi"
MEMBERS_MAX = 100
_ADL, _STREAMS, _TINCAN = (
    "http://adlnet.gov/expapi/verbs/",
    "http://activitystrea.ms/schema/1.0/",
    "http://id.tincanapi.com/verb/",
)
DEEDS = {
    f"{_ADL}completed": "Finished a course",
    f"{_ADL}passed": "Finished a course",
    f"{_ADL}mastered": "Finished a course",
    f"{_ADL}attended": "Attended an event",
    f"{_STREAMS}attend": "Attended an event",
    f"{_STREAMS}host": "Hosted an event",
    f"{_STREAMS}author": "Wrote something",
    f"{_STREAMS}create": "Made something",
    f"{_ADL}shared": "Shared something",
    f"{_STREAMS}share": "Shared something",
    f"{_TINCAN}mentored": "Mentoring",
    f"{_TINCAN}reviewed": "Reviewed something",
}
"""Verbs that tell of something done, and how we call it. The others (opened, answered, failed...) tell of a way there."""


def seen(statement: dict[str, Any], stored_at: datetime, login_issuer: str | None, gone: bool = False) -> list[Seen]:
    """A deed for each of those who did it: one agent, or the members of a group. `login_issuer`: accounts there are those
    that people sign in with. `gone`: the statement was voided at `stored_at`. Raises NotForUs."""
    label = DEEDS.get(statement["verb"]["id"])
    result = statement.get("result", {})
    if label is None or result.get("success") is False or result.get("completion") is False:
        raise NotForUs("This statement tells of no deed.")
    doers = _doers(statement["actor"], login_issuer)
    if not doers:
        raise NotForUs("Nobody whom we could know did this.")
    text, url = _about(statement["object"])
    when = datetime.fromisoformat(statement["timestamp"])
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return [
        Seen(doer, key_of(statement["id"], *named), when, stored_at, label, text, url, gone=gone)
        for doer, named in doers
    ]  # fmt: skip


def _doers(actor: dict[str, Any], login_issuer: str | None) -> list[tuple[Doer, tuple[str, ...]]]:
    """With what a key needs beside the statement's id, where several did it together."""
    if actor.get("objectType") != "Group":
        doer = _doer(actor, login_issuer)
        return [(doer, ())] if doer else []
    members = (_doer(one, login_issuer) for one in actor.get("member", ())[:MEMBERS_MAX])
    return [(doer, (doer.place, doer.name)) for doer in dict.fromkeys(members) if doer]


def _doer(agent: dict[str, Any], login_issuer: str | None) -> Doer | None:
    """None: known by a digest of an address only, or by an OpenID of the old sort."""
    if "mbox" in agent:
        return Doer(MAIL, agent["mbox"][len("mailto:") :])
    if "account" not in agent:
        return None
    home, name = agent["account"]["homePage"], agent["account"]["name"]
    if login_issuer is not None and home.rstrip("/") == login_issuer.rstrip("/"):
        return Doer(LOGIN, f"{login_issuer}|{name}")
    host = urlsplit(home).hostname
    return Doer(host.lower(), name) if host else None


def _about(thing: dict[str, Any]) -> tuple[str, str | None]:
    """In the words of the statement, and the address. A person whom it was done with is not named in the deed's text."""
    sort = thing.get("objectType", "Activity")
    if sort in ("Agent", "Group"):
        return "", None
    if sort != "Activity":
        raise NotForUs("This statement is about another statement.")
    names = thing.get("definition", {}).get("name", {})
    words = next((names[tag] for tag in sorted(names, key=lambda tag: (not tag.lower().startswith("en"), tag))), "")
    return words, thing["id"] if thing["id"].startswith(("http://", "https://")) else None
