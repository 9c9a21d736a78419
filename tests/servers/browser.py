"""The browser: whichever Chromium dev.py found; and what every page must satisfy in it."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError, expect

from tools import chromium

GRAVE = {"serious", "critical"}
PATIENCE_MS = 20_000
"""For what comes in a moment, also where many tests share few processors. How quick it is, the benchmarks tell."""
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = os.environ.get("CHROMIUM") or chromium.installed()
    if program is None:
        raise RuntimeError("No Chromium here; `python3 dev.py test` fetches one.")
    return browser_type_launch_args | {"executable_path": str(program)}


@dataclass
class ConsoleErrors:
    """What the browser complained about, in any window of the test."""

    seen: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, text: str) -> None:
        """For a test that provokes it: "status of 422", for instance."""
        self.allowed.append(text)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._hear)
        context.on("weberror", self._catch)

    def unexpected(self) -> list[str]:
        return [error for error in self.seen if not any(text in error for text in self.allowed)]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.seen.append(f"{message.text} ({message.location['url']})")

    def _catch(self, error: WebError) -> None:
        self.seen.append(str(error.error))


@pytest.fixture
def console_errors() -> Iterator[ConsoleErrors]:
    """Any test with a page fails if the console held an error that it did not allow."""
    errors = ConsoleErrors()
    yield errors
    assert errors.unexpected() == []


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext], console_errors: ConsoleErrors) -> Callable[..., BrowserContext]:
    def make(**options: Any) -> BrowserContext:
        context = new_context(**options)
        console_errors.watch(context)
        return context

    return make


SETTLE_MS = 15_000
# Asked again and again: the promise of an animation whose element is taken away meanwhile is never kept.
SETTLED = """async patience => {
    const ends = (one) => one.effect.getComputedTiming().endTime !== Infinity;
    const moving = () => document.getAnimations().filter((one) => one.playState === "running" && ends(one));
    for (const begun = performance.now(); moving().length > 0;) {
        if (performance.now() - begun > patience) throw new Error(`${moving().length} parts still move after ${patience} ms`);
        await new Promise((next) => setTimeout(next, 20));
    }
}"""


OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def axe(page: Page) -> None:
    """Nothing serious, no part of the page left out. What fades in has its colours once it has come."""
    _faultless(page, {"resultTypes": ["violations"]})


def axe_by_day_and_night(page: Page) -> None:
    """All rules in the light, and in the dark those that look at colours: nothing else of a page follows the scheme."""
    page.emulate_media(color_scheme="light")
    axe(page)
    page.emulate_media(color_scheme="dark")
    _faultless(page, {"resultTypes": ["violations"], "runOnly": OF_COLOURS})


def _faultless(page: Page, options: dict[str, Any]) -> None:
    page.wait_for_load_state()  # After a press the answer may be on its way in.
    page.evaluate(SETTLED, SETTLE_MS)
    found = Axe().run(page, options=options).response["violations"]
    grave = [
        f"{rule['id']}: {rule['help']}: {node['html'][:200]}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]
    assert grave == [], f"{page.url} fails axe:\n" + "\n".join(grave)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """So that `-m "not browser"` needs no marks in the tests."""
    for item in items:
        if "new_context" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
