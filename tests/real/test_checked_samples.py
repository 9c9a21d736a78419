"""The samples of 1EdTech's public validator, each with the standing that our rules give it and why. The validator looks at one
thing at a time and fetches no keys; a checker asks the issuer, so what an issuer would have to publish is made up here from
the samples themselves. The made-up twins are tests/openbadges/checking."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from recognition.openbadges.checking.checker import check
from recognition.openbadges.checking.report import Report
from recognition.openbadges.fetching import Answer, Unreachable

pytestmark = pytest.mark.real_data
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOME = "https://example.org/"
HOSTED = "https://example.org/beths-robotics-badge.json"
FIRST, SECOND = "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi", "z6MkrvfzkMnvCroEUP2DVc9SHPE48CRsvHiVSusHioxTYu1x"
METHODS = {
    "https://example.com/issuers/876543": (FIRST, SECOND),
    "https://1edtech.edu/issuers/565049": (FIRST,),
    "https://example.edu/issuers/565049": (FIRST,),
}


@pytest.fixture
def samples(real_data: Path) -> Path:
    return real_data.parent / "openbadges" / "vectors" / "validator-samples"


def looked_at(samples: Path, name: str, published: dict[str, Any]) -> Report:
    """example.org serves the assets, and at the assertion's address what is looked at, where that is an assertion."""
    content = (samples / name).read_bytes()

    def fetch(url: str, accept: str) -> Answer:
        there = url.removeprefix("https:").removeprefix("http:").removeprefix("//example.org/")
        asset = samples / "ob20" / "assets" / there
        if url == HOSTED:
            body = content if content.startswith(b"{") else (samples / "ob20" / "basic-assertion.json").read_bytes()
        elif "/" not in there and asset.is_file():
            body = asset.read_bytes()
        elif url.endswith("bit-string-list/testlist"):
            body = (samples / "ob30" / "bit-string-list" / "testlist").read_bytes()
        elif url in published:
            body = json.dumps(published[url]).encode()
        else:
            raise Unreachable("name", url)
        return Answer(url, 200, "application/json", body)

    return check(content, fetch, NOW)


def faults(report: Report) -> list[str]:
    return [one.code for one in report.findings if one.level in ("wrong", "unsure")]


@pytest.mark.parametrize(
    ("name", "standing", "expected"),
    [
        ("basic-assertion.json", "good", []),
        ("simple-badge.png", "good", ["posted_differs"]),  # an older copy, without the evidence that the issuer names now
        ("assertion-with-data-image.json", "good", []),  # 2.0 wants an address there; that harms nobody who checks
        ("simple.jwt", "good", []),
        ("simple-not-revoked.jwt", "good", []),
        ("simple-revoked.jwt", "revoked", ["revoked"]),
        ("basic-assertion-expired.json", "expired", ["expired"]),
        ("basic-assertion-in-future.json", "not_yet", ["not_yet"]),
        ("basic-assertion-expired-before-issued.json", "false", ["dates_reversed"]),
        ("basic-assertion-invalid-context.json", "false", ["context_wrong"]),
        ("basic-assertion-invalid-type.json", "false", ["not_a_badge"]),
        # Their endorsements say http and are named by https, so the addresses do not name themselves: the words are not
        # shown as confirmed, and the badge stands without them.
        ("assertion-with-endorsements.json", "good", ["endorsement_false"]),
    ],
)
def test_ob20(samples: Path, name: str, standing: str, expected: list[str]) -> None:
    report = looked_at(samples, f"ob20/{name}", {})
    assert (report.standing, sorted(set(faults(report)))) == (standing, expected), report.findings


@pytest.mark.parametrize(
    ("kind", "standing"),
    [
        ("robotics-badge.json", "good"),
        ("badgeclass-with-language.json", "good"),
        ("badgeclass-with-complex-image.json", "false"),  # says http://, named by https://
        ("altbadgeurl.json", "false"),  # says another address than its own
        ("badge-with-bad-issuer.json", "false"),
    ],
)
def test_classes_of_ob20(samples: Path, kind: str, standing: str) -> None:
    assertion = json.loads((samples / "ob20" / "basic-assertion.json").read_text()) | {"badge": f"{HOME}{kind}"}

    def fetch(url: str, accept: str) -> Answer:
        body = json.dumps(assertion) if url == HOSTED else (samples / "ob20" / "assets" / url.removeprefix(HOME)).read_text()
        return Answer(url, 200, "application/json", body.encode())

    assert check(json.dumps(assertion), fetch, NOW).standing == standing


def profile(issuer: str, jwk: dict[str, Any] | None = None) -> dict[str, Any]:
    """What this issuer would have to publish."""
    methods = [
        {"id": f"{issuer}#{key}", "type": "Multikey", "controller": issuer, "publicKeyMultibase": key} for key in METHODS[issuer]
    ]
    if jwk:
        methods.append({"id": f"{issuer}#jwk", "type": "JsonWebKey", "controller": issuer, "publicKeyJwk": jwk})  # type: ignore[dict-item]
    return {"id": issuer, "verificationMethod": methods, "assertionMethod": [one["id"] for one in methods]}


@pytest.mark.parametrize(
    ("name", "standing", "expected"),
    [
        ("simple.json", "good", []),
        ("simple-json.png", "good", []),
        ("simple-json.svg", "good", []),
        ("simple-err-expired.json", "expired", ["expired"]),
        ("simple-err-proof-value.json", "false", ["signature_bad"]),
        ("simple-noproof.json", "false", ["field_missing", "no_proof"]),
        ("simple-err-context.json", "false", ["context_wrong", "field_missing", "key_foreign"]),
        ("simple-err-type.json", "false", ["field_missing", "field_wrong", "undefined_term"]),
        ("simple-err-issuer.json", "false", ["field_missing", "key_foreign"]),
        # A type that no vocabulary defines takes the members with it that only its own type would define.
        ("simple-err-credential-subject-identifier-type.json", "false", ["undefined_term"]),
        ("simple-err-evidence-type.json", "false", ["undefined_term"]),
        # A retired kind of proof over the first data model: nothing against it, and nothing that could be checked.
        ("simple-eddsa-2022.json", "unsure", ["proof_suite"]),
        # Signed by a did:key that the issuer, a urn:uuid, never says is its own: the validator does not ask, we do.
        ("simple-did-key-method.json", "false", ["key_foreign"]),
        # Names no key, and none of the issuer's made it; it has no achievement either.
        ("simple.jwt", "false", ["field_missing", "signature_bad"]),
        ("endorsement-valid.json", "false", ["field_missing", "field_wrong", "fetch_name", "issuer_unreachable"]),
        # Its proof is by a key that is none of the made-up ones.
        ("complete.json", "false", ["key_unlisted"]),
        # Signed well; the list it names calls itself by another address than where it is.
        ("bit-string-list/credential-status-revoked.json", "unsure", ["status_other"]),
        ("bit-string-list/credential-status-revoked-blank-nodes.json", "unsure", ["status_other"]),
    ],
)
def test_ob30(samples: Path, name: str, standing: str, expected: list[str]) -> None:
    report = looked_at(samples, f"ob30/{name}", {issuer: profile(issuer) for issuer in METHODS})
    assert (report.standing, sorted(set(faults(report)))) == (standing, sorted(expected)), report.findings


@pytest.mark.parametrize("name", ["simple-jwt.png", "simple-jwt.svg"])
def test_tokens_of_ob30_need_their_key_among_the_issuers(samples: Path, name: str) -> None:
    issuer = "https://1edtech.edu/issuers/565049"
    bare = looked_at(samples, f"ob30/{name}", {issuer: profile(issuer)})
    assert (bare.standing, faults(bare)) == ("false", ["jwk_foreign"])
    assert looked_at(samples, f"ob30/{name}", {}).standing == "unsure"
    whole = looked_at(samples, f"ob30/{name}", {issuer: profile(issuer, jwk_of(samples / "ob30" / name))})
    assert (whole.standing, faults(whole)) == ("good", [])


def jwk_of(picture: Path) -> dict[str, Any]:
    start = picture.read_bytes().index(b"eyJ")
    header = picture.read_bytes()[start:].split(b".")[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(header + b"=="))["jwk"]
    return found
