"""Asking once, deciding about others alone, hearing of it, telling what came of it, and the night's figures."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.identity.models import Membership
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from recognition.metrics.rules import Counted
from recognition.resources import queries, services
from recognition.resources.counting import resources
from recognition.resources.models import ResourceAsk
from recognition.resources.rules import WAITING_MAX, Decision, NotSaved, TooLate, Wanted
from recognition.resources.waiting import locks
from tests.dumps import differing, dump
from tests.factories.identity import make_group, make_member
from tests.factories.resources import ASKED, DECIDED, make_ask, make_kind

WANTED = Wanted(None, None, "Train tickets", "To meet.", 200, "EUR", "Kenya", "", False, False)
YES = Decision("granted", 200, "It brings people together.")


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    made = {name: make_member(name, name=name.title()) for name in ("ada", "bob")}
    made |= {name: make_member(name, name=name.title(), roles=("council",)) for name in ("cleo", "dan")}
    db.session.commit()
    return made


def told(db: Any) -> list[tuple[Any, ...]]:
    rows = sa.select(Notice.member_id, Notice.kind, Notice.path, Notice.data).order_by(Notice.id)
    return [tuple(row) for row in db.session.execute(rows)]


def test_the_same_ask_is_asked_once_and_only_so_many_wait(db: Any, people: dict[str, Any]) -> None:
    first = services.ask(WANTED, people["ada"], ASKED)
    assert services.ask(WANTED, people["ada"], ASKED).id == first.id
    assert services.ask(WANTED, people["bob"], ASKED).id != first.id
    for number in range(1, WAITING_MAX):
        services.ask(replace(WANTED, what=f"Ticket {number}"), people["ada"], ASKED)
    with pytest.raises(TooLate):
        services.ask(replace(WANTED, what="One more"), people["ada"], ASKED)
    assert [services.withdraw(first.id, people[name].id) for name in ("bob", "ada", "ada")] == [False, True, False]
    assert services.ask(replace(WANTED, what="One more"), people["ada"], ASKED).state == "waiting"


def test_a_decision_is_heard_once_with_its_reason_and_stands_in_the_audit(db: Any, people: dict[str, Any]) -> None:
    one = services.ask(WANTED, people["ada"], ASKED)
    assert services.decide(one.id, people["cleo"], YES, DECIDED) is True
    assert services.decide(one.id, people["dan"], Decision("declined", None, "No."), DECIDED) is False
    assert (one.state, one.given, one.answer, one.decided_by_id) == ("granted", 200, YES.answer, people["cleo"].id)
    assert told(db) == [(people["ada"].id, "resource.granted", f"/resources/{one.id}",
                         {"title": "Train tickets", "words": "It brings people together."})]  # fmt: skip
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.after) == (
        "resource.granted", people["cleo"].id, {"member": people["ada"].id, "reason": "It brings people together."},
    )  # fmt: skip
    assert services.withdraw(one.id, people["ada"].id) is False


def test_nobody_decides_about_what_is_theirs_or_their_groups(db: Any, people: dict[str, Any]) -> None:
    group = make_group("nairobi")
    db.session.add(Membership(group_id=group.id, member_id=people["cleo"].id, is_curator=True, since=ASKED))
    own = services.ask(WANTED, people["cleo"], ASKED)
    groups = services.ask(replace(WANTED, group_id=group.id), people["ada"], ASKED)
    for one in (own, groups):
        with pytest.raises(TooLate):
            services.decide(one.id, people["cleo"], YES, DECIDED)
        assert services.decide(one.id, people["dan"], YES, DECIDED) is True


def test_what_waits_stands_among_the_locks_with_its_age_and_who_steps_in(db: Any, people: dict[str, Any]) -> None:
    assert list(locks(DECIDED)) == []
    for number, state in enumerate(("waiting", "waiting", "granted", "withdrawn")):
        make_ask(people["ada"].id, state, asked_at=ASKED + timedelta(days=number))
    lock = next(locks(DECIDED))
    assert (lock.waiting, lock.since, lock.path) == (2, ASKED, "/council/resources/")
    assert (lock.deputy_after, lock.pool_after) == (timedelta(days=7), timedelta(days=14))


def test_what_came_of_it_is_a_deed_and_whoever_decided_hears_of_it(db: Any, people: dict[str, Any]) -> None:
    group = make_group("nairobi")
    one = make_ask(people["ada"].id, "partly", decided_by_id=people["cleo"].id, about="campaign:week", group_id=group.id)
    no = make_ask(people["ada"].id, "declined")
    words = "Twelve came. #meetup"
    assert services.tell_what_came(no.id, people["ada"], words, "public", DECIDED) is False
    assert services.tell_what_came(one.id, people["bob"], words, "public", DECIDED) is False
    for _time in range(2):
        assert services.tell_what_came(one.id, people["ada"], words, "public", DECIDED) is True
    deed = db.session.scalars(sa.select(Activity)).one()
    assert (deed.id, deed.member_id, deed.text, deed.campaign, deed.group_id, deed.visibility) == (
        one.deed_id, people["ada"].id, words, "week", group.id, "public",
    )  # fmt: skip
    # Nothing of it says that she asked for something: it came as what is told in the box.
    assert deed.source == "web"
    assert re.fullmatch(rf"{people['ada'].id}:[\w-]{{22}}:[0-9a-f]{{16}}", deed.source_key)
    assert told(db) == [(people["cleo"].id, "resource.told", f"/resources/{one.id}",
                         {"title": "Train tickets", "person": people["ada"].id})]  # fmt: skip


def test_kinds_have_one_name_each_and_keep_what_was_asked(db: Any, people: dict[str, Any]) -> None:
    travel = services.save_kind(None, "Travel", "E|R", True, people["cleo"].id, ASKED)
    assert (travel.unit, travel.is_open) == ("E/R", True)
    with pytest.raises(NotSaved):
        services.save_kind(None, "Travel", "EUR", True, people["cleo"].id, ASKED)
    ask = make_ask(people["ada"].id, kind_id=travel.id, amount=5, unit="EUR")
    services.save_kind(travel.id, "Journeys", "CHF", False, people["cleo"].id, ASKED)
    services.save_kind(travel.id, "Journeys", "CHF", False, people["cleo"].id, ASKED)
    assert (ask.unit, [one.name for one in queries.kinds()], queries.kinds(open_only=True)) == ("EUR", ["Journeys"], [])
    assert [row.action for row in db.session.scalars(sa.select(AuditEntry))] == ["resource_kind.saved"] * 2


def figures(counted: Iterable[Counted]) -> dict[tuple[str, str], tuple[int, int]]:
    return {(one.name, one.slot): (one.value, one.people) for one in counted}


def test_the_night_counts_what_was_decided_by_country_year_and_unit(db: Any, people: dict[str, Any]) -> None:
    ada, bob = people["ada"].id, people["bob"].id
    before = datetime(2025, 12, 31, 23, 59, tzinfo=UTC)
    make_ask(ada, "granted", region="Kenya", unit="EUR", given=200, decided_at=before)
    make_ask(ada, "granted", region="Kenya", unit="EUR", given=100)
    make_ask(bob, "partly", region="Kenya", unit="EUR", given=30)
    make_ask(bob, "declined", region="Kenya")
    make_ask(bob, "granted", unit="hours", given=4)
    for state in ("waiting", "withdrawn"):
        make_ask(bob, state, region="Kenya")
    make_ask(bob, "granted", region="Kenya", decided_at=DECIDED + timedelta(days=1))
    db.session.commit()
    assert figures(resources(clock.day_number(DECIDED))) == {
        ("resources.asked.all", "Kenya"): (4, 2), ("resources.met.all", "Kenya"): (3, 2),
        ("resources.asked.all", ""): (1, 1), ("resources.met.all", ""): (1, 1),
        ("resources.given.all", "EUR|Kenya"): (330, 2), ("resources.given.all", "hours|"): (4, 1),
        ("resources.asked.2025", "Kenya"): (1, 1), ("resources.met.2025", "Kenya"): (1, 1),
        ("resources.given.2025", "EUR|Kenya"): (200, 1),
        ("resources.asked.2026", "Kenya"): (3, 2), ("resources.met.2026", "Kenya"): (2, 2),
        ("resources.asked.2026", ""): (1, 1), ("resources.met.2026", ""): (1, 1),
        ("resources.given.2026", "EUR|Kenya"): (130, 2), ("resources.given.2026", "hours|"): (4, 1),
    }  # fmt: skip


def test_two_rows_of_one_person_carry_what_both_asked_for_and_give_it_back(db: Any, people: dict[str, Any]) -> None:
    kind = make_kind()
    own = make_ask(people["ada"].id, kind_id=kind.id)
    other = make_ask(people["bob"].id, "granted", decided_by_id=people["ada"].id)
    db.session.commit()
    before = dump()
    done = merge(people["ada"], people["dan"], None, "The same person.", DECIDED)
    db.session.commit()
    found = db.session.execute(sa.select(ResourceAsk.id, ResourceAsk.member_id, ResourceAsk.decided_by_id)).all()
    assert {tuple(row) for row in found} == {
        (own.id, people["dan"].id, None), (other.id, people["bob"].id, people["dan"].id),
    }  # fmt: skip
    unmerge(done.id, None, "They are two.", DECIDED)
    db.session.commit()
    assert differing(before, dump()) == {}
