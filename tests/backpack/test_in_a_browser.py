"""Dropping, pasting and choosing a badge in a real browser, by keys too, with the strict policy, and without script."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from recognition import clock, create_app
from recognition.extensions import db
from recognition.identity.models import Account
from recognition.identity.queries import DEMO_ISSUER
from tests.backpack.foreign import ADDRESS, foreign, in_a_picture
from tests.badges.verifying import UNVOUCHED
from tests.conftest import make_settings
from tests.factories.identity import make_member
from tests.servers.browser import ConsoleErrors, axe
from tests.servers.site import free_port, served

GIVEN = """([text, type]) => {
    const given = new DataTransfer();
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    given.items.add(new File([bytes], "badge.png", { type: "image/png" }));
    const form = document.querySelector("form[data-drop]");
    form.dispatchEvent(type === "paste"
        ? new ClipboardEvent("paste", { clipboardData: given, bubbles: true, cancelable: true })
        : new DragEvent(type, { dataTransfer: given, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A house of its own, and Ada, whose address is confirmed."""
    address = f"http://127.0.0.1:{free_port()}"
    program = create_app(make_settings(tmp_path_factory.mktemp("backpack"), base_url=address))
    with program.app_context():
        db.create_all()
        db.session.add(Account(member_id=make_member("ada").id, issuer=DEMO_ISSUER, subject="ada", email=ADDRESS,
                               email_verified=True, created_at=clock.utcnow()))  # fmt: skip
        db.session.commit()
    with served(program, address):
        yield address


def give(page: Page, content: bytes, how: str) -> None:
    page.evaluate(GIVEN, [base64.b64encode(content).decode(), how])


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_picture_is_dropped_or_pasted_and_answered_in_place(page: Page, site: str, how: str) -> None:
    page.goto(f"{site}/verify")
    axe(page)
    give(page, in_a_picture(foreign()), how)
    headline = page.get_by_role("heading", level=1)
    expect(headline).to_have_text(UNVOUCHED)
    expect(headline).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text(UNVOUCHED)
    expect(page).to_have_url(f"{site}/verify")
    assert page.get_by_role("img", name="Picture of the badge").evaluate("one => one.complete && one.naturalWidth") == 80
    axe(page)


def test_one_byte_changed_is_refused_with_the_reason(page: Page, site: str) -> None:
    page.goto(f"{site}/verify")
    give(page, in_a_picture(foreign().replace(b"kitchen 1", b"kitchen 2")), "drop")
    expect(page.get_by_role("heading", level=1)).to_have_text("This badge is not genuine")
    expect(page.locator(".c-findings__line--wrong").first).to_contain_text("Signature")
    axe(page)


def test_by_keys_alone_from_the_text_to_what_was_looked_at(page: Page, site: str) -> None:
    page.goto(f"{site}/verify")
    page.get_by_label("Or paste its address, or its text").focus()
    page.keyboard.insert_text(foreign().decode())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Their e-mail address")).to_be_focused()
    page.keyboard.insert_text("ben@people.example")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_text("This badge was given to somebody else")
    page.keyboard.press("Tab")
    expect(page.get_by_text("What it was given for")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("https://kitchen.example/credentials/1")).to_be_visible()


def test_a_file_that_is_too_large_is_told_before_it_is_sent(page: Page, site: str, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(b"x" * (2 * 1024 * 1024 + 1))
    page.goto(f"{site}/verify")
    field = page.get_by_label("Drop a badge here, or choose a file")
    field.set_input_files(large)
    assert field.evaluate("one => one.validationMessage") == "The file is larger than 2 MB. No badge is."
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("#verdict")).to_have_count(0)


def test_what_is_wrong_comes_back_in_place(page: Page, site: str, console_errors: ConsoleErrors) -> None:
    console_errors.allow("status of 422")
    page.goto(f"{site}/verify")
    page.get_by_role("button", name="Check it").click()
    field = page.get_by_label("Drop a badge here, or choose a file")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    axe(page)


def test_without_script_a_file_is_checked(new_context: Callable[..., BrowserContext], site: str, tmp_path: Path) -> None:
    file = tmp_path / "badge.png"
    file.write_bytes(in_a_picture(foreign()))
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}/verify")
    page.get_by_label("Drop a badge here, or choose a file").set_input_files(file)
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(UNVOUCHED)
    page.get_by_text("What was looked at").first.click()
    expect(page.get_by_text("https://kitchen.example/credentials/1")).to_be_visible()


def test_from_a_drop_to_the_profile_and_out_again(page: Page, site: str, tmp_path: Path) -> None:
    content = in_a_picture(foreign(4))
    page.goto(f"{site}/login?next=/me/badges-from-elsewhere")
    page.locator('button[value="ada"]').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Badges from elsewhere")
    axe(page)
    give(page, content, "drop")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keeper of kitchen 4")
    axe(page)
    page.get_by_role("button", name="Show it on my profile").click()
    expect(page.get_by_text("Everybody who sees your profile sees it now.")).to_be_visible()
    page.goto(f"{site}/members/ada")
    expect(page.get_by_role("heading", name="Earned elsewhere")).to_be_visible()
    expect(page.get_by_role("link", name="Keeper of kitchen 4")).to_be_visible()
    axe(page)
    page.goto(f"{site}/members/ada/badges-from-elsewhere")
    axe(page)
    page.goto(f"{site}/me/badges-from-elsewhere")
    axe(page)
    page.locator("summary").filter(has_text="More for Keeper of kitchen 4").click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download it as it came").click()
    downloading.value.save_as(tmp_path / "same.png")
    assert (tmp_path / "same.png").read_bytes() == content
    page.get_by_role("link", name="Remove it").click()
    axe(page)
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("It is gone from here.")).to_be_visible()
