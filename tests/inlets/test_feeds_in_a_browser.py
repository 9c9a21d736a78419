"""The page of blogs and calendars as people meet it: by keyboard, by day and by night."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import ConsoleErrors, axe_by_day_and_night

pytestmark = pytest.mark.browser


def test_a_blog_an_address_for_mails_and_why_a_look_did_not_work(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    sign_in(page, site, "noor")
    page.goto(f"{site}/me/feeds")
    page.get_by_label("Its address").fill("http://feed.invalid/feed.xml")
    page.keyboard.press("Enter")
    assert page.get_by_role("textbox", name="Your token").input_value().startswith("recognition-")
    page.get_by_role("button", name="Look now").click()
    expect(page.get_by_text("The last look did not work.")).to_be_visible()
    page.get_by_role("button", name="Give me an address").click()
    assert page.get_by_role("textbox", name="Your address for reports").input_value().startswith("report+")
    axe_by_day_and_night(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.locator(".p-feeds .c-more__open").click()
    page.get_by_role("button", name="Look there no longer").click()
    expect(page.get_by_text("We look there no longer.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Your token")).to_have_count(0)
