"""Telling one deed for everybody who was there. Each hears of it, and takes it off their record with a click."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import PASSIVE, SELF
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.announcements.services import Message
from recognition.announcements.services import tell as notify
from recognition.audit import services as audit
from recognition.database import among
from recognition.extensions import db
from recognition.identity.fields import ONLY_ME, fold, level
from recognition.identity.models import Group, Member, Membership
from recognition.identity.rules import ProfileView, may_see, visible_fields
from recognition.refs import Ref

SOURCE = "list"
WORDS_MAX_CHARS = 400


@dataclass(frozen=True)
class Meant:
    """Who is meant by what was pasted, `unknown`: nobody, or several."""

    people: list[ProfileView]
    unknown: list[str]


@dataclass(frozen=True)
class Listed:
    """How many rows are new, and how many people had theirs."""

    new: int
    known: int


def may_list(actor: Member) -> bool:
    """Whoever looks after a group; the council and admins."""
    curates = sa.exists().where(Membership.member_id == actor.id, Membership.is_curator, Membership.state == "in")
    is_trusted = bool(actor.roles & {"council", "admin"})
    return actor.state != "suspended" and (is_trusted or bool(db.session.scalar(sa.select(curates))))


def groups_to_list(actor: Member) -> list[Group]:
    """For which of them this member may tell deeds of others: those they look after, and for the council all of theirs."""
    mine = sa.select(Group).join(Membership, Membership.group_id == Group.id)
    mine = mine.where(Membership.member_id == actor.id, Membership.state == "in")
    if not actor.roles & {"council", "admin"}:
        mine = mine.where(Membership.is_curator)
    return list(db.session.scalars(mine.order_by(Group.name).limit(200)))


def match(entries: Collection[str], actor: Member) -> Meant:
    """By handle, or by a name that the actor sees and only one member has."""
    handles = {one.casefold() for one in entries}
    person = sa.orm.aliased(Member)
    by_handle = sa.select(Member.handle, person).join(person, person.id == sa.func.coalesce(Member.merged_into_id, Member.id))
    rows = db.session.execute(by_handle.where(among(Member.handle, handles))).all() if handles else []
    known: dict[str, Member] = {row.handle: row[1] for row in rows}
    named = _by_name({one for one in entries if one.casefold() not in known}, actor)
    found: dict[int, ProfileView] = {}
    unknown = []
    for one in entries:
        member = known.get(one.casefold(), named.get(fold(one)))
        if member is None or member.state == "suspended":
            unknown.append(one)
        else:
            found[member.id] = visible_fields(member, actor)
    return Meant(list(found.values()), unknown)


def _by_name(names: Collection[str], actor: Member) -> dict[str, Member]:
    folded = {fold(name) for name in names}
    if not folded:
        return {}
    # The order of people uses names that everybody may see; who shows theirs to fewer is meant by their handle.
    wanted = sa.select(Member).where(Member.state != "suspended", among(Member.sort_name, folded))
    found: dict[str, list[Member]] = {}
    for member in db.session.scalars(wanted.order_by(Member.id)):
        if may_see(member, "name", actor):
            found.setdefault(fold(member.name), []).append(member)
    return {name: people[0] for name, people in found.items() if len(people) == 1}


def tell_for(report: Report, people: Sequence[int], actor_id: int, now: datetime) -> Listed:
    """`report`: what all of them did. Told again, also by somebody else, it is the same list."""
    content = "\x1f".join(map(str, (report.text.casefold(), report.kind, report.occurred_at.date(), report.group_id or 0)))
    key = hashlib.blake2b(content.encode(), digest_size=12).hexdigest()
    quiet = _keep_to_themselves(people) - {actor_id}
    reports = [
        replace(report, member_id=id_, source=SOURCE, source_key=f"{key}:{id_}", reporter_id=actor_id,
                evidence=SELF if id_ == actor_id else PASSIVE, visibility=ONLY_ME if id_ in quiet else report.visibility)
        for id_ in sorted(set(people))
    ]  # fmt: skip
    outcomes = record(reports, now)
    fresh = [(one.member_id, outcome.id) for one, outcome in zip(reports, outcomes, strict=True) if outcome.new]
    said = {"person": actor_id, "words": report.text[:WORDS_MAX_CHARS]}
    notify([_heard(member_id, row_id, said) for member_id, row_id in fresh if member_id != actor_id], now)
    if fresh:
        group = db.session.get(Group, report.group_id) if report.group_id else None
        target = Ref("group", group.slug) if group else Ref("list", key)
        audit.record("activity.listed", target, actor_id, after={"people": len(fresh)})
    return Listed(len(fresh), len(reports) - len(fresh))


def _keep_to_themselves(people: Sequence[int]) -> set[int]:
    """Those who show nobody in which groups they are: where they have been is theirs to tell too."""
    wanted = sa.select(Member.id, Member.visibility).where(among(Member.id, people))
    return {row.id for row in db.session.execute(wanted) if level(row.visibility, "groups") == ONLY_ME}


def _heard(member_id: int, activity_id: int, said: dict[str, Any]) -> Message:
    return Message(member_id, "deed.listed", f"listed:{activity_id}", f"/activities/{activity_id}", said)
