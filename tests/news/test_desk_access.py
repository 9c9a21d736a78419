"""Who may come to the desk, and what its pages cost."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from recognition.extensions import db as database
from recognition.news.reach import few
from tests.factories.identity import make_member
from tests.factories.news import make_channel, make_out


@pytest.fixture
def council(client: FlaskClient, sign_in: Any) -> FlaskClient:
    sign_in(client, make_member("amina", roles=("council",)))
    database.session.commit()
    return client


@pytest.mark.parametrize("path", ["", "new", "x/", "x/send", "x/edit", "x/correct", "x/withdraw", "x/delete", "x/mail"])
def test_only_the_council(app: Flask, client: FlaskClient, sign_in: Any, path: str) -> None:
    sign_in(client, make_member("noor"))
    database.session.commit()
    assert client.get(f"/council/news/{path}").status_code == 403
    assert app.test_client().get(f"/council/news/{path}").status_code in (302, 303, 401, 403)


def test_pages_cost_the_same_with_one_and_with_many(council: FlaskClient, count_queries: Any) -> None:
    make_channel("chat", "chat", "https://chat.example/hook", covers="Everything")
    make_out(channels=("chat",))
    counts = []
    for more in (0, 3):
        for number in range(more):
            make_out(f"Another {number}", channels=("chat",))
        database.session.commit()
        for path in (
            "/council/news/",
            "/council/news/a-morning-for-the-garden/",
            "/council/channels",
            "/news/",
            "/council/news/new",
        ):
            with count_queries() as count:
                assert council.get(path).status_code == 200
            counts.append(len(count))
    assert counts[:5] == counts[5:]
    assert max(counts) <= 12


@pytest.mark.parametrize(
    ("number", "of", "told"),
    [(0, 0, ""), (0, 3, ""), (3, 3, ""), (0, 9, ""), (4, 9, ""), (5, 9, "nearly all, perhaps all"), (5, 10, "about 5"),
     (9, 9, "nearly all, perhaps all"), (12, 17, "about 10"), (13, 18, "about 15"), (3, None, ""), (13, None, "about 15")],
)  # fmt: skip
def test_what_would_tell_of_few_is_no_number(db: Any, number: int, of: int | None, told: str) -> None:
    """Nobody of nine opened it: that would be a word about each of them."""
    assert few(number, of) == (told or "fewer than five, perhaps nobody")
