"""When a word goes by mail: by the member's calendar and clock, over every change of the clocks, and never in quiet hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.announcements.rules import (
    DIGESTS,
    Wish,
    after_quiet,
    began,
    goes_at,
    is_quiet,
    next_digest,
    rhythm_of,
)

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
]
MOMENTS = st.integers(0, 4 * 366 * 24 * 3600).map(lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
HOURS = st.integers(0, 23)
WISHES = st.builds(
    Wish,
    rhythms=st.just({}),
    zone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    hour=HOURS,
    quiet_from=HOURS,
    quiet_until=HOURS,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wish(zone: str = "Europe/Berlin", **changes: int) -> Wish:
    return Wish(zone=zone, **changes)


@pytest.mark.parametrize(
    ("rhythm", "now", "expected"),
    [
        ("day", "2026-11-22T06:59", "2026-11-22T07:00"),
        ("day", "2026-11-22T07:00", "2026-11-23T07:00"),
        # The clocks go back on 25 Oct 2026 and forth on 29 March 2026: eight is eight.
        ("day", "2026-10-24T12:00", "2026-10-25T07:00"),
        ("day", "2026-10-24T05:00", "2026-10-24T06:00"),
        ("day", "2026-03-28T12:00", "2026-03-29T06:00"),
        ("week", "2026-11-22T12:00", "2026-11-23T07:00"),
        ("week", "2026-11-23T07:00", "2026-11-30T07:00"),
        ("month", "2026-11-02T06:00", "2026-11-02T07:00"),
        ("month", "2026-11-02T07:00", "2026-12-07T07:00"),
    ],
)
def test_a_digest_comes_at_eight_by_the_members_clock(rhythm: str, now: str, expected: str) -> None:
    assert next_digest(wish(), rhythm, at(now)) == at(expected)


def test_an_hour_that_a_change_of_clocks_skips_is_the_moment_after_it() -> None:
    assert next_digest(wish("America/New_York", hour=2), "day", at("2026-03-08T00:00")) == at("2026-03-08T07:00")


def test_an_hour_that_comes_twice_brings_one_digest() -> None:
    twice = wish("America/New_York", hour=1)
    first = next_digest(twice, "day", at("2026-11-01T00:00"))
    assert (first, next_digest(twice, "day", first)) == (at("2026-11-01T05:00"), at("2026-11-02T06:00"))


@pytest.mark.parametrize(
    ("topic", "expected"),
    [("mine", "now"), ("questions", "now"), ("events", "now"), ("community", "never"), ("news", "week"),
     ("campaign:draw", "week"), ("campaign:bugs", "never"), ("something:else", "week")],
)  # fmt: skip
def test_what_nobody_said_anything_of(topic: str, expected: str) -> None:
    assert rhythm_of(Wish({"news": "week", "campaign:bugs": "never"}), topic) == expected


def test_a_rhythm_that_we_do_not_know_is_none() -> None:
    assert rhythm_of(Wish({"mine": "hourly", "news": "x"}), "mine") == rhythm_of(Wish({"news": "x"}), "news") == "now"


def test_what_comes_at_night_goes_in_the_morning() -> None:
    night = wish(quiet_from=22, quiet_until=7)
    assert goes_at(night, "mine", at("2026-11-22T20:59")) == at("2026-11-22T20:59")
    assert goes_at(night, "mine", at("2026-11-22T21:00")) == at("2026-11-23T06:00")
    assert goes_at(night, "mine", at("2026-11-23T05:59")) == at("2026-11-23T06:00")
    assert goes_at(Wish(), "mine", at("2026-11-23T03:00")) == at("2026-11-23T03:00")
    assert goes_at(Wish({"mine": "never"}), "mine", at("2026-11-23T03:00")) is None


@given(WISHES, MOMENTS)
@settings(max_examples=150, deadline=None)
def test_no_moment_is_in_quiet_hours_and_none_is_waited_for_longer_than_a_day(one: Wish, now: datetime) -> None:
    found = after_quiet(one, now)
    assert not is_quiet(one, found)
    assert now <= found < now + timedelta(hours=25)
    assert (found == now) == (not is_quiet(one, now))


@given(WISHES, MOMENTS, st.sampled_from(DIGESTS))
@settings(max_examples=150, deadline=None)
def test_each_occasion_comes_once_in_its_time(one: Wish, now: datetime, rhythm: str) -> None:
    first = next_digest(one, rhythm, now)
    second = next_digest(one, rhythm, first)
    assert now < first < second
    assert next_digest(one, rhythm, first - timedelta(seconds=1)) == first
    assert not is_quiet(one, first)
    assert began(one, rhythm, second) == first
    low, high = {"day": (0, 2), "week": (6, 8), "month": (27, 36)}[rhythm]
    assert timedelta(days=low) < second - first < timedelta(days=high)
    if one.quiet_from == one.quiet_until and rhythm != "day":
        assert first.astimezone(ZoneInfo(one.zone)).weekday() == one.weekday


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "x" * 64])
def test_a_zone_that_is_none_counts_as_utc(zone: str) -> None:
    assert next_digest(Wish(zone=zone), "day", at("2026-11-22T07:00")) == at("2026-11-22T08:00")
