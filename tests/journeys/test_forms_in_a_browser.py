"""Whoever fills in a form stays where they are: a preview that comes takes nobody away, and what is refused is in sight."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import ConsoleErrors

pytestmark = pytest.mark.browser


def test_a_refused_form_begins_at_its_fault_and_a_preview_takes_nobody_away(
    page: Page, site: str, console_errors: ConsoleErrors
) -> None:
    console_errors.allow("status of 422")  # it is refused
    sign_in(page, site, "amina")
    page.goto(f"{site}/council/campaigns/new?from=nothing")
    page.get_by_label("Its title").fill("Letters")
    page.get_by_role("button", name="Keep as a draft").click()
    quest = page.locator("#field-goal_quest")
    expect(quest).to_have_attribute("aria-invalid", "true")
    expect(quest).to_be_focused()
    page.get_by_label("Its title").fill("Letters to somebody")
    line = page.get_by_label("One line below it")
    line.press_sequentially("A page")
    expect(page.locator("#preview")).to_contain_text("Letters to somebody")
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.keyboard.type(" a week")
    expect(line).to_have_value("A page a week")


def test_what_the_browser_refuses_in_a_folded_part_is_seen(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    sign_in(page, site, "teo")
    page.goto(f"{site}/activities/new")
    page.get_by_label("What did you do?").fill("Held a table at the library.")
    more = page.get_by_text("More about it")
    more.click()
    link = page.get_by_label("A link")
    link.fill("example.org/table")
    more.click()
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Tell it").click()
    expect(link).to_be_focused()
