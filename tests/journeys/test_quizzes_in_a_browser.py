"""Pairs, several answers, a text that a person reads, and a test: walked by keyboard in a real browser."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import ConsoleErrors, axe_by_day_and_night

pytestmark = pytest.mark.browser
QUEST = "/quests/in-your-own-words"
WORDS = "Somebody who teaches on Sundays, because the net should belong to all of us."


def press(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    page.keyboard.press("Enter")


def choose(page: Page, select: Locator, label: str) -> None:
    """By the keyboard alone: typing a word chooses it."""
    select.focus()
    page.keyboard.type(label.partition(" ")[0])  # A blank would open the list.
    page.keyboard.press("Tab")


def test_every_kind_of_question_by_keyboard(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    sign_in(page, site, "teo")
    page.goto(f"{site}{QUEST}")
    axe_by_day_and_night(page)
    press(page, "Begin")
    press(page, "I have read it")
    expect(page.get_by_role("heading", name="Who is in which room?")).to_be_visible()
    boxes = page.get_by_role("combobox")
    for number, label in enumerate(("Testing", "Localising", "Documenting", "Community building")):
        choose(page, boxes.nth(number), label)
    press(page, "Answer")
    expect(page.locator("#quiz").get_by_text("2 of them fit.")).to_be_focused()
    axe_by_day_and_night(page)
    for number, label in enumerate(("Localising", "Testing")):
        choose(page, boxes.nth(number), label)
    press(page, "Try again")
    following = page.get_by_role("link", name="Next question")
    expect(following).to_be_focused()
    page.keyboard.press("Enter")
    for label in ("Teaching", "Advocating", "Evangelising"):
        page.get_by_role("checkbox", name=label).focus()
        page.keyboard.press("Space")
    press(page, "Answer")
    expect(page.get_by_role("link", name="Go on")).to_be_visible()
    axe_by_day_and_night(page)
    page.get_by_role("link", name="Go on").press("Enter")

    page.get_by_role("textbox").fill(WORDS)
    axe_by_day_and_night(page)
    press(page, "Hand it in")
    expect(page.get_by_text("It waits for a reader")).to_be_visible()
    axe_by_day_and_night(page)
    page.get_by_role("link", name="Go on").press("Enter")

    expect(page.get_by_role("heading", name="Ready to tell it?")).to_be_visible()
    axe_by_day_and_night(page)
    press(page, "I need more time: 20 minutes")
    expect(page.locator("#time-left")).to_contain_text("20 minutes left")
    press(page, "Hide the time")
    expect(page.locator("#time-left").get_by_text("20 minutes left")).to_be_hidden()
    press(page, "Show the time")
    console_errors.allow("status of 422")  # nothing is chosen yet
    press(page, "Hand it in")
    expect(page.get_by_role("alert").filter(has_text="have no answer yet")).to_be_focused()
    axe_by_day_and_night(page)
    for group in page.locator("#quiz fieldset").all():
        for field in group.locator("select").all() or group.locator("input").all()[:1]:
            with page.expect_response(lambda answer: answer.request.method == "POST") as kept:
                field.select_option(index=1) if group.locator("select").count() else field.check()
            assert kept.value.status == 204
    page.reload()
    expect(page.locator("#quiz input:checked")).not_to_have_count(0)
    press(page, "Hand it in")
    expect(page.get_by_text(re.compile(r"\d of 4 were right\."))).to_be_visible()
    axe_by_day_and_night(page)


def test_what_was_written_is_read(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    sign_in(page, site, "amina")
    page.goto(f"{site}/reviews/")
    axe_by_day_and_night(page)
    mine = page.get_by_role("listitem").filter(has_text=re.compile("repair bikes"))
    mine.get_by_role("button", name="Take it for a day").press("Enter")
    expect(page.get_by_text("It is on your desk.")).to_be_visible()
    mine.get_by_label("Your words to them").fill("I will think of bikes from now on.")
    mine.get_by_role("button", name="It holds").press("Enter")
    expect(page.get_by_text("Decided. They hear it now.")).to_be_visible()
    expect(page.get_by_text("repair bikes")).to_have_count(0)
    page.get_by_role("link", name="What was decided before").click()
    expect(page.get_by_text("I will think of bikes from now on.")).to_be_visible()
    axe_by_day_and_night(page)


def test_a_quest_is_read_in_german(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    page.goto(f"{site}/quests/what-is-mdm/one-name")
    page.get_by_role("button", name="Deutsch").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_attribute("lang", "de")
    axe_by_day_and_night(page)
    page.goto(f"{site}/quests/what-is-mdm")
    expect(page.get_by_role("heading", level=1)).to_have_text("MDM in neun Minuten")
