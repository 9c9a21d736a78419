"""The council's whole way against the whole product: a campaign from an empty form, an announcement of it that reaches people
by mail, the feeds and a forum, each once, although the forum fails twice and the worker is killed in the middle of it; and
somebody who comes along, and is counted."""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, expect

from recognition import create_app
from recognition.config import Settings
from recognition.extensions import db, only_reading
from recognition.identity.models import Account
from recognition.identity.queries import DOOR_ISSUER
from recognition.jobs import ledger
from recognition.jobs.sweep import sweep
from tests.factories.identity import JOINED, make_member
from tests.factories.news import make_channel
from tests.factories.quests import SINGLE, make_quest, make_quiz
from tests.journeys.test_quest_to_pin import sign_in
from tests.processes.family import alive, descendants, table
from tests.servers.browser import axe_by_day_and_night
from tests.servers.forum import KEY, USER, Forum
from tests.servers.mail import Mailbox
from tests.servers.site import running
from tests.servers.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]
INTERACTIONS_MOST = 40
TITLE = "Lanterns for every door"
ANNOUNCED = f"Short notice: {TITLE}"
READERS = ["amina@mail.example", "yuki@mail.example"]
"""Noor has no address: her bell is enough."""
NOTICES = "SELECT count(*), count(DISTINCT member_id) FROM notice WHERE kind = 'news'"
LEFT = """SELECT 1 FROM dispatch WHERE state IN ('waiting', 'sending')
    UNION ALL SELECT 1 FROM delivery WHERE state IN ('waiting', 'sending')
    UNION ALL SELECT 1 FROM notice WHERE kind = 'news' AND gathered_at IS NULL
    UNION ALL SELECT 1 FROM announcement WHERE cursor IS NOT NULL
    UNION ALL SELECT 1 FROM job WHERE name = 'news.hand_out' AND state IN ('queued', 'running')"""
BY_ITSELF_MS, LONGEST_SECONDS = 120_000, 180


class House:
    """The product that runs, and its own code in this process: what its scheduler does, without waiting for the clock."""

    def __init__(self, address: str, folder: Path, app: Flask) -> None:
        self.address, self.folder, self.app = address, folder, app

    def furnish(self, forum: Forum) -> None:
        """Three people, two quests, and the forum, which is switched on."""
        people = [make_member("amina", roles=("council",)), make_member("yuki"), make_member("noor")]
        for one, address in zip(people, READERS, strict=False):
            db.session.add(Account(member_id=one.id, issuer=DOOR_ISSUER, subject=str(one.id), created_at=JOINED, email=address,
                                   email_verified=True))  # fmt: skip
        make_quest("light-a-lantern", ("read",), campaign=None)
        make_quiz("hang-it-up", SINGLE).campaign = None
        make_channel("forum", "forum", KEY, name="Our forum", covers="All of it",
                     config={"address": forum.url, "user": USER, "category": ""})  # fmt: skip

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with only_reading():
            return [tuple(row) for row in db.session.execute(sa.text(sql))]

    def later(self, table_name: str, column: str, minutes: int) -> None:
        """So many minutes pass for these rows; then the scheduler looks."""
        moved = f"datetime({column}, '-{minutes} minutes') || '.000000'"
        db.session.execute(sa.text(f"UPDATE {table_name} SET {column} = {moved}"))
        db.session.commit()
        ledger._quiet_until = 0.0
        sweep()

    def dispatch(self) -> tuple[Any, ...]:
        """Of the announcement on its way to the forum: its state, and how often it was tried."""
        return next(iter(self.rows("SELECT state, attempts FROM dispatch")), ())

    def is_quiet(self) -> bool:
        """Nothing of the announcement is on its way, or is left to be done."""
        return not self.rows(LEFT)

    def kill_the_worker(self) -> None:
        """With the child that has the work in hand. Its supervisor will miss it."""
        command = f"run --port {self.address.rpartition(':')[2]}"
        supervisor = next(pid for pid, (_parent, words) in table().items() if command in words)
        victims = {pid for pid, words in descendants(supervisor).items() if " worker" in words}
        assert len(victims) >= 2
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        soon(lambda: not alive(victims), "the end of the worker")


@pytest.fixture
def house(tmp_path: Path, mailbox: Mailbox, forum: Forum) -> Iterator[House]:
    settings = {"MAIL_URL": f"smtp://127.0.0.1:{mailbox.port}", "TEST_REACHES": f"127.0.0.1:{forum.port}"}
    with running(tmp_path, settings, "--no-demo", module="tests.servers.reaching") as address:
        app = create_app(Settings.from_env({"RECOGNITION_STATE_DIR": str(tmp_path)}))
        with app.app_context():
            one = House(address, tmp_path, app)
            one.furnish(forum)
            db.session.commit()
            yield one
            db.session.remove()
            db.engine.dispose()


@dataclass
class Hands:
    """Counts each click, each choice and each field that is filled in."""

    page: Page
    used: int = 0

    def click(self, role: Any, name: str) -> None:
        self.used += 1
        self.page.get_by_role(role, name=name, exact=True).click()

    def on(self, name: str) -> Locator:
        """The field of this name that can be seen: it is used once."""
        self.used += 1
        return self.page.get_by_label(name).filter(visible=True)


def launch(page: Page, house: House) -> int:
    """Two quests, a contest and a pin, for two weeks from today on. How many times a hand was needed."""
    hands, today = Hands(page), datetime.now(UTC).date()
    page.goto(f"{house.address}/council/")
    hands.click("link", "A new campaign")
    hands.click("link", "Begin with nothing")
    hands.on("Its title").fill(TITLE)
    hands.on("First day").fill(str(today))
    hands.on("Last day").fill(str(today + timedelta(days=13)))
    hands.on("Which quest?").select_option("hang-it-up")
    hands.on("A number of people").check()
    hands.on("The number").fill("2")
    # The poster and the count appear beside it by themselves.
    expect(page.locator("#preview")).to_contain_text("Today fewer than five people are there, perhaps nobody yet.")
    for quest in ("Light A Lantern", "Hang It Up"):
        hands.on(quest).check()
    hands.on("A contest").select_option("picture")
    with page.expect_response(lambda answer: "along_badge=" in (answer.request.post_data or "")):  # what is told beside it
        hands.on("A pin for whoever reaches the goal").check()
    expect(page.locator(".htmx-request")).to_have_count(0)
    axe_by_day_and_night(page)
    hands.click("button", "Publish now")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    return hands.used


def announce(page: Page) -> str:
    """Begun from the campaign's page; where it stands on the desk."""
    page.get_by_role("link", name="Announce it").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value(TITLE)
    page.get_by_label("What is there to tell?").fill(f"Come and see [the walk](/campaigns/{slug()}).")
    page.get_by_label("Our forum").check()
    page.get_by_role("button", name="Send …").click()
    expect(page.get_by_role("heading", name="Send it?")).to_be_visible()
    expect(page.get_by_text("It would be short notice")).to_be_visible()
    page.get_by_role("button", name="Send it", exact=True).click()
    expect(page.get_by_text("It is on its way.")).to_be_visible()
    return page.url


def soon(condition: Callable[[], object], what: str) -> None:
    """Looked for not too often: whoever brings it about is on the same machine."""
    until(condition, what, LONGEST_SECONDS, 0.1)


def slug() -> str:
    return TITLE.lower().replace(" ", "-")


def fail_twice_and_die(house: House, forum: Forum) -> None:
    """The forum answers 500 to the first post and to the first question whether it has the second one, with which in hand
    the worker is killed."""
    soon(lambda: house.dispatch() == ("waiting", 1), "the first fault")
    forum.holding = True
    house.later("dispatch", "due_at", 2)
    assert forum.came.wait(LONGEST_SECONDS)
    assert house.dispatch() == ("sending", 2)
    house.kill_the_worker()
    forum.holding, forum.failures = False, 1
    forum.let_go.set()
    house.later("dispatch", "due_at", 3)
    soon(lambda: house.dispatch() == ("waiting", 3), "the second fault")
    house.later("dispatch", "due_at", 31)
    soon(lambda: house.dispatch() == ("sent", 4), "the forum's word that it is there")


def finish_both(page: Page, house: House) -> None:
    walk = page.locator(".c-walk")
    page.get_by_role("link", name="Light A Lantern").click()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="I have read it").click()
    expect(page).to_have_url(re.compile("/quests/light-a-lantern/done"))
    page.goto(f"{house.address}/campaigns/{slug()}")
    expect(walk).to_contain_text("0 of 2 people are there.")
    page.get_by_role("link", name="Hang It Up").click()
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Right 1").check()
    page.get_by_role("button", name="Answer").click()
    page.get_by_role("link", name="Go on").click()
    expect(page.locator(".c-badge-arrival").filter(has_text=f"{TITLE}: there")).to_be_visible(timeout=BY_ITSELF_MS)
    page.goto(f"{house.address}/campaigns/{slug()}")
    expect(walk).to_contain_text("1 of 2 people are there.")


def test_launched_announced_joined_and_done(
    page: Page, new_context: Callable[..., BrowserContext], house: House, forum: Forum, mailbox: Mailbox
) -> None:
    sign_in(page, house.address, "amina")
    assert launch(page, house) < INTERACTIONS_MOST
    forum.failures = 1
    desk = announce(page)
    fail_twice_and_die(house, forum)
    soon(lambda: house.rows(NOTICES) == [(3, 3)], "a notice for each of the three")
    house.later("notice", "created_at", 6)  # what comes within five minutes goes in one mail
    soon(lambda: len(told(mailbox)) >= len(READERS), "the mails")

    member = new_context().new_page()
    (link,) = set(re.findall(rf"{house.address}/campaigns/[\w-]+", words_for(mailbox, "yuki@mail.example")))
    member.goto(link)
    member.get_by_role("link", name="Sign in and join").click()
    member.locator('button[value="yuki"]').click()
    member.get_by_role("button", name="Join in").click()
    expect(member.get_by_text("You are on the way with us. Thank you.")).to_be_visible()
    for part in (f"{TITLE}: the contest", f"{TITLE}: there", "short notice"):
        expect(member.get_by_text(part, exact=True).first).to_be_visible()
    expect(member.locator(".c-walk")).to_contain_text("0 of 2 people are there.")
    finish_both(member, house)
    axe_by_day_and_night(member)

    soon(house.is_quiet, "rest")
    assert told(mailbox) == READERS
    assert house.rows(NOTICES) == [(3, 3)]
    (topic,) = forum.topics
    there = f"GET /t/external_id/{topic['external_id']}.json"
    assert topic["title"] == ANNOUNCED
    assert forum.asked == ["POST /posts.json", there, "POST /posts.json", there, there, "GET /t/a-topic/1.json"]
    assert in_the_feeds(house) == ([ANNOUNCED], [ANNOUNCED])
    page.goto(desk)
    expect(page.locator("#ways")).to_contain_text(f"{forum.url}/t/a-topic/1")


def told(mailbox: Mailbox) -> list[str]:
    """Who has the announcement in the box, once for each mail of it."""
    return sorted(str(mail["To"]) for mail in mailbox.mails if "Come and see" in text_of(mail))


def words_for(mailbox: Mailbox, reader: str) -> str:
    return next(text_of(mail) for mail in mailbox.mails if mail["To"] == reader and "Come and see" in text_of(mail))


def text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


def in_the_feeds(house: House) -> tuple[list[str], list[str]]:
    """The titles in the Atom and in the JSON feed."""
    atom, plain = (requests.get(f"{house.address}/feeds/news.{kind}", timeout=30) for kind in ("atom", "json"))
    return [entry["title"] for entry in feedparser.parse(atom.text)["entries"]], [item["title"] for item in plain.json()["items"]]
