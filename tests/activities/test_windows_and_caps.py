"""Edges that anybody can check by hand: of windows, caps and runs; when the next deed counts; campaigns whose dates move."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from recognition.activities import measure
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import Leaf
from tests.factories.activities import make_activity
from tests.factories.campaigns import make_campaign
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)  # a Saturday
MICROSECOND = timedelta(microseconds=1)


def leaf_of(data: dict[str, Any]) -> Leaf:
    leaf = parse(data)
    assert isinstance(leaf, Leaf)
    return leaf


def number(member_id: int, data: dict[str, Any]) -> int:
    """Asked in each way there is."""
    leaf = leaf_of(data)
    found = {
        measure.measure(leaf, None, 1000, now=NOW).get(member_id, 0),
        measure.measure_all({leaf: ([member_id], 1000)}, now=NOW)[leaf].get(member_id, 0),
        measure.measure_one(member_id, {leaf: 1000}, now=NOW)[leaf],
    }
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize(
    ("window", "first", "after"),
    [
        ({"from": "2026-10-25", "until": "2026-10-25", "zone": "Europe/Berlin"}, (2026, 10, 24, 22), (2026, 10, 25, 23)),
        ({"from": "2026-11-01", "until": "2026-11-01", "zone": "America/New_York"}, (2026, 11, 1, 4), (2026, 11, 2, 5)),
        ({"period": "2026-11", "zone": "Asia/Kathmandu"}, (2026, 10, 31, 18, 15), (2026, 11, 30, 18, 15)),
        ({"from": "2026-11-01T10:00:00.000001Z", "until": "2026-11-01T10:00:00.000002Z"}, (2026, 11, 1, 10, 0, 0, 1),
         (2026, 11, 1, 10, 0, 0, 2)),
        ({"campaign": "spring"}, (2026, 11, 1), (2026, 12, 1)),
        ({"months": [11]}, (2026, 11, 1), (2026, 12, 1)),
        ({"last_days": 7}, (2026, 11, 14, 12), None),
    ],
)  # fmt: skip
def test_to_the_microsecond(db: Any, window: dict[str, Any], first: tuple[int, ...], after: tuple[int, ...] | None) -> None:
    make_campaign("spring")
    ada, data = make_member(), {"count": {"window": window}, "at_least": 1}
    start = datetime(*first, tzinfo=UTC)  # type: ignore[misc, arg-type]
    make_activity(ada.id, occurred_at=start - MICROSECOND)
    assert number(ada.id, data) == 0
    make_activity(ada.id, occurred_at=start, text="on the edge")
    assert number(ada.id, data) == 1
    if after is not None:
        end = datetime(*after, tzinfo=UTC)  # type: ignore[misc, arg-type]
        make_activity(ada.id, occurred_at=end, text="too late")
        assert number(ada.id, data) == 1
        make_activity(ada.id, occurred_at=end - MICROSECOND, text="just in time")
        assert number(ada.id, data) == 2


def test_a_campaign_that_nobody_knows_has_no_time(db: Any) -> None:
    ada = make_member()
    make_activity(ada.id)
    make_campaign("hidden", state="draft")
    for slug in ("unknown", "hidden"):
        assert number(ada.id, {"first": {"window": {"campaign": slug}}}) == 0


def test_the_next_deed_that_counts(db: Any) -> None:
    ada = make_member()
    for hour in (8, 9):
        make_activity(ada.id, occurred_at=NOW.replace(hour=hour), text=str(hour))
    make_activity(ada.id, occurred_at=NOW - timedelta(days=3))
    expected = {
        date(2026, 11, 21): [{"count": {}}, {"count": {"at_most": {"day": 3}}}, {"count": {"at_most": {"week": 4}}},
                             {"distinct": "month", "where": {"kind": "talk"}}, {"count": {"window": {"months": [11]}}}],
        date(2026, 11, 22): [{"count": {"at_most": {"day": 2}}}, {"distinct": "day"}, {"streak": "day"}],
        date(2026, 11, 23): [{"count": {"at_most": {"week": 3}}}, {"streak": "week"}],
        date(2026, 12, 1): [{"distinct": "month"}, {"count": {"window": {"period": "2026-12"}}},
                            {"count": {"window": {"months": [12], }}}],
        date(2027, 1, 1): [{"count": {"window": {"months": [1]}}}],
        None: [{"count": {"window": {"period": "2025"}}}, {"member_for": 9},
               {"distinct": "day", "where": {"window": {"until": "2026-11-21"}}}],
    }  # fmt: skip
    for day, rules in expected.items():
        for data in rules:
            goal = {} if "member_for" in data else {"at_least": 1}
            assert measure.next_counts(leaf_of(data | goal), ada.id, NOW) == day, data


def test_the_deeds_that_count(db: Any) -> None:
    """Two in one moment, one told late, one withdrawn: by hand."""
    ada = make_member()
    days = (2, 2, 3, 9, 10, 11, 20)
    ids = [make_activity(ada.id, occurred_at=datetime(2026, 11, day, 9, tzinfo=UTC), text=str(n), tags=(f"t{n % 2}",),
                         object=f"event:{n // 2}").id for n, day in enumerate(days)]  # fmt: skip

    def rows(data: dict[str, Any], limit: int = 24) -> list[int]:
        found = measure.counting_rows(leaf_of(data | {"at_least": 1}), ada.id, NOW, limit).items
        return [ids.index(row.id) for row in found]

    assert rows({"count": {}}) == [6, 5, 4, 3, 2, 1, 0]
    assert rows({"count": {}}, limit=2) == [6, 5]
    assert rows({"count": {"at_most": {"day": 1}}}) == [6, 5, 4, 3, 2, 0]
    assert rows({"count": {"at_most": {"week": 2}}}) == [6, 4, 3, 1, 0]
    assert rows({"count": {"once_per": "object"}}) == [6, 4, 2, 0]
    assert rows({"count": {"window": {"any_days": 3}}}) == [5, 4, 3]
    assert rows({"distinct": "tag"}) == [1, 0]
    assert rows({"distinct": "week"}) == [6, 3, 0]
    assert rows({"streak": "day"}) == [5, 4, 3]
    assert rows({"streak": "day", "gaps": 8}) == [5, 4, 3, 2, 0]
    assert rows({"streak": "day", "gaps": 13}) == [6, 5, 4, 3, 2, 0]
    assert rows({"span": {}}) == [6, 0]


def test_statements_do_not_grow_with_members_or_rules(db: Any, count_queries: Any) -> None:
    members = [make_member(f"m{n}").id for n in range(6)]
    for member_id in members:
        make_activity(member_id, kind="talk")
    parts: list[dict[str, Any]] = []
    for n in (1, 2, 3):
        parts += [{"count": {}}, {"count": {"at_most": {"day": n}}}, {"sum": "points"}, {"span": {}}, {"distinct": "day"},
                  {"streak": "week", "gaps": n}, {"count": {"window": {"any_days": n}}},
                  {"distinct": "tag", "where": {"window": {"any_days": n}}},
                  {"count": {"window": {"campaign": "c"}}}]  # fmt: skip
    leaves = [leaf_of(part | {"at_least": 2}) for part in parts] + [leaf_of({"member_for": 5}), leaf_of({"belongs_to": "a"})]
    with count_queries() as seen:
        measure.measure_one(members[0], dict.fromkeys(leaves, 2), now=NOW)
    assert len(seen) == 6
    numbers = []
    for some in (members[:1], members):
        with count_queries() as seen:
            measure.measure_all(dict.fromkeys(leaves, (some, 2)), now=NOW)
        numbers.append(len(seen))
    assert numbers[0] == numbers[1]


def test_alike_rules_of_several_kinds_are_one_statement(db: Any, count_queries: Any) -> None:
    """The drain's way: rules that differ in their kind alone."""
    ada, eve = make_member("ada").id, make_member("eve").id
    for kind, days in (("talk", (1, 2, 9)), ("help", (5, 16))):
        for day in days:
            make_activity(ada, kind=kind, occurred_at=datetime(2026, 11, day, 9, tzinfo=UTC))
    for data, numbers in (
        ({"streak": "week"}, (3, 1)), ({"distinct": "day"}, (3, 2)), ({"distinct": "month"}, (1, 1)),
        ({"span": "where"}, (8, 11)),
        ({"count": "where"}, (3, 2)), ({"sum": "points"}, (15, 10)), ({"distinct": "kind"}, (1, 1)),
    ):  # fmt: skip
        leaves = []
        for kind in ("talk", "help"):
            named = {"kind": kind}
            fits = {next(iter(data)): named} if "where" in data.values() else data | {"where": named}
            leaves.append(leaf_of(fits | {"at_least": 1}))
        with count_queries() as seen:
            found = measure.measure_all({leaf: ([ada, eve], 99) for leaf in leaves}, now=NOW)
        assert len(seen) == 1
        assert [found[leaf] for leaf in leaves] == [{ada: number} for number in numbers], data
