"""What stands at our permanent addresses. An award is there for everybody while its holder shows it, and for the holder
always; hidden, waiting or suspended it is missing like one that never was."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from recognition.badges import pictures
from recognition.badges.artwork.design import PinDesign
from recognition.badges.models import ACCEPTED, Award, Badge
from recognition.badges.portable import holders, identifiers, keys, pins
from recognition.badges.portable.documents import issuer, v2, v3
from recognition.badges.portable.identifiers import Edition, edition
from recognition.badges.portable.models import Credential, Endorsement, StatusList
from recognition.extensions import db
from recognition.identity.models import Group, Member
from recognition.openbadges.baking.pictures import bake

PICTURE_PX = 512
PNG, SVG = "image/png", "image/svg+xml"


@dataclass(frozen=True)
class Issued:
    """A signed award as one reader may have it. `private`: only its holder may."""

    award_key: str
    badge_slug: str
    badge_name: str
    edition: Edition
    document: str
    jwt: str
    revoked: bool
    revoked_reason: str
    private: bool


def issued(key: str, viewer_id: int | None) -> Issued | None:
    columns: tuple[Any, ...] = (
        Award.member_id, Award.shown, Award.level, Award.version, Award.revoked_at, Award.revoked_reason, Badge.slug, Badge.name,
        Member.state, Credential.document, Credential.jwt,
    )  # fmt: skip
    wanted = sa.select(*columns).join(Credential, Credential.award_id == Award.id).join(Badge, Badge.id == Award.badge_id)
    wanted = wanted.join(Member, Member.id == Award.member_id)
    row = db.session.execute(wanted.where(Award.key == key, Award.answer == ACCEPTED, Credential.document != "")).first()
    if row is None:
        return None
    is_open = row.shown and row.state != "suspended"
    if not is_open and (viewer_id is None or viewer_id != row.member_id):
        return None
    told = Edition(row.slug, row.version, row.level)
    return Issued(key, row.slug, row.name, told, row.document, row.jwt, row.revoked_at is not None, row.revoked_reason or "",
                  private=not is_open)  # fmt: skip


def assertion(found: Issued) -> v3.Document:
    """OB 2.0; of one that was taken back, what says so."""
    base = _base()
    if found.revoked:
        return v2.revoked(base, found.award_key, found.revoked_reason)
    return v2.assertion(base, found.award_key, json.loads(found.document))


def baked(found: Issued, kind: str) -> bytes:
    design = pins.design(found.edition)
    return b"" if design is None else baked_into(design, found, kind)


def baked_into(design: PinDesign, found: Issued, kind: str) -> bytes:
    """The pin with both badges in it: 2.0 for older programs, 3.0 with its proof. Also of what was taken back: whoever checks
    either hears it, at the assertion's address or from the list."""
    picture = pictures.png(design, PICTURE_PX) if kind == "png" else pictures.svg(design, True, found.badge_name).encode()
    told = v2.assertion(_base(), found.award_key, json.loads(found.document))
    return bake(picture, {"2.0": json.dumps(told, ensure_ascii=False), "3.0": found.document})


def achievement(text: str) -> v3.Document | None:
    asked = edition(text)
    known = pins.pin_of(asked) if asked else None
    return v3.hosted_achievement(pins.house(), known.pin) if known else None


def badge_class(text: str) -> v3.Document | None:
    """OB 2.0. `text`: an edition, or the slug of a badge for how it is given today."""
    asked = edition(text) or pins.edition_of_today(text)
    known = pins.pin_of(asked) if asked else None
    return v2.badge_class(pins.house(), known.pin, f"{_base()}/ob/2/badges/{text}") if known else None


def picture(text: str) -> bytes | None:
    """The pin of an edition, with nothing in it."""
    asked = edition(text)
    design = pins.design(asked) if asked else None
    return pictures.png(design, PICTURE_PX) if design else None


def slug_of(text: str) -> str:
    """Of the badge that an address ends with."""
    asked = edition(text)
    return asked.slug if asked else text


def house_v2() -> v3.Document:
    return v2.issuer(pins.house())


def house_picture() -> bytes:
    folder: Path = current_app.extensions["settings"].static_dir
    return (folder / "img" / "mark.svg").read_bytes()


def endorsement(key: str) -> tuple[v3.Document, Issued] | None:
    """As the credential that it is part of holds it, and that."""
    award_key = db.session.scalar(
        sa.select(Award.key).join(Endorsement, Endorsement.award_id == Award.id).where(Endorsement.key == key)
    )
    found = issued(award_key, None) if award_key else None
    if found is None:
        return None
    address = identifiers.endorsement(_base(), key)
    told = json.loads(found.document).get("endorsement", ())
    return next(((one, found) for one in told if one["id"] == address), None)


def status_list(number: int) -> str | None:
    return db.session.scalar(sa.select(StatusList.document).where(StatusList.id == number, StatusList.document != ""))


def did_document() -> v3.Document:
    return issuer.did_document(identifiers.did(_base()), keys.published())


def group_did_document(slug: str) -> v3.Document | None:
    if db.session.scalar(sa.select(Group.id).where(Group.slug == slug)) is None:
        return None
    return issuer.did_document(identifiers.group_did(_base(), slug), keys.published())


def member_did_document(key: str) -> v3.Document | None:
    """Also of who left or was suspended: what was signed for them before stays true."""
    if not holders.is_known(key):
        return None
    return issuer.did_document(identifiers.member_did(_base(), key), keys.published())


def jwk_set() -> v3.Document:
    return issuer.jwk_set(keys.published())


def _base() -> str:
    base: str = current_app.extensions["settings"].base_url
    return base
