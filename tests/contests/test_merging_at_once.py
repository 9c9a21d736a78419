"""Two rows become one while somebody votes, or while the council decides: nothing counts twice, and nobody waits for ever."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.activities.models import Activity
from recognition.contests import counting
from recognition.contests.models.entry import Entry
from recognition.contests.models.vote import Juror
from recognition.contests.rules import NotAllowed
from recognition.contests.services import entering, flags, juries
from recognition.contests.services.voting import cast
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.services.merging import merge
from tests.contests.test_voting_races import an_open_round
from tests.factories.contests import make_contest, make_entry
from tests.factories.identity import make_member
from tests.identity.test_merging_at_once import meanwhile

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")
"""On SQLite each transaction is alone."""


def cast_or_not(round_id: int, member_id: int, entry_id: int, said: list[str]) -> None:
    try:
        cast(round_id, member_id, {entry_id: 1})
        said.append("stored")
    except NotAllowed:
        db.session.rollback()
        said.append("refused")


@pytest.mark.parametrize("voted", [False, True])
def test_a_ballot_that_waited_for_a_merge_is_not_a_second_one(app: Flask, voted: bool) -> None:
    round_id, (a, b, *_rest), (old, kept) = an_open_round(voters=2)
    for who in (old, kept) if voted else (kept,):
        cast(round_id, who, {a: 1})
    db.session.commit()
    said: list[str] = []
    merge(db.session.get_one(Member, old), db.session.get_one(Member, kept), None, "One person", clock.utcnow())
    with meanwhile(app, lambda: cast_or_not(round_id, old, b, said), waits=True):
        pass
    assert (said, counting.standing(round_id), counting.approvals(round_id)) == (["refused"], 1, {a: 1})


def test_a_juror_who_cannot_does_not_vote_in_the_same_moment(app: Flask) -> None:
    round_id, (a, *_rest), (ada, _ben) = an_open_round(voters=2, judges="jury")
    db.session.add(Juror(round_id=round_id, member_id=ada, part="juror"))
    db.session.commit()
    said: list[str] = []
    juries.excuse(round_id, ada, clock.utcnow())
    with meanwhile(app, lambda: cast_or_not(round_id, ada, a, said), waits=True):
        pass
    assert (said, counting.standing(round_id)) == (["refused"], 0)


def test_a_decision_and_a_merge_never_wait_for_each_other(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.utcnow()
    contest = make_contest(takes="text", entries_from=now - timedelta(days=1), entries_until=now + timedelta(days=1))
    old, kept, judge = make_member("old"), make_member("kept"), make_member("judge", roles=("council",))
    entry = make_entry(contest, old)
    entering.put_back_facts(entry, now)
    db.session.commit()
    entry_id, ids, take_out = entry.id, (old.id, kept.id), entering.take_out_facts

    def join() -> None:
        merge(db.session.get_one(Member, ids[0]), db.session.get_one(Member, ids[1]), None, "One person", now)

    def once_the_merge_waits(*args: Any) -> None:
        """The entry is held by now."""
        with meanwhile(app, join, waits=True):
            take_out(*args)

    monkeypatch.setattr(entering, "take_out_facts", once_the_merge_waits)
    flags.disqualify(entry, judge, "It is somebody else's.", now)
    db.session.commit()
    found = db.session.get_one(Entry, entry_id, populate_existing=True)
    assert (found.state, found.member_id) == ("out", ids[1])
    live = sa.select(sa.func.count()).where(Activity.kind == "contest.entered", Activity.withdrawn_at.is_(None))
    assert db.session.scalar(live) == 0
