"""The page of an award in a real browser: it fills in its files by itself, copies, prints one sheet, and works without script."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from recognition import clock, create_app
from recognition.badges.models import Award
from recognition.badges.portable.models import Credential
from recognition.badges.services import endorsing
from recognition.badges.services.giving import hand_out
from recognition.extensions import db
from recognition.identity.models import Account
from recognition.identity.queries import DEMO_ISSUER
from tests.conftest import make_settings
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member
from tests.servers.browser import axe
from tests.servers.site import free_port, served

LONG = "A word of thanks that takes its time to be said as it should. "
ONE_SHEET = re.compile(rb"/Type\s*/Page\b(?!s)")


@dataclass
class House:
    program: Flask
    address: str
    keys: dict[str, str]

    def award(self, name: str) -> str:
        return f"{self.address}/awards/{self.keys[name]}"

    def sign(self, name: str) -> None:
        with self.program.app_context():
            award_id = db.session.scalars(sa.select(Award.id).where(Award.key == self.keys[name])).one()
            db.session.merge(Credential(award_id=award_id, document="{}", jwt="x"))
            db.session.commit()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two awards of Ada's, one of them with as many words as an award can have; nobody signs anything here."""
    address = f"http://127.0.0.1:{free_port()}"
    program = create_app(make_settings(tmp_path_factory.mktemp("awards"), base_url=address))
    with program.app_context():
        db.create_all()
        with program.test_request_context():
            keys = _give()
    with served(program, address):
        yield House(program, address, keys)


def _give() -> dict[str, str]:
    now = clock.utcnow()
    ada = make_member("ada", name="Augusta Ada King, Countess of Lovelace and of many other names")
    db.session.add(Account(member_id=ada.id, issuer=DEMO_ISSUER, subject="ada", created_at=now))
    wordy: dict[str, Any] = {
        "name": "Keeper of the very long evening by the fire of the whole house", "issuer_id": make_group().id,
        "summary": (LONG * 5)[:300], "valid_days": 400, "levels": [1, 25],
    }  # fmt: skip
    for slug, changes, level, reason in (("plain", {}, None, "For the tea."), ("wordy", wordy, 25, (LONG * 9)[:500])):
        badge = make_badge(slug, {}, **changes)
        hand_out(badge, [ada.id], now, how="hand", giver_id=make_member(f"giver-{slug}").id, reason=reason, level=level)
    awards = {award.badge.slug: award for award in db.session.scalars(sa.select(Award))}
    said = endorsing.endorse(awards["wordy"], make_member("ben"), None, "She kept the fire.", now)
    endorsing.answer(said, True, now)
    db.session.commit()
    return {slug: award.key for slug, award in awards.items()}


def sign_in(page: Page, house: House) -> None:
    page.goto(f"{house.address}/login")
    page.locator('button[value="ada"]').click()
    page.wait_for_url("**/")


def test_the_files_come_by_themselves_and_their_addresses_are_copied(house: House, context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, house)
    page.goto(house.award("plain"))
    expect(page.get_by_text("being signed right now").or_(page.get_by_text("a helper of ours is away"))).to_be_visible()
    house.sign("plain")
    expect(page.get_by_role("link", name=re.compile("^Download: .*JSON"))).to_be_visible()
    button = page.get_by_role("button", name="Copy: The address of this page")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == house.award("plain")
    expect(button).to_have_text("Copy")
    axe(page)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("name", ["plain", "wordy"])
def test_the_certificate_is_one_sheet_of_paper(house: House, page: Page, name: str, paper: str) -> None:
    house.sign(name)
    sign_in(page, house)
    page.goto(house.award(name))
    for by_css in (True, False):
        made = page.pdf(format=paper, prefer_css_page_size=by_css)
        assert len(ONE_SHEET.findall(made)) == 1


@pytest.mark.parametrize("path", ["", "/transcript"])
def test_nothing_reaches_beyond_a_small_screen_in_either_light(house: House, page: Page, path: str) -> None:
    house.sign("wordy")
    sign_in(page, house)
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"{house.address}/members/ada/transcript?show=all" if path else house.award("wordy"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        axe(page)


def test_without_script_addresses_can_be_taken_by_hand(house: House, new_context: Any) -> None:
    house.sign("plain")
    page = new_context(java_script_enabled=False).new_page()
    page.goto(house.award("plain"))
    expect(page.get_by_role("textbox", name="The address of this page")).to_have_value(house.award("plain"))
    expect(page.get_by_role("button", name=re.compile("^Copy"))).to_have_count(0)
    expect(page.get_by_text("Your browser prints this page as one sheet of paper")).to_be_visible()
