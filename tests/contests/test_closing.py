"""The end of a round: what is frozen, what is wiped, who goes on, and that it happens once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.audit.models import AuditEntry
from recognition.contests.ballots import candidates
from recognition.contests.models.contest import Result
from recognition.contests.models.entry import OUT
from recognition.contests.models.vote import Sheet, Voter
from recognition.contests.rules import CLOSED, OPEN, WAITING
from recognition.contests.services import moving
from recognition.contests.services.closing import close_round, let_through
from recognition.contests.tally.ties import drawn
from recognition.extensions import db as database
from recognition.jobs.models import Job
from tests.factories.contests import NOW, days, make_contest, make_entry, open_round, put_ballot
from tests.factories.identity import make_group, make_member


@pytest.fixture(autouse=True)
def today(app):
    with clock.as_of(NOW):
        yield


def people(count: int, stem: str = "voter"):
    return [make_member(f"{stem}{number}") for number in range(count)]


def a_vote(*ballots: str, rounds: int = 1, voters: int = 0, round_changes=None, **changes):
    """Entries a, b, c, d; each word is an approval ballot ("ab"), "-" an abstention."""
    contest = make_contest(rounds=rounds, **changes)
    entries = {letter: make_entry(contest, make_member(f"maker-{letter}"), title=letter) for letter in "abcd"}
    roll = people(max(len(ballots), voters))
    one = open_round(contest.rounds[0], list(entries.values()), roll)
    for name, value in (round_changes or {}).items():
        setattr(one, name, value)
    for voter, ballot in zip(roll, ballots, strict=False):
        put_ballot(one, voter, {entries[letter].id: 1 for letter in ballot.strip("-")})
    database.session.add(Sheet(round_id=one.id, voter_key="f" * 64, order=[], marks={}, number=0))
    database.session.commit()
    return contest, one, entries


def letters(places, entries):
    names = {entry.id: letter for letter, entry in entries.items()}
    return ["".join(sorted(names[one] for one in group)) for group in places]


def test_what_a_close_freezes(db):
    contest, one, entries = a_vote("ab", "a", "ac", "-", voters=6)
    assert close_round(one.id, days(7))
    db.session.commit()
    assert (one.state, one.salt, one.closed_at) == (CLOSED, "", days(7))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Sheet)) == 0
    outcome = one.outcome
    assert letters(outcome["places"], entries) == ["a", "bc", "d"]
    assert outcome["numbers"] == {
        str(entries["a"].id): 3,
        str(entries["b"].id): 1,
        str(entries["c"].id): 1,
        str(entries["d"].id): 0,
    }
    assert {name: outcome[name] for name in ("ballots", "abstained", "roll", "counted", "pairwise", "steps", "method")} == {
        "ballots": 4,
        "abstained": 1,
        "roll": 6,
        "counted": True,
        "pairwise": None,
        "steps": [],
        "method": "approval",
    }
    result = db.session.get(Result, (contest.id, 1))
    assert letters(result.places, entries) == ["a", "bc", "d"]
    assert (result.reason, result.at) == ("", days(7))
    assert [job.name for job in db.session.scalars(sa.select(Job))] == ["contests.tell_results"]


def test_it_is_closed_once_and_never_before_its_last_moment(db):
    _contest, one, _entries = a_vote("a")
    assert not close_round(one.id, days(7) - timedelta(microseconds=1))
    assert close_round(one.id, days(7))
    db.session.commit()
    frozen = dict(one.outcome)
    assert not close_round(one.id, days(8))
    assert not close_round(10**9, days(8))
    assert one.outcome == frozen
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Result)) == 1


def test_a_contest_that_was_called_off_is_not_counted(db):
    _contest, one, _entries = a_vote("a", state="called_off")
    assert not close_round(one.id, days(8))
    assert (one.state, one.outcome) == (OPEN, None)


@pytest.mark.parametrize(
    ("most", "through"),
    [(None, "abcd"), (1, "a"), (2, "abc"), (3, "abc"), (4, "abcd"), (9, "abcd")],
)
def test_all_who_are_level_with_the_last_one_go_on(db, most, through):
    _contest, one, entries = a_vote("ab", "a", "ac", rounds=2, round_changes={"advance_count": most})
    assert close_round(one.id, days(7))
    db.session.commit()
    assert letters([let_through(one)], entries) == [through]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Result)) == 0


def test_who_was_disqualified_after_a_round_makes_room(db):
    _contest, one, entries = a_vote("ab", "a", "ab", "c", rounds=2, round_changes={"advance_count": 2})
    close_round(one.id, days(7))
    entries["a"].state = OUT
    db.session.commit()
    assert letters([let_through(one)], entries) == ["bc"]
    assert moving.move_round(one.contest.rounds[1].id, days(7))
    second = one.contest.rounds[1]
    assert letters([candidates(second.id).ids], entries) == ["bc"]


def test_too_few_voters_get_more_time_once(db):
    contest, one, _entries = a_vote("a", voters=4, rounds=2, round_changes={"quorum": 2, "missing": "extend", "extend_days": 3})
    assert not close_round(one.id, days(7))
    db.session.commit()
    assert (one.state, one.ends_at, one.extended_at) == (OPEN, days(10), days(7))
    # The next round begins after it and keeps its length.
    assert (contest.rounds[1].starts_at, contest.rounds[1].ends_at) == (days(10), days(17))
    assert not close_round(one.id, days(9))
    assert close_round(one.id, days(10))
    assert one.outcome["counted"] is False
    actions = sa.select(AuditEntry.action).order_by(AuditEntry.id)
    assert db.session.scalars(actions).all() == ["contest.round_extended", "contest.round_closed"]


def test_a_round_below_its_quorum_places_nobody(db):
    contest, one, _entries = a_vote("a", voters=4, round_changes={"quorum": 2})
    assert close_round(one.id, days(7))
    assert one.outcome["counted"] is False
    assert db.session.get(Result, (contest.id, 1)).places == []


@pytest.mark.parametrize("ballots", [(), ("-", "-")])
def test_where_nobody_says_anything_nobody_is_first(db, ballots):
    contest, one, _entries = a_vote(*ballots, voters=3)
    assert close_round(one.id, days(7))
    assert one.outcome["counted"] is False
    assert db.session.get(Result, (contest.id, 1)).places == []


def test_a_round_that_could_open_only_after_its_end_is_open_as_long_as_planned(db):
    _contest, one, _entries = a_vote(round_changes={"opened_at": days(8)})
    assert not close_round(one.id, days(8))
    assert one.ends_at == days(15)
    assert close_round(one.id, days(15))


def test_a_round_without_entries_ends_too(db):
    contest = make_contest()
    one = open_round(contest.rounds[0], [], people(2))
    assert close_round(one.id, days(7))
    assert (one.outcome["places"], one.outcome["counted"]) == ([], False)


def test_lots_decide_where_the_contest_says_so(db):
    _contest, one, entries = a_vote("ab", "a", "ac", tie_rule="draw")
    close_round(one.id, days(7))
    ids = {entry.key: letter for letter, entry in entries.items()}
    first, *lots, last = letters(one.outcome["places"], entries)
    assert (first, last) == ("a", "d")
    assert lots == [ids[key] for key in drawn([entries["b"].key, entries["c"].key], one.contest.seed)]
    assert letters(one.outcome["drawn"], entries) == ["bc"]


def test_turnout_tells_of_no_small_group(db):
    large, small = make_group("large"), make_group("small")
    contest = make_contest()
    entry = make_entry(contest, make_member("maker"))
    roll = people(12)
    one = open_round(contest.rounds[0], [entry], roll)
    for number, voter in enumerate(roll):
        db.session.get(Voter, (one.id, voter.id)).group_id = large.id if number < 6 else small.id if number < 8 else None
    for voter in (*roll[:3], roll[7]):
        put_ballot(one, voter, {entry.id: 1})
    close_round(one.id, days(7))
    assert one.outcome["groups"] == [
        {"group": "large", "name": "Large", "roll": 6, "cast": 3},
        {"group": "*", "name": "", "roll": 6, "cast": 1},
    ]


def test_time_moves_a_contest_from_its_first_day_to_its_result(db):
    contest = make_contest(rounds=2)
    entry = make_entry(contest, make_member("maker"))
    voter = people(3)[0]
    db.session.commit()
    first, second = contest.rounds
    assert moving.due(days(-1)) == []
    assert moving.due(days(0)) == [first.id]
    assert moving.move_round(first.id, days(0))
    assert (first.state, second.state) == (OPEN, WAITING)
    put_ballot(first, voter, {entry.id: 1})
    assert not moving.move_round(second.id, days(6))
    assert moving.move_round(first.id, days(7))
    assert (first.state, moving.due(days(7))) == (CLOSED, [second.id])
    assert moving.move_round(second.id, days(7))
    assert moving.move_round(second.id, days(14))
    assert moving.due(days(400)) == []
    assert db.session.get(Result, (contest.id, 1)).places == [[entry.id]]


def test_a_job_waits_for_every_date(db):
    contest = make_contest(rounds=2)
    moving.remind_of_dates(contest)
    moving.remind_of_dates(contest)
    db.session.commit()
    waits = db.session.execute(sa.select(Job.name, Job.run_after).order_by(Job.run_after, Job.id)).all()
    assert [tuple(row) for row in waits] == [
        ("contests.move_round", days(7)),
        ("contests.move_round", days(7)),
        ("contests.move_round", days(14)),
    ]


def test_a_round_that_opened_too_late_moves_its_deputies_and_keeps_its_own_longer_time(db):
    changes = {"opened_at": days(8), "deputies_at": days(3), "quorum": 2, "missing": "extend", "extend_days": 3}
    _contest, one, _entries = a_vote("a", voters=3, round_changes=changes)
    assert not close_round(one.id, days(8))
    assert (one.ends_at, one.deputies_at, one.extended_at) == (days(15), days(11), None)
    # Too few voted in all of that time, and what was promised for that holds.
    assert not close_round(one.id, days(15))
    assert (one.ends_at, one.extended_at) == (days(18), days(15))
    assert close_round(one.id, days(18))
