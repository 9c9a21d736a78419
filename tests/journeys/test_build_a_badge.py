"""The council builds a badge in a real browser, tries it out and publishes it; a member reports a deed and wears the pin."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import ConsoleErrors, axe, axe_by_day_and_night

STUDIO_PAGES = ["", "new", "learner/edit", "learner/history", "learner/retire", "flagged", "silent", "learner/explain/noor"]


def begin(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/council/badges/new")
    page.get_by_label("Its name").fill(name)
    page.get_by_label("In one line").fill("Tells of translations, and holds a first pin.")
    page.get_by_label("The word on its band").fill("BRIDGES")
    page.get_by_role("radio", name="Making").check()
    page.get_by_role("radio", name="translate", exact=True).check(force=True)


def test_the_council_builds_a_badge_and_a_member_earns_it(
    page: Page, site: str, new_context: Callable[..., BrowserContext]
) -> None:
    sign_in(page, site, "amina")
    begin(page, site, "Two Bridges")
    page.get_by_role("button", name="Ask for something more").click()
    expect(page.locator("#rule-sort")).to_be_focused()
    page.locator("#rule-0-at_least").fill("1")
    first = page.get_by_role("group", name="Part 1", exact=True)
    first.locator("summary").first.click()
    first.get_by_role("checkbox", name="Translation", exact=True).check()
    page.locator("#rule-1-sort").select_option("first")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("1 deed: “Translation”")
    expect(preview).to_contain_text("Today this would go to")
    expect(preview.locator("#who")).not_to_have_attribute("aria-busy", "true")
    axe(page)

    page.get_by_role("button", name="Publish …").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Publish Two Bridges?")
    expect(page.locator("#who")).to_contain_text("Today this would go to")
    axe(page)
    page.get_by_role("button", name="Publish it").click()
    expect(page).to_have_url(re.compile("/badges/two-bridges$"))

    member = new_context().new_page()
    sign_in(member, site, "noor")
    member.goto(f"{site}/activities/new")
    member.get_by_role("textbox", name="What did you do?").fill("Translated the poster into Swahili.")
    member.locator("summary", has_text="More about it").click()
    member.get_by_label("What sort of deed was it?").select_option("translation")
    member.get_by_role("button", name="Tell it").click()
    pin = member.locator(".c-badge-arrival").filter(has_text="Two Bridges")
    expect(pin).to_be_visible()


def test_parts_come_and_go_without_script(site: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}/login")
    page.locator('button[value="amina"]').click()
    begin(page, site, "Without Script")
    page.get_by_role("button", name="Ask for something more").click()
    page.get_by_role("button", name="Add a part").click()
    expect(page.locator("ol.c-rule__parts > li")).to_have_count(3)
    page.locator("#rule-2-sort").select_option("holds")
    page.locator("#rule-2-badge").fill("learner")
    page.locator("#rule-2-up").click()
    expect(page.locator("#rule-1-badge")).to_have_value("learner")
    page.locator("#rule-2-remove").click()
    page.locator("#rule-0-remove").click()
    expect(page.locator("ol.c-rule__parts > li")).to_have_count(1)
    page.locator("#rule-unwrap").click()
    expect(page.locator("#rule-badge")).to_have_value("learner")
    expect(page.get_by_label("Its name")).to_have_value("Without Script")
    page.get_by_role("button", name="Show the preview").last.click()
    expect(page.locator("#preview")).to_contain_text("Hold the badge “Learner”.")
    page.get_by_role("button", name="Who would get it today?").click()
    expect(page.locator("#who")).to_contain_text("Today this would go to")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page).to_have_url(re.compile("/council/badges/without-script/edit$"))


def test_a_fault_takes_the_focus_to_its_field(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    console_errors.allow("status of 422")
    sign_in(page, site, "amina")
    begin(page, site, "Not Yet")
    page.locator("#rule-at_least").fill("0")
    page.get_by_role("button", name="Keep as a draft").click()
    field = page.locator("#rule-at_least")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("Needs a whole number from 1 to 1000000.")
    axe(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_the_studio_is_for_everybody(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, site, "amina")
    wide = {}
    for address in STUDIO_PAGES:
        page.goto(f"{site}/council/badges/{address}")
        axe_by_day_and_night(page)
        over = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
        if over > 0:
            wide[address] = over
    assert wide == {}
