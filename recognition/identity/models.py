"""People: a member exists with or without a login; an account is one login."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db
from recognition.identity.fields import derived
from recognition.media.models import Media

ROLES = ("reviewer", "council", "admin", "staff")
"""Roles of the whole house. `curator` belongs to a membership, `mentor` to a mentee's `mentor_id`. `staff` opens a page of
their own that shows what every member may see, and nothing else anywhere."""


def _derived(column: str) -> Any:
    """For rows inserted without the ORM; a statement that changes a name, place or visibility states these too."""
    return lambda context: derived(context.get_current_parameters())[column]


class Member(db.Model):
    """A person. `visibility` maps a field's name to public, members or me; a missing entry means its default.
    `merged_into_id`: this is another's row, kept empty and suspended, and appears nowhere.
    `on_boards`, `takes_badges` and `takes_mail` are three separate wishes; `wears_at_once`: a new award shows without
    being asked about; `shows_ties`: stands in "worked with" of others who like to stand there too. `away_until`: the last
    day of an absence they announced; a job brings them back the day after."""

    __tablename__ = "member"
    __table_args__ = (
        sa.CheckConstraint("state IN ('active', 'away', 'alumni', 'suspended')", name="ck_member_state"),
        sa.Index("ix_member_mentor_id", "mentor_id"),
        sa.Index("ix_member_sort_name", "sort_name", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    handle: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    pronouns: Mapped[str] = mapped_column(sa.String(40), default="")
    place: Mapped[str] = mapped_column(sa.String(120), default="")
    languages: Mapped[list[str]] = mapped_column(Json, default=list)
    areas: Mapped[list[str]] = mapped_column(Json, default=list)
    links: Mapped[list[str]] = mapped_column(Json, default=list)
    bio: Mapped[str] = mapped_column(sa.Text, default="")
    ask_me_about: Mapped[str] = mapped_column(sa.String(300), default="")
    picture_id: Mapped[int | None] = mapped_column(sa.ForeignKey("media.id", ondelete="SET NULL", use_alter=True))
    visibility: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(sa.String(10), default="active")
    on_boards: Mapped[bool] = mapped_column(default=False)
    calm: Mapped[bool] = mapped_column(default=False)
    takes_badges: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    takes_mail: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    wears_at_once: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    shows_ties: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    mentor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    away_until: Mapped[date | None]
    imported: Mapped[dict[str, Any] | None] = mapped_column(Json)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handle_look: Mapped[str] = mapped_column(sa.String(40), index=True, default=_derived("handle_look"))
    sort_name: Mapped[str] = mapped_column(sa.String(120), default=_derived("sort_name"))
    search_public: Mapped[str] = mapped_column(sa.Text, default=_derived("search_public"))
    search_members: Mapped[str] = mapped_column(sa.Text, default=_derived("search_members"))

    picture: Mapped[Media | None] = relationship(lazy="selectin", foreign_keys=[picture_id])
    grants: Mapped[list["Grant"]] = relationship(foreign_keys="Grant.member_id")

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.grants)


@sa.event.listens_for(Member, "before_insert")
@sa.event.listens_for(Member, "before_update")
def _derive(_mapper: object, _connection: object, member: Member) -> None:
    current = {field: getattr(member, field) for field in ("handle", "name", "place", "visibility")}
    for column, value in derived(current).items():
        setattr(member, column, value)


class Account(db.Model):
    """One login: whom the issuer calls `subject`, byte for byte (OpenID Connect Core, section 2)."""

    __tablename__ = "account"
    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(sa.String(300))
    subject: Mapped[str] = mapped_column(sa.String(255))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    email_verified: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    member: Mapped[Member] = relationship(lazy="joined", innerjoin=True)


class LoginSession(db.Model):
    """A browser that signed in. The cookie carries the token, this row its SHA-256: signing out ends it here."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    id_token: Mapped[str | None] = mapped_column(sa.Text)
    browser: Mapped[str] = mapped_column(sa.String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Group(db.Model):
    """`members_by`: whom the group counts as its members (rules.MEMBERS_BY), `members_rule` where that is a rule over deeds;
    it counts and lets nobody in or out. `terms_from`: the first version of its terms whose acceptance still counts.
    `rule_number` grows with each change of these. `member_count`, `counted_at`: what a job counted by them, none before.
    `is_outside`: a partner that is no part of the house; nobody joins it, and deeds can be told with it."""

    __tablename__ = "community_group"
    __table_args__ = (sa.CheckConstraint("entry IN ('open', 'request', 'closed')", name="ck_group_entry"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    place: Mapped[str] = mapped_column(sa.String(120), default="")
    about: Mapped[str] = mapped_column(sa.Text, default="")
    entry: Mapped[str] = mapped_column(sa.String(8), default="open")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    members_by: Mapped[str] = mapped_column(sa.String(8), default="joined", server_default="joined")
    members_rule: Mapped[dict[str, Any] | None] = mapped_column(Json)
    terms_from: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    rule_number: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    member_count: Mapped[int | None]
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    logo_id: Mapped[int | None] = mapped_column(sa.ForeignKey("media.id", ondelete="SET NULL"), index=True)
    logo_alt: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    website: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")
    is_outside: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    logo: Mapped[Media | None] = relationship()


class GroupTerms(db.Model):
    """What somebody accepts who joins, as it stood from `since` on. A version is never changed: acceptances name it."""

    __tablename__ = "group_terms"

    group_id: Mapped[int] = mapped_column(sa.ForeignKey("community_group.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class Membership(db.Model):
    """`terms_version`, `terms_at`: which of the group's terms they accepted, and when; theirs alone to see. `on_roster`: they let
    those who look after the group see how news reach them. While they do, a job keeps the last day on which some did
    (`reached_on`), and `told_on` is the last one on which somebody told them in person; `told_before` the one before that, for
    whoever takes a slip back."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.UniqueConstraint("group_id", "member_id"),
        sa.CheckConstraint("state IN ('asked', 'in', 'out')", name="ck_membership_state"),
        sa.Index("ix_membership_member_id", "member_id"),
        sa.Index(
            "ix_membership_roster", "group_id", "id", sqlite_where=sa.text("on_roster"), postgresql_where=sa.text("on_roster")
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("community_group.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    is_curator: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(sa.String(6), default="in")
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    terms_version: Mapped[int | None]
    terms_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    on_roster: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    reached_on: Mapped[date | None]
    told_on: Mapped[date | None]
    told_before: Mapped[date | None]


class Grant(db.Model):
    """`ends_on`: the last day of an agreed term, None is without one. Nothing ends by itself: near its end the holder is asked
    (`wish`: go_on or hand_over), and an admin renews it or takes the role."""

    __tablename__ = "role_grant"
    __table_args__ = (sa.UniqueConstraint("member_id", "role"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(sa.String(16))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    ends_on: Mapped[date | None] = mapped_column(index=True)
    wish: Mapped[str | None] = mapped_column(sa.String(9))


class MemberMerge(db.Model):
    """Two rows of one person became one. `moved` says what went over and what gave way, by package; `differences` is each
    row that this changed, as it was and as it became, so that it can be taken apart again."""

    __tablename__ = "member_merge"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    from_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), index=True)
    into_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(sa.String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved: Mapped[dict[str, Any]] = mapped_column(Json)
    differences: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, deferred=True)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    undone_reason: Mapped[str | None] = mapped_column(sa.String(500))

    @property
    def moves_roles(self) -> bool:
        return bool(self.moved.get("identity", {}).get("had_roles"))


class MergeSuggestion(db.Model):
    """Two rows that look like one person, and why: the smaller id first. `state` dropped: somebody looked, and they are
    two; it is not suggested again."""

    __tablename__ = "merge_suggestion"
    __table_args__ = (sa.CheckConstraint("state IN ('open', 'dropped', 'joined')", name="ck_merge_suggestion_state"),)

    one_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True)
    reasons: Mapped[list[str]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(sa.String(7), default="open")
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiToken(db.Model):
    """A program's key. Never wider than its owner: roles are looked up again at each call."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80), default="")
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    member: Mapped[Member] = relationship(lazy="joined", innerjoin=True)
