"""Made-up badges with real signatures, and a web that is a dict. Everybody in it is at *.example."""

import base64
import copy
import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import OKPKey, RSAKey

from recognition.openbadges import bits, contexts, identities, jwt, keys, multikey, proofs
from recognition.openbadges.checking.checker import check
from recognition.openbadges.checking.report import Report
from recognition.openbadges.fetching import Answer, Unreachable

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CREATED = datetime(2026, 11, 1, tzinfo=UTC)
DID = "did:web:issuer.example"
DID_URL = "https://issuer.example/.well-known/did.json"
LIST_URL = "https://issuer.example/status/1"
ADDRESS = "ada@people.example"
JSON = dict[str, Any]


class Key:
    """Both kinds of one owner."""

    def __init__(self, seed: int) -> None:
        self.ed25519 = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.raw = self.ed25519.public_key().public_bytes_raw()
        self.multikey = multikey.encode(self.raw)
        self.rsa = generate_private_key(65537, 2048)
        pem = self.rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.pem = pem.decode()
        self.jwk: JSON = dict(RSAKey.import_key(pem).as_dict(private=False))
        self.kid = keys.thumbprint(self.jwk)
        okp = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": b64(self.raw)})
        self.okp: JSON = dict(okp.as_dict(private=False))

    def methods(self, controller: str) -> list[JSON]:
        return [
            {"id": f"{controller}#ed", "type": "Multikey", "controller": controller, "publicKeyMultibase": self.multikey},
            {"id": f"{controller}#{self.kid}", "type": "JsonWebKey", "controller": controller, "publicKeyJwk": self.jwk},
        ]

    def document(self, controller: str = DID) -> JSON:
        methods = self.methods(controller)
        return {"id": controller, "verificationMethod": methods, "assertionMethod": [one["id"] for one in methods]}


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


OWN, OTHER = Key(1), Key(2)


class Web:
    """`pages`: what each URL answers: an object, bytes, a whole Answer, or an error to raise. `asked`: in order."""

    def __init__(self, pages: dict[str, Any]) -> None:
        self.pages, self.asked = pages, list[str]()

    def __call__(self, url: str, accept: str) -> Answer:
        self.asked.append(url)
        found = self.pages.get(url, Unreachable("name", url))
        if isinstance(found, Exception):
            raise found
        if isinstance(found, Answer):
            return found
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        return Answer(url, 200, "application/json", body)


def gone(url: str, body: JSON | None = None) -> Answer:
    return Answer(url, 410, "application/json", json.dumps(body).encode() if body else b"")


def credential(**changes: Any) -> JSON:
    """Without a proof. A change to None takes the member away."""
    made: JSON = {
        "@context": list(contexts.OWN),
        "id": "https://issuer.example/credentials/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Talker",
        "issuer": {"id": DID, "type": ["Profile"], "name": "The House", "url": "https://issuer.example/"},
        "validFrom": "2026-10-01T08:00:00Z",
        "awardedDate": "2026-09-30T08:00:00Z",
        "credentialSubject": {
            "id": "did:web:issuer.example:members:a",
            "type": ["AchievementSubject"],
            "identifier": [identity(ADDRESS, "salt-1"), identity("ada@former.example", "salt-2")],
            "achievement": {
                "id": "https://issuer.example/achievements/talker",
                "type": ["Achievement"],
                "name": "Talker",
                "description": "Gave a talk.",
                "criteria": {"narrative": "Give a talk."},
                "image": {"id": "https://issuer.example/talker.png", "type": "Image"},
            },
        },
        "evidence": [
            {"id": "https://issuer.example/deeds/1", "type": ["Evidence"], "name": "A talk", "narrative": "It was good."}
        ],
        "credentialStatus": entry(),
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def identity(address: str, salt: str) -> JSON:
    return {"type": "IdentityObject", "hashed": True, "salt": salt, "identityHash": identities.hashed(address, salt),
            "identityType": "emailAddress"}  # fmt: skip


def entry(index: Any = "5", purpose: str = "revocation", url: str = LIST_URL) -> JSON:
    return {"id": f"{url}#5", "type": "BitstringStatusListEntry", "statusPurpose": purpose, "statusListIndex": index,
            "statusListCredential": url}  # fmt: skip


def signed(document: JSON, key: Key = OWN, method: str = f"{DID}#ed") -> JSON:
    return proofs.signed(document, key.ed25519, method, CREATED)


def token(document: JSON, key: Key = OWN, kid: str = f"https://issuer.example/keys/{OWN.kid}") -> str:
    return jwt.sign(document, key.rsa, kid)


def handmade(header: JSON, payload: JSON, key: Key = OWN) -> str:
    """Signed by RS256 whatever its header says."""
    return raw_token(json.dumps(header).encode(), json.dumps(payload).encode(), key)


def raw_token(header: bytes, payload: bytes, key: Key = OWN) -> str:
    start = f"{b64(header)}.{b64(payload)}"
    return f"{start}.{b64(key.rsa.sign(start.encode(), PKCS1v15(), SHA256()))}"


def payload(document: JSON) -> JSON:
    return document | jwt.claims(document)


def status_list(*taken_back: int, size: int = bits.FEWEST, key: Key = OWN, purpose: Any = "revocation", **changes: Any) -> JSON:
    found = bytearray(size // 8)
    for index in taken_back:
        bits.with_bit(found, index)
    made: JSON = {
        "@context": [contexts.CREDENTIALS], "id": LIST_URL, "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": DID, "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": f"{LIST_URL}#list", "type": "BitstringStatusList", "statusPurpose": purpose,
                              "encodedList": bits.encode(bytes(found))},
    }  # fmt: skip
    return signed({name: value for name, value in (made | changes).items() if value is not None}, key)


def web(**pages: Any) -> Web:
    """The issuer's site; `did` and `status` may be replaced."""
    return Web({DID_URL: pages.get("did", OWN.document()), LIST_URL: pages.get("status", status_list())})


def look(content: Any, site: Web | None = None, address: str | None = None, now: datetime = NOW) -> Report:
    given = json.dumps(content) if isinstance(content, dict) else content
    return check(given, site or web(), now, address)


def codes(report: Report, *levels: str) -> list[str]:
    return [one.code for one in report.findings if not levels or one.level in levels]


def faults(report: Report) -> list[str]:
    """What speaks against it."""
    return codes(report, "wrong", "unsure")


def changed(document: JSON, path: str, value: Any) -> JSON:
    """A copy with one member replaced; "a.b.0.c" goes into lists as well."""
    made = copy.deepcopy(document)
    *steps, last = path.split(".")
    holder: Any = made
    for step in steps:
        holder = holder[int(step) if isinstance(holder, list) else step]
    holder[int(last) if isinstance(holder, list) else last] = value
    return made
