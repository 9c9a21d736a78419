"""Reading members and groups as one reader may see them."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from recognition.database import among
from recognition.extensions import db
from recognition.identity import fields
from recognition.identity.models import Account, ApiToken, Grant, Group, GroupTerms, LoginSession, Member, Membership
from recognition.identity.rules import ProfileView, may_see, told_members, visible_fields
from recognition.media.models import Media
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

DEMO_ISSUER = "demo"
DOOR_ISSUER = "door"
"""The account of whoever came in by the open door of a house without the demo's people."""
PERSONAS_MAX = 24


@dataclass(frozen=True)
class GroupLine:
    slug: str
    name: str
    place: str
    entry: str
    count: "MemberCount"
    logo_url: str = ""
    logo_alt: str = ""
    is_outside: bool = False
    is_curator: bool = False

    @property
    def url(self) -> str:
        return f"/groups/{self.slug}"


@dataclass(frozen=True)
class MemberCount:
    """`told`: how many members by the group's own rule, as everybody may read it; `at`: when that was counted, None before."""

    members_by: str
    rule: dict[str, Any] | None
    told: int | None
    at: datetime | None


def member_count(group: Group) -> MemberCount:
    told = told_members(group.members_by, group.member_count)
    return MemberCount(group.members_by, group.members_rule, told, group.counted_at)


def member_by_handle(handle: str) -> Member | None:
    """The row itself, for services; what is shown goes through `profile`."""
    found: Member | None = db.session.scalar(sa.select(Member).where(Member.handle == handle))
    return found


def next_member_ids(after: int, size: int) -> list[int]:
    """For work over everybody, a slice at a time: the ids that follow, none at the end."""
    return list(db.session.scalars(sa.select(Member.id).where(Member.id > after).order_by(Member.id).limit(size)))


def every_member_id(size: int = 1000) -> Iterator[list[int]]:
    ids = next_member_ids(0, size)
    while ids:
        yield ids
        ids = next_member_ids(ids[-1], size)


def profile(handle: str, viewer: Member | None) -> ProfileView | None:
    """None for nobody and for a suspended member alike."""
    member = member_by_handle(handle)
    if member is None or (member.state == "suspended" and (viewer is None or viewer.id != member.id)):
        return None
    return visible_fields(member, viewer)


def profiles(member_ids: list[int], viewer: Member | None) -> dict[int, ProfileView]:
    """By id, in two statements, for lists that other packages show."""
    if not member_ids:
        return {}
    found = db.session.scalars(sa.select(Member).where(among(Member.id, set(member_ids))))
    return {member.id: visible_fields(member, viewer) for member in found}


def council(viewer: Member | None) -> list[ProfileView]:
    """Who can be talked to: the first dozen, by name."""
    on_it = sa.exists().where(Grant.member_id == Member.id, Grant.role == "council")
    wanted = sa.select(Member).where(on_it, Member.state == "active").order_by(Member.id).limit(12)
    return sorted((visible_fields(one, viewer) for one in db.session.scalars(wanted)), key=lambda one: one.called)


def members(
    viewer: Member | None,
    search: str = "",
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    also: Iterable[sa.ColumnElement[bool]] = (),
) -> Page[ProfileView]:
    """By name. Searching looks only at what this reader may see, and the order uses no hidden name; so must `also`."""
    wanted = sa.select(Member).where(Member.state != "suspended", *also)
    text = Member.search_public if viewer is None else Member.search_members
    for word in fields.fold(search).split()[:5]:
        wanted = wanted.where(text.contains(word, autoescape=True))
    after = decode(cursor, (str, int))
    if after is not None:
        wanted = wanted.where(sa.tuple_(Member.sort_name, Member.id) > sa.tuple_(*map(sa.literal, after)))
    rows = db.session.scalars(wanted.order_by(Member.sort_name, Member.id).limit(size + 1)).all()
    found = page(rows, size, lambda member: (member.sort_name, member.id))
    return Page([visible_fields(member, viewer) for member in found.items], found.next_cursor)


def groups(cursor: str | None = None, size: int = PAGE_SIZE) -> Page[GroupLine]:
    """By address, which is the name in plain letters."""
    after = decode(cursor, (str,))
    wanted = _group_lines()
    if after is not None:
        wanted = wanted.where(Group.slug > after[0])
    rows = db.session.execute(wanted.order_by(Group.slug).limit(size + 1)).all()
    found = page(rows, size, lambda row: (row.Group.slug,))
    return Page([_line(row.Group, row.key) for row in found.items], found.next_cursor)


def groups_of(member: Member | ProfileView, viewer: Member | None) -> list[GroupLine]:
    """At most fifty, in the order of `groups`. To a reader to whom the member does not show their groups, only those
    that they look after, as on the group's own page."""
    shows = member.shows_groups if isinstance(member, ProfileView) else may_see(member, "groups", viewer)
    mine = sa.and_(Membership.group_id == Group.id, Membership.member_id == member.id, Membership.state == "in")
    wanted = _group_lines().add_columns(Membership.is_curator).join(Membership, mine)
    if not shows:
        wanted = wanted.where(Membership.is_curator)
    return [_line(row.Group, row.key, row.is_curator) for row in db.session.execute(wanted.order_by(Group.slug).limit(50))]


def group_by_slug(slug: str) -> Group | None:
    found: Group | None = db.session.scalar(sa.select(Group).where(Group.slug == slug))
    return found


def keeps_somebody(group_id: int, viewer: Member | None) -> bool:
    """Is anybody in the group whom `people` does not show to this reader?"""
    hidden = sa.exists().where(
        Membership.group_id == group_id, Membership.state == "in", Membership.is_curator.is_(False),
        Member.id == Membership.member_id, Member.state != "suspended", sa.not_(shows("groups", viewer)),
    )  # fmt: skip
    return bool(db.session.scalar(sa.select(hidden)))


def newest_terms(group_id: int) -> GroupTerms | None:
    wanted = sa.select(GroupTerms).where(GroupTerms.group_id == group_id)
    found: GroupTerms | None = db.session.scalar(wanted.order_by(GroupTerms.version.desc()).limit(1))
    return found


def curators(group_id: int, viewer: Member | None) -> list[ProfileView]:
    return [view for view, _is_curator in _people(group_id, viewer, "in", None, 50, only_curators=True).items]


def people(
    group_id: int, viewer: Member | None, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[tuple[ProfileView, bool]]:
    """Those who show their groups to this reader, and every curator (True)."""
    return _people(group_id, viewer, "in", cursor, size)


def asking(group_id: int, viewer: Member) -> list[ProfileView]:
    """For the curators, who see the name of whoever asks: at most fifty, by name."""
    return [view for view, _is_curator in _people(group_id, viewer, "asked", None, 50).items]


def membership(group_id: int, member_id: int) -> Membership | None:
    found: Membership | None = db.session.scalar(
        sa.select(Membership).where(Membership.group_id == group_id, Membership.member_id == member_id)
    )
    return found


def _group_lines() -> sa.Select[Group, str]:
    return sa.select(Group, Media.key).outerjoin(Media, Media.id == Group.logo_id)


def _line(group: Group, logo_key: str | None, is_curator: bool = False) -> GroupLine:
    logo = f"/media/{logo_key}/small" if logo_key else ""
    count = member_count(group)
    return GroupLine(group.slug, group.name, group.place, group.entry, count, logo, group.logo_alt, group.is_outside, is_curator)


def _people(
    group_id: int, viewer: Member | None, state: str, cursor: str | None, size: int, only_curators: bool = False
) -> Page[tuple[ProfileView, bool]]:
    wanted = (
        sa.select(Member, Membership.is_curator)
        .join(Membership, Membership.member_id == Member.id)
        .where(Membership.group_id == group_id, Membership.state == state, Member.state != "suspended")
    )
    if only_curators:
        wanted = wanted.where(Membership.is_curator)
    elif state == "in":
        wanted = wanted.where(sa.or_(Membership.is_curator, shows("groups", viewer)))
    after = decode(cursor, (str, int))
    if after is not None:
        wanted = wanted.where(sa.tuple_(Member.sort_name, Member.id) > sa.tuple_(*map(sa.literal, after)))
    rows = db.session.execute(wanted.order_by(Member.sort_name, Member.id).limit(size + 1)).all()
    found = page(rows, size, lambda row: (row[0].sort_name, row[0].id))
    return Page([(visible_fields(member, viewer), bool(curates)) for member, curates in found.items], found.next_cursor)


def shows(field: str, viewer: Member | None) -> sa.ColumnElement[bool]:
    """`rules.may_see(member, field, viewer)`, as a condition on members who are not suspended; not for "since"."""
    chosen = sa.func.coalesce(Member.visibility[field].as_string(), fields.DEFAULT_VISIBILITY[field])
    if viewer is None:
        return chosen == fields.PUBLIC
    return sa.or_(chosen.in_((fields.PUBLIC, fields.MEMBERS)), Member.id == viewer.id)


def account_of(issuer: str, subject: str) -> Account | None:
    found: Account | None = db.session.scalar(sa.select(Account).where(Account.issuer == issuer, Account.subject == subject))
    return found


def is_free(handle: str, but_for_id: int | None = None) -> bool:
    """Neither taken nor looking like one that is."""
    taken = sa.select(Member.id).where(Member.handle_look == fields.look(handle), Member.id != (but_for_id or 0)).limit(1)
    return db.session.scalar(taken) is None


def free_handle(wanted: str) -> str:
    """`wanted`, or with a number after it, or with chance where many have the same; "" becomes "member-..."."""
    choices = [wanted, *(f"{wanted}-{n}" for n in range(2, 10))] if wanted else []
    choices += [f"{wanted or 'member'}-{secrets.token_hex(3)}" for _attempt in range(3)]
    looks = {choice: fields.look(choice) for choice in choices}
    taken = set(db.session.scalars(sa.select(Member.handle_look).where(among(Member.handle_look, looks.values()))))
    return next(choice for choice, seen in looks.items() if seen not in taken)


def logins(member_id: int, now: datetime) -> list[LoginSession]:
    """Newest use first, at most fifty."""
    own = sa.select(LoginSession).join(Account).where(Account.member_id == member_id, LoginSession.expires_at > now)
    return list(db.session.scalars(own.order_by(LoginSession.last_seen_at.desc(), LoginSession.id).limit(50)))


def api_tokens(member_id: int, now: datetime) -> list[ApiToken]:
    """Those that still open something, newest first, at most fifty."""
    good = sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now)
    own = sa.select(ApiToken).where(ApiToken.member_id == member_id, ApiToken.revoked_at.is_(None), good)
    return list(db.session.scalars(own.order_by(ApiToken.id.desc()).limit(50)))


@dataclass(frozen=True)
class Persona:
    """As strangers see them. `about`: the demo's line about them; `address`: the one that the demo made up for them."""

    person: ProfileView
    roles: frozenset[str]
    about: str
    address: str


def personas() -> list[Persona]:
    """Whom the open door lets in: the demo's people in the order in which they were made, then the house's own; the
    first 24."""
    made_up = sa.select(Account.email).where(Account.member_id == Member.id, Account.issuer == DEMO_ISSUER)
    address = made_up.order_by(Account.id).limit(1).correlate(Member).scalar_subquery()
    wanted = at_open_door().add_columns(address).limit(PERSONAS_MAX).options(selectinload(Member.grants))
    return [
        Persona(visible_fields(one, None), one.roles, str((one.imported or {}).get("demo", "")), email or "")
        for one, email in db.session.execute(wanted)
    ]


def at_open_door() -> sa.Select[Any]:
    """Who has an account of the demo, and who has no login anywhere else unless the demo made them up."""
    own = Account.member_id == Member.id
    demo = sa.select(sa.func.min(Account.id)).where(own, Account.issuer == DEMO_ISSUER).correlate(Member).scalar_subquery()
    elsewhere = sa.exists().where(own, Account.issuer != DOOR_ISSUER)
    made_here = sa.and_(~elsewhere, Member.imported["demo"].as_string().is_(None))
    wanted = sa.select(Member).where(Member.state != "suspended", sa.or_(demo.is_not(None), made_here))
    return wanted.order_by(demo.is_(None), demo, Member.id)
