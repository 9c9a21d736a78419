"""A whole contest in a real browser, with the product running beside it: made by the council, three pictures handed in, ten
people vote on phones and desktops, it closes by itself, pins arrive, and the published file is counted again by the command.
The clock is moved by moving the contest's dates in the database."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext, Page, expect

from recognition.contests.models.contest import Contest, Round
from recognition.extensions import db
from tests.factories.identity import make_member
from tests.journeys.test_quest_to_pin import sign_in
from tests.journeys.world import Watch, program
from tests.servers.browser import ConsoleErrors, axe
from tests.servers.site import running
from tests.servers.waiting import until

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
TITLE, SLUG = "Draw the evening", "draw-the-evening"
HERE = f"/contests/{SLUG}"
PICTURES = {"noor": "Lanterns", "teo": "The long table", "mirembe": "A kettle"}
VOTES = {
    "teo": ["Lanterns"], "noor": ["The long table"], "mirembe": ["Lanterns"], "yuki": ["Lanterns"],
    "amina": ["Lanterns", "The long table"], "voter1": ["Lanterns"], "voter2": ["The long table"], "voter3": ["A kettle"],
    "voter4": ["Lanterns"], "voter5": ["The long table"],
}  # fmt: skip
CHANGED = {"teo": ["A kettle"]}
"""On second thoughts, as well."""
ORDER = ["Lanterns", "The long table", "A kettle"]
MOVES_WITHIN_SECONDS = 90
HOUR = timedelta(hours=1)


class Hall:
    """The running product and its database, which the test looks into and whose dates it moves."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.url = f"sqlite:///{folder / 'recognition.db'}"
        self.watch = Watch(self.url)
        with program(folder, self.url).app_context():
            for number in range(1, 6):
                make_member(f"voter{number}", name=f"Voter {number}")
            db.session.commit()
            db.session.remove()
            db.engine.dispose()

    def move(self, entries: tuple[timedelta, timedelta], votes: tuple[timedelta, timedelta]) -> None:
        """From now."""
        now = datetime.now(UTC)
        contest, one = Contest.__table__, Round.__table__
        mine = sa.select(contest.c.id).where(contest.c.slug == SLUG).scalar_subquery()
        with self.watch.engine.begin() as connection:
            dates = {"entries_from": now + entries[0], "entries_until": now + entries[1]}
            connection.execute(sa.update(contest).where(contest.c.slug == SLUG).values(**dates))
            rounds = {"starts_at": now + votes[0], "ends_at": now + votes[1]}
            connection.execute(sa.update(one).where(one.c.contest_id == mine).values(**rounds))

    def waits_for(self, state: str) -> None:
        asked = f"SELECT r.state FROM contest_round r JOIN contest c ON c.id = r.contest_id WHERE c.slug = '{SLUG}'"
        until(lambda: self.watch.rows(asked) == [(state,)], f"the round to be {state}", MOVES_WITHIN_SECONDS)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with running(tmp_path) as address:
        found = Hall(address, tmp_path)
        yield found
        found.watch.engine.dispose()


@pytest.fixture
def comes(hall: Hall, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Somebody with a device of their own, signed in; every other one on a phone."""
    known: dict[str, Page] = {}

    def come(handle: str) -> Page:
        if handle not in known:
            device = PHONE if len(known) % 2 else DESKTOP
            known[handle] = new_context(base_url=hall.address, **device).new_page()
            sign_in(known[handle], hall.address, handle)
        return known[handle]

    return come


def picture(words: str) -> dict[str, Any]:
    """A JPEG as a camera makes it, with a place in it that nobody shall learn."""
    image = Image.new("RGB", (1800, 1200), (24, 28, 60))
    draw = ImageDraw.Draw(image)
    for step in range(12):
        draw.ellipse(
            (80 + step * 140, 300 + step % 3 * 160, 200 + step * 140, 420 + step % 3 * 160), fill=(250, 190, 40 + step * 9)
        )
    draw.text((60, 60), words, fill=(255, 255, 255))
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    file = BytesIO()
    image.save(file, "JPEG", exif=exif)
    return {"name": "evening.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def create(page: Page) -> None:
    page.goto("/council/contests/new")
    axe(page)
    page.get_by_role("link", name=re.compile("Draw what it means")).click()
    page.get_by_label("Its title").fill(TITLE)
    axe(page)
    page.get_by_role("button", name="Publish …").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Publish")
    axe(page)
    page.get_by_role("button", name="Publish it").click()
    expect(page.locator("#flashes")).not_to_be_empty()
    page.goto(HERE)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    axe(page)


def hand_in(page: Page, title: str) -> str:
    """The entry's key."""
    page.goto(f"{HERE}/enter")
    axe(page)
    page.locator('input[name="picture"]').set_input_files(files=[picture(title)])  # type: ignore[arg-type]
    page.locator('input[name="title"]').fill(title)
    page.locator('textarea[name="alt"]').fill("Lights")
    page.locator('input[name="licence"]').first.check()
    page.get_by_role("button", name="Hand it in").click()
    # Words for people who cannot see it are asked for; the picture is kept meanwhile.
    expect(page.locator(".c-field--error")).to_contain_text("Tell those who cannot see it")
    axe(page)
    page.locator('textarea[name="alt"]').fill(f"Twelve round lights over a dark room; above them stands: {title}.")
    page.get_by_role("button", name="Hand it in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    axe(page)
    return page.url.rsplit("/", 1)[-1]


def open_ballot(page: Page) -> None:
    page.goto(f"{HERE}/vote")
    page.get_by_role("button", name="Open my ballot").click()
    expect(page.locator(".p-ballot__card").first).to_be_visible()


def mark(page: Page, titles: list[str]) -> str:
    """The receipt."""
    for title in titles:
        page.locator(".p-ballot__card").filter(has_text=title).get_by_role("checkbox").check(force=True)
    page.get_by_role("button", name="Look it over").click()
    page.get_by_role("button", name="Cast it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your ballot is in the box.")
    return page.locator(".p-cast__code").inner_text().strip()


def try_ones_own(page: Page, key: str) -> None:
    """It is not on the ballot; a form that was bent to say otherwise is refused."""
    expect(page.locator(".p-ballot__card")).to_have_count(len(PICTURES) - 1)
    page.evaluate(
        """key => { const card = document.querySelector(".p-ballot__card");
            card.querySelector("[name=shown]").value = key;
            const box = card.querySelector("[type=checkbox]"); box.name = "mark-" + key; box.checked = true; }""",
        key,
    )
    page.get_by_role("button", name="Look it over").click()


def vote(comes: Callable[..., Page], keys: dict[str, str], errors: ConsoleErrors) -> dict[str, str]:
    """Receipts by handle."""
    receipts = {}
    for number, (handle, titles) in enumerate(VOTES.items()):
        page = comes(handle)
        open_ballot(page)
        if number < 2:
            axe(page)
            assert page.locator("html").evaluate("e => e.scrollWidth <= e.clientWidth")
        if handle == "noor":
            errors.allow("status of 4")
            try_ones_own(page, keys["noor"])
            expect(page.locator("main")).to_contain_text("Nothing was stored")
            open_ballot_again(page)
        receipts[handle] = mark(page, titles)
        if number < 2:
            axe(page)
    for handle, titles in CHANGED.items():
        page = comes(handle)
        open_ballot_again(page)
        old, receipts[handle] = receipts[handle], mark(page, titles)
        assert old != receipts[handle]
        assert look_up(page, old) == "A later ballot took its place"
        assert look_up(page, receipts[handle]) == "It is in the box"
    return receipts


def open_ballot_again(page: Page) -> None:
    page.goto(f"{HERE}/vote?page=1")


def look_up(page: Page, code: str) -> str:
    page.goto(f"{HERE}/receipt")
    page.get_by_label("Your receipt").fill(code)
    page.get_by_role("button", name="Look it up").click()
    return page.locator(".c-notice__title").inner_text()


def recount(page: Page, folder: Path) -> dict[str, Any]:
    """By the command alone: no database, no settings."""
    answer = page.request.get(f"{HERE}/ballots.csv?round=1")
    assert answer.ok
    file = folder / "ballots.csv"
    file.write_bytes(answer.body())
    command = [sys.executable, "-m", "recognition", "contests", "tally", str(file), "--method", "approval"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    counted: dict[str, Any] = json.loads(done.stdout)
    return counted


def test_a_contest_from_the_first_idea_to_the_recount(
    hall: Hall, comes: Callable[..., Page], tmp_path: Path, console_errors: ConsoleErrors
) -> None:
    console_errors.allow("status of 422")
    create(comes("amina"))

    hall.move((-HOUR, HOUR), (2 * HOUR, 4 * HOUR))
    keys = {handle: hand_in(comes(handle), title) for handle, title in PICTURES.items()}
    guest = comes("yuki")
    guest.goto(f"{HERE}/entries/")
    expect(guest.locator(".c-gallery img")).to_have_count(3)
    axe(guest)

    hall.move((-3 * HOUR, -2 * HOUR), (-timedelta(minutes=1), 4 * HOUR))
    hall.waits_for("open")
    receipts = vote(comes, keys, console_errors)
    talk(comes, keys["teo"])
    guest.goto(f"{HERE}/results")
    for title in ORDER:
        expect(guest.locator("main")).not_to_contain_text(title)

    hall.move((-9 * HOUR, -8 * HOUR), (-7 * HOUR, -timedelta(seconds=1)))
    hall.waits_for("closed")
    late = comes("voter5")
    late.goto(f"{HERE}/vote")
    expect(late.locator("main")).to_contain_text("The vote is over")

    guest.goto(f"{HERE}/results")
    expect(guest.locator(".p-results__line")).to_have_count(3)
    axe(guest)
    shown = [line.inner_text() for line in guest.locator(".p-results__line .p-results__who a").all()]
    assert shown == ORDER

    again = recount(guest, tmp_path)
    assert again["ballots"] == len(VOTES)
    assert [[keys_to_titles(keys)[key] for key in group] for group in again["order"]] == [[title] for title in ORDER]
    for handle in ("teo", "voter1"):
        assert look_up(comes(handle), receipts[handle]) == "It is in, and it was counted"

    pins_arrive(hall, comes)


def keys_to_titles(keys: dict[str, str]) -> dict[str, str]:
    return {key: PICTURES[handle] for handle, key in keys.items()}


def talk(comes: Callable[..., Page], key: str) -> None:
    """Open to whoever has voted."""
    page = comes("voter1")
    page.goto(f"{HERE}/entries/{key}/talk")
    axe(page)
    page.get_by_label("What would you like to say about it?").fill("I would sit at that table.")
    page.get_by_role("button", name="Say it").click()
    expect(page.locator(".p-talk__list")).to_contain_text("I would sit at that table.")
    axe(page)


def pins_arrive(hall: Hall, comes: Callable[..., Page]) -> None:
    """For whoever handed in, whoever voted and whoever was chosen; nobody has to do anything for it."""
    asked = (
        "SELECT b.slug, count(*) FROM award a JOIN badge b ON b.id = a.badge_id WHERE b.slug LIKE 'draw-the-evening-%' GROUP BY 1"
    )
    wanted = [(f"{SLUG}-entered", 3), (f"{SLUG}-voted", len(VOTES)), (f"{SLUG}-winner", 3)]
    until(lambda: sorted(hall.watch.rows(asked)) == wanted, f"the pins of {SLUG}", MOVES_WITHIN_SECONDS)
    page = comes("noor")
    page.goto("/me/badges")
    expect(page.locator("main")).to_contain_text(TITLE)
    axe(page)
    page.goto("/me/notices")
    expect(page.locator("main")).to_contain_text(f"“Lanterns” came first in {TITLE}.")
