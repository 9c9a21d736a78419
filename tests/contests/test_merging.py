"""Two rows of one person become one: never two lines on a roll, and nobody's vote counts twice."""

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity
from recognition.contests import counting, jobs
from recognition.contests.models.entry import WITHDRAWN, Author, Remark
from recognition.contests.models.vote import Ballot, Juror, Sheet, Voter
from recognition.contests.rebuild import check
from recognition.contests.sealing import unseal
from recognition.contests.secret import voter_key
from recognition.contests.services import entering
from recognition.contests.services.closing import close_round
from recognition.contests.services.sheets import sheet_for
from recognition.contests.services.voting import cast, find_receipt
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from tests.dumps import differing, dump
from tests.factories.contests import NOW, days, make_contest, make_entry, open_round
from tests.factories.identity import make_member


@pytest.fixture(autouse=True)
def today(app):
    with clock.as_of(NOW):
        yield


class World:
    def __init__(self, **changes):
        self.contest = make_contest(**changes)
        self.old, self.kept, self.other = (make_member(name) for name in ("old", "kept", "other"))
        self.entries = [make_entry(self.contest, make_member(f"maker{number}")) for number in range(3)]
        self.council = make_member("council", roles=("council",))
        database.session.commit()

    def open(self, *voters: Member):
        one = open_round(self.contest.rounds[0], self.entries, list(voters))
        database.session.commit()
        return one

    def join(self):
        self.before = dump()
        self.done = merge(self.old, self.kept, self.council, "The same person twice", NOW)
        database.session.commit()
        return self.done.moved["contests"]

    def part(self):
        assert unmerge(self.done.id, self.council, "Two people after all", NOW) == []
        database.session.commit()
        return differing(self.before, dump())

    def roll(self, one):
        wanted = sa.select(Voter.member_id, Voter.voted).where(Voter.round_id == one.id).order_by(Voter.member_id)
        return [tuple(row) for row in database.session.execute(wanted)]


def test_a_line_of_the_roll_moves_with_its_ballot(db):
    world = World()
    one = world.open(world.old, world.other)
    code = cast(one.id, world.old.id, {world.entries[0].id: 1}).code
    db.session.commit()
    assert world.join()["rolls"] == [[one.id, False, True]]
    # The receipt stays good, and no other one is shown in its place.
    assert (find_receipt(one.contest_id, code), sheet_for(one, world.kept.id).code) == ("stands", "")
    assert world.roll(one) == [(world.kept.id, True), (world.other.id, False)]
    assert counting.approvals(one.id) == {world.entries[0].id: 1}
    # Whoever votes again replaces it: there is no second ballot of the same person.
    cast(one.id, world.kept.id, {world.entries[1].id: 1})
    db.session.commit()
    assert counting.approvals(one.id) == {world.entries[1].id: 1}
    assert counting.standing(one.id) == 1


@pytest.mark.parametrize("who", ["old", "kept", "both", "neither"])
def test_taken_apart_while_the_round_is_open_each_has_their_own_ballot_again(db, who):
    world = World()
    own = make_entry(world.contest, world.kept)
    world.entries.append(own)
    one = world.open(world.old, world.kept, world.other)
    if who in ("old", "both"):
        cast(one.id, world.old.id, {world.entries[0].id: 1, own.id: 1})
    if who in ("kept", "both"):
        cast(one.id, world.kept.id, {world.entries[1].id: 1})
    for voter in (world.old, world.kept):
        sheet_for(one, voter.id)
    db.session.commit()
    world.join()
    assert world.part() == {}
    assert counting.standing(one.id) == {"both": 2, "neither": 0}.get(who, 1)


def test_after_the_close_nobody_can_tell_whose_a_ballot_was_and_the_count_stays(db):
    world = World()
    one = world.open(world.old, world.kept, world.other)
    for voter in (world.old, world.kept):
        cast(one.id, voter.id, {world.entries[0].id: 1})
    db.session.commit()
    world.join()
    (sealed,) = world.done.moved["contests"]["sealed"].values()
    ballots = {str(ballot) for ballot in db.session.scalars(sa.select(Ballot.voter_key))}
    assert not any(key in str(world.done.moved) + str(world.done.differences) for key in ballots)
    salt = one.salt
    assert unseal(salt, sealed)
    close_round(one.id, days(7))
    db.session.commit()
    with pytest.raises(ValueError, match="no salt"):
        unseal(one.salt, sealed)
    unmerge(world.done.id, world.council, "Two people after all", NOW)
    db.session.commit()
    assert (one.outcome["ballots"], one.outcome["roll"]) == (1, 2)
    assert list(check()) == []


@pytest.mark.parametrize("who", ["old", "kept", "both"])
def test_of_two_lines_one_stays_with_one_ballot(db, who):
    world = World()
    one = world.open(world.old, world.kept, world.other)
    if who in ("old", "both"):
        cast(one.id, world.old.id, {world.entries[0].id: 1})
    if who in ("kept", "both"):
        cast(one.id, world.kept.id, {world.entries[1].id: 1})
    db.session.commit()
    world.join()
    assert world.roll(one) == [(world.kept.id, True), (world.other.id, False)]
    assert counting.approvals(one.id) == {world.entries[0 if who == "old" else 1].id: 1}
    assert counting.standing(one.id) == 1
    assert one.roll_count == 2
    keys = set(db.session.scalars(sa.select(Ballot.voter_key).where(Ballot.replaced.is_(False))))
    assert keys == {voter_key(one.salt, world.kept.id)}
    sheets = set(db.session.scalars(sa.select(Sheet.voter_key)))
    assert sheets == keys
    close_round(one.id, days(7))
    assert (one.outcome["ballots"], one.outcome["roll"]) == (1, 2)


def test_a_vote_for_what_is_now_ones_own_is_taken_off(db):
    world = World()
    own = make_entry(world.contest, world.kept)
    world.entries.append(own)
    one = world.open(world.old, world.kept)
    cast(one.id, world.old.id, {own.id: 1, world.entries[0].id: 1})
    db.session.commit()
    world.join()
    assert counting.approvals(one.id) == {world.entries[0].id: 1}


def test_after_the_close_the_count_stays_and_the_facts_follow(db):
    world = World()
    one = world.open(world.old, world.kept, world.other)
    for voter in (world.old, world.kept):
        cast(one.id, voter.id, {world.entries[0].id: 1})
    close_round(one.id, days(7))
    jobs.tell_results(world.contest.id)
    db.session.execute(sa.text("DELETE FROM job"))
    db.session.commit()
    frozen = dict(one.outcome)
    world.join()
    assert one.outcome == frozen
    assert world.roll(one) == [(world.kept.id, True), (world.other.id, False)]
    live = sa.select(Activity.source_key).where(Activity.kind == "contest.voted", Activity.withdrawn_at.is_(None))
    assert db.session.scalars(live).all() == [f"voted:{one.id}:{world.kept.id}"]
    assert list(check()) == []


def test_places_and_entries_go_to_the_row_that_stays(db):
    world = World()
    own = make_entry(world.contest, world.old)
    world.entries = [own]
    entering.put_back_facts(own, NOW)
    one = world.open(world.other)
    cast(one.id, world.other.id, {own.id: 1})
    close_round(one.id, days(7))
    jobs.tell_results(world.contest.id)
    db.session.execute(sa.text("DELETE FROM job"))
    db.session.commit()
    world.join()
    live = sa.select(Activity.source_key, Activity.member_id).where(
        Activity.kind.in_(("contest.placed", "contest.entered")), Activity.withdrawn_at.is_(None)
    )
    kept = world.kept.id
    assert sorted(tuple(row) for row in db.session.execute(live)) == [
        (f"entered:{own.id}:{kept}", kept),
        (f"placed:{own.id}:{kept}:1", kept),
    ]
    assert own.member_id == kept
    assert list(check()) == []


def test_both_named_as_authors_is_one_author_with_the_surer_word(db):
    world = World()
    entry = world.entries[0]
    db.session.add_all([
        Author(entry_id=entry.id, member_id=world.old.id, position=1, state="in"),
        Author(entry_id=entry.id, member_id=world.kept.id, position=2, state="asked"),
        Author(entry_id=world.entries[1].id, member_id=world.old.id, position=1, state="declined"),
    ])  # fmt: skip
    db.session.commit()
    world.join()
    rows = sa.select(Author.entry_id, Author.state, Author.position).where(Author.member_id == world.kept.id)
    assert sorted(tuple(row) for row in db.session.execute(rows)) == [(entry.id, "in", 1), (world.entries[1].id, "declined", 1)]
    assert db.session.scalar(sa.select(sa.func.count()).where(Author.member_id == world.old.id)) == 0


def test_a_person_is_named_once(db):
    world = World(takes="person")
    for entry, nominee in zip(world.entries, (world.old, world.kept, world.other), strict=True):
        entry.nominee_id, entry.nominee_agreed = nominee.id, True
    db.session.commit()
    assert world.join()["entries"]["twice"] == [world.entries[0].id]
    assert (world.entries[0].state, world.entries[1].state) == (WITHDRAWN, "in")
    assert [entry.nominee_id for entry in world.entries] == [world.kept.id, world.kept.id, world.other.id]


def test_seats_and_remarks_are_had_once(db):
    world = World()
    one = world.contest.rounds[0]
    db.session.add_all(
        [Juror(round_id=one.id, member_id=world.old.id), Juror(round_id=one.id, member_id=world.kept.id, position=1)]
    )
    db.session.add_all(Remark(entry_id=world.entries[0].id, member_id=who.id, key="same", text="Lovely", at=NOW)
                       for who in (world.old, world.kept))  # fmt: skip
    db.session.commit()
    world.join()
    assert db.session.scalars(sa.select(Juror.member_id)).all() == [world.kept.id]
    said = db.session.execute(sa.select(Remark.member_id, Remark.key).order_by(Remark.id)).all()
    assert [row.member_id for row in said] == [world.kept.id] * 2
    assert len({row.key for row in said}) == 2


def test_nor_does_the_row_that_stays_keep_a_vote_for_what_the_other_row_made(db):
    """Also where only that one is on the roll."""
    world = World()
    theirs = make_entry(world.contest, world.old)
    world.entries.append(theirs)
    one = world.open(world.kept, world.other)
    cast(one.id, world.kept.id, {theirs.id: 1, world.entries[0].id: 1})
    cast(one.id, world.other.id, {theirs.id: 1})
    db.session.commit()
    world.join()
    assert counting.approvals(one.id) == {world.entries[0].id: 1, theirs.id: 1}
    close_round(one.id, days(7))
    assert (one.outcome["ballots"], one.outcome["roll"]) == (2, 2)


@pytest.mark.parametrize("on_roll", ["old", "both"])
@pytest.mark.parametrize("voted", ["", "old"])
def test_what_was_cast_between_counts_once_for_each_line_of_the_roll(db, on_roll, voted):
    """Whoever votes for both while they are one leaves no ballot without a line, and no line that says more than the box."""
    world = World()
    one = world.open(world.old, *([world.kept] if on_roll == "both" else []), world.other)
    if voted:
        cast(one.id, world.old.id, {world.entries[0].id: 1})
    db.session.commit()
    world.join()
    cast(one.id, world.kept.id, {world.entries[1].id: 1})
    db.session.commit()
    unmerge(world.done.id, world.council, "Two people after all", NOW)
    db.session.commit()
    stays = on_roll == "both"
    assert dict(world.roll(one)) == {world.old.id: False, world.other.id: False, **({world.kept.id: True} if stays else {})}
    assert counting.approvals(one.id) == ({world.entries[1].id: 1} if stays else {})
    assert sheet_for(one, world.old.id).marks == ({world.entries[0].id: 1} if voted else {})
    assert sheet_for(one, world.kept.id).marks == ({world.entries[1].id: 1} if stays else {})
    for voter in (world.old, world.kept) if stays else (world.old,):
        cast(one.id, voter.id, {world.entries[2].id: 1})
    db.session.commit()
    assert counting.standing(one.id) == (2 if stays else 1)
    close_round(one.id, days(7))
    assert (one.outcome["ballots"], one.outcome["roll"]) == ((2, 3) if stays else (1, 2))
    assert list(check()) == []


def test_a_round_that_was_closed_before_has_both_lines_again(db):
    world = World()
    one = world.open(world.old, world.kept, world.other)
    for voter in (world.old, world.kept):
        cast(one.id, voter.id, {world.entries[0].id: 1})
    close_round(one.id, days(7))
    jobs.tell_results(world.contest.id)
    db.session.execute(sa.text("DELETE FROM job"))
    db.session.commit()
    world.join()
    unmerge(world.done.id, world.council, "Two people after all", NOW)
    db.session.commit()
    assert world.roll(one) == [(world.old.id, True), (world.kept.id, True), (world.other.id, False)]
    assert list(check()) == []


def test_who_could_not_judge_meanwhile_is_still_excused(db):
    """What was done to a line while it was the other's goes back with it."""
    world = World()
    one = world.contest.rounds[0]
    db.session.add(Juror(round_id=one.id, member_id=world.old.id))
    db.session.commit()
    world.join()
    db.session.execute(sa.update(Juror).values(excused_at=NOW))
    db.session.commit()
    unmerge(world.done.id, world.council, "Two people after all", NOW)
    db.session.commit()
    assert db.session.execute(sa.select(Juror.member_id, Juror.excused_at)).all() == [(world.old.id, NOW)]
