"""OB 3.0 with its proof inside: DataIntegrityProof, eddsa-rdfc-2022 (OPENBADGES.md 2.1)."""

from typing import Any

from recognition.openbadges import proofs
from recognition.openbadges.checking import issuers, members, public_keys
from recognition.openbadges.checking.case import Case
from recognition.openbadges.checking.dates import moment
from recognition.openbadges.checking.report import Fault
from recognition.openbadges.rules import BadSignature, Malformed, TooLarge, UnknownContext, UnknownTerm

_MOST = 4


def check(case: Case, document: dict[str, Any]) -> None:
    """Says signature_ok and issuer_ok, or why not. Each proof that can be checked has to hold."""
    found = members.several(document, "proof")
    if not found:
        case.say("no_proof")
        return
    if len(found) > _MOST:
        case.say("too_many_proofs", len(found))
        return
    if len(found) > 1:
        case.say("several_proofs", len(found))
    held, signed = 0, proofs.Document(document)
    for proof in found:
        held += _holds(case, document, signed, proof, alone=len(found) == 1)
    if held:
        case.say("signature_ok", proofs.SUITE)
        case.say("issuer_ok", members.identifier(document, "issuer"))
    elif len(found) > 1:
        case.say("proof_suite", members.text(found[0], "cryptosuite") or members.text(found[0], "type"))


def _holds(case: Case, document: dict[str, Any], signed: proofs.Document, proof: object, alone: bool) -> bool:
    try:
        if not isinstance(proof, dict):
            raise Fault("proof_broken")
        if proof.get("type") != proofs.TYPE or proof.get("cryptosuite") != proofs.SUITE:
            kind = members.detail(proof.get("cryptosuite") or proof.get("type"))
            case.say("proof_suite" if alone else "proof_extra", kind)
            return False
        _check_claims(case, document, proof)
        _check_readable(signed, proof)
        _check_signature(case, members.identifier(document, "issuer"), signed, proof)
    except Fault as fault:
        case.heard(fault)
        return False
    return True


def _check_claims(case: Case, document: dict[str, Any], proof: dict[str, Any]) -> None:
    if proof.get("proofPurpose") != proofs.PURPOSE:
        raise Fault("proof_purpose", members.detail(proof.get("proofPurpose")))
    method = members.text(proof, "verificationMethod")
    if not method:
        raise Fault("proof_broken", "verificationMethod")
    if method.partition("#")[0] != members.identifier(document, "issuer"):
        raise Fault("key_foreign", members.detail(method))
    for name in ("created", "expires"):
        when = moment(proof.get(name))
        if name in proof and when is None:
            raise Fault("proof_broken", name)
        if name == "expires" and when and when <= case.now:
            case.say("expired", when.isoformat())


def _check_readable(signed: proofs.Document, proof: dict[str, Any]) -> None:
    """What no context defines is told without asking anybody for a key."""
    with _Faults():
        signed.data(proof)


def _check_signature(case: Case, issuer: str, signed: proofs.Document, proof: dict[str, Any]) -> None:
    name = members.text(proof, "verificationMethod")
    method = issuers.published(case, issuer).get(name)
    if method is None:
        raise Fault("key_unlisted", members.detail(name))
    issuers.check_in_force(case, method)
    key = public_keys.ed25519(method)
    with _Faults():
        signed.verify(proof, key)


class _Faults:
    """What the formats' own errors are called here."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case UnknownTerm():
                raise Fault("undefined_term", members.detail(error.term)) from error
            case UnknownContext():
                raise Fault("context_unknown", members.detail(error.url)) from error
            case TooLarge():
                raise Fault("too_much_work") from error
            case BadSignature():
                raise Fault("signature_bad") from error
            case Malformed():
                raise Fault("proof_broken", members.detail(error)) from error
