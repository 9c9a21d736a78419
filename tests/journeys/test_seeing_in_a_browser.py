"""A word about a deed, a question to the council and its answer, and the pages on which deeds are read, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import ConsoleErrors, axe_by_day_and_night

pytestmark = pytest.mark.browser


def test_said_asked_about_and_decided(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    sign_in(page, site, "noor")
    page.goto(f"{site}/activities/?member=teo")
    axe_by_day_and_night(page)
    deed = page.locator(".c-deed__when[href]").first.get_attribute("href") or ""
    page.goto(site + deed)
    page.get_by_label("A word from you").fill("I saw it, and it was good.")
    page.get_by_role("button", name="Say it").click()
    expect(page.locator(".p-comments__words")).to_have_text("I saw it, and it was good.")
    axe_by_day_and_night(page)
    page.get_by_role("link", name="Should this not stand here? Tell the council").click()
    axe_by_day_and_night(page)
    page.get_by_label("What is wrong with it?").fill("It names my neighbour.")
    page.get_by_role("button", name="Tell the council").click()
    expect(page.get_by_text("you will hear.")).to_be_visible()
    for path in ("/me/record", "/me/months"):
        page.goto(site + path)
        axe_by_day_and_night(page)
    page.context.clear_cookies()
    sign_in(page, site, "amina")
    page.goto(f"{site}/council/unseen")
    axe_by_day_and_night(page)
    page.goto(f"{site}/council/reports")
    axe_by_day_and_night(page)
    page.get_by_label("Your reason").fill("The neighbour agreed.")
    page.get_by_role("button", name="It stays").click()
    expect(page.get_by_text("Nothing is in question")).to_be_visible()
    page.get_by_role("link", name="What was decided before").click()
    expect(page.get_by_text("The neighbour agreed.")).to_be_visible()
    axe_by_day_and_night(page)
