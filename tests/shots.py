"""`python3 dev.py shots`: a picture of every page into build/shots/, at 1280 and 390 px, light and dark.

Starts the product with its demo, walks as a guest, as a new member and as the council, and takes whole pages."""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.backpack.foreign import foreign, in_a_picture
from tests.identity.oauth.program import Program
from tests.servers.site import running
from tools import chromium

OUT = Path("build/shots")
SIZES = ((1280, 900), (390, 844))
SCHEMES = ("light", "dark")
WALKS: dict[str, list[str]] = {
    "guest": ["/", "/news/", "/news/minutes-of-the-council-s-call-in-autumn",
              "/news/four-weeks-for-one-question-what-is-mdm?lang=de",
              "/login", "/quests/", "/quests/what-is-mdm", "/badges/", "/badges/helping-hand", "/campaigns/",
              "/campaigns/what-is-mdm", "/campaigns/what-is-mdm/kit", "/campaigns/dark-funnel-week", "/members/",
              "/members/amina",
              "/members/amina/transcript", "/groups/", "/groups/words-across/health",
              "/activities/", "/activities/?member=amina&evidence=confirmed", "/members/amina/months/2026-11",
              "/boards/community", "/boards/thanked?period=season", "/health", "/impact", "/claim", "/verify", "/nowhere",
              "/news/subscribe", "/news/subscribe/asked",
              "/oauth/about", "/api/",
              "/contests/", "/contests/before-and-after", "/contests/draw-what-mdm-means",
              "/contests/draw-what-mdm-means/entries/", "/contests/in-a-hundred-words/entries/", "/contests/hall-of-fame",
              "/contests/poster-for-the-open-evening/results",
              "/contests/poster-for-the-open-evening/receipt", "/contests/draw-what-mdm-means/results",
              "/objectives/", "/objectives/everybody-knows-what-mdm-is", "/roadmap",
              "/surveys/", "/surveys/do-we-know-what-mdm-is-about/results", "/surveys/do-we-know-it-now",
              "/roles/", "/roles/community-coordinator", "/members/amina/vouches", "/resources/", "/resources/by-region"],
    "noor": ["/", "/quests/", "/quests/what-is-mdm", "/me", "/me/settings", "/me/mail", "/me/keys", "/activities/new",
             "/members/amina/thanks", "/me/thanks", "/tasks/", "/groups/words-across/team", "/me/affiliations",
             "/members/?belongs=volunteer", "/me/accounts", "/me/feeds", "/me/suggestions",
             "/boards/community", "/badges/", "/badges/first-deed", "/badges/learner/why",
             "/contests/before-and-after", "/contests/before-and-after/enter", "/contests/draw-what-mdm-means/vote"],
    "teo": ["/me/mentor", "/roles/community-coordinator/apply", "/resources/mine", "/resources/new",
            "/me/mentor/choose", "/me/away", "/me/certificate",
            "/contests/draw-what-mdm-means/vote", "/contests/draw-what-mdm-means/vote?page=1",
            "/contests/in-a-hundred-words/vote?page=1", "/contests/person-of-the-month/vote?page=1",
            "/contests/person-of-the-month/vote/review"],
    "mirembe": ["/mentoring/", "/roles/community-coordinator", "/roles/community-coordinator/changes"],
    "oskar": ["/surveys/do-we-know-it-now", "/admin/"],
    "amina": ["/", "/council/news/", "/council/news/new?about=campaign:what-is-mdm",
              "/council/news/four-weeks-for-one-question-what-is-mdm/", "/council/channels?sort=matrix",
              "/groups/nairobi-open-table", "/groups/nairobi-open-table/channels", "/groups/campus-lanterns/members-by",
              "/me/mail", "/activities/?tag=dark-funnel",
              "/members/teo",
              "/me/badges-from-elsewhere", "/me", "/members/amina/transcript?show=all", "/me/notices", "/me/asks",
              "/activities/list/new", "/council/audit", "/council/merges/", "/council/reconciliation",
              "/me/badges",
              "/nominations/", "/badges/carer/nominate",
              "/council/nominations", "/council/badges/hearth-keeper/give", "/council/badges/hearth-keeper/codes", "/quests/",
              "/boards/community", "/boards/groups?period=all",
              "/boards/many-hats?period=all", "/boards/community/scores/amina?period=all", "/badges/", "/badges/learner",
              "/objectives/calls-in-three-languages/comments",
              "/badges/learner/why", "/council/", "/council/surveys/", "/council/surveys/new",
              "/council/surveys/do-we-know-what-mdm-is-about/words", "/council/campaigns/new",
              "/council/campaigns/draw-what-mdm-means/edit", "/council/campaigns/bug-hunter-week/preview",
              "/council/campaigns/what-is-mdm/end", "/council/campaigns/draw-what-mdm-means/delete",
              "/council/campaigns/what-is-mdm/edit", "/council/campaigns/what-is-mdm/texts/",
              "/council/campaigns/what-is-mdm/texts/de", "/groups/new", "/council/badges/", "/council/badges/new",
              "/council/quests/", "/council/quests/new", "/council/quests/walk-one-street/", "/council/quests/pass-it-on/edit",
              "/council/quests/what-is-mdm/steps/one-name", "/council/quests/write-a-quest/steps/quiz",
              "/council/quests/vision-and-goal/publish", "/council/quests/what-is-mdm/stops",
              "/council/quests/what-is-mdm/texts/de", "/council/quests/write-a-quest/walk/quiz",
              "/council/badges/learner/edit", "/council/badges/learner/history", "/council/badges/learner/retire",
              "/council/contests/poster-for-the-open-evening/flags",
              "/council/staying-in-touch", "/council/mentoring", "/council/locks", "/how-we-stay-in-touch",
              "/council/roles/", "/council/roles/community-coordinator/edit", "/council/roles/community-coordinator/entry",
              "/council/roles/applications", "/council/resources/", "/council/resources/kinds",
              "/reviews/", "/reviews/history", "/quests/what-is-mdm?lang=de",
              "/council/reports", "/council/reports/history", "/council/unseen", "/me/record", "/me/months",
              "/council/badges/flagged", "/council/badges/silent", "/council/badges/learner/explain/noor",
              "/council/contests/", "/council/contests/new", "/council/contests/new?from=jury",
              "/council/contests/before-and-after/", "/council/contests/before-and-after/edit",
              "/council/contests/before-and-after/call-off", "/contests/before-and-after/jury",
              "/council/inlets", "/council/feeds", "/council/tags/",
              "/council/tags/dark-funnel", "/council/kinds/", "/council/kinds/talk",
              "/council/dashboards/", "/council/dashboards/active/", "/council/dashboards/active/?area=everything",
              "/council/dashboards/people/", "/council/dashboards/journey/", "/council/dashboards/deeds/",
              "/council/dashboards/learning/", "/council/dashboards/campaigns/", "/council/dashboards/areas/going-public/edit"],
}  # fmt: skip

AWARDS = {"guest": "bram", "amina": "amina", "noor": "mirembe"}
"""Whose award each of these looks at: somebody else's, their own, and one about which they could say something."""
VOTES = ("draw-what-mdm-means", "in-a-hundred-words", "person-of-the-month")
"""One of each way to fill in a ballot."""


def main() -> None:
    program = os.environ.get("CHROMIUM") or chromium.installed()
    OUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="shots-") as folder,
        running(Path(folder)) as site,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=str(program))
        for who, addresses in WALKS.items():
            for width, height in SIZES:
                for scheme in SCHEMES:
                    _walk(browser, site, who, addresses, (width, height), scheme)
        browser.close()
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}/", file=sys.stderr)


def _walk(browser: Browser, site: str, who: str, addresses: list[str], size: tuple[int, int], scheme: str) -> None:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, base_url=site)  # type: ignore[arg-type]
    page = context.new_page()
    if who != "guest":
        page.goto("/login")
        page.locator(f'button[value="{who}"]').click()
        page.wait_for_url("**/")
    if who == "teo":
        _open_ballots(page)
    if who in AWARDS:
        _show_award(page, AWARDS[who], f"{who}-award-{width}-{scheme}.png")
    if who == "amina":
        _print(page, f"{who}-award-printed-{width}-{scheme}.png")
        _bring(page, f"{who}@hall.example", f"{who}-brought-{width}-{scheme}.png")
    if who == "guest":
        _check(page, f"{who}-verify-answer-{width}-{scheme}.png")
    if who == "noor":
        _meet_program(page, f"{who}-consent-{width}-{scheme}.png")
    for address in addresses:
        page.goto(address)
        _settle(page)
        name = f"{who}{address.rstrip('/').replace('/', '-') or '-home'}-{width}-{scheme}.png"
        page.screenshot(path=OUT / name, full_page=True)
    context.close()


def _show_award(page: Page, handle: str, name: str) -> None:
    """The first pin on somebody's jacket: its address is made anew with each demo. Once it is signed, it has its files."""
    page.goto(f"/members/{handle}")
    page.locator('a[href^="/awards/"]').first.click()
    page.locator("#files .c-button").first.wait_for(timeout=60_000)
    _settle(page)
    page.screenshot(path=OUT / name, full_page=True)


def _print(page: Page, name: str) -> None:
    """The award that was looked at, as its sheet of paper."""
    page.emulate_media(media="print")
    page.screenshot(path=OUT / name, full_page=True)
    page.emulate_media(media="screen")


def _check(page: Page, name: str) -> None:
    """The award that was looked at, by its address."""
    page.get_by_role("link", name="Go to the checker").click()
    page.locator("form[data-drop] button[type=submit]").click()
    page.locator(".p-verify__headline").wait_for(timeout=30_000)
    _settle(page)
    page.screenshot(path=OUT / name, full_page=True)


def _bring(page: Page, address: str, name: str) -> None:
    """One badge from elsewhere stands in the backpack; brought again it stays the same one."""
    page.goto("/me/badges-from-elsewhere")
    file = {"name": "badge.png", "mimeType": "image/png", "buffer": in_a_picture(foreign(address=address))}
    page.locator("#bring input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.locator("#bring button[type=submit]").click()
    page.wait_for_url("**/badges-from-elsewhere/*")
    _settle(page)
    page.screenshot(path=OUT / name, full_page=True)


def _meet_program(page: Page, name: str) -> None:
    """Somebody else's program asks to be let in."""
    said = {"client_name": "Open Wallet", "redirect_uris": ["https://wallet.example/back"], "token_endpoint_auth_method": "none"}
    client_id = page.request.post("/oauth/register", data=said).json()["client_id"]
    page.goto(Program(None, client_id).asking())  # type: ignore[arg-type]  # it only builds the address
    _settle(page)
    page.screenshot(path=OUT / name, full_page=True)


def _open_ballots(page: Page) -> None:
    """A ballot is opened with a button; on the ranking two get a place, so that there is something to look over."""
    for slug in VOTES:
        page.goto(f"/contests/{slug}/vote")
        if page.locator('button[value="begin"]').count():
            page.locator('button[value="begin"]').click()
            page.wait_for_url("**/vote?page=1")
            for _place in range(min(2, page.locator('button[value^="put:"]').count())):
                page.locator('button[value^="put:"]').first.click()
                page.wait_for_load_state()


def _settle(page: Page) -> None:
    """Pictures further down load when they are scrolled to; a picture of the whole page wants all of them."""
    for image in page.locator("img[loading=lazy]").all():
        image.scroll_into_view_if_needed()
    page.locator("html").evaluate("e => e.scrollTo(0, 0)")
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
