"""Who may see what of a member, and the errors of this package. The one place where privacy of fields is decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from recognition.crowds import SMALL, about
from recognition.identity.fields import DEFAULT_VISIBILITY, MEMBERS, PUBLIC, level
from recognition.identity.models import Member


class Refused(Exception):
    """Its text is a sentence for the person who tried."""


class NotAllowed(Refused):
    """Nobody with this role or relation may do it."""


@dataclass(frozen=True)
class ProfileView:
    """A member as one reader may see them: what is hidden is empty here. `since`: the day they joined; who hides it hides their
    years too. `shows_ties`: with whom they worked may be asked; who hides their name stands beside nobody."""

    id: int
    handle: str
    state: str
    is_self: bool
    name: str = ""
    pronouns: str = ""
    place: str = ""
    languages: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    bio: str = ""
    ask_me_about: str = ""
    picture_url: str = ""
    portrait_url: str = ""
    shows_groups: bool = False
    since: date | None = None
    shows_ties: bool = False

    @property
    def called(self) -> str:
        """The name, or the handle where the name is hidden."""
        return self.name or f"@{self.handle}"

    @property
    def url(self) -> str:
        return f"/members/{self.handle}"

    @property
    def note(self) -> str:
        """One line below the name in a list."""
        return " · ".join(part for part in (self.pronouns, self.place) if part)


def may_see(member: Member, field: str, viewer: Member | None) -> bool:
    """Rights of the house give no sight of private fields: an admin sees what every member sees."""
    if viewer is not None and viewer.id == member.id:
        return True
    if member.state == "suspended":
        return False
    rank = level(member.visibility or {}, field)
    return rank == PUBLIC or (rank == MEMBERS and viewer is not None)


def visible_fields(member: Member, viewer: Member | None) -> ProfileView:
    """For every page, list, search, feed and API answer: whoever shows a member, shows this."""
    shown = {field for field in DEFAULT_VISIBILITY if may_see(member, field, viewer)}
    picture = f"/media/{member.picture.key}" if "picture" in shown and member.picture is not None else ""
    return ProfileView(
        id=member.id,
        handle=member.handle,
        state=member.state,
        is_self=viewer is not None and viewer.id == member.id,
        name=member.name if "name" in shown else "",
        pronouns=member.pronouns if "pronouns" in shown else "",
        place=member.place if "place" in shown else "",
        languages=tuple(member.languages) if "languages" in shown else (),
        areas=tuple(member.areas) if "areas" in shown else (),
        links=tuple(member.links) if "links" in shown else (),
        bio=member.bio if "bio" in shown else "",
        ask_me_about=member.ask_me_about if "ask_me_about" in shown else "",
        picture_url=f"{picture}/small" if picture else "",
        portrait_url=picture,
        shows_groups="groups" in shown,
        since=member.joined_at.date() if "since" in shown else None,
        shows_ties=member.shows_ties and "name" in shown,
    )


@dataclass(frozen=True)
class ProfileForm:
    """`texts` holds name, pronouns, place, bio and ask_me_about."""

    handle: str
    texts: Mapping[str, str]
    languages: tuple[str, ...]
    areas: tuple[str, ...]
    links: tuple[str, ...]
    visibility: Mapping[str, str]
    calm: bool


@dataclass(frozen=True)
class GroupForm:
    name: str
    place: str
    about: str
    entry: str
    website: str = ""
    is_outside: bool = False


JOINED, ACCOUNT, TERMS, DEEDS = "joined", "account", "terms", "deeds"
MEMBERS_BY = (JOINED, ACCOUNT, TERMS, DEEDS)
"""Whom a group may count as its members: whoever joined; of those, who has a login, or accepted its terms; whoever did what
a rule asks for, in the group or not."""


class Outdated(Refused):
    """Somebody else changed it meanwhile."""


@dataclass(frozen=True)
class MemberRule:
    """`rule`: in the criteria language, for DEEDS. `terms`: the text that whoever joins is asked to accept, or nothing;
    `asks_again`: another text counts only for those who accept that one."""

    members_by: str
    rule: dict[str, Any] | None
    terms: str
    asks_again: bool


def told_members(members_by: str, number: int | None) -> int | None:
    """How a group's count is told: who joined can be read on its page, so that is exact; what the other rules look at cannot,
    so that is told to the nearest five. None for fewer than five."""
    if number is None or number < SMALL:
        return None
    return number if members_by == JOINED else about(number)
