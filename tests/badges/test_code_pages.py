"""The pages of claim codes: made, printed, counted, claimed on a phone."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.badges.models import Award, ClaimCode
from recognition.badges.services.codes import make_code
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.badges.conftest import SignIn, words
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.identity.pages import send

TODAY = clock.utcnow().date()


def code_of(app: Flask, maker: Member, badge: Any, limit: int = 5, level: int | None = None) -> ClaimCode:
    now = clock.utcnow()
    with app.test_request_context():
        made = make_code(badge, "Tea in Lima", limit, now, now + timedelta(days=1), level, maker, now)
    database.session.commit()
    return made


def test_a_code_is_made_and_its_sheet_shows_it(client: FlaskClient, rosa: Member) -> None:
    make_badge("kind", {}, name="Kind pin")
    done = send(client, "/council/badges/kind/codes", "/council/badges/kind/codes", label="Tea in Lima", limit="30",
                until=str(TODAY))  # fmt: skip
    code = database.session.scalars(sa.select(ClaimCode)).one()
    assert (done.status_code, done.location) == (303, f"/council/codes/{code.id}/sheet")
    sheet = client.get(done.location).text
    assert f'href="http://localhost/claim/{code.code}"' in sheet
    assert 'class="p-sheet__qr-drawing"' in sheet
    said = words(sheet)
    assert f"{code.code[:4]} {code.code[4:]}" in said
    assert ("Kind pin" in said, "Tea in Lima" in said, "For 30 people" in said) == (True, True, True)
    listed = words(client.get("/council/badges/kind/codes").text)
    assert "0 of 30" in listed


def test_a_code_form_with_a_fault_keeps_what_was_typed(client: FlaskClient, rosa: Member) -> None:
    make_badge("kind", {})
    answer = send(client, "/council/badges/kind/codes", "/council/badges/kind/codes", label="Tea in Lima", limit="many",
                  until="soon")  # fmt: skip
    assert answer.status_code == 422
    assert 'value="Tea in Lima"' in answer.text
    assert "A whole number" in answer.text
    assert "Choose the last day" in answer.text


@pytest.mark.parametrize("limit", ["999999999999", "-1", "0", "100001", "1.5", ""])
def test_a_limit_out_of_reach_is_told_what_can_be(client: FlaskClient, rosa: Member, limit: str) -> None:
    make_badge("kind", {})
    page = "/council/badges/kind/codes"
    answer = send(client, page, page, label="Tea", limit=limit, until=str(TODAY))
    assert answer.status_code == 422
    assert "A whole number from 1 to 100000: how many people may use it?" in words(answer.text)


def test_a_phone_claims_and_a_stranger_signs_in_first(app: Flask, client: FlaskClient, sign_in: SignIn, rosa: Member) -> None:
    code = code_of(app, rosa, make_badge("kind", {}, name="Kind pin"))
    page, phone = f"/claim/{code.code.lower()}", app.test_client()
    stranger = phone.get(page).text
    assert f'href="/login?next=/claim/{code.code}"' in stranger
    assert phone.post(page).status_code in (400, 401)
    sign_in(phone, make_member("ada"))
    assert "Take this pin" in phone.get(page).text
    done = send(phone, page, page)
    award = database.session.scalars(sa.select(Award)).one()
    assert (done.status_code, done.location) == (303, f"/awards/{award.key}")
    assert "With a code, by being there" in words(phone.get(done.location).text)
    assert "You have it already" in words(phone.get(page).text)
    again = send(phone, "/me/settings", page)
    assert (again.status_code, again.location) == (303, f"/awards/{award.key}")
    assert database.session.get_one(ClaimCode, code.id).used == 1
    assert "1 of 5" in words(client.get("/council/badges/kind/codes").text)


def test_a_typed_code_leads_to_its_page_and_a_wrong_one_is_asked_again(app: Flask, client: FlaskClient, rosa: Member) -> None:
    code = code_of(app, rosa, make_badge("kind", {}))
    found = client.get("/claim", query_string={"code": f" {code.code[:4].lower()} {code.code[4:]}"})
    assert (found.status_code, found.location) == (303, f"/claim/{code.code}")
    wrong = client.get("/claim?code=22222222")
    assert (wrong.status_code, "We know no such code" in wrong.text) == (422, True)
    assert client.get("/claim/22222222").status_code == 422


def test_a_closed_or_full_code_says_so(app: Flask, client: FlaskClient, sign_in: SignIn, rosa: Member) -> None:
    badge = make_badge("kind", {})
    code, full = code_of(app, rosa, badge), code_of(app, rosa, badge, limit=1)
    full.used = 1
    database.session.commit()
    send(client, "/council/badges/kind/codes", f"/council/codes/{code.id}/close")
    phone = app.test_client()
    sign_in(phone, make_member("ada"))
    assert "was closed" in words(phone.get(f"/claim/{code.code}").text)
    answer = send(phone, "/me/settings", f"/claim/{full.code}")
    assert (answer.status_code, "all of its pins are given out" in words(answer.text)) == (409, True)


def test_a_phone_is_told_when_the_codes_level_is_gone(app: Flask, client: FlaskClient, sign_in: SignIn, rosa: Member) -> None:
    badge = make_badge("kind", {"count": {}}, levels=[1, 5])
    code = code_of(app, rosa, badge, level=5)
    badge.levels = [1, 10]
    database.session.commit()
    phone = app.test_client()
    sign_in(phone, make_member("ada"))
    shown, taken = phone.get(f"/claim/{code.code}"), send(phone, "/me/settings", f"/claim/{code.code}")
    assert (shown.status_code, taken.status_code) == (200, 409)
    assert all("a level that this badge no longer has" in words(page.text) for page in (shown, taken))
    assert client.get(f"/council/codes/{code.id}/sheet").status_code == 200
    assert "a level that this badge no longer has" in words(client.get("/council/badges/kind/codes").text)


def test_a_phone_takes_an_expired_pin_anew(app: Flask, client: FlaskClient, sign_in: SignIn, rosa: Member) -> None:
    badge = make_badge("kind", {}, valid_days=10, warn_days=2)
    codes, phone = [code_of(app, rosa, badge).code for _turn in range(2)], app.test_client()
    sign_in(phone, make_member("ada"))
    send(phone, f"/claim/{codes[0]}", f"/claim/{codes[0]}")
    award = database.session.scalars(sa.select(Award)).one()
    award.expires_at = clock.utcnow() - timedelta(days=1)
    database.session.commit()
    assert "Take this pin" in phone.get(f"/claim/{codes[1]}").text
    assert send(phone, f"/claim/{codes[1]}", f"/claim/{codes[1]}").status_code == 303
    database.session.refresh(award)
    assert award.renewed_at is not None


def test_guessing_is_slowed_down(client: FlaskClient) -> None:
    answers = {client.get(f"/claim/2222222{number % 8 + 2}").status_code for number in range(130)}
    assert 429 in answers
