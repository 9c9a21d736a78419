"""What the databases count is what anybody would count by hand, for any log and any rule."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recognition.activities import measure
from recognition.activities.criteria.decide import decide
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import leaves
from recognition.activities.measuring.units import longest_run, unit_of
from recognition.activities.rules import INTERNAL_KINDS
from recognition.activities.services import record
from tests.factories.activities import REPORTED, make_report
from tests.factories.identity import make_group, make_member

PEOPLE = ("ada", "bob", "eve")
FIRST_DAY = date(2026, 1, 26)  # a Monday, and two months and a week's end within reach
EVIDENCE = ("self", "passive", "confirmed")
CHOICES: dict[str, tuple[Any, ...]] = {
    "kind": ("talk", "help", "write", "quest.finished", "badge.awarded"), "campaign": (None, "mdm", "funnel"),
    "source": ("web", "api"), "object": (None, "event:1", "quest:vision"), "group": (None, "accra", "nairobi"),
}  # fmt: skip
TAGS = ("mdm", "wiki", "café")
ANY_KIND = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@dataclass(frozen=True)
class Row:
    who: str
    day: int
    kind: str
    campaign: str | None
    source: str
    object: str | None
    group: str | None
    evidence: int
    tags: frozenset[str]
    text: str
    key: str = field(default="")

    def value(self, name: str) -> set[Any]:
        if name == "tag":
            return set(self.tags)
        when = FIRST_DAY + timedelta(days=self.day)
        times = {"day": when, "week": when.isocalendar()[:2], "month": (when.year, when.month)}
        found = times[name] if name in times else getattr(self, name)
        return set() if found is None else {found}


rows = st.lists(
    st.builds(
        Row, who=st.sampled_from(PEOPLE), day=st.integers(0, 40), evidence=st.integers(0, 2),
        text=st.sampled_from("ab"), tags=st.frozensets(st.sampled_from(TAGS)),
        **{name: st.sampled_from(some) for name, some in CHOICES.items()},
    ),
    max_size=25,
)  # fmt: skip
filters = st.fixed_dictionaries(
    {},
    optional={name: st.lists(st.sampled_from([c for c in some if c]), min_size=1, max_size=2) for name, some in CHOICES.items()}
    | {name: st.lists(st.sampled_from(TAGS), min_size=1, max_size=2) for name in ("tags_any", "tags_all")}
    | {"evidence": st.sampled_from(EVIDENCE), "repeats": st.sampled_from(["once", "all"])},
)
goals = st.integers(1, 5)
fields = st.sampled_from(["kind", "campaign", "group", "tag", "source", "object", "day", "week", "month"])
units = st.sampled_from(["day", "week", "month"])
leaf_data = st.one_of(
    st.fixed_dictionaries({"count": filters, "at_least": goals}),
    st.fixed_dictionaries({"distinct": fields, "where": filters, "at_least": goals}),
    st.fixed_dictionaries(
        {"streak": units, "where": filters, "at_least": goals, "gaps": st.integers(0, 2)},
    ),
    st.sampled_from([{"finished": "vision"}]),
)  # fmt: skip
criteria_data = st.recursive(
    leaf_data,
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda some: {"all": some}),
        st.lists(parts, min_size=1, max_size=3).map(lambda some: {"any": some}),
        st.lists(parts, min_size=2, max_size=3).map(lambda some: {"some": some, "at_least": 2}),
    ),
    max_leaves=4,
)


def by_hand(data: dict[str, Any], log: list[Row], repeats: set[str]) -> bool:
    """The rule read straight from its data, by counting on fingers."""
    for word in ("all", "any", "some"):
        if word in data:
            met = [by_hand(part, log, repeats) for part in data[word]]
            return sum(met) >= {"all": len(met), "any": 1}.get(word, data.get("at_least", 0))
    if "finished" in data:
        data = {"count": {"kind": ["quest.finished"], "object": [f"quest:{data['finished']}"]}, "at_least": 1}
    where = data.get("count", data.get("where", {}))
    mine = [row for row in log if counts(row, where, row.key in repeats)]
    if "count" in data:
        return len(mine) >= data["at_least"]
    found = set().union(*(row.value(data.get("distinct") or data["streak"]) for row in mine))
    if "distinct" in data:
        return len(found) >= data["at_least"]
    return run_by_hand({number_of(value) for value in found}, data["gaps"]) >= data["at_least"]


def counts(row: Row, where: dict[str, Any], is_repeat: bool) -> bool:
    return (
        (row.kind in where["kind"] if "kind" in where else row.kind not in INTERNAL_KINDS)
        and all(getattr(row, name) in where[name] for name in ("campaign", "source", "object", "group") if name in where)
        and ("tags_any" not in where or bool(row.tags & set(where["tags_any"])))
        and row.tags >= set(where.get("tags_all", ()))
        and row.evidence >= EVIDENCE.index(where.get("evidence", "self"))
        and (where.get("repeats") == "all" or not is_repeat)
    )


def number_of(value: Any) -> int:
    if isinstance(value, date):
        return value.toordinal()
    year, part = value
    if (year, part) >= (2026, 1) and year == 2026:
        return part
    return part - (53 if part > 12 else 12)


def run_by_hand(numbers: set[int], gaps: int) -> int:
    """Every stretch tried."""
    return max((sum(first <= n <= last for n in numbers) for first in numbers for last in numbers
                if last - first + 1 - sum(first <= n <= last for n in numbers) <= gaps), default=0)  # fmt: skip


def repeats_in(log: list[Row]) -> set[str]:
    seen, found = set(), set()
    for row in sorted(log, key=lambda r: (r.source, r.key)):
        same = (row.who, row.day, row.kind, row.campaign, row.object, row.text)
        found |= {row.key} if same in seen else set()
        seen.add(same)
    return found


@ANY_KIND
@given(log=rows, data=criteria_data)
def test_any_rule_over_any_log(db: Any, log: list[Row], data: dict[str, Any]) -> None:
    try:
        ids = {handle: make_member(handle).id for handle in PEOPLE}
        groups = {slug: make_group(slug).id for slug in ("accra", "nairobi")} | {None: None}
        log = [Row(**{**vars(row), "key": f"k{n:03}"}) for n, row in enumerate(log)]
        record(
            [
                make_report(
                    ids[row.who],
                    source=row.source,
                    source_key=row.key,
                    kind=row.kind,
                    campaign=row.campaign,
                    object=row.object,
                    group_id=groups[row.group],
                    evidence=row.evidence,
                    tags=tuple(sorted(row.tags)),
                    text=row.text,
                    occurred_at=REPORTED.replace(year=FIRST_DAY.year, month=FIRST_DAY.month, day=FIRST_DAY.day)
                    + timedelta(days=row.day),
                )
                for row in log
            ],
            REPORTED,
        )
        criteria, repeats = parse(data), repeats_in(log)
        expected = {who: by_hand(data, [row for row in log if row.who == who], repeats) for who in PEOPLE}
        values = measure.values(criteria, ids.values(), now=REPORTED)
        assert {who: decide(criteria, values[ids[who]]).met for who in PEOPLE} == expected
        # Everybody at once, and only two of them, count alike.
        for leaf in leaves(criteria):
            whole = measure.measure(leaf, None, 1000, now=REPORTED)
            some = measure.measure(leaf, [ids["ada"], ids["eve"]], 1000, now=REPORTED)
            assert some == {member: value for member, value in whole.items() if member != ids["bob"]}
            for who in PEOPLE:
                assert min(whole.get(ids[who], 0), leaf.at_least) == values[ids[who]].get(leaf, 0)
    finally:
        db.session.rollback()


@given(numbers=st.sets(st.integers(0, 30)), gaps=st.integers(0, 5))
def test_longest_run_against_every_stretch(numbers: set[int], gaps: int) -> None:
    assert longest_run(numbers, gaps) == run_by_hand(numbers, gaps)


@pytest.mark.parametrize(("day", "number"), [(date(1970, 1, 1), 23640), (date(2026, 12, 31), 24323), (date(2027, 1, 1), 24324)])
def test_months_go_on_over_the_new_year(day: date, number: int) -> None:
    assert unit_of("month", (day - date(1970, 1, 1)).days) == number
