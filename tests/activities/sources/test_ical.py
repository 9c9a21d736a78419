"""Calendars as programs write them, and as somebody writes them who means no good."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from recognition.activities.sources import ical
from recognition.activities.sources.seen import Doer, Malformed, Seen, TooLarge
from tests.inlets.documents import calendar

NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
ADDRESS = "https://cal.example.org/secret-123/mine.ics"
CALL = """
UID:call@example.org
DTSTART;TZID=Europe/Berlin:20261120T190000
DTEND;TZID=Europe/Berlin:20261120T200000
SUMMARY:Weekly\\, long call
CATEGORIES:maps,Calls
LAST-MODIFIED:20261119T080000Z
"""


def read(*events: str, own: bool = True) -> tuple[Seen, ...]:
    return ical.read(calendar(*events), ADDRESS, NOW, own).seen


def days(*events: str) -> list[str]:
    return [one.occurred_at.strftime("%m-%d %H:%M") for one in read(*events)]


def test_an_event_of_ones_own() -> None:
    (one,) = read(CALL)
    assert one == Seen(
        account=Doer("cal.example.org", ""), source_key=one.source_key, occurred_at=datetime(2026, 11, 20, 18, tzinfo=UTC),
        version_at=datetime(2026, 11, 19, 8, tzinfo=UTC), kind_label="Attended an event", text="Weekly, long call", url=None,
        tags=("maps", "Calls"),
    )  # fmt: skip
    assert one.source_key.endswith(":call@example.org:20261120T180000Z")
    assert "secret" not in one.source_key


def test_what_is_not_over_is_no_deed_yet() -> None:
    assert days("UID:1\nDTSTART:20261121T210000Z\nDURATION:PT2H\nSUMMARY:now") == []
    assert days("UID:1\nDTSTART:20261121T210000Z\nDURATION:PT1H\nSUMMARY:just over") == ["11-21 21:00"]
    assert days("UID:1\nDTSTART:20261122T210000Z\nSUMMARY:tomorrow") == []
    assert days("UID:1\nDTSTART;VALUE=DATE:20261121\nSUMMARY:all of today") == []
    assert days("UID:1\nDTSTART;VALUE=DATE:20261120\nSUMMARY:all of yesterday") == ["11-20 12:00"]
    assert days("UID:1\nDTSTART:20250101T100000Z\nSUMMARY:two years ago") == []


def test_a_weekly_call_without_the_one_that_was_left_out_and_the_one_that_was_moved() -> None:
    weekly = CALL.replace("20261120", "20261030") + "RRULE:FREQ=WEEKLY\nEXDATE;TZID=Europe/Berlin:20261106T190000\n"
    moved = "UID:call@example.org\nRECURRENCE-ID:20261113T180000Z\nDTSTART:20261114T090000Z\nSUMMARY:moved"
    assert days(weekly, moved) == ["10-30 18:00", "11-20 18:00", "11-14 09:00"]
    keys = {one.source_key.rpartition(":")[2] for one in read(weekly, moved)}
    assert keys == {"20261030T180000Z", "20261113T180000Z", "20261120T180000Z"}


def test_added_days_and_ends() -> None:
    event = "UID:1\nDTSTART:20261101T100000Z\nRRULE:FREQ=DAILY;UNTIL=20261103T095959Z\nRDATE:20261110T100000Z\nSUMMARY:x"
    assert days(event) == ["11-01 10:00", "11-02 10:00", "11-10 10:00"]
    assert days("UID:1\nDTSTART:20261101T100000Z\nRRULE:FREQ=DAILY;COUNT=2;INTERVAL=2\nSUMMARY:x") == [
        "11-01 10:00",
        "11-03 10:00",
    ]


PEOPLE = CALL + """ORGANIZER;CN=Olu:mailto:Olu@Example.org
ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:ana@example.org
ATTENDEE:mailto:cy@example.org
ATTENDEE;PARTSTAT=DECLINED:mailto:ben@example.org
ATTENDEE;PARTSTAT=ACCEPTED;CUTYPE=ROOM:mailto:room@example.org
ATTENDEE;PARTSTAT=ACCEPTED:urn:x
"""  # fmt: skip


def test_in_a_groups_calendar_it_is_who_invited_and_who_said_yes() -> None:
    found = [(one.account, one.kind_label, one.gone) for one in read(PEOPLE, own=False)]
    assert found == [
        (Doer("mail", "olu@example.org"), "Organized an event", False),
        (Doer("mail", "ana@example.org"), "Attended an event", False),
        (Doer("mail", "cy@example.org"), "Attended an event", False),
        (Doer("mail", "ben@example.org"), "Attended an event", True),
    ]
    keys = [one.source_key for one in read(PEOPLE, own=False)]
    assert len(set(keys)) == 4
    assert not any("example.org:ana" in key or "ana@" in key for key in keys)


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "CLASS:PRIVATE", "CLASS:confidential"])
def test_what_was_called_off_or_is_private_is_gone_and_says_nothing(line: str) -> None:
    (one,) = read(CALL + line)
    assert (one.gone, one.text, one.tags, one.url) == (True, "", (), None)


def test_a_zone_that_nobody_knows_is_read_as_it_stands() -> None:
    assert days("UID:1\nDTSTART;TZID=Of/Its/Own:20261101T100000\nSUMMARY:x") == ["11-01 10:00"]


def test_a_calendars_own_time_zones_are_never_worked_out() -> None:
    """This one has a change of the clock each second for a thousand years; it would also stay for the next calendar."""
    zone = "\n".join((
        "BEGIN:VTIMEZONE", "TZID:Slow/Zone", "BEGIN:STANDARD", "DTSTART:10260101T000000", "RRULE:FREQ=SECONDLY",
        "TZOFFSETFROM:+0100", "TZOFFSETTO:+0900", "END:STANDARD", "END:VTIMEZONE",
    ))  # fmt: skip
    event = "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Slow/Zone:20261101T100000\nSUMMARY:x\nEND:VEVENT"
    for told in (zone, zone.replace("BEGIN:VTIMEZONE", 'BEG\n IN;X="a:b":VTIME\n ZONE'), zone.lower()):
        body = f"BEGIN:VCALENDAR\n{told}\n{event}\nEND:VCALENDAR\n".encode()
        (one,) = ical.read(body, ADDRESS, NOW, own=True).seen
        assert one.occurred_at == datetime(2026, 11, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("FREQ=DAILY", 400),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR", 171),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 0),
        ("FREQ=SECONDLY", 0),
        ("FREQ=DAILY;BYHOUR=1,2,3", 0),
        ("FREQ=BOGUS", 0),
        ("FREQ=DAILY;COUNT=999999999", 0),
        ("FREQ=DAILY;INTERVAL=0", 400),
    ],
)
def test_a_thousand_years_of_repetitions(rule: str, count: int) -> None:
    found = read(f"UID:1\nDTSTART:10260101T100000Z\nRRULE:{rule}\nSUMMARY:x")
    assert len(found) == count
    assert all(one.occurred_at > NOW - timedelta(days=401) for one in found)


def test_many_endless_rules_together_are_refused() -> None:
    event = "UID:{n}\nDTSTART:20000101T100000Z\nRRULE:FREQ=YEARLY;COUNT=999;BYMONTH=2;BYMONTHDAY=30\nSUMMARY:x"
    with pytest.raises(TooLarge):
        read(*(event.format(n=n) for n in range(110)))


def test_more_than_can_be_taken_is_refused() -> None:
    listed = ",".join((NOW - timedelta(minutes=n)).strftime("%Y%m%dT%H%M%SZ") for n in range(1, 1100))
    with pytest.raises(TooLarge):
        read(f"UID:1\nDTSTART:20261101T100000Z\nRDATE:{listed}\nSUMMARY:x")
    with pytest.raises(TooLarge):
        read(*(f"UID:{n}\nDTSTART:20261101T100000Z\nRRULE:FREQ=DAILY\nSUMMARY:x" for n in range(700)))
    nested = "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\n" * 900 + "END:VEVENT\n" * 900 + "END:VCALENDAR\n"
    with pytest.raises(TooLarge):
        ical.read(nested.encode(), ADDRESS, NOW, own=True)
    with pytest.raises(TooLarge):
        ical.read(b" " * (2 * 1024 * 1024 + 1), ADDRESS, NOW, own=True)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"BEGIN:VCALENDAR\r\n", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"\xff\xfe", b"END:VCALENDAR"]
)
def test_what_is_no_calendar_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(Malformed, match=r"\.$"):
        ical.read(body, ADDRESS, NOW, own=True)


def test_a_token_counts_in_the_name_and_in_an_event_to_which_nobody_invited() -> None:
    def about(*events: str, name: str = "x") -> str:
        return ical.read(calendar(*events, name=name), ADDRESS, NOW, own=True).about

    assert "token-1" in about(name="Mine token-1")
    assert "token-1" in about("UID:1\nDTSTART:20271101T100000Z\nSUMMARY:token-1")
    assert "token-1" not in about("UID:1\nDTSTART:20271101T100000Z\nORGANIZER:mailto:x@example.org\nSUMMARY:token-1")


@given(some.binary(max_size=80), some.integers(0, 600), some.booleans())
@settings(max_examples=80, deadline=None)
def test_whatever_comes_is_read_or_refused(noise: bytes, where: int, own: bool) -> None:
    whole = calendar(PEOPLE + "RRULE:FREQ=WEEKLY;COUNT=3\n", CALL)
    for body in (noise, whole[:where] + noise + whole[where:]):
        with suppress(Malformed):
            assert all(one.occurred_at <= NOW for one in ical.read(body, ADDRESS, NOW, own).seen)


parts = some.sampled_from(
    ["DTSTART", "DTEND", "RRULE", "EXDATE", "RDATE", "RECURRENCE-ID", "UID", "ATTENDEE", "STATUS", "DURATION"]
)
values = some.sampled_from([
    "20261101T100000Z", "20261101", "99991231T235959Z", "00010101", "x", "", "P1D", "-P99999999D", "FREQ=DAILY;INTERVAL=-1",
    "FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1", "FREQ=DAILY;UNTIL=x", "FREQ=WEEKLY;WKST=XX", "mailto:a@example.org",
    "20261101T100000Z/PT1H",
])  # fmt: skip


@given(
    some.lists(
        some.tuples(parts, some.sampled_from(["", ";VALUE=DATE", ";TZID=Europe/Berlin", ";VALUE=PERIOD"]), values), max_size=8
    )
)
@settings(max_examples=150, deadline=None)
def test_any_lines_in_any_order(lines: list[tuple[str, str, str]]) -> None:
    event = "\n".join(f"{name}{more}:{value}" for name, more, value in lines)
    for own in (True, False):
        found = read(f"UID:1\nDTSTART:20261101T100000Z\n{event}", own=own)
        assert all(NOW - timedelta(days=402) <= one.occurred_at <= NOW for one in found)
