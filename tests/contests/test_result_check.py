"""`recognition check` finds what differs from ballots and log; `rebuild` puts the log right and no result."""

import pytest
import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.contests import rebuild
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.vote import Ballot, Mark, Voter
from recognition.jobs.models import Job
from tests.contests.test_facts import a_contest, finish, today  # noqa: F401


@pytest.fixture
def closed(db) -> int:
    contest, *_rest = a_contest()
    contest_id = contest.id
    finish(contest)
    db.session.execute(sa.delete(Job))
    db.session.commit()
    return contest_id


def test_a_contest_that_was_told_has_no_differences(db, closed):
    assert list(rebuild.check()) == []
    assert rebuild.rebuild() == {"contest_facts": 0}


def test_a_ballot_that_changed_afterwards_is_found_and_left_for_people(db, closed):
    db.session.execute(sa.delete(Mark).where(Mark.ballot_id == sa.select(sa.func.min(Mark.ballot_id)).scalar_subquery()))
    db.session.commit()
    found = list(rebuild.check())
    assert [set(one["differs"]) for one in found] == [{"numbers", "places", "abstained", "digest"}]
    rebuild.rebuild()
    db.session.commit()
    assert list(rebuild.check()) == found


def test_a_ballot_that_is_gone_is_found(db, closed):
    db.session.execute(sa.delete(Mark))
    db.session.execute(sa.delete(Ballot))
    db.session.commit()
    assert "ballots" in next(iter(rebuild.check()))["differs"]


@pytest.mark.parametrize("kind", ["contest.voted", "contest.placed"])
def test_missing_facts_are_found_and_told(db, closed, kind):
    db.session.execute(sa.delete(Activity).where(Activity.kind == kind))
    db.session.commit()
    assert len(list(rebuild.check())) == 3
    assert rebuild.rebuild() == {"contest_facts": 3}
    db.session.commit()
    assert list(rebuild.check()) == []


def test_a_fact_about_nobody_on_the_roll_is_withdrawn(db, closed):
    one = db.session.scalars(sa.select(Round)).one()
    db.session.execute(sa.update(Voter).where(Voter.round_id == one.id).values(voted=False))
    db.session.commit()
    assert {row["round"] for row in rebuild.check()} == {1}
    assert rebuild.rebuild() == {"contest_facts": 3}
    db.session.commit()
    assert list(rebuild.check()) == []


def test_what_is_still_being_told_is_no_difference(db):
    from recognition.contests.services.closing import close_round
    from tests.factories.contests import days

    contest, *_rest = a_contest()
    close_round(contest.rounds[0].id, days(7))
    db.session.commit()
    assert list(rebuild.check()) == []
    db.session.execute(sa.delete(Job))
    db.session.commit()
    assert len(list(rebuild.check())) == 6


def test_a_round_that_lost_its_outcome_is_found(db, closed):
    one = db.session.get(Contest, closed).rounds[0]
    one.outcome = None
    db.session.commit()
    assert {"contest": "draw-mdm", "round": 1, "differs": ["closed"]} in list(rebuild.check())
