"""P9: from the click on "Tell it" to the badge on the same page, in a real browser, as `recognition run` starts it."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.figure import figure
from bench.world import program
from recognition import clock
from recognition.extensions import db
from recognition.identity.models import Account, Member
from tests.servers.site import running
from tools import chromium

TIMES = 20
GOAL_MS = 2_000
PATIENCE_MS = 20_000
NEWCOMERS = [f"newcomer-{number}" for number in range(TIMES)]
"""Each tells a first deed, and a first deed brings a badge."""


def run() -> Iterator[dict[str, Any]]:
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        running(Path(folder)) as site,
        sync_playwright() as driver,
    ):
        _invite(f"sqlite:///{folder}/recognition.db")
        browser = driver.chromium.launch(executable_path=os.environ.get("CHROMIUM") or str(chromium.installed()))
        taken = sorted(_tell(browser, site, handle) for handle in NEWCOMERS)
        browser.close()
    for name, value in (("p50", median(taken)), ("p95", taken[-(TIMES // 20) - 1])):
        yield figure("P9", "sqlite", f"{TIMES} badges", value, f"ms {name}", "at most", GOAL_MS)


def _invite(url: str) -> None:
    now = clock.utcnow()
    with program(url):
        members = [Member(handle=handle, name=handle.title(), joined_at=now) for handle in NEWCOMERS]
        db.session.add_all(members)
        db.session.flush()
        db.session.add_all(Account(member_id=m.id, issuer="demo", subject=m.handle, created_at=now) for m in members)
        db.session.commit()


def _tell(browser: Browser, site: str, handle: str) -> float:
    """Milliseconds from the click until the browser shows the badge."""
    page = browser.new_page()
    page.goto(f"{site}/login")
    button = page.locator('button[name="handle"]').first
    button.evaluate("(button, handle) => { button.value = handle }", handle)
    button.click()
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/activities/new")
    page.get_by_label("What did you do?").fill(f"Helped at the market stall, says {handle}.")
    began = time.perf_counter()
    page.get_by_role("button", name="Tell it").click()
    page.locator(".c-badge-arrival").first.wait_for(state="visible", timeout=PATIENCE_MS)
    milliseconds = 1000 * (time.perf_counter() - began)
    page.close()
    return milliseconds
