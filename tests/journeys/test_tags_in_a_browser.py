"""The workshop of tags and the page of webhooks in a real browser, with real workers behind them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import ConsoleErrors, axe_by_day_and_night
from tests.servers.waiting import until

pytestmark = pytest.mark.browser


def tell(page: Page, site: str, words: str) -> None:
    page.goto(f"{site}/activities/new")
    page.get_by_role("textbox", name="What did you do?").fill(words)
    page.get_by_role("button", name="Tell it").click()
    expect(page.get_by_text("Thank you")).to_be_visible()


def row(page: Page, when: str) -> list[str]:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=when)).get_by_role("cell").all_inner_texts()


def reloaded_until(page: Page, words: str) -> None:
    """The worker does its part after what the fresh demo has asked for; the page says so when it is asked again.

    Whoever presses a button before this waits for its answer first: a reload would break into it.
    """

    def says() -> bool:
        page.reload()
        return words in page.locator("main").inner_text()

    until(says, f"{page.url} says “{words}”", 120)


def test_a_tag_becomes_a_kind_and_is_undone(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    sign_in(page, site, "amina")
    for what in ("Drew the map of the halls", "Drew the way to the kitchen"):
        tell(page, site, f"{what} #chalkboard")
    page.goto(f"{site}/council/tags/")
    axe_by_day_and_night(page)
    page.goto(f"{site}/council/tags/chalkboard")
    page.get_by_label("What people call it").fill("Drew on the board")
    page.get_by_role("button", name="See what would follow").first.click()
    expect(page.get_by_text("2 deeds of no kind become some of it.")).to_be_visible()
    axe_by_day_and_night(page)
    page.get_by_role("button", name="Make it so").click()
    expect(page.get_by_role("heading", name="#chalkboard became the kind “Drew on the board”")).to_be_visible()
    reloaded_until(page, "all past ones have followed")
    assert (row(page, "Before"), row(page, "After")) == (["2", "2", "0", "0"], ["2", "0", "2", "1"])
    axe_by_day_and_night(page)
    page.goto(f"{site}/activities/?tag=chalkboard")
    expect(page.locator(".c-deed").filter(has_text="Drew on the board")).to_have_count(2)
    page.go_back()
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_text("Every deed goes back to what it was, in a moment.")).to_be_visible()
    reloaded_until(page, "Every deed is what it was")
    assert row(page, "Undone") == ["2", "2", "0", "0"]
    page.goto(f"{site}/council/kinds/")
    expect(page.get_by_role("link", name="Drew on the board")).to_have_count(0)
    axe_by_day_and_night(page)
    page.get_by_role("link", name="Talk or workshop").click()
    axe_by_day_and_night(page)


def test_a_webhook_that_leads_nowhere_public_says_why(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    sign_in(page, site, "amina")
    console_errors.allow("status of 422")
    page.goto(f"{site}/me/settings")
    page.get_by_role("link", name="Tell a program of yours when something happens").click()
    axe_by_day_and_night(page)
    page.get_by_label("What you call it").fill("A screen in the hall")
    page.get_by_label("Its address").fill("http://127.0.0.1:8080/hook")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("This has to be a public web address")).to_be_visible()
    page.get_by_label("Its address").fill("https://hook.invalid/")
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url(re.compile(r"/me/webhooks/\d+$"))
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("A test is on its way.")).to_be_visible()
    reloaded_until(page, "nobody knows its name")
    axe_by_day_and_night(page)
