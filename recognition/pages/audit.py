"""Who changed what, and when: read by the council and by admins."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _

from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.values import BadCriteria
from recognition.audit.models import AuditEntry
from recognition.audit.queries import Asked, newest
from recognition.badges.words import names_of_refs
from recognition.identity.access import role_required, signed_in
from recognition.identity.queries import member_by_handle, profiles
from recognition.identity.rules import ProfileView
from recognition.mentoring.queries import hidden_words
from recognition.pages.audit_words import DONE, FIELDS, SORTS
from recognition.refs import Ref
from recognition.text import apart
from recognition.web import csv_lines
from recognition.web.limits import limited
from recognition.web.pagination import PAGE_SIZE as SHOWN
from recognition.web.pagination import decode, page
from recognition.web.templating import iso

blueprint = Blueprint("audit", __name__, url_prefix="/council/audit")
NAMES = ("title", "ask", "label")
"""How a row of a thing is called, by the first of them that it has."""
FIELD_MAX_CHARS = 160
FILE_ENTRIES = 2000
VALUE_MAX_CHARS = 400
RULES = ("criteria", "goal_criteria", "audience", "requires", "evidence", "rule")
"""Fields that hold a rule, which is told as a sentence."""
NOBODY = -1
PLACES = {"badge": "/badges/", "quest": "/quests/", "campaign": "/campaigns/", "group": "/groups/", "tag": "/council/tags/",
          "kind": "/council/kinds/", "survey": "/surveys/", "event": "/events/", "objective": "/objectives/",
          "news": "/council/news/", "question": "/questions/", "role": "/roles/", "contest": "/contests/"}  # fmt: skip
"""Where the page of such a thing is, by its slug."""


@dataclass(frozen=True)
class Change:
    """One value in words; `before` or `after` is empty where there was, or is, none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """`who` None: the command line, or somebody who is gone. `place`: the page of the thing, or empty."""

    at: datetime
    who: ProfileView | None
    action: str
    target: str
    place: str
    changes: tuple[Change, ...]


@blueprint.get("")
@role_required("council", "admin")
def index() -> Any:
    asked, wanted = _asked()
    after = decode(request.args.get("after"), (int,))
    found = page(newest(wanted, SHOWN + 1, after[0] if after else None), SHOWN, lambda entry: (entry.id,))
    chosen: dict[str, Any] = {name: value for name, value in asked.items() if value}
    older = url_for("audit.index", **chosen, after=found.next_cursor) if found.next_cursor else ""
    return render_template("council/audit.html", lines=_lines(found.items), older=older, asked=asked, chosen=chosen,
                           actions=_choices(asked["action"]))  # fmt: skip


@blueprint.get("/table.csv")
@role_required("council", "admin")
@limited("audit-file", times=20)
def file() -> Any:
    """What the page shows, the newest of it, as a table: one row a change."""
    _asked_for, wanted = _asked()
    rows = (row for line in _lines(newest(wanted, FILE_ENTRIES)) for row in _cells(line))
    response = csv_lines.answer([("at", "who", "what", "target", "field", "before", "after"), *rows], "audit.csv")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _cells(line: Line) -> Iterable[tuple[str, ...]]:
    head = (iso(line.at), f"@{line.who.handle}" if line.who else "", line.action, line.target)
    if not line.changes:
        yield (*head, "", "", "")
    for change in line.changes:
        yield (*head, change.name, change.before, change.after)


def _asked() -> tuple[dict[str, str], Asked]:
    """As it was typed, and as it is meant. What is no day asks nothing."""
    asked = {name: request.args.get(name, "").strip()[:FIELD_MAX_CHARS] for name in ("action", "target", "person", "from", "to")}
    person = member_by_handle(asked["person"].removeprefix("@")) if asked["person"] else None
    actor_id = person.id if person else NOBODY if asked["person"] else None
    last = _morning(asked["to"])
    until = last + timedelta(days=1) if last else None
    # That a private word was read would tell whom it is about that there is one.
    without = [str(Ref("mentor_word", one)) for one in hidden_words(signed_in().id)]
    return asked, Asked(asked["action"], asked["target"], actor_id, _morning(asked["from"]), until, without)


def _morning(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC) if 1990 <= day.year <= 2199 else None
    except ValueError:
        return None


def _choices(asked: str) -> list[tuple[str, str]]:
    """Sorts, then single actions; one that an address names and that we do not know is among them."""
    every = [(name, str(words)) for name, words in (SORTS | DONE).items()]
    own = [(asked, asked)] if asked not in (SORTS | DONE) and asked else []
    return [("", _("Anything")), *own, *every]


def _lines(found: Iterable[AuditEntry]) -> list[Line]:
    rows = list(found)
    ids = (id_ for row in rows for id_ in (row.actor_id, _member_id(row.target), *_given_to(row), *_people_in(row)))
    people = profiles([id_ for id_ in ids if id_], signed_in())
    names = names_of_refs([*(row.target for row in rows), *(ref for row in rows for ref in _badges_in(row))])
    return [
        Line(
            at=row.at,
            who=people.get(row.actor_id) if row.actor_id else None,
            action=str(DONE.get(row.action, row.action)),
            target=_called(row.target, people, names),
            place=_place(row.target, people),
            changes=tuple(_changes(*_told(row, people, names))),
        )
        for row in rows
    ]


def _badges_in(row: AuditEntry) -> list[str]:
    """What was done with a code or an award names its badge, which is no value that changed."""
    return [f"badge:{values['badge']}" for values in (row.before, row.after) if values and "badge" in values]


def _told(row: AuditEntry, people: Mapping[int, ProfileView], names: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = (_with_people(side, people) for side in (row.before or {}, _with_names(row, people)))
    for ref in _badges_in(row):
        before.pop("badge", None)
        after["badge"] = names.get(ref, ref.removeprefix("badge:"))
    return before, after


def _member_id(target: str) -> int | None:
    kind, _colon, number = target.partition(":")
    return int(number) if kind == "member" and number.isdecimal() else None


def _given_to(row: AuditEntry) -> list[int]:
    found = (row.after or {}).get("to") if row.action == "badge.given" else None
    return [one for one in found if isinstance(one, int)] if isinstance(found, list) else []


def _with_names(row: AuditEntry, people: Mapping[int, ProfileView]) -> Mapping[str, Any]:
    """Who got a badge, as the reader may see them, instead of their numbers."""
    after, given = row.after or {}, _given_to(row)
    if not given:
        return after
    called = ", ".join(people[one].called for one in given if one in people)
    more = int(after.get("members", 0)) - len(given)
    rest = {name: value for name, value in after.items() if name not in ("to", "members")}
    return rest | {"to": _("%(names)s and %(num)s more", names=called, num=more) if more > 0 else called}


_OF_PEOPLE = ("owner", "member")


def _people_in(row: AuditEntry) -> set[int]:
    """Who looked, or looks, after it or a part of it; and whom it was about."""
    sides = [side for side in (row.before, row.after) if side]
    parts = [part for side in sides for value in side.values() if isinstance(value, list) for part in value]
    found = [one.get(name) for one in (*sides, *parts) if isinstance(one, dict) for name in _OF_PEOPLE]
    return {id_ for id_ in found if isinstance(id_, int)}


def _with_people(side: Mapping[str, Any], people: Mapping[int, ProfileView]) -> dict[str, Any]:
    found = dict(side)
    for name in _OF_PEOPLE:
        id_ = found.get(name)
        if name in found and not isinstance(id_, str):
            found[name] = (people[id_].called if id_ in people else _("somebody who is gone")) if id_ else ""
    return {name: [_with_people(part, people) if isinstance(part, dict) else part for part in value]
            if isinstance(value, list) else value for name, value in found.items()}  # fmt: skip


def _called(target: str, people: Mapping[int, ProfileView], names: Mapping[str, str]) -> str:
    member = people.get(_member_id(target) or 0)
    return f"@{member.handle}" if member else names.get(target) or _thing(target)


def _thing(target: str) -> str:
    kind, _colon, slug = target.partition(":")
    return slug if kind in PLACES else slug and f"№ {slug}"


def _place(target: str, people: Mapping[int, ProfileView]) -> str:
    member = people.get(_member_id(target) or 0)
    kind, _colon, slug = target.partition(":")
    return member.url if member else f"{PLACES[kind]}{slug}" if kind in PLACES else ""


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[Change]:
    """What a new thing is not goes without saying."""
    for name in sorted({**before, **after}):
        old, new = apart(_words(name, before.get(name)), _words(name, after.get(name)), VALUE_MAX_CHARS)
        if old != new and not (after.get(name) is False and name not in before):
            yield Change(_field(name), old, new)


def _field(name: str) -> str:
    """In words; which text or step it is of stands behind it in brackets."""
    head, bracket, rest = name.partition(" (")
    return f"{FIELDS.get(head, head.replace('_', ' '))}{bracket}{rest}"


def _words(name: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in RULES and isinstance(value, dict):
        value = _rule(value)
    elif isinstance(value, list):
        value = ", ".join(_part(one) if isinstance(one, dict) else str(one) for one in value)
    elif isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    return _local(str(value)) if name.endswith("_at") else str(value)


def _part(row: Mapping[str, Any]) -> str:
    """A row of a thing, such as a milestone: its title, and what of it is told."""
    called = next((name for name in NAMES if name in row), "")
    told = [(name, value) for name, value in row.items() if name not in ("id", called) and value is not False]
    words = ", ".join(f"{_field(name)} {said}" for name, value in told if (said := _words(name, value)))
    return f"{row.get(called, '')} ({words})".lstrip() if words else str(row.get(called, ""))


def _local(text: str) -> str:
    """A moment as we say it, in UTC."""
    try:
        return str(format_datetime(datetime.fromisoformat(text), "d MMM y, HH:mm"))
    except ValueError:
        return text


def _rule(value: Any) -> str:
    """The sentence, and for a rule of another time, which we cannot read any more, its data."""
    for levelled in (False, True):
        try:
            return describe(parse(value, levelled=levelled), {}, [] if levelled else None)
        except (BadCriteria, KeyError, TypeError):
            continue
    return json.dumps(value, ensure_ascii=False)
