"""A small town whose figures are counted by hand here, one day at a time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.values import BadCriteria
from recognition.activities.models import CONFIRMED, PASSIVE
from recognition.identity.models import Member, Membership
from recognition.jobs.models import Job
from recognition.metrics import activity, counting, jobs, queries, rules, services
from recognition.metrics.rules import Counted
from tests.factories.activities import make_activity
from tests.factories.identity import make_group, make_member

LAST = date(2026, 10, 31)
DAY = clock.day_number(LAST)
NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)
TALKS = {"count": {"kind": "talk"}, "at_least": 2}


def at(days_ago: int, hour: int = 12) -> datetime:
    return clock.start_of(DAY - days_ago) + timedelta(hours=hour)


def numbers(counted: Any, by: str = "", name: str = "") -> dict[str, list[int]]:
    """By slot: the numbers of 28, 56, 90, 182 and 364 days."""
    found: dict[str, dict[int, int]] = {}
    for one in counted:
        if one.by == by and (not name or one.name == name):
            found.setdefault(one.slot, {})[one.span] = one.value
    return {slot: [spans.get(span, 0) for span in (activity.SPANS if any(spans) else [0])] for slot, spans in found.items()}


@pytest.fixture
def town(db: Any) -> dict[str, int]:
    """Ada today and on the first day of four weeks; Ben one day earlier than that; Cai half a year ago; Dee never, Eve is
    suspended, Fay keeps her place to herself."""
    places = {"ada": "Lagos, Nigeria", "ben": "Kano,  Nigeria", "cai": "India", "dee": "India",
              "eve": "India", "fay": "Chile"}  # fmt: skip
    people = {handle: make_member(handle, place=place) for handle, place in places.items()}
    people["eve"].state = "suspended"
    people["fay"].visibility = {"place": "me", "groups": "me"}
    group = make_group("nairobi")
    db.session.add_all(
        Membership(group_id=group.id, member_id=people[handle].id, since=NOW, state="in", is_curator=handle == "ada")
        for handle in ("ada", "ben", "fay")
    )
    ids = {handle: member.id for handle, member in people.items()}
    make_activity(ids["ada"], kind="talk", occurred_at=at(0, 23), campaign="week", tags=("firefox",))
    make_activity(ids["ada"], kind="talk", occurred_at=at(28, 0))
    make_activity(ids["ben"], kind="talk", occurred_at=at(29, 23), evidence=PASSIVE)
    make_activity(ids["cai"], kind="bug", occurred_at=at(182, 0), evidence=CONFIRMED, campaign="week")
    make_activity(ids["eve"], kind="talk", occurred_at=at(1))
    make_activity(ids["fay"], kind="bug", occurred_at=at(-1))
    make_activity(ids["fay"], kind="bug", occurred_at=at(364, 0))
    make_activity(ids["dee"], kind="bug", occurred_at=at(365, 23))
    make_activity(ids["dee"], kind="thanks.given", occurred_at=at(3))
    db.session.commit()
    return ids


def test_windows_hold_both_their_ends(town: dict[str, int]) -> None:
    found = activity.active("active.x", parse({"count": {}, "at_least": 1}), DAY, NOW)
    assert numbers(found) == {"": [1, 2, 2, 3, 4]}
    assert numbers(found, "country") == {"Nigeria": [1, 2, 2, 2, 2], "India": [0, 0, 0, 1, 1], "": [0, 0, 0, 0, 1]}
    assert numbers(found, "group") == {"nairobi": [1, 2, 2, 2, 2]}
    assert numbers(found, "initiative") == {"week": [1, 1, 1, 2, 2]}
    assert numbers(found, "kind") == {"talk": [1, 2, 2, 2, 2], "bug": [0, 0, 0, 1, 2]}
    assert numbers(found, "tag") == {"firefox": [1, 1, 1, 1, 1]}
    assert numbers(found, "evidence") == {"hand": [1, 1, 1, 1, 2], "passive": [0, 1, 1, 1, 1], "confirmed": [0, 0, 0, 1, 1]}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (TALKS, [1, 1, 1, 1, 1]),
        ({"any": [TALKS, {"count": {"kind": "bug"}, "at_least": 1}]}, [1, 1, 1, 2, 3]),
        ({"all": [TALKS, {"count": {"tags_any": ["firefox"]}, "at_least": 1}]}, [1, 1, 1, 1, 1]),
        ({"streak": "week", "at_least": 2, "gaps": 3}, [1, 1, 1, 1, 1]),
        ({"distinct": "day", "at_least": 2}, [1, 1, 1, 1, 1]),
        ({"all": [{"count": {}, "at_least": 1}, {"not": {"count": {"kind": "talk"}, "at_least": 1}}]}, [0, 0, 0, 1, 2]),
    ],
)
def test_each_sort_of_rule(town: dict[str, int], rule: Any, expected: list[int]) -> None:
    assert numbers(activity.active("active.x", parse(rule), DAY, NOW)) == {"": expected}


def test_both_ways_to_count_agree(town: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    rule = parse({"any": [TALKS, {"count": {"kind": "bug"}, "at_least": 1}]})
    at_once = set(activity.active("active.x", rule, DAY, NOW))
    monkeypatch.setattr(rules, "is_plain", lambda _criteria: False)
    assert set(activity.active("active.x", rule, DAY, NOW)) == at_once


@pytest.mark.parametrize(
    "rule",
    [{"member_for": 30}, {"count": {"window": {"last_days": 30}}, "at_least": 1}, {"count": {"window": {"period": "2026"}}}],
)
def test_an_area_speaks_of_deeds_and_of_no_time(rule: Any) -> None:
    with pytest.raises(BadCriteria):
        rules.conversion(rule)


def test_people_deeds_and_the_way_through(town: dict[str, int]) -> None:
    people = list(counting.members(DAY))
    assert numbers(people, "state") == {"active": [5]}
    assert numbers(people, "country", "members") == {"Nigeria": [2], "India": [2], "": [1]}
    assert numbers(people, "year", "members.joined") == {"2026": [5]}
    assert numbers(people, "month", "members.joined") == {"2026-01": [5]}
    told = list(counting.deeds(DAY))
    assert Counted("deeds", 6, 5) in told
    assert numbers(told, "kind") == {"talk": [3], "bug": [3]}
    assert numbers(told, "evidence") == {"hand": [4], "passive": [1], "seen": [1], "confirmed": [1]}
    assert numbers(told, "year") == {"2025": [2], "2026": [4]}
    assert Counted("deeds", 2, 2, by="month", slot="2025-10") not in told
    way = {(one.span, one.slot): one.value for one in counting.journey(DAY)}
    assert [way[0, slot] for slot in ("came", "told", "borne_out", "steady", "leads")] == [5, 5, 2, 0, 0]


def test_a_quarter_and_the_one_before(town: dict[str, int]) -> None:
    found = {(one.name, one.slot): (one.value, one.people) for one in counting.health(DAY)}
    assert found["health.active", "now"] == (2, 2)
    assert found["health.active", "before"] == (0, 0)
    assert found["health.deeds", "now"] == (3, 2)
    assert found["health.thanks", "now"] == (1, 1)
    assert found["health.first", "now"] == (2, 2)
    assert found["health.newcomers", "now"] == (0, 0)


def test_each_deed_is_in_one_stretch_of_time(app: Any, db: Any) -> None:
    ada, bob = make_member("ada"), make_member("bob", joined_at=clock.start_of(DAY - 365))
    for days in (0, 90, 91, 181, 182, 364, 365, 4000):
        make_activity(ada.id, kind="talk", occurred_at=clock.start_of(DAY - days), fingerprinted=False)
    make_activity(bob.id, kind="talk", occurred_at=clock.start_of(DAY + 1))
    db.session.commit()
    found = {(one.name, one.slot): (one.value, one.people) for one in counting.health(DAY)}
    assert [found["health.deeds", slot] for slot in ("now", "before", "earlier", "older")] == [(2, 1)] * 4
    assert found["health.newcomers", "older"] == (1, 1)


def test_counting_again_replaces(town: dict[str, int], db: Any) -> None:
    services.roll_up(DAY, NOW)
    for part in services.parts():
        services.count(part, DAY, NOW)
    db.session.commit()
    first = queries.figures(["active.everything", "members"], {"", "country", "kind"}, DAY)
    make_activity(town["dee"], kind="visit", occurred_at=at(2))
    make_activity(town["ada"], kind="talk", occurred_at=at(2))
    db.session.commit()
    for part in services.parts():
        services.count(part, DAY, NOW + timedelta(hours=1))
    db.session.commit()
    again = queries.figures(["active.everything", "members"], {"", "country", "kind"}, DAY)
    spans = {number.span: number.value for number in again["active.everything", ""]}
    assert spans == {28: 2, 56: 3, 90: 3, 182: 4, 364: 5}
    assert again["members", "country"] == first["members", "country"]
    assert services.count("active.nobody", DAY, NOW) == 0


def test_what_a_night_asks_for(db: Any) -> None:
    assert services.month_ends(DAY, 3) == [clock.day_number(date(2026, month, 30)) for month in (9,)] + [
        clock.day_number(date(2026, 8, 31)), clock.day_number(date(2026, 7, 31)),
    ]  # fmt: skip
    wanted = services.roll_up(None, NOW)
    assert wanted == [DAY, *services.month_ends(DAY, 12)]
    for part in services.parts():
        services.count(part, DAY, NOW)
    db.session.commit()
    # The day that was counted is counted again, the ends of months only where nobody did yet.
    services.count("members", services.month_ends(DAY, 1)[0], NOW)
    assert services.roll_up(None, NOW) == [DAY, *services.month_ends(DAY, 12)[1:]]


def test_one_job_counts_all_days_of_a_part(town: dict[str, int], db: Any) -> None:
    days = services.roll_up(None, NOW)
    db.session.commit()
    asked = db.session.scalars(sa.select(Job).where(Job.name == "metrics.count")).all()
    # An area asks by itself for the days of its line, whenever what it counts is changed.
    whole = [job.args["part"] for job in asked if job.args["days"] == days]
    lines = [job.args["part"] for job in asked if job.args["days"] == services.series_days(DAY)]
    assert (sorted(whole), lines) == (sorted(services.parts()), ["active.everything"])
    assert len(asked) == len(whole) + len(lines)
    jobs.count("members", days)
    db.session.rollback()  # What was counted is kept day by day.
    assert queries.known_days([*days, DAY - 1]) == set(days)


def test_others_write_while_a_day_is_counted(db: Any, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_and_count(_day: int) -> list[Counted]:
        assert queries.areas() == []
        with db.engine.begin() as another:
            another.execute(sa.insert(Member).values(handle="late", name="Late", joined_at=NOW))
        return [Counted("probe", 7, 7)]

    monkeypatch.setitem(app.extensions["figures"], "probe", write_and_count)
    jobs.count("probe", [DAY])
    assert queries.figures(["probe"], {""}, DAY)["probe", ""][0].value == 7
    assert db.session.scalars(sa.select(Member.handle)).all() == ["late"]


def test_a_count_by_a_rule_that_holds_no_more_is_not_kept(town: dict[str, int], db: Any) -> None:
    spec = services.FIRST
    area = services.save_area(None, spec, NOW, None, slug="everything")
    db.session.commit()
    found = services.counted("active.everything", DAY, NOW)
    assert len(found.figures) > 10
    services.save_area(area, replace(spec, conversion=TALKS), NOW, None)
    assert services.keep("active.everything", found, DAY, NOW) == 0
    services.save_area(area, replace(spec, title="All of it"), NOW, None)
    assert services.keep("active.everything", found, DAY, NOW) == len(found.figures)


def test_old_days_keep_their_wholes(town: dict[str, int], db: Any) -> None:
    end = services.month_ends(DAY, 3)[-1]
    for day in (end, end + 3):
        for part in services.parts() or ["members"]:
            services.count(part, day, NOW)
    db.session.commit()
    services.tidy(NOW)
    db.session.commit()
    assert sorted(key for key in queries.figures(["members"], {"", "country"}, end)) == [("members", ""), ("members", "country")]
    assert sorted(queries.figures(["members"], {"", "country"}, end + 3)) == [("members", "")]
