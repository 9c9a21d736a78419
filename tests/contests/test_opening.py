"""What is frozen when a round opens: its roll, by slices and by whom may vote, and its candidates."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.contests.models.contest import Round
from recognition.contests.models.entry import OUT, WITHDRAWN
from recognition.contests.models.vote import DEPUTY, JUROR, Candidate, Juror, Voter
from recognition.contests.services import opening
from recognition.extensions import db
from recognition.identity.models import Membership
from recognition.jobs.models import Job
from tests.factories.activities import make_activity
from tests.factories.contests import NOW, days, make_contest, make_entry, make_round
from tests.factories.identity import make_group, make_member


@pytest.fixture(autouse=True)
def today(app: Flask) -> Any:
    with clock.as_of(NOW):
        yield


def roll(one: Round) -> list[str]:
    wanted = sa.select(Voter).where(Voter.round_id == one.id).order_by(Voter.member_id)
    return [str(row.member_id) for row in db.session.scalars(wanted)]


def candidates(one: Round) -> list[int]:
    return list(
        db.session.scalars(sa.select(Candidate.entry_id).where(Candidate.round_id == one.id).order_by(Candidate.entry_id))
    )


def ids(*people: Any) -> list[str]:
    return [str(one.id) for one in people]


def test_all_active_members_are_on_the_roll_with_their_first_group() -> None:
    one = make_contest().rounds[0]
    ada, ben, _away = make_member("ada"), make_member("ben"), make_member("cy", state="away")
    make_member("dee", state="suspended")
    lagos, nairobi = make_group("lagos"), make_group("nairobi")
    db.session.add_all(
        Membership(group_id=group.id, member_id=ben.id, state=state, since=NOW)
        for group, state in ((lagos, "out"), (nairobi, "in"), (make_group("quito"), "in"))
    )
    assert opening.open_round(one.id, NOW)
    assert (one.state, one.opened_at, one.roll_count, len(one.salt)) == ("open", NOW, 2, 64)
    assert roll(one) == ids(ada, ben)
    groups = dict(db.session.execute(sa.select(Voter.member_id, Voter.group_id)).all())
    assert groups == {ada.id: None, ben.id: nairobi.id}


def test_whoever_may_vote_is_judged_as_of_the_rounds_first_moment() -> None:
    contest = make_contest(may_vote={"count": {"kind": ["review"]}, "at_least": 1})
    one = contest.rounds[0]
    one.starts_at = days(-0.5)
    ada, ben = make_member("ada"), make_member("ben")
    make_activity(ada.id, kind="review", occurred_at=days(-2))
    make_activity(ben.id, kind="other", occurred_at=days(-2))
    assert opening.open_round(one.id, NOW)
    assert roll(one) == ids(ada)


def test_nobody_gets_onto_the_roll_by_joining_once_the_vote_has_begun() -> None:
    """However late it is drawn up."""
    one = make_contest().rounds[0]
    one.starts_at = days(-0.5)
    ada = make_member("ada", joined_at=days(-0.5))
    make_member("ben", joined_at=days(-0.4))
    assert opening.open_round(one.id, NOW)
    assert roll(one) == ids(ada)


def test_a_long_roll_is_drawn_by_slices_and_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "SLICE_MEMBERS", 2)
    one = make_contest().rounds[0]
    people = [make_member(f"rep-{n}") for n in range(5)]
    assert not opening.open_round(one.id, NOW)
    assert (one.state, one.roll_count, one.opened_at) == ("drawing", 2, None)
    salt = one.salt
    assert [job.args for job in db.session.scalars(sa.select(Job))] == [{"round_id": one.id}]
    assert not opening.open_round(one.id, NOW)
    assert opening.open_round(one.id, NOW)
    assert (one.state, one.roll_count, one.salt) == ("open", 5, salt)
    assert roll(one) == ids(*people)
    assert opening.open_round(one.id, NOW)
    assert one.roll_count == 5


def test_a_round_opens_neither_early_nor_before_the_one_before_is_closed() -> None:
    first, second = make_contest(rounds=2).rounds
    assert not opening.open_round(first.id, days(-0.01))
    assert not opening.open_round(second.id, days(8))
    assert (first.state, second.state, first.salt, roll(first)) == ("waiting", "waiting", "", [])


def test_a_contest_that_was_called_off_or_is_a_draft_opens_nothing() -> None:
    for slug, state in (("off", "called_off"), ("raw", "draft")):
        one = make_contest(slug, state=state).rounds[0]
        assert not opening.open_round(one.id, NOW)
        assert one.state == "waiting"


def test_what_was_handed_in_and_stands_is_a_candidate_hidden_or_not() -> None:
    contest, ada = make_contest(), make_member("ada")
    stands, hidden = make_entry(contest, ada), make_entry(contest, ada, hidden_at=NOW)
    for state in ("draft", WITHDRAWN, OUT):
        make_entry(contest, ada, state=state)
    make_entry(make_contest("other"), ada)
    opening.open_round(contest.rounds[0].id, NOW)
    assert candidates(contest.rounds[0]) == [stands.id, hidden.id]


def test_a_nominee_stands_once_they_agreed() -> None:
    contest, ada = make_contest(takes="person"), make_member("ada")
    agreed = make_entry(contest, ada, nominee_id=make_member("ben").id, nominee_agreed=True)
    make_entry(contest, ada, nominee_id=make_member("cy").id)
    make_entry(contest, ada, nominee_id=make_member("dee").id, nominee_agreed=False)
    opening.open_round(contest.rounds[0].id, NOW)
    assert candidates(contest.rounds[0]) == [agreed.id]


@pytest.mark.parametrize(("advance", "counted", "through"), [(1, True, 1), (2, True, 3), (None, True, 4), (1, False, 4)])
def test_a_later_round_votes_on_what_the_one_before_let_through(advance: int | None, counted: bool, through: int) -> None:
    contest, ada = make_contest(rounds=2), make_member("ada")
    a, b, c, d = (make_entry(contest, ada).id for _number in range(4))
    first, second = contest.rounds
    db.session.add_all(Candidate(round_id=first.id, entry_id=entry_id) for entry_id in (a, b, c, d))
    make_entry(contest, ada, title="Let back in after the vote")
    first.state, first.advance_count = "closed", advance
    first.outcome = {"candidates": [a, b, c, d], "places": [[a], [b, c], [d]], "counted": counted}
    db.session.flush()
    assert opening.open_round(second.id, days(7))
    assert candidates(second) == [a, b, c, d][:through]


def test_a_jury_round_has_its_jurors_and_the_deputies_who_were_called() -> None:
    contest = make_contest(rounds=0)
    one = make_round(contest, judges="jury")
    names = ("ada", "ben", "cy", "dee", "eve")
    ada, ben, cy, dee, eve = (make_member(name) for name in names)
    eve.state = "suspended"
    seats: list[dict[str, Any]] = [
        {"member_id": ada.id, "part": JUROR}, {"member_id": ben.id, "part": JUROR, "excused_at": NOW},
        {"member_id": cy.id, "part": DEPUTY, "called_at": NOW}, {"member_id": dee.id, "part": DEPUTY},
        {"member_id": eve.id, "part": JUROR},
    ]  # fmt: skip
    db.session.add_all(Juror(round_id=one.id, **seat) for seat in seats)
    db.session.flush()
    assert opening.open_round(one.id, NOW)
    assert (roll(one), one.roll_count) == (ids(ada, cy), 2)
