"""What is decided without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.news.rules import LEAD_DAYS, MOVES, closest, in_time_until, is_short_notice, next_try, topic_of
from recognition.news.words import direction, is_language, language_name

BEGINS = datetime(2026, 12, 1, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wanted", "place"),
    [("en", 0), ("de", 1), ("de-AT", 1), ("DE_ch", 1), ("pt", 2), ("pt-PT", 2), ("pt-BR", 2), ("fr", 0), ("", 0), ("p", 0)],
)
def test_the_closest_language(wanted: str, place: int) -> None:
    assert closest(["en", "de", "pt-BR"], wanted) == place


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["en", "de", "pt-BR", "pt-PT", "zh-Hant"]), min_size=1, unique=True), st.text(max_size=12))
def test_somebody_always_gets_a_text_and_their_own_where_there_is_one(there: list[str], wanted: str) -> None:
    assert 0 <= closest(there, wanted) < len(there)
    for place, language in enumerate(there):
        assert closest(there, language) == place


@pytest.mark.parametrize(
    ("told_before", "is_late"),
    [
        (timedelta(days=9), False),
        (timedelta(days=9, seconds=-1), True),
        (timedelta(0), True),
        (-timedelta(hours=23), True),
        (-timedelta(days=1), False),
        (timedelta(days=400), False),
    ],
    ids=["in time", "a second late", "as it begins", "just begun", "a look back", "a year ahead"],
)
def test_short_notice(told_before: timedelta, is_late: bool) -> None:
    assert is_short_notice(BEGINS, BEGINS - told_before, 9) is is_late


@pytest.mark.parametrize("hour", [0, 18])
def test_the_last_day_in_good_time_is_so_at_every_hour(hour: int) -> None:
    begins = datetime(2026, 12, 15, hour, tzinfo=UTC)
    day = in_time_until(begins, LEAD_DAYS)
    morning = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert str(day) == "2026-11-30"
    assert not is_short_notice(begins, morning + timedelta(days=1, seconds=-1), LEAD_DAYS)
    assert is_short_notice(begins, morning + timedelta(days=2, seconds=-1), LEAD_DAYS)
    assert not is_short_notice(None, begins, LEAD_DAYS)


def test_less_and_less_often_and_then_no_more() -> None:
    waits = [next_try(attempts) for attempts in range(7)]
    minutes = [None if wait is None else wait // timedelta(minutes=1) for wait in waits]
    assert minutes == [None, 1, 5, 30, 120, 480, None]


def test_what_went_out_never_becomes_a_draft_again() -> None:
    reachable = {"out"}
    for _step in MOVES:
        reachable |= {after for state in reachable for after in MOVES[state]}
    assert reachable == {"out", "withdrawn"}


def test_languages_are_called_by_those_who_speak_them() -> None:
    assert (language_name("de"), language_name("pt-BR"), language_name("xx-nothing")) == (
        "Deutsch",
        "Português (Brasil)",
        "xx-nothing",
    )
    assert (direction("ar"), direction("de"), direction("nonsense")) == ("rtl", "ltr", "auto")
    assert [is_language(code) for code in ("en", "zh-Hant", "klingonisch", "", "../x")] == [True, True, False, False, False]


def test_a_campaigns_news_go_by_its_own_rhythm() -> None:
    assert (topic_of("campaign:garden"), topic_of("event:call"), topic_of("")) == ("campaign:garden", "news", "news")
