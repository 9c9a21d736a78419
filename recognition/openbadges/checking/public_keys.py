"""Published methods as keys that signatures are checked with."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from recognition.openbadges import jwt, keys, multikey
from recognition.openbadges.checking import members
from recognition.openbadges.checking.issuers import Method
from recognition.openbadges.checking.report import Fault
from recognition.openbadges.rules import Malformed


def ed25519(method: Method) -> bytes:
    """Raises Fault."""
    name = members.detail(method.get("id"))
    jwk = members.held(method, "publicKeyJwk")
    try:
        if "publicKeyMultibase" in method:
            raw = multikey.unmultibase(members.text(method, "publicKeyMultibase"))
            if not raw.startswith(multikey.ED25519):
                raise Fault("key_kind", name)
            return multikey.decode(members.text(method, "publicKeyMultibase"))
        if jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519":
            raise Fault("key_kind" if jwk else "key_broken", name)
        return base64.urlsafe_b64decode(members.text(jwk, "x") + "==")
    except (Malformed, binascii.Error, ValueError) as fault:
        raise Fault("key_broken", name) from fault


def jwk_of(method: Method) -> dict[str, Any] | None:
    """None where no JWT can be checked with it."""
    jwk = members.held(method, "publicKeyJwk")
    if not jwk:
        try:
            raw = multikey.decode(members.text(method, "publicKeyMultibase"))
        except Malformed:
            return None
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).rstrip(b"=").decode()}
    return jwk if thumbprint(jwk) else None


def thumbprint(jwk: dict[str, Any]) -> str:
    """Empty where it is no key of a kind that is taken."""
    try:
        return keys.thumbprint(dict(jwt.public(jwk)))
    except (Malformed, ValueError):
        return ""


def jwks(methods: Mapping[str, Method]) -> Iterator[tuple[Method, dict[str, Any]]]:
    for method in methods.values():
        jwk = jwk_of(method)
        if jwk is not None:
            yield method, jwk
