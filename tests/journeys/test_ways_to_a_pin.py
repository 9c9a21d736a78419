"""Every way to a pin that begins with another person, as people walk it in a real browser: put forward and approved, claimed
with a phone at an event, and taken back where all can read why."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import ConsoleErrors, axe

PHONE = {"width": 390, "height": 844}
WORDS = "Answered every question in the night before the deadline, and brought soup."


def test_a_nomination_is_approved_and_appears(page: Page, site: str) -> None:
    sign_in(page, site, "teo")
    page.goto(f"{site}/badges/hearth-keeper")
    expect(page.locator("aside")).not_to_contain_text("Saoirse")
    page.get_by_role("link", name="Nominate somebody").click()
    axe(page)
    page.get_by_label("Their handle").fill("saoirse")
    page.get_by_label("What did they do?").fill(WORDS)
    page.get_by_role("button", name="Nominate").click()
    expect(page.locator(".p-asked__row").first).to_contain_text("waits for a decision")
    axe(page)

    page.context.clear_cookies()
    sign_in(page, site, "amina")
    page.goto(f"{site}/council/nominations")
    axe(page)
    expect(page.locator(".p-asked__row").filter(has_text=WORDS)).to_contain_text("Teo")
    page.get_by_role("button", name=re.compile("^Approve Hearth Keeper for Saoirse")).click()
    expect(page.locator("#flashes")).to_contain_text("1 nomination approved")

    page.context.clear_cookies()
    page.goto(f"{site}/badges/hearth-keeper")
    expect(page.locator("aside")).to_contain_text("Saoirse")
    sign_in(page, site, "teo")
    page.goto(f"{site}/nominations/")
    expect(page.locator(".p-asked__row").filter(has_text=WORDS)).to_contain_text("approved")


def test_a_code_is_claimed_on_a_phone_and_the_award_taken_back(
    browser: Browser, page: Page, site: str, console_errors: ConsoleErrors
) -> None:
    sign_in(page, site, "amina")
    page.goto(f"{site}/council/badges/hearth-keeper/codes")
    axe(page)
    page.get_by_label("What is it for?").fill("Localisation evening, Nairobi")
    page.get_by_label("For how many people?").fill("2")
    page.get_by_role("button", name="Make the code").click()
    axe(page)
    sheet, address = page.url, page.locator(".p-sheet__letters a").get_attribute("href")
    assert address is not None
    # What the square holds is what the link beside it says.
    expect(page.locator(".p-sheet__qr title")).to_have_text(address)

    phone = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()  # type: ignore[arg-type]
    phone.goto(address)
    axe(phone)
    phone.get_by_role("link", name="Sign in and take it").click()
    phone.locator('button[value="teo"]').click()
    expect(phone).to_have_url(address)
    button = phone.get_by_role("button", name="Take this pin")
    box = button.bounding_box()
    assert box is not None
    assert (box["height"] >= 48, box["y"] + box["height"] < PHONE["height"]) == (True, True)
    assert phone.locator("html").evaluate("e => e.scrollWidth <= e.clientWidth")
    button.tap()
    expect(phone).to_have_url(re.compile(r"/awards/[\w-]{22}$"))
    expect(phone.locator("main")).to_contain_text("With a code, by being there")
    axe(phone)
    award = phone.url
    phone.goto(address)
    expect(phone.locator("main")).to_contain_text("You have it already")

    page.goto(sheet)
    expect(page.locator(".p-sheet__back")).to_contain_text("Used by 1 of 2")
    page.goto(award)
    page.get_by_role("link", name="Take this award back").click()
    axe(page)
    page.get_by_label("Why?").fill("It was for the evening in Nairobi.")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("main")).to_contain_text("This award was taken back")

    page.context.clear_cookies()
    page.goto(award)
    expect(page.locator("main")).to_contain_text("It was for the evening in Nairobi.")
    axe(page)
    phone.goto(f"{site}/members/teo")
    expect(phone.locator(".c-jacket")).not_to_contain_text("Hearth Keeper")
    phone.context.close()
