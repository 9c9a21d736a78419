"""What documents are made from. Texts are in the house's language and ready to be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from recognition.badges.portable.identifiers import Edition


@dataclass(frozen=True)
class House:
    """Who issues. `base`: the address of the site without a slash at its end; `email`: where its keepers can be reached."""

    base: str
    name: str
    email: str


@dataclass(frozen=True)
class Link:
    """Something with a name and an address of its own."""

    name: str
    url: str


@dataclass(frozen=True)
class Pin:
    """A badge at one version and level. `criteria`: what it takes, in words. `group`: slug and name of the group that gives
    it. `rank`: what its result is called, where it stands for a place in a contest."""

    edition: Edition
    name: str
    summary: str
    criteria: str
    caption: str
    language: str
    tags: Sequence[str] = ()
    alignment: Sequence[Link] = ()
    group: tuple[str, str] | None = None
    rank: str = ""


@dataclass(frozen=True)
class Deed:
    """A public deed that counted, or the page of the award itself."""

    url: str
    name: str
    text: str = ""


@dataclass(frozen=True)
class Given:
    """One award. `holder`: the key of the member, never the name. `identifiers`: salt and hash of the holder's addresses,
    the newest first. `status`: number of the list and place in it. `place`: of a badge with a `rank`. `endorsements`: signed
    documents of others."""

    key: str
    holder: str
    awarded_at: datetime
    status: tuple[int, int]
    expires_at: datetime | None = None
    identifiers: Sequence[Mapping[str, str]] = ()
    evidence: Sequence[Deed] = ()
    place: str = ""
    endorsements: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True)
class Word:
    """An endorsement. `group`: slug and name where a group says it; otherwise `member` is the key of who does."""

    key: str
    award_key: str
    badge_name: str
    comment: str
    created_at: datetime
    member: str = ""
    group: tuple[str, str] | None = None


def moment(at: datetime) -> str:
    """Whole seconds in UTC: a token's claims know no smaller ones, and both must say the same."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
