"""From the first page to a pin, without a mouse: a deed is told in six moves, the person in it is asked by a real mail and
says yes without signing in, the deed is better known than before, and a badge that asks for that follows."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Keyboard, Page, expect
from werkzeug.serving import make_server

from recognition import clock, create_app
from recognition.activities.drain import drain
from recognition.announcements import jobs
from recognition.config import MailServer
from recognition.extensions import db
from recognition.identity.models import Account
from recognition.identity.queries import DEMO_ISSUER
from tests.conftest import make_settings
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.servers.mail import Mailbox
from tests.servers.site import free_port

pytestmark = pytest.mark.browser
MOVES_MAX = 8


class Hands:
    """Counts what they do: a key or keys together, or words typed in one go, are one move each."""

    def __init__(self, keyboard: Keyboard) -> None:
        self.keyboard, self.moves = keyboard, 0

    def press(self, keys: str) -> None:
        self.keyboard.press(keys)
        self.moves += 1

    def type(self, words: str) -> None:
        self.keyboard.type(words)
        self.moves += 1


@pytest.fixture
def house(tmp_path: Path, mailbox: Mailbox) -> Iterator[Flask]:
    """Noor, who signs in here; Mirembe, who reads mails; a badge for whoever was seen helping."""
    program = create_app(make_settings(tmp_path, base_url=f"http://127.0.0.1:{free_port()}"))
    post = MailServer("127.0.0.1", mailbox.port, False, "", "", "hall@badges.example.org")
    object.__setattr__(program.extensions["settings"], "mail", post)
    with program.app_context():
        db.create_all()
        now = clock.utcnow()
        noor, mirembe = make_member("noor", name="Noor"), make_member("mirembe", name="Mirembe Nakolu")
        db.session.add(Account(member_id=noor.id, issuer=DEMO_ISSUER, subject="noor", created_at=now))
        db.session.add(Account(member_id=mirembe.id, issuer="https://sso.example.org", subject="m", created_at=now,
                               email="mirembe@mail.example", email_verified=True))  # fmt: skip
        make_badge("seen-helping", {"count": {"evidence": "confirmed"}, "at_least": 1}, name="Seen Helping")
        make_activity(mirembe.id, text="Opened the hall", tags=("workshop",), visibility="members")
        db.session.commit()
        drain()
        server = make_server("127.0.0.1", int(program.extensions["settings"].base_url.rpartition(":")[2]), program, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield program
        server.shutdown()
        thread.join()
        server.server_close()
        db.session.remove()
        db.engine.dispose()


def test_told_by_keys_confirmed_from_the_mail(
    page: Page, house: Flask, mailbox: Mailbox, new_context: Callable[..., BrowserContext]
) -> None:
    home = house.extensions["settings"].base_url
    page.goto(f"{home}/login")
    page.locator('button[value="noor"]').click()
    page.wait_for_url(f"{home}/")
    page.wait_for_load_state()

    hands = Hands(page.keyboard)
    hands.press("n")
    box = page.get_by_role("dialog").get_by_role("textbox", name="What did you do?")
    expect(box).to_be_focused()
    hands.type("Helped @mir")
    found = page.locator("#box-options").get_by_role("option")
    expect(found).to_contain_text("Mirembe Nakolu")
    hands.press("Enter")
    hands.type("with her first #work")
    expect(found).to_contain_text("workshop")
    hands.press("Enter")
    hands.press("Control+Enter")
    expect(page.get_by_role("heading", name="Thank you, Noor.")).to_be_visible()
    assert hands.moves < MOVES_MAX

    drain()
    page.goto(f"{home}/activities/")
    deed = page.locator(".c-deed").filter(has_text="Helped @mirembe with her first #workshop")
    expect(deed).to_contain_text("told by themselves")
    page.goto(f"{home}/me")
    expect(page.get_by_text("Seen Helping")).to_have_count(0)

    with clock.as_of(clock.utcnow() + timedelta(minutes=6)):
        jobs.send()
    assert mailbox.to == ["mirembe@mail.example"]
    (link,) = re.findall(rf"{re.escape(home)}/w/\S+", mailbox.words())
    elsewhere = new_context().new_page()
    elsewhere.goto(link)
    elsewhere.get_by_role("button", name="Yes").click()
    expect(elsewhere.locator("main")).to_contain_text("Thank you")

    drain()
    page.goto(f"{home}/activities/")
    expect(deed).to_contain_text("confirmed by a witness")
    page.goto(f"{home}/me/badges")
    expect(page.get_by_text("Seen Helping").first).to_be_visible()
