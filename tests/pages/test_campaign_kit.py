"""What goes along to others: the picture, the tags beside a link, words to copy, and the figure that moves by itself."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from recognition.badges.artwork.bill import Bill, draw
from recognition.badges.artwork.colours import ENAMELS
from recognition.campaigns.models import Campaign
from recognition.extensions import db as database
from tests.campaigns.test_pages import running
from tests.campaigns.test_texts import translate
from tests.factories.identity import make_member

FONTS = Path(__file__).parents[2] / "static" / "vendor" / "fonts"
TEXTS = {"tagline": "We tidy up.", "goal_sentence": "All of us.", "body": "The *story*."}
HTMX = {"HX-Request": "true"}


def bill(**changes: str) -> Bill:
    return Bill(**({"family": "making", "dates": "1 – 2 May", "title": "Spring", "line": "", "note": "", "house": "R"} | changes))


def test_a_bill_is_as_large_as_others_ask_for_in_its_familys_colour() -> None:
    pixels = {}
    for family, tones in ENAMELS.items():
        made = Image.open(BytesIO(draw(bill(family=family), FONTS)))
        assert (made.format, made.size, made.mode) == ("PNG", (1200, 630), "RGB")
        pixels[family] = made.getpixel((1080, 250))
        assert pixels[family] == tones.main[:3]
    assert len(set(pixels.values())) == len(ENAMELS)


def test_what_our_letters_cannot_write_is_left_out() -> None:
    assert draw(bill(title="مساعدة"), FONTS) == draw(bill(title="助ける", line="助ける"), FONTS)


def test_the_note_gives_way_where_the_others_need_the_room() -> None:
    note = {"note": "All of us, in every garden, from the first warm day to the last."}
    assert draw(bill(**note), FONTS) != draw(bill(), FONTS)
    full = {"title": "Spring comes to each and every one of our gardens", "line": "We tidy up, all of us together. " * 4}
    assert draw(bill(**full, **note), FONTS) == draw(bill(**full), FONTS)


def test_the_picture_is_kept_and_changes_with_its_words(client: Any, app: Any) -> None:
    campaign = running(**TEXTS)
    translate(campaign)
    first = client.get("/campaigns/spring/share.png")
    assert (first.mimetype, first.headers["Cache-Control"]) == ("image/png", "public, max-age=300")
    in_german = client.get("/campaigns/spring/share.png", headers={"Accept-Language": "de"})
    assert in_german.headers["ETag"] != first.headers["ETag"]
    assert {"Accept-Language", "Cookie"} <= set(in_german.vary)
    again = client.get("/campaigns/spring/share.png", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/campaigns/spring/share.png?lang=de").headers["ETag"] != first.headers["ETag"]
    database.session.get_one(Campaign, campaign.id).reached_count += 1
    database.session.commit()
    assert client.get("/campaigns/spring/share.png").headers["ETag"] == first.headers["ETag"]


def test_a_link_tells_what_it_leads_to(client: Any, app: Any) -> None:
    translate(running(**TEXTS))
    told = dict(re.findall(r'<meta property="og:([^"]+)" content="([^"]*)">', client.get("/campaigns/spring?lang=de").text))
    assert (told["title"], told["description"]) == ("Frühling", "Wir räumen auf.")
    assert told["url"] == "http://localhost/campaigns/spring?lang=de"
    assert told["image"] == "http://localhost/campaigns/spring/share.png?lang=de"
    assert 'content="http://localhost/campaigns/spring/share.png">' in client.get("/campaigns/spring").text


def test_the_kit_has_words_for_each_language_that_is_ready(client: Any, app: Any, count_queries: Any) -> None:
    campaign = running(**TEXTS)
    translate(campaign, "fr", "draft", title="Printemps")
    with count_queries() as one:
        client.get("/campaigns/spring/kit", headers=HTMX)
    translate(campaign)
    with count_queries() as two:
        page = client.get("/campaigns/spring/kit", headers=HTMX).text
    assert len(one) == len(two) <= 3
    assert re.findall(r'<h2 id="kit-(\w+)" lang="\w+">', page) == ["en", "de"]
    assert "Frühling\n\nWir räumen auf.\n\n" in page
    assert "Printemps" not in page


def test_drafts_tell_nobody_but_the_council(client: Any, app: Any, sign_in: Any) -> None:
    running(state="draft")
    pages = ["/campaigns/spring/kit", "/campaigns/spring/share.png", "/campaigns/spring/way"]
    assert [client.get(page, headers=HTMX).status_code for page in pages] == [404, 404, 404]
    sign_in(client, make_member("council", roles=("council",)))
    assert client.get(pages[1]).headers["Cache-Control"] == "private, no-store"
    assert "This is a draft." in client.get(pages[0]).text
    assert "og:image" not in client.get("/campaigns/spring").text


def way(client: Any, mark: str = "") -> Any:
    return client.get("/campaigns/spring/way?lang=en", headers=HTMX | ({"If-None-Match": f'"{mark}"'} if mark else {}))


def mark_of(page: str) -> str:
    return re.findall(r"""hx-headers='{"If-None-Match": "\\"(\w+)\\""}'""", page)[0]


def test_the_figure_moves_by_itself_only_where_it_changed(client: Any, app: Any, count_queries: Any) -> None:
    campaign = running(reached_count=1)
    page = client.get("/campaigns/spring").text
    assert re.findall(r'hx-get="([^"]+)" hx-trigger="([^"]+)"', page) == [("/campaigns/spring/way?lang=en", "every 30s")]
    with count_queries() as seen:
        same = way(client, mark_of(page))
    assert (same.status_code, same.data, len(seen)) == (304, b"", 1)
    database.session.get_one(Campaign, campaign.id).reached_count = 2
    database.session.commit()
    moved = way(client, mark_of(page))
    assert (moved.status_code, "2 of 3 people are there." in moved.text) == (200, True)
    assert moved.headers["ETag"].strip('W/"') == mark_of(moved.text) != mark_of(page)


@pytest.mark.parametrize("state", ["ended", "paused"])
def test_it_stops_where_nothing_is_counted(client: Any, app: Any, state: str) -> None:
    campaign = running()
    mark = mark_of(client.get("/campaigns/spring").text)
    database.session.get_one(Campaign, campaign.id).state = state
    database.session.commit()
    last = way(client, mark)
    assert (last.status_code, "hx-get" in last.text, "0 of 3 people are there." in last.text) == (200, False, True)
    assert 'hx-trigger="every' not in client.get("/campaigns/spring").text


def test_a_page_about_a_fault_never_takes_the_place_of_the_figure(client: Any, app: Any) -> None:
    """What htmx gets with one of these it would put there, and ask no more."""
    campaign = running()
    live = client.get("/campaigns/spring").text.partition('id="way"')[2].partition(">")[0]
    assert ('hx-status:4xx="swap:none"' in live, 'hx-status:5xx="swap:none"' in live) == (True, True)
    database.session.get_one(Campaign, campaign.id).goal_criteria = None
    database.session.commit()
    gone = way(client)
    assert (gone.status_code, gone.data, gone.headers.get("HX-Redirect")) == (200, b"", "/campaigns/spring")


def test_without_script_the_page_itself_shows_it(client: Any, app: Any) -> None:
    running()
    assert client.get("/campaigns/spring/way").location == "/campaigns/spring"
