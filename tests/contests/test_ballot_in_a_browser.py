"""Ballots in a real browser: the count while ticking, what is kept of it, a ranking by keys, by hand and without script; and
what axe says."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from recognition import clock, create_app
from recognition.extensions import db
from recognition.identity.models import Account
from recognition.identity.queries import DEMO_ISSUER
from tests.conftest import make_settings
from tests.factories.contests import make_contest, make_entry, make_round, open_round
from tests.factories.identity import make_member
from tests.servers.browser import ConsoleErrors, axe
from tests.servers.site import free_port, served

METHODS = {"choose": "approval", "stars": "score", "order": "schulze"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A house of its own with three open votes, and Ada, Ben and Cleo on their rolls."""
    program = create_app(make_settings(tmp_path_factory.mktemp("vote"), base_url=(address := f"http://127.0.0.1:{free_port()}")))
    with program.app_context():
        db.create_all()
        _open()
    with served(program, address):
        yield address


def _open() -> None:
    now = clock.utcnow()
    maker, voters = make_member("maker"), [make_member(name) for name in ("ada", "ben", "cleo")]
    for number, (slug, method) in enumerate(METHODS.items()):
        dates = {"entries_from": now - timedelta(days=9), "entries_until": now - timedelta(days=2)}
        contest = make_contest(slug, rounds=0, takes="text", **dates)
        most = 2 if method == "approval" else None
        span = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=6)}
        one = make_round(contest, method=method, most_choices=most, **span)
        open_round(one, [make_entry(contest, maker, text="Words.", title=f"Entry {letter}") for letter in "ABC"], voters)
        one.salt = f"{number:02}" * 32
    for voter in voters:
        db.session.add(Account(member_id=voter.id, issuer=DEMO_ISSUER, subject=voter.handle, created_at=now))
    db.session.commit()


def begin(page: Page, site: str, slug: str, who: str = "ada") -> None:
    page.goto(f"{site}/login")
    page.locator(f'button[value="{who}"]').click()
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/contests/{slug}/vote")
    page.locator('button[value="begin"]').click()
    page.wait_for_url("**/vote?page=1")


def looked_over(page: Page) -> list[str]:
    """Goes on to the last page with all three entries ranked; the entries as they stand there."""
    put = page.locator('button[value^="put:"]')
    for left in (2, 1, 0):
        put.first.click()
        expect(put).to_have_count(left)
    page.get_by_role("button", name="Look it over").click()
    page.wait_for_url("**/review")
    expect(page.locator("[data-entry]")).to_have_count(3)
    return [line.get_attribute("data-entry") or "" for line in page.locator("[data-entry]").all()]


def expect_ranking(page: Page, entries: list[str], places: str = "123") -> None:
    lines = page.locator("[data-entry]")
    expect(lines).to_have_count(len(entries))
    for number, (entry, place) in enumerate(zip(entries, places, strict=True)):
        expect(lines.nth(number)).to_have_attribute("data-entry", entry)
        expect(lines.nth(number).locator("input[type=number]")).to_have_value(place)


def test_the_count_follows_each_tick_and_says_when_it_is_too_much(page: Page, site: str) -> None:
    begin(page, site, "choose")
    axe(page)
    boxes = page.locator("input[type=checkbox]")
    for number, words in enumerate(("1 chosen, at most 2", "2 chosen, at most 2", "3 chosen, at most 2")):
        boxes.nth(number).check()
        expect(page.locator("[data-count]")).to_have_text(words)
    expect(page.locator("#announcer")).to_have_text("3 chosen, at most 2")
    page.get_by_role("button", name="Look it over").click()
    expect(page.get_by_role("alert")).to_contain_text("Take one off before you cast it.")
    axe(page)
    page.locator("input[type=checkbox]").first.uncheck()
    page.get_by_role("button", name="Cast it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your ballot is in the box.")
    axe(page)


def test_scores_are_chosen_with_the_arrow_keys(page: Page, site: str) -> None:
    begin(page, site, "stars")
    axe(page)
    group = page.get_by_role("main").get_by_role("group").first
    group.get_by_role("radio", name="Good", exact=True).check()
    page.keyboard.press("ArrowRight")
    expect(group.get_by_role("radio", name="Very good")).to_be_checked()
    expect(page.locator("[data-count]")).to_have_text("1 on your ballot")


def test_a_tick_is_kept_whatever_link_is_followed_and_nothing_is_cast(page: Page, site: str) -> None:
    begin(page, site, "choose", who="cleo")
    ballot, boxes = page.url, page.locator("input[type=checkbox]")
    boxes.first.check()
    page.get_by_role("link", name="Hall of fame").first.click()
    page.wait_for_url("**/hall-of-fame")
    page.wait_for_load_state("networkidle")
    page.goto(ballot)
    expect(boxes.first).to_be_checked()
    boxes.nth(1).check()
    expect(page.get_by_text("Kept.", exact=True)).to_be_visible()
    page.goto(f"{site}/contests/choose/vote")
    expect(page.get_by_role("heading", name="Your ballot waits for you")).to_be_visible()
    page.goto(ballot)
    expect(page.locator("input[type=checkbox]:checked")).to_have_count(2)


def test_what_could_not_be_kept_is_told_and_goes_with_the_next_change(
    page: Page, site: str, console_errors: ConsoleErrors
) -> None:
    for expected in ("ERR_INTERNET_DISCONNECTED", "status of 400", "status of 401"):
        console_errors.allow(expected)
    begin(page, site, "stars", who="cleo")
    groups = page.get_by_role("main").get_by_role("group")
    for fault in ("offline", "signed out"):
        if fault == "offline":
            page.context.set_offline(True)
        else:
            cookies = page.context.cookies()
            page.context.clear_cookies()
        groups.first.get_by_role("radio", name="Good", exact=True).check()
        groups.first.get_by_role("radio", name="Fair").check()
        expect(page.get_by_text("Not kept yet; press Keep it.")).to_be_visible()
        if fault == "offline":
            page.context.set_offline(False)
        else:
            page.context.add_cookies(cookies)  # type: ignore[arg-type]
        groups.nth(1).get_by_role("radio", name="Good" if fault == "offline" else "Fair", exact=True).check()
        expect(page.get_by_text("Kept.", exact=True)).to_be_visible()
    page.goto(page.url)
    for at in (0, 1):
        expect(groups.nth(at).get_by_role("radio", name="Fair")).to_be_checked()


def test_a_move_in_the_ranking_is_kept(page: Page, site: str) -> None:
    begin(page, site, "order", who="cleo")
    a, b, c = looked_over(page)
    page.locator(".p-list__handle").nth(2).press("ArrowUp")
    expect(page.get_by_text("Kept.", exact=True)).to_be_visible()
    page.goto(page.url)
    expect_ranking(page, [a, c, b])


def test_without_script_the_bar_tells_what_is_kept_and_by_what(new_context: Callable[..., BrowserContext], site: str) -> None:
    page = new_context(java_script_enabled=False).new_page()
    begin(page, site, "stars", who="ben")
    page.get_by_role("main").get_by_role("group").first.get_by_role("radio", name="Good", exact=True).check()
    assert page.locator(".p-ballot__count").inner_text().strip() == "Kept so far: 0 on your ballot"
    assert "Going on or pressing Keep stores this page" in page.locator(".p-ballot").inner_text()


def test_a_ranking_moves_by_keys_and_by_hand_and_is_cast_as_it_stands(page: Page, site: str) -> None:
    begin(page, site, "order")
    a, b, c = looked_over(page)
    axe(page)
    handles = page.locator(".p-list__handle")
    handles.nth(2).press("ArrowUp")
    expect(page.locator("#announcer")).to_have_text(f"{c} is on place 2 of 3 now.")
    expect_ranking(page, [a, c, b])
    expect(handles.nth(1)).to_be_focused()
    grip, target = handles.nth(1).bounding_box(), page.locator("[data-entry]").first.bounding_box()
    assert grip is not None
    assert target is not None
    page.mouse.move(grip["x"] + 9, grip["y"] + 9)
    page.mouse.down()
    page.mouse.move(target["x"] + 30, target["y"] + 5, steps=5)
    page.mouse.up()
    expect_ranking(page, [c, a, b])
    page.get_by_role("button", name="Cast it").click()
    page.wait_for_url("**/thanks")
    page.goto(f"{site}/contests/order/vote/review")
    expect_ranking(page, [c, a, b])


def test_a_ranking_moves_without_script(new_context: Callable[..., BrowserContext], site: str) -> None:
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    begin(page, site, "order", who="ben")
    a, b, c = looked_over(page)
    page.locator('button[value^="up:"]').nth(2).click()
    expect_ranking(page, [a, c, b])
    page.locator('button[value^="level:"]').nth(1).click()
    expect_ranking(page, [a, c, b], places="112")
    page.get_by_role("button", name="Cast it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your ballot is in the box.")
