"""Nobody waits for one silent juror: who cannot says so, and a deputy is there at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.contests import jury
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.entry import Author
from recognition.contests.models.vote import Juror, Voter
from recognition.contests.rules import NotAllowed, WrongPhase
from recognition.contests.services import authors, juries
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.factories.contests import NOW, days, make_contest, make_entry, make_round


@dataclass
class Jury:
    contest: Contest
    one: Round
    people: dict[str, Member]

    def id(self, handle: str) -> int:
        return self.people[handle].id


@pytest.fixture
def bench(db: Any, make_member: Callable[..., Member]) -> Any:
    people = {handle: make_member(handle) for handle in ("ada", "bo", "cy", "dee", "eve", "fay")}
    contest = make_contest(rounds=0)
    one = make_round(contest, judges="jury", deputies_at=days(3))
    for place, handle in enumerate(("ada", "bo", "cy")):
        db.session.add(Juror(round_id=one.id, member_id=people[handle].id, part="juror", position=place))
    for place, handle in enumerate(("dee", "eve")):
        db.session.add(Juror(round_id=one.id, member_id=people[handle].id, part="deputy", position=place))
    db.session.commit()
    with clock.as_of(NOW):
        yield Jury(contest, one, people)


def opened(db: Any, bench: Jury, voted: tuple[str, ...] = ()) -> None:
    ids = jury.sitting(bench.one.id)
    bench.one.state, bench.one.salt, bench.one.roll_count = "open", "5a" * 32, len(ids)
    names = {member.id: handle for handle, member in bench.people.items()}
    db.session.add_all(Voter(round_id=bench.one.id, member_id=one, voted=names[one] in voted) for one in ids)
    db.session.commit()


def roll(db: Any, bench: Jury) -> list[str]:
    wanted = sa.select(Member.handle).join(Voter, Voter.member_id == Member.id).where(Voter.round_id == bench.one.id)
    return list(db.session.scalars(wanted.order_by(Member.handle)))


def told(db: Any) -> list[tuple[str, str]]:
    wanted = sa.select(Member.handle, Notice.kind).join(Notice, Notice.member_id == Member.id).order_by(Notice.id)
    return [tuple(row) for row in db.session.execute(wanted)]


def test_before_the_round_an_excuse_brings_the_next_deputy(db: Any, bench: Jury) -> None:
    called = juries.excuse(bench.one.id, bench.id("bo"), NOW)
    db.session.commit()
    assert called is not None
    assert called.member_id == bench.id("dee")
    assert jury.sitting(bench.one.id) == sorted(bench.id(handle) for handle in ("ada", "cy", "dee"))
    assert told(db) == [("dee", "contest.deputy")]
    assert roll(db, bench) == []
    audited = db.session.scalars(sa.select(AuditEntry)).one()
    assert (audited.action, audited.actor_id, audited.after) == ("contest.juror_excused", bench.id("bo"), {"round": 1})


def test_said_twice_one_deputy_comes(db: Any, bench: Jury) -> None:
    juries.excuse(bench.one.id, bench.id("bo"), NOW)
    assert juries.excuse(bench.one.id, bench.id("bo"), NOW) is None
    assert len(told(db)) == 1


def test_while_the_round_runs_the_roll_changes_with_it(db: Any, bench: Jury) -> None:
    opened(db, bench)
    juries.excuse(bench.one.id, bench.id("ada"), NOW)
    db.session.commit()
    assert (roll(db, bench), bench.one.roll_count) == (["bo", "cy", "dee"], 3)


def test_a_called_deputy_may_pass_it_on_and_one_in_waiting_may_step_back(db: Any, bench: Jury) -> None:
    opened(db, bench)
    juries.excuse(bench.one.id, bench.id("ada"), NOW)
    juries.excuse(bench.one.id, bench.id("dee"), NOW)
    assert roll(db, bench) == ["bo", "cy", "eve"]
    juries.excuse(bench.one.id, bench.id("bo"), NOW)
    assert (roll(db, bench), bench.one.roll_count) == (["cy", "eve"], 2)


def test_a_deputy_in_waiting_steps_back_and_nobody_is_called(db: Any, bench: Jury) -> None:
    assert juries.excuse(bench.one.id, bench.id("dee"), NOW) is None
    assert told(db) == []
    juries.excuse(bench.one.id, bench.id("ada"), NOW)
    assert told(db) == [("eve", "contest.deputy")]


def test_who_has_voted_who_is_no_juror_and_who_comes_too_late(db: Any, bench: Jury) -> None:
    opened(db, bench, voted=("ada",))
    with pytest.raises(NotAllowed):
        juries.excuse(bench.one.id, bench.id("ada"), NOW)
    with pytest.raises(NotAllowed):
        juries.excuse(bench.one.id, bench.id("fay"), NOW)
    with pytest.raises(WrongPhase):
        juries.excuse(bench.one.id, bench.id("bo"), bench.one.ends_at)


def test_at_their_hour_a_deputy_comes_for_each_silent_juror(db: Any, bench: Jury) -> None:
    opened(db, bench, voted=("ada", "cy"))
    juries.call_deputies(bench.one.id, days(2))
    assert roll(db, bench) == ["ada", "bo", "cy"]
    juries.call_deputies(bench.one.id, days(3))
    db.session.commit()
    assert (roll(db, bench), bench.one.roll_count) == (["ada", "bo", "cy", "dee"], 4)
    assert told(db) == [("dee", "contest.deputy")]
    juries.call_deputies(bench.one.id, days(4))
    assert len(told(db)) == 1


def test_nobody_learns_how_many_were_silent(db: Any, bench: Jury) -> None:
    opened(db, bench, voted=("ada",))
    juries.call_deputies(bench.one.id, days(3))
    db.session.commit()
    audited = db.session.scalars(sa.select(AuditEntry)).one()
    assert (audited.action, audited.before, audited.after) == ("contest.deputies_called", None, {"round": 1})


def test_a_deputy_with_an_entry_is_passed_by(db: Any, bench: Jury) -> None:
    make_entry(bench.contest, bench.people["dee"])
    assert jury.with_entries(bench.contest.id, [bench.id("dee"), bench.id("eve")]) == {bench.id("dee")}
    juries.excuse(bench.one.id, bench.id("ada"), NOW)
    assert told(db) == [("eve", "contest.deputy")]


def test_mentees_and_seats(db: Any, bench: Jury) -> None:
    bench.people["fay"].mentor_id = bench.id("ada")
    make_entry(bench.contest, bench.people["fay"])
    assert jury.entries_of_mentees(bench.contest.id, [bench.id("ada"), bench.id("bo")]) == {bench.id("ada"): 1}
    assert [seat.part for seat in jury.seats_of(bench.contest.id, bench.id("dee"))] == ["deputy"]
    assert (jury.is_named(bench.contest.id, bench.id("ada")), jury.is_named(bench.contest.id, bench.id("fay"))) == (True, False)
    assert jury.handles([bench.one.id]) == {bench.one.id: {"juror": ["ada", "bo", "cy"], "deputy": ["dee", "eve"]}}


def test_who_is_asked_and_has_not_answered_is_told_to_nobody(db: Any, bench: Jury) -> None:
    entry = make_entry(bench.contest, bench.people["fay"], nominee_id=bench.id("bo"))
    db.session.add(Author(entry_id=entry.id, member_id=bench.id("ada"), position=1, state="asked"))
    db.session.flush()
    asked = [bench.id("ada"), bench.id("bo")]
    assert jury.with_entries(bench.contest.id, asked) == set()
    entry.nominee_agreed = True
    db.session.flush()
    assert jury.with_entries(bench.contest.id, asked) == {bench.id("bo")}


def test_many_excuses_at_once_bring_one_deputy_each(app: Flask, db: Any, bench: Jury) -> None:
    opened(db, bench)
    round_id, ids = bench.one.id, [bench.id("ada"), bench.id("bo")] * 4
    db.session.commit()

    def say(member_id: int) -> bool:
        with app.app_context(), clock.as_of(NOW):
            try:
                called = juries.excuse(round_id, member_id, NOW) is not None
                database.session.commit()
                return called
            finally:
                database.session.remove()

    with ThreadPoolExecutor(8) as pool:
        called = list(pool.map(say, ids))
    db.session.expire_all()
    assert sorted(called) == [False] * 6 + [True] * 2
    assert (roll(db, bench), bench.one.roll_count) == (["cy", "dee", "eve"], 3)
    assert sorted(told(db)) == [("dee", "contest.deputy"), ("eve", "contest.deputy")]


def test_whoever_judges_is_no_co_author_of_what_is_judged(db: Any, bench: Jury) -> None:
    entry = make_entry(bench.contest, bench.people["fay"])
    db.session.add(Author(entry_id=entry.id, member_id=bench.id("ada"), position=1, state="asked"))
    db.session.flush()
    bench.one.starts_at = days(1)
    with pytest.raises(NotAllowed, match="on the jury"):
        authors.answer_co_author(entry.id, bench.id("ada"), True)
    assert authors.answer_co_author(entry.id, bench.id("ada"), False)


def test_a_draft_is_told_to_nobody(db: Any, bench: Jury) -> None:
    make_entry(bench.contest, bench.people["dee"], state="draft")
    assert jury.with_entries(bench.contest.id, [bench.id("dee")]) == set()
