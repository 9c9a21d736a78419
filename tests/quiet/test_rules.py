"""Which totals are told, and which are not; the page of rules says what the job does."""

from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.activities.criteria.parse import parse
from recognition.quiet import queries
from recognition.quiet.models import QuietNote
from recognition.quiet.rules import ANSWERS, NotSaved, Terms, Totals, shown
from recognition.quiet.services import ruling
from tests.factories.identity import make_member
from tests.factories.quiet import START, make_rule
from tests.identity.pages import words


@given(st.lists(st.integers(0, 12), min_size=5, max_size=5))
@settings(max_examples=200)
def test_no_total_and_no_difference_of_two_stands_for_fewer_than_five(counts: list[int]) -> None:
    *said, silent, waiting = counts
    asked = sum(said) + silent
    told = vars(shown(asked + waiting, asked, dict(zip(ANSWERS, said, strict=True))))
    names = {name: number for name, number in told.items() if number is not None}
    assert all(number >= 5 for number in names.values())
    if "here" in names:
        parts = [names[one] for one in ("here", "pause", "alumni", "unanswered")]
        assert sum(parts) == names["asked"]
        for size in (1, 2, 3):
            for some in combinations(parts, size):
                assert names["asked"] - sum(some) >= 5
    if "thanked" in names and "asked" in names:
        assert names["thanked"] - names["asked"] == 0 or names["thanked"] - names["asked"] >= 5


def test_totals_are_told_where_enough_people_stand_behind_each() -> None:
    assert shown(40, 30, {"here": 10, "pause": 6, "alumni": 5}) == Totals(40, 30, 10, 6, 5, 9)
    assert shown(40, 30, {"here": 10, "pause": 12, "alumni": 4}) == Totals(40, 30)
    assert shown(7, 4, {"here": 4}) == Totals(7)


def test_totals_end_with_the_last_month(db: Any) -> None:
    for number in range(12):
        member = make_member(f"m-{number}")
        at = START - timedelta(days=10) if number < 6 else START + timedelta(hours=1)
        db.session.add(QuietNote(member_id=member.id, rule_version=1, thanked_at=at, asked_at=at))
    db.session.flush()
    end, found = queries.totals(START + timedelta(days=5))
    assert (end.isoformat(), found) == ("2027-03-01T00:00:00+00:00", Totals(6, 6))


def test_the_page_says_what_the_job_does(db: Any, client: FlaskClient) -> None:
    assert "Nobody is asked at the moment" in client.get("/how-we-stay-in-touch").text
    make_rule(thank_days=9, again_days=222, grace_days=44)
    db.session.commit()
    said = words(client.get("/how-we-stay-in-touch").text)
    assert "Nobody is asked at the moment" not in said
    for part in ("9 days later", "222 days", "44 days", "182 days", "gave or got thanks", "version 1"):
        assert part in said


def test_the_houses_own_rule_is_one_that_can_be_read(app: Any) -> None:
    assert parse(dict(Terms().seen)) is not None
    assert len(queries.seen_words(Terms().seen)) == 2


def test_two_who_decide_at_once_are_told(db: Any) -> None:
    ada = make_member("ada", roles=("council",))
    assert ruling.save(Terms(0, thank_days=3, is_on=True), ada.id, START) == 1
    assert ruling.save(Terms(1, thank_days=3, is_on=True), ada.id, START) == 1
    with pytest.raises(NotSaved):
        ruling.save(Terms(0, thank_days=5), ada.id, START)
    assert queries.terms() == Terms(1, thank_days=3, is_on=True)
