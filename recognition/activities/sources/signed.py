"""Webhooks that are signed with HMAC-SHA256 over the raw body, written as "sha256=" and 64 hexadecimal digits."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from recognition.activities.sources.seen import Malformed

_SIGNATURE = re.compile(r"sha256=([0-9a-fA-F]{64})", re.ASCII)
_NAME = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)
_EVENT = re.compile(r"[a-z][a-z0-9_.-]{0,79}", re.ASCII)


class Unsigned(Malformed):
    """No signature, or one that cannot be right."""


@dataclass(frozen=True)
class Delivery:
    """What the headers say. Only the body is signed, so nothing here is proven."""

    id: str
    event: str
    signature: bytes


def delivery(headers: Mapping[str, str], id_header: str, event_header: str, signature_header: str) -> Delivery:
    """`headers`: by their names in lower case. Raises Unsigned and Malformed."""
    found = _SIGNATURE.fullmatch(headers.get(signature_header.lower(), ""))
    if found is None:
        raise Unsigned(f"The header {signature_header} is missing, or is no SHA-256 signature. Set a secret for this hook there.")
    name, event = headers.get(id_header.lower(), ""), headers.get(event_header.lower(), "")
    if not _NAME.fullmatch(name) or not _EVENT.fullmatch(event):
        raise Malformed(f"The headers {id_header} and {event_header} must name the delivery and what it is about.")
    return Delivery(name, event, bytes.fromhex(found[1]))


def is_signed(body: bytes, signature: bytes, secret: str) -> bool:
    """In the same time whether it is nearly right or not at all."""
    return hmac.compare_digest(hmac.digest(secret.encode(), body, hashlib.sha256), signature)
