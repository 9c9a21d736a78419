"""Who may call what, and how a refusal looks."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from recognition.identity.models import Member
from recognition.identity.oauth.scopes import BRING_BADGES, CHANGE_PROFILE, READ_BADGES, READ_PROFILE
from tests.backpack.api.calls import CREDENTIALS, PROFILE, bring, failure
from tests.factories.oauth import make_token


@pytest.mark.parametrize(
    ("method", "address", "scope"),
    [
        ("GET", CREDENTIALS, READ_BADGES),
        ("POST", CREDENTIALS, BRING_BADGES),
        ("GET", PROFILE, READ_PROFILE),
        ("PUT", PROFILE, CHANGE_PROFILE),
    ],
)
def test_each_call_needs_its_own_scope(client: FlaskClient, ada: Member, method: str, address: str, scope: str) -> None:
    for other in {READ_BADGES, BRING_BADGES, READ_PROFILE, CHANGE_PROFILE} - {scope}:
        refused = client.open(address, method=method, headers=make_token(ada, other))
        assert failure(refused) == (403, "forbidden")
        assert refused.headers["WWW-Authenticate"] == f'Bearer realm="Recognition", error="insufficient_scope", scope="{scope}"'
    assert client.open(address, method=method, headers=make_token(ada, scope)).status_code in (200, 415)
    for header, challenge in (
        (None, f'Bearer realm="Recognition", scope="{scope}"'),
        ("Bearer made-up-made-up-made-up-made-up", f'Bearer realm="Recognition", error="invalid_token", scope="{scope}"'),
        ("Bearer ", f'Bearer realm="Recognition", error="invalid_token", scope="{scope}"'),
        ("Basic YTpi", f'Bearer realm="Recognition", scope="{scope}"'),
    ):
        answer = client.open(address, method=method, headers={"Authorization": header} if header else {})
        assert failure(answer) == (401, "unauthorizedrequest")
        assert answer.headers["WWW-Authenticate"] == challenge


def test_every_error_has_the_standards_shape(client: FlaskClient, ada: Member, may: dict[str, str]) -> None:
    assert failure(client.get("/ims/ob/v3p0/nothing", headers=may)) == (404, "not_found")
    wrong = client.delete(CREDENTIALS, headers=may)
    assert failure(wrong) == (405, "not_allowed")
    assert set(wrong.headers["Allow"].split(", ")) >= {"GET", "POST"}
    assert wrong.get_json()["imsx_codeMajor"] == "unsupported"
    statuses = []
    for _ in range(31):
        last = bring(client, b"", may)
        statuses.append(last.status_code)
    assert statuses == [400] * 30 + [429]
    assert failure(last) == (429, "server_busy")
    assert int(last.headers["Retry-After"]) > 0


def test_programs_in_browsers_may_read_the_answer(client: FlaskClient, may: dict[str, str]) -> None:
    asked = client.options(CREDENTIALS, headers={"Origin": "https://app.example", "Access-Control-Request-Method": "GET"})
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    answer = client.post(CREDENTIALS, headers=may | {"Origin": "https://app.example", "Sec-Fetch-Site": "cross-site"})
    assert failure(answer) == (415, "invalid_data")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_the_use_of_a_program_is_noted(client: FlaskClient, ada: Member, may: dict[str, str], sign_in: Any) -> None:
    client.get(PROFILE, headers=may)
    browser = client.application.test_client()
    sign_in(browser, ada)
    assert "last used" in browser.get("/me/settings").text
