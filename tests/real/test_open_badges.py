"""Every document that a house of badges emits, against the schemas that 1EdTech and W3C publish (canonical form) and those of
Open Badges 2.0. The made-up twin is tests/openbadges/test_canonical_form.py."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft201909Validator, FormatChecker

from tests.openbadges.house import BASE, House
from tests.openbadges.test_canonical_form import emitted

Faults = Callable[[str, dict[str, Any]], list[str]]


@pytest.fixture(scope="module")
def faults(real_data: Path) -> Faults:
    """What a schema, named by its path, has against a document."""
    folder = real_data.parent / "openbadges" / "schemas"
    known: dict[str, Draft201909Validator] = {}

    def look(name: str, document: dict[str, Any]) -> list[str]:
        if name not in known:
            schema = json.loads((folder / name).read_text(encoding="utf-8"))
            Draft201909Validator.check_schema(schema)
            known[name] = Draft201909Validator(schema, format_checker=FormatChecker())
        return [f"{fault.json_path}: {fault.message[:200]}" for fault in known[name].iter_errors(document)]

    return look


SCHEMAS = {
    "credential": ["ob3/ob_v3p0_achievementcredential_schema.json", "vc/verifiable-credential-schema.json"],
    "endorsement": ["ob3/ob_v3p0_endorsementcredential_schema.json", "vc/verifiable-credential-schema.json"],
    "status list": ["vc/verifiable-credential-schema.json"],
    "profile": ["ob3/ob_v3p0_profile_schema.json"],
    "assertion": ["ob2.0/assertion.schema.json"],
    "badge class": ["ob2.0/badgeclass.schema.json"],
    "issuer": ["ob2.0/issuer.schema.json"],
}


def test_every_document_keeps_to_the_published_schemas(badge_house: House, faults: Faults) -> None:
    found = {(kind, name): faults(name, document) for kind, document in emitted(badge_house) for name in SCHEMAS.get(kind, ())}
    assert {kind for kind, _name in found} == set(SCHEMAS)
    assert {key: wrong for key, wrong in found.items() if wrong} == {}


def test_the_schemas_would_see_a_fault(badge_house: House, faults: Faults) -> None:
    document = badge_house.document("first level")
    document["validFrom"] = "2026-03-14T15:09:26"
    document["credentialSubject"]["achievement"]["image"] = f"{BASE}/x.png"
    wrong = faults(SCHEMAS["credential"][0], document)
    assert {fault.partition(":")[0] for fault in wrong} == {"$.validFrom", "$.credentialSubject.achievement.image"}
