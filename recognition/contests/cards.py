"""An entry as pages show it, in the gallery and by itself."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask_babel import gettext as _

from recognition.contests import queries
from recognition.contests.models.entry import ASKED, IN, Author, Entry
from recognition.contests.rules import LINK, PERSON, PICTURE, TEXT
from recognition.identity.models import Member
from recognition.identity.rules import may_see
from recognition.media.queries import RATIO_LEAST, RATIO_MOST, RATIO_STEP, Picture

EXCERPT_CHARS = 220
PLAIN_SHAPE = "r29"
"""Of what has no picture: a little wider than high, like a sheet of paper that lies."""


@dataclass(frozen=True)
class Card:
    """`kind`: picture, text, link or person. `shape`: the class of its side lengths, see `shape_of`. `names`: who made it,
    as this reader may see them."""

    key: str
    kind: str
    title: str
    names: str
    alt: str
    excerpt: str
    picture: Picture | None
    shape: str


def cards(takes: str, entries: Sequence[Entry], viewer: Member | None, with_names: bool = True) -> list[Card]:
    found = queries.pictures(entries)
    return [card(takes, entry, found, viewer, with_names) for entry in entries]


def card(takes: str, entry: Entry, pictures: Mapping[int, Picture], viewer: Member | None, with_names: bool = True) -> Card:
    picture = pictures.get(entry.media_id) if entry.media_id is not None else None
    kind = PICTURE if takes == PICTURE and picture is not None else TEXT if takes == PICTURE else takes
    return Card(
        entry.key, kind, title_of(entry, viewer), names_of(entry, viewer) if with_names else "", entry.alt,
        _excerpt(takes, entry), picture, shape_of(picture) if picture else PLAIN_SHAPE,
    )  # fmt: skip


def title_of(entry: Entry, viewer: Member | None) -> str:
    """Of a nomination, whom it names."""
    if entry.nominee is not None:
        return called(entry.nominee, viewer)
    return entry.title or str(_("Without a title yet"))


def names_of(entry: Entry, viewer: Member | None) -> str:
    """Who made it, those who were asked and are silent left out; of a nomination, who names them."""
    makers = [entry.member] if entry.nominee_id is not None else [author.member for author in makers_of(entry)]
    return _(", ").join(called(member, viewer) for member in makers)


def makers_of(entry: Entry) -> list[Author]:
    return [author for author in entry.authors if author.state == IN and author.member.state != "suspended"]


def asked_of(entry: Entry) -> list[Author]:
    return [author for author in entry.authors if author.state == ASKED]


def called(member: Member, viewer: Member | None) -> str:
    return member.name if may_see(member, "name", viewer) else f"@{member.handle}"


def shape_of(picture: Picture) -> str:
    """A step of four in a hundred is one class in the style sheet; the frame is that little bit wider or higher than the
    picture in it, which nobody sees. Very long ones lie in a frame of the longest kind."""
    ratio = min(max(picture.ratio, RATIO_LEAST), RATIO_MOST)
    return f"r{round(math.log(ratio / RATIO_LEAST) / math.log(RATIO_STEP))}"


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _excerpt(takes: str, entry: Entry) -> str:
    words = " ".join({TEXT: entry.text, LINK: host_of(entry.url), PERSON: entry.story}.get(takes, entry.story).split())
    return words if len(words) <= EXCERPT_CHARS else words[:EXCERPT_CHARS].rsplit(" ", 1)[0] + "…"
