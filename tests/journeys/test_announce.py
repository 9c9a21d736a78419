"""The desk for announcements in a real browser, by day and by night: what is written is shown beside it as it grows."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import axe_by_day_and_night

pytestmark = pytest.mark.browser
READABLE = ("/news/", "/news/minutes-of-the-council-s-call-in-autumn", "/news/four-weeks-for-one-question-what-is-mdm?lang=de")
DESK = ("/council/news/", "/council/news/four-weeks-for-one-question-what-is-mdm/", "/council/channels?sort=matrix")


def fits(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_what_is_written_and_who_hears_of_it_is_seen_beside_it(page: Page, site: str) -> None:
    sign_in(page, site, "amina")
    page.goto(f"{site}/council/news/new")
    page.get_by_label("Title", exact=True).fill("A lamp for the hall")
    page.get_by_label("What is there to tell?").fill("Who has one to spare? It may be **old**.")
    page.get_by_text("Only who meets a rule").click()
    preview = page.locator("#preview")
    expect(preview.get_by_role("heading", name="A lamp for the hall")).to_be_visible()
    expect(preview.locator("strong", has_text="old")).to_be_visible()
    page.get_by_label("Somebody who").select_option("member_for")
    page.get_by_label("How many days?").fill("2")
    with page.expect_response("**/council/news/preview"):
        page.get_by_label("How many days?").press("Tab")
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(preview).to_contain_text("2 days")
    axe_by_day_and_night(page)
    fits(page)


def test_the_archive_and_the_desk_are_readable_for_everybody(page: Page, site: str) -> None:
    for path in READABLE:
        page.goto(f"{site}{path}")
        axe_by_day_and_night(page)
        fits(page)
    sign_in(page, site, "amina")
    for path in DESK:
        page.goto(f"{site}{path}")
        axe_by_day_and_night(page)
        fits(page)
