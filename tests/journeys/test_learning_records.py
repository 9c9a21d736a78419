"""With real processes: a learning platform tells what somebody finished, and they keep it; and the old portal, counted again."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.factories.portal import write_portal
from tests.factories.xapi import make_statement, make_voiding, statement_id
from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import ConsoleErrors, axe_by_day_and_night

pytestmark = pytest.mark.browser
VERSION = {"X-Experience-API-Version": "1.0.3"}
OSKAR = {"mbox": "mailto:oskar@hall.example"}


def command(state: Path, *words: Any, exit_code: int = 0) -> str:
    env = {**os.environ, "RECOGNITION_STATE_DIR": str(state)}
    words = (sys.executable, "-m", "recognition", *map(str, words))
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == exit_code, done.stderr
    return done.stdout.strip()


def test_a_course_is_told_kept_and_voided(
    page: Page, site: str, site_state: Path, console_errors: ConsoleErrors, tmp_path: Path
) -> None:
    token = command(site_state, "token", "add", "amina", "--scope", "statements:read", "--scope", "statements:write")
    with requests.Session() as platform:
        platform.auth, platform.headers = ("amina", token.split()[-1]), {**platform.headers, **VERSION}  # type: ignore[assignment]
        told = platform.post(f"{site}/xapi/statements", json=[make_statement(1, actor=OSKAR)], timeout=30)
        assert (told.status_code, told.json()) == (200, [statement_id(1)])
        assert platform.post(f"{site}/xapi/statements", json=make_statement(1), timeout=30).status_code == 409

        sign_in(page, site, "oskar")
        page.goto(f"{site}/me/suggestions")
        expect(page.get_by_text("First aid for laptops").first).to_be_visible()
        page.get_by_role("button", name="Yes, these are mine").click()
        expect(page.get_by_text(re.compile("in your record now"))).to_be_visible()
        page.goto(f"{site}/members/oskar")
        expect(page.get_by_text("First aid for laptops").first).to_be_visible()

        assert platform.put(
            f"{site}/xapi/statements", params={"statementId": statement_id(2)}, json=make_voiding(1), timeout=30
        ).status_code == 204  # fmt: skip
    page.reload()
    expect(page.get_by_text("First aid for laptops")).to_have_count(0)

    answer = json.loads(command(site_state, "activities", "reconcile", write_portal(tmp_path / "portal"), exit_code=1))
    assert answer["causes"] == {"people_missing": 5, "deeds_missing": 7, "events_absent": 2}
    page.context.clear_cookies()
    sign_in(page, site, "amina")
    page.goto(f"{site}/council/reconciliation")
    expect(page.get_by_role("heading", name="The old portal, counted again")).to_be_visible()
    axe_by_day_and_night(page)
