"""Each dashboard and the page of honest health, as eyes, keyboards and screen readers meet them."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import axe_by_day_and_night

pytestmark = pytest.mark.browser
NARROW_PX = 390
BOARDS = ("active", "people", "journey", "deeds", "learning", "campaigns")


def test_charts_by_day_and_night_and_by_keyboard(page: Page, site: str) -> None:
    page.set_viewport_size({"width": NARROW_PX, "height": 844})
    sign_in(page, site, "amina")
    page.goto(f"{site}/council/")
    page.get_by_role("link", name="How we are doing").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How we are doing")
    _fits(page)
    for board in BOARDS:
        page.goto(f"{site}/council/dashboards/{board}/")
        for table in page.locator(".c-chart__table").all():
            table.evaluate("one => one.open = true")
        _fits(page)
    page.goto(f"{site}/council/dashboards/deeds/")
    picture = page.get_by_role("img", name="By kind", exact=False).first
    expect(picture).to_be_visible()
    summary = page.locator("#kinds summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#kinds").get_by_role("columnheader", name="Deeds")).to_be_visible()
    with page.expect_download() as download:
        page.locator("#kinds").get_by_role("link", name="As a file (CSV)").click()
    assert download.value.suggested_filename == "deeds-kinds.csv"
    page.goto(f"{site}/health")
    _fits(page)
    page.goto(f"{site}/council/dashboards/areas/going-public/edit")
    _fits(page)


def _fits(page: Page) -> None:
    axe_by_day_and_night(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW_PX
