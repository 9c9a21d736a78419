"""Words for who belongs to what: `role:council` (a role of the house), `group:mentors` (a group), `team:nairobi` (those who have
a place in the team of a group, role by role), `mentors` (whoever somebody has as a mentor). A text is shown first to such a
word, and a role is held by one."""

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.extensions import db
from recognition.identity.models import ROLES, Grant, Group, Member, Membership
from recognition.roles.models import Role, RolePlace

GROUPS_MAX = 200
MENTORS, GROUP, ROLE, TEAM, PLACE = "mentors", "group:", "role:", "team:", "place:"
"""PLACE with the id of a role is said of whoever has one in it; nothing is held by such a word."""


def belongs(member: Member | None) -> frozenset[str]:
    if member is None:
        return frozenset()
    mine = sa.select(Group.slug).join(Membership, Membership.group_id == Group.id)
    groups = db.session.scalars(mine.where(Membership.member_id == member.id, Membership.state == "in")).all()
    found = {f"{ROLE}{role}" for role in member.roles} | {f"{GROUP}{slug}" for slug in groups}
    if db.session.scalar(sa.select(sa.exists().where(Member.mentor_id == member.id))):
        found.add(MENTORS)
    places = sa.select(Role.id, Role.held_by).join(RolePlace, RolePlace.role_id == Role.id)
    for row in db.session.execute(places.where(RolePlace.member_id == member.id, counts())):
        found |= {f"{PLACE}{row.id}", row.held_by}
    return frozenset(found)


def counts() -> sa.ColumnElement[bool]:
    """On a place with its role: one that did not end, of a team that has the role today, while its holder is in the group. Who
    held it otherwise before gets none of the words of whoever holds it now."""
    team = Role.held_by == sa.literal(TEAM) + Group.slug
    mine = (Membership.member_id == RolePlace.member_id, Membership.group_id == Group.id, Membership.state == "in")
    return sa.and_(RolePlace.ended_at.is_(None), sa.exists().where(team, *mine))


def has(role: Role, mine: Collection[str]) -> bool:
    """`mine`: what `belongs` says of a member."""
    return f"{PLACE}{role.id}" in mine or (role.held_by in mine and not role.held_by.startswith(TEAM))


def held(word: str, role_id: int | None = None) -> sa.Select[Any] | None:
    """The ids of its members as a column `member_id`, each at least once; None for an empty word or one that means nobody.
    `role_id`: of a team, those who have this role."""
    if word.startswith(TEAM):
        placed = sa.select(RolePlace.member_id).join(Role, Role.id == RolePlace.role_id)
        placed = placed.where(Role.held_by == word, counts())
        return placed if role_id is None else placed.where(Role.id == role_id)
    if word == MENTORS:
        return sa.select(Member.mentor_id.label("member_id")).where(Member.mentor_id.is_not(None))
    if word.startswith(ROLE):
        return sa.select(Grant.member_id).where(Grant.role == word.removeprefix(ROLE))
    if word.startswith(GROUP):
        inside = sa.select(Membership.member_id).join(Group, Group.id == Membership.group_id)
        return inside.where(Group.slug == word.removeprefix(GROUP), Membership.state == "in")
    return None


def slice_of(word: str, after: int, size: int, role_id: int | None = None) -> list[int]:
    """Holders who are not suspended, behind this id."""
    wanted = held(word, role_id)
    if wanted is None:
        return []
    people: Any = sa.select(Member.id).where(Member.id > after, Member.state != "suspended", Member.id.in_(wanted))
    return list(db.session.scalars(people.order_by(Member.id).limit(size)))


def choices() -> Iterator[tuple[str, str]]:
    """Each word with what it says to a person."""
    yield MENTORS, _("mentors: whoever somebody has as a mentor")
    for role, words in role_words().items():
        yield f"{ROLE}{role}", words
    groups = sa.select(Group.slug, Group.name).where(~Group.is_outside)  # nobody is in a partner from outside
    for slug, name in db.session.execute(groups.order_by(Group.name).limit(GROUPS_MAX)):
        yield f"{GROUP}{slug}", _("the group %(name)s", name=name)
        yield f"{TEAM}{slug}", _("the team of %(name)s, one by one", name=name)


def role_words() -> dict[str, str]:
    words = {"reviewer": _("reviewers"), "council": _("the council"), "admin": _("admins"), "staff": _("staff")}
    return {role: words[role] for role in ROLES}


def named(word: str) -> str:
    """As `choices`, of one; what is gone keeps its word."""
    if word == MENTORS:
        return _("mentors")
    if word.startswith((GROUP, TEAM)):
        slug = word.partition(":")[2]
        name = db.session.scalar(sa.select(Group.name).where(Group.slug == slug))
        return (_("the team of %(name)s", name=name or slug) if word.startswith(TEAM) else
                _("the group %(name)s", name=name or slug))  # fmt: skip
    return role_words().get(word.removeprefix(ROLE), word)


def group_of(word: str) -> Group | None:
    """Into which whoever is chosen comes."""
    if not word.startswith((GROUP, TEAM)):
        return None
    found: Group | None = db.session.scalar(sa.select(Group).where(Group.slug == word.partition(":")[2]))
    return found
