"""A deed told in a real browser: words alone, well under half a minute, thanks before points, once for a double click."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import ConsoleErrors, axe

pytestmark = pytest.mark.browser
WORDS = "Talked to a journalist about volunteers, and she laughed twice. #newsroom"


def test_words_alone_in_under_half_a_minute(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    sign_in(page, site, "noor")
    began = time.monotonic()
    page.goto(f"{site}/activities/new")
    expect(page.get_by_role("textbox", name="What did you do?")).to_be_focused()
    axe(page)
    page.keyboard.type(WORDS)
    page.get_by_role("button", name="Tell it").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you, Noor")
    assert time.monotonic() - began < 30
    said = page.locator(".p-report__said")
    expect(said).to_contain_text(re.compile(r"\d+ points?"))
    expect(page.locator(".c-deed").filter(has_text="laughed twice")).to_have_count(1)
    axe(page)

    # What was sent is no draft any more, and what is refused stays in the box.
    console_errors.allow("status of 422")
    page.goto(f"{site}/activities/new")
    box = page.get_by_role("textbox", name="What did you do?")
    expect(box).to_have_value("")
    page.locator(".p-report__extras summary").click()
    box.fill("Met the library's people")
    page.get_by_label("When was it?").fill("2999-01-01")
    page.get_by_role("button", name="Tell it").click()
    expect(page.locator("#report")).to_contain_text("That day is still to come")
    expect(page.get_by_role("textbox", name="What did you do?")).to_have_value("Met the library's people")
    axe(page)
