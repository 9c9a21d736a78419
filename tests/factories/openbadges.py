"""Credentials as plain documents, of every shape that awards give; all words are made up."""

from typing import Any

from recognition.openbadges.contexts import OWN

BASE = "https://badges.example"
SIGNED_AT = "2026-03-14T15:09:26Z"


def make_credential(**changes: Any) -> dict[str, Any]:
    """The smallest, with `changes` to its members."""
    return {
        "@context": list(OWN),
        "id": f"{BASE}/ob/3/credentials/abc",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Steady hand",
        "issuer": {"id": "did:web:badges.example", "type": ["Profile"], "name": "The House", "url": BASE},
        "validFrom": SIGNED_AT,
        "credentialSubject": {
            "id": "did:web:badges.example:ob:3:members:m1",
            "type": ["AchievementSubject"],
            "achievement": make_achievement(),
        },
    } | changes


def make_achievement(**changes: Any) -> dict[str, Any]:
    return {
        "id": f"{BASE}/ob/3/achievements/steady.1",
        "type": ["Achievement"],
        "achievementType": "Badge",
        "name": "Steady hand",
        "description": "For a hand that stays steady.",
        "criteria": {"id": f"{BASE}/badges/steady", "narrative": "Ten deeds."},
        "image": {"id": f"{BASE}/ob/2/badges/steady.1.png", "type": "Image", "caption": "A pin"},
    } | changes


def make_evidence(**changes: Any) -> dict[str, Any]:
    return {"type": ["Evidence"], "name": "A talk", "narrative": "It was given."} | changes


def make_identifier(hashed: str, salt: str) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": hashed,
        "identityType": "emailAddress",
        "salt": salt,
    }


def make_endorsement(**changes: Any) -> dict[str, Any]:
    """With a proof, as it stands inside a credential; nobody has checked that."""
    return {
        "@context": list(OWN),
        "id": f"{BASE}/ob/3/endorsements/e1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Steady hand",
        "issuer": {"id": "did:web:badges.example:ob:3:members:m2", "type": ["Profile"]},
        "validFrom": SIGNED_AT,
        "credentialSubject": {
            "id": f"{BASE}/ob/3/credentials/abc",
            "type": ["EndorsementSubject"],
            "endorsementComment": "I saw it.",
        },
        "proof": [
            {
                "type": "DataIntegrityProof",
                "cryptosuite": "eddsa-rdfc-2022",
                "created": SIGNED_AT,
                "verificationMethod": "did:web:badges.example:ob:3:members:m2#k",
                "proofPurpose": "assertionMethod",
                "proofValue": "z5x9a",
            }
        ],
    } | changes
