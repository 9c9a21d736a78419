"""The page of a board: mine first, others only if they want to be seen."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities import drain
from recognition.identity.models import Member
from recognition.jobs.models import Job
from recognition.leaderboards import jobs, keeping, services
from recognition.leaderboards.models import Board, Standing
from recognition.leaderboards.scoring import Sum
from tests.factories.activities import make_activity
from tests.factories.identity import make_member

SignIn = Callable[[FlaskClient, Any], None]


@pytest.fixture
def board(db: Any) -> Board:
    board = Board(slug="community", name="The whole hall", about="", kinds=[])
    db.session.add(board)
    db.session.commit()
    return board


def member_with(points: int, handle: str, **changes: Any) -> Any:
    member = make_member(handle, **{"on_boards": True, **changes})
    for _turn in range(points // 5):
        make_activity(member.id, kind="talk", occurred_at=clock.utcnow(), fingerprinted=False)
    services.db.session.commit()
    drain.drain()
    return member


def page(client: FlaskClient, period: str = "week") -> str:
    answer = client.get(f"/boards/community?period={period}")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    return text[text.index("<main") : text.index("</main>")]


def test_the_short_address_leads_to_the_common_board(client: FlaskClient) -> None:
    assert client.get("/boards/").headers["Location"] == "/boards/community"


@pytest.mark.parametrize("period", ["week", "month", "all"])
def test_a_stranger_sees_who_opted_in(client: FlaskClient, board: Board, period: str) -> None:
    member_with(10, "seen", name="Seen Name")
    member_with(15, "quiet", name="Hidden Name", on_boards=False)
    text = page(client, period)
    assert "Seen Name" in text
    assert "Hidden Name" not in text
    assert "/members/quiet" not in text
    assert "You and your own past" not in text


def test_mine_comes_first_and_privately(client: FlaskClient, sign_in: SignIn, board: Board) -> None:
    member_with(10, "seen", name="Seen Name")
    me = member_with(15, "quiet", name="Hidden Name", on_boards=False)
    sign_in(client, me)
    text = page(client)
    places = [text.index(words) for words in ("You and your own past", "Around you", "The top ten", "Only you see yourself here")]
    assert places == sorted(places)
    assert "Hidden Name" in text[: text.index("The top ten")]
    assert "Hidden Name" not in text[text.index("The top ten") :]
    assert "(1)" in text


def test_whoever_is_among_the_first_finds_everybody_once(client: FlaskClient, sign_in: SignIn, board: Board) -> None:
    for number in range(12):
        member_with(5 * (number + 1), f"m{number:02}", name=f"Person {number:02}")
    sign_in(client, Member.query.filter_by(handle="m03").one())
    text = page(client)
    assert "Around you" not in text
    assert re.findall(r">(Person \d\d)</a>", text) == [f"Person {number:02}" for number in range(11, -1, -1)]
    assert text.count("c-board-table__mine") == 1
    assert text.index("c-board-table__mine") > text.index(">Person 04<")
    sign_in(client, Member.query.filter_by(handle="m00").one())
    assert "Around you" in page(client)


@pytest.mark.parametrize("change", [{"on_boards": False}, {"state": "suspended"}])
def test_leaving_takes_effect_at_once_and_can_be_undone(client: FlaskClient, board: Board, change: dict[str, Any]) -> None:
    member = member_with(10, "ada", name="Leaving Name")
    before = {name: getattr(member, name) for name in change}
    assert "Leaving Name" in page(client)
    for values, listed in ((change, False), (before, True)):
        for name, value in values.items():
            setattr(member, name, value)
        services.db.session.flush()
        services.relist(member.id)
        services.db.session.commit()
        assert ("Leaving Name" in page(client)) is listed
        assert set(services.db.session.scalars(sa.select(Standing.listed))) == {listed}


def test_a_hidden_name_stays_hidden_on_a_board(client: FlaskClient, board: Board) -> None:
    member_with(10, "ada", name="Hidden Name", visibility={"name": "me"})
    text = page(client)
    assert "Hidden Name" not in text
    assert "@ada" in text


def test_empty_boards_invite(client: FlaskClient, sign_in: SignIn, board: Board) -> None:
    assert "Nobody is on this board yet" in page(client)
    sign_in(client, make_member("ada"))
    assert "One deed, told in one line" in page(client)


@pytest.mark.parametrize("address", ["/boards/nowhere", "/boards/community?period=year"])
def test_what_is_not_there(client: FlaskClient, board: Board, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_board_asks_as_often_for_three_as_for_one(
    client: FlaskClient, sign_in: SignIn, board: Board, count_queries: Any, signed_in: bool
) -> None:
    me = member_with(10, "me")
    if signed_in:
        sign_in(client, me)
    numbers = []
    for handle in ("one", "two three four"):
        for one in handle.split():
            member_with(5, one)
        services.db.session.expire_all()
        with count_queries() as seen:
            page(client)
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 12


def test_a_changed_wish_is_followed_once_more_a_little_later(db: Any, board: Board) -> None:
    member = member_with(10, "ada")
    member.on_boards = False
    services.relist(member.id)
    job = db.session.scalars(sa.select(Job).where(Job.name == "leaderboards.follow_wish")).one()
    assert (job.args, job.run_after > clock.utcnow()) == ({"member_id": member.id}, True)
    # A drain that had read the old wish writes its row after the change.
    db.session.execute(sa.update(Standing).values(listed=True))
    jobs.follow_wish(**job.args)
    assert set(db.session.scalars(sa.select(Standing.listed))) == {False}


def test_the_switch_is_on_the_page(client: FlaskClient, sign_in: SignIn, board: Board) -> None:
    me = member_with(10, "me", name="My Name", on_boards=False)
    address = "/boards/community/listed"
    sign_in(client, me)
    assert client.post(address, data={"on": "yes"}).status_code == 400
    for on, words, listed in (("yes", "Take me off all boards", True), ("no", "Put me on the boards", False)):
        token = re.search(r'name="csrf_token" value="([^"]+)"', page(client))
        assert token
        answer = client.post(address, data={"on": on, "csrf_token": token[1]})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/boards/community")
        assert words in page(client)
        assert set(services.db.session.scalars(sa.select(Standing.listed))) == {listed}


@pytest.mark.parametrize(
    ("period", "words"),
    [("2026-W40", "Week 40 of 2026"), ("2026-09", "September 2026"), ("2026-S3", "July to September 2026")],
)
def test_a_period_that_is_over_has_a_name(client: FlaskClient, board: Board, period: str, words: str) -> None:
    moment = datetime(2026, 9, 30, 12, tzinfo=UTC)
    member = member_with(0, "ada", name="Seen Name")
    make_activity(member.id, kind="talk", occurred_at=moment)
    services.db.session.commit()
    drain.drain()
    with clock.as_of(moment + timedelta(days=100)):
        text = page(client, period)
    assert "Seen Name" in text
    assert words in text


@pytest.mark.parametrize("period", ["2026-W54", "2026-13", "2026-S5", "0000-01", "9999-W01", "weekly", "2026-W4x", ""])
def test_no_such_period(client: FlaskClient, board: Board, period: str) -> None:
    assert client.get(f"/boards/community?period={period}").status_code == 404
    assert client.get(f"/api/v1/boards/community?period={period}").status_code == 400


def test_further_down_by_key_with_as_many_questions(client: FlaskClient, board: Board, count_queries: Any) -> None:
    people = [make_member(f"m{n:03}", on_boards=True).id for n in range(90)]
    moment = datetime(2026, 9, 30, 12, tzinfo=UTC)
    keeping.add({(board.id, member, "all"): Sum(200 - n, 1, moment) for n, member in enumerate(people)})
    services.db.session.commit()
    text, seen_people, numbers = page(client, "all"), 10, []
    while found := re.search(r'href="(/boards/community\?period=all&amp;after=[^"]+)"', text):
        with count_queries() as seen:
            text = client.get(found[1].replace("&amp;", "&")).get_data(as_text=True)
        numbers.append(len(seen))
        seen_people += text.count('scope="row"')
    assert seen_people == 10 + 24 + 11
    assert "m089" not in text
    assert len(set(numbers)) == 1
    assert numbers[0] <= 12
    assert client.get("/boards/community?period=all&after=nonsense").status_code == 400


@pytest.mark.parametrize(
    "rules",
    [
        {"measure": "people"},
        {"measure": "variety", "families": ["caring"]},
        {"weights": {"talk": 3}, "per_day": 2, "once_per_object": True, "kinds": ["talk"]},
    ],
)
def test_a_board_says_what_counts(client: FlaskClient, board: Board, rules: dict[str, Any]) -> None:
    for name, value in rules.items():
        setattr(board, name, value)
    services.db.session.commit()
    text = page(client)
    said = {
        "measure": "Each person counts once" if rules.get("measure") == "people" else "Each kind of deed counts once",
        "families": "Of these families: Caring.", "weights": "talk 3", "per_day": "Up to 2 deeds of a kind",
        "once_per_object": "The same thing counts once", "kinds": "Of these kinds: talk.",
    }  # fmt: skip
    assert all(said[name] in text for name in rules)
