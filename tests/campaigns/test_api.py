"""Campaigns for programs: drafts are not there, whoever asks."""

from typing import Any

from flask.testing import FlaskClient

from recognition.extensions import db as database
from tests.factories.campaigns import make_campaign


def test_what_is_published_and_in_pages(client: FlaskClient, app: Any) -> None:
    for number in range(25):
        make_campaign(f"c{number:02}", tagline="Come along", target_count=7)
    make_campaign("secret", state="draft", title="SECRET")
    database.session.commit()
    first = client.get("/api/v1/campaigns")
    second = client.get(first.get_json()["next"]).get_json()
    slugs = [one["slug"] for one in [*first.get_json()["items"], *second["items"]]]
    assert slugs == [f"c{number:02}" for number in reversed(range(25))]
    assert (second["next"], second["next_cursor"], "SECRET" in first.text) == (None, None, False)
    one = client.get("/api/v1/campaigns/c07").get_json()
    assert (one["title"], one["tagline"], one["target_count"], one["target_share"]) == ("C07", "Come along", 7, None)
    assert (one["url"], one["quests"], one["badges"], one["reached"]) == ("http://localhost/campaigns/c07", [], [], 0)
    assert (one["short_notice"], one["groups"]) == (False, [])
    assert client.get("/api/v1/campaigns/secret").status_code == 404
