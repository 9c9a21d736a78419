"""What an edit of an objective changed: for the audit as data, and for everybody in words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from recognition.identity.rules import ProfileView
from recognition.objectives.models import Objective
from recognition.objectives.rules import PERCENT
from recognition.text import apart
from recognition.web.templating import day

Told = dict[str, Any]
PLAIN = ("title", "why", "starts_on", "ends_on", "quiet_days", "covered_by")
ROWS = ("results", "milestones")
CELLS = ("target", "unit", "value", "source", "due_on", "owner", "closes", "help", "done")
SHOWN_MAX_CHARS = 400


@dataclass(frozen=True)
class Edit:
    """One thing in words; `before` is empty where it is new, `after` where it was taken out."""

    name: str
    before: str
    after: str


def told(one: Objective) -> Told:
    """All that a person can change. People by their id, rows with theirs."""
    found: Told = {name: str(getattr(one, name)) for name in PLAIN} | {"owner": one.owner_id}
    found["results"] = [
        {"id": row.id, "title": row.title, "target": row.target, "unit": row.unit, "source": row.source,
         "value": None if row.source else row.value}
        for row in one.results
    ]  # fmt: skip
    found["milestones"] = [
        {"id": row.id, "title": row.title, "due_on": str(row.due_on or ""), "owner": row.owner_id, "closes": row.closes,
         "help": row.wants_help, "done": row.done_at is not None}
        for row in one.milestones
    ]  # fmt: skip
    return found


def differing(before: Told, after: Told) -> tuple[Told, Told]:
    """What is not the same on both sides, and nothing else; of a row its title too, so that it can be told which one it is."""
    plain = [name for name in after if name not in ROWS and before[name] != after[name]]
    old, new = ({name: side[name] for name in plain} for side in (before, after))
    for name in ROWS:
        were, are = ({row["id"]: row for row in side[name]} for side in (before, after))
        if were != are:
            old[name], new[name] = _rows(were, are), _rows(are, were)
    return old, new


def _rows(these: Mapping[int, Told], others: Mapping[int, Told]) -> list[Told]:
    found = []
    for id_, row in these.items():
        other = others.get(id_)
        if row != other:
            kept = {key: value for key, value in row.items() if other is None or key in ("id", "title") or other[key] != value}
            found.append(kept)
    return found


def owners(sides: Iterable[Told]) -> set[int]:
    """Whom these name."""
    found = {part.get("owner") for side in sides for part in (side, *_known(side, "milestones"))}
    return {id_ for id_ in found if isinstance(id_, int)}


def in_words(before: Told, after: Told, people: Mapping[int, ProfileView]) -> list[Edit]:
    """`people`: those who may be named to this reader."""
    return [Edit(name, *apart(old, new, SHOWN_MAX_CHARS)) for name, old, new in _all(before, after, people) if old != new]


def _all(before: Told, after: Told, people: Mapping[int, ProfileView]) -> Iterator[tuple[str, str, str]]:
    fields = {"title": _("the title"), "why": _("the reason why"), "starts_on": _("the first day"), "ends_on": _("the last day"),
              "quiet_days": _("how often there is news"), "covered_by": _("where it is told of")}  # fmt: skip
    for name, called in fields.items():
        if name in after:
            yield called, _plain(name, before.get(name, "")), _plain(name, after[name])
    if "owner" in after:
        yield _("who looks after it"), _person(before.get("owner"), people), _person(after["owner"], people)
    for name in ROWS:
        were, are = ({row["id"]: row for row in _known(side, name)} for side in (before, after))
        for id_ in {**were, **are}:
            old, new = were.get(id_, {}), are.get(id_, {})
            yield (old or new)["title"], _row(old, new, people), _row(new, old, people)


def _known(side: Told, name: str) -> list[Told]:
    return [row for row in side.get(name, ()) if isinstance(row, dict)]


def _plain(name: str, value: Any) -> str:
    if name in ("starts_on", "ends_on") and value:
        return day(str(value))
    return _("every %(num)s days", num=value) if name == "quiet_days" else str(value)


def _row(row: Told, other: Told, people: Mapping[int, ProfileView]) -> str:
    """A row's own title is told where it has another one now, or where there is nothing else to tell."""
    words = ", ".join(filter(None, (_cell(name, row, people) for name in CELLS if name in row)))
    is_renamed = bool(row) and (not words or (bool(other) and other["title"] != row["title"]))
    return ": ".join(filter(None, (row["title"] if is_renamed else "", words)))


def _cell(name: str, row: Told, people: Mapping[int, ProfileView]) -> str:
    value = row[name]
    if name == "target":
        return _("wanted: %(number)s", number=format_decimal(value) + (" %" if row.get("unit") == PERCENT else ""))
    if name == "unit":
        return "" if "target" in row else _("in percent") if value == PERCENT else _("as a number")
    if name == "value":
        return "" if value is None else _("now: %(number)s", number=format_decimal(value))
    if name == "source":
        return _("measured by %(thing)s", thing=_thing(value)) if value else _("told by hand")
    if name == "due_on":
        return _("by %(day)s", day=day(value)) if value else _("no day yet")
    if name == "owner":
        return _person(value, people)
    if name == "closes":
        return _("closes with %(thing)s", thing=_thing(value)) if value else _("ticked by hand")
    if name == "help":
        return _("help is welcome") if value else _("needs no help")
    return (_("done") if value else _("open")) if name == "done" else ""


def _person(id_: int | None, people: Mapping[int, ProfileView]) -> str:
    if id_ is None:
        return _("nobody")
    return people[id_].called if id_ in people else _("somebody")


def _thing(ref: str) -> str:
    kind, _colon, slug = ref.partition(":")
    words = {"survey": _("the survey %(name)s"), "campaign": _("the campaign %(name)s"), "area": _("the area %(name)s"),
             "event": _("the event %(name)s"), "announcement": _("the announcement %(name)s"),
             "contest": _("the contest %(name)s")}  # fmt: skip
    return words[kind].replace("%(name)s", slug) if kind in words else ref
