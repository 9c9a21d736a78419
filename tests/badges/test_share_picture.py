"""The picture that other sites show beside a link to an award."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st
from PIL import Image

from recognition import clock
from recognition.badges import pictures
from recognition.badges.artwork import share
from recognition.badges.artwork.design import PinDesign
from recognition.badges.artwork.lines import SANS, SLAB, Face
from recognition.badges.artwork.share import Card
from recognition.badges.models import Award
from recognition.extensions import db as database
from tests.badges.test_awards import given
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

FONTS = Path(__file__).parents[2] / "static" / "vendor" / "fonts"
PIN = PinDesign("helping", "star", "HELPS")


def card(**changes: Any) -> Card:
    values = {"design": PIN, "badge": "Helping hand", "who": "Ada", "note": "", "summary": "You helped.",
              "house": "Recognition · localhost", "counts": True, **changes}  # fmt: skip
    return Card(**values)


def look(made: bytes) -> Image.Image:
    return Image.open(BytesIO(made))


def test_it_is_as_large_as_others_ask_for_and_in_a_common_format() -> None:
    made = look(share.draw(card(), FONTS))
    assert (made.format, made.size, made.mode) == ("PNG", (1200, 630), "RGB")


def test_words_that_our_letters_cannot_write_are_left_out() -> None:
    written, left_out = Face(FONTS, SLAB, 40), Face(FONTS, SANS, 30)
    assert [written.can_write(text) for text in ("Łódź & Århus", "naïve…", "مساعدة", "助ける")] == [True, True, False, False]
    assert left_out.can_write("Ж") is False
    bare = share.draw(card(badge="مساعدة", who="", summary="助ける"), FONTS)
    assert bare == share.draw(card(badge="助ける", who="", summary="مساعدة"), FONTS)
    assert bare != share.draw(card(badge="Help", who="", summary=""), FONTS)


def test_without_the_fonts_a_plain_face_stands_in(tmp_path: Path) -> None:
    assert look(share.draw(card(), tmp_path)).size == (1200, 630)


@settings(max_examples=25, deadline=None)
@each(st.text(min_size=1, max_size=80), st.integers(1, 4))
def test_lines_fit_whatever_the_words(text: str, most: int) -> None:
    face = Face(FONTS, SANS, 30)
    lines = face.wrapped(text, 400, most)
    assert len(lines) <= most
    assert all(face.width(line) <= 400 for line in lines)


def test_a_taken_back_one_is_grey() -> None:
    pixels = look(share.draw(card(counts=False), FONTS)).crop((100, 100, 500, 500)).getcolors(400 * 400) or []
    assert max(max(colour) - min(colour) for _count, colour in pixels) < 30  # type: ignore[arg-type, type-var]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Card]:
    """Every card that is asked for; it is drawn all the same."""
    seen: list[Card] = []
    draw = pictures.card
    monkeypatch.setattr(pictures, "card", lambda what: seen.append(what) or draw(what))  # type: ignore[func-returns-value]
    return seen


@pytest.mark.parametrize(("visibility", "who"), [("public", "Ada"), ("members", ""), ("me", "")])
def test_the_name_stands_on_it_only_where_everybody_may_read_it(
    app: Flask, client: FlaskClient, sign_in: Any, drawn: list[Card], visibility: str, who: str
) -> None:
    ada = make_member("ada", visibility={"name": visibility})
    award = given(app, make_badge("kind", {}), ada)
    client.get(f"/awards/{award.key}/share.png")
    sign_in(client, ada)
    client.get(f"/awards/{award.key}/share.png")
    assert [one.who for one in drawn] == [who, who]


def cards_kept(app: Flask) -> dict[str, Path]:
    """By name; the day is the folder's."""
    return {one.name: one for one in (app.extensions["settings"].state_dir / "pictures" / "cards").glob("*/*.png")}


def test_what_was_drawn_on_another_day_is_kept_no_longer(app: Flask) -> None:
    """A name stands on it, and there are as many as awards."""
    one, other, early = card(who="One"), card(who="Other"), datetime(2026, 11, 20, 23, 59, tzinfo=UTC)
    names = [f"{pictures.card_version(what)}.png" for what in (one, other)]
    with clock.as_of(early):
        first = pictures.card(one)
        assert names[0] in cards_kept(app)
    with clock.as_of(early + timedelta(minutes=2)):
        pictures.card(other)
        assert set(cards_kept(app)) == {names[1]}
        assert pictures.card(one) == first
        assert set(cards_kept(app)) == set(names)


def test_it_is_drawn_once_and_changes_with_what_it_says(app: Flask, client: FlaskClient) -> None:
    award: Award = given(app, make_badge("kind", {}), make_member("ada"))
    path = f"/awards/{award.key}/share.png"
    first = client.get(path)
    assert (first.status_code, first.mimetype, first.headers["Cache-Control"]) == (200, "image/png", "public, max-age=300")
    assert first.data in [one.read_bytes() for one in cards_kept(app).values()]
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    award.badge.name = "Another name"
    database.session.commit()
    second = client.get(path)
    assert (second.headers["ETag"] != first.headers["ETag"], second.data != first.data) == (True, True)


def test_the_page_names_it_for_other_sites(app: Flask, client: FlaskClient) -> None:
    award = given(app, make_badge("kind", {}), make_member("ada"))
    page = client.get(f"/awards/{award.key}").text
    assert f'<meta property="og:image" content="http://localhost/awards/{award.key}/share.png">' in page
    assert '<meta property="og:image:width" content="1200">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page
