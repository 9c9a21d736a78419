"""The whole product with a real mail server: a deed told by keyboard alone, confirmed from the mail, and a pin that follows."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from recognition import create_app
from recognition.extensions import db
from recognition.identity.models import Account
from tests.conftest import make_settings
from tests.factories.badges import make_badge
from tests.factories.identity import JOINED, make_member
from tests.servers.browser import axe_by_day_and_night
from tests.servers.mail import Mailbox
from tests.servers.site import running

pytestmark = pytest.mark.browser
ARRIVES_WITHIN_SECONDS = 60


@pytest.fixture
def hall(tmp_path: Path, mailbox: Mailbox) -> Iterator[str]:
    """A house without the demo's people: Teo, and Noor, whose address her own provider vouches for."""
    with running(tmp_path, {"MAIL_URL": f"smtp://127.0.0.1:{mailbox.port}"}, "--no-demo") as address:
        with create_app(make_settings(tmp_path, database_url=f"sqlite:///{tmp_path / 'recognition.db'}")).app_context():
            make_member("teo", wears_at_once=False)
            noor = make_member("noor")
            db.session.add(Account(member_id=noor.id, issuer="https://sso.example.org", subject="noor", created_at=JOINED,
                                   email="noor@mail.example", email_verified=True))  # fmt: skip
            make_badge("seen", {"count": {"evidence": "confirmed"}, "at_least": 1}, name="Seen Working")
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        yield address


def change(folder: Path, sql: str) -> None:
    with sqlite3.connect(folder / "recognition.db", timeout=30) as connection:
        connection.execute(sql)
    connection.close()


def shows(page: Page, address: str, words: str) -> bool:
    until = time.monotonic() + ARRIVES_WITHIN_SECONDS
    while time.monotonic() < until:
        page.goto(address)
        if words in page.locator("main").inner_text():
            return True
    return False


def test_told_by_keyboard_confirmed_by_mail_and_a_pin_follows(
    page: Page, new_context: Callable[..., BrowserContext], hall: str, tmp_path: Path, mailbox: Mailbox
) -> None:
    page.goto(f"{hall}/login")
    page.locator('button[value="teo"]').click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good to see you")
    page.wait_for_load_state()  # A key that is pressed before the script has come is nobody's.
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="What did you do?")).to_be_focused()
    page.keyboard.type("Sorted the shelf of #books with @noo")
    expect(page.get_by_role("option").first).to_contain_text("Noor")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog[open]")).to_contain_text("Thank you, Teo")
    page.goto(f"{hall}/activities/?tag=books")
    page.locator(".c-deed__when").click()
    deed = page.url
    expect(page.locator("#proof")).to_contain_text("Told by the one who did it")

    # What comes within five minutes goes in one mail; here they are over at once.
    change(tmp_path, "UPDATE notice SET created_at = datetime(created_at, '-6 minutes') || '.000000'")
    assert mailbox.came.wait(ARRIVES_WITHIN_SECONDS)
    assert mailbox.to == ["noor@mail.example"]
    (link,) = re.findall(rf"{re.escape(hall)}/w/\S+", mailbox.words())

    noor = new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    noor.goto(link)
    expect(noor.get_by_role("heading", level=1)).to_have_text("Did you do this together?")
    expect(noor.locator("main")).to_contain_text("Sorted the shelf of #books")
    noor.get_by_role("button", name="Yes, together").click()
    expect(noor.get_by_role("heading", level=1)).to_contain_text("both your records")

    page.goto(deed)
    expect(page.locator("#proof")).to_contain_text("Confirmed by a witness")
    assert shows(page, f"{hall}/me/badges", "Seen Working")
    page.goto(f"{hall}/activities/?member=noor")
    expect(page.locator(".c-deed")).to_contain_text("confirmed by a witness, done together")
    axe_by_day_and_night(page)
