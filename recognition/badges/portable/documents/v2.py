"""Open Badges 2.0: hosted assertions, badge classes, the issuer. An assertion is told from the signed 3.0 credential, so
that the two cannot differ."""

from collections.abc import Mapping
from typing import Any

from recognition.badges.portable import identifiers
from recognition.badges.portable.documents.facts import House, Pin
from recognition.badges.portable.documents.v3 import Document

CONTEXT = "https://w3id.org/openbadges/v2"


def issuer(house: House) -> Document:
    return {
        "@context": CONTEXT,
        "type": "Issuer",
        "id": identifiers.issuer_v2(house.base),
        "name": house.name,
        "url": house.base,
        "email": house.email,
        "image": identifiers.issuer_picture(house.base),
    }


def badge_class(house: House, pin: Pin, url: str) -> Document:
    """`url`: its own address, with the edition or, for how it is today, without."""
    base = house.base
    document: Document = {
        "@context": CONTEXT,
        "type": "BadgeClass",
        "id": url,
        "name": pin.name,
        "description": pin.summary,
        "image": {"type": "Image", "id": identifiers.picture(base, pin.edition), "caption": pin.caption},
        "criteria": {"id": identifiers.badge_page(base, pin.edition.slug), "narrative": pin.criteria},
        "issuer": identifiers.issuer_v2(base),
        "version": str(pin.edition.version),
    }
    if pin.tags:
        document["tags"] = list(pin.tags)
    if pin.alignment:
        document["alignment"] = [{"targetName": one.name, "targetUrl": one.url} for one in pin.alignment]
    return document


def assertion(base: str, award_key: str, credential: Mapping[str, Any]) -> Document:
    """`credential`: the 3.0 one. The recipient is the newest address, or the member's identifier where none is known."""
    subject = credential["credentialSubject"]
    edition = subject["achievement"]["id"].rpartition("/")[2]
    document: Document = {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": identifiers.assertion(base, award_key),
        "recipient": _recipient(subject),
        "badge": f"{base}/ob/2/badges/{edition}",
        "image": {"type": "Image", "id": identifiers.baked_png(base, award_key)},
        "verification": {"type": "HostedBadge"},
        "issuedOn": credential["awardedDate"],
        "evidence": [{**one, "type": "Evidence"} for one in credential.get("evidence", ())],
    }
    if "validUntil" in credential:
        document["expires"] = credential["validUntil"]
    return {name: value for name, value in document.items() if value != []}


def revoked(base: str, award_key: str, reason: str) -> Document:
    """The body of a 410."""
    gone: Document = {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": identifiers.assertion(base, award_key),
        "revoked": True,
    }
    return gone | ({"revocationReason": reason} if reason else {})


def _recipient(subject: Mapping[str, Any]) -> Document:
    known = subject.get("identifier")
    if not known:
        return {"type": "id", "hashed": False, "identity": subject["id"]}
    return {"type": "email", "hashed": True, "identity": known[0]["identityHash"], "salt": known[0]["salt"]}
