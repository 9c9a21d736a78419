"""Puts the invented people into their groups, roles and places."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from recognition.activities import member_counts
from recognition.audit import services as audit
from recognition.badges.models import Award
from recognition.badges.services import answering
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.fields import DEFAULT_VISIBILITY, derived
from recognition.identity.models import Account, Grant, Group, GroupTerms, Member, Membership
from recognition.identity.rules import JOINED
from recognition.identity.services import profiles
from recognition.refs import Ref

ISSUER = "demo"
MARK = "demo"
"""Stands in `Member.imported` of an invented person, so that a real one of the same handle is left alone; its value is
the line about them for visitors who choose whom to sign in as."""
MAIL_DOMAIN = "hall.example"
"""Nobody can ever have a mailbox there (RFC 2606, section 2)."""
HESITANT = 4
"""One in so many has not accepted the terms of a group that has some."""
FOLDER = Path(__file__).parent

People = Sequence[Mapping[str, Any]]


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def is_complete() -> bool:
    """The doors are opened last: if anybody can sign in, all the rest is there."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Account.issuer == ISSUER))))


def settle(people: People, groups: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, int]:
    """Adds who is missing and returns the ids of our people by handle."""
    _found(groups, now)
    insert_new(Member.__table__, [_member_row(person, now) for person in people])
    ids = ids_by_handle(people)
    _accompany(people, ids)
    _join(people, ids, now)
    _grant(people, ids, now)
    return ids


def _found(groups: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Most count whoever joined; one asks for its terms, one for a deed."""
    since = {group["slug"]: now - timedelta(days=group["founded_days"]) for group in groups}
    rows = [
        _plain(group, ("slug", "name", "place", "about", "entry"))
        | {"created_at": since[group["slug"]], "members_by": group.get("members_by", JOINED),
           "members_rule": group.get("members_rule"), "terms_from": int("terms" in group)}
        for group in groups
    ]  # fmt: skip
    insert_new(Group.__table__, rows)
    ids = {row.slug: row.id for row in db.session.execute(sa.select(Group.slug, Group.id))}
    terms = [{"group_id": ids[group["slug"]], "version": 1, "text": group["terms"], "since": since[group["slug"]]}
             for group in groups if "terms" in group]  # fmt: skip
    if terms:
        insert_new(GroupTerms.__table__, terms, GroupTerms.__table__.c.version)


def count_members(now: datetime) -> None:
    """Safe to repeat."""
    for group_id in db.session.scalars(sa.select(Group.id)).all():
        member_counts.count(group_id, now)


def ids_by_handle(people: People) -> dict[str, int]:
    wanted = sa.select(Member.handle, Member.id, Member.imported)
    found = db.session.execute(wanted.where(among(Member.handle, [person["handle"] for person in people])))
    return {row.handle: row.id for row in found if MARK in (row.imported or {})}


def keep_quiet(people: People, ids: Mapping[str, int]) -> None:
    """Who shows nothing wears no pins either, and is asked about those to come."""
    for person in people:
        if person.get("profile") == "closed" and person["handle"] in ids:
            member_id = ids[person["handle"]]
            keys = db.session.scalars(sa.select(Award.key).where(Award.member_id == member_id)).all()
            answering.arrange(member_id, [], hidden=keys)
            db.session.get_one(Member, member_id).wears_at_once = False


def open_doors(people: People, ids: Mapping[str, int], now: datetime) -> None:
    """Visitors may sign in as these. A worker may have signed badges of theirs already, without an address."""
    rows = [
        {"member_id": ids[person["handle"]], "issuer": ISSUER, "subject": person["handle"], "created_at": now,
         "email": f"{person['handle']}@{MAIL_DOMAIN}", "email_verified": True}
        for person in people
        if person.get("persona") and person["handle"] in ids
    ]  # fmt: skip
    for row in insert_new(Account.__table__, rows, Account.__table__.c.member_id):
        profiles.tell_address(row.member_id)


def _member_row(person: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    joined = now - (timedelta(days=person["joined_days"]) or timedelta(minutes=20))
    row = _plain(person, ("handle", "name", "pronouns", "place", "languages", "areas", "bio")) | {
        "ask_me_about": person["ask"], "state": person.get("state", "active"), "calm": person.get("calm", False),
        "on_boards": person.get("on_boards", False), "shows_ties": person.get("shows_ties", False),
        "visibility": visibility_of(person), "links": [],
        "wears_at_once": person["joined_days"] > 0, "joined_at": joined, "imported": {MARK: person.get("persona", "")},
    }  # fmt: skip
    return row | derived(row)


def visibility_of(person: Mapping[str, Any]) -> dict[str, str]:
    profile = person.get("profile")
    if profile == "open":
        return dict.fromkeys(DEFAULT_VISIBILITY, "public")
    if profile == "closed":
        return dict.fromkeys([field for field in DEFAULT_VISIBILITY if field != "name"], "me")
    return dict(person.get("visibility", {}))


def _accompany(people: People, ids: Mapping[str, int]) -> None:
    for person in people:
        if person.get("mentor") in ids and person["handle"] in ids:
            chosen = sa.update(Member).where(Member.id == ids[person["handle"]], Member.mentor_id.is_(None))
            db.session.execute(chosen.values(mentor_id=ids[person["mentor"]]))


def _join(people: People, ids: Mapping[str, int], now: datetime) -> None:
    asked = sa.select(Group.slug, Group.id, Group.created_at, Group.terms_from)
    groups = {group.slug: group for group in db.session.execute(asked)}
    rows: list[dict[str, Any]] = []
    for number, person in enumerate(people):
        for slug in person.get("groups", ()):
            since = max(now - timedelta(days=person["joined_days"]), groups[slug].created_at)
            accepts = groups[slug].terms_from and number % HESITANT
            rows.append({
                "group_id": groups[slug].id, "member_id": ids.get(person["handle"]), "state": "in", "since": since,
                "is_curator": slug in person.get("curates", ()), "on_roster": slug in person.get("on_roster", ()),
                "terms_version": 1 if accepts else None,
                "terms_at": since if accepts else None,
            })  # fmt: skip
    insert_new(Membership.__table__, [row for row in rows if row["member_id"] is not None])


def _grant(people: People, ids: Mapping[str, int], now: datetime) -> None:
    rows = [
        {
            "member_id": ids[person["handle"]],
            "role": role,
            "granted_at": now - timedelta(days=min(300, person["joined_days"])),
        }
        for person in people
        for role in person.get("roles", ())
        if person["handle"] in ids
    ]
    for row in insert_new(Grant.__table__, rows, Grant.__table__.c.member_id, Grant.__table__.c.role):
        audit.record("role.granted", Ref("member", row.member_id), None, after={"role": row.role})


def _plain(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: values[name] for name in names}
