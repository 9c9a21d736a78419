"""The product is gone, a plain file server answers at its address: badges still verify, or fail as they should."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from PIL import Image

from recognition.openbadges.checking.checker import check
from tests.archive.conftest import Served
from tests.openbadges import second_opinion
from tests.openbadges.house import ADDRESS, BASE, House
from tests.servers.browser import axe
from tests.servers.verifier import Verifier

GOOD = ["first level", "third level", "placed", "aged", "of a group", "endorsed"]
FORMS = ["JSON", "JWT", "PNG", "SVG", "OB 2.0", "OB 2.0 in a PNG", "OB 2.0 in an SVG"]


def form_of(served: Served, key: str, form: str) -> bytes:
    awards = served.root / "awards" / key
    credential = served.root / "ob" / "3" / "credentials" / key
    if form == "OB 2.0":
        return f"{BASE}/ob/2/assertions/{key}".encode()
    if form.startswith("OB 2.0"):
        return second_opinion.baked_v2((awards / f"badge.{form[-3:].lower()}").read_bytes()).encode()
    return {
        "JSON": credential,
        "JWT": credential.with_name(f"{key}.jwt"),
        "PNG": awards / "badge.png",
        "SVG": awards / "badge.svg",
    }[form].read_bytes()


def standing(served: Served, content: bytes, address: str | None = ADDRESS) -> str:
    return check(content, served.fetch, datetime.now(UTC), address).standing


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("word", GOOD)
def test_every_form_of_every_badge_is_good(served: Served, badge_house: House, word: str, form: str) -> None:
    assert standing(served, form_of(served, badge_house.awards[word], form)) == "good"


@pytest.mark.parametrize("form", FORMS)
def test_what_was_taken_back_is_known(served: Served, badge_house: House, form: str) -> None:
    assert standing(served, form_of(served, badge_house.awards["taken back"], form)) == "revoked"


@pytest.mark.parametrize("form", FORMS)
def test_what_is_over_is_over(served: Served, badge_house: House, form: str) -> None:
    assert standing(served, form_of(served, badge_house.awards["old"], form)) == "expired"


@pytest.mark.parametrize("form", ["JSON", "JWT"])
def test_a_changed_word_is_noticed(served: Served, badge_house: House, form: str) -> None:
    content = form_of(served, badge_house.awards["endorsed"], form)
    changed = content.replace(b"endorsed", b"enforced", 1) if form == "JSON" else content[:400] + b"A" + content[401:]
    assert changed != content
    assert standing(served, changed) == "false"


@pytest.mark.parametrize("word", GOOD)
def test_an_independent_verifier_agrees(served: Served, badge_house: House, verifier: Verifier, word: str) -> None:
    key = badge_house.awards[word]
    assert verifier.credential(json.loads(form_of(served, key, "JSON")), served.load).good
    assert verifier.jwt(form_of(served, key, "JWT").decode(), served.load).good


def test_an_independent_verifier_knows_what_was_taken_back(served: Served, badge_house: House, verifier: Verifier) -> None:
    key = badge_house.awards["taken back"]
    found = verifier.credential(json.loads(form_of(served, key, "JSON")), served.load)
    assert (found.good, found.revoked) == (False, True)
    assert verifier.jwt(form_of(served, key, "JWT").decode(), served.load).revoked


def files(root: Path, *folders: str) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file():
                yield path.relative_to(root).as_posix(), path.read_bytes()


def test_each_file_says_what_the_address_said(served: Served, badge_house: House) -> None:
    """Byte for byte; what was taken back and is told by 410 there is told by the body here."""
    seen = {}
    for path, content in files(served.root, "ob", ".well-known", "awards"):
        if path.endswith(".html"):
            continue
        status, body = badge_house.load(f"{BASE}/{path}")
        assert body == content, path
        assert (served.root / path).read_bytes() == served.fetch(f"{BASE}/{path}").body
        seen[path] = status
    taken = f"ob/2/assertions/{badge_house.awards['taken back']}"
    assert {path for path, status in seen.items() if status != 200} == {taken}
    assert seen[taken] == 410
    assert json.loads((served.root / taken).read_bytes())["revoked"] is True
    assert {path.partition("/")[0] for path in seen} == {"ob", ".well-known", "awards"}


ELSEWHERE = ("/activities/", "/groups/", "/campaigns/")
"""Pages that documents name and that the archive has not: no badge needs them."""


def addresses(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for value in told.values():
            yield from addresses(value)
    elif isinstance(told, list):
        for value in told:
            yield from addresses(value)
    elif isinstance(told, str) and told.startswith(f"{BASE}/"):
        yield told.partition("#")[0]


def test_whatever_a_document_names_is_there(served: Served) -> None:
    named = set()
    for _path, content in files(served.root, "ob", ".well-known"):
        if content.startswith(b"{"):
            named |= {url for url in addresses(json.loads(content)) if not url.removeprefix(BASE).startswith(ELSEWHERE)}
    assert len(named) > 40
    assert {url: served.fetch(url).status for url in named} == dict.fromkeys(named, 200)


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attributes if name in ("href", "src")]


def test_every_link_of_every_page_leads_to_a_file(served: Served) -> None:
    """Relative, so that the pages can be read from a disk as well; and nothing runs in them."""
    pages = [path for path, _content in files(served.root, ".") if path.endswith(".html")]
    assert len(pages) == 1 + 8 + 9
    for page in pages:
        links = Links()
        links.feed((served.root / page).read_text())
        assert not {"script", "iframe", "form"} & links.tags
        for link in links.found:
            path = link.partition("#")[0] or Path(page).name
            assert not path.startswith(("/", "http")), link
            assert (served.root / page).parent.joinpath(path).resolve().is_file(), (page, link)
            assert served.fetch(urljoin(f"{BASE}/{page}", path)).status == 200


def test_pages_tell_what_is_known(served: Served, badge_house: House) -> None:
    def page(word: str) -> str:
        return (served.root / "awards" / badge_house.awards[word] / "index.html").read_text()

    assert "For soup &amp; “patience”." in page("endorsed")
    assert "She stayed until everybody had understood." in page("endorsed")
    assert "It was meant for Ben." in page("taken back")
    assert "not taken back when this was written" in page("endorsed")
    assert "not taken back when" not in page("taken back")
    assert "its time was over on 2 Mar 2024" in page("old")
    assert "Level 3" in page("third level")
    assert "8 badges that people wear in public" in (served.root / "index.html").read_text()
    assert ADDRESS.lower() not in "".join(page(word) for word in badge_house.awards).lower()


def test_pictures_are_pictures(served: Served, badge_house: House) -> None:
    with Image.open(served.root / "awards" / badge_house.awards["placed"] / "badge.png") as picture:
        assert picture.size == (512, 512)
        picture.load()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_read_well(served: Served, badge_house: House, page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in (
        "",
        "badges/talker/",
        f"awards/{badge_house.awards['endorsed']}/",
        f"awards/{badge_house.awards['taken back']}/",
    ):
        page.goto(f"{served.address}/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.fonts.check('600 20px \"Zilla Slab\"')")
