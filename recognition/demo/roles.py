"""What the demo's council wrote down about roles: one that is new to mentors only, and one that everybody knows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from recognition import clock
from recognition.demo.community import read
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.roles import services
from recognition.roles.queries import role_by_slug
from recognition.roles.rules import Entry, sheet

Data = Mapping[str, Any]
Ids = Mapping[str, int]


def leave(ids: Ids, now: datetime) -> None:
    """Safe to repeat: a role that is there stays as it is."""
    for one in read("roles")["roles"]:
        if one["by"] in ids and role_by_slug(one["slug"]) is None:
            _write_down(one, ids, now)


def _write_down(one: Data, ids: Ids, now: datetime) -> None:
    actor, role = ids[one["by"]], None
    for version in one["versions"]:
        then, text = now + timedelta(days=version["day"]), sheet(version)
        with clock.as_of(then):
            if role is None:
                role = services.create(text, one["held_by"], actor, then)
            else:
                services.save(role.id, text, one["held_by"], role.draft_number, actor)
            first_on = _day(now, version["first_on"]) if "first_on" in version else None
            made = services.publish(role.id, role.draft_number, version["note"], version.get("first_for", ""), first_on,
                                    _day(now, version["all_on"]), actor, then)  # fmt: skip
        _talk(made.id, version, ids, now)
    if role is not None and "places" in one:
        day = _day(now, one["quest_day"])
        entry = Entry(one["rule"], one["quest"], day, one["places"], _day(now, one["open_days"]))
        services.set_entry(role.id, entry, actor)


def _talk(version_id: int, version: Data, ids: Ids, now: datetime) -> None:
    for word in version.get("words", ()):
        if word["by"] in ids:
            member = db.session.get_one(Member, ids[word["by"]])
            services.say(version_id, member, word["text"], now + timedelta(days=word["day"]))


def _day(now: datetime, days: int) -> Any:
    return (now + timedelta(days=days)).date()
