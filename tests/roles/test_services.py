"""Who reads which version on which day, who hears of it, and how one comes to a role."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.extensions import db as database
from recognition.identity.models import Grant, Member, Membership
from recognition.identity.rules import NotAllowed
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from recognition.jobs.models import Job
from recognition.roles import applying, holding, jobs, queries, services
from recognition.roles.models import Role, RoleApplication, RoleVersion, RoleWord
from recognition.roles.rules import Entry, NotSaved, TooLate, compare, sheet
from recognition.roles.waiting import locks
from tests.dumps import differing, dump
from tests.factories.activities import make_activity
from tests.factories.identity import make_group, make_member
from tests.factories.roles import COORDINATOR, WRITTEN, make_role

DAY = date(2026, 11, 1)
SECOND = replace(COORDINATOR, duties=(("Answers within three days", "in the forum"), ("Welcomes new people", "")))


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    made = {name: make_member(name, name=name.title()) for name in ("ada", "bob", "eve")}
    made["cleo"] = make_member("cleo", name="Cleo", roles=("council",))
    make_member("pupil", mentor_id=made["bob"].id)
    db.session.commit()
    return made


def at(days: int) -> Any:
    return WRITTEN + timedelta(days=days)


def published(role: Role, actor: Member, first_for: str = "", days: tuple[int, int] = (0, 0), now: Any = WRITTEN) -> RoleVersion:
    first_on = DAY + timedelta(days=days[0]) if first_for else None
    return services.publish(role.id, role.draft_number, "So.", first_for, first_on, DAY + timedelta(days=days[1]), actor.id, now)


def seen(role: Role, viewer: Member | None, days: int) -> list[int]:
    found = queries.reading(role.slug, viewer, at(days))
    return [one.number for one in found.versions] if found else []


def test_mentors_read_it_before_the_others_and_nobody_before_its_day(db: Any, people: dict[str, Any]) -> None:
    ada, bob, cleo = people["ada"], people["bob"], people["cleo"]
    role = services.create(COORDINATOR, "", cleo.id, WRITTEN)
    published(role, cleo, "mentors", (2, 9))
    services.save(role.id, SECOND, "", role.draft_number, cleo.id)
    assert [[seen(role, who, days) for days in (0, 1, 2, 8, 9)] for who in (None, ada, bob, cleo)] == [
        [[], [], [], [], [1]], [[], [], [], [], [1]], [[], [], [1], [1], [1]], [[1]] * 5,
    ]  # fmt: skip
    published(role, cleo, "mentors", (10, 20), at(10))
    assert [[seen(role, who, days) for days in (10, 19, 20)] for who in (None, ada, bob)] == [
        [[1], [1], [2, 1]], [[1], [1], [2, 1]], [[2, 1]] * 3,
    ]  # fmt: skip
    # The list and a version that is asked for by its number keep to the same days.
    for who, number in ((ada, 1), (bob, 2), (None, 1)):
        assert [one.here.number for one in queries.listed(who, at(15))] == [number]
    assert queries.reading(role.slug, ada, at(19), 2) is None
    assert queries.reading(role.slug, ada, at(20), 1) is not None


def test_a_group_may_be_first(db: Any, people: dict[str, Any]) -> None:
    group = make_group("nairobi")
    db.session.add_all(Membership(group_id=group.id, member_id=people[name].id, state=state, since=WRITTEN)
                       for name, state in (("ada", "in"), ("eve", "asked")))  # fmt: skip
    role = services.create(COORDINATOR, "", people["cleo"].id, WRITTEN)
    published(role, people["cleo"], "group:nairobi", (0, 5))
    assert [seen(role, people[name], 1) for name in ("ada", "eve", "bob")] == [[1], [], []]


def test_two_versions_are_told_apart_by_what_differs(db: Any) -> None:
    changed = [(one.section, one.lines) for one in compare(COORDINATOR, SECOND)]
    lines = (("-", "Answers within a week (in the forum)"), ("+", "Answers within three days (in the forum)"),
             ("+", "Welcomes new people"))  # fmt: skip
    assert changed == [("duties", lines)]
    assert list(compare(SECOND, SECOND)) == []
    assert sheet(SECOND.data) == SECOND


def test_holders_hear_of_it_once_when_everybody_reads_it(db: Any, people: dict[str, Any]) -> None:
    role = services.create(COORDINATOR, "mentors", people["cleo"].id, WRITTEN)
    published(role, people["cleo"], "mentors", (0, 3))
    assert [services.look(at(days)) for days in (0, 2, 3, 4)] == [0, 0, 1, 0]
    job = db.session.scalars(sa.select(Job)).one()
    for _time in range(2):
        jobs.tell_holders(**job.args)
    told = db.session.execute(sa.select(Notice.member_id, Notice.kind, Notice.path, Notice.data)).all()
    data = {"title": "Community coordinator", "number": 1, "note": "So."}
    assert [tuple(row) for row in told] == [(people["bob"].id, "role.changed", "/roles/community-coordinator", data)]


def test_of_two_versions_that_come_out_together_the_newer_is_told(db: Any, people: dict[str, Any]) -> None:
    role = services.create(COORDINATOR, "role:council", people["cleo"].id, WRITTEN)
    published(role, people["cleo"], days=(0, 3))
    services.save(role.id, SECOND, "role:council", role.draft_number, people["cleo"].id)
    second = published(role, people["cleo"], days=(0, 3))
    assert services.look(at(3)) == 2
    assert [one.args for one in db.session.scalars(sa.select(Job))] == [{"version_id": second.id, "after": 0}]


def test_a_draft_has_one_author_at_a_time(db: Any, people: dict[str, Any]) -> None:
    role = services.create(COORDINATOR, "", people["cleo"].id, WRITTEN)
    services.save(role.id, SECOND, "", 1, people["cleo"].id)
    with pytest.raises(TooLate):
        services.save(role.id, COORDINATOR, "", 1, people["cleo"].id)
    with pytest.raises(TooLate):
        services.publish(role.id, 1, "So.", "", None, DAY, people["cleo"].id, WRITTEN)
    published(role, people["cleo"])
    with pytest.raises(TooLate):
        published(role, people["cleo"])
    assert sheet(db.session.scalars(sa.select(RoleVersion.sheet)).one()) == SECOND
    with pytest.raises(NotSaved):
        services.create(COORDINATOR, "", people["cleo"].id, WRITTEN)


def test_words_are_said_once_and_taken_back_by_their_author(db: Any, people: dict[str, Any]) -> None:
    role = make_role()
    version = queries.reading(role.slug, None, at(20)).here  # type: ignore[union-attr]
    one = services.say(version.id, people["ada"], "Good.", WRITTEN)
    assert services.say(version.id, people["ada"], "Good.", WRITTEN).id == one.id
    assert [services.take_back(one.id, people[name].id, WRITTEN) for name in ("bob", "ada", "ada")] == [False, True, False]
    other = services.say(version.id, people["ada"], "Rude.", WRITTEN)
    assert [services.take_down(other.id, role, people["cleo"].id, "Rude.", WRITTEN) for _time in range(2)] == [True, False]
    assert queries.words(version.id, people["ada"], None).items == []
    assert [(one.kind, one.data) for one in db.session.scalars(sa.select(Notice))] == [("content.taken_down", {"words": "Rude."})]


def test_words_of_somebody_who_is_suspended_are_shown_to_nobody(db: Any, people: dict[str, Any]) -> None:
    version = queries.reading(make_role().slug, None, at(20)).here  # type: ignore[union-attr]
    for name in ("ada", "bob"):
        services.say(version.id, people[name], f"Of {name}.", WRITTEN)
    people["ada"].state = "suspended"
    db.session.commit()
    assert [one.text for one in queries.words(version.id, people["cleo"], None).items] == ["Of bob."]


def test_the_answer_names_the_role_as_it_was_read(db: Any, people: dict[str, Any]) -> None:
    role = make_role()
    ready(role, people["cleo"])
    asked = applying.apply(role.id, people["ada"], "I like to.", WRITTEN)
    services.save(role.id, replace(COORDINATOR, title="A secret plan"), "", role.draft_number, people["cleo"].id)
    applying.decide(asked.id, people["cleo"], "accepted", "Yes.", WRITTEN)
    assert db.session.scalars(sa.select(Notice.data)).one() == {"title": "Community coordinator", "words": "Yes."}


def test_of_two_who_change_the_entry_none_overwrites_the_other(db: Any, people: dict[str, Any]) -> None:
    """A yes takes a place meanwhile: it is not given back by whoever had the form open."""
    role = make_role()
    ready(role, people["cleo"], rule={"count": {}, "at_least": 1}, quest="onboarding", quest_from=DAY + timedelta(days=90))
    make_activity(people["ada"].id, kind="talk", occurred_at=at(-2))
    entry = queries.entry_of(role)
    services.set_entry(role.id, entry, people["cleo"].id, entry.mark)
    asked = applying.apply(role.id, people["ada"], "I like to.", WRITTEN)
    applying.decide(asked.id, people["cleo"], "accepted", "Yes.", WRITTEN)
    db.session.commit()
    with pytest.raises(TooLate):
        services.set_entry(role.id, entry, people["cleo"].id, entry.mark)
    assert db.session.scalar(sa.select(Role.places)) == 1


def test_nobody_comes_into_a_partner_from_outside_by_a_role(db: Any, people: dict[str, Any]) -> None:
    make_group("nairobi")
    make_group("partner", is_outside=True)
    assert [word for word, _words in holding.choices() if word.startswith("group:")] == ["group:nairobi"]


def ready(role: Role, actor: Member, **changes: Any) -> None:
    services.set_entry(role.id, Entry(**{"places": 2, "open_until": DAY + timedelta(days=60), **changes}), actor.id)


def test_a_needed_quest_holds_nobody_up_before_its_day(db: Any, people: dict[str, Any]) -> None:
    role = make_role()
    ready(role, people["cleo"], quest="onboarding", quest_from=DAY + timedelta(days=10))
    assert applying.apply(role.id, people["ada"], "I like to.", at(9)).state == "waiting"
    with pytest.raises(TooLate):
        applying.apply(role.id, people["bob"], "I like to.", at(10))
    make_activity(people["bob"].id, kind="quest.finished", object="quest:onboarding", occurred_at=at(5), visibility="me")
    assert applying.apply(role.id, people["bob"], "I like to.", at(10)).state == "waiting"
    # Who asked before the day is still taken.
    assert applying.decide(queries.own_application(role.id, people["ada"].id).id, people["cleo"], "accepted", "Yes.", at(11))  # type: ignore[union-attr]


def test_the_rule_counts_what_every_member_may_see(db: Any, people: dict[str, Any]) -> None:
    role = make_role()
    ready(role, people["cleo"], rule={"count": {"kind": ["talk"]}, "at_least": 1})
    make_activity(people["ada"].id, kind="talk", occurred_at=at(-3), visibility="me")
    with pytest.raises(TooLate):
        applying.apply(role.id, people["ada"], "I like to.", WRITTEN)
    make_activity(people["ada"].id, kind="talk", occurred_at=at(-2))
    assert [applying.apply(role.id, people["ada"], "I like to.", WRITTEN).id for _time in range(2)] == [1, 1]


def test_a_person_answers_and_the_group_takes_in_whom_they_choose(db: Any, people: dict[str, Any]) -> None:
    group = make_group("coordinators", entry="closed")
    role = make_role(held_by="group:coordinators")
    ready(role, people["cleo"], places=1)
    asked = {
        name: applying.apply(role.id, people[name], "I like to.", at(day)) for day, name in enumerate(("ada", "bob", "cleo"))
    }
    (lock,) = locks(at(8))
    assert (lock.kind, lock.waiting, lock.since) == ("role", 3, WRITTEN)
    with pytest.raises(TooLate):
        applying.decide(asked["cleo"].id, people["cleo"], "accepted", "I say so.", at(8))
    assert [applying.decide(asked["ada"].id, people["cleo"], "accepted", "Gladly.", at(8)) for _time in range(2)] == [True, False]
    with pytest.raises(TooLate):
        applying.decide(asked["bob"].id, people["cleo"], "accepted", "You, too.", at(8))
    assert applying.decide(asked["bob"].id, people["cleo"], "declined", "The place is taken.", at(9))
    inside = db.session.execute(sa.select(Membership.group_id, Membership.member_id, Membership.state)).all()
    assert [tuple(row) for row in inside] == [(group.id, people["ada"].id, "in")]
    assert db.session.scalar(sa.select(Role.places)) == 0
    told = db.session.execute(sa.select(Notice.member_id, Notice.kind).order_by(Notice.id)).all()
    assert [tuple(row) for row in told] == [(people["ada"].id, "role.accepted"), (people["bob"].id, "role.declined")]
    done = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "role.declined")).one()
    assert (done.actor_id, done.after) == (people["cleo"].id, {"member": people["bob"].id, "reason": "The place is taken."})


def test_a_role_that_opens_doors_is_given_by_an_admin_and_by_no_text(db: Any, people: dict[str, Any]) -> None:
    root, role = make_member("root", roles=("admin",)), make_role(held_by="role:reviewer")
    ready(role, people["cleo"])
    asked = applying.apply(role.id, people["ada"], "I like to.", WRITTEN)
    db.session.commit()
    with pytest.raises(NotAllowed):
        applying.decide(asked.id, people["cleo"], "accepted", "Yes.", WRITTEN)
    db.session.rollback()
    assert (people["ada"].roles, asked.state, role.places) == (frozenset(), "waiting", 2)
    assert applying.decide(asked.id, root, "accepted", "Yes.", WRITTEN)
    assert people["ada"].roles == {"reviewer"}


def test_new_conditions_take_nothing_from_who_is_there(db: Any, people: dict[str, Any]) -> None:
    role = make_role(held_by="role:council")
    ready(role, people["cleo"], rule={"count": {"kind": ["talk"]}, "at_least": 9}, quest="onboarding", quest_from=DAY)
    services.look(at(30))
    assert db.session.execute(sa.select(Grant.member_id, Grant.role)).all() == [(people["cleo"].id, "council")]
    assert queries.reading(role.slug, people["cleo"], at(30)).is_held  # type: ignore[union-attr]


def test_open_roles_are_for_those_who_do_not_have_them(db: Any, people: dict[str, Any]) -> None:
    role, other = make_role(held_by="role:council"), make_role("mentor", held_by="mentors")
    make_role("writer", sheets=())
    for one in (role, other):
        ready(one, people["cleo"])
    found = {name: [one.role.slug for one in queries.open_for(people[name], at(20))] for name in ("ada", "bob", "cleo")}
    assert found == {"ada": ["coordinator", "mentor"], "bob": ["coordinator"], "cleo": ["mentor"]}
    applying.apply(role.id, people["ada"], "I like to.", at(20))
    assert [one.role.slug for one in queries.open_for(people["ada"], at(20))] == ["mentor"]
    assert queries.open_for(people["ada"], at(61)) == []
    # Nobody is invited again to what they were told no about.
    applying.decide(queries.own_application(role.id, people["ada"].id).id, people["cleo"], "declined", "No.", at(20))  # type: ignore[union-attr]
    assert [one.role.slug for one in queries.open_for(people["ada"], at(20))] == ["mentor"]


def test_two_rows_of_one_person_ask_once_and_are_two_again(db: Any, people: dict[str, Any]) -> None:
    ada, bob, role = people["ada"], people["bob"], make_role()
    ready(role, people["cleo"])
    first, second = (applying.apply(role.id, one, "I like to.", WRITTEN) for one in (ada, bob))
    services.say(database.session.scalars(sa.select(RoleVersion.id)).one(), ada, "Good.", WRITTEN)
    db.session.commit()
    before = dump()
    done = merge(ada, bob, None, "One person", WRITTEN)
    db.session.commit()
    rows = db.session.execute(sa.select(RoleApplication.member_id, RoleApplication.state).order_by(RoleApplication.id)).all()
    assert [tuple(row) for row in rows] == [(bob.id, "waiting"), (bob.id, "withdrawn")]
    assert db.session.scalars(sa.select(RoleWord.author_id)).all() == [bob.id]
    # The later row was taken back: the page and another try find the one that waits.
    assert applying.apply(role.id, bob, "Again.", WRITTEN).id == first.id
    unmerge(done.id, None, "Two people", WRITTEN)
    db.session.commit()
    assert differing(before, dump()) == {}
    assert first.id < second.id
