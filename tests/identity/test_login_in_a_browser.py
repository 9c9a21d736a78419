"""The whole way in and out in a browser, whose own rules (policy for forms, cookies across sites) have a say too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from recognition import create_app
from recognition.extensions import db
from tests.conftest import make_settings
from tests.servers.browser import ConsoleErrors, axe
from tests.servers.oidc import OidcProvider
from tests.servers.site import free_port, served


@pytest.fixture
def site(oidc_provider: OidcProvider, tmp_path: Path) -> Iterator[str]:
    address = f"http://127.0.0.1:{free_port()}"
    oidc_provider.register(f"{address}/login/callback", f"{address}/")
    client = {"oidc_client_id": oidc_provider.client_id, "oidc_client_secret": oidc_provider.client_secret}
    program = create_app(make_settings(tmp_path, base_url=address, demo=False, oidc_issuer=oidc_provider.issuer, **client))
    with program.app_context():
        db.create_all()
    with served(program, address):
        yield address


def test_in_and_out(site: str, oidc_provider: OidcProvider, page: Page, console_errors: ConsoleErrors) -> None:
    page.goto(f"{site}/me/settings")
    axe(page)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    oidc_provider.sign_in(page, "alice")
    expect(page).to_have_url(f"{site}/me/settings")
    expect(page.get_by_text("We made a page for you")).to_be_visible()
    axe(page)
    page.get_by_label("Place").fill("Amman")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This is how others see you now")).to_be_visible()
    page.get_by_label("Your menu").click()
    page.get_by_role("button", name="Sign out").first.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{site}/")
    page.goto(f"{site}/me/settings")
    expect(page).to_have_url(f"{site}/login?next=/me/settings")
    for address in ("/members/", "/groups/", "/members/alice"):
        page.goto(site + address)
        axe(page)
        expect(page.locator("body")).not_to_contain_text("Amman")


def test_a_no_leads_back_kindly(site: str, oidc_provider: OidcProvider, page: Page, console_errors: ConsoleErrors) -> None:
    console_errors.allow("status of 400")
    page.goto(f"{site}/login")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("That did not work")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Sign in again").click()
    expect(page).to_have_url(f"{site}/login")
