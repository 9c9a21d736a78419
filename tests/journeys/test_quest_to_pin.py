"""The main street, as a new member walks it in a real browser: sign in, finish the first quest, wear the pin. The web and
the worker are processes of their own, started by the command of the README."""

import re
import tomllib
from pathlib import Path

from playwright.sync_api import Page, expect

from recognition.config import PACKAGE_DIR
from tests.servers.browser import ConsoleErrors, axe, axe_by_day_and_night

QUEST = PACKAGE_DIR / "catalog" / "mdm" / "quests" / "what-is-mdm" / "quest.toml"


def quest() -> dict[str, list[dict[str, object]]]:
    return tomllib.loads(Path(QUEST).read_text(encoding="utf-8"))


def sign_in(page: Page, site: str, handle: str) -> None:
    page.goto(f"{site}/login")
    page.locator(f'button[value="{handle}"]').click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good to see you")
    page.wait_for_load_state()  # A key that is pressed before the script has come is nobody's.


def answer(page: Page, questions: list[dict[str, str]]) -> None:
    """The first one wrong at first, to meet the hint; then each one right."""
    for number, question in enumerate(questions):
        form = page.locator("#quiz form")
        expect(form.locator("legend")).to_have_text(question["ask"])
        if number == 0:
            form.get_by_label(question["wrong"][0], exact=True).check()
            form.get_by_role("button", name="Answer").click()
            expect(page.locator(".p-quiz__hint")).to_contain_text(question["hint"])
        form.get_by_label(question["right"], exact=True).check()
        form.get_by_role("button", name=re.compile("Answer|Try again")).click()
        expect(page.locator("#quiz")).to_contain_text(question["why"])
        last = number == len(questions) - 1
        page.get_by_role("link", name="Go on" if last else "Next question").click()


def walk(page: Page, site: str) -> None:
    """Every step of the first quest but the last click."""
    page.goto(f"{site}/quests/what-is-mdm")
    page.get_by_role("button", name="Begin").click()
    for step in quest()["steps"]:
        expect(page.get_by_role("heading", level=1)).to_have_text(str(step["title"]))
        axe(page)
        if step["kind"] == "read":
            page.get_by_role("button", name="I have read it").click()
        elif step["kind"] == "quiz":
            answer(page, step["questions"])  # type: ignore[arg-type]
        elif step["kind"] == "reflect":
            page.get_by_role("textbox").first.fill("Languages and kitchens, mostly.")
            page.get_by_role("button", name="Keep it and go on").click()
        else:
            page.get_by_role("textbox", name="Tell us what you did").fill(
                "In March I translated the welcome page, and in October I taught two neighbours to read it."
            )


def test_a_new_member_finishes_the_first_quest_and_wears_the_pin(page: Page, site: str) -> None:
    sign_in(page, site, "noor")
    axe(page)
    walk(page, site)
    page.get_by_role("button", name="Tell it").click()
    expect(page).to_have_url(re.compile(r"/quests/what-is-mdm/done"))

    # It comes by itself: nothing is clicked and nothing reloaded from here on.
    pin = page.locator(".c-badge-arrival").filter(has_text="MDM Explorer")
    expect(pin).to_be_visible()
    axe(page)

    # More than one came of it. Until their holder says so, nobody else sees them.
    expect(pin.get_by_role("link", name="One by one")).to_be_visible()
    pin.get_by_role("button", name="Wear all").click()
    expect(pin).to_contain_text("on your jacket")
    axe(page)

    page.goto(f"{site}/members/noor")
    expect(page.locator(".c-jacket")).to_contain_text("MDM Explorer")
    axe(page)

    page.locator(".c-jacket").get_by_role("link", name="MDM Explorer").click()
    expect(page).to_have_url(re.compile(r"/awards/[\w-]{22}$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("MDM Explorer")
    expect(page.locator("main")).to_contain_text("Noor")
    axe(page)


PAGES = ["/", "/quests/", "/badges/", "/badges/mdm-explorer", "/campaigns/", "/campaigns/what-is-mdm", "/members/",
         "/members/amina", "/groups/", "/activities/", "/login", "/claim", "/nowhere", "/contests/",
         "/contests/draw-what-mdm-means", "/contests/draw-what-mdm-means/entries/", "/contests/hall-of-fame",
         "/contests/poster-for-the-open-evening/results?numbers=1", "/contests/poster-for-the-open-evening/receipt",
         "/verify", "/members/amina/transcript"]  # fmt: skip
OWN_PAGES = [
    "/",
    "/activities/new",
    "/me/settings",
    "/me/badges",
    "/me/badges-from-elsewhere",
    "/members/amina/transcript?show=all",
    "/nominations/",
    "/badges/learner/why",
    "/badges/hearth-keeper/nominate",
    "/council/nominations",
    "/council/badges/hearth-keeper/give",
    "/council/badges/hearth-keeper/codes",
    "/boards/community",
    "/council/",
    "/council/campaigns/new",
    "/contests/draw-what-mdm-means/vote",
    "/contests/before-and-after/enter",
    "/council/contests/",
    "/council/contests/poster-for-the-open-evening/flags",
]


def test_no_page_has_a_grave_fault_for_people_who_read_differently(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    console_errors.allow("status of 404")
    for address in PAGES:
        page.goto(site + address)
        axe_by_day_and_night(page)
    page.emulate_media(color_scheme="light")
    sign_in(page, site, "amina")
    for address in OWN_PAGES:
        page.goto(site + address)
        axe_by_day_and_night(page)


WIDTHS = (1280, 390, 320)
"""320 px is 1280 px at 400 % zoom."""


def test_no_page_needs_sideways_scrolling(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    console_errors.allow("status of 404")
    sign_in(page, site, "amina")
    wide = {}
    for address in [*PAGES, *OWN_PAGES]:
        page.goto(site + address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            over = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
            if over > 0:
                wide[address, width] = over
    assert wide == {}
