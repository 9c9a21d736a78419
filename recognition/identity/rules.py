"""Who may see what of a member, and the errors of this package. The one place where privacy of fields is decided."""

from collections.abc import Mapping
from dataclasses import dataclass

from recognition.identity.fields import DEFAULT_VISIBILITY, MEMBERS, PUBLIC, level
from recognition.identity.models import Member


class Refused(Exception):
    """Its text is a sentence for the person who tried."""


class NotAllowed(Refused):
    """Nobody with this role or relation may do it."""


@dataclass(frozen=True)
class ProfileView:
    """A member as one reader may see them: what is hidden is empty here."""

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
