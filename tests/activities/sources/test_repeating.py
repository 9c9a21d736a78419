"""Against another implementation of the same section, and for rules that never end, never come true, or began long ago."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any

from dateutil import rrule
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from recognition.activities.sources import repeating
from recognition.activities.sources.repeating import DAILY, MONTHLY, WEEKLY, YEARLY, Rule

FREQUENCIES = {DAILY: rrule.DAILY, WEEKLY: rrule.WEEKLY, MONTHLY: rrule.MONTHLY, YEARLY: rrule.YEARLY}
FIRST, LAST = date(2025, 10, 1), date(2026, 11, 21)

ordinals = some.one_of(some.just(0), some.integers(-3, 3).filter(bool))
rules = some.builds(
    Rule,
    frequency=some.sampled_from(list(FREQUENCIES)),
    interval=some.integers(1, 5),
    count=some.one_of(some.none(), some.integers(1, 60)),
    until=some.one_of(some.none(), some.dates(date(2025, 6, 1), date(2027, 1, 1))),
    months=some.lists(some.integers(1, 12), max_size=3, unique=True).map(tuple),
    month_days=some.lists(some.sampled_from([1, 2, 15, 28, 29, 30, 31, -1, -2, -31]), max_size=3, unique=True).map(tuple),
    year_days=some.lists(some.sampled_from([1, 60, 200, 365, 366, -1, -366]), max_size=2, unique=True).map(tuple),
    weekdays=some.tuples(ordinals, some.lists(some.integers(0, 6), max_size=3, unique=True)).map(
        lambda drawn: tuple((drawn[0], day) for day in drawn[1])
    ),
    positions=some.lists(some.sampled_from([1, 2, -1, -2]), max_size=2, unique=True).map(tuple),
    week_starts=some.integers(0, 6),
)


def theirs(rule: Rule, start: date) -> list[date]:
    weekdays = [rrule.weekday(day, number or None) for number, day in rule.weekdays]
    said: dict[str, Any] = {
        "bymonth": rule.months, "bymonthday": rule.month_days, "byyearday": rule.year_days, "byweekday": weekdays,
        "bysetpos": rule.positions,
    }  # fmt: skip
    until = datetime.combine(min(rule.until or LAST, LAST), datetime.min.time())
    count = {"count": rule.count} if rule.count is not None else {"until": until}
    found = rrule.rrule(
        FREQUENCIES[rule.frequency], dtstart=datetime.combine(start, datetime.min.time()), interval=rule.interval,
        wkst=rule.week_starts, **count, **{name: value for name, value in said.items() if value},
    )  # fmt: skip
    return [one.date() for one in takewhile(lambda one: one <= until, found) if one.date() >= FIRST]


@given(rules, some.dates(date(2024, 1, 1), date(2026, 11, 1)))
@settings(max_examples=60, deadline=None)
def test_the_same_days_as_another_implementation(rule: Rule, start: date) -> None:
    named = rule.months or rule.month_days or rule.year_days or rule.weekdays
    assume(named or not rule.positions)  # the other one refuses places among nothing
    endless = replace(rule, count=None, until=None)
    assume(
        any(repeating.days(endless, LAST, LAST, LAST + timedelta(days=3000)))
    )  # and looks to the year 9999 for what never comes
    assert list(repeating.days(rule, start, FIRST, LAST)) == theirs(rule, start)


def test_a_thousand_years_of_days_cost_one_window() -> None:
    start = date(1026, 1, 1)
    rule = Rule(DAILY)
    assert repeating.walked_days(rule, start, FIRST, LAST) == 417
    assert len(list(repeating.days(rule, start, FIRST, LAST))) == 417


def test_what_never_comes_true_is_not_waited_for() -> None:
    never = Rule(YEARLY, months=(2,), month_days=(30,))
    assert list(repeating.days(never, date(1, 1, 1), FIRST, LAST)) == []


def test_a_counted_rule_that_is_too_old_is_taken_as_over() -> None:
    rule = Rule(WEEKLY, count=10_000_000)
    assert list(repeating.days(rule, date(1026, 1, 1), FIRST, LAST)) == []
    assert repeating.walked_days(rule, date(1026, 1, 1), FIRST, LAST) == 0
    recent = list(repeating.days(rule, LAST - timedelta(days=21), FIRST, LAST))
    assert recent == [LAST - timedelta(days=back) for back in (21, 14, 7, 0)]
