"""What a rule may not say, and how it is told where."""

from datetime import UTC, datetime
from typing import Any

import pytest

from recognition.activities.criteria.parse import LEVELLED, MAX_LEAVES, NOT_DONE, check_known, parse, parse_seen
from recognition.activities.criteria.tree import (
    NO_LIMITS,
    Comparison,
    Filter,
    Leaf,
    Limits,
    Not,
    Window,
    campaigns_named,
    is_momentary,
    is_timely,
    leaves,
    listens_to,
    wanted_leaves,
)
from recognition.activities.criteria.values import BadCriteria

ONE: dict[str, Any] = {"count": {}, "at_least": 1}


ONE_TALK: dict[str, Any] = {"count": {"kind": "talk"}, "at_least": 1}
FIVE: dict[str, Any] = {"count": {"kind": "talk"}, "at_least": 5}
OPPOSITE = "asks for the opposite of another part of the same list"


def windowed(**window: Any) -> dict[str, Any]:
    return {"first": {"window": window}}


def fault_of(data: Any, levelled: bool = False) -> str:
    with pytest.raises(BadCriteria) as raised:
        parse(data, levelled=levelled)
    return str(raised.value)


DAY = "needs a day such as 2026-11-01 from 1990 to 2199, or a moment such as 2026-11-01T18:00:00Z, as text"
PERIOD = "needs a year, quarter, month or week such as 2026, 2026-Q4, 2026-11 or 2026-W47"


@pytest.mark.parametrize(
    ("window", "fault"),
    [
        ({}, ": needs one of from, until, period, months, campaign, any_days, last_days"),
        ({"since": 1}, ".since: is not known here; known are any_days, campaign, from, last_days, months, period, until, zone"),
        ({"from": "2026-11-02", "until": "2026-11-01"}, ".until: comes before the window begins"),
        ({"from": "2026-11-01T10:00:00Z", "until": "2026-11-01T12:00:00+02:00"}, ".until: comes before the window begins"),
        ({"from": "2026-02-30"}, f".from: {DAY}"),
        ({"from": "1066-10-14"}, f".from: {DAY}"),
        ({"until": 20261101}, f".until: {DAY}"),
        ({"until": "2026-11-01T10:00:00"}, ".until: needs its own time zone, such as Z for UTC"),
        ({"from": "2026-11-01", "zone": "Mars/Olympus"}, ".zone: needs the name of a time zone such as Africa/Nairobi"),
        ({"from": "2026-11-01", "zone": "../etc/passwd"}, ".zone: needs the name of a time zone such as Africa/Nairobi"),
        ({"from": "2026-11-01", "any_days": 3}, ".any_days: cannot stand beside from: a window is told in one way"),
        ({"campaign": "c", "zone": "UTC"}, ".zone: cannot stand beside campaign: a window is told in one way"),
        ({"campaign": "No Slug"}, ".campaign: needs a slug such as what-is-mdm"),
        ({"period": "2026-Q5"}, f".period: {PERIOD}"),
        ({"period": "2026-13"}, f".period: {PERIOD}"),
        ({"period": "2025-W53"}, f".period: {PERIOD}"),
        ({"period": "2026-00"}, f".period: {PERIOD}"),
        ({"period": 2026}, f".period: {PERIOD}"),
        ({"months": []}, ".months: needs 1 to 11 different months, from 1 to 12"),
        ({"months": list(range(1, 13))}, ".months: needs 1 to 11 different months, from 1 to 12"),
        ({"months": [0]}, ".months: needs a whole number from 1 to 12"),
        ({"any_days": 0}, ".any_days: needs a whole number from 1 to 3660"),
        ({"last_days": 3661}, ".last_days: needs a whole number from 1 to 3660"),
        ({"last_days": True}, ".last_days: needs a whole number from 1 to 3660"),
    ],
)
def test_windows(window: dict[str, Any], fault: str) -> None:
    assert fault_of(windowed(**window)) == f"first.window{fault}"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"first": {"window": "2026"}}, 'first.window: expected a table such as {from = "2026-11-01", until = "2026-11-30"}'),
        ({"first": {"at_most": {}}}, "first.at_most: needs day, week or both, such as {day = 3}"),
        ({"first": {"at_most": {"month": 1}}}, "first.at_most.month: is not known here; known are day, week"),
        ({"first": {"at_most": {"day": 0}}}, "first.at_most.day: needs a whole number from 1 to 1000000"),
        ({"first": {"once_per": "kind"}}, "first.once_per: needs one of object"),
        (
            {"first": {"once_per": "object", "at_most": {"day": 1}}},
            "first.once_per: cannot stand beside at_most; choose one of the two",
        ),
        (
            {"first": {"once_per": "object", "window": {"any_days": 3}}},
            "first.once_per: cannot stand beside any_days; count the distinct objects instead",
        ),
        (
            {"first": {"at_most": {"week": 1}, "window": {"any_days": 3}}},
            "first.at_most.week: cannot stand beside any_days, whose stretch may begin on any day",
        ),
        (
            {"first": {"fields": {}}},
            'first.fields: expected a table of 1 to 10 fields such as {"data.participants" = {at_least = 10}}',
        ),
        (
            {"first": {"fields": {"text": {"is": "a"}}}},
            "first.fields.text: needs points or a field of the deed's data such as data.participants",
        ),
        (
            {"first": {"fields": {"data.a'b": {"is": "a"}}}},
            "first.fields.data.a'b: needs points or a field of the deed's data such as data.participants",
        ),
        ({"first": {"fields": {"points": {}}}}, "first.fields.points: needs at_least, at_most or is"),
        ({"first": {"fields": {"points": 5}}}, "first.fields.points: expected a table such as {at_least = 10}"),
        (
            {"first": {"fields": {"points": {"at_least": 5, "at_most": 4}}}},
            "first.fields.points.at_most: is below at_least: no deed could be both",
        ),
        ({"first": {"fields": {"points": {"is": [1.5]}}}}, "first.fields.points.is: needs words and whole numbers"),
        ({"sum": "text", "at_least": 1}, "sum: needs points or a field of the deed's data such as data.participants"),
        ({"distinct": "day", "where": {"at_most": {"day": 1}}, "at_least": 1}, "where.at_most: goes with count and sum only"),
        ({"span": {"once_per": "object"}, "at_least": 1}, "span.once_per: goes with count and sum only"),
        (
            {"streak": "day", "where": {"window": {"any_days": 9}}, "at_least": 1},
            "where.window.any_days: goes with count, sum and distinct only",
        ),
        ({"placed": "any", "top": 0}, "top: needs a whole number from 1 to 1000"),
        ({"belongs_to": []}, "belongs_to: needs a list of 1 to 100 words"),
        ({"belongs_to": "a", "as": "member"}, "as: needs one of curator"),
        ({"member_for": 0}, "member_for: needs a whole number from 1 to 1000000"),
        ({"count": {}, "at_least": 10**9}, "at_least: needs a whole number from 1 to 1000000"),
        ({"not": ONE}, "not: shuts out everybody who ever did anything"),
        ({"not": {"not": {"finished": "a"}}}, "not: is a not of a not: say what you want instead"),
        ({"not": {"all": [ONE, {"finished": "A"}]}}, "not.all[1].finished: needs a slug such as what-is-mdm"),
        ({"all": [{"holds": "a"}, {"not": {"holds": "a"}}]}, "all[1]: asks for the opposite of another part of the same list"),
        ({"all": [FIVE, {"not": ONE_TALK}]}, f"all[1]: {OPPOSITE}"),
        ({"all": [{"not": FIVE}, FIVE]}, f"all[0]: {OPPOSITE}"),
        ({"all": [{"member_for": 30}, {"not": {"member_for": 30}}]}, f"all[1]: {OPPOSITE}"),
        ({"all": [FIVE, {"all": [ONE, {"not": ONE_TALK}]}]}, f"all[1]: {OPPOSITE}"),
        ({"all": [FIVE, {"not": {"any": [{"finished": "a"}, ONE_TALK]}}]}, f"all[1]: {OPPOSITE}"),
        ({"some": [FIVE, {"not": ONE_TALK}], "at_least": 2}, f"some[1]: {OPPOSITE}"),
        (
            {"first": {"fields": {"points": {"is": [1, 4], "at_least": 5}}}},
            "first.fields.points.is: has nothing between at_least and at_most: no deed could be both",
        ),
        (
            {"first": {"fields": {"data.place": {"is": "gold", "at_most": 3}}}},
            "first.fields.data.place.is: has nothing between at_least and at_most: no deed could be both",
        ),
        ({"any": [{"any": [ONE] * 20}] * 6}, f"criteria: has more than {MAX_LEAVES} parts in all"),
    ],
)
def test_parts(data: dict[str, Any], fault: str) -> None:
    assert fault_of(data) == fault


@pytest.mark.parametrize(
    ("data", "room"),
    [
        ({"count": {"window": {"any_days": 5}, "at_most": {"day": 2}}}, 10),
        ({"count": {"window": {"period": "2026-W47"}, "at_most": {"week": 3}}}, 3),
        ({"count": {"window": {"period": "2026-11"}, "at_most": {"day": 5, "week": 3}}}, 18),
        ({"count": {"window": {"from": "2026-11-01", "until": "2026-11-03"}, "at_most": {"day": 1}}}, 3),
        ({"distinct": "day", "where": {"window": {"any_days": 7}}}, 7),
        ({"distinct": "month", "where": {"window": {"period": "2026"}}}, 14),
        ({"streak": "week", "where": {"window": {"from": "2026-11-16", "until": "2026-11-29"}}}, 2),
        ({"span": {"window": {"period": "2026-W47"}}}, 6),
    ],
)
def test_a_number_that_its_window_has_no_room_for(data: dict[str, Any], room: int) -> None:
    parse(data | {"at_least": room})
    assert fault_of(data | {"at_least": room + 1}) == f"at_least: asks for {room + 1}, and its window leaves room for {room} only"


@pytest.mark.parametrize(
    "data",
    [
        {"all": [ONE_TALK, {"not": FIVE}]},
        {"any": [FIVE, {"not": ONE_TALK}]},
        {"some": [FIVE, {"not": ONE_TALK}, {"finished": "a"}], "at_least": 2},
        {"all": [FIVE, {"any": [ONE, {"not": ONE_TALK}]}]},
        {"all": [FIVE, {"not": {"all": [ONE_TALK, {"finished": "a"}]}}]},
        {"all": [FIVE, {"not": {"count": {"kind": "help"}, "at_least": 1}}]},
        {"first": {"fields": {"points": {"is": [1, 7], "at_least": 5}}}},
    ],
)
def test_what_only_looks_like_a_contradiction(data: dict[str, Any]) -> None:
    parse(data)


def test_levels_go_with_a_number_only() -> None:
    for data in ({"finished": "a"}, {"holds": "a"}, {"first": {}}, {"belongs_to": "a"}, {"member_for": 1}, {"not": ONE}):
        fault = f"criteria: a badge with levels needs a single {', '.join(LEVELLED[:-1])} or placed"
        assert fault_of(data, levelled=True) == fault
    assert parse({"placed": "any"}, levelled=True).at_least == 1  # type: ignore[union-attr]


def test_windows_become_moments() -> None:
    def found(**window: Any) -> Window:
        leaf = parse(windowed(**window))
        assert isinstance(leaf, Leaf)
        return leaf.where.window

    def utc(*parts: int) -> datetime:
        return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]

    berlin = {"zone": "Europe/Berlin"}
    assert found(**{"from": "2026-10-25", "until": "2026-10-25"}, **berlin) == Window(
        utc(2026, 10, 24, 22), utc(2026, 10, 25, 23), "Europe/Berlin"
    )
    assert found(**{"from": "2026-03-29T01:59:59.999999+01:00"}) == Window(utc(2026, 3, 29, 0, 59, 59, 999999))
    assert found(period="2026-Q1", zone="Asia/Kathmandu") == Window(
        utc(2025, 12, 31, 18, 15), utc(2026, 3, 31, 18, 15), "Asia/Kathmandu", "2026-Q1"
    )
    assert found(period="2026-W53") == Window(utc(2026, 12, 28), utc(2027, 1, 4), period="2026-W53")
    assert found(period="2026") == Window(utc(2026, 1, 1), utc(2027, 1, 1), period="2026")
    assert found(period="2026-12") == Window(utc(2026, 12, 1), utc(2027, 1, 1), period="2026-12")
    assert found(months=11) == Window(months=(11,))


def test_what_is_written_is_what_is_kept() -> None:
    assert parse({"first": {"kind": "talk"}}) == Leaf("count", Filter(kind=("talk",)), 1)
    assert parse(ONE).where.limits is NO_LIMITS  # type: ignore[union-attr]
    place = Comparison("data.place", 1, 3)
    where = Filter(kind=("contest.placed",), object=("contest:a",), limits=Limits(fields=(place,)))
    assert parse({"placed": "a"}) == Leaf("count", where, 1)
    assert parse({"belongs_to": "a", "as": "curator"}) == Leaf("belongs_to", Filter(group=("a",)), 1, "curator")
    assert parse({"member_for": 30}) == Leaf("member_for", Filter(), 30)
    fields = {"fields": {"data.x": {"is": ["b", 2, "a"]}, "points": {"at_most": 3}}, "at_most": {"week": 2}}
    kept = Limits(fields=(Comparison("data.x", one_of=(2, "a", "b")), Comparison("points", at_most=3)), per_week=2)
    assert parse({"sum": "data.x", "where": fields, "at_least": 9}) == Leaf("sum", Filter(limits=kept), 9, "data.x")


def test_what_moves_a_rule() -> None:
    witnessed = parse({"first": {"kind": "talk", "evidence": "passive"}})
    assert listens_to(witnessed) == {"talk", "activity.confirmed"}
    assert listens_to(parse({"first": {"evidence": "confirmed"}})) == {"*", "activity.confirmed"}
    assert listens_to(parse({"belongs_to": "a"})) == set()
    tree = parse({"all": [{"finished": "a"}, {"not": {"finished": "b"}}]})
    assert [leaf.where.object for leaf in leaves(tree)] == [("quest:a",), ("quest:b",)]
    assert [leaf.where.object for leaf in wanted_leaves(tree)] == [("quest:a",)]
    assert isinstance(parse({"not": {"finished": "b"}}), Not)
    assert campaigns_named(parse({"all": [windowed(campaign="c"), {"first": {"campaign": "d"}}]})) == {"c"}
    for data, momentary, timely in (
        (ONE, False, False), (windowed(any_days=3), False, False), (windowed(campaign="c"), False, False),
        ({"belongs_to": "a"}, True, False), ({"any": [ONE, {"not": {"finished": "a"}}]}, True, False),
        ({"any": [ONE, windowed(last_days=3)]}, True, True), ({"member_for": 1}, True, True),
    ):  # fmt: skip
        assert (is_momentary(parse(data)), is_timely(parse(data))) == (momentary, timely)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"finished": "no"}, "finished: there is no quest called 'no'"),
        ({"holds": "no", "level": 5}, "holds: there is no badge called 'no'"),
        ({"placed": "no"}, "placed: there is no contest called 'no'"),
        ({"placed": "any"}, ""),
        ({"not": {"belongs_to": ["yes", "no"]}}, "not.belongs_to: there is no group called 'no'"),
        (
            {"all": [ONE, {"sum": "points", "where": {"kind": "no"}, "at_least": 1}]},
            "all[1].where.kind: there is no kind called 'no'",
        ),
        ({"first": {"window": {"campaign": "no"}}}, "first.window.campaign: there is no campaign called 'no'"),
        ({"span": {"object": ["quest:yes", "badge:no/5"]}, "at_least": 1}, "span.object: there is no badge called 'no'"),
        ({"first": {"object": "event:no"}}, ""),
        ({"any": [{"first": {"kind": "yes", "group": "yes", "campaign": "yes", "object": "badge:yes/5"}}]}, ""),
    ],
)
def test_what_a_rule_names_exists(data: dict[str, Any], fault: str) -> None:
    parse(data)
    known = {sort: ["yes"] for sort in ("kind", "group", "quest", "badge", "campaign", "contest")}
    check_known(data, {})
    try:
        check_known(data, known)
        said = ""
    except BadCriteria as found:
        said = str(found)
    assert said == fault


LATELY: dict[str, Any] = {"count": {"window": {"last_days": 9}}, "at_least": 1}


@pytest.mark.parametrize("rule", [{"not": {"member_for": 30}}, {"all": [{"not": {"belongs_to": "a"}}, ONE]}, LATELY])
def test_newcomers_and_who_is_elsewhere_may_be_shown(rule: dict[str, Any]) -> None:
    assert parse_seen(rule) == parse(rule)


@pytest.mark.parametrize(
    ("rule", "place"),
    [({"not": {"finished": "a"}}, "not"), ({"any": [ONE, {"not": {"all": [{"member_for": 1}, ONE]}}]}, "any[1].not")],
)
def test_who_did_not_do_something_may_not(rule: dict[str, Any], place: str) -> None:
    with pytest.raises(BadCriteria) as fault:
        parse_seen(rule)
    assert (fault.value.place, fault.value.reason) == (place, NOT_DONE)
