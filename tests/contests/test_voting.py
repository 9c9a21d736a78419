"""Papers and ballots: what is put before a voter, what is kept, what is cast and what is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.contests.barring import barred_entries
from recognition.contests.marks import ASIDE
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.entry import ASKED, IN, OUT, Author, Entry
from recognition.contests.models.vote import Ballot, Candidate, Mark, Sheet, Voter
from recognition.contests.rules import BadBallot, NotAllowed, WrongPhase
from recognition.contests.services.sheets import next_page, save, sheet_for
from recognition.contests.services.voting import Receipt, cast, find_receipt
from recognition.extensions import db
from recognition.identity.models import Member
from tests.factories.contests import NOW, days, make_contest, make_entry, open_round
from tests.factories.identity import make_member


@pytest.fixture(autouse=True)
def today(app: Flask) -> Any:
    with clock.as_of(NOW), app.test_request_context():
        yield


def an_open_round(entries: int = 3, **changes: Any) -> tuple[Round, list[int], Member]:
    contest = make_contest()
    one = contest.rounds[0]
    for name, value in changes.items():
        setattr(one, name, value)
    maker, voter = make_member("maker"), make_member("ada")
    made = [make_entry(contest, maker) for _number in range(entries)]
    open_round(one, made, [voter])
    db.session.commit()
    return one, [entry.id for entry in made], voter


def ballots() -> list[tuple[int, bool, bool, dict[int, int]]]:
    found = []
    for ballot in db.session.scalars(sa.select(Ballot).order_by(Ballot.number).execution_options(populate_existing=True)):
        rows = db.session.execute(sa.select(Mark.entry_id, Mark.value).where(Mark.ballot_id == ballot.id))
        found.append((ballot.number, ballot.abstains, ballot.replaced, {row.entry_id: row.value for row in rows}))
    return found


def refusal(act: Callable[[], Any], of: type[Exception]) -> str:
    with pytest.raises(of) as fault:
        act()
    db.session.rollback()
    assert ballots() == []
    return str(fault.value)


def test_a_ballot_is_stored_with_its_receipt_and_counts_as_turnout() -> None:
    one, (a, b, _c), ada = an_open_round()
    receipt = cast(one.id, ada.id, {a: 1, b: 1})
    db.session.commit()
    assert (receipt.number, receipt.new, len(receipt.code)) == (1, True, 19)
    assert ballots() == [(1, False, False, {a: 1, b: 1})]
    assert db.session.scalars(sa.select(Voter.voted)).all() == [True]
    assert sheet_for(one, ada.id) == ((), {a: 1, b: 1}, 1, 3, receipt.code)


def test_the_same_ballot_again_is_the_same_receipt_and_no_row() -> None:
    one, (a, b, _c), ada = an_open_round()
    first = cast(one.id, ada.id, {a: 1, b: 1})
    db.session.commit()
    assert cast(one.id, ada.id, {b: 1, a: 1}) == Receipt(first.code, 1, new=False)
    db.session.commit()
    assert len(ballots()) == 1
    assert db.session.scalars(sa.select(Sheet.number)).all() == [1]


def test_a_changed_ballot_replaces_the_one_before_and_the_log_has_both() -> None:
    one, (a, b, _c), ada = an_open_round(method="score")
    codes = [cast(one.id, ada.id, marks).code for marks in ({a: 5}, {a: 5, b: 0}, {a: 5})]
    db.session.commit()
    assert ballots() == [(1, False, True, {a: 5}), (2, False, True, {a: 5, b: 0}), (3, False, False, {a: 5})]
    assert len(set(codes)) == 3
    found = [find_receipt(one.contest_id, code) for code in codes]
    assert found == ["replaced", "replaced", "stands"]


def test_a_receipt_is_found_however_it_is_typed_and_in_its_own_contest_only() -> None:
    one, (a, *_rest), ada = an_open_round()
    code = cast(one.id, ada.id, {a: 1}).code
    assert find_receipt(one.contest_id, code.lower().replace("-", " ")) == "stands"
    assert find_receipt(make_contest("other").id, code) is None
    assert find_receipt(one.contest_id, "AAAA-AAAA-AAAA-AAAA") is None
    one.state = "closed"
    db.session.flush()
    assert find_receipt(one.contest_id, code) is None


def test_abstaining_counts_as_turnout_and_leaves_the_paper() -> None:
    one, (a, *_rest), ada = an_open_round()
    next_page(one.id, ada.id, 0)
    save(one.id, ada.id, {a: 1})
    cast(one.id, ada.id, {}, abstains=True)
    db.session.commit()
    assert ballots() == [(1, True, False, {})]
    assert sheet_for(one, ada.id).marks == {a: 1}
    assert not cast(one.id, ada.id, {}, abstains=True).new
    cast(one.id, ada.id, {a: 1})
    assert [(number, abstains, replaced) for number, abstains, replaced, _marks in ballots()] == [
        (1, True, True),
        (2, False, False),
    ]


@pytest.mark.parametrize(
    ("method", "most", "said", "words"),
    [("approval", 1, {0: 1, 1: 1}, "at most 1"), ("score", None, {0: 6}, "from 0 to 5"), ("irv", None, {0: 0}, "from 1 to 500"),
     ("approval", None, {}, "nothing on your ballot")],
)  # fmt: skip
def test_a_ballot_that_the_method_does_not_take_is_refused(
    method: str, most: int | None, said: dict[int, int], words: str
) -> None:
    one, ids, ada = an_open_round(method=method, most_choices=most)
    marks = {ids[place]: value for place, value in said.items()}
    assert words in refusal(lambda: cast(one.id, ada.id, marks), BadBallot)


def test_entries_of_another_contest_or_of_none_are_refused() -> None:
    one, (a, *_rest), ada = an_open_round()
    other = make_entry(make_contest("other"), make_member("ben")).id
    db.session.commit()
    for stranger in (other, 10**12, 0, -5):
        assert "not part of this vote" in refusal(lambda stranger=stranger: cast(one.id, ada.id, {a: 1, stranger: 1}), BadBallot)


def test_hidden_entries_take_no_new_marks_and_lose_none() -> None:
    one, (a, b, c), ada = an_open_round()
    entry = db.session.get_one(Entry, b)
    entry.hidden_at = NOW
    db.session.commit()
    assert "not shown just now" in refusal(lambda: cast(one.id, ada.id, {a: 1, b: 1}), BadBallot)
    entry.hidden_at = None
    next_page(one.id, ada.id, 0)
    entry.hidden_at, db.session.get_one(Entry, c).state = NOW, OUT
    db.session.commit()
    cast(one.id, ada.id, {a: 1, b: 1, c: 1})
    assert ballots() == [(1, False, False, {a: 1, b: 1, c: 1})]


def test_who_stands_aside_has_it_on_the_paper_and_not_on_the_ballot() -> None:
    one, (a, b, _c), ada = an_open_round(method="score")
    cast(one.id, ada.id, {a: 3, b: ASIDE})
    assert ballots() == [(1, False, False, {a: 3})]
    assert sheet_for(one, ada.id).marks == {a: 3, b: ASIDE}


def test_before_after_and_off_the_roll_nothing_is_stored() -> None:
    one, (a, *_rest), ada = an_open_round()
    with clock.as_of(one.ends_at):
        assert "The vote is over" in refusal(lambda: cast(one.id, ada.id, {a: 1}), WrongPhase)
    with clock.as_of(one.starts_at - timedelta(microseconds=1)):
        assert "not begun" in refusal(lambda: cast(one.id, ada.id, {a: 1}), WrongPhase)
    with clock.as_of(one.ends_at - timedelta(microseconds=1)):
        assert cast(one.id, ada.id, {a: 1}).new
    db.session.rollback()
    ben = make_member("ben")
    db.session.commit()
    assert "not on the roll" in refusal(lambda: cast(one.id, ben.id, {a: 1}), NotAllowed)
    ada.state = "suspended"
    db.session.commit()
    assert "suspended" in refusal(lambda: cast(one.id, ada.id, {a: 1}), NotAllowed)
    assert "no such ballot" in refusal(lambda: cast(10**9, ada.id, {a: 1}), NotAllowed)


def test_a_contest_that_was_called_off_takes_no_ballot() -> None:
    one, (a, *_rest), ada = an_open_round()
    one.contest.state = "called_off"
    db.session.commit()
    for act in (lambda: cast(one.id, ada.id, {a: 1}), lambda: next_page(one.id, ada.id, 0), lambda: save(one.id, ada.id, {a: 1})):
        assert "called off" in refusal(act, WrongPhase)


def make_together(contest: Contest, member: Member, *others: tuple[Member, str]) -> int:
    entry = make_entry(contest, member)
    db.session.add_all(Author(entry_id=entry.id, member_id=other.id, position=1, state=state) for other, state in others)
    db.session.flush()
    return entry.id


def test_own_entries_and_those_of_people_near_are_barred() -> None:
    contest, ada = make_contest(), make_member("ada")
    ben, cy, dee, eve = (make_member(name) for name in ("ben", "cy", "dee", "eve"))
    fay = make_member("fay", mentor_id=ada.id)
    own, bens = make_entry(contest, ada).id, make_entry(contest, ben).id
    together, with_mentee = make_together(contest, cy, (ada, IN), (ben, IN)), make_together(contest, dee, (fay, IN))
    asked = make_together(contest, eve, (ada, ASKED))
    fays = make_entry(contest, fay).id
    free = make_together(contest, eve, (fay, ASKED))
    make_entry(make_contest("other"), ada)
    assert barred_entries(contest.id, ada.id) == {own, bens, together, with_mentee, asked, fays}
    assert barred_entries(contest.id, eve.id) == {asked, free}
    assert barred_entries(contest.id, make_member("gil").id) == set()


def test_nobody_is_kept_from_an_entry_by_being_named_beside_its_maker() -> None:
    contest, ada, rival, other = make_contest(), make_member("ada"), make_member("rival"), make_member("other")
    make_together(contest, other, (ada, ASKED), (rival, ASKED))
    rivals = make_entry(contest, rival).id
    assert rivals not in barred_entries(contest.id, ada.id)


def test_who_names_a_person_may_vote_for_them_and_the_named_not_for_who_named_them() -> None:
    contest, ada, ben = make_contest(takes="person"), make_member("ada"), make_member("ben")
    named = make_entry(contest, ada, nominee_id=ben.id, nominee_agreed=True).id
    back = make_entry(contest, make_member("cy"), nominee_id=ada.id, nominee_agreed=True).id
    assert barred_entries(contest.id, ada.id) == {back}
    assert barred_entries(contest.id, ben.id) == {named, back}


def test_a_barred_entry_takes_no_mark_and_is_not_put_on_the_paper() -> None:
    contest, ada = make_contest(), make_member("ada")
    own, other = make_entry(contest, ada), make_entry(contest, make_member("ben"))
    one = contest.rounds[0]
    open_round(one, [own, other], [ada])
    db.session.commit()
    assert "entry that you made" in refusal(lambda: cast(one.id, ada.id, {own.id: 1, other.id: 1}), BadBallot)
    assert next_page(one.id, ada.id, 0) == [other.id]
    assert sheet_for(one, ada.id)[::3] == ((other.id,), 1)


def test_pages_grow_by_twelve_in_an_own_order_and_only_when_turned() -> None:
    one, ids, ada = an_open_round(entries=30)
    ben = make_member("ben")
    db.session.add(Voter(round_id=one.id, member_id=ben.id))
    db.session.commit()
    first = next_page(one.id, ada.id, 0)
    assert (len(first), next_page(one.id, ada.id, 0)) == (12, [])
    second, third = next_page(one.id, ada.id, 12), next_page(one.id, ada.id, 24)
    assert (len(second), len(third), next_page(one.id, ada.id, 30)) == (12, 6, [])
    paper = sheet_for(one, ada.id)
    assert paper.order == (*first, *second, *third)
    assert (sorted(paper.order), paper.total) == (ids, 30)
    of_ben = [*next_page(one.id, ben.id, 0), *next_page(one.id, ben.id, 12), *next_page(one.id, ben.id, 24)]
    assert sorted(of_ben) == ids
    assert of_ben != list(paper.order)
    assert db.session.scalars(sa.select(Candidate.seen_count)).all() == [2] * 30


def test_the_least_seen_come_first_and_hidden_ones_not_at_all() -> None:
    one, ids, ada = an_open_round(entries=15)
    for number, entry_id in enumerate(ids):
        db.session.get_one(Candidate, (one.id, entry_id)).seen_count = 5 if number < 2 else 7
    db.session.get_one(Entry, ids[5]).hidden_at = NOW
    db.session.commit()
    first = next_page(one.id, ada.id, 0)
    assert set(first[:2]) == set(ids[:2])
    assert set(first + next_page(one.id, ada.id, 12)) == set(ids) - {ids[5]}


def test_what_is_saved_is_there_again_and_is_no_ballot() -> None:
    one, ids, ada = an_open_round(entries=14, most_choices=1)
    first = next_page(one.id, ada.id, 0)
    save(one.id, ada.id, {first[0]: 1, first[1]: 1})
    db.session.commit()
    assert save(one.id, ada.id, {first[0]: None, first[2]: 1}) == {first[1]: 1, first[2]: 1}
    db.session.commit()
    assert sheet_for(one, ada.id).marks == {first[1]: 1, first[2]: 1}
    unseen = next(entry_id for entry_id in ids if entry_id not in first)
    assert "not on your ballot" in refusal(lambda: save(one.id, ada.id, {unseen: 1}), BadBallot)
    assert "chosen or not" in refusal(lambda: save(one.id, ada.id, {first[0]: 7}), BadBallot)
    with clock.as_of(days(7)):
        assert "over" in refusal(lambda: save(one.id, ada.id, {first[0]: 1}), WrongPhase)


def test_what_was_made_together_and_disqualified_may_come_back_so_it_bars_too() -> None:
    contest, ada, ben = make_contest(), make_member("ada"), make_member("ben")
    together, bens = make_together(contest, ben, (ada, IN)), make_entry(contest, ben).id
    db.session.get_one(Entry, together).state = OUT
    db.session.flush()
    assert barred_entries(contest.id, ada.id) == {together, bens}
