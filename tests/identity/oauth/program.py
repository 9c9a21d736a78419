"""A program as somebody else would write it, asking through the test client."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask.testing import FlaskClient

from recognition.identity.oauth.scopes import READ_BADGES, READ_PROFILE

HOME = "https://wallet.example/back"
VERIFIER = "v" * 43
METADATA = {
    "client_name": "Wallet",
    "redirect_uris": [HOME, "http://127.0.0.1:7000/back"],
    "grant_types": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_method": "none",
}
_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@dataclass
class Program:
    """`http` is its own connection, without a cookie of anybody."""

    http: FlaskClient
    client_id: str
    secret: str | None = None

    def asking(self, **changes: str | None) -> str:
        """The address that it sends a member to; None leaves a parameter out."""
        given: dict[str, str | None] = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": HOME, "state": "xyz ü&=",
            "scope": f"{READ_BADGES} {READ_PROFILE}", "code_challenge": create_s256_code_challenge(VERIFIER),
            "code_challenge_method": "S256", **changes,
        }  # fmt: skip
        return "/oauth/authorize?" + urlencode({name: value for name, value in given.items() if value is not None})

    def code(self, browser: FlaskClient, **changes: str | None) -> str:
        return parameters(answer(browser, self.asking(**changes), "yes").location)["code"]

    def redeem(self, code: str, /, **changes: Any) -> Any:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": HOME, "code_verifier": VERIFIER}
        return self.post("/oauth/token", **form | changes)

    def tokens(self, browser: FlaskClient, **changes: str | None) -> dict[str, Any]:
        given = self.redeem(self.code(browser, **changes))
        assert given.status_code == 200, given.text
        found: dict[str, Any] = given.get_json()
        return found

    def refresh(self, token: str, **changes: Any) -> Any:
        return self.post("/oauth/token", grant_type="refresh_token", refresh_token=token, **changes)

    def post(self, address: str, **form: Any) -> Any:
        auth = (self.client_id, self.secret) if self.secret else None
        named = {} if self.secret else {"client_id": self.client_id}
        fields = {name: value for name, value in (named | form).items() if value is not None}
        return self.http.post(address, data=fields, auth=auth)


def registered(http: FlaskClient, **changes: Any) -> Program:
    given = http.post("/oauth/register", json=METADATA | changes)
    assert given.status_code == 201, given.text
    return Program(http, given.get_json()["client_id"], given.get_json().get("client_secret"))


def fields_of(page: Any) -> dict[str, str]:
    """The hidden fields of the form of consent, after those of the page's own menu."""
    form = page.text.partition('action="/oauth/authorize"')[2].partition("</form>")[0]
    return {unescape(name): unescape(value) for name, value in _FIELD.findall(form)}


def answer(browser: FlaskClient, address: str, word: str) -> Any:
    page = browser.get(address)
    assert page.status_code == 200, page.text
    return browser.post("/oauth/authorize", data=fields_of(page) | {"answer": word})


def parameters(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
