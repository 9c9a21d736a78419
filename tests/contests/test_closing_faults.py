"""A close that is killed at every place, or asked for by many at once, leaves what one quiet close leaves."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.contests import jobs
from recognition.contests.models.contest import Result, Round
from recognition.contests.models.vote import Ballot, Sheet, Voter
from recognition.contests.rules import NotAllowed, WrongPhase
from recognition.contests.services import moving
from recognition.contests.services.closing import close_round
from recognition.contests.services.voting import cast
from recognition.extensions import db as database
from recognition.jobs.models import Job
from tests.contests.test_facts import a_contest, today  # noqa: F401
from tests.factories.contests import NOW, days
from tests.factories.identity import make_member

QUIET = {"facts": 6, "results": 1, "notices": 7, "sheets": 0, "ballots": 3, "state": "closed", "salt": ""}
"""Three voters, three placed authors; four heard of it and three are told that they are first."""


def outcome() -> dict:
    database.session.rollback()
    count = sa.func.count()
    facts = sa.select(count).where(Activity.kind.in_(("contest.voted", "contest.placed")), Activity.withdrawn_at.is_(None))
    one = database.session.scalars(sa.select(Round).execution_options(populate_existing=True)).one()
    return {
        "facts": database.session.scalar(facts), "results": database.session.scalar(sa.select(count).select_from(Result)),
        "notices": database.session.scalar(sa.select(count).select_from(Notice)),
        "sheets": database.session.scalar(sa.select(count).select_from(Sheet)),
        "ballots": database.session.scalar(sa.select(count).where(Ballot.replaced.is_(False))),
        "state": one.state, "salt": one.salt,
    }  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_killed_at_every_place_it_ends_the_same(db, app, tmp_path: Path, database_url: str) -> None:
    contest, *_rest = a_contest()
    words = [
        sys.executable,
        "-m",
        "tests.contests.dying",
        str(tmp_path),
        database_url,
        str(contest.rounds[0].id),
        str(contest.id),
    ]
    db.session.remove()
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2], text=True
    ) as horse:
        assert horse.stdin is not None
        assert horse.stdout is not None
        for place in range(1, 400, 3):
            print(place, file=horse.stdin, flush=True)
            fate = horse.stdout.readline()
            if fate != "killed\n":
                break
        assert fate == "ended 0\n"
        assert place > 30
        horse.stdin.close()
    assert outcome() == QUIET


def test_raised_at_every_place_it_ends_the_same(db, app) -> None:
    """The same in one process, one place after another: the transaction is taken back, the next try begins anew."""
    contest, *_rest = a_contest()
    round_id, contest_id = contest.rounds[0].id, contest.id
    for place in range(1, 400, 2):
        left = iter(range(place - 1, -1, -1))

        def say(*_details: object, left=left) -> None:
            if next(left, 1) == 0:
                raise RuntimeError("the plug was pulled")

        sa.event.listen(database.engine, "before_cursor_execute", say)
        try:
            with clock.as_of(days(7)):
                moving.move_round(round_id, days(7))
                db.session.commit()
                jobs.tell_results(contest_id)
                db.session.commit()
            done = True
        except RuntimeError:
            db.session.rollback()
            done = False
        finally:
            sa.event.remove(database.engine, "before_cursor_execute", say)
        if done:
            break
    assert place > 20
    assert outcome() == QUIET


def at_once(app, tasks) -> list:
    def run(task):
        with app.app_context():
            try:
                return task()
            finally:
                database.session.remove()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result() for future in [pool.submit(run, task) for task in tasks]]


def test_many_close_one_round_at_the_same_moment(db, app) -> None:
    contest, *_rest = a_contest()
    round_id = contest.rounds[0].id
    db.session.commit()

    def close() -> bool:
        with clock.as_of(days(7)):
            closed = close_round(round_id, days(7))
            database.session.commit()
            return closed

    assert sorted(at_once(app, [close] * 8)) == [False] * 7 + [True]
    assert db.session.scalar(sa.select(sa.func.count()).where(Job.name == "contests.tell_results")) == 1
    assert outcome()["results"] == 1


def test_whoever_votes_while_it_closes_is_counted_or_refused(db, app) -> None:
    contest, people, picture, _other = a_contest()
    round_id, entry_id = contest.rounds[0].id, picture.id
    late = [make_member(f"late{number}").id for number in range(5)]
    db.session.add_all(Voter(round_id=round_id, member_id=member_id) for member_id in late)
    voters = [people["dee"].id, *late]
    db.session.commit()

    def close() -> str:
        with clock.as_of(days(7)):
            close_round(round_id, days(7))
            database.session.commit()
        return "closed"

    def vote(member_id: int):
        def put() -> str:
            with clock.as_of(NOW):
                try:
                    cast(round_id, member_id, {entry_id: 1})
                    database.session.commit()
                    return "counted"
                except (WrongPhase, NotAllowed):
                    database.session.rollback()
                    return "refused"

        return put

    answers = at_once(app, [vote(voters[0]), vote(voters[1]), close, *(vote(member_id) for member_id in voters[2:])])
    one = db.session.get(Round, round_id, populate_existing=True)
    standing = db.session.scalar(sa.select(sa.func.count()).where(Ballot.round_id == round_id, Ballot.replaced.is_(False)))
    # Three were in before. Whoever was told that it is in is counted, and nobody else.
    assert one.outcome["ballots"] == standing == 3 + answers.count("counted")
    assert sorted(set(answers)) in (["closed", "counted"], ["closed", "counted", "refused"], ["closed", "refused"])


def test_many_movers_and_tellers_at_once(db, app) -> None:
    contest, *_rest = a_contest()
    round_id, contest_id = contest.rounds[0].id, contest.id
    db.session.commit()

    def move() -> None:
        with clock.as_of(days(7)):
            moving.move_round(round_id, days(7))
            database.session.commit()
            jobs.tell_results(contest_id)

    at_once(app, [move] * 6)
    assert outcome() == QUIET
