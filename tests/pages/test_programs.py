"""The guide to the API: it lists what is there, opens to everybody, and can be used on a small screen and by keyboard."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from recognition.identity.services.tokens import SCOPES
from recognition.pages.programs import examples
from recognition.web.openapi import operations, shown_path
from tests.servers.browser import axe_by_day_and_night


def test_every_address_and_scope_is_told(app: Flask, client: FlaskClient, count_queries: Any) -> None:
    client.get("/api/")
    with count_queries() as statements:
        page = client.get("/api/?again")
    assert (page.status_code, len(statements) <= 3) == (200, True)
    rows = re.findall(r'<th scope="row"><code><b>(\w+)</b> ([^<]+)</code></th>', page.text)
    assert rows == [(method, shown_path(rule)) for rule, method, _view in operations(app)]
    assert set(re.findall(r"<dt><code>([^<]+)</code></dt>", page.text)) == set(SCOPES)


def test_an_address_of_the_house_stands_in_every_call(app: Flask) -> None:
    with app.test_request_context():
        shown = examples("https://recognition.example")
    assert [one.command.count("https://recognition.example/api/v1/") for one in shown] == [1] * 6


def test_keys_and_the_guide_in_a_browser(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/api/")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    axe_by_day_and_night(page)
    page.goto(f"{site}/login")
    page.locator('button[value="noor"]').click()
    page.wait_for_url("**/")
    page.goto(f"{site}/api/")
    page.get_by_role("link", name="Make a key").click()
    page.get_by_label("What is it for?").fill("A small script")
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("heading", name="Your new key: A small script")).to_be_visible()
    key = page.get_by_label("The key", exact=True).input_value()
    assert re.fullmatch(r"recognition_[\w-]{43}", key)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    axe_by_day_and_night(page)
    page.get_by_role("button", name="Take back the key A small script").click()
    expect(page.get_by_text("That key opens nothing any more.")).to_be_visible()
    assert page.request.get(f"{site}/api/v1/activities", headers={"Authorization": f"Bearer {key}"}).status == 401
