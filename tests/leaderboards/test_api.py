"""A board for programs: who opted in, in the one order."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from recognition.extensions import db as database
from recognition.leaderboards.models import Board, Standing
from tests.factories.identity import make_member


@pytest.fixture
def board(app: Any) -> None:
    board = Board(slug="community", name="Everybody", kinds=[])
    database.session.add(board)
    database.session.flush()
    for handle, score, listed in (("ada", 9, True), ("quiet", 7, False), ("bea", 5, True)):
        member = make_member(handle, on_boards=listed)
        moment = datetime(2026, 11, 1, tzinfo=UTC)
        database.session.add(Standing(board_id=board.id, period="all", member_id=member.id, score=score, deeds=1,
                                      reached_at=moment, listed=listed))  # fmt: skip
    database.session.commit()


@pytest.mark.usefixtures("board")
def test_the_top_and_around_a_member(client: FlaskClient) -> None:
    answer = client.get("/api/v1/boards/community?period=all&around=bea").get_json()
    lines = [
        {"rank": 1, "member": "ada", "name": "Ada", "points": 9},
        {"rank": 2, "member": "bea", "name": "Bea", "points": 5},
    ]
    assert (answer["top"], answer["around"]) == (lines, lines)
    assert "around" not in client.get("/api/v1/boards/community?period=all").get_json()


@pytest.mark.usefixtures("board")
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("period=all&around=quiet", 404),
        ("period=all&around=nobody", 404),
        ("period=week&around=ada", 404),
        ("period=year", 400),
    ],
)
def test_who_is_not_on_it_cannot_be_asked_for(client: FlaskClient, query: str, status: int) -> None:
    assert client.get(f"/api/v1/boards/community?{query}").status_code == status
