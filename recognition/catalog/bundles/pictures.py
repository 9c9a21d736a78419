"""Pictures among the words of quests: in a parcel they are files that are called by what is in them, here they have an address.

A house shows its own safe copy of a picture that came, and passes on the very file that came: so the same campaign is the same
file in every house, however many it went through."""

import hashlib
import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping

import sqlalchemy as sa

from recognition.catalog.bundles.parcel import FILE_BYTES_MAX, PICTURES_MAX, TOO_LARGE, Parcel
from recognition.database import among
from recognition.extensions import db
from recognition.media import services as media
from recognition.media.models import Media
from recognition.media.rules import WHOLE, BadPicture
from recognition.media.services import Prepared
from recognition.parcels import BadParcel

# What follows a name is another place: a page or a picture of somebody else.
_ADDRESS = re.compile(r"(?<![\w./:-])/media/([\w-]{1,64})")
_NAME = re.compile(r"(?<![\w./:-])pictures/([0-9a-f]{64})\.webp")
_HASH = sa.func.coalesce(Media.source_hash, Media.content_hash)
SECONDS_TOGETHER = 120
"""So long the pictures of one file may keep a server busy; those that a house made itself take far less."""
Calls = Mapping[str, str]
"""From an address to the name of a file, or the other way."""


def names(texts: Iterable[str]) -> dict[str, str]:
    """Of each picture that the words show, by its address. Only those of the house: what belongs to a person stays here."""
    keys = sorted({key for text in texts for key in _ADDRESS.findall(text)})
    if not keys:
        return {}
    rows = db.session.execute(sa.select(Media.key, _HASH).where(among(Media.key, keys), Media.owner_id.is_(None)))
    return {f"/media/{key}": f"pictures/{content_hash}.webp" for key, content_hash in rows}


def called(text: str, calls: Calls) -> str:
    """The words, with each picture called the other way."""
    pattern = _NAME if next(iter(calls), "").startswith("pictures/") else _ADDRESS
    return pattern.sub(lambda found: calls.get(found[0], found[0]), text)


def pack_in(parcel: Parcel) -> None:
    """Raises BadParcel where there are more than a file may hold, and where one is lost."""
    wanted = _wanted(parcel)
    if len(wanted) > PICTURES_MAX:
        raise BadParcel(f"its quests show more than {PICTURES_MAX} pictures, which is the most that a file may hold")
    left = FILE_BYTES_MAX
    for name, place in sorted(wanted.items()):
        try:
            with media.store().open(_hash(name)) as file:
                parcel.pictures[name] = file.read(left + 1)
        except FileNotFoundError:
            raise BadParcel(f"{place}: a picture in it is not in the store any more") from None
        left -= len(parcel.pictures[name])
        if left < 0:
            raise BadParcel(TOO_LARGE)


def unknown(parcel: Parcel) -> list[str]:
    """Names of those that this house has not yet. Raises BadParcel for one that is missing, or that is not what its name
    says."""
    wanted = _wanted(parcel)
    for name, place in sorted(wanted.items()):
        if name not in parcel.pictures:
            raise BadParcel(f"{place}: {name} is missing")
        if hashlib.sha256(parcel.pictures[name]).hexdigest() != _hash(name):
            raise BadParcel(f"{name}: what is in it is not what its name says")
    return sorted(set(wanted) - set(_here(wanted)))


def opened(parcel: Parcel, wanted: Collection[str]) -> dict[str, Prepared]:
    """Each made safe, and the file itself beside it. Takes up to seconds each: call it with no transaction open. Raises
    BadParcel for what is no picture, and where all of them together take too long."""
    found, until = {}, time.monotonic() + SECONDS_TOGETHER
    for name in wanted:
        if time.monotonic() > until:
            raise BadParcel(f"its pictures take more than {SECONDS_TOGETHER} seconds to open; make them smaller")
        try:
            found[name] = media.prepare_picture(parcel.pictures[name], WHOLE, keep_source=True)
        except BadPicture as bad:
            raise BadParcel(f"{name}: {bad}") from bad
    return found


def addresses(parcel: Parcel, prepared: Mapping[str, Prepared]) -> dict[str, str]:
    """Where each lies from now on. Raises BadParcel where one was not opened before."""
    wanted = _wanted(parcel)
    found = _here(wanted)
    for name in sorted(set(wanted) - set(found)):
        if name not in prepared:
            raise BadParcel(f"{wanted[name]}: {name} is missing")
        found[name] = f"/media/{media.keep_picture(prepared[name], None).key}"
    return found


def _here(wanted: Collection[str]) -> dict[str, str]:
    if not wanted:
        return {}
    hashes = sorted(map(_hash, wanted))
    own = sa.and_(Media.source_hash.is_(None), among(Media.content_hash, hashes))
    known = sa.or_(among(Media.source_hash, hashes), own)
    here = sa.select(_HASH, Media.key).where(known, Media.owner_id.is_(None))
    rows = db.session.execute(here.order_by(Media.id.desc()))
    return {f"pictures/{content_hash}.webp": f"/media/{key}" for content_hash, key in rows}


def _wanted(parcel: Parcel) -> dict[str, str]:
    """Names, each with a place where the words show it."""
    return {name[0]: place for place, text in _texts(parcel) for name in _NAME.finditer(text)}


def _texts(parcel: Parcel) -> Iterator[tuple[str, str]]:
    for slug, texts in parcel.texts.items():
        yield from ((f"quests/{slug}/{name}", text) for name, text in texts.items())
    for slug, tongues in parcel.quest_words.items():
        for language, told in tongues.items():
            parts = (*told["words"].values(), *told.get("was", {}).values())
            yield from ((f"quests/{slug}/quest.{language}.toml", text) for text in parts)


def _hash(name: str) -> str:
    return name.removeprefix("pictures/").removesuffix(".webp")
