"""A survey in a real browser: what came of one, the next one answered by keyboard, and the council's workshop."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import ConsoleErrors, axe_by_day_and_night

pytestmark = pytest.mark.browser
WIDE_OR_LESS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def test_the_honest_number_and_an_answer_by_keyboard(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    page.goto(f"{site}/surveys/do-we-know-what-mdm-is-about/results")
    expect(page.get_by_text("Not proven", exact=True)).to_be_in_viewport()
    expect(page.locator(".c-honest__picture--wide")).to_be_in_viewport()
    expect(page.get_by_text("Nobody knows yet.")).to_be_in_viewport()
    expect(page.get_by_role("group", name="The goal is a line at 80 %.")).to_be_visible()
    axe_by_day_and_night(page)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        expect(page.locator(".c-honest__picture--narrow")).to_be_in_viewport()
        expect(page.locator(".c-honest__picture--wide")).to_be_hidden()
        assert page.evaluate(WIDE_OR_LESS)
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, site, "oskar")
    page.goto(f"{site}/surveys/do-we-know-it-now")
    axe_by_day_and_night(page)
    page.get_by_role("button", name="Send my answer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Please choose one, or press the button")).to_be_visible()
    console_errors.allow("status of 422")
    page.locator('input[name="q-1"]').first.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Send my answer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your answer is kept", exact=True)).to_be_visible()
    expect(page.get_by_role("radio", name="Partly").first).to_be_checked()
    page.get_by_role("button", name="I'd rather not say").click()
    expect(page.get_by_text("You said that you would rather not say")).to_be_visible()


def test_the_workshop_of_surveys(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    sign_in(page, site, "amina")
    page.goto(f"{site}/council/surveys/")
    axe_by_day_and_night(page)
    page.get_by_role("link", name="Begin with “Do we know what MDM is about?”").click()
    axe_by_day_and_night(page)
    page.get_by_role("button", name="Move question 1 down").click()
    expect(page.locator("#field-q-2-ask")).to_have_value("I know what MDM is about")
    expect(page.locator('input[name="claim"]').nth(1)).to_be_checked()
    page.get_by_role("button", name="Add a question").click()
    page.locator("#field-q-8-ask").fill("What would help you most?")
    page.locator("#field-q-8-kind").select_option("text")
    expect(page.locator("#field-q-8-options")).to_be_hidden()
    page.get_by_role("button", name="Let it go …").click()
    expect(page.get_by_role("heading", name="Let “Do we know what MDM is about?” go?")).to_be_visible()
    axe_by_day_and_night(page)
    page.goto(f"{site}/council/surveys/do-we-know-what-mdm-is-about/words")
    axe_by_day_and_night(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/council/surveys/new")
    assert page.evaluate(WIDE_OR_LESS)
