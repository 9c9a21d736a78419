"""JWS in compact form, read as strictly as any JSON: the library that checks the signature may read it otherwise."""

import base64
import re

from recognition.openbadges import jwt
from recognition.openbadges.checking import json_text
from recognition.openbadges.checking.report import Fault
from recognition.openbadges.rules import Malformed, TooLarge

FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")


def parsed(text: str) -> jwt.Token:
    """Raises Fault."""
    if len(text) > json_text.MOST_CHARACTERS:
        raise Fault("too_large")
    for part in text.split(".")[:2]:
        _check_part(part)
    try:
        return jwt.parse(text)
    except TooLarge as fault:
        raise Fault("too_large") from fault
    except Malformed as fault:
        raise Fault("jwt_broken", str(fault)) from fault


def _check_part(part: str) -> None:
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as fault:
        raise Fault("jwt_broken") from fault
    try:
        json_text.parsed(json_text.decoded(raw))
    except Fault as fault:
        worse = "jwt_broken" if fault.finding.code in ("not_text", "json_broken") else fault.finding.code
        raise Fault(worse, fault.finding.detail) from fault
