"""What comes in, and what does not."""

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.backpack.models import ExternalBadge
from recognition.badges.models import Award
from recognition.extensions import db
from recognition.identity.models import Member
from tests.backpack.api.calls import ADDRESS, bring, failure
from tests.backpack.foreign import foreign
from tests.factories.credentials import credential, issued, make_address


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


def test_the_same_badge_from_two_programs_at_once_is_kept_once(app: Flask, may: dict[str, str]) -> None:
    body, together, statuses = foreign(1, ADDRESS), threading.Barrier(2), []

    def come() -> None:
        http = app.test_client()
        together.wait()
        statuses.append(bring(http, body, may).status_code)

    threads = [threading.Thread(target=come) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 304]
    assert db.session.scalars(sa.select(ExternalBadge.content)).all() == [body]
