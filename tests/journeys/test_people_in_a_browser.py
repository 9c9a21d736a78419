"""Mentors, being away and the council's pages about people, as eyes and screen readers meet them."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import axe_by_day_and_night

pytestmark = pytest.mark.browser
NARROW_PX = 390


def test_another_mentor_in_two_clicks_and_every_page_by_day_and_night(page: Page, site: str) -> None:
    page.set_viewport_size({"width": NARROW_PX, "height": 844})
    sign_in(page, site, "teo")
    for path in ("/how-we-stay-in-touch", "/me/away", "/me/certificate", "/mentoring/", "/me/mentor"):
        page.goto(f"{site}{path}")
        _fits(page)
    page.get_by_role("link", name="Choose somebody else").click()
    _fits(page)
    page.get_by_role("button", name="Choose Devika").click()
    expect(page.locator("#flashes")).to_contain_text("Done. They know")
    expect(page.locator(".p-mentoring__now")).to_contain_text("Devika")
    page.get_by_label("Your question").fill("How did you begin?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".p-mentoring__asks").first).to_contain_text("How did you begin?")


def test_pages_of_the_council_by_day_and_night(page: Page, site: str) -> None:
    page.set_viewport_size({"width": NARROW_PX, "height": 844})
    sign_in(page, site, "amina")
    for path in ("/council/mentoring", "/council/locks", "/council/staying-in-touch"):
        page.goto(f"{site}{path}")
        _fits(page)
    page.get_by_text("Change this rule").click()
    _fits(page)
    page.get_by_role("button", name="How many would that be?").click()
    expect(page.locator(".p-touch__preview")).to_contain_text("active members would be thanked today")


def _fits(page: Page) -> None:
    axe_by_day_and_night(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW_PX
