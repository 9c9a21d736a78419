"""Making events, answering, hearing of changes; each once however often it is pressed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.events import queries, services
from recognition.events.models import Coming, Event
from recognition.events.rules import BadEvent, EventSpec, TooLate
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from recognition.jobs.models import Job
from tests.activities.test_record import in_threads
from tests.dumps import differing, dump
from tests.factories.activities import make_activity
from tests.factories.events import NOW, STARTS, make_coming, make_event
from tests.factories.identity import make_member

SPEC = EventSpec("Monthly call", "", "call", "online", STARTS, STARTS + timedelta(hours=1), "UTC", "", "https://meet.example/room",
                 "mdm", None, None)  # fmt: skip


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    made = {name: make_member(name) for name in ("ada", "bob", "eve", "host")}
    db.session.commit()
    return made


def heard(db: Any) -> list[tuple[int, str]]:
    rows = db.session.execute(sa.select(Notice.member_id, Notice.kind).order_by(Notice.kind, Notice.member_id))
    return [(row.member_id, row.kind) for row in rows]


def run_jobs(db: Any, names: Iterable[str] = ("events.tell",)) -> int:
    """All that wait, each twice, as a worker that dies after its work would have it. Returns how many there were."""
    waiting = db.session.scalars(sa.select(Job).where(Job.state == "queued", Job.name.in_(list(names)))).all()
    for job in waiting:
        job.state = "done"
        for _time in range(2):
            services.tell_slice(**job.args, now=NOW)
    db.session.commit()
    return len(waiting)


def test_a_year_of_monthly_calls_is_made_at_once(db: Any, people: dict[str, Any]) -> None:
    spec = replace(SPEC, repeats="month", times=12)
    first, again = (services.create(spec, people["host"].id, True, NOW) for _time in range(2))
    found = db.session.scalars(sa.select(Event).order_by(Event.starts_at)).all()
    assert first.id == again.id == found[0].id
    assert [event.slug for event in found][:2] == ["monthly-call-2026-12-03", "monthly-call-2027-01-07"]
    assert ({event.series for event in found}, len(found)) == ({"monthly-call-20261203"}, 12)
    assert {event.ends_at - event.starts_at for event in found} == {timedelta(hours=1)}


def test_what_was_called_off_is_made_anew_and_by_two_presses_once(db: Any, app: Any, people: dict[str, Any]) -> None:
    host_id = people["host"].id
    off = services.create(SPEC, host_id, True, NOW)
    services.call_off(off.id, "The room is flooded.", host_id, NOW)
    off_id = off.id
    db.session.commit()

    def press(_place: int) -> int:
        made = services.create(SPEC, host_id, True, NOW)
        db.session.commit()
        return made.id

    made = set(in_threads(app, 4, press))
    db.session.rollback()
    planned = db.session.execute(sa.select(Event.id, Event.slug).where(Event.state == "planned")).all()
    assert [tuple(row) for row in planned] == [(*made, "monthly-call-2026-12-03-2")]
    assert off_id not in made


def test_a_draft_that_is_sent_again_to_be_published_is_published(db: Any, people: dict[str, Any]) -> None:
    spec = replace(SPEC, repeats="month", times=3)
    kept = services.create(spec, people["host"].id, False, NOW)
    again = services.create(spec, people["host"].id, True, NOW)
    assert again is kept
    assert db.session.scalars(sa.select(Event.state)).all() == ["planned"] * 3


def test_a_form_that_is_sent_again_with_other_words_loses_none_of_them(db: Any, people: dict[str, Any]) -> None:
    kept = services.create(SPEC, people["host"].id, False, NOW)
    with pytest.raises(BadEvent) as refused:
        services.create(replace(SPEC, about="More words"), people["host"].id, True, NOW)
    assert (list(refused.value.errors), kept.state, kept.about) == (["title"], "draft", SPEC.about)


def test_of_two_who_change_it_the_second_is_told(db: Any, people: dict[str, Any]) -> None:
    event = services.create(SPEC, people["host"].id, True, NOW)
    seen = services.fingerprint(event)
    services.answer(event.id, people["ada"].id, "yes", True, NOW)  # changes nothing of it
    services.change(event.id, replace(SPEC, about="Mine"), people["host"].id, NOW, seen)
    with pytest.raises(BadEvent) as refused:
        services.change(event.id, replace(SPEC, about="Yours"), people["ada"].id, NOW, seen)
    assert (list(refused.value.errors), event.about) == (["seen"], "Mine")


def test_two_of_one_name_on_one_day_have_addresses_of_their_own(db: Any, people: dict[str, Any]) -> None:
    later = replace(SPEC, starts_at=STARTS + timedelta(hours=2), ends_at=STARTS + timedelta(hours=3))
    slugs = [services.create(spec, people["host"].id, True, NOW).slug for spec in (SPEC, later)]
    assert slugs == ["monthly-call-2026-12-03", "monthly-call-2026-12-03-2"]


def test_answers_count_once_and_can_change(db: Any, people: dict[str, Any]) -> None:
    event = make_event()
    counts = []
    for said in ("yes", "yes", "maybe", "yes", "no", "yes"):
        services.answer(event.id, people["ada"].id, said, True, NOW)
        counts.append(db.session.get_one(Event, event.id).coming_count)
    assert counts == [1, 1, 0, 1, 0, 1]
    for state, at in (("planned", STARTS + timedelta(hours=1)), ("called_off", NOW)):
        event.state = state
        with pytest.raises(TooLate):
            services.answer(event.id, people["bob"].id, "yes", True, at)


def test_answers_of_the_same_moment_are_all_counted(db: Any, app: Any) -> None:
    event_id = make_event().id
    ids = [make_member(f"guest-{number}").id for number in range(6)]
    db.session.commit()

    def say(place: int) -> None:
        services.answer(event_id, ids[place // 2], "yes", True, NOW)
        db.session.commit()

    in_threads(app, 12, say)
    db.session.rollback()
    assert db.session.get_one(Event, event_id, populate_existing=True).coming_count == 6


def test_who_comes_is_reminded_once_a_day_before(db: Any, people: dict[str, Any]) -> None:
    event = make_event()
    for name, said in (("ada", "yes"), ("bob", "maybe"), ("eve", "no")):
        make_coming(event, people[name].id, said)
    db.session.commit()
    assert services.remind_due(STARTS - timedelta(days=1, seconds=1)) == 0
    assert [services.remind_due(STARTS - timedelta(days=1)) for _time in range(2)] == [1, 0]
    db.session.commit()
    job = db.session.scalars(sa.select(Job)).one()
    for _time in range(2):
        services.tell_slice(**job.args, now=STARTS - timedelta(days=1))
    assert heard(db) == [(people["ada"].id, "event.soon"), (people["bob"].id, "event.soon")]
    assert set(db.session.scalars(sa.select(Notice.topic))) == {"events"}


def test_another_time_is_heard_of_once_and_reminded_of_again(db: Any, people: dict[str, Any]) -> None:
    event = make_event(reminded_at=NOW, title="Monthly call", kind="call", topic="mdm")
    make_coming(event, people["ada"].id)
    db.session.commit()
    moved = replace(SPEC, starts_at=STARTS + timedelta(days=1), ends_at=STARTS + timedelta(days=1, hours=1))
    for _time in range(2):
        services.change(event.id, moved, people["host"].id, NOW)
    assert (event.revision, event.reminded_at) == (1, None)
    services.change(event.id, replace(moved, about="More words"), people["host"].id, NOW)
    assert (event.revision, run_jobs(db)) == (2, 1)
    assert heard(db) == [(people["ada"].id, "event.moved")]


def test_who_is_about_to_be_reminded_of_what_was_moved_hears_the_new_day_alone(db: Any, people: dict[str, Any]) -> None:
    event = make_event(title="Monthly call", kind="call", topic="mdm")
    make_coming(event, people["ada"].id)
    db.session.commit()
    eve = STARTS - timedelta(hours=20)
    assert services.remind_due(eve) == 1
    moved = replace(SPEC, starts_at=STARTS + timedelta(days=7), ends_at=STARTS + timedelta(days=7, hours=1))
    services.change(event.id, moved, people["host"].id, eve)
    db.session.commit()
    for job in db.session.scalars(sa.select(Job).where(Job.name == "events.tell")).all():
        services.tell_slice(**job.args, now=eve)
    assert heard(db) == [(people["ada"].id, "event.moved")]


def test_called_off_with_a_reason_that_everybody_hears_who_meant_to_come(db: Any, people: dict[str, Any]) -> None:
    event = make_event()
    make_coming(event, people["ada"].id, "maybe")
    make_coming(event, people["eve"].id, "no")
    db.session.commit()
    with pytest.raises(BadEvent):
        services.call_off(event.id, " ", people["host"].id, NOW)
    for _time in range(2):
        services.call_off(event.id, "The room is flooded.", people["host"].id, NOW)
    assert run_jobs(db) == 1
    assert heard(db) == [(people["ada"].id, "event.off")]
    with pytest.raises(TooLate):
        services.change(event.id, SPEC, people["host"].id, NOW)


def test_results_come_after_and_are_told_once(db: Any, people: dict[str, Any]) -> None:
    event = make_event()
    for name, said in (("ada", "yes"), ("eve", "no")):
        make_coming(event, people[name].id, said)
    db.session.commit()
    with pytest.raises(TooLate):
        services.tell_results(event.id, "Good", people["host"].id, NOW)
    after = STARTS + timedelta(hours=2)
    for words in ("We decided.", "We decided.", "We decided more."):
        services.tell_results(event.id, words, people["host"].id, after)
    assert (event.results, run_jobs(db)) == ("We decided more.", 1)
    assert heard(db) == [(people["ada"].id, "event.results")]


def test_a_slice_goes_on_in_a_job_of_its_own(db: Any, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "SLICE_MEMBERS", 2)
    event = make_event()
    for name in ("ada", "bob", "eve"):
        make_coming(event, people[name].id)
    db.session.commit()
    services.call_off(event.id, "Rain", people["host"].id, NOW)
    assert [run_jobs(db), run_jobs(db), run_jobs(db)] == [1, 1, 0]
    assert heard(db) == [(people[name].id, "event.off") for name in ("ada", "bob", "eve")]


def test_what_somebody_keeps_to_themselves_is_in_no_count(db: Any, people: dict[str, Any]) -> None:
    people["bob"].state = "suspended"
    for name, visibility in (("ada", "members"), ("eve", "me"), ("bob", "public")):
        make_activity(people[name].id, kind="event.attended", object="event:call", text="Call", visibility=visibility)
    db.session.commit()
    assert queries.attended(["call"]) == {"call": 1}


def test_a_series_shows_the_one_that_was_missed(db: Any, people: dict[str, Any]) -> None:
    made = [make_event(f"call-{n}", series="call", starts_at=NOW + timedelta(days=30 * n)) for n in (-3, -2, -1, 1)]
    made[0].results = "We met."
    make_activity(people["ada"].id, kind="event.attended", object="event:call--2", text="Call")
    off = make_event("off", series="call", starts_at=NOW + timedelta(days=60), state="called_off")
    db.session.commit()
    found = queries.series_of(made[3], NOW)
    there = queries.attended([line.event.slug for line in found])
    assert [line.event.slug for line in found] == ["call--3", "call--2", "call--1", "call-1", "off"]
    assert there == {"call--2": 1}
    assert queries.missed(found, there) == {"call--1", off.slug}
    assert queries.before_it(made[3]) is made[2]


def test_what_somebody_said_no_to_is_forgotten_after_a_while(db: Any, people: dict[str, Any]) -> None:
    event = make_event()
    for name, said in (("ada", "yes"), ("bob", "maybe"), ("eve", "no")):
        make_coming(event, people[name].id, said)
    db.session.commit()
    assert services.tidy_answers(event.ends_at + timedelta(days=90)) == 0
    assert services.tidy_answers(event.ends_at + timedelta(days=91)) == 2
    assert db.session.scalars(sa.select(Coming.member_id)).all() == [people["ada"].id]


def test_two_rows_of_one_person_come_once_and_are_two_again(db: Any, people: dict[str, Any]) -> None:
    both, one = make_event("both", host_id=people["ada"].id), make_event("one")
    make_coming(both, people["ada"].id, "yes")
    make_coming(both, people["bob"].id, "maybe")
    make_coming(both, people["eve"].id, "yes")
    make_coming(one, people["ada"].id, "yes")
    db.session.commit()
    before = dump()
    done = merge(people["ada"], people["bob"], None, "One person", NOW)
    db.session.commit()
    db.session.expire_all()
    rows = {(event.slug): (event.coming_count, event.host_id) for event in db.session.scalars(sa.select(Event))}
    assert rows == {"both": (1, people["bob"].id), "one": (1, None)}
    unmerge(done.id, None, "Two people", NOW)
    db.session.commit()
    assert differing(before, dump()) == {}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 0
