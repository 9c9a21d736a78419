"""What becomes of a badge that somebody downloaded, when time goes on: keys are rotated or stolen, addresses change, rows of one
person become one, a badge is taken back or hidden. Asked of both verifiers each time."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.badges import jobs
from recognition.badges.models import Award
from recognition.badges.portable import keys
from recognition.badges.services import answering, revoking
from recognition.identity.models import Member
from recognition.identity.oidc import Identity
from recognition.identity.services.merging import merge
from recognition.identity.services.sessions import sign_in
from recognition.openbadges import keys as key_sets
from tests.factories.badges import make_badge
from tests.factories.credentials import NOW, credential, document, issued
from tests.factories.identity import make_member
from tests.openbadges import second_opinion
from tests.openbadges.forge import Found, alone, both, false
from tests.openbadges.tampering import Document
from tests.servers.verifier import Verifier

BASE = "http://localhost"
GOOD: Found = ("good", set())


class Asking:
    """Both verifiers, and the program under test as the world that they ask."""

    def __init__(self, client: FlaskClient, verifier: Verifier) -> None:
        self.client, self.verifier = client, verifier

    def fetch(self, url: str) -> tuple[int, str]:
        """On loopback, where there is no TLS, did:web is asked without it."""
        path = url.removeprefix(BASE).removeprefix("https://localhost")
        answer = self.client.get(path, headers={"Accept": "*/*"})
        return answer.status_code, answer.text

    def of(self, content: str, address: str | None = None) -> tuple[str, Found]:
        return both(self.verifier, self.fetch, content.encode(), address)


@pytest.fixture
def asking(client: FlaskClient, verifier: Verifier) -> Asking:
    return Asking(client, verifier)


@pytest.fixture
def key_file(app: Flask) -> Iterator[Any]:
    """`key_file(jwks)`: the program starts anew with this key file."""
    before = app.extensions["settings"]

    def start(jwks: Document) -> None:
        app.extensions["settings"] = replace(before, signing_key=json.dumps(jwks))

    yield start
    app.extensions["settings"] = before


def forms(award: Award) -> tuple[str, str]:
    found = credential(award)
    return found.document, found.jwt


def test_keys_are_rotated_and_old_badges_hold(asking: Asking, key_file: Any) -> None:
    first = key_sets.make()
    key_file(first)
    old = forms(issued("ada"))
    key_file(key_sets.rotated(first))
    new = forms(issued("ben"))
    assert [asking.of(form) for form in (*old, *new)] == [("good", GOOD)] * 4
    did = json.loads(asking.fetch(f"{BASE}/.well-known/did.json")[1])
    assert len(did["assertionMethod"]) == 4
    assert json.loads(old[0])["proof"][0]["verificationMethod"] != json.loads(new[0])["proof"][0]["verificationMethod"]
    # An installation that lost its file makes another one; what it signed before still holds.
    key_file(key_sets.make())
    issued("cleo")
    assert [asking.of(form) for form in old] == [("good", GOOD)] * 2


def test_a_stolen_key_convinces_nobody_and_badges_are_signed_anew(db: Any, asking: Asking, key_file: Any) -> None:
    stolen = key_sets.make()
    key_file(stolen)
    award = issued("ada")
    old = forms(award)
    key_file(key_sets.rotated(stolen))
    issued("ben")
    for key in stolen["keys"]:
        keys.withdraw(key["kid"], "The laptop is gone.", None, NOW)
    db.session.commit()
    assert jobs.sign() == 1
    answers = [asking.of(form) for form in old]
    assert [("No such verification method" in answers[0][0]), "answers 404" in answers[1][0]] == [True, True]
    assert [found for _theirs, found in answers] == [false("key_unlisted")] * 2
    fresh = forms(award)
    assert [asking.of(form) for form in fresh] == [("good", GOOD)] * 2
    # The award is the same, and so is the day on which it was given.
    before, after = json.loads(old[0]), json.loads(fresh[0])
    assert {name for name in before if before[name] != after[name]} == {"proof"}


def visit(email: str) -> None:
    sign_in(Identity("https://logins.example", "ada@example.org", email=email, email_verified=True), "a browser", NOW)


def test_a_new_address_is_added_and_the_old_one_still_convinces(db: Any, asking: Asking) -> None:
    award = issued("ada")
    old = forms(award)
    visit("Ada@Elsewhere.example")
    db.session.commit()
    assert jobs.sign() == 1
    fresh = forms(award)
    for form in old:
        assert asking.of(form, "ada@example.org") == ("good", GOOD)
        assert asking.of(form, "ada@elsewhere.example")[1] == false("recipient_other")
    for form in fresh:
        assert [asking.of(form, address)[1] for address in ("ada@example.org", " ADA@elsewhere.example")] == [GOOD, GOOD]
    assert asking.of(fresh[0], "mallory@example.org")[1] == false("recipient_other")
    assertion = f"{BASE}/ob/2/assertions/{award.key}"
    assert second_opinion.hosted(assertion, "ada@elsewhere.example", asking.fetch)["id"] == assertion


def test_who_was_two_rows_keeps_what_both_had_downloaded(db: Any, asking: Asking) -> None:
    make_badge("talker")
    old_row = issued("old")
    mine = forms(old_row)
    new = make_member("new")
    db.session.commit()
    source = db.session.scalars(sa.select(Member).where(Member.handle == "old")).one()
    merge(source, new, None, "One person", NOW)
    db.session.commit()
    jobs.sign()
    assert asking.of(mine[0], "old@example.org") == ("good", GOOD)
    fresh = forms(old_row)
    assert asking.of(fresh[0], "old@example.org") == ("good", GOOD)
    assert asking.of(fresh[1], "old@example.org") == ("good", GOOD)


def test_taken_back_is_taken_back_in_every_copy(db: Any, asking: Asking) -> None:
    award, other = issued("ada"), issued("ben")
    mine, theirs = forms(award), forms(other)
    assert revoking.revoke(award.id, None, "By mistake.", NOW)
    db.session.commit()
    jobs.sign()
    assert [asking.of(form) for form in mine] == [("revoked", alone("revoked"))] * 2
    assert [asking.of(form) for form in theirs] == [("good", GOOD)] * 2
    with pytest.raises(second_opinion.Refused, match="revoked"):
        second_opinion.hosted(f"{BASE}/ob/2/assertions/{award.key}", None, asking.fetch)


def test_what_is_hidden_is_gone_from_here_and_holds_where_it_was_shown(db: Any, asking: Asking) -> None:
    """Hiding takes back what we tell, not what the holder told."""
    award = issued("ada")
    mine = forms(award)
    answering.show(award.member_id, award.key, False)
    db.session.commit()
    addresses = (f"/ob/3/credentials/{award.key}", f"/ob/3/credentials/{award.key}.jwt", f"/ob/2/assertions/{award.key}",
                 f"/awards/{award.key}/badge.png", f"/awards/{award.key}/badge.svg", f"/awards/{award.key}")  # fmt: skip
    assert [asking.fetch(BASE + address)[0] for address in addresses] == [404] * 6
    assert [asking.of(form) for form in mine] == [("good", GOOD)] * 2
    # As a word: three letters come up by chance in keys and signatures.
    assert not re.search(r"\bada\b", json.dumps(document(award)), re.IGNORECASE)
