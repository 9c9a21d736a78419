"""The pages of mails as eyes, keyboards and screen readers meet them."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import ConsoleErrors, axe_by_day_and_night

pytestmark = pytest.mark.browser
NARROW_PX = 390


def test_my_mails_and_the_news_by_mail(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    console_errors.allow("status of 422")
    page.set_viewport_size({"width": NARROW_PX, "height": 844})
    page.goto(f"{site}/news/subscribe")
    expect(page.locator("main")).to_contain_text("This house sends no mail")
    _fits(page)
    page.goto(f"{site}/news/subscribe/asked")
    _fits(page)

    sign_in(page, site, "teo")
    page.goto(f"{site}/me/mail")
    page.get_by_label("News of the house").select_option("week")
    page.get_by_label("Your time zone").fill("Atlantis")
    page.get_by_role("button", name="Keep it like this").click()
    expect(page.locator("main")).to_contain_text("We do not know this time zone.")
    expect(page.get_by_label("News of the house")).to_have_value("week")
    page.get_by_label("Your time zone").fill("Europe/Berlin")
    page.get_by_role("button", name="Keep it like this").click()
    expect(page.locator("#flashes")).to_contain_text("Kept.")
    expect(page.locator("main")).to_contain_text("Your next digest comes on Monday")
    _fits(page)
    page.get_by_role("button", name="Once a month").click()
    expect(page.get_by_label("What people did")).to_have_value("month")


def _fits(page: Page) -> None:
    axe_by_day_and_night(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW_PX
