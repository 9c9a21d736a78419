"""Whoever lives elsewhere reads when it is for them."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, expect

pytestmark = pytest.mark.browser


def test_an_event_tells_the_time_of_its_place_and_mine(new_context: Callable[..., BrowserContext], site: str) -> None:
    page = new_context(timezone_id="Asia/Kathmandu").new_page()
    page.goto(f"{site}/events/")
    page.locator(".p-events h2 a").first.click()
    mine = page.locator("[data-your-time]")
    expect(mine).to_be_visible()
    moments = [datetime.fromisoformat(mine.get_attribute(name) or "") for name in ("data-from", "data-to")]
    there = [moment.astimezone(ZoneInfo("Asia/Kathmandu")) for moment in moments]
    said = mine.text_content() or ""
    assert said.startswith("(for you: ")
    assert all(f"{moment:%H:%M}" in said for moment in there)
    neighbour = new_context(timezone_id=mine.get_attribute("data-zone") or "").new_page()
    neighbour.goto(page.url)
    expect(neighbour.locator("time").first).to_be_visible()
    expect(neighbour.locator("[data-your-time]")).to_be_hidden()
