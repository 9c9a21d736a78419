"""Questions about deeds that name somebody, and a list of who was there, as eyes and screen readers meet them."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import axe_by_day_and_night

pytestmark = pytest.mark.browser
NARROW_PX = 390


def test_questions_and_lists_by_day_and_night(page: Page, site: str) -> None:
    page.set_viewport_size({"width": NARROW_PX, "height": 844})
    sign_in(page, site, "amina")
    page.goto(f"{site}/me/notices")
    page.get_by_role("link", name="Somebody asks whether you were there (3)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Were you there?")
    _fits(page)
    page.get_by_role("checkbox", name="Yes to the deed of Teo").check()
    page.get_by_role("checkbox", name="Yes to the deed of Bram").check()
    page.get_by_role("button", name="Yes to all that are ticked").click()
    expect(page.locator("#flashes")).to_contain_text("Thank you, your word is with 2 deeds now.")
    page.get_by_role("button", name="No, to the deed of Mirembe").click()
    expect(page.locator("#flashes")).to_contain_text("Nobody is told that you said no.")
    expect(page.locator("main")).to_contain_text("No questions for you")

    page.goto(f"{site}/activities/list/new")
    _fits(page)
    page.get_by_label("What did they do?").fill("Came to the call about the library")
    page.get_by_label("The people").fill("bram\nTeo\nnobody-of-this-name")
    page.get_by_role("button", name="Look it over").click()
    expect(page.get_by_role("checkbox")).to_have_count(2)
    _fits(page)
    page.get_by_role("button", name="Change something").click()
    expect(page.get_by_label("The people")).to_have_value("bram\nTeo\nnobody-of-this-name")
    page.get_by_role("button", name="Look it over").click()
    page.get_by_role("checkbox", name="Teo").uncheck()
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator("#flashes")).to_contain_text("Written down for 1 person, who hears of it.")
    expect(page.locator(".c-deed").first).to_contain_text("from a list of who was there")


def _fits(page: Page) -> None:
    axe_by_day_and_night(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW_PX
