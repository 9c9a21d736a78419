"""From nothing to a deed that nobody had to report, in a real browser: the council lets a code host in, it tells of somebody's
work, and whoever did it says so."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.inlets import deliveries as d
from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import ConsoleErrors, axe_by_day_and_night

pytestmark = pytest.mark.browser
WORDS = "Draw the map of the kitchen"


def test_seen_elsewhere_and_kept(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    sign_in(page, site, "amina")
    page.goto(f"{site}/council/")
    page.get_by_role("link", name="What tells us by itself").click()
    expect(page.get_by_role("heading", name="What tells us by itself")).to_be_visible()
    axe_by_day_and_night(page)
    page.get_by_text("Add a code host").click()
    page.locator("#github-name").fill("Where we build")
    page.locator("#github-name").press("Enter")
    expect(page.get_by_role("heading", name="Where we build")).to_be_visible()
    page.get_by_role("button", name="Show the secret").click()
    secret = page.get_by_role("textbox", name="Its secret, shown this once").input_value()
    hook = page.get_by_role("textbox", name="Where it calls us").input_value()
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_text("It is on: what comes from there is taken.")).to_be_visible()
    assert secret not in page.content()

    at = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    author = {"name": "Noor", "email": "noor@hall.example"}
    push = d.push(d.commit(1, message=WORDS, author=author, timestamp=at))
    assert requests.post(hook, timeout=30, **d.github("push", push, secret)).json() == {"taken": 1}
    page.reload()
    expect(page.get_by_role("row").filter(has_text="push")).to_contain_text("Taken: 1 thing")
    axe_by_day_and_night(page)

    # Nobody else sees it, not even the council.
    page.goto(f"{site}/members/noor")
    expect(page.get_by_text(WORDS)).to_have_count(0)
    page.context.clear_cookies()
    sign_in(page, site, "noor")
    page.goto(f"{site}/me/accounts")
    axe_by_day_and_night(page)
    page.get_by_role("link", name="Have a look").click()
    expect(page.get_by_text(WORDS).first).to_be_visible()
    axe_by_day_and_night(page)
    page.get_by_role("button", name="Yes, these are mine").click()
    expect(page.get_by_text("5 deeds are in your record now.")).to_be_visible()
    page.goto(f"{site}/members/noor")
    expect(page.get_by_text(WORDS).first).to_be_visible()
