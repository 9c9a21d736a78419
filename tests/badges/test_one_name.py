"""The house has one name: what its pages, pictures and links say of who gives a badge is what the badge says."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from recognition.badges.models import Award
from recognition.badges.sharing import card_of, embed, linkedin
from tests.factories.credentials import document, issued
from tests.identity.pages import words

NAME = "The Common House"


@pytest.fixture
def award(app: Flask, db: Any) -> Iterator[Award]:
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, site_name=NAME)
    yield issued("ada")
    app.extensions["settings"] = before


def test_badge_pages_and_links_name_the_same_house(app: Flask, client: FlaskClient, award: Award) -> None:
    assert document(award)["issuer"]["name"] == NAME
    page = client.get(f"/awards/{award.key}").text
    assert f"Good: signed by {NAME}, and nobody took it back." in words(page)
    assert f'<meta property="og:site_name" content="{NAME}">' in page
    assert f"At {NAME}, as of" in words(client.get("/members/ada/transcript").text)
    with app.test_request_context():
        assert parse_qs(urlsplit(linkedin(award)).query)["organizationName"] == [NAME]
        assert f'alt="{award.badge.name}, a badge of {NAME}"' in embed(award)
        assert card_of(award, "Ada").house == f"{NAME} · localhost"
