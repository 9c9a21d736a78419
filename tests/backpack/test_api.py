"""The Open Badges 3.0 API as a program sees it that a member let in."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recognition.audit.models import AuditEntry
from recognition.backpack.models import ExternalBadge
from recognition.badges import jobs
from recognition.badges.models import Award
from recognition.badges.services import revoking
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.oauth.scopes import BRING_BADGES, CHANGE_PROFILE, READ_BADGES, READ_PROFILE
from recognition.openbadges import jwt
from tests.backpack.foreign import did_of, foreign, in_a_picture, key_of, unsigned
from tests.factories.credentials import credential, document, issued, make_address
from tests.factories.oauth import make_token

CREDENTIALS, PROFILE, DISCOVERY = "/ims/ob/v3p0/credentials", "/ims/ob/v3p0/profile", "/ims/ob/v3p0/discovery"
ADDRESS = "ada@example.org"
LINK = re.compile(r'<http://localhost(/ims/ob/v3p0/credentials\?[^>]+)>; rel="(\w+)"')


@pytest.fixture
def award(db: Any) -> Award:
    """Of ada, and signed."""
    return issued("ada")


@pytest.fixture
def ada(award: Award) -> Member:
    member: Member = db.session.get_one(Member, award.member_id)
    return member


@pytest.fixture
def may(ada: Member) -> dict[str, str]:
    return make_token(ada)


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


# Out


def test_own_awards_come_as_they_were_signed(client: FlaskClient, award: Award, may: dict[str, str]) -> None:
    answer = client.get(CREDENTIALS, headers=may)
    assert (answer.status_code, answer.mimetype, answer.headers["X-Total-Count"]) == (200, "application/json", "1")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.text == f'{{"credential":[{credential(award).document}],"compactJwsString":[]}}'
    assert links(answer) == {"first": f"{CREDENTIALS}?limit=50&offset=0", "last": f"{CREDENTIALS}?limit=50&offset=0"}


def test_badges_from_elsewhere_come_byte_for_byte(client: FlaskClient, award: Award, may: dict[str, str]) -> None:
    as_json, as_token = b" \n" + foreign(1, ADDRESS).replace(b": ", b" :  "), token_of(2)
    assert bring(client, as_json, may).status_code == 201
    assert bring(client, as_token, may, "text/plain").status_code == 201
    text = client.get(CREDENTIALS, headers=may).text
    assert as_json.strip().decode() in text
    body = json.loads(text)
    assert body["compactJwsString"] == [as_token.decode()]
    assert [one["id"] for one in body["credential"]] == ["https://kitchen.example/credentials/1", document(award)["id"]]


def test_a_badge_in_a_picture_comes_out_of_it(client: FlaskClient, ada: Member, may: dict[str, str]) -> None:
    inside = foreign(3, ADDRESS)
    assert bring(client, inside, may).status_code == 201
    row = db.session.scalars(sa.select(ExternalBadge)).one()
    row.form, row.content = "png", in_a_picture(inside)
    db.session.commit()
    assert inside.decode() in client.get(CREDENTIALS, headers=may).text


def test_what_was_declined_taken_back_or_is_not_signed_yet_is_not_there(client: FlaskClient, award: Award, may: Any) -> None:
    def total() -> str:
        found: str = client.get(CREDENTIALS, headers=may).headers["X-Total-Count"]
        return found

    award.shown = False
    db.session.commit()
    assert total() == "1"  # the holder keeps it to themselves, and said that this program may read it
    award.answer = "declined"
    db.session.commit()
    assert total() == "0"
    award.answer = "accepted"
    revoking.revoke(award.id, None, "A mistake.", datetime.now(UTC))
    db.session.commit()
    jobs.sign()
    assert total() == "0"


def test_what_is_not_proven_to_be_the_members_or_is_false_is_not_there(client: FlaskClient, may: dict[str, str]) -> None:
    assert bring(client, foreign(1, ADDRESS), may).status_code == 201
    good = {"is_mine": True, "standing": "good", "version": "3.0"}
    for changes in ({"is_mine": False}, {"standing": "false"}, {"standing": "revoked"}, {"version": "2.0"}):
        db.session.execute(sa.update(ExternalBadge).values(**good | changes))
        db.session.commit()
        assert client.get(CREDENTIALS, headers=may).headers["X-Total-Count"] == "1"


def test_nobody_gets_what_is_somebody_elses(client: FlaskClient, award: Award, may: dict[str, str]) -> None:
    other = issued("ben")
    assert bring(client, foreign(1, ADDRESS), may).status_code == 201
    bens = make_token(db.session.get_one(Member, other.member_id))
    answer = client.get(CREDENTIALS, headers=bens)
    assert answer.text == f'{{"credential":[{credential(other).document}],"compactJwsString":[]}}'
    assert answer.headers["X-Total-Count"] == "1"


def test_pages_hold_each_badge_once_in_a_steady_order(client: FlaskClient, may: dict[str, str], count_queries: Any) -> None:
    for number in range(1, 5):
        assert bring(client, foreign(number, ADDRESS, validFrom=f"2026-03-0{number}T12:00:00Z"), may).status_code == 201
    address, seen, statements = f"{CREDENTIALS}?limit=2", [], []
    while address:
        with count_queries() as counted:
            answer = client.get(address, headers=may)
        statements.append(len(counted))
        assert answer.headers["X-Total-Count"] == "5"
        seen += [one["name"] for one in answer.get_json()["credential"]]
        there = links(answer)
        address = there.get("next", "")
    assert len(seen) == 5
    assert [one["id"] for one in json.loads(client.get(CREDENTIALS, headers=may).text)["credential"]][:4] == [
        f"https://kitchen.example/credentials/{number}" for number in range(1, 5)
    ]
    assert there == {
        "first": f"{CREDENTIALS}?limit=2&offset=0",
        "last": f"{CREDENTIALS}?limit=2&offset=4",
        "prev": f"{CREDENTIALS}?limit=2&offset=2",
    }
    assert max(statements) <= 8


def test_since_and_the_end_of_the_list(client: FlaskClient, may: dict[str, str]) -> None:
    for number in (1, 2):
        assert bring(client, foreign(number, ADDRESS, validFrom=f"2020-03-0{number}T12:00:00Z"), may).status_code == 201
    moments = ("2020-03-01T11:59:59Z", "2020-03-01T12:00:00", "2020-03-02T13:00:00+01:00", "2020-03-02", "2999-01-01T00:00:00Z")
    answers = [client.get(CREDENTIALS, query_string={"since": since}, headers=may) for since in moments]
    assert [answer.headers["X-Total-Count"] for answer in answers] == ["3", "2", "1", "2", "0"]
    unencoded = client.get(f"{CREDENTIALS}?since=2020-03-02T12:59:59+01:00&limit=1", headers=may)
    assert unencoded.headers["X-Total-Count"] == "2"
    assert client.get(links(unencoded)["next"], headers=may).headers["X-Total-Count"] == "2"
    far = client.get(f"{CREDENTIALS}?offset=999999", headers=may)
    assert far.get_json() == {"credential": [], "compactJwsString": []}
    assert links(far)["prev"] == f"{CREDENTIALS}?limit=50&offset=0"
    assert "limit=100&" in client.get(f"{CREDENTIALS}?limit=5000", headers=may).headers["Link"]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=-1", "limit=x", "limit=", "limit=99999999999999999999", "offset=-1", "offset=1e3", "offset=1000001",
     "offset=²", "since=yesterday", "since=0000-00-00T00:00:00Z", "since=0001-01-01T00:00:00+14:00", "limit=%F0%9F%99%82"],
)  # fmt: skip
def test_odd_questions_are_the_programs_mistake(client: FlaskClient, may: dict[str, str], query: str) -> None:
    assert failure(client.get(f"{CREDENTIALS}?{query}", headers=may)) == (400, "invalid_query_parameter")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["limit", "offset", "since"]), st.text(max_size=30)))
def test_no_question_is_a_surprise(client: FlaskClient, may: dict[str, str], query: dict[str, str]) -> None:
    client.application.extensions["limits"].forget()
    assert client.get(CREDENTIALS, query_string=query, headers=may).status_code in (200, 400)


# In


@pytest.mark.parametrize("kind", ["application/json", "application/vc+ld+json", "application/ld+json; profile=x"])
def test_a_new_badge_is_201_and_answered_as_it_came(client: FlaskClient, ada: Member, may: dict[str, str], kind: str) -> None:
    body = foreign(1, ADDRESS)
    answer = bring(client, body, may, kind)
    assert (answer.status_code, answer.data, answer.mimetype) == (201, body, kind.partition(";")[0])
    row = db.session.scalars(sa.select(ExternalBadge)).one()
    assert (row.content, row.form, row.standing, row.member_id) == (body, "json", "good", ada.id)
    assert (row.is_mine, row.shown) == (True, False)


def test_a_newer_one_takes_its_place_and_the_same_changes_nothing(client: FlaskClient, may: dict[str, str]) -> None:
    older = foreign(1, ADDRESS, validFrom="2026-01-01T00:00:00Z")
    newer = foreign(1, ADDRESS, validFrom="2026-02-01T00:00:00Z")
    assert [bring(client, body, may).status_code for body in (older, older, newer, older, newer)] == [201, 304, 200, 304, 304]
    same = bring(client, newer, may)
    assert (same.status_code, same.data) == (304, b"")
    assert db.session.scalars(sa.select(ExternalBadge)).one().content == newer


def test_a_badge_of_this_house_is_here_already(client: FlaskClient, award: Award, may: dict[str, str]) -> None:
    assert bring(client, credential(award).document.encode(), may).status_code == 304
    assert bring(client, credential(award).jwt.encode(), may, "text/plain").status_code == 304
    assert db.session.scalars(sa.select(ExternalBadge)).all() == []


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (foreign(1, "ben@example.org"), "application/json", (422, "invalid_data")),
        (foreign(1, ADDRESS).replace(b"Keeper of", b"Master of"), "application/json", (422, "invalid_data")),
        (b'{"type": "Assertion"}', "application/json", (422, "invalid_data")),
        (b"{}", "application/json", (422, "invalid_data")),
        (b"{", "application/json", (422, "invalid_data")),
        (b"{\xff}", "application/json", (422, "invalid_data")),
        (b"", "application/json", (400, "invalid_data")),
        (b"[]", "application/json", (400, "invalid_data")),
        (b"a.b.c", "application/json", (400, "invalid_data")),
        (b"{}", "text/plain", (400, "invalid_data")),
        (b"a.b", "text/plain", (400, "invalid_data")),
        (b"a.b.c", "text/plain", (422, "invalid_data")),
        (b"https://kitchen.example/credentials/1", "text/plain", (400, "invalid_data")),
        (b"{}", "image/png", (415, "invalid_data")),
        (b"{" + b" " * 1024 * 1024, "application/json", (413, "invalid_data")),
    ],
)
def test_what_is_not_good_or_not_the_members_is_not_kept(
    client: FlaskClient, may: dict[str, str], body: bytes, kind: str, expected: tuple[int, str]
) -> None:
    assert failure(bring(client, body, may, kind)) == expected
    assert db.session.scalars(sa.select(ExternalBadge)).all() == []


def test_bens_badge_in_adas_hands_is_refused_also_when_it_is_of_this_house(client: FlaskClient, award: Award, may: Any) -> None:
    other = issued("ben")
    assert failure(bring(client, credential(other).document.encode(), may)) == (422, "invalid_data")


def test_an_address_that_nobody_verified_proves_nothing(client: FlaskClient, ada: Member, may: dict[str, str]) -> None:
    make_address(ada, "stranger@example.org", verified=False)
    db.session.commit()
    assert failure(bring(client, foreign(1, "stranger@example.org"), may)) == (422, "invalid_data")


# The profile


def test_the_profile_says_what_members_see(client: FlaskClient, award: Award, ada: Member, may: dict[str, str]) -> None:
    ada.bio, ada.ask_me_about = "I keep bees.", "secret"
    db.session.commit()
    shown = client.get(PROFILE, headers=may).get_json()
    assert shown == {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": document(award)["credentialSubject"]["id"],
        "type": ["Profile"],
        "name": "Ada",
        "url": "http://localhost/members/ada",
        "description": "I keep bees.",
    }
    ada.visibility = {"name": "me", "bio": "me"}
    db.session.commit()
    assert sorted(client.get(PROFILE, headers=may).get_json()) == ["@context", "id", "type", "url"]


def test_who_has_no_name_in_documents_gets_one_for_good(client: FlaskClient, db: Any, make_member: Any) -> None:
    may = make_token(make_member("cleo"))
    first = client.get(PROFILE, headers=may).get_json()["id"]
    assert first.startswith("did:web:localhost:ob:3:members:")
    assert client.get(PROFILE, headers=may).get_json()["id"] == first


def test_a_program_changes_name_and_story(client: FlaskClient, ada: Member, may: dict[str, str]) -> None:
    sent = client.get(PROFILE, headers=may).get_json() | {"name": "Ada  Lovelace", "description": "One.\r\nTwo."}
    answer = client.put(PROFILE, json=sent, headers=may)
    assert answer.status_code == 200
    assert answer.get_json() == sent | {"name": "Ada Lovelace", "description": "One.\nTwo."}
    db.session.expire_all()
    assert (ada.name, ada.bio) == ("Ada Lovelace", "One.\nTwo.")
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "member.told_by_program")).one()
    assert (entry.actor_id, entry.after["fields"]) == (ada.id, ["bio", "name"])
    left = {name: sent[name] for name in ("id", "type")}
    assert client.put(PROFILE, json=left, headers=may).get_json()["name"] == "Ada Lovelace"  # what is not sent stays


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "eve@example.org"}, {"url": "https://evil.example/"}, {"id": "did:web:localhost:ob:3:members:other"},
        {"id": None}, {"type": []}, {"type": "Issuer"}, {"image": {"id": "https://evil.example/x.png", "type": "Image"}},
        {"roles": ["admin"]}, {"state": "active"}, {"official": "Ada"}, {"phone": "1"}, {"name": ""}, {"name": None},
        {"handle": "root"}, {"name": ["Ada"]},
        {"name": "A\u202eda"}, {"name": "x" * 121}, {"description": 5}, {"description": "x" * 4001}, {"description": "\x00"},
        {"member_id": 2}, {"visibility": {"name": "public"}}, {"x" * 500: 1},
    ],
)  # fmt: skip
def test_nothing_else_of_a_profile_can_be_changed(client: FlaskClient, ada: Member, may: dict[str, str], changes: Any) -> None:
    before = client.get(PROFILE, headers=may).get_json()
    answer = client.put(PROFILE, json=before | {"description": "slipped in"} | changes, headers=may)
    assert failure(answer) == (422, "invalid_data")
    assert client.get(PROFILE, headers=may).get_json() == before


def test_what_only_the_member_sees_no_program_writes_over(client: FlaskClient, ada: Member, may: dict[str, str]) -> None:
    ada.bio, ada.visibility = "mine alone", {"bio": "me"}
    db.session.commit()
    sent = client.get(PROFILE, headers=may).get_json()
    assert failure(client.put(PROFILE, json=sent | {"description": "x"}, headers=may)) == (422, "invalid_data")
    assert client.put(PROFILE, json=sent | {"name": "Ada L."}, headers=may).status_code == 200
    db.session.expire_all()
    assert ada.bio == "mine alone"


def test_who_may_write_only_is_not_told_the_rest(client: FlaskClient, ada: Member, may: dict[str, str]) -> None:
    ada.bio = "for readers"
    db.session.commit()
    whole = client.get(PROFILE, headers=may).get_json()
    sent = {name: whole[name] for name in ("id", "type")} | {"name": "Ada"}
    answer = client.put(PROFILE, json=sent, headers=make_token(ada, CHANGE_PROFILE))
    assert answer.get_json() == sent


@pytest.mark.parametrize(("body", "kind", "status"), [
    (b"[]", "application/json", 400), (b"{", "application/json", 400), (b"\xff", "application/json", 400),
    (b"{}", "text/plain", 415), (b'{"name": "A", "name": "B"}', "application/json", 400),
    (b"[" * 9000, "application/json", 400), (b'{"a":"' + b"x" * 70_000 + b'"}', "application/json", 400),
])  # fmt: skip
def test_no_object_no_change(client: FlaskClient, may: dict[str, str], body: bytes, kind: str, status: int) -> None:
    assert failure(client.put(PROFILE, data=body, content_type=kind, headers=may)) == (status, "invalid_data")


# Doors


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


# Discovery


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


def test_badges_that_lapse_come_all_the_same(client: FlaskClient, may: dict[str, str]) -> None:
    """Whoever reads them sees for how long they held."""
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    assert bring(client, foreign(1, ADDRESS, validUntil=past), may).status_code == 201
    assert client.get(CREDENTIALS, headers=may).headers["X-Total-Count"] == "2"
