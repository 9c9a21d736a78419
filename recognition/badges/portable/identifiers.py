"""Addresses of all that is signed or named by what is signed. They are permanent: a badge that is out cannot be told that
one of them moved. `base` is the settings' `base_url`, without a slash at its end. Flat, so that any file server can hold
them."""

import re
from dataclasses import dataclass
from urllib.parse import quote

_EDITION = re.compile(r"(?P<slug>[^./]+)\.(?P<version>[1-9]\d{0,8})(?:\.(?P<level>[1-9]\d{0,8}))?")


@dataclass(frozen=True)
class Edition:
    """A badge as it was at some version, at one of its levels where it has any: what an award is an award of."""

    slug: str
    version: int
    level: int | None = None

    def __str__(self) -> str:
        return ".".join(str(part) for part in (self.slug, self.version, self.level) if part is not None)


def edition(text: str) -> Edition | None:
    """The last part of an address, read back. None where it names none."""
    found = _EDITION.fullmatch(text)
    if found is None:
        return None
    return Edition(found["slug"], int(found["version"]), int(found["level"]) if found["level"] else None)


def did(base: str) -> str:
    """Who issues: the house. A port's colon is written %3A."""
    return f"did:web:{quote(base.partition('://')[2], safe='')}"


def group_did(base: str, slug: str) -> str:
    return f"{did(base)}:ob:3:groups:{slug}"


def member_did(base: str, key: str) -> str:
    """`key`: of the member's HolderKey, which is not the handle and never changes."""
    return f"{did(base)}:ob:3:members:{key}"


def method(controller: str, kid: str) -> str:
    """The verification method of one of our keys, as it stands in the did.json of `controller`, a DID."""
    return f"{controller}#{kid}"


def did_document(base: str) -> str:
    return f"{base}/.well-known/did.json"


def group_did_document(base: str, slug: str) -> str:
    return f"{base}/ob/3/groups/{slug}/did.json"


def member_did_document(base: str, key: str) -> str:
    return f"{base}/ob/3/members/{key}/did.json"


def jwks(base: str) -> str:
    return f"{base}/.well-known/jwks.json"


def key(base: str, kid: str) -> str:
    """Answers one bare JWK: what the `kid` in a JWT's header is."""
    return f"{base}/ob/3/keys/{kid}"


def credential(base: str, award_key: str) -> str:
    return f"{base}/ob/3/credentials/{award_key}"


def credential_jwt(base: str, award_key: str) -> str:
    return f"{credential(base, award_key)}.jwt"


def endorsement(base: str, endorsement_key: str) -> str:
    return f"{base}/ob/3/endorsements/{endorsement_key}"


def achievement(base: str, badge: Edition) -> str:
    return f"{base}/ob/3/achievements/{badge}"


def rank(base: str, badge: Edition) -> str:
    """The description of a result that is a place in a contest."""
    return f"{achievement(base, badge)}#rank"


def status_list(base: str, number: int) -> str:
    return f"{base}/ob/3/status/{number}"


def status_entry(base: str, number: int, index: int) -> str:
    return f"{status_list(base, number)}#{index}"


def issuer_v2(base: str) -> str:
    return f"{base}/ob/2/issuer"


def issuer_picture(base: str) -> str:
    return f"{issuer_v2(base)}.svg"


def badge_class(base: str, badge: Edition) -> str:
    """OB 2.0; what assertions name."""
    return f"{base}/ob/2/badges/{badge}"


def badge_class_of_today(base: str, slug: str) -> str:
    return f"{base}/ob/2/badges/{slug}"


def picture(base: str, badge: Edition) -> str:
    """The pin alone, with nothing in it, of both Open Badges versions."""
    return f"{badge_class(base, badge)}.png"


def assertion(base: str, award_key: str) -> str:
    return f"{base}/ob/2/assertions/{award_key}"


def award_page(base: str, award_key: str) -> str:
    return f"{base}/awards/{award_key}"


def baked_png(base: str, award_key: str) -> str:
    return f"{award_page(base, award_key)}/badge.png"


def baked_svg(base: str, award_key: str) -> str:
    return f"{award_page(base, award_key)}/badge.svg"


def badge_page(base: str, slug: str) -> str:
    return f"{base}/badges/{slug}"


def group_page(base: str, slug: str) -> str:
    return f"{base}/groups/{slug}"


def campaign_page(base: str, slug: str) -> str:
    return f"{base}/campaigns/{slug}"


def deed_page(base: str, activity_id: int) -> str:
    return f"{base}/activities/{activity_id}"
