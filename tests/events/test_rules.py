"""Where an event stands, and how a series repeats on the wall's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.events.rules import stand, starts
from tests.factories.events import STARTS


@pytest.mark.parametrize(("seconds", "wanted"), [(-1, "coming"), (0, "now"), (3599, "now"), (3600, "over")])
def test_it_is_on_from_its_start_until_just_before_its_end(seconds: int, wanted: str) -> None:
    assert stand("planned", STARTS, STARTS + timedelta(hours=1), STARTS + timedelta(seconds=seconds)) == wanted
    assert stand("called_off", STARTS, STARTS + timedelta(hours=1), STARTS + timedelta(seconds=seconds)) == "called_off"


def test_a_weekly_call_stays_at_its_hour_when_clocks_change() -> None:
    first = datetime(2026, 10, 22, 16, tzinfo=UTC)  # 18:00 in Berlin, which goes back an hour on the 25th
    found = list(starts(first, "week", 3, "Europe/Berlin"))
    assert found == [first, datetime(2026, 10, 29, 17, tzinfo=UTC), datetime(2026, 11, 5, 17, tzinfo=UTC)]
    assert list(starts(first, "fortnight", 2, "UTC")) == [first, first + timedelta(days=14)]
    assert list(starts(first, "once", 1, "UTC")) == [first]


def test_a_monthly_call_keeps_its_weekday_of_the_month() -> None:
    second_thursday = datetime(2026, 12, 10, 18, tzinfo=UTC)
    assert [f"{at:%Y-%m-%d}" for at in starts(second_thursday, "month", 4, "UTC")] == [
        "2026-12-10", "2027-01-14", "2027-02-11", "2027-03-11"]  # fmt: skip
    fifth_monday = datetime(2026, 11, 30, 18, tzinfo=UTC)
    assert [f"{at:%Y-%m-%d}" for at in starts(fifth_monday, "month", 3, "UTC")] == ["2026-11-30", "2026-12-28", "2027-01-25"]


@given(
    st.integers(946_684_800, 3_786_912_000),
    st.sampled_from(["week", "fortnight", "month"]),
    st.sampled_from(["UTC", "Europe/Berlin", "Africa/Nairobi", "Pacific/Chatham", "America/St_Johns"]),
)
@settings(max_examples=60)
def test_every_one_is_on_the_same_weekday_and_after_the_one_before(second: int, repeats: str, zone: str) -> None:
    first = datetime.fromtimestamp(second, UTC)
    found = list(starts(first, repeats, 12, zone))
    walls = [at.astimezone(ZoneInfo(zone)) for at in found]
    assert len({wall.weekday() for wall in walls}) == 1
    assert found == sorted(set(found))
