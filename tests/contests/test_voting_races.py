"""Many at once: one ballot a voter, none acknowledged and lost, no error that nobody expected."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.contests.models.contest import Round
from recognition.contests.models.entry import Entry
from recognition.contests.models.vote import Ballot, Candidate, Mark, Sheet, Voter
from recognition.contests.rules import BadBallot, NotAllowed, WrongPhase
from recognition.contests.services import opening
from recognition.contests.services.closing import close_round
from recognition.contests.services.sheets import next_page, save
from recognition.contests.services.voting import Receipt, cast
from recognition.extensions import db
from recognition.identity.models import Member
from tests.conftest import open_session
from tests.factories.contests import make_contest, make_entry, open_round
from tests.factories.identity import make_member

AT_ONCE = 10
REFUSALS = (BadBallot, NotAllowed, WrongPhase)


def an_open_round(voters: int = 1, entries: int = 4, **changes: Any) -> tuple[int, list[int], list[int]]:
    """By the real clock, which threads share."""
    contest = make_contest()
    one, now = contest.rounds[0], clock.utcnow()
    one.starts_at, one.ends_at = now - timedelta(hours=1), now + timedelta(hours=1)
    for name, value in changes.items():
        setattr(one, name, value)
    maker = make_member("maker")
    made = [make_entry(contest, maker) for _number in range(entries)]
    people = [make_member(f"voter-{number}") for number in range(voters)]
    open_round(one, made, people)
    db.session.commit()
    return one.id, [entry.id for entry in made], [voter.id for voter in people]


def all_at_once(app: Flask, acts: list[Callable[[], Any]]) -> list[Any]:
    """Each in a transaction of its own; a refusal is a result, anything else fails the test."""
    barrier = Barrier(AT_ONCE)

    def one(number: int) -> list[Any]:
        results: list[Any] = []
        with app.app_context(), app.test_request_context():
            barrier.wait()
            for act in acts[number::AT_ONCE]:
                try:
                    results.append(act())
                    db.session.commit()
                except REFUSALS as fault:
                    db.session.rollback()
                    results.append(fault)
        return results

    db.session.rollback()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [result for results in pool.map(one, range(AT_ONCE)) for result in results]


def standing(round_id: int) -> dict[str, dict[int, int]]:
    """Marks by receipt hash."""
    db.session.rollback()
    wanted = sa.select(Ballot.receipt_hash, Mark.entry_id, Mark.value).join(Mark, Mark.ballot_id == Ballot.id)
    found: dict[str, dict[int, int]] = {}
    for code, entry_id, value in db.session.execute(wanted.where(Ballot.round_id == round_id, Ballot.replaced.is_(False))):
        found.setdefault(code, {})[entry_id] = value
    return found


def count(model: Any, *where: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0


def test_fifty_times_the_same_ballot_is_one_ballot_and_one_receipt(app: Flask) -> None:
    round_id, (a, b, *_rest), (ada,) = an_open_round()
    results = all_at_once(app, [lambda: cast(round_id, ada, {a: 1, b: 1})] * 50)
    assert Counter(receipt.new for receipt in results) == {True: 1, False: 49}
    assert len({receipt.code for receipt in results}) == 1
    assert list(standing(round_id).values()) == [{a: 1, b: 1}]
    assert (count(Ballot), count(Mark), count(Sheet)) == (1, 2, 1)


def test_different_ballots_at_once_leave_all_in_the_log_and_one_standing(app: Flask) -> None:
    round_id, ids, (ada,) = an_open_round()
    results = all_at_once(app, [lambda entry_id=entry_id: cast(round_id, ada, {entry_id: 1}) for entry_id in ids])
    assert sorted(receipt.number for receipt in results) == [1, 2, 3, 4]
    assert len(standing(round_id)) == 1
    numbers = db.session.execute(sa.select(Ballot.number, Ballot.replaced).order_by(Ballot.number)).all()
    assert [tuple(row) for row in numbers] == [(1, True), (2, True), (3, True), (4, False)]


def test_limits_hold_whoever_pushes(app: Flask) -> None:
    round_id, ids, (ada,) = an_open_round(most_choices=1)
    acts = [lambda entry_id=entry_id: cast(round_id, ada, {entry_id: 1}) for entry_id in ids]
    acts += [lambda: cast(round_id, ada, dict.fromkeys(ids[:2], 1))] * 10
    results = all_at_once(app, acts)
    assert Counter(type(one).__name__ for one in results) == {"Receipt": 4, "BadBallot": 10}
    assert [len(marks) for marks in standing(round_id).values()] == [1]


def test_pages_saves_and_ballots_of_many_meet_without_harm(app: Flask) -> None:
    round_id, ids, people = an_open_round(voters=10, entries=30)

    def walk(who: int) -> Receipt:
        order = next_page(round_id, who, 0)
        db.session.commit()
        save(round_id, who, {order[0]: 1} if order else {})
        db.session.commit()
        next_page(round_id, who, 12)
        db.session.commit()
        return cast(round_id, who, {ids[0]: 1})

    results = all_at_once(app, [lambda who=who: walk(who) for who in people for _tab in range(2)])
    assert [type(one) for one in results] == [Receipt] * 20
    assert (len(standing(round_id)), count(Sheet), count(Voter, Voter.voted.is_(True))) == (10, 10, 10)
    seen = db.session.scalars(sa.select(Candidate.seen_count)).all()
    lengths = [len(order) for order in db.session.scalars(sa.select(Sheet.order))]
    assert sum(seen) == sum(lengths) == 10 * 24


def test_no_acknowledged_ballot_is_lost_while_the_round_closes(app: Flask) -> None:
    round_id, ids, people = an_open_round(voters=60)
    one = db.session.get_one(Round, round_id)
    ends_at = one.ends_at

    def close() -> Any:
        """Half of them have begun to vote by now: the end comes while they do."""
        return close_round(round_id, ends_at)

    acts: list[Callable[[], Any]] = [lambda who=who: cast(round_id, who, {ids[who % 4]: 1}) for who in people]
    acts[25:25] = [close, close]
    results = all_at_once(app, acts)
    kept = [one for one in results if isinstance(one, Receipt)]
    late = [one for one in results if isinstance(one, WrongPhase)]
    assert (len(kept) + len(late), [one for one in results if one is True]) == (60, [True])
    db.session.rollback()
    closed = db.session.get_one(Round, round_id)
    assert closed.outcome is not None
    assert len(standing(round_id)) == closed.outcome["ballots"] == len(kept)
    assert count(Voter, Voter.voted.is_(True)) == len(kept)
    assert (closed.salt, count(Sheet)) == ("", 0)


def test_the_same_form_sent_fifty_times_is_one_ballot_and_no_error(app: Flask, client: FlaskClient) -> None:
    round_id, ids, (ada,) = an_open_round()
    key = db.session.get_one(Entry, ids[0]).key
    token = open_session(db.session.get_one(Member, ada))

    def send() -> int:
        mine = app.test_client()
        with mine.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True
        form = {"do": "begin"}, {"do": "cast", "page": "1", "shown": key, f"mark-{key}": "1"}
        return max(mine.post("/contests/draw-mdm/vote", data=one).status_code for one in form)

    assert Counter(all_at_once(app, [send] * 50)) == {303: 50}
    assert list(standing(round_id).values()) == [{ids[0]: 1}]
    assert (count(Ballot), count(Sheet)) == (1, 1)


def test_many_workers_draw_one_roll(app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr(opening, "SLICE_MEMBERS", 7)
    contest, now = make_contest(), clock.utcnow()
    one = contest.rounds[0]
    one.starts_at, one.ends_at = now - timedelta(hours=1), now + timedelta(hours=1)
    contest.entries_until = one.starts_at
    contest.entries_from = one.starts_at - timedelta(days=1)
    made = [make_entry(contest, make_member(f"rep-{number}")).id for number in range(40)]
    round_id = one.id
    db.session.commit()
    all_at_once(app, [lambda: opening.open_round(round_id, clock.utcnow())] * 30)
    db.session.rollback()
    found = db.session.get_one(Round, round_id)
    assert (found.state, found.roll_count, count(Voter), count(Candidate)) == ("open", 40, 40, len(made))
