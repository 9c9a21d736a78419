"""The council makes a contest, puts it up, changes what may still change, and calls it off with a reason."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.drain import drain
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.badges.models import Award, Badge
from recognition.contests import jury
from recognition.contests.models.contest import Contest
from recognition.contests.models.vote import Sheet
from recognition.contests.rules import BadContest, ContestSpec, RoundSpec, WrongPhase
from recognition.contests.services import making
from recognition.identity.models import Member
from tests.factories.badges import make_badge
from tests.factories.campaigns import make_campaign
from tests.factories.contests import NOW, days, make_contest, make_entry, open_round

Make = Callable[..., Member]


def spec(**changes: Any) -> ContestSpec:
    first = RoundSpec(days(20), days(27))
    values: dict[str, Any] = {"slug": "draw", "title": "Draw", "brief": "Draw it.", "takes": "picture", "entries_from": days(1),
                              "entries_until": days(14), "rounds": (first,)}  # fmt: skip
    return ContestSpec(**values | changes)


def refused(wanted: ContestSpec, now: Any = NOW) -> dict[str, str]:
    with pytest.raises(BadContest) as fault:
        making.save(wanted, now, None)
    return fault.value.errors


def published(db: Any, wanted: ContestSpec | None = None) -> Contest:
    contest = making.publish(making.save(wanted or spec(), NOW, None).id, NOW, None)
    db.session.flush()
    return contest


@pytest.fixture(autouse=True)
def today() -> Any:
    with clock.as_of(NOW):
        yield


def test_a_draft_is_kept_with_its_rounds_and_prizes(db: Any, make_member: Make) -> None:
    amina, judge = make_member("amina"), make_member("judge")
    make_badge("maker")
    make_campaign("spring")
    two = (RoundSpec(days(14), days(20), advance_count=5, weight=40),
           RoundSpec(days(20), days(30), judges="jury", method="schulze", quorum=1, jurors=("judge",), deputies=()))  # fmt: skip
    making.save(spec(rounds=two, prizes=("maker",), campaign="spring", licences=("cc0-1.0",)), NOW, amina.id)
    db.session.commit()
    contest = db.session.scalars(sa.select(Contest)).one()
    assert (contest.state, contest.seed, contest.owner_id, contest.campaign) == ("draft", "", amina.id, "spring")
    assert [(one.position, one.method, one.advance_count, one.weight) for one in contest.rounds] == [
        (1, "approval", 5, 40), (2, "schulze", None, 100),
    ]  # fmt: skip
    assert [prize.badge for prize in contest.prizes] == ["maker"]
    assert jury.sitting(contest.rounds[1].id) == [judge.id]
    assert db.session.scalars(sa.select(AuditEntry.action)).all() == ["contest.created"]
    assert db.session.scalars(sa.select(Notice)).all() == []


def test_saved_again_it_changes_in_place_and_drops_rounds(db: Any) -> None:
    two = (RoundSpec(days(14), days(20)), RoundSpec(days(20), days(30)))
    first = making.save(spec(rounds=two), NOW, None)
    kept = first.rounds[0].id
    again = making.save(spec(title="Draw it", rounds=(RoundSpec(days(15), days(20), method="score"),)), NOW, None)
    db.session.commit()
    assert (again.id, again.title) == (first.id, "Draw it")
    assert [(one.id, one.method) for one in again.rounds] == [(kept, "score")]
    told = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "contest.changed")).one()
    assert (told.before["title"], told.after["title"], told.after["round 2: method"]) == ("Draw", "Draw it", None)


def test_sent_twice_it_is_made_once_and_another_of_its_name_gets_a_number(db: Any) -> None:
    first = making.create(spec(), NOW, None, may_rename=True)
    assert making.create(spec(), NOW, None, may_rename=True).id == first.id
    assert making.create(spec(brief="Other."), NOW, None, may_rename=True).slug == "draw-2"
    with pytest.raises(BadContest) as fault:
        making.create(spec(brief="Other."), NOW, None)
    assert list(fault.value.errors) == ["title"]


def test_what_it_names_has_to_be_there(db: Any, make_member: Make) -> None:
    make_member("gone", state="alumni")
    round_ = RoundSpec(days(20), days(27), judges="jury", jurors=("nobody",), deputies=("gone",))
    assert refused(spec(campaign="nowhere", prizes=("nothing",), rounds=(round_,))) == {
        "campaign": "There is no campaign at this address.", "prizes": "There is no published badge nothing.",
        "rounds-1-jurors": "There is nobody called @nobody.", "rounds-1-deputies": "@gone is not active at the moment.",
    }  # fmt: skip


def test_whoever_has_an_entry_judges_none(db: Any, make_member: Make) -> None:
    contest = make_contest("draw", rounds=0, state="draft", takes="picture")
    make_entry(contest, make_member("ada"))
    round_ = RoundSpec(days(20), days(27), judges="jury", jurors=("ada",))
    assert refused(spec(rounds=(round_,))) == {
        "rounds-1-jurors": "@ada has an entry in this contest, so they cannot judge it."
    }  # fmt: skip


def test_published_its_seed_is_fixed_and_its_hash_is_kept(db: Any, make_member: Make) -> None:
    make_member("judge")
    contest = published(db, spec(rounds=(RoundSpec(days(20), days(27), judges="jury", jurors=("judge",)),)))
    assert (contest.state, len(contest.seed), contest.published_at) == ("published", 64, NOW)
    told = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "contest.published")).one()
    assert told.after == {"state": "published", "seed_sha256": hashlib.sha256(contest.seed.encode()).hexdigest()}
    assert db.session.scalars(sa.select(Notice.kind)).all() == ["contest.jury"]
    seed = contest.seed
    assert making.publish(contest.id, NOW, None).seed == seed


def test_what_would_be_over_already_is_not_published(db: Any) -> None:
    contest = making.save(spec(), NOW, None)
    with pytest.raises(BadContest):
        making.publish(contest.id, days(15), None)
    assert making.publish(contest.id, days(15), None, is_past_fine=True).state == "published"


def test_pins_are_made_with_it_and_the_drain_gives_them(db: Any, make_member: Make) -> None:
    ada, bo = make_member("ada"), make_member("bo")
    contest = making.publish(making.save(spec(), NOW, None).id, NOW, None, pins=("entered", "voted", "winner"))
    db.session.commit()
    assert [prize.badge for prize in contest.prizes] == ["draw-entered", "draw-voted", "draw-winner"]
    assert set(db.session.scalars(sa.select(Badge.state))) == {"published"}
    facts = [("contest.entered", ada, {}), ("contest.voted", bo, {}), ("contest.placed", ada, {"place": 3}),
             ("contest.placed", bo, {"place": 4})]  # fmt: skip
    record([Report(member_id=who.id, kind=kind, occurred_at=NOW, source="contests", source_key=f"{kind}:{who.id}",
                   object="contest:draw", data=data) for kind, who, data in facts], NOW)  # fmt: skip
    db.session.commit()
    drain()
    rows = sa.select(Member.handle, Badge.slug).join(Award, Award.member_id == Member.id).join(Badge, Badge.id == Award.badge_id)
    assert sorted(tuple(row) for row in db.session.execute(rows)) == [
        ("ada", "draw-entered"), ("ada", "draw-winner"), ("bo", "draw-voted"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"takes": "text"}, "takes"),
        ({"entries_from": days(0.5)}, "entries_from"),
        ({"entries_until": days(1.5)}, "entries_until"),
        ({"may_vote": {"member_for": 30}}, "may_vote"),
        ({"may_enter": {"member_for": 30}}, "may_enter"),
        ({"tie_rule": "draw"}, "tie_rule"),
        ({"licences": ("cc0-1.0",)}, "licences"),
        ({"shows_at_once": False}, "shows_at_once"),
        ({"entries_each": 1}, "entries_each"),
        ({"rounds": (RoundSpec(days(20), days(24)), RoundSpec(days(24), days(27)))}, "rounds"),
        ({"rounds": (RoundSpec(days(20), days(27), method="score"),)}, "rounds-1-method"),
        ({"rounds": (RoundSpec(days(20), days(27), quorum=9),)}, "rounds-1-quorum"),
        ({"rounds": (RoundSpec(days(20), days(27), weight=9),)}, "rounds-1-weight"),
    ],
)
def test_once_the_entries_have_begun_what_decides_stays(db: Any, changes: dict[str, Any], place: str) -> None:
    published(db, spec(entries_each=2))
    assert list(refused(spec(**{"entries_each": 2, **changes}), days(2))) == [place]


def test_before_the_entries_begin_all_but_what_is_handed_in_may_change(db: Any) -> None:
    published(db)
    changed = making.save(spec(may_vote={"member_for": 30}, rounds=(RoundSpec(days(21), days(30), method="irv"),)), NOW, None)
    assert (changed.may_vote, changed.rounds[0].method) == ({"member_for": 30}, "irv")
    assert list(refused(spec(takes="text"))) == ["takes"]


def test_words_and_dates_ahead_may_change_to_the_end(db: Any) -> None:
    published(db)
    later = spec(title="Draw on", entries_until=days(16), entries_each=2, rounds=(RoundSpec(days(21), days(30), "Round"),))
    changed = making.save(later, days(2), None)
    assert (changed.title, changed.entries_until, changed.rounds[0].starts_at) == ("Draw on", days(16), days(21))
    late = replace(later, entries_until=days(18))
    assert list(refused(late, days(17))) == ["entries_until"]


def test_what_was_agreed_stays_as_people_read_it_once_they_vote(db: Any) -> None:
    published(db)
    assert making.save(spec(rules="Only what was painted."), days(19), None).rules == "Only what was painted."
    assert list(refused(spec(rules="Only what was drawn."), days(20))) == ["rules"]


def test_a_round_that_has_begun_keeps_its_dates_and_its_jury(db: Any, make_member: Make) -> None:
    for handle in ("one", "two"):
        make_member(handle)
    first = RoundSpec(days(20), days(27), judges="jury", jurors=("one",))
    published(db, spec(rounds=(first,)))
    assert list(refused(spec(rounds=(replace(first, ends_at=days(28)),)), days(20))) == ["rounds-1-ends_at"]
    assert list(refused(spec(rounds=(replace(first, jurors=("two",)),)), days(20))) == ["rounds-1-jurors"]
    assert making.save(spec(rounds=(replace(first, title="The jury"),)), days(20), None).rounds[0].title == "The jury"
    db.session.rollback()


def test_another_jury_before_its_round_hears_of_it(db: Any, make_member: Make) -> None:
    for handle in ("one", "two"):
        make_member(handle)
    first = RoundSpec(days(20), days(27), judges="jury", jurors=("one",))
    published(db, spec(rounds=(first,)))
    making.save(spec(rounds=(replace(first, jurors=("two",)),)), days(2), None)
    told = sa.select(Member.handle).join(Notice, Notice.member_id == Member.id).order_by(Member.handle)
    assert db.session.scalars(told).all() == ["one", "two"]


def test_called_off_it_says_why_and_counts_no_vote(db: Any, make_member: Make) -> None:
    ada, bo = make_member("ada"), make_member("bo")
    contest = make_contest()
    entry = make_entry(contest, ada)
    one = open_round(contest.rounds[0], [entry], [bo])
    db.session.add(Sheet(round_id=one.id, voter_key="k"))
    db.session.flush()
    with pytest.raises(BadContest):
        making.call_off(contest.id, "  ", NOW, None)
    making.call_off(contest.id, "Nobody had time.", NOW, None)
    db.session.commit()
    assert (contest.state, contest.called_off_reason) == ("called_off", "Nobody had time.")
    assert (one.state, one.salt, db.session.scalars(sa.select(Sheet)).all()) == ("closed", "", [])
    told = db.session.scalars(sa.select(Notice)).one()
    assert (told.kind, told.member_id, told.data["words"]) == ("contest.called_off", ada.id, "Nobody had time.")
    assert list(refused(spec(slug="draw-mdm"))) == ["title"]


def test_a_draft_and_what_is_over_are_not_called_off(db: Any) -> None:
    draft = making.save(spec(), NOW, None)
    with pytest.raises(WrongPhase):
        making.call_off(draft.id, "No.", NOW, None)
    over = make_contest("over", rounds=1)
    over.rounds[0].state = "closed"
    db.session.flush()
    with pytest.raises(WrongPhase):
        making.call_off(over.id, "No.", NOW, None)


def test_words_can_be_changed_although_a_juror_has_gone_away(db: Any, make_member: Make) -> None:
    judge, other = make_member("judge"), make_member("other", state="alumni")
    badge = make_badge("maker")
    one = RoundSpec(days(20), days(27), judges="jury", jurors=("judge",))
    wanted = spec(rounds=(one,), prizes=("maker",))
    published(db, wanted)
    judge.state, badge.state = "away", "retired"
    db.session.flush()
    assert making.save(replace(wanted, brief="Draw it, please."), NOW, None).brief == "Draw it, please."
    assert other.handle in refused(replace(wanted, rounds=(replace(one, jurors=("judge", "other")),)))["rounds-1-jurors"]
