"""The one address that a program is told."""

from typing import Any

from flask.testing import FlaskClient

from recognition.identity.oauth.scopes import BRING_BADGES, CHANGE_PROFILE, READ_BADGES, READ_PROFILE
from tests.backpack.api.calls import DISCOVERY


def test_discovery_names_every_address(client: FlaskClient) -> None:
    answer = client.get(DISCOVERY)
    body = answer.get_json()
    assert (answer.status_code, body["openapi"], body["servers"]) == (200, "3.0.1", [{"url": "http://localhost/ims/ob/v3p0"}])
    scheme = body["components"]["securitySchemes"]["OAuth2ACG"]
    flow = scheme["flows"]["authorizationCode"]
    assert scheme["x-imssf-registrationUrl"] == "http://localhost/oauth/register"
    assert (flow["authorizationUrl"], flow["tokenUrl"], flow["refreshUrl"]) == (
        "http://localhost/oauth/authorize", "http://localhost/oauth/token", "http://localhost/oauth/token",
    )  # fmt: skip
    assert list(flow["scopes"]) == [READ_BADGES, BRING_BADGES, READ_PROFILE, CHANGE_PROFILE]
    operations = {
        one["operationId"]: (method, path) for path, methods in body["paths"].items() for method, one in methods.items()
    }
    assert operations == {
        "getCredentials": ("get", "/credentials"),
        "upsertCredential": ("post", "/credentials"),
        "getProfile": ("get", "/profile"),
        "putProfile": ("put", "/profile"),
        "getServiceDescription": ("get", "/discovery"),
    }
    for name in ("termsOfService", "x-imssf-privacyPolicyUrl", "x-imssf-image"):
        with client.get(body["info"][name].removeprefix("http://localhost").partition("#")[0]) as page:
            assert page.status_code == 200


def test_discovery_asks_the_database_nothing_of_weight(client: FlaskClient, count_queries: Any) -> None:
    client.get(DISCOVERY)
    with count_queries() as seen:
        client.get(DISCOVERY)
    assert seen == []
