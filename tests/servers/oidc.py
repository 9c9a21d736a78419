"""A certified OpenID provider (npm oidc-provider), with a few people who can sign in."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.servers.programs import Program, program

SCRIPT = Path(__file__).with_name("oidc_provider.mjs")
Claims = dict[str, str | bool]


def _person(login: str, name: str, verified: bool) -> Claims:
    return {
        "sub": login,
        "name": name,
        "preferred_username": login,
        "email": f"{login}@people.example",
        "email_verified": verified,
    }


PEOPLE = {
    "alice": _person("alice", "Alice Example", verified=True),
    "bob": _person("bob", "Bob Example", verified=False),
    "mallory": _person("mallory", "Mallory <script>alert(1)</script>", verified=True),
}


@dataclass(frozen=True)
class OidcProvider:
    issuer: str
    client_id: str
    client_secret: str
    process: Program = field(repr=False)
    people: dict[str, Claims] = field(default_factory=lambda: PEOPLE)

    def register(self, redirect_uri: str, logout_uri: str) -> None:
        """Allow a site to receive people: exact addresses, as the specification wants."""
        self._ask(f"register {redirect_uri} {logout_uri}")

    def sign_in(self, page: Page, login: str) -> None:
        """Fill in the provider's form, on which `page` stands; each password is the login and `-password`."""
        page.get_by_label("Login").fill(login)
        page.get_by_label("Password").fill(f"{login}-password")
        page.get_by_role("button", name="Sign in").click()

    def _ask(self, line: str) -> None:
        self.process.tell(line)
        assert self.process.line() == "registered"


@pytest.fixture(scope="session")
def oidc_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcProvider]:
    node = os.environ.get("RECOGNITION_TEST_NODE") or shutil.which("node")
    if node is None:
        raise RuntimeError("Node is missing; `python3 dev.py test` fetches it.")
    client = {"client_id": "recognition-tests", "client_secret": "a secret of no worth outside this test run"}
    log = tmp_path_factory.mktemp("oidc") / "log"
    with (
        log.open("w") as errors,
        program([node, SCRIPT, json.dumps(client | {"people": PEOPLE})], asked=True, stderr=errors) as one,
    ):
        word, _, issuer = one.line().partition(" ")
        assert word == "ready", log.read_text()
        yield OidcProvider(issuer=issuer, process=one, **client)
