"""A forger with the house's own key in hand, another house beside it, and both verifiers on what comes of it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from recognition.openbadges import proofs
from recognition.openbadges.checking.checker import check
from recognition.openbadges.fetching import Answer, Unreachable
from tests.openbadges import second_opinion
from tests.openbadges.house import ADDRESS, BASE, House
from tests.openbadges.second_opinion import Refused
from tests.openbadges.tampering import Document, Offered
from tests.servers.verifier import Fetch as Asked
from tests.servers.verifier import Verifier

OTHER = "did:web:other.example"
OTHER_DID = "https://other.example/.well-known/did.json"
NOTHING = (0, "")
"""What the world answers where nobody answers."""

Found = tuple[str, set[str]]
"""The standing that our check comes to, and the codes of all that speaks against the badge."""


def false(*codes: str) -> Found:
    return "false", set(codes)


def unsure(*codes: str) -> Found:
    return "unsure", set(codes)


def alone(standing: str) -> Found:
    """Nothing else is wrong with it."""
    return standing, {standing}


@dataclass
class Forge:
    house: House
    verifier: Verifier
    other_world: dict[str, tuple[int, str]] = field(default_factory=dict)

    def by_house(self, document: Document) -> Document:
        """Signed with the house's key, as only a thief or a mistake could."""
        method = document["proof"][0]["verificationMethod"]
        keys = self.house.app.extensions["settings"].signing_keys
        return proofs.signed(document, keys.ed25519.private, method, datetime.now(UTC))

    def by_other(self, document: Document) -> Document:
        """Signed by another house, whose key is published as it should be."""
        bare = {name: value for name, value in document.items() if name != "proof"}
        signed, method = self.verifier.sign(bare, b"\x07" * 32, OTHER)
        did = {"@context": ["https://www.w3.org/ns/did/v1"], "id": OTHER, "verificationMethod": [method],
               "assertionMethod": [method["id"]]}  # fmt: skip
        self.other_world[OTHER_DID] = (200, json.dumps(did))
        return signed


def theirs(forge: Forge, offered: Offered, address: str | None = ADDRESS) -> str:
    """ "good", "revoked", or what they have against it."""
    return _theirs(forge.verifier, _world(forge, offered), offered.content, address)


def ours(forge: Forge, offered: Offered, address: str | None = ADDRESS) -> Found:
    return _ours(_world(forge, offered), offered.content, address)


def both(verifier: Verifier, fetch: Asked, content: bytes, address: str | None = None) -> tuple[str, Found]:
    """Theirs, ours; of another house than the forge's. `fetch`: its world."""
    return _theirs(verifier, fetch, content, address), _ours(fetch, content, address)


def _theirs(verifier: Verifier, fetch: Asked, content: bytes, address: str | None) -> str:
    if content.startswith((b"\x89PNG", b"<")):
        try:
            content = second_opinion.baked_v3(content).encode()
        except Exception as error:
            return f"unreadable: {error}"
    text = content.decode()
    if text.startswith("http") or f'"{second_opinion.CONTEXT}"' in text:
        try:
            second_opinion.hosted(text if text.startswith("http") else json.loads(text)["id"], address, fetch)
        except Refused as refused:
            return str(refused)
        return "good"
    verdict = verifier.credential(json.loads(text), fetch) if text.startswith("{") else verifier.jwt(text, fetch)
    if verdict.errors or not verdict.verified:
        return "; ".join(verdict.errors) or "refused"
    return "revoked" if verdict.revoked else "good"


def _ours(fetch: Asked, content: bytes, address: str | None) -> Found:
    def answer(url: str, accept: str) -> Answer:
        status, body = fetch(url)
        if status == 0:
            raise Unreachable("connection", url)
        return Answer(url, status, "application/json", body.encode())

    report = check(content, answer, datetime.now(UTC), address)
    return report.standing, {finding.code for finding in report.findings if finding.level in ("wrong", "unsure")}


def _world(forge: Forge, offered: Offered) -> Asked:
    world = {**forge.other_world, **offered.world}
    return lambda url: world[url] if url in world else forge.house.fetch(url) if url.startswith(BASE) else NOTHING
