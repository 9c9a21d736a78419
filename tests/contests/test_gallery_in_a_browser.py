"""The gallery, its window, an entry and the form in a real browser: by keys, with the strict policy, and without script."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from recognition import clock, create_app
from recognition.extensions import db
from recognition.identity.models import Account
from recognition.identity.queries import DEMO_ISSUER
from recognition.media import services as media
from recognition.media.jobs import make_sizes
from tests.conftest import make_settings
from tests.factories.contests import make_contest, make_entry, make_round
from tests.factories.identity import make_member
from tests.media.pictures import encoded, quarters
from tests.servers.browser import axe
from tests.servers.site import free_port, served

TITLES = ("Seven doors", "The long table", "Paper boats")
SIZES = ((900, 600), (500, 1200), (1000, 250))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A house of its own with a contest that takes entries, and Ada, who has none in it."""
    program = create_app(
        make_settings(tmp_path_factory.mktemp("gallery"), base_url=(address := f"http://127.0.0.1:{free_port()}"))
    )
    with program.app_context():
        db.create_all()
        _hang()
    with served(program, address):
        yield f"{address}/contests/draw-mdm"


def _hang() -> None:
    now = clock.utcnow()
    contest = make_contest(rounds=0, entries_from=now - timedelta(days=1), entries_until=now + timedelta(days=9))
    make_round(contest, starts_at=now + timedelta(days=10), ends_at=now + timedelta(days=12))
    for number, (title, size) in enumerate(zip(TITLES, SIZES, strict=True)):
        member = make_member(f"m{number}")
        kept_id = media.keep_picture(media.prepare_picture(encoded(quarters(*size)), "whole"), member.id).id
        make_entry(contest, member, media_id=kept_id, title=title, key=f"entry-{number}")
        db.session.commit()
        make_sizes(kept_id)
    ada = make_member("ada")
    db.session.add(Account(member_id=ada.id, issuer=DEMO_ISSUER, subject="ada", created_at=now))
    db.session.commit()


def test_pictures_hang_whole_in_full_rows(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site}/entries/")
    axe(page)
    for number, (width, height) in enumerate(SIZES):
        frame = page.locator(".c-gallery__frame").nth(number).bounding_box()
        assert frame is not None
        assert abs(frame["width"] / frame["height"] / (width / height) - 1) < 0.05
    page.keyboard.press("Tab")
    words = page.locator(".c-gallery__words").first
    expect(words).to_have_css("opacity", "0")
    page.locator("a.c-gallery__link").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(words).to_have_css("opacity", "1")


def test_the_window_is_walked_by_keys(page: Page, site: str) -> None:
    page.goto(f"{site}/entries/")
    page.locator("a.c-gallery__link").first.focus()
    page.keyboard.press("Enter")
    title = page.get_by_role("dialog").get_by_role("heading", level=1)
    expect(title).to_have_text(TITLES[0])
    expect(page).to_have_url(f"{site}/entries/entry-0")
    axe(page)
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text(TITLES[1])
    page.keyboard.press("ArrowLeft")
    expect(title).to_have_text(TITLES[0])
    page.keyboard.press("ArrowLeft")  # there is nothing before the first
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text(TITLES[1])
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(f"{site}/entries/")
    expect(page.locator("a.c-gallery__link").nth(1)).to_be_focused()
    page.locator("a.c-gallery__link").nth(2).press("Enter")
    expect(title).to_have_text(TITLES[2])
    page.keyboard.press("Escape")  # at once, without walking on
    expect(page).to_have_url(f"{site}/entries/")
    page.evaluate("() => new Promise(done => setTimeout(done, 200))")  # the browser takes the focus away once more
    expect(page.locator("a.c-gallery__link").nth(2)).to_be_focused()
    page.locator("a.c-gallery__link").nth(2).click()
    expect(title).to_have_text(TITLES[2])
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(f"{site}/entries/")


def test_everything_works_without_script(new_context: Callable[..., BrowserContext], site: str) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}/entries/")
    page.locator("a.c-gallery__link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[0])
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[1])
    page.get_by_text("The picture in words").click()
    expect(page.get_by_text("A table with many chairs.")).to_be_visible()


def test_from_a_file_to_an_entry(page: Page, site: str, tmp_path: Path) -> None:
    file = tmp_path / "doors.png"
    file.write_bytes(encoded(quarters(800, 400)))
    page.goto(site)
    axe(page)
    page.get_by_role("main").get_by_role("link", name="Sign in and take part").click()
    page.locator('button[value="ada"]').click()
    expect(page).to_have_url(site)
    page.get_by_role("link", name="Hand something in").click()
    axe(page)
    page.get_by_label("The picture", exact=True).set_input_files(file)
    expect(page.locator(".p-enter__preview img")).to_have_js_property("naturalWidth", 800)
    page.get_by_label("Its title").fill("Eight doors")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_text("Kept as a draft that only you see.")).to_be_visible()
    page.get_by_label("The picture in words").fill("Eight doors in a row, one of them open.")
    page.get_by_label("CC BY 4.0").check()
    page.get_by_role("button", name="Hand it in").click()
    expect(page.get_by_text("It is handed in")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Eight doors")
    axe(page)
    page.goto(f"{site}/mine")
    axe(page)


TOO_LARGE = "The file is larger than 10 MB. Make it smaller and choose it again."


@pytest.mark.parametrize("late", [False, True], ids=["script-first", "file-first"])
def test_a_file_that_is_too_large_is_told_before_it_is_sent(page: Page, site: str, tmp_path: Path, late: bool) -> None:
    """Also when it was chosen on a slow line, before the script had come."""
    file = tmp_path / "large.png"
    file.write_bytes(b"x" * (10 * 1024 * 1024 + 1))
    page.goto(f"{site}/enter")
    page.locator('button[value="ada"]').click()
    expect(page).not_to_have_url(re.compile("/login"))
    page.goto(f"{site}/mine")
    field = page.get_by_label("Another picture")

    def choose_first(route: Route) -> None:
        field.set_input_files(file)
        route.continue_()

    if late:
        page.route("**/entry_form*.js*", choose_first)
    page.get_by_role("link", name="Change it").click()
    page.wait_for_url("**/edit")
    if not late:
        field.set_input_files(file)
    expect(field).to_have_js_property("validationMessage", TOO_LARGE)
