"""What the interface answers, against the schemas and the description that 1EdTech publishes. The made-up twin is
tests/backpack/api."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft201909Validator, FormatChecker

from recognition.badges.models import Award
from recognition.extensions import db
from recognition.identity.models import Member
from tests.backpack.api.calls import ADDRESS, CREDENTIALS, DISCOVERY, PROFILE, bring, token_of
from tests.backpack.foreign import foreign
from tests.factories.credentials import issued
from tests.factories.oauth import make_token


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    return real_data.parent / "openbadges"


def faults(folder: Path, name: str, document: Any) -> list[str]:
    schema = json.loads((folder / "schemas" / "ob3" / f"ob_v3p0_{name}_schema.json").read_text(encoding="utf-8"))
    found = Draft201909Validator(schema, format_checker=FormatChecker()).iter_errors(document)
    return [f"{fault.json_path}: {fault.message[:200]}" for fault in found]


@pytest.fixture
def may(db: Any) -> dict[str, str]:
    award: Award = issued("ada")
    member = db.session.get_one(Member, award.member_id)
    member.bio = "I keep bees."
    return make_token(member)


def test_answers_keep_to_the_published_schemas(client: FlaskClient, folder: Path, may: dict[str, str]) -> None:
    assert bring(client, foreign(1, ADDRESS), may).status_code == 201
    assert bring(client, token_of(2), may, "text/plain").status_code == 201
    listed = client.get(CREDENTIALS, headers=may).get_json()
    assert [len(listed[name]) for name in ("credential", "compactJwsString")] == [2, 1]
    assert faults(folder, "getopenbadgecredentialsresponse", listed) == []
    profile = client.get(PROFILE, headers=may).get_json()
    assert "description" in profile
    assert faults(folder, "profile", profile) == []
    refusals = [
        client.get(CREDENTIALS),
        client.get(f"{CREDENTIALS}?limit=0", headers=may),
        client.get("/ims/ob/v3p0/nothing"),
        client.delete(PROFILE, headers=may),
        client.put(PROFILE, json={"id": "x", "type": ["Profile"]}, headers=may),
        client.get(PROFILE, headers=make_token(db.session.scalars(db.select(Member)).first(), "offline_access")),
    ]
    assert [answer.status_code for answer in refusals] == [401, 400, 404, 405, 422, 403]
    assert [faults(folder, "imsx_statusinfo", answer.get_json()) for answer in refusals] == [[]] * 6


def test_the_schemas_would_see_a_fault(client: FlaskClient, folder: Path, may: dict[str, str]) -> None:
    listed = client.get(CREDENTIALS, headers=may).get_json()
    listed["credential"][0]["credentialSubject"]["achievement"].pop("criteria")
    assert faults(folder, "getopenbadgecredentialsresponse", listed) != []
    assert faults(folder, "imsx_statusinfo", client.get("/api/v1/activities").get_json()) != []


def test_discovery_describes_the_service_that_the_standard_does(client: FlaskClient, folder: Path) -> None:
    ours = client.get(DISCOVERY).get_json()
    theirs = json.loads((folder / "openapi" / "ob_v3p0_openapi.json").read_text(encoding="utf-8"))
    wanted = {"$ref": "#/components/schemas/ServiceDescriptionDocument", "components": theirs["components"]}
    assert [fault.message for fault in Draft201909Validator(wanted).iter_errors(ours)] == []

    def shape(document: dict[str, Any]) -> dict[str, Any]:
        return {
            one["operationId"]: {
                "at": (method, path),
                "scopes": one.get("security"),
                "asks": sorted(parameter["name"] for parameter in one.get("parameters", [])),
                "takes": sorted(one.get("requestBody", {}).get("content", {})),
                "good": sorted(status for status in one["responses"] if status < "3"),
            }
            for path, methods in document["paths"].items()
            for method, one in methods.items()
        }

    described = shape(theirs)
    described["putProfile"]["good"] = ["200"]  # nothing of ours is only accepted for later
    assert shape(ours) == described
    flow = ours["components"]["securitySchemes"]["OAuth2ACG"]["flows"]["authorizationCode"]
    assert set(flow["scopes"]) == set(
        theirs["components"]["securitySchemes"]["OAuth2ACG"]["flows"]["authorizationCode"]["scopes"]
    )
