"""The council writes a quest in a real browser, from an empty page to one that a member finishes; the steps put in order with
the mouse, the keyboard and the buttons."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.servers.browser import axe_by_day_and_night

WIDTHS = (320, 1280)
PAGES = ["", "new", "walk-one-street/", "walk-one-street/edit", "walk-one-street/steps/read", "walk-one-street/steps/do",
         "walk-one-street/publish", "walk-one-street/drop", "write-a-quest/steps/quiz", "what-is-mdm/steps/your-rooms",
         "what-is-mdm/walk", "what-is-mdm/walk/quiz", "vision-and-goal/publish", "what-is-mdm/versions", "what-is-mdm/versions/1",
         "what-is-mdm/stops", "what-is-mdm/texts/", "what-is-mdm/texts/de", "what-is-mdm/retire"]  # fmt: skip


def steps(page: Page) -> Locator:
    return page.locator("#steps [data-slug] > .p-writing__words > a")


def add(page: Page, kind: str, title: str, minutes: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{kind}")).click()
    page.wait_for_load_state()  # What is typed before the script has come shows no preview.
    page.get_by_label("Its title").fill(title)
    page.get_by_label("Minutes", exact=True).fill(minutes)


def back(page: Page) -> None:
    page.get_by_role("button", name="Keep it and go back").click()
    expect(page.locator("#steps")).to_be_visible()


def write(page: Page, site: str) -> None:
    page.goto(f"{site}/council/quests/new")
    page.get_by_label("Its title").fill("Say it aloud")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("In one or two lines").fill("Read one page aloud to somebody.")
    page.get_by_role("button", name="Keep it").click()
    add(page, "Think", "Who listens?", "1")
    page.get_by_label("What do you ask?").fill("Who would listen to you?")
    back(page)
    add(page, "Read", "Why aloud", "2")
    page.get_by_label("The words").press_sequentially("It is **heard**.")
    expect(page.locator("#preview strong")).to_have_text("heard")
    back(page)
    add(page, "Questions", "Do you know?", "2")
    page.get_by_role("button", name="Add a question").click()
    one = page.locator("#question-1")
    one.get_by_label("The question").fill("What is it for?")
    one.get_by_label("The right answer").fill("To be heard")
    one.get_by_label("Wrong ones").fill("To be quick")
    one.get_by_label("A hint").fill("Listen.")
    one.get_by_label("Why is it so?").fill("Ears are open.")
    back(page)


def test_a_quest_from_an_empty_page_to_a_member_who_finishes_it(
    page: Page, site: str, new_context: Callable[..., BrowserContext]
) -> None:
    sign_in(page, site, "amina")
    write(page, site)
    expect(steps(page)).to_have_text(["Who listens?", "Why aloud", "Do you know?"])
    steps(page).first.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(steps(page)).to_have_text(["Why aloud", "Who listens?", "Do you know?"])
    expect(page.locator("#announcer")).to_have_text("“Who listens?” is step 2 of 3 now.")
    grips = page.locator(".p-writing__grip")
    grips.nth(2).hover()
    page.mouse.down()
    grips.nth(1).hover(position={"x": 4, "y": 2})
    page.mouse.up()
    expect(steps(page)).to_have_text(["Why aloud", "Do you know?", "Who listens?"])
    page.get_by_role("button", name="Up Who listens?").click()
    expect(steps(page)).to_have_text(["Why aloud", "Who listens?", "Do you know?"])
    page.get_by_role("link", name="Publish …").click()
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_text("It is out.")).to_be_visible()

    member = new_context().new_page()
    sign_in(member, site, "yuki")
    member.goto(f"{site}/quests/say-it-aloud")
    member.get_by_role("button", name="Begin", exact=True).click()
    member.get_by_role("button", name="I have read it").click()
    member.get_by_label("Who would listen to you?").fill("My sister.")
    member.get_by_role("button", name="Keep it and go on").click()
    member.get_by_label("To be heard").check()
    member.get_by_role("button", name="Answer").click()
    member.get_by_role("link", name="Go on").click()
    expect(member).to_have_url(re.compile("/quests/say-it-aloud/done"))


def test_steps_are_put_in_order_without_script(site: str, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, site, "amina")
    page.goto(f"{site}/council/quests/new")
    page.get_by_label("Its title").fill("Without script")
    page.get_by_role("radio", name="A copy of a quest").check()
    page.get_by_label("Which one?").select_option("what-is-mdm")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_load_state()
    before = steps(page).all_inner_texts()
    page.get_by_role("button", name=f"Down {before[0]}").click()
    expect(steps(page)).to_have_text([before[1], before[0], *before[2:]])
    page.get_by_role("button", name=f"Take out {before[1]}").click()
    expect(steps(page)).to_have_text([before[0], *before[2:]])
    page.get_by_role("link", name=before[2]).click()
    page.get_by_role("button", name="Add a question").click()
    expect(page.locator("#question-6")).to_have_attribute("open", "")


def test_the_studio_is_for_everybody(page: Page, site: str) -> None:
    sign_in(page, site, "amina")
    wide = {}
    for address in PAGES:
        page.set_viewport_size({"width": WIDTHS[1], "height": 800})
        page.goto(f"{site}/council/quests/{address}")
        expect(page.locator("h1")).to_be_visible()
        axe_by_day_and_night(page)
        page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        over = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
        if over > 0:
            wide[address] = over
    assert wide == {}
