"""The archive's pages for people, as text: everything that a page says comes from what is signed, or is public."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import format_date
from flask_babel import gettext as _

from recognition.archive.queries import Public
from recognition.badges import certificates, sharing, words
from recognition.badges.models import Badge
from recognition.badges.portable.documents.facts import House, Pin
from recognition.i18n import LANGUAGES, RIGHT_TO_LEFT

DEEP = "../../"


class Line(NamedTuple):
    """A badge on the first page."""

    slug: str
    name: str
    summary: str
    times: int


class Holder(NamedTuple):
    key: str
    name: str
    words: str
    awarded_at: datetime


class Told(NamedTuple):
    """Of a credential: what its badge was for when it was given."""

    description: str
    criteria: str


class Place(NamedTuple):
    """Of a page among those with the holders of one badge: its number, and the files beside it."""

    number: int
    newer: str
    older: str


class Printer:
    """What all pages of one archive share."""

    def __init__(self, house: House, now: datetime) -> None:
        self.house, self.now, self.day = house, now, format_date(now, "d MMMM yyyy")

    def index(self, badges: Sequence[tuple[Badge, int]]) -> bytes:
        lines: dict[str, list[Line]] = {}
        for badge, times in badges:
            lines.setdefault(badge.family, []).append(Line(badge.slug, badge.name, badge.summary, times))
        families = [(key, name, lines[key]) for key, name in words.families().items() if key in lines]
        awards = sum(times for _badge, times in badges)
        return self._print("archive/index.html", root="", families=families, awards=awards)

    def badge(self, badge: Badge, pins: Sequence[Pin], holders: Sequence[Public], place: Place) -> bytes:
        several = len({pin.edition.version for pin in pins}) > 1
        editions = [(_words_of(pin, several), pin.criteria, _files_of(pin)) for pin in pins]
        people = [_holder(one) for one in holders]
        return self._print("archive/badge.html", root=DEEP, badge=badge, family=words.families()[badge.family], editions=editions,
                           holders=people, number=place.number, newer=place.newer, older=place.older)  # fmt: skip

    def award(self, one: Public, document: dict[str, Any], has_pictures: bool) -> bytes:
        award, achievement = one.award, document["credentialSubject"]["achievement"]
        told = Told(achievement["description"], achievement["criteria"]["narrative"])
        return self._print(
            "archive/award.html", root=DEEP, award=award, badge=award.badge, name=one.name, told=told,
            level=words.level_words(award.level), issuer=achievement.get("creator", {}).get("name", ""),
            standing=certificates.standing(award, self.now), signed_at=one.credential.signed_at, deeds=_deeds(document),
            words=_said(document), files=_files(one, self.house, has_pictures),
            picture="badge.png" if has_pictures else f"{DEEP}badges/{award.badge.slug}/pin.png",
        )  # fmt: skip

    def _print(self, template: str, /, **shown: Any) -> bytes:
        language = LANGUAGES[0]
        shown |= {"house": self.house, "day": self.day, "language": language,
                  "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr"}  # fmt: skip
        return current_app.jinja_env.get_template(template).render(**shown).encode()


def _holder(one: Public) -> Holder:
    award = one.award
    return Holder(award.key, one.name, words.level_words(award.level), award.awarded_at)


def _words_of(pin: Pin, several: bool) -> str:
    """`several`: its rule was changed, and people were given the badge under more than one."""
    edition = pin.edition
    version = _("version %(number)s of the rule", number=edition.version) if several else ""
    return ", ".join(word for word in (words.level_words(edition.level), str(version)) if word)


def _files_of(pin: Pin) -> list[tuple[str, str]]:
    return [
        (f"ob/3/achievements/{pin.edition}", _("Open Badges 3.0")),
        (f"ob/2/badges/{pin.edition}", _("Open Badges 2.0")),
        (f"ob/2/badges/{pin.edition}.png", _("Picture")),
    ]


def _deeds(document: dict[str, Any]) -> list[tuple[str, str]]:
    """The first piece of evidence is the page of the award itself."""
    return [(one["name"], one.get("narrative", "")) for one in document.get("evidence", ())[1:]]


def _said(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Groups say it in their name; members are called by a key there, and that is no name."""
    return [
        (one["credentialSubject"]["endorsementComment"], one["issuer"].get("name", "")) for one in document.get("endorsement", ())
    ]


def _files(one: Public, house: House, has_pictures: bool) -> list[tuple[str, str, str, str]]:
    """As the award's page tells them, with the way through the archive instead of the address."""
    return [
        (address.removeprefix(f"{house.base}/"), name, what, good_for)
        for address, name, what, good_for in sharing.files(one.award)
        if (one.credential.jwt or not address.endswith(".jwt")) and (has_pictures or not address.endswith((".png", ".svg")))
    ]
