"""Embedded proofs: DataIntegrityProof with eddsa-rdfc-2022 (W3C vc-di-eddsa, sections 3.2 and 3.3)."""

import hashlib
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from recognition.openbadges import canon, jsonld, multikey
from recognition.openbadges.rules import BadSignature, Malformed, Unfit

TYPE, SUITE, PURPOSE = "DataIntegrityProof", "eddsa-rdfc-2022", "assertionMethod"


OF_ENDORSED = {"id", "type", "endorsementComment"}
"""What an endorsement inside a credential says of that credential."""


def canonical(document: dict[str, Any]) -> str:
    """RDFC-1.0 canonical N-Quads. Raises UnknownTerm, UnknownContext, TooLarge, Malformed."""
    return canon.canonical(jsonld.quads(document))


def options(method: str, created: datetime) -> dict[str, Any]:
    """What a proof of ours says beside its signature; `created` is aware, and given in whole seconds of UTC."""
    moment = created.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    return {"type": TYPE, "cryptosuite": SUITE, "created": moment, "verificationMethod": method, "proofPurpose": PURPOSE}


def signed(document: dict[str, Any], private: Ed25519PrivateKey, method: str, created: datetime) -> dict[str, Any]:
    """A copy of the document with one proof. Other proofs of it are dropped; each is over the document without any."""
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    return with_proof(unsigned, sha256(canonical(unsigned)), private, options(method, created))


def with_proof(
    unsigned: dict[str, Any], document_hash: bytes, private: Ed25519PrivateKey, said: dict[str, Any]
) -> dict[str, Any]:
    """For a document whose canonical form was hashed already; `said` as `options` gives it."""
    signature = private.sign(options_hash(said, unsigned.get("@context")) + document_hash)
    return unsigned | {"proof": [said | {"proofValue": multikey.multibase(signature)}]}


def options_hash(said: dict[str, Any], context: object) -> bytes:
    """Equal to hashing their canonical form: only the moment and the method differ from one of our proofs to the next."""
    method, created = said["verificationMethod"], said["created"]
    if not jsonld.is_address(method):
        raise Malformed("a verification method that is no address")
    form = _options_form(json.dumps(context))
    return sha256(form.replace(f"<{_STAND_IN}>", f"<{method}>").replace(jsonld.literal(_STAND_IN), jsonld.literal(created)))


_STAND_IN = "urn:x-stand-in"


@lru_cache(maxsize=64)
def _options_form(context: str) -> str:
    """There is one blank node and each line has another predicate, so the order does not follow from the values."""
    said = {"type": TYPE, "cryptosuite": SUITE, "created": _STAND_IN, "verificationMethod": _STAND_IN, "proofPurpose": PURPOSE}
    return canonical(said | {"@context": json.loads(context)})


class Document:
    """Proofs are each over all of a document. It is read once for all of them, since that is nearly all of the work and
    strangers say how many there are."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._unsigned = {key: value for key, value in document.items() if key != "proof"}
        self._hashes: dict[str, bytes | Unfit] = {}

    def verify(self, proof: dict[str, Any], public_raw: bytes) -> None:
        """Raises BadSignature where it does not fit, Malformed, UnknownTerm, UnknownContext or TooLarge where it cannot.

        Says nothing about whose key this is, nor whether the badge is in force.
        """
        signature, data = _signature(proof), self.data(proof)
        try:
            Ed25519PublicKey.from_public_bytes(public_raw).verify(signature, data)
        except InvalidSignature as error:
            raise BadSignature("the signature is of another content or by another key") from error
        except ValueError as error:
            raise Malformed("an Ed25519 key has 32 bytes") from error

    def data(self, proof: dict[str, Any]) -> bytes:
        """The 64 bytes that are signed: hash of the proof options, hash of the document; both without what is not signed. Raises
        as `verify` does, but for BadSignature."""
        context = self._unsigned.get("@context")
        if "@context" in proof:
            context = _narrowed(context, proof["@context"])
        asked = {key: value for key, value in proof.items() if key != "proofValue"}
        return sha256(canonical(asked | {"@context": context})) + self._hash(context)

    def _hash(self, context: object) -> bytes:
        key = json.dumps(context)
        if key not in self._hashes:
            try:
                _names_itself_once(self._unsigned)
                self._hashes[key] = sha256(canonical(self._unsigned | {"@context": context}))
            except Unfit as error:
                self._hashes[key] = error
        found = self._hashes[key]
        if isinstance(found, Unfit):
            raise found
        return found


def _signature(proof: dict[str, Any]) -> bytes:
    if proof.get("type") != TYPE or proof.get("cryptosuite") != SUITE or proof.get("proofPurpose") != PURPOSE:
        raise Malformed("another kind of proof")
    for name in ("verificationMethod", "created", "expires"):
        if not isinstance(proof.get(name, ""), str):
            raise Malformed(f"the proof's {name} is no text")
    signature = multikey.unmultibase(proof.get("proofValue", ""))
    if len(signature) != 64:
        raise Malformed("the signature does not have 64 bytes")
    return signature


def _narrowed(whole: object, part: object) -> object:
    """The proof may name the first contexts of the document; it is then over the document as these read it."""
    all_, first = (one if isinstance(one, list) else [one] for one in (whole, part))
    if all_[: len(first)] != first:
        raise Malformed("the proof was made with other contexts")
    return part


def _names_itself_once(document: dict[str, Any]) -> None:
    """Statements about the credential, such as its end, could otherwise be moved to where no reader looks for them."""
    own, waiting = document.get("id"), list(document.values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            if own is not None and value.get("id") == own and set(value) - OF_ENDORSED:
                raise Malformed("the credential is described in two places")
            waiting += value.values()


def sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
