"""A score opened: which deeds stand behind it for whom, what each pays, and why another one does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities import changes
from recognition.activities.drain import drain
from recognition.activities.models import Activity
from recognition.database import is_postgresql
from recognition.leaderboards import rebuild, scores
from recognition.leaderboards.models import Board, Standing
from recognition.leaderboards.scoring import Why
from recognition.leaderboards.truth import scorings
from recognition.web.pagination import PAGE_SIZE
from tests.factories.activities import OCCURRED, REPORTED, make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.leaderboards.test_scoring import RULES, make_boards


def tell(member: Any, **changes: Any) -> int:
    return make_activity(member.id, **{"kind": "talk", "fingerprinted": False, **changes}).id


def opened(db: Any, board: Board, owner: Any, viewer: Any = None, period: str = "all") -> list[tuple[str, int, Why]]:
    found = scores.opened(scorings([board])[0], period, owner, viewer)
    assert found is not None
    return [(row.text, row.pay, row.why) for row in found.rows.items]


def test_each_reason_is_told(db: Any) -> None:
    boards = make_boards(
        db, capped={"per_day": 2}, once={"once_per_object": True}, variety={"measure": "variety"}, firsts={"measure": "firsts"}
    )
    ada = make_member("ada", on_boards=True)
    tell(ada, text="one", object="bug:1")
    tell(ada, text="two", object="bug:1", visibility="me")
    tell(ada, text="three", object="bug:1")
    tell(ada, text="four", object="bug:2")
    tell(ada, text="five", kind="help", fingerprinted=True)
    tell(ada, text="five", kind="help", fingerprinted=True)
    gone = tell(ada, text="gone")
    tell(ada, text="later", occurred_at=OCCURRED + timedelta(days=10))
    db.session.commit()
    drain()
    changes.withdraw([gone], ada.id, "", REPORTED)
    db.session.commit()
    rows = ["later", "five", "five", "four", "three", "two", "one"]
    reasons = {
        "capped": [Why.PAYS, Why.REPEAT, Why.PAYS, Why.BEYOND_DAY, Why.PAYS, Why.PRIVATE, Why.PAYS],
        "once": [Why.PAYS, Why.REPEAT, Why.PAYS, Why.PAYS, Why.SAME_OBJECT, Why.PRIVATE, Why.PAYS],
        "variety": [Why.KNOWN, Why.REPEAT, Why.PAYS, Why.KNOWN, Why.KNOWN, Why.PRIVATE, Why.PAYS],
        "firsts": [Why.KNOWN, Why.REPEAT, Why.PAYS, Why.KNOWN, Why.KNOWN, Why.PRIVATE, Why.PAYS],
    }
    for slug, expected in reasons.items():
        found = opened(db, boards[slug], ada, ada)
        assert [text for text, _pay, _why in found] == rows
        assert [why for _text, _pay, why in found] == expected
    # In its own week the later one is the first of its kind, on the board of variety alone.
    assert opened(db, boards["variety"], ada, ada, "2026-W46") == [("later", 1, Why.PAYS)]
    assert opened(db, boards["firsts"], ada, ada, "2026-W46") == [("later", 0, Why.KNOWN)]


@pytest.mark.parametrize("slug", RULES)
def test_what_the_rows_pay_is_the_score(db: Any, slug: str) -> None:
    from random import Random

    from tests.leaderboards.test_scoring import a_log
    from tests.leaderboards.test_scoring import tell as tell_log

    board = make_boards(db)[slug]
    ada, bea = (make_member(name, on_boards=True) for name in ("ada", "bea"))
    tell_log(a_log(Random(2), [ada.id, bea.id], 120))
    drain()
    scoring = scorings([board])[0]
    standings = db.session.scalars(sa.select(Standing).where(Standing.board_id == board.id)).all()
    assert len(standings) > 10
    for standing in standings:
        owner = ada if standing.member_id == ada.id else bea
        pays, cursor = 0, None
        while True:
            found = scores.opened(scoring, standing.period, owner, owner, cursor, size=7)
            assert found is not None
            pays += sum(row.pay for row in found.rows.items)
            cursor = found.rows.next_cursor
            if cursor is None:
                break
        assert (pays, found.score) == (standing.score, standing.score)


@pytest.fixture
def three(db: Any) -> tuple[Any, Any]:
    """Ada with a deed for everybody, one for members and one for herself; and somebody who reads."""
    make_boards(db, community={})
    ada, reader = make_member("ada", on_boards=True), make_member("reader")
    for visibility in ("public", "members", "me"):
        tell(ada, text=f"Deed for {visibility}!", visibility=visibility)
    db.session.commit()
    drain()
    return ada, reader


def read(client: FlaskClient, handle: str = "ada") -> str:
    return client.get(f"/boards/community/scores/{handle}?period=all").get_data(as_text=True)


def test_everybody_sees_the_deeds_that_are_theirs_to_see(client: FlaskClient, sign_in: Any, three: Any) -> None:
    ada, reader = three
    texts = [f"Deed for {visibility}!" for visibility in ("public", "members", "me")]
    for who, seen, told in ((None, 1, False), (reader, 2, False), (ada, 3, True)):
        if who:
            sign_in(client, who)
        page = read(client)
        assert [text in page for text in texts] == [n < seen for n in range(3)]
        assert ("that only you see counts on no board" in page) is told
        assert "10 points" in page


def test_an_award_shows_on_no_board(client: FlaskClient, sign_in: Any, db: Any) -> None:
    """Not even on one that was made to count them: its holder has not answered yet."""
    weights = {"badge.awarded": 7}
    make_boards(db, badged={"kinds": ["badge.awarded"], "measure": "deeds"}, weighed={"weights": weights}, points={})
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})
    ada, reader = make_member("ada", wears_at_once=False, on_boards=True), make_member("reader")
    tell(ada)
    db.session.commit()
    drain()
    # A catalogue may have given the kind points.
    db.session.execute(sa.update(Activity).where(Activity.kind == "badge.awarded").values(points=3, considered_at=None))
    db.session.commit()
    drain()
    scores = sa.select(Board.slug, Standing.score).join(Standing, Standing.board_id == Board.id).where(Standing.period == "all")
    assert {row.slug: row.score for row in db.session.execute(scores)} == {"weighed": 5, "points": 5}
    assert list(rebuild.check()) == []
    sign_in(client, reader)
    for slug in ("badged", "weighed", "points"):
        page = client.get(f"/boards/{slug}/scores/ada?period=all").get_data(as_text=True)
        assert "<b>Earned a badge</b>" not in page
        assert page.count("<time") == (slug != "badged")


@pytest.mark.parametrize("change", [{"on_boards": False}, {"state": "suspended"}, {"state": "alumni"}, {"state": "away"}])
def test_whose_score_cannot_be_opened(client: FlaskClient, sign_in: Any, three: Any, db: Any, change: dict[str, Any]) -> None:
    ada, reader = three
    for name, value in change.items():
        setattr(ada, name, value)
    db.session.commit()
    for who in (None, reader):
        if who:
            sign_in(client, who)
        assert client.get("/boards/community/scores/ada?period=all").status_code == 404
    assert client.get("/boards/community/scores/nobody").status_code == 404


def test_pages_by_key_and_as_many_questions_for_many(client: FlaskClient, sign_in: Any, db: Any, count_queries: Any) -> None:
    make_boards(db, community={"per_day": 3, "once_per_object": True})
    ada = make_member("ada", on_boards=True)
    numbers = []
    now = clock.utcnow()
    for more in (1, 60):
        for n in range(more):
            tell(ada, text=f"Deed {more}-{n:02}", occurred_at=now - timedelta(days=n // 2), object=f"bug:{n % 5}")
        db.session.commit()
        drain()
        sign_in(client, ada) if more == 1 else None
        db.session.expire_all()
        with count_queries() as seen:
            text = read(client)
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 12
    assert "Older" in text


@contextmanager
def rows_read(db: Any) -> Iterator[list[int]]:
    """How many rows each statement inside brings from the database; on SQLite each row by itself."""
    seen: list[int] = []
    if is_postgresql():

        def note(_connection: Any, cursor: Any, *_rest: Any) -> None:
            seen.append(cursor.rowcount)

        sa.event.listen(db.engine, "after_cursor_execute", note)
        yield seen
        sa.event.remove(db.engine, "after_cursor_execute", note)
    else:
        connection = db.session.connection().connection.dbapi_connection
        connection.row_factory = lambda _cursor, row: seen.append(1) or row
        yield seen
        connection.row_factory = None


def test_a_long_history_is_not_read_for_a_page(db: Any) -> None:
    boards, ada = make_boards(db), make_member("ada", on_boards=True)
    for n in range(150):
        tell(ada, kind=("talk", "thanks.received", "thanks.given")[n % 3], occurred_at=OCCURRED - timedelta(days=n // 3 % 3),
             object=f"member:{n % 9}", visibility="public")  # fmt: skip
    db.session.execute(sa.update(Activity).values(considered_at=REPORTED))
    db.session.commit()
    for board in boards.values():
        scoring = scorings([board])[0]
        with rows_read(db) as seen:
            found = scores.opened(scoring, "all", ada, None)
        assert found
        assert len(found.rows.items) == PAGE_SIZE
        # The page, and at most one for each of its rows.
        assert sum(seen) <= 2 * PAGE_SIZE + 2


def test_a_thing_the_product_wrote_shows_no_words_of_others(client: FlaskClient, db: Any) -> None:
    make_boards(db, community={"measure": "people"})
    ada, giver = make_member("ada", on_boards=True), make_member("giver", name="Giver Name")
    tell(ada, kind="thanks.received", object=f"member:{giver.id}", text="Secret words", visibility="public", reporter_id=giver.id,
         occurred_at=datetime(2026, 11, 3, tzinfo=UTC))  # fmt: skip
    db.session.commit()
    drain()
    text = read(client)
    assert "1 person" in text
    assert "Secret words" not in text
    assert "Giver Name" not in text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 1
