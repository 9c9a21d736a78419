"""A badge leaves the house, in a real browser: earned, taken along as a picture, dropped on the checker, bent by one byte, and
taken back by the council while somebody else has the picture. Other people's program says the same each time."""

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.journeys.test_quest_to_pin import sign_in
from tests.openbadges.second_opinion import baked_v3
from tests.openbadges.tampering import with_chunk
from tests.servers.browser import axe
from tests.servers.verifier import Verifier
from tests.servers.waiting import until

HOLDER = "yuki"
SIGNED_WITHIN_MS = 30_000
SEEN_WITHIN_SECONDS = 60
DROPPED = """bytes => {
    const given = new DataTransfer();
    given.items.add(new File([new Uint8Array(bytes)], "badge.png", {type: "image/png"}));
    return given;
}"""


def claim_a_badge(page: Page, site: str) -> str:
    """With a code of the council's; the address of the award's page."""
    sign_in(page, site, "amina")
    page.goto(f"{site}/council/badges/hearth-keeper/codes")
    page.get_by_label("What is it for?").fill("Evening of open doors")
    page.get_by_label("For how many people?").fill("1")
    page.get_by_role("button", name="Make the code").click()
    address = page.locator(".p-sheet__letters a").get_attribute("href")
    assert address is not None
    page.context.clear_cookies()
    sign_in(page, site, HOLDER)
    page.goto(address)
    page.get_by_role("button", name="Take this pin").click()
    expect(page).to_have_url(re.compile(r"/awards/[\w-]{22}$"))
    return page.url


def download(page: Page, folder: Path) -> Path:
    """The picture, once a worker has signed it: the page fetches the list of files by itself until then."""
    link = page.get_by_role("link", name=re.compile("^Download: .*PNG"))
    expect(link).to_be_visible(timeout=SIGNED_WITHIN_MS)
    axe(page)
    with page.expect_download() as downloading:
        link.click()
    file = folder / "badge.png"
    downloading.value.save_as(file)
    return file


def drop(page: Page, site: str, file: Path) -> Locator:
    """On the checker; what it says."""
    page.goto(f"{site}/verify")
    given = page.evaluate_handle(DROPPED, list(file.read_bytes()))
    page.dispatch_event("form[data-drop]", "drop", {"dataTransfer": given})
    answer = page.locator(".p-verify__room")
    expect(answer.locator(".p-verify__headline")).to_be_visible()
    return answer


def bent(file: Path) -> Path:
    """One byte inside the credential's text, with a checksum that fits."""
    other = file.with_name("bent.png")
    other.write_bytes(with_chunk(file.read_bytes(), lambda text, crc: [(b"iTXt", text.replace(b"Hearth", b"Hearty", 1), None)]))
    return other


def test_a_badge_convinces_somebody_who_never_heard_of_us(page: Page, site: str, verifier: Verifier, tmp_path: Path) -> None:
    award = claim_a_badge(page, site)
    file = download(page, tmp_path)
    credential = json.loads(baked_v3(file.read_bytes()))
    assert verifier.credential(credential).good

    # Whoever checks it has no account here.
    page.context.clear_cookies()
    answer = drop(page, site, file)
    expect(answer.locator(".p-verify__headline")).to_have_text("This badge is genuine")
    expect(answer).to_contain_text("Hearth Keeper")
    # Anybody can call themselves Recognition; the address is whose key was asked for.
    expect(answer.locator(".p-verify__facts")).to_contain_text(site.removeprefix("http://"))
    axe(page)

    answer = drop(page, site, bent(file))
    expect(answer.locator(".p-verify__headline")).to_have_text("This badge is not genuine")
    expect(answer.locator(".c-findings__line--wrong")).to_contain_text("Signature")
    axe(page)
    forged = json.loads(baked_v3(bent(file).read_bytes()))
    assert verifier.credential(forged).errors == ("Error: Invalid signature.",)

    sign_in(page, site, "amina")
    page.goto(f"{award}/revoke")
    page.get_by_label("Why?").fill("It was meant for the evening before.")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("main")).to_contain_text("This award was taken back")
    # The same file, in somebody else's hands: nobody tells them, and their next look does.
    until(lambda: verifier.credential(credential).revoked, "the list of what was taken back", SEEN_WITHIN_SECONDS)
    page.context.clear_cookies()
    answer = drop(page, site, file)
    expect(answer.locator(".p-verify__headline")).to_have_text("This badge was taken back")
    axe(page)
