"""The box in a real browser: by keyboard alone and in few steps, without a connection, without an answer, without
script."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import ConsoleErrors, axe, axe_by_day_and_night
from tests.servers.waiting import until

pytestmark = pytest.mark.browser
BOX = "dialog[open]"


class Hands:
    """Somebody at a keyboard: each key, and each stretch of typing, is one thing that they do."""

    def __init__(self, page: Page) -> None:
        self.page, self.done = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.done += 1

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.done += 1


def deeds_with(page: Page, site: str, words: str) -> int:
    page.goto(f"{site}/activities/")
    return page.locator(".c-deed").filter(has_text=words).count()


def test_by_keyboard_alone_in_fewer_than_eight_steps_and_back(
    page: Page, new_context: Callable[..., BrowserContext], site: str
) -> None:
    sign_in(page, site, "teo")
    page.goto(f"{site}/")
    page.keyboard.press("Tab")
    hands = Hands(page)
    hands.press("n")
    box = page.get_by_role("textbox", name="What did you do?")
    expect(box).to_be_focused()
    hands.write("Sorted the shelf of the library with @noo")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.first).to_contain_text("Noor")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    expect(page.locator(f"{BOX} [data-heard]")).to_have_text("One suggestion. Enter takes it.")
    hands.press("Enter")
    hands.write(" for #bug")
    expect(options.first).to_contain_text("bugs")
    hands.press("Enter")
    expect(box).to_have_value("Sorted the shelf of the library with @noor for #bugs ")
    chosen = page.get_by_role("group", name="Noor").get_by_role("radio", name="did it with me")
    expect(chosen).to_be_checked()
    axe_by_day_and_night(page)
    hands.press("Control+Enter")
    expect(page.locator(BOX)).to_contain_text("Thank you, Teo")
    assert hands.done == 6
    axe(page)
    expect(page.get_by_role("button", name="Back to where I was")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    assert page.url == f"{site}/"
    page.goto(f"{site}/activities/?tag=bugs")
    told = page.locator(".c-deed").filter(has_text="Sorted the shelf")
    expect(told).to_have_count(1)
    asked = new_context().new_page()
    sign_in(asked, site, "noor")
    asked.goto(f"{site}/me/notices")
    expect(asked.locator("main")).to_contain_text("Sorted the shelf of the library with @noor")


def test_three_keys_and_what_was_begun_is_still_there(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    console_errors.allow("status of 409")
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, site, "noor")
    page.goto(f"{site}/badges/", wait_until="networkidle")
    # Nobody waits for the form: what is typed before it comes is in it.
    held: list[Route] = []
    page.route("**/activities/new", lambda route: held.append(route))  # noqa: PLW0108 (a method cannot be marked as a handler)
    page.keyboard.press("n")
    expect(page.locator(f"{BOX} textarea")).to_be_focused()
    page.keyboard.type("Began to tell, then ")
    until(lambda: page.evaluate("true") and held, "the form to be asked for")
    held[0].continue_()
    box = page.get_by_role("textbox", name="What did you do?")
    expect(box).to_have_value("Began to tell, then ")
    page.unroute("**/activities/new")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    page.goto(f"{site}/quests/")
    page.keyboard.press("n")
    expect(box).to_have_value("Began to tell, then ")
    page.keyboard.press("Control+End")
    page.keyboard.type("the bell rang @t")
    expect(page.locator(".p-report__option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#box-options")).to_be_hidden()
    expect(page.locator(BOX)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box.fill("Three keys are enough")
    page.keyboard.press("Control+Enter")
    expect(page.locator(BOX)).to_contain_text("Thank you, Noor")
    page.get_by_role("link", name="Tell another").click()
    expect(box).to_have_value("")
    expect(box).to_be_focused()

    box.fill("three keys are  enough")
    page.keyboard.press("Control+Enter")
    expect(page.locator(BOX)).to_contain_text("Do we have this already?")
    axe(page)
    page.get_by_role("button", name="It is another deed").click()
    expect(page.locator(BOX)).to_contain_text("Thank you, Noor")
    assert deeds_with(page, site, "keys are") == 2


def test_a_lost_connection_loses_no_word_and_doubles_nothing(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    for words in (
        "ERR_INTERNET_DISCONNECTED",
        "ERR_FAILED",
        "status of 409",
        "status of 400",
        "Failed to fetch",
        "status of 503",
    ):
        console_errors.allow(words)
    sign_in(page, site, "amina")
    page.goto(f"{site}/quests/")
    page.keyboard.press("n")
    box = page.get_by_role("textbox", name="What did you do?")
    box.fill("Told while the train was in the tunnel")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    lost = page.locator("[data-lost]")
    expect(lost).to_contain_text("the connection is gone")
    expect(box).to_have_value("Told while the train was in the tunnel")
    page.context.set_offline(False)
    expect(page.locator(BOX)).to_contain_text("Thank you, Amina")
    page.get_by_role("link", name="Tell another").click()

    # What was said on the way to another try holds for all of them.
    box.fill("Told while the train was in a tunnel")
    page.keyboard.press("Control+Enter")
    expect(page.locator(BOX)).to_contain_text("Do we have this already?")
    page.context.set_offline(True)
    page.get_by_role("button", name="It is another deed").click()
    expect(lost).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(BOX)).to_contain_text("Thank you, Amina")
    page.get_by_role("link", name="Tell another").click()

    # The house took it, and its answer was lost: the page is opened anew, and the same is sent again.
    box.fill("Told twice, heard once")
    page.route(
        "**/activities/new", lambda route: (route.fetch(), route.abort()) if route.request.method == "POST" else route.continue_()
    )
    page.get_by_role("button", name="Tell it").click()
    expect(lost).to_be_visible()
    page.unroute("**/activities/new")
    page.goto(f"{site}/activities/new")
    expect(box).to_have_value("Told twice, heard once")
    page.get_by_role("button", name="Tell it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you, Amina")
    assert deeds_with(page, site, "Told twice, heard once") == 1
    assert deeds_with(page, site, "Told while the train") == 2
    page.goto(f"{site}/activities/new")
    expect(box).to_have_value("")

    # Signed out meanwhile: it is said, and nothing is gone.
    box.fill("Told without a key to the house")
    page.context.clear_cookies()
    page.get_by_role("button", name="Tell it").click()
    expect(lost).to_contain_text("Perhaps you were signed out")
    sign_in(page, site, "amina")
    page.goto(f"{site}/activities/new")
    expect(box).to_have_value("Told without a key to the house")


def test_what_was_begun_is_for_nobody_else_on_the_same_device(page: Page, site: str) -> None:
    box = page.get_by_label("What did you do?")
    sign_in(page, site, "amina")
    page.goto(f"{site}/activities/new")
    box.fill("A word that is for no other eyes")
    page.context.clear_cookies()
    sign_in(page, site, "noor")
    page.goto(f"{site}/activities/new", wait_until="networkidle")
    expect(box).to_have_value("")
    box.fill("Somebody else's")
    page.context.clear_cookies()
    sign_in(page, site, "amina")
    page.goto(f"{site}/activities/new")
    expect(box).to_have_value("A word that is for no other eyes")


def test_what_one_does_every_week_is_one_click_on_the_first_page(page: Page, site: str) -> None:
    sign_in(page, site, "oskar")
    for days in (7, 14):
        page.goto(f"{site}/activities/new")
        page.get_by_label("What did you do?").fill("Watered the plants of the hall")
        page.locator(".p-report__extras summary").click()
        page.get_by_label("When was it?").fill((datetime.now(UTC).date() - timedelta(days=days)).isoformat())
        page.get_by_role("button", name="Tell it").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you, Oskar")
    page.goto(f"{site}/")
    page.get_by_role("button", name="Watered the plants").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you, Oskar")
    page.goto(f"{site}/", wait_until="networkidle")
    expect(page.get_by_role("button", name="Watered the plants")).to_have_count(0)


def test_without_script_the_same_form_asks_the_same(new_context: Callable[..., BrowserContext], site: str) -> None:
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, "mirembe")
    page.get_by_role("link", name="Report").click()
    page.get_by_label("What did you do?").fill("Carried chairs, without any script")
    page.locator(".p-report__extras summary").click()
    page.get_by_label("Who saw it?").fill("@noor")
    page.get_by_label("Where was it?").fill("The old school")
    page.get_by_role("button", name="Tell it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you, Mirembe")
    expect(page.locator(".c-deed").filter(has_text="Carried chairs")).to_contain_text("The old school")


def test_who_does_without_keys_turns_them_off(page: Page, site: str) -> None:
    sign_in(page, site, "teo")
    page.goto(f"{site}/me/settings")
    switch = page.get_by_role("checkbox", name="The key n opens the box")
    expect(switch).to_be_checked()
    switch.focus()
    page.keyboard.press("Space")
    page.goto(f"{site}/")
    page.keyboard.press("n")
    expect(page.locator("dialog")).to_have_count(0)
    page.goto(f"{site}/me/settings")
    expect(switch).not_to_be_checked()
    switch.focus()
    page.keyboard.press("Space")
    page.goto(f"{site}/")
    page.keyboard.press("n")
    expect(page.locator(BOX)).to_be_visible()
