"""P5: signing credentials like those that awards get. Every signature is compared with the reference's before it counts."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.figure import figure
from bench.references import signing as references
from recognition.badges.portable.documents import v3
from recognition.badges.portable.documents.facts import Deed, Given, House, Pin
from recognition.badges.portable.identifiers import Edition
from recognition.openbadges import identities, jwt, proofs
from recognition.openbadges.templates import Batch

BASE = "https://badges.example"
METHOD = "did:web:badges.example#key"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MEMBERS, FEWER, TURNS = 2_000, 40, 5
Document = dict[str, Any]
Sign = Callable[[Document], str]


def run() -> Iterator[dict[str, Any]]:
    private = Ed25519PrivateKey.generate()
    documents = [credential(number) for number in range(MEMBERS)]
    yield _tokens(private, documents)
    context = documents[0]["@context"]
    library = references.library(private, METHOD, NOW)
    plain = references.plain(private, METHOD, NOW, context)
    batch = Batch()

    def by_batch(document: Document) -> str:
        return _proof(batch.signed(document, private, METHOD, NOW))

    def one_off(document: Document) -> str:
        return _proof(proofs.signed(document, private, METHOD, NOW))

    yield _one_badge(documents, by_batch, library, "openbadgeslib")
    yield _one_badge(documents, by_batch, plain, "pyld")
    few = documents[:FEWER]
    _agree(few, one_off, plain)
    ours, theirs = _by_turns((one_off, few), (plain, few))
    yield figure("P5 embedded proof, one-off", "none", FEWER, 1 / ours, "signatures/s", "pyld, proof part cached", 1 / theirs)


def _tokens(private: Ed25519PrivateKey, documents: Sequence[Document]) -> dict[str, Any]:
    """Theirs is the primitive alone, over the bytes that ours came to."""
    tokens = {id(document): jwt.sign(document, private, METHOD) for document in documents}

    def ours(document: Document) -> str:
        return jwt.sign(document, private, METHOD)

    def theirs(document: Document) -> str:
        content = tokens[id(document)].rpartition(".")[0]
        return f"{content}.{jwt.encoded(private.sign(content.encode()))}"

    _agree(documents, ours, theirs)
    raw = [token.rpartition(".")[0].encode() for token in tokens.values()]
    value, beside = _by_turns((ours, documents), (private.sign, raw))
    return figure("P5 JWT, EdDSA", "none", len(documents), 1 / value, "signatures/s", "Ed25519 alone", 1 / beside)


def _one_badge(documents: Sequence[Document], ours: Sign, theirs: Sign, name: str) -> dict[str, Any]:
    few = documents[:FEWER]
    _agree(few, ours, theirs)
    value, beside = _by_turns((ours, documents), (theirs, few))
    size = f"{len(documents)} members"
    return figure("P5 embedded proof, one badge", "none", size, 1 / value, "signatures/s", name, 1 / beside)


def credential(number: int) -> Document:
    """One of those that a badge brings: two addresses, the page of the award and two deeds, a place in the list."""
    house = House(BASE, "The House", "keepers@badges.example")
    criteria = "Whoever has given ten talks, in any year and in any group."
    pin = Pin(Edition("talker", 3, 10), "Talker", "For talks.", criteria, "A pin with a microphone", "en", tags=("talk", "stage"))
    salts = [f"{number:030x}{one}" for one in range(2)]
    given = Given(
        key=f"a{number:09x}",
        holder=f"m{number:09x}",
        awarded_at=NOW - timedelta(minutes=number),
        status=(1, number),
        identifiers=[{"hash": identities.hashed(f"m{number}@badges.example", salt), "salt": salt} for salt in salts],
        evidence=[Deed(f"{BASE}/activities/{number}-{one}", f"Talk {one}", 'About "this" and that.\n' * 3) for one in range(3)],
    )
    return v3.credential(house, pin, given)


def _proof(document: Document) -> str:
    value: str = document["proof"][0]["proofValue"]
    return value


def _agree(documents: Sequence[Document], ours: Sign, theirs: Sign) -> None:
    if [ours(document) for document in documents] != [theirs(document) for document in documents]:
        raise SystemExit("P5: the two signatures differ.")


def _by_turns(*works: tuple[Callable[[Any], object], Sequence[Any]]) -> list[float]:
    """Seconds a piece, the fastest turn of each: what else the machine does can only add."""
    best = [float("inf")] * len(works)
    for _turn in range(TURNS):
        for place, (work, pieces) in enumerate(works):
            began = time.thread_time()
            for piece in pieces:
                work(piece)
            best[place] = min(best[place], (time.thread_time() - began) / len(pieces))
    return best
