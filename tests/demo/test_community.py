"""The invented community on its first evening. Loaded once for each database, since it takes seconds."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities import drain, set_aside
from recognition.activities.models import Activity
from recognition.activities.ties import worked_with
from recognition.badges import silence
from recognition.badges.models import Award, Badge, ClaimCode, Nomination
from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import phase
from recognition.contests.models.contest import Contest, Result, Round
from recognition.contests.models.entry import Entry, Flag, Remark
from recognition.contests.models.vote import Ballot
from recognition.contests.queries import stand_of
from recognition.demo import community, contests, services, stuck
from recognition.demo.community import visibility_of
from recognition.extensions import db
from recognition.identity.fields import DEFAULT_VISIBILITY, look
from recognition.identity.models import Account, Grant, Group, Member, Membership
from recognition.identity.words import clean_handle
from recognition.jobs import failed, worker
from recognition.news.reaching import roster
from recognition.quests.models import Enrolment, Quest, Review
from tests.conftest import empty_tables

NOW = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def hall(_program):
    with _program.app_context():
        empty_tables()
        services.load(NOW)
        yield _program
        db.session.remove()


def count(table, *where):
    return db.session.scalar(sa.select(sa.func.count()).select_from(table).where(*where))


def test_who_is_there(hall):
    assert (count(Member), count(Group), count(Account)) == (42, 6, 7)
    states = db.session.execute(sa.select(Member.state, sa.func.count()).group_by(Member.state)).all()
    assert {row.state: row.count for row in states} == {"active": 37, "away": 3, "alumni": 2}
    roles = db.session.execute(sa.select(Grant.role, Member.handle).join(Member, Member.id == Grant.member_id)).all()
    assert sorted(tuple(row) for row in roles) == [
        ("admin", "oskar"),
        ("council", "amina"),
        ("council", "lior"),
        ("staff", "zeynep"),
    ]
    assert count(Membership, Membership.is_curator) == 6
    assert count(Member, Member.mentor_id.is_not(None)) == 19


def test_what_shows_by_consent_is_there_to_look_at(hall):
    people = {one.handle: one for one in db.session.scalars(sa.select(Member))}
    found = {
        handle: [tie.person.handle for tie in worked_with(people[handle].id, people["noor"]).items]
        for handle in ("teo", "mirembe")
    }
    assert found == {"teo": ["jonas", "marta"], "mirembe": ["amina", "malik"]}
    table = db.session.scalars(sa.select(Group).where(Group.slug == "nairobi-open-table")).one()
    rows = {row.person.handle: row.is_unreached for row in roster(table, people["amina"], NOW, None).items}
    assert rows == {"mirembe": False, "wanjiru": True}


def test_three_groups_count_in_three_ways(hall):
    rows = db.session.execute(sa.select(Group.slug, Group.members_by, Group.member_count)).all()
    counts = {row.slug: (row.members_by, row.member_count) for row in rows}
    assert [counts[slug] for slug in ("help-desk-choir", "words-across", "campus-lanterns")] == [
        ("joined", 10), ("terms", 14), ("deeds", 8),
    ]  # fmt: skip


def test_what_they_did(hall):
    assert count(Activity, Activity.source == "demo") == 443
    assert count(Activity, Activity.repeat_of_id.is_not(None)) == 4
    # One is set aside, for an admin to try again; nothing else waits.
    assert count(Activity, Activity.considered_at.is_(None)) == 1
    assert count(Activity, Activity.set_aside_at.is_not(None), Activity.considered_at.is_(None)) == 1
    assert count(Activity, Activity.occurred_at > NOW) == 0
    assert count(Activity, Activity.occurred_at < NOW - timedelta(days=71)) == 0
    texts = Counter(db.session.scalars(sa.select(Activity.text).where(Activity.source == "demo")))
    assert len(texts) > 300
    assert max(texts.values()) <= 4
    assert not any(mark in text for text in texts for mark in "[]{}@#")


def test_the_newcomer_has_done_nothing_and_the_shy_one_shows_nothing(hall):
    noor, yuki = (db.session.scalars(sa.select(Member).where(Member.handle == h)).one() for h in ("noor", "yuki"))
    assert (noor.joined_at.date(), count(Activity, Activity.member_id == noor.id)) == (NOW.date(), 0)
    assert yuki.visibility == {field: "me" for field in DEFAULT_VISIBILITY if field != "name"}
    told = sa.select(Activity.visibility).where(Activity.member_id == yuki.id, Activity.source == "demo").distinct()
    assert db.session.scalars(told).all() == ["me"]
    kept = db.session.execute(sa.select(Award.shown, Award.answer).where(Award.member_id == yuki.id).distinct()).all()
    # What comes later is asked about first.
    assert ([tuple(row) for row in kept], yuki.wears_at_once) == ([(False, "accepted")], False)


def test_each_whom_a_visitor_may_be_has_an_address(hall):
    rows = db.session.execute(sa.select(Account.subject, Account.email).where(Account.email_verified)).all()
    assert {row.subject: row.email for row in rows} == {
        handle: f"{handle}@hall.example" for handle in ("noor", "teo", "mirembe", "amina", "oskar", "yuki", "zeynep")
    }


def test_one_campaign_runs_and_one_is_over(hall):
    line, funnel = (
        db.session.scalars(sa.select(Campaign).where(Campaign.slug == s)).one() for s in ("what-is-mdm", "dark-funnel-week")
    )
    assert phase(line.state, line.starts_at, line.ends_at, NOW) == "running"
    assert (line.reached_count, line.base_count, line.joined_count) == (18, 37, 22)
    assert phase(funnel.state, funnel.starts_at, funnel.ends_at, NOW) == "over"
    assert (funnel.reached_count, funnel.target_count, funnel.joined_count) == (19, 20, 22)
    assert "28 finds, handed in by 19 detectives; 22 people had joined" in funnel.came_of_it


def test_quests_are_finished_half_way_and_just_begun(hall):
    wanted = sa.select(Quest.slug, sa.func.count(), sa.func.count(Enrolment.finished_at)).join_from(Enrolment, Quest)
    assert sorted(tuple(row) for row in db.session.execute(wanted.group_by(Quest.slug))) == [
        ("coaching", 1, 1),
        ("coordinator-role", 4, 4), ("engagements-and-campaigns", 7, 6), ("in-your-own-words", 7, 2), ("pass-it-on", 3, 2),
        ("thanks-and-recognition", 5, 3), ("vision-and-goal", 8, 7), ("what-is-mdm", 25, 18), ("why-it-started", 8, 7),
    ]  # fmt: skip


def test_answers_wait_came_back_and_were_read(hall):
    wanted = sa.select(Review.state, Review.widened_at.is_not(None), sa.func.count())
    rows = db.session.execute(wanted.group_by(Review.state, Review.widened_at.is_not(None))).all()
    assert sorted(tuple(row) for row in rows) == [
        ("passed", False, 3), ("returned", False, 2), ("waiting", False, 2), ("waiting", True, 1),
    ]  # fmt: skip


def test_every_family_has_holders_and_awards_came_when_they_were_earned(hall):
    families = db.session.scalars(sa.select(Badge.family).where(Badge.holders_count > 0).distinct())
    assert set(families) == {"learning", "helping", "making", "gathering", "caring"}
    days = db.session.scalars(sa.select(Award.awarded_at)).all()
    assert max(days) <= NOW
    assert len({day.date() for day in days}) > 20


def test_a_second_time_adds_nothing_even_on_another_day(hall):
    tables = [table for table in db.metadata.sorted_tables if table.name != "job"]
    before = [count(table) for table in tables]
    assert services.load(NOW + timedelta(days=1)) == {"members": 0, "groups": 0, "deeds": 0}
    assert [count(table) for table in tables] == before


def test_two_people_are_put_forward_and_a_code_is_open(hall):
    waits = db.session.execute(sa.select(Nomination.state, Nomination.reason).order_by(Nomination.id)).all()
    assert [state for state, _reason in waits] == ["open", "open"]
    codes = db.session.scalars(sa.select(ClaimCode)).all()
    assert [(code.label, code.used) for code in codes] == [("Open evening in the hall", 0)]


def test_no_rule_is_called_silent(hall):
    silence.listen(NOW)
    silence.listen(NOW + timedelta(days=7))
    assert count(Badge, Badge.silent_since.is_not(None)) == 0
    db.session.rollback()


def test_something_is_stuck_and_another_try_goes_well(hall):
    job = failed.newest(2)
    assert ([one.name for one in job], set_aside.count()) == (["badges.count_holders"], 1)
    stuck.leave(community.ids_by_handle(community.read("people")["people"]), NOW)
    db.session.commit()
    assert (len(failed.newest(2)), set_aside.count()) == (1, 1)
    assert (failed.retry(job[0].id), set_aside.retry()) == (True, 1)
    db.session.commit()
    assert worker.run(job[0].id) is True
    assert drain.drain().set_aside == 0
    assert (failed.newest(2), set_aside.count()) == ([], 0)


def test_what_was_derived_agrees_with_the_log(hall):
    result = hall.test_cli_runner().invoke(args=["check"])
    assert (result.exit_code, json.loads(result.stdout)["differences"]) == (0, 0)


def test_everybody_keeps_the_rules_of_handles_and_names():
    people = community.read("people")["people"]
    handles = [person["handle"] for person in people]
    assert [clean_handle(handle) for handle in handles] == handles
    assert len({look(handle) for handle in handles}) == 42
    assert len({person["name"] for person in people}) == 42
    assert {person["handle"] for person in people if person.get("persona")} == {
        "noor", "teo", "mirembe", "amina", "oskar", "yuki", "zeynep",
    }  # fmt: skip


def test_visibility_names_only_fields_and_levels_that_exist():
    for person in community.read("people")["people"]:
        chosen = visibility_of(person)
        assert set(chosen) <= set(DEFAULT_VISIBILITY)
        assert set(chosen.values()) <= {"public", "members", "me"}


def test_the_door_offers_the_personas_and_gives_nothing_away(hall):
    page = hall.test_client().get("/login").text
    lines = [person["persona"] for person in community.read("people")["people"] if person.get("persona")]
    assert [line in page for line in lines] == [True] * 7
    assert "Sapporo" not in page


def test_contests_stand_at_every_point_of_their_way(hall):
    with clock.as_of(NOW):
        stands = {one.slug: stand_of(one).phase for one in db.session.scalars(sa.select(Contest))}
    assert stands == {
        "draw-what-mdm-means": "voting", "in-a-hundred-words": "voting", "person-of-the-month": "voting",
        "poster-for-the-open-evening": "over", "before-and-after": "entering",
        "mdm-in-one-picture": "draft", "story-of-a-bug": "draft",
    }  # fmt: skip
    assert {one.method for one in db.session.scalars(sa.select(Round).where(Round.state == "open"))} == {
        "approval", "score", "schulze",
    }  # fmt: skip
    assert count(Entry, Entry.state == "in") == 32
    assert count(Entry, Entry.media_id.is_not(None)) == 21
    assert db.session.scalars(sa.select(sa.func.min(sa.func.length(Entry.alt))).where(Entry.media_id.is_not(None))).one() > 80


def test_contests_are_held_once(hall):
    before = count(Contest), count(Entry), count(Ballot)
    assert contests.hold(community.ids_by_handle(community.read("people")["people"]), NOW, None) == 0
    assert (count(Contest), count(Entry), count(Ballot)) == before
    db.session.rollback()


def test_the_decided_contest_was_counted_and_its_pins_are_worn(hall):
    result = db.session.scalars(sa.select(Result)).one()
    assert sorted(entry for place in result.places for entry in place) == sorted(
        db.session.scalars(sa.select(Entry.id).where(Entry.contest_id == result.contest_id))
    )
    held = sa.select(Badge.slug, sa.func.count()).join(Award, Award.badge_id == Badge.id).group_by(Badge.slug)
    pins = {slug: number for slug, number in db.session.execute(held) if slug.startswith("poster-")}
    poster = "poster-for-the-open-evening"
    assert pins == {f"{poster}-entered": 4, f"{poster}-voted": 22, f"{poster}-winner": 3}


def test_no_ballot_of_an_open_vote_can_be_tied_to_anybody_by_what_is_told(hall):
    """Who voted is a line of the roll and nothing else: no fact, no notice, no audit."""
    open_ones = [f"contest:{slug}" for slug in ("draw-what-mdm-means", "in-a-hundred-words", "person-of-the-month")]
    assert count(Activity, Activity.kind == "contest.voted", Activity.object.in_(open_ones)) == 0


def test_what_was_said_about_the_posters(hall):
    said = db.session.execute(
        sa.select(Entry.title, sa.func.count(Remark.id)).join(Remark).group_by(Entry.title).order_by(Entry.title)
    )
    assert [tuple(row) for row in said] == [("Five in a cup", 1), ("The door is open", 2)]
    assert [one.outcome for one in db.session.scalars(sa.select(Flag))] == [""]
