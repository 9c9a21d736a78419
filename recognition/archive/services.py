"""Writing the archive: every public award with all that proves it, where a file server at our address has to find it."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from flask import current_app

from recognition.archive import queries
from recognition.archive.folder import Folder
from recognition.archive.pages import Place, Printer
from recognition.archive.queries import Public
from recognition.archive.rules import OtherAddress
from recognition.badges import pictures
from recognition.badges.artwork.design import PinDesign
from recognition.badges.models import Badge
from recognition.badges.portable import hosted, identifiers, keys, pins
from recognition.badges.portable.documents import issuer, v2, v3
from recognition.badges.portable.documents.facts import House, Pin
from recognition.badges.portable.hosted import Issued
from recognition.badges.portable.identifiers import Edition
from recognition.openbadges.rules import Unfit
from recognition.web import stylesheet

PIN_PX = 256
HOLDERS_A_PAGE = 200
STATIC = ("img/mark.svg", "vendor/THIRD-PARTY.txt")
FONTS = "vendor/fonts/*.woff2"
KINDS = ("png", "svg")


@dataclass
class Archived:
    """`unsigned`: public awards that wait for their signature; the next archive has them. `elsewhere`: those that are signed
    for another address, by that address; `lists_elsewhere`: lists of what was taken back that are. `without_picture`: awards
    that are here, and whose pictures could not be made. `removed`: files of an earlier archive."""

    awards: int = 0
    revoked: int = 0
    badges: int = 0
    unsigned: int = 0
    elsewhere: dict[str, int] = field(default_factory=dict)
    lists_elsewhere: int = 0
    without_picture: int = 0
    files: int = 0
    changed: int = 0
    removed: int = 0


def write(root: Path, now: datetime, progress: Callable[[int], None]) -> Archived:
    """Raises NotAnArchive, OtherHouse and OtherAddress. `progress` is told how many awards were done."""
    house, elsewhere = pins.house(), queries.elsewhere()
    if elsewhere and not queries.count():
        raise OtherAddress(elsewhere)
    with Folder(root, house.base) as folder:
        archive = Archive(folder, house, Printer(house, now))
        for awards in queries.slices():
            archive.add_awards(awards)
            progress(len(awards))
        archive.add_badges()
        archive.add_house()
        done = archive.done
        done.elsewhere = elsewhere
        done.unsigned, done.files, done.changed = queries.unsigned(), folder.written, folder.changed
        done.removed = folder.finish({"written": now.isoformat(timespec="seconds"), "awards": done.awards})
    return done


class Archive:
    def __init__(self, folder: Folder, house: House, printer: Printer) -> None:
        self.folder, self.house, self.printer, self.done = folder, house, printer, Archived()
        self.published = keys.published()
        self.designs: dict[Edition, PinDesign | None] = {}

    def add_awards(self, awards: Iterable[Public]) -> None:
        for one in awards:
            self._add_award(one)

    def _add_award(self, one: Public) -> None:
        put, base, award = self.folder.put_at, self.house.base, one.award
        document = json.loads(one.credential.document)
        issued = _issued(one)
        put(identifiers.credential(base, award.key), one.credential.document.encode())
        if one.credential.jwt:
            put(identifiers.credential_jwt(base, award.key), one.credential.jwt.encode())
        put(identifiers.assertion(base, award.key), _as_json(hosted.assertion(issued)))
        for endorsement in document.get("endorsement", ()):
            put(endorsement["id"], _as_json(endorsement))
        for did in _dids(document):
            self._add_did(did)
        baked = self._baked(issued)
        for kind, picture in baked.items():
            put(f"{identifiers.award_page(base, award.key)}/badge.{kind}", picture)
        put(f"{identifiers.award_page(base, award.key)}/index.html", self.printer.award(one, document, has_pictures=bool(baked)))
        self.done.awards += 1
        self.done.revoked += issued.revoked
        self.done.without_picture += not baked

    def _baked(self, issued: Issued) -> dict[str, bytes]:
        """By kind; empty for what no picture can be made of: its documents are worth keeping all the same."""
        design = self._design(issued.edition)
        try:
            return {kind: hosted.baked_into(design, issued, kind) for kind in KINDS} if design is not None else {}
        except Unfit as fault:
            current_app.logger.warning("The pictures of award %s cannot be made: %s", issued.award_key, fault)
            return {}

    def _design(self, edition: Edition) -> PinDesign | None:
        if edition not in self.designs:
            self.designs[edition] = pins.design(edition)
        return self.designs[edition]

    def _add_did(self, did: str) -> None:
        """Ours only: who holds, gives or endorses, each with a document of their own that lists our keys."""
        house = identifiers.did(self.house.base)
        if did == house or did.startswith(f"{house}:"):
            path = did.removeprefix(house).replace(":", "/").lstrip("/")
            self.folder.put(f"{path or '.well-known'}/did.json", _as_json(issuer.did_document(did, self.published)))

    def add_badges(self) -> None:
        """All badges that somebody shows: each as it is given today, and each as it was when somebody was given it."""
        badges = queries.badges()
        told = _pins_of(badges)
        for badge, _times in badges:
            today = Edition(badge.slug, badge.version, next(iter(badge.levels), None))
            for pin in told[badge.id]:
                self._add_edition(pin)
                if pin.edition == today:
                    address = identifiers.badge_class_of_today(self.house.base, badge.slug)
                    self.folder.put_at(address, _as_json(v2.badge_class(self.house, pin, address)))
            self.folder.put(f"badges/{badge.slug}/pin.png", pictures.png(pictures.design_of(badge), PIN_PX))
            self._add_pages(badge, told[badge.id])
        self.folder.put("index.html", self.printer.index(badges))
        self.done.badges = len(badges)

    def _add_edition(self, pin: Pin) -> None:
        put, base, edition = self.folder.put_at, self.house.base, pin.edition
        put(identifiers.achievement(base, edition), _as_json(v3.hosted_achievement(self.house, pin)))
        address = identifiers.badge_class(base, edition)
        put(address, _as_json(v2.badge_class(self.house, pin, address)))
        put(identifiers.picture(base, edition), hosted.picture(str(edition)) or b"")

    def _add_pages(self, badge: Badge, told: list[Pin]) -> None:
        before: int | None = None
        number, more = 1, True
        while more:
            found = queries.holders(badge.id, before, HOLDERS_A_PAGE + 1)
            holders, more = found[:HOLDERS_A_PAGE], len(found) > HOLDERS_A_PAGE
            place = Place(number, _page(number - 1), _page(number + 1) if more else "")
            self.folder.put(f"badges/{badge.slug}/{_page(number)}", self.printer.badge(badge, told, holders, place))
            before, number = (holders[-1].award.id if holders else None), number + 1

    def add_house(self) -> None:
        """What everything else leans on, the lists last: they say no less than any badge that is there already."""
        put, base = self.folder.put_at, self.house.base
        self._add_did(identifiers.did(base))
        put(identifiers.jwks(base), _as_json(hosted.jwk_set()))
        for key in self.published:
            put(identifiers.key(base, key["kid"]), _as_json(key))
        put(identifiers.issuer_v2(base), _as_json(hosted.house_v2()))
        put(identifiers.issuer_picture(base), hosted.house_picture())
        for path, content in _static():
            self.folder.put(f"static/{path}", content)
        for status in queries.lists():
            address = identifiers.status_list(base, status.id)
            if json.loads(status.document)["id"] == address:
                put(address, status.document.encode())
            else:
                self.folder.keep(address)
                self.done.lists_elsewhere += 1


def _issued(one: Public) -> Issued:
    award, badge = one.award, one.award.badge
    return Issued(award.key, badge.slug, badge.name, Edition(badge.slug, award.version, award.level), one.credential.document,
                  one.credential.jwt, award.revoked_at is not None, award.revoked_reason or "", private=False)  # fmt: skip


def _dids(document: dict[str, Any]) -> Iterator[str]:
    subject = document["credentialSubject"]
    yield subject["id"]
    if "creator" in subject["achievement"]:
        yield subject["achievement"]["creator"]["id"]
    for endorsement in document.get("endorsement", ()):
        yield endorsement["issuer"]["id"]


def _pins_of(badges: Iterable[tuple[Badge, int]]) -> dict[int, list[Pin]]:
    """By badge, the newest version first; also as it is given today, though nobody may have it yet."""
    today = [(badge.id, badge.version, next(iter(badge.levels), None)) for badge, _times in badges]
    ids = {key[0] for key in today}
    wanted = sorted(
        {*today, *(key for key in queries.editions() if key[0] in ids)}, key=lambda key: (key[0], -key[1], key[2] or 0)
    )
    known = pins.pins(wanted)
    told = {badge_id: list[Pin]() for badge_id in ids}
    for badge_id, of_one in groupby((key for key in wanted if key in known), key=lambda key: key[0]):
        told[badge_id] = [known[key].pin for key in of_one]
    return told


def _page(number: int) -> str:
    """The file with this page of holders; empty for the one before the first."""
    return ("", "index.html")[number] if number < 2 else f"page-{number}.html"


def _static() -> Iterator[tuple[str, bytes]]:
    """What the pages wear: the product's own sheet, fonts and mark."""
    folder: Path = current_app.extensions["settings"].static_dir
    sheet = stylesheet.fold(folder / stylesheet.NAME)
    yield stylesheet.NAME, sheet.encode()
    for path in (*(folder / name for name in STATIC), *sorted(folder.glob(FONTS))):
        name = path.relative_to(folder).as_posix()
        # Only the fonts that the sheet asks for.
        if path.is_file() and (path.suffix != ".woff2" or path.name in sheet):
            yield name, path.read_bytes()


def _as_json(document: Any) -> bytes:
    """As our own server tells it."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
