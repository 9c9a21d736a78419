"""What goes out: whose badges, which of them, in what order, byte for byte."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recognition.backpack.models import ExternalBadge
from recognition.badges import jobs
from recognition.badges.models import Award
from recognition.badges.services import revoking
from recognition.extensions import db
from recognition.identity.models import Member
from tests.backpack.api.calls import ADDRESS, CREDENTIALS, bring, failure, links, token_of
from tests.backpack.foreign import foreign, in_a_picture
from tests.factories.credentials import credential, document, issued
from tests.factories.oauth import make_token


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


def test_what_could_not_be_checked_today_is_there_if_it_ever_was_genuine(client: FlaskClient, may: dict[str, str]) -> None:
    """An address in it proves nothing as long as nobody knows who wrote it there."""
    assert bring(client, foreign(1, ADDRESS), may).status_code == 201
    row = db.session.scalars(sa.select(ExternalBadge)).one()
    assert row.facts["sure"]["standing"] == "good"
    row.standing = "unsure"
    db.session.commit()
    assert client.get(CREDENTIALS, headers=may).headers["X-Total-Count"] == "2"
    row.facts = {name: value for name, value in row.facts.items() if name != "sure"}
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


def test_badges_that_lapse_come_all_the_same(client: FlaskClient, may: dict[str, str]) -> None:
    """Whoever reads them sees for how long they held."""
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    assert bring(client, foreign(1, ADDRESS, validUntil=past), may).status_code == 201
    assert client.get(CREDENTIALS, headers=may).headers["X-Total-Count"] == "2"
