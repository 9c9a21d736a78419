"""The pages around a campaign in a real browser: readable for everybody, and as wide as the window."""

import pytest
from playwright.sync_api import Page

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import axe_by_day_and_night

pytestmark = pytest.mark.browser
PAGES = ("/council/campaigns/new", "/council/campaigns/draw-what-mdm-means/edit", "/council/campaigns/bug-hunter-week/preview",
         "/council/campaigns/what-is-mdm/end", "/council/campaigns/draw-what-mdm-means/delete",
         "/campaigns/dark-funnel-week")  # fmt: skip
WIDTHS = (1280, 390, 320)


def test_every_page_of_the_studio_reads_well_and_fits(page: Page, site: str) -> None:
    sign_in(page, site, "amina")
    for address in PAGES:
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        page.goto(site + address)
        axe_by_day_and_night(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{address} is {wide} px too wide at {width}"
