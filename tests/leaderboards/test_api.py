"""A board for programs: who opted in, in the one order."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from recognition.extensions import db as database
from recognition.leaderboards.api import BOARD
from recognition.leaderboards.models import Board, GroupStanding, Standing
from tests.activities.test_api import make_token
from tests.factories.identity import make_group, make_member


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


@pytest.mark.usefixtures("board")
def test_groups_are_for_the_tokens_of_members(client: FlaskClient, sign_in: Any) -> None:
    per_head = Board(slug="groups", name="Groups", kinds=[], per_head=True)
    database.session.add(per_head)
    database.session.flush()
    group = make_group("nairobi", name="Nairobi")
    database.session.add(GroupStanding(board_id=per_head.id, group_id=group.id, period="all", people=4, score=10, per_head=2.5))
    eve = make_member("eve")
    read, other = make_token(eve, "members:read"), make_token(eve, "quests:read", "badges:read")
    sign_in(client, eve)
    address = "/api/v1/boards/groups?period=all"
    # No cookie counts for programs.
    assert client.get(address).get_json()["groups"] == []
    assert client.get(address, headers=other).status_code == 403
    line = {"rank": 1, "group": "nairobi", "name": "Nairobi", "people": 4, "per_head": 2.5}
    assert client.get(address, headers=read).get_json()["groups"] == [line]


@pytest.mark.usefixtures("board")
def test_a_short_board_is_as_the_document_says(client: FlaskClient) -> None:
    board = database.session.scalars(sa.select(Board)).one()
    for number in range(4):
        member = make_member(f"late-{number}", on_boards=True)
        database.session.add(Standing(board_id=board.id, period="all", member_id=member.id, score=1, deeds=1,
                                      reached_at=datetime(2026, 11, 2 + number, tzinfo=UTC), listed=True))  # fmt: skip
    database.session.commit()
    answer = client.get("/api/v1/boards/community?period=all&around=ada").get_json()
    assert [line["rank"] for line in answer["top"]] == [1, 2, 3, None, None, None]
    Draft202012Validator(BOARD.answers[200].schema or {}).validate(answer)
