"""The calls of the Open Badges 3.0 API, as a program makes them that a member let in."""

import re
from typing import Any

from flask.testing import FlaskClient

from recognition.openbadges import jwt
from tests.backpack.foreign import did_of, key_of, unsigned

CREDENTIALS, PROFILE, DISCOVERY = "/ims/ob/v3p0/credentials", "/ims/ob/v3p0/profile", "/ims/ob/v3p0/discovery"
ADDRESS = "ada@example.org"
LINK = re.compile(r'<http://localhost(/ims/ob/v3p0/credentials\?[^>]+)>; rel="(\w+)"')


def bring(client: FlaskClient, body: bytes, may: dict[str, str], kind: str = "application/json") -> Any:
    return client.post(CREDENTIALS, data=body, content_type=kind, headers=may)


def token_of(number: int, **changes: Any) -> bytes:
    did = did_of(7)
    claims = unsigned(number, ADDRESS, **changes)
    claims["credentialSubject"]["id"] = "did:example:ada"
    return jwt.sign(claims, key_of(7), f"{did}#{did.removeprefix('did:key:')}").encode()


def failure(answer: Any) -> tuple[int, str]:
    """Status and minor code of an error in the standard's shape."""
    body = answer.get_json()
    assert set(body) == {"imsx_codeMajor", "imsx_severity", "imsx_description", "imsx_codeMinor"}
    assert body["imsx_severity"] == "error"
    assert body["imsx_description"]
    (field,) = body["imsx_codeMinor"]["imsx_codeMinorField"]
    return answer.status_code, field["imsx_codeMinorFieldValue"]


def links(answer: Any) -> dict[str, str]:
    return {name: address for address, name in LINK.findall(answer.headers["Link"])}
