"""What is asked for in an address (xAPI 1.0.3, Part 3, section 2.1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from recognition.inlets.xapi import marks, values
from recognition.inlets.xapi.actors import actor, identity
from recognition.inlets.xapi.shapes import EXACT, FORMATS
from recognition.inlets.xapi.values import BadStatement

PAGE_MAX = 100
_FLAGS = ("attachments", "related_agents", "related_activities", "ascending")
_FILTERS = ("agent", "verb", "activity", "registration", "since", "until", "limit", "related_agents", "related_activities",
            "ascending")  # fmt: skip
KNOWN = {"statementId", "voidedStatementId", "format", "attachments", "cursor", *_FILTERS}


@dataclass(frozen=True)
class Asked:
    """`one`: the id of a single statement; `is_voided`: among those that were taken back. `marks`: all of them, on one
    statement. `limit` as few as asked for, and PAGE_MAX at most."""

    one: str | None = None
    is_voided: bool = False
    marks: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    limit: int = PAGE_MAX
    ascending: bool = False
    attachments: bool = False
    format: str = EXACT


def asked(given: Mapping[str, str]) -> Asked:
    """Raises BadStatement for anything that the specification does not know; names are told by small and capital letters."""
    for name in given:
        if name not in KNOWN:
            raise BadStatement(name[:60], "is no parameter that xAPI 1.0.3 knows here")
    flags = {name: _flag(given[name], name) for name in _FLAGS if name in given}
    shape = given.get("format", EXACT)
    if shape not in FORMATS:
        raise BadStatement("format", f"must be one of {', '.join(FORMATS)}")
    names = [name for name in ("statementId", "voidedStatementId") if name in given]
    if names:
        others = sorted(set(given) - {names[0], "format", "attachments"})
        if others:
            raise BadStatement(names[0], f"does not go together with {others[0]}")
        one = values.uuid(given[names[0]], names[0])
        return Asked(one, names[0] == "voidedStatementId", attachments=flags.get("attachments", False), format=shape)
    return Asked(
        marks=tuple(_marks(given, flags)),
        since=values.moment(given["since"], "since") if "since" in given else None,
        until=values.moment(given["until"], "until") if "until" in given else None,
        limit=_limit(given.get("limit", "0")),
        ascending=flags.get("ascending", False),
        attachments=flags.get("attachments", False),
        format=shape,
    )


def _marks(given: Mapping[str, str], flags: Mapping[str, bool]) -> list[str]:
    found = []
    if "agent" in given:
        who = identity(actor(values.parsed(given["agent"].encode("utf-8", "surrogatepass")), "agent"))
        if who is None:
            raise BadStatement("agent", "needs an identifier")
        found.append(marks.digest(marks.RELATED_AGENT if flags.get("related_agents") else marks.AGENT, who))
    if "verb" in given:
        found.append(marks.digest(marks.VERB, values.iri(given["verb"], "verb")))
    if "activity" in given:
        role = marks.RELATED_ACTIVITY if flags.get("related_activities") else marks.ACTIVITY
        found.append(marks.digest(role, values.iri(given["activity"], "activity")))
    if "registration" in given:
        found.append(marks.digest(marks.REGISTRATION, values.uuid(given["registration"], "registration")))
    return found


def _flag(value: str, name: str) -> bool:
    if value not in ("true", "false"):
        raise BadStatement(name, "must be true or false")
    return value == "true"


def _limit(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise BadStatement("limit", "must be a whole number; 0 means as many as there may be")
    return min(int(value) or PAGE_MAX, PAGE_MAX)
