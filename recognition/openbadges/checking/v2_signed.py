"""Signed: a JWS with the assertion inside, by a key that the issuer's profile and the key's own document both vouch for."""

from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from recognition.openbadges import jwt, keys
from recognition.openbadges.checking import members, token_proof, v2
from recognition.openbadges.checking.case import Case
from recognition.openbadges.checking.report import Badge, Fault
from recognition.openbadges.rules import Unfit


def check(case: Case, token: jwt.Token) -> Badge:
    case.say("is_v2_signed")
    assertion = token.payload
    v2.check_assertion(case, assertion)
    if v2.verification(assertion).get("type") not in v2.SIGNED:
        case.say("field_wrong", "verification")
    if not members.text(assertion, "id"):
        case.say("field_missing", "id")
    behind = v2.Behind(case, assertion)
    try:
        token_proof.check_header(token.header)
        if behind.is_whole:
            v2.is_at_home(case, behind, "")
            _check_signature(token, _key(case, behind.issuer, members.text(v2.verification(assertion), "creator")))
            case.say("signature_ok", token.header["alg"])
            _check_revoked(case, assertion, behind.issuer)
    except Fault as fault:
        case.heard(fault)
    return v2.badge(case, assertion, behind)


def _key(case: Case, issuer: dict[str, Any], creator: str) -> dict[str, Any]:
    """As a JWK. Raises Fault."""
    named = {members.identifier({"key": one}, "key") for one in members.several(issuer, "publicKey")} - {""}
    name = creator or next(iter(sorted(named)), "")
    if name not in named:
        raise Fault("key_unlisted", members.detail(name))
    try:
        found = case.asker.document(name)
    except Fault as fault:
        case.heard(fault)
        raise Fault("issuer_unreachable", members.detail(name)) from fault
    if members.text(found, "id") != name or members.identifier(found, "owner") != members.text(issuer, "id"):
        raise Fault("key_foreign", members.detail(name))
    return _jwk(members.text(found, "publicKeyPem"), name)


def _jwk(pem: str, name: str) -> dict[str, Any]:
    """Raises Fault. No private keys are read, which libraries take as public ones: looking whether a stranger's numbers are
    primes takes hours."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise Fault("key_broken", members.detail(name)) from fault
    if not isinstance(key, RSAPublicKey):
        raise Fault("key_broken", members.detail(name))
    return keys.rsa_public_jwk(key)


def _check_signature(token: jwt.Token, jwk: dict[str, Any]) -> None:
    try:
        jwt.verify(token.text, jwk)
    except Unfit as fault:
        raise Fault("signature_bad") from fault


def _check_revoked(case: Case, assertion: dict[str, Any], issuer: dict[str, Any]) -> None:
    url = members.identifier(issuer, "revocationList")
    if not url:
        case.say("status_none")
        return
    try:
        found = case.asker.document(url)
    except Fault as fault:
        case.heard(fault)
        raise Fault("status_unreachable", members.detail(url)) from fault
    if members.text(found, "id") != url:
        raise Fault("status_other", members.detail(found.get("id")))
    if members.identifier(found, "issuer") not in ("", members.text(issuer, "id")):
        raise Fault("status_issuer", members.detail(members.identifier(found, "issuer")))
    if not isinstance(found.get("revokedAssertions"), list):
        raise Fault("status_broken", "revokedAssertions")
    for one in found["revokedAssertions"]:
        if members.identifier({"one": one}, "one") == members.text(assertion, "id"):
            case.say("revoked", members.text(one, "revocationReason"))
            return
    case.say("status_ok")
