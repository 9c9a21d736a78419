"""The browser's own rules have a say: where a form may lead, and what is sent across sites."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, request
from playwright.sync_api import Page, expect

from recognition import clock, create_app
from recognition.extensions import db
from recognition.identity.models import Account
from recognition.identity.oauth.models import OAuthConsent
from recognition.identity.queries import DEMO_ISSUER
from tests.conftest import make_settings
from tests.factories.identity import make_member
from tests.identity.oauth.program import Program, registered
from tests.servers.browser import ConsoleErrors, axe
from tests.servers.site import free_port, served


@pytest.fixture
def program_at() -> Iterator[str]:
    """Somebody else's site, which only says how it was called back."""
    port, app = free_port(), Flask("wallet")
    app.add_url_rule("/back", view_func=lambda: f"<title>Wallet</title><p>{sorted(request.args)}</p>")
    with served(app, f"http://127.0.0.1:{port}"):
        yield f"http://localhost:{port}/back"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[str, Flask]]:
    address = f"http://127.0.0.1:{free_port()}"
    app = create_app(make_settings(tmp_path, base_url=address))
    with app.app_context():
        db.create_all()
        member = make_member("ada")
        db.session.add(Account(member_id=member.id, issuer=DEMO_ISSUER, subject="ada", created_at=clock.utcnow()))
        db.session.commit()
    with served(app, address):
        yield address, app


def test_both_answers_lead_to_the_program_and_nothing_else_does(
    house: tuple[str, Flask], program_at: str, page: Page, console_errors: ConsoleErrors
) -> None:
    address, app = house
    wallet: Program = registered(app.test_client(), redirect_uris=[program_at])
    url = address + wallet.asking(redirect_uri=program_at)
    page.goto(url)
    page.get_by_role("button", name="Ada").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Let “Wallet” in?")
    axe(page)
    page.get_by_role("button", name="Yes, let it in").click()
    expect(page.get_by_text("['code', 'iss', 'state']")).to_be_visible()
    with app.app_context():
        assert db.session.scalars(db.select(OAuthConsent.redirect_uri)).all() == [program_at]
    page.goto(url)
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_text("['error', 'error_description', 'iss', 'state']")).to_be_visible()
    page.goto(address + wallet.asking(redirect_uri=program_at, scope="everything"))
    axe(page)
    expect(page.get_by_role("link", name="Go on to localhost")).to_be_visible()
    page.goto(f"{address}/oauth/about")
    axe(page)
    console_errors.allow("status of 400")
