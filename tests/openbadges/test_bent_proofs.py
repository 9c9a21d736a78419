"""Credentials with their proof inside, bent in every place: other people's verifier refuses them, and so does ours, each for
the right reason. Where theirs says "good", it does not look there by design; the comment says why ours does."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.openbadges.forge import Forge, Found, false, ours, theirs, unsure
from tests.openbadges.house import BASE
from tests.openbadges.tampering import Offered, changed, shifted

Change = Callable[[Forge, dict[str, Any]], Offered]


def told(document: dict[str, Any], world: dict[str, tuple[int, str]] | None = None) -> Offered:
    return Offered(json.dumps(document).encode(), world or {})


def set_to(path: str, value: Any) -> Change:
    return lambda forge, good: told(changed(good, path, value))


def signed_with(path: str, value: Any) -> Change:
    """The lie itself is signed by the house's key."""
    return lambda forge, good: told(forge.by_house(changed(good, path, value)))


def by_other_in_our_name(forge: Forge, good: dict[str, Any]) -> Offered:
    return told(forge.by_other(good))


def with_their_key_as_ours(forge: Forge, good: dict[str, Any]) -> Offered:
    """The key of the other house under a name of ours, which our document does not list."""
    signed = forge.by_other(good)
    return told(
        changed(signed, "proof.verificationMethod", f"{good['issuer']['id']}#{signed['proof']['verificationMethod'][-48:]}")
    )


def proof_of_another(forge: Forge, good: dict[str, Any]) -> Offered:
    return told({**good, "proof": forge.house.document("third level")["proof"]})


def proof_changed(name: str, value: Any) -> Change:
    return lambda forge, good: told({**good, "proof": [{**one_of(good), name: value}]})


def one_of(document: dict[str, Any]) -> dict[str, Any]:
    return document["proof"][0]  # type: ignore[no-any-return]


def broken_proof(forge: Forge, good: dict[str, Any]) -> Offered:
    return told({**good, "proof": [{**one_of(good), "proofValue": shifted(one_of(good)["proofValue"])}]})


def a_second_proof(forge: Forge, good: dict[str, Any]) -> Offered:
    bad = {**one_of(good), "proofValue": shifted(one_of(good)["proofValue"])}
    return told({**good, "proof": [one_of(good), bad]})


def house_did(forge: Forge, change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, tuple[int, str]]:
    url = f"{BASE}/.well-known/did.json"
    return {url: (200, json.dumps(change(json.loads(forge.house.fetch(url)[1]))))}


def not_for_asserting(forge: Forge, good: dict[str, Any]) -> Offered:
    method = one_of(good)["verificationMethod"]
    return told(
        good, house_did(forge, lambda did: {**did, "assertionMethod": [m for m in did["assertionMethod"] if m != method]})
    )


def key_exchanged(forge: Forge, good: dict[str, Any]) -> Offered:
    """Our address says another key today: only an old copy of the document could tell."""
    theirs = forge.by_other(good)["proof"]["verificationMethod"].partition("#")[2]

    def change(did: dict[str, Any]) -> dict[str, Any]:
        methods = [{**m, "publicKeyMultibase": theirs} if m["type"] == "Multikey" else m for m in did["verificationMethod"]]
        return {**did, "verificationMethod": methods}

    return told(good, house_did(forge, change))


def contexts(change: Callable[[list[Any]], list[Any]]) -> Change:
    return lambda forge, good: told({**good, "@context": change(good["@context"])})


OTHER_CONTEXT = "https://other.example/c"
SUBJECT = "credentialSubject"
HASH, NO_HASH = f"{SUBJECT}.identifier.0.identityHash", "sha256$" + "0" * 64
BROKEN = "Invalid signature"
SIGNATURE = false("signature_bad")
EMBEDDED: dict[str, tuple[Change, str, Found]] = {
    "another subject": (set_to(f"{SUBJECT}.id", "did:web:badges.example:ob:3:members:x"), BROKEN, SIGNATURE),
    "another hash": (
        set_to(f"{SUBJECT}.identifier.0.identityHash", "sha256$" + "0" * 64),
        BROKEN,
        false("signature_bad", "recipient_other"),
    ),
    "another badge's name": (set_to(f"{SUBJECT}.achievement.name", "President"), BROKEN, SIGNATURE),
    "another badge": (set_to(f"{SUBJECT}.achievement.id", f"{BASE}/ob/3/achievements/x.1"), BROKEN, SIGNATURE),
    "another picture": (set_to(f"{SUBJECT}.achievement.image.id", f"{BASE}/x.png"), BROKEN, SIGNATURE),
    "other criteria": (set_to(f"{SUBJECT}.achievement.criteria.narrative", "Be there."), BROKEN, SIGNATURE),
    "another day": (set_to("validFrom", "2020-01-01T00:00:00Z"), BROKEN, SIGNATURE),
    "awarded on another day": (set_to("awardedDate", "2020-01-01T00:00:00Z"), BROKEN, SIGNATURE),
    "an end of its own": (set_to("validUntil", "2099-01-01T00:00:00Z"), BROKEN, SIGNATURE),
    "another id": (set_to("id", f"{BASE}/ob/3/credentials/x"), BROKEN, SIGNATURE),
    "another name of the house": (set_to("issuer.name", "Somebody else"), BROKEN, SIGNATURE),
    "no evidence": (set_to("evidence", None), BROKEN, SIGNATURE),
    "no status": (set_to("credentialStatus", None), BROKEN, SIGNATURE),
    "the place of another in the list": (set_to("credentialStatus.statusListIndex", "7"), BROKEN, SIGNATURE),
    "another list": (set_to("credentialStatus.statusListCredential", f"{BASE}/ob/3/status/9"), BROKEN, SIGNATURE),
    "a broken signature": (broken_proof, BROKEN, SIGNATURE),
    "the signature of another badge": (proof_of_another, BROKEN, SIGNATURE),
    "signed at another time": (proof_changed("created", "2020-01-01T00:00:00Z"), BROKEN, SIGNATURE),
    "signed for another purpose": (proof_changed("proofPurpose", "authentication"), "NotFoundError", false("proof_purpose")),
    "signed in another way": (proof_changed("cryptosuite", "eddsa-jcs-2022"), "NotFoundError", unsure("proof_suite")),
    "another kind of proof": (proof_changed("type", "Ed25519Signature2020"), "NotFoundError", unsure("proof_suite")),
    "a key nobody has": (
        proof_changed("verificationMethod", "did:web:badges.example#x"),
        "No such",
        false("key_unlisted"),
    ),
    "no proof": (set_to("proof", None), "No matching proofs", false("no_proof")),
    # One proof that holds is enough for theirs, as W3C allows; ours takes no badge that carries a broken one.
    "a second proof that is broken": (a_second_proof, "good", SIGNATURE),
    "signed by another house": (by_other_in_our_name, "issuer must match", false("key_foreign")),
    "another house's key as ours": (with_their_key_as_ours, "No such verification method", false("key_unlisted")),
    "a key that is not for badges": (not_for_asserting, "not authorized by controller", false("key_unlisted")),
    "another key at our address": (key_exchanged, BROKEN, SIGNATURE),
    "contexts in another order": (contexts(lambda c: [c[1], c[0], c[2]]), "needs to be first", false("context_wrong")),
    "a context less": (contexts(lambda c: c[:2]), "Safe mode", false("undefined_term")),
    "no context of badges": (contexts(lambda c: [c[0], c[2]]), "Safe mode", false("undefined_term")),
    "a context of somebody's own": (
        contexts(lambda c: [*c, "https://other.example/c"]),
        "other.example",
        unsure("context_unknown"),
    ),
    "a context written out": (contexts(lambda c: [*c, {"name": OTHER_CONTEXT}]), "protected", unsure("context_unknown")),
    "a term that nobody defines": (set_to("note", "first of all"), "Safe mode", false("undefined_term")),
    "such a term deep inside": (set_to(f"{SUBJECT}.achievement.rank", "first"), "Safe mode", false("undefined_term")),
}


@pytest.mark.parametrize("name", EMBEDDED)
def test_what_is_bent_is_refused_by_both(forge: Forge, name: str) -> None:
    change, reason, finding = EMBEDDED[name]
    offered = change(forge, forge.house.document("first level"))
    assert reason in theirs(forge, offered)
    assert ours(forge, offered) == finding
