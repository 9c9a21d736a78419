"""What our permanent addresses answer, to whom, and under which name."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.badges import jobs
from recognition.badges.models import Award
from recognition.badges.portable.models import HolderKey, SigningKey
from recognition.badges.services import answering, revoking
from recognition.identity.models import Member
from recognition.openbadges import bits, jwt
from recognition.openbadges.baking.pictures import unbake
from recognition.openbadges.rules import BadSignature
from tests.factories.badges import make_badge
from tests.factories.credentials import NOW, check_proof, credential, document, issued
from tests.factories.identity import make_group, make_member

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def get(client: FlaskClient, path: str, accept: str = "*/*") -> Any:
    return client.get(path, headers={"Accept": accept})


@pytest.fixture
def award(db: Any) -> Award:
    return issued("ada")


@pytest.mark.parametrize(("accept", "name"), [
    ("*/*", "application/vc+ld+json"), ("application/vc", "application/vc"), ("application/ld+json", "application/ld+json"),
    ("application/json", "application/json"), ("application/json;q=0.5, text/html;q=0.1", "application/json"),
])  # fmt: skip
def test_programs_get_the_credential_byte_for_byte(client: FlaskClient, award: Award, accept: str, name: str) -> None:
    answer = get(client, f"/ob/3/credentials/{award.key}", accept)
    assert (answer.status_code, answer.mimetype, answer.text) == (200, name, credential(award).document)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert set(answer.headers["Vary"].split(", ")) == {"Accept", "Cookie"}
    again = client.get(f"/ob/3/credentials/{award.key}", headers={"Accept": accept, "If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")


@pytest.mark.parametrize("accept", ["application/vc+jwt", "application/jwt"])
def test_the_token_under_one_address(client: FlaskClient, award: Award, accept: str) -> None:
    answer = get(client, f"/ob/3/credentials/{award.key}", accept)
    assert (answer.mimetype, answer.text) == (accept, credential(award).jwt)


def test_the_token_under_its_own_address(client: FlaskClient, award: Award) -> None:
    answer = get(client, f"/ob/3/credentials/{award.key}.jwt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert get(client, f"/ob/3/credentials/{award.key}.jwt", "application/vc+jwt").mimetype == "application/vc+jwt"
    token = jwt.parse(answer.text)
    key = get(client, token.header["kid"].removeprefix("http://localhost"))
    jwt.verify(answer.text, key.get_json())
    told = document(award)
    assert token.credential == {name: value for name, value in told.items() if name != "proof"}
    assert token.payload["iss"] == "did:web:localhost"
    assert token.payload["sub"] == told["credentialSubject"]["id"]


def test_browsers_are_led_to_the_pages(client: FlaskClient, award: Award) -> None:
    for path, there in {
        f"/ob/3/credentials/{award.key}": f"/awards/{award.key}", f"/ob/2/assertions/{award.key}": f"/awards/{award.key}",
        "/ob/2/badges/talker.1": "/badges/talker", "/ob/2/badges/talker": "/badges/talker",
        "/ob/3/achievements/talker.1": "/badges/talker", "/ob/2/issuer": "/",
    }.items():  # fmt: skip
        answer = get(client, path, BROWSER)
        assert (answer.status_code, answer.headers["Location"]) == (303, there)
        assert "Accept" in answer.headers["Vary"]


def test_each_address_in_the_documents_answers_with_what_it_names(client: FlaskClient, award: Award) -> None:
    told = document(award)
    subject = told["credentialSubject"]
    for url in (told["id"], subject["achievement"]["id"]):
        assert get(client, url.removeprefix("http://localhost")).get_json()["id"] == url
    hosted = get(client, f"/ob/2/assertions/{award.key}").get_json()
    badge = get(client, hosted["badge"].removeprefix("http://localhost")).get_json()
    house = get(client, badge["issuer"].removeprefix("http://localhost")).get_json()
    assert [hosted["id"], badge["id"], house["id"]] == [
        f"http://localhost/ob/2/assertions/{award.key}", "http://localhost/ob/2/badges/talker.1", "http://localhost/ob/2/issuer",
    ]  # fmt: skip
    pin = subject["achievement"]["image"]["id"]
    for picture, name in ((badge["image"]["id"], "image/png"), (house["image"], "image/svg+xml"), (pin, "image/png"),
                          (hosted["image"]["id"], "image/png")):  # fmt: skip
        answer = get(client, picture.removeprefix("http://localhost"), "image/*")
        assert (answer.status_code, answer.mimetype) == (200, name)


def test_the_did_lists_the_key_that_signed(client: FlaskClient, db: Any, award: Award) -> None:
    did = get(client, "/.well-known/did.json")
    assert (did.mimetype, did.headers["Access-Control-Allow-Origin"]) == ("application/did+ld+json", "*")
    kids = {key.kind: key.kid for key in db.session.scalars(sa.select(SigningKey))}
    ids = [f"did:web:localhost#{kid}" for kid in kids.values()]
    told = did.get_json()
    assert sorted(told["assertionMethod"]) == sorted(ids)
    assert document(award)["proof"][0]["verificationMethod"] == f"did:web:localhost#{kids['Ed25519']}"
    assert {method["id"]: method["type"] for method in told["verificationMethod"]} == {
        f"did:web:localhost#{kids['Ed25519']}": "Multikey", f"did:web:localhost#{kids['RSA']}": "JsonWebKey",
    }  # fmt: skip
    keys = get(client, "/.well-known/jwks.json").get_json()["keys"]
    assert sorted(key["kid"] for key in keys) == sorted(kids.values())
    assert [name for key in keys for name in key if name in ("d", "p", "q", "dp", "dq", "qi", "k")] == []


def test_members_and_groups_are_told_by_documents_of_their_own(client: FlaskClient, db: Any, award: Award) -> None:
    make_group("berlin")
    db.session.commit()
    key = db.session.get_one(HolderKey, award.member_id).key
    for path, did in ((f"/ob/3/members/{key}/did.json", f"did:web:localhost:ob:3:members:{key}"),
                      ("/ob/3/groups/berlin/did.json", "did:web:localhost:ob:3:groups:berlin")):  # fmt: skip
        told = get(client, path).get_json()
        assert told["id"] == did
        assert {method["controller"] for method in told["verificationMethod"]} == {did}
        assert told["assertionMethod"] == [method["id"] for method in told["verificationMethod"]]
    assert get(client, "/ob/3/members/ada/did.json").status_code == 404


def test_one_picture_carries_both(client: FlaskClient, award: Award) -> None:
    for kind, name in (("png", "image/png"), ("svg", "image/svg+xml")):
        answer = get(client, f"/awards/{award.key}/badge.{kind}", "image/*")
        assert answer.headers["Content-Disposition"] == f'inline; filename="{award.badge.slug}.{kind}"'
        assert (answer.status_code, answer.mimetype) == (200, name)
        texts = unbake(answer.data)
        assert texts["3.0"] == credential(award).document
        assert json.loads(texts["2.0"]) == get(client, f"/ob/2/assertions/{award.key}").get_json()


def test_taken_back_is_gone_for_the_older_and_listed_for_the_newer(client: FlaskClient, db: Any, award: Award) -> None:
    status = document(award)["credentialStatus"]
    path = status["statusListCredential"].removeprefix("http://localhost")

    def bit() -> bool:
        answer = get(client, path)
        assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/vc+ld+json", "public, max-age=30")
        check_proof(answer.get_json())
        told = answer.get_json()["credentialSubject"]
        assert (told["id"], told["statusPurpose"]) == (f"http://localhost{path}#list", "revocation")
        return bits.bit(bits.decode(told["encodedList"]), int(status["statusListIndex"]))

    assert bit() is False
    revoking.revoke(award.id, None, "Given by mistake.", NOW)
    db.session.commit()
    jobs.sign()
    assert bit() is True
    gone = get(client, f"/ob/2/assertions/{award.key}", "application/json")
    assert (gone.status_code, gone.mimetype, gone.headers["Access-Control-Allow-Origin"]) == (410, "application/json", "*")
    assert gone.get_json() == {
        "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": f"http://localhost/ob/2/assertions/{award.key}",
        "revoked": True, "revocationReason": "Given by mistake.",
    }  # fmt: skip
    kept = get(client, f"/ob/3/credentials/{award.key}")
    assert (kept.status_code, kept.get_json()["credentialStatus"]) == (200, status)


ADDRESSES = (
    "/ob/3/credentials/{}",
    "/ob/3/credentials/{}.jwt",
    "/ob/2/assertions/{}",
    "/awards/{}/badge.png",
    "/awards/{}/badge.svg",
)


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("way", ["hidden", "declined", "suspended", "unsigned"])
def test_what_does_not_show_is_missing(client: FlaskClient, db: Any, award: Award, path: str, way: str) -> None:
    if way == "hidden":
        answering.show(award.member_id, award.key, False)
    elif way == "declined":
        answering.decline(award.member_id, award.key, NOW)
    elif way == "suspended":
        db.session.get_one(Member, award.member_id).state = "suspended"
    else:
        db.session.delete(credential(award))
    db.session.commit()
    assert get(client, path.format(award.key)).status_code == 404
    never = get(client, "/ob/3/credentials/never")
    assert (never.status_code, never.mimetype, never.headers["Access-Control-Allow-Origin"]) == (
        404, "application/problem+json", "*")  # fmt: skip
    assert get(client, "/ob/3/credentials/never", BROWSER).mimetype == "text/html"


@pytest.mark.parametrize("path", ADDRESSES)
def test_the_holder_alone_gets_what_is_hidden(client: FlaskClient, db: Any, sign_in: Any, award: Award, path: str) -> None:
    answering.show(award.member_id, award.key, False)
    db.session.commit()
    sign_in(client, make_member("eve"))
    assert get(client, path.format(award.key)).status_code == 404
    sign_in(client, db.session.get_one(Member, award.member_id))
    answer = get(client, path.format(award.key))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize("path", [
    "/ob/3/achievements/talker", "/ob/3/achievements/talker.2", "/ob/3/achievements/talker.1.5", "/ob/3/achievements/none.1",
    "/ob/2/badges/none", "/ob/2/badges/talker.2", "/ob/2/badges/talker.png", "/ob/2/badges/talker.9.png", "/ob/3/status/9",
    "/ob/3/status/99999999999", "/ob/3/keys/none", "/ob/3/groups/none/did.json", "/ob/3/members/none/did.json",
    "/ob/3/endorsements/none", "/ob/3/achievements/draft.1", "/ob/2/badges/draft", "/ob/3/credentials/.jwt",
])  # fmt: skip
def test_what_there_is_not(client: FlaskClient, db: Any, award: Award, path: str) -> None:
    make_badge("draft", state="draft")
    db.session.commit()
    assert get(client, path).status_code == 404


def test_a_page_costs_few_statements(client: FlaskClient, award: Award, count_queries: Any) -> None:
    most = {}
    for path in (f"/ob/3/credentials/{award.key}", f"/ob/2/assertions/{award.key}", f"/awards/{award.key}/badge.png",
                 "/ob/3/achievements/talker.1", "/ob/2/badges/talker", "/.well-known/did.json"):  # fmt: skip
        with count_queries() as seen:
            assert get(client, path).status_code == 200
        most[path.split("/")[2]] = len(seen)
    assert max(most.values()) <= 8, most


def test_a_changed_text_fits_no_proof(award: Award) -> None:
    spoilt = document(award) | {"name": "President"}
    with pytest.raises(BadSignature):
        check_proof(spoilt)
