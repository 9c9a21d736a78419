"""Somebody else's program, written with Authlib's own client, meets the house over HTTP: it finds its way, is let in by a
member, reads and brings badges, stays, and is shown the door."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from flask import Flask

from recognition import create_app
from recognition.extensions import db
from recognition.identity.models import Account
from recognition.identity.queries import DEMO_ISSUER
from tests.backpack.foreign import foreign
from tests.conftest import empty_tables, make_settings
from tests.factories.credentials import issued
from tests.servers.site import free_port, served

HOME = "http://127.0.0.1:9/back"
"""Where the program waits. Nobody goes there: the test reads the address as the program would."""
_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def house(_program: Flask, database_url: str, tmp_path: Path) -> Iterator[str]:
    """Its address; ada lives there, with a badge."""
    address = f"http://127.0.0.1:{free_port()}"
    program = create_app(make_settings(tmp_path, database_url=database_url, base_url=address))
    with program.app_context():
        empty_tables()
        award = issued("ada")
        db.session.add(Account(member_id=award.member_id, issuer=DEMO_ISSUER, subject="ada", created_at=datetime.now(UTC)))
        db.session.commit()
        db.session.remove()
    with served(program, address):
        yield address


class Browser:
    """Ada's. It follows links and sends forms, and stops where another site begins."""

    def __init__(self, house: str) -> None:
        self.house, self.http = house, requests.Session()

    def let_in(self, address: str, word: str = "yes") -> str:
        """Where she ends up after her answer. The first time she is asked who she is."""
        page = self.http.get(address, timeout=30)
        if "/login?" in page.url:
            page = self.send(page, "/login/demo", {"handle": "ada"})
        assert page.url.startswith(f"{self.house}/oauth/authorize?")
        answer = self.send(page, "/oauth/authorize", {"answer": word}, follow=False)
        assert answer.status_code == 303
        return answer.headers["Location"]

    def send(self, page: requests.Response, action: str, more: dict[str, str], follow: bool = True) -> requests.Response:
        form = page.text.partition(f'action="{action}"')[2].partition("</form>")[0]
        fields = {unescape(name): unescape(value) for name, value in _FIELD.findall(form)}
        return self.http.post(self.house + action, data=fields | more, allow_redirects=follow, timeout=30)


def found(house: str) -> tuple[dict[str, Any], AuthorizationServerMetadata]:
    """Starting from the one address that a program is told."""
    service = requests.get(f"{house}/ims/ob/v3p0/discovery", timeout=30).json()
    metadata = AuthorizationServerMetadata(requests.get(f"{house}/.well-known/oauth-authorization-server", timeout=30).json())
    flow = service["components"]["securitySchemes"]["OAuth2ACG"]["flows"]["authorizationCode"]
    assert (metadata["authorization_endpoint"], metadata["token_endpoint"]) == (flow["authorizationUrl"], flow["tokenUrl"])
    return service, metadata


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_a_program_reads_and_brings_badges_until_it_is_shown_the_door(house: str, method: str) -> None:
    service, metadata = found(house)
    scheme = service["components"]["securitySchemes"]["OAuth2ACG"]
    scopes = list(scheme["flows"]["authorizationCode"]["scopes"])
    described = {
        "client_name": "Wallet", "client_uri": "https://wallet.example", "redirect_uris": [HOME], "scope": " ".join(scopes),
        "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": method,
    }  # fmt: skip
    me = requests.post(scheme["x-imssf-registrationUrl"], json=described, timeout=30).json()

    def program() -> OAuth2Session:
        return OAuth2Session(me["client_id"], me.get("client_secret"), token_endpoint_auth_method=method, scope=scopes,
                             redirect_uri=HOME, code_challenge_method="S256", token_endpoint=metadata["token_endpoint"],
                             revocation_endpoint_auth_method=method)  # fmt: skip

    ada, verifier = Browser(house), "a-verifier-that-nobody-guesses-0123456789abcdef"
    with program() as http:
        url, state = http.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
        back = ada.let_in(url)
        given = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
        assert (given["state"], given["iss"]) == (state, metadata["issuer"])
        http.fetch_token(metadata["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier)
        api = service["servers"][0]["url"]

        profile = http.get(f"{api}/profile").json()
        assert profile["name"] == "Ada"
        own = http.get(f"{api}/credentials").json()["credential"]
        assert [one["credentialSubject"]["id"] for one in own] == [profile["id"]]
        assert own[0]["issuer"]["id"].startswith("did:web:127.0.0.1%3A")
        badge = foreign(1, "ada@example.org")
        brought = http.post(f"{api}/credentials", data=badge, headers={"Content-Type": "application/json"})
        assert (brought.status_code, brought.content) == (201, badge)
        first = http.get(f"{api}/credentials", params={"limit": 1})
        assert (first.headers["X-Total-Count"], list(first.links)) == ("2", ["first", "last", "next"])
        second = http.get(first.links["next"]["url"])
        assert {len(page.json()["credential"]) for page in (first, second)} == {1}
        assert badge.decode() in first.text + second.text
        assert http.put(f"{api}/profile", json=profile | {"name": "Ada L."}).json()["name"] == "Ada L."

        old = dict(http.token)
        http.refresh_token(metadata["token_endpoint"])
        assert http.token["refresh_token"] != old["refresh_token"]
        assert http.get(f"{api}/profile").json()["name"] == "Ada L."
        settings = ada.http.get(f"{house}/me/settings", timeout=30)
        end = re.search(r"/me/programs/\d+/end", settings.text)
        assert end is not None
        ada.send(settings, end[0], {})
        assert http.get(f"{api}/profile").status_code == 401
        with pytest.raises(OAuthError) as refused:
            http.refresh_token(metadata["token_endpoint"])
        assert refused.value.error == "invalid_grant"

    with program() as http:
        url, state = http.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
        http.fetch_token(metadata["token_endpoint"], authorization_response=ada.let_in(url), state=state, code_verifier=verifier)
        token = http.token["access_token"]
        assert http.get(f"{api}/profile").status_code == 200
        assert http.revoke_token(metadata["revocation_endpoint"], token=http.token["refresh_token"]).status_code == 200
        bare = requests.get(f"{api}/profile", headers={"Authorization": f"Bearer {token}"}, timeout=30)
        assert bare.status_code == 401

        url, state = http.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
        said_no = parse_qs(urlsplit(ada.let_in(url, "no")).query)
        assert (said_no["error"], said_no["state"], said_no["iss"]) == (["access_denied"], [state], [metadata["issuer"]])
