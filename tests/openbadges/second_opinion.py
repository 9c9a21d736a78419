"""Hosted badges and baked pictures, read once more: a verifier of Open Badges 2.0 written from its specification, and readers
of pictures that are other people's. It shares no line with the program."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import openbadges_bakery
from PIL import Image, PngImagePlugin

Fetch = Callable[[str], tuple[int, str]]
CONTEXT = "https://w3id.org/openbadges/v2"
REQUIRED = {
    "Assertion": ("recipient", "badge", "verification", "issuedOn"),
    "BadgeClass": ("name", "description", "image", "criteria", "issuer"),
    "Issuer": ("name", "url", "email"),
}


class Refused(Exception):
    """In one word."""


def hosted(url: str, address: str | None, fetch: Fetch) -> dict[str, Any]:
    """The assertion that its address answers, once all about it holds. Raises Refused."""
    assertion = _fetched(url, "Assertion", fetch)
    if assertion["verification"].get("type") not in ("HostedBadge", "hosted"):
        raise Refused("verification")
    badge = _fetched(assertion["badge"], "BadgeClass", fetch)
    issuer = _fetched(badge["issuer"], "Issuer", fetch)
    allowed = issuer.get("verification", {}).get("allowedOrigins", urlsplit(issuer["id"]).netloc)
    if {urlsplit(assertion["id"]).netloc, urlsplit(badge["id"]).netloc} != {allowed}:
        raise Refused("origin")
    if address is not None and not _is_of(assertion["recipient"], address):
        raise Refused("recipient")
    _in_time(assertion)
    return assertion


def _fetched(url: Any, kind: str, fetch: Fetch) -> dict[str, Any]:
    status, body = fetch(url) if isinstance(url, str) else (0, "")
    if status == 410 and json.loads(body)["revoked"] is True:
        raise Refused("revoked")
    if status != 200:
        raise Refused("unreachable")
    found: dict[str, Any] = json.loads(body)
    if found.get("@context") != CONTEXT or found.get("id") != url or kind not in (found["type"], *found["type"]):
        raise Refused("document")
    if any(not found.get(name) for name in REQUIRED[kind]):
        raise Refused("document")
    return found


def _is_of(recipient: Mapping[str, Any], address: str) -> bool:
    if recipient["hashed"] is not True:
        return bool(recipient["identity"] == address)
    digest = hashlib.sha256((address.strip().lower() + recipient.get("salt", "")).encode()).hexdigest()
    return bool(recipient["identity"] == f"sha256${digest}")


def _in_time(assertion: Mapping[str, Any]) -> None:
    now = datetime.now(UTC)
    if datetime.fromisoformat(assertion["issuedOn"]) > now:
        raise Refused("not yet")
    if "expires" in assertion and datetime.fromisoformat(assertion["expires"]) <= now:
        raise Refused("expired")


def baked_v2(picture: bytes) -> str:
    """As PyPI's openbadges-bakery reads it: JSON out of a PNG, the address out of an SVG."""
    return str(openbadges_bakery.unbake(BytesIO(picture)))


def baked_v3(picture: bytes) -> str:
    """As Pillow reads a text chunk, and ElementTree an element."""
    if not picture.startswith(b"\x89PNG"):
        (found,) = ElementTree.fromstring(picture).iter("{https://purl.imsglobal.org/ob/v3p0}credential")
        return found.get("verify") or found.text or ""
    with Image.open(BytesIO(picture), formats=("PNG",)) as image:
        assert isinstance(image, PngImagePlugin.PngImageFile)
        return str(image.text["openbadgecredential"])
