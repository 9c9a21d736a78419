"""The council's form: what was typed, the contest it makes, and a sentence at each place that makes none yet."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from recognition.contests import forms, jury
from recognition.contests.forms import Written, checked, moved, written, written_of
from recognition.contests.rules import ContestSpec, RoundSpec
from recognition.contests.services import making
from tests.factories.contests import NOW

GOOD = {
    "title": "Draw what it means", "brief": "One picture.", "takes": "picture", "family": "making", "entries_each": "2",
    "entries_from": "2026-12-01T09:00", "entries_until": "2026-12-15T18:00", "tie_rule": "share", "licences": "cc-by-4.0",
    "shows_at_once": "1", "who_enters": "all", "who_votes": "all", "rounds-1-judges": "community",
    "rounds-1-method": "approval", "rounds-1-starts_at": "2026-12-15T18:00", "rounds-1-ends_at": "2026-12-22T18:00",
    "rounds-1-missing": "count", "rounds-1-most_choices": "5", "rounds-1-weight": "100", "rounds-1-quorum": "0",
    "rounds-1-extend_days": "7",
}  # fmt: skip
SECOND = {"rounds-2-judges": "jury", "rounds-2-method": "schulze", "rounds-2-starts_at": "2026-12-22T18:00",
          "rounds-2-ends_at": "2026-12-29T18:00", "rounds-2-missing": "count", "rounds-2-jurors": "@ada, bo",
          "rounds-2-quorum": "1"}  # fmt: skip


def at(day: int, hour: int = 18) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=UTC)


def sent(**changes: Any) -> Written:
    return written(MultiDict({**GOOD, **changes}))


def read(contest: Any = None, **changes: Any) -> Written:
    return checked(sent(**changes), lambda _criteria: {"group": {"makers"}}, contest)


def test_a_good_form_makes_a_contest(app: Any) -> None:
    assert read(**SECOND).spec == ContestSpec(
        slug="draw-what-it-means", title="Draw what it means", brief="One picture.", takes="picture", entries_from=at(1, 9),
        entries_until=at(15), entries_each=2, licences=("cc-by-4.0",), rounds=(
            RoundSpec(at(15), at(22), most_choices=5),
            RoundSpec(at(22), at(29), judges="jury", method="schulze", quorum=1, jurors=("ada", "bo")),
        ),
    )  # fmt: skip


def test_fields_that_do_not_belong_are_left_aside(app: Any) -> None:
    """They are hidden where they mean nothing, and may hold what was typed before."""
    spec = read(**{"rounds-1-method": "score", "rounds-1-jurors": "ada", "rounds-1-deputies_at": "soon"}).spec
    assert spec is not None
    assert (spec.rounds[0].most_choices, spec.rounds[0].jurors, spec.rounds[0].deputies_at) == (None, (), None)


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"title": " "}, ["title"]),
        ({"title": "x" * 121, "brief": ""}, ["title", "brief"]),
        ({"takes": "song"}, ["takes"]),
        ({"licences": "mine"}, ["licences"]),
        ({"entries_each": "0"}, ["entries_each"]),
        ({"entries_each": "two"}, ["entries_each"]),
        ({"entries_from": "soon"}, ["entries_from"]),
        ({"entries_until": "2026-12-01T09:00"}, ["entries_until"]),
        ({"entries_until": "2026-12-15T18:01"}, ["rounds-1-starts_at"]),
        ({"entries_from": "0001-01-01T00:00"}, ["entries_from"]),
        ({"rounds-1-ends_at": "2026-12-15T18:00"}, ["rounds-1-ends_at"]),
        ({"rounds-1-ends_at": ""}, ["rounds-1-ends_at"]),
        ({"rounds-1-method": "dice"}, ["rounds-1-method"]),
        ({"rounds-1-most_choices": "0"}, ["rounds-1-most_choices"]),
        ({"rounds-1-advance_count": "3"}, ["rounds-1-advance_count"]),
        ({"rounds-1-weight": "0"}, ["rounds-1-weight"]),
        ({"rounds-1-weight": "101"}, ["rounds-1-weight"]),
        ({"rounds-1-quorum": "many"}, ["rounds-1-quorum"]),
        ({"rounds-1-missing": "extend", "rounds-1-extend_days": "99"}, ["rounds-1-extend_days"]),
        ({**SECOND, "rounds-2-starts_at": "2026-12-22T17:59"}, ["rounds-2-starts_at"]),
        ({**SECOND, "rounds-1-missing": "extend", "rounds-1-quorum": "5"}, ["rounds-2-starts_at"]),
        ({**SECOND, "rounds-2-jurors": ""}, ["rounds-2-jurors"]),
        ({**SECOND, "rounds-2-quorum": "3"}, ["rounds-2-quorum"]),
        ({**SECOND, "rounds-2-deputies": "bo"}, ["rounds-2-deputies"]),
        ({**SECOND, "rounds-2-deputies_at": "2026-12-29T18:00"}, ["rounds-2-deputies_at"]),
        ({"who_enters": "rule", "enter-sort": "belongs_to", "enter-to": "nobody"}, ["enter-to_more"]),
        ({"who_votes": "rule", "vote-sort": "member_for", "vote-days": "0"}, ["vote-sort"]),
    ],
)
def test_each_fault_stands_at_its_place(app: Any, changes: dict[str, str], places: list[str]) -> None:
    found = read(**changes)
    assert (list(found.errors), found.spec) == (places, None)


def test_rules_come_from_the_cards(app: Any) -> None:
    spec = read(who_enters="rule", who_votes="rule", **{"enter-sort": "belongs_to", "enter-to": "makers",
                                                       "vote-sort": "member_for", "vote-days": "30"}).spec  # fmt: skip
    assert spec is not None
    assert (spec.may_enter, spec.may_vote) == ({"belongs_to": ["makers"]}, {"member_for": 30})


def test_rounds_are_added_behind_the_last_and_taken_out(app: Any) -> None:
    two = moved(sent(), "add")
    assert [(one["starts_at"], one["ends_at"]) for one in two.rounds] == [
        ("2026-12-15T18:00", "2026-12-22T18:00"), ("2026-12-22T18:00", "2026-12-29T18:00"),
    ]  # fmt: skip
    assert [one["starts_at"] for one in moved(two, "remove:1").rounds] == ["2026-12-22T18:00"]
    assert len(moved(sent(), "remove:1").rounds) == 1
    assert len(moved(two, "remove:x").rounds) == len(moved(two, "remove:9").rounds) == 2
    many = sent()
    for _time in range(9):
        many = moved(many, "add")
    assert len(many.rounds) == 5


def test_a_stored_contest_comes_back_as_it_is_to_the_second(db: Any, make_member: Any) -> None:
    make_member("ada")
    odd = timedelta(seconds=17)
    spec = ContestSpec(
        slug="odd", title="Odd", brief="Odd.", takes="text", entries_from=at(1) + odd, entries_until=at(9) + odd,
        may_vote={"member_for": 30}, tie_rule="draw", licences=("cc0-1.0",), shows_at_once=False, rounds=(
            RoundSpec(at(9) + odd, at(12), "Round", "jury", "score", None, None, 30, 1, "extend", 3, at(10), ("ada",), ()),
        ),
    )  # fmt: skip
    contest = making.save(spec, NOW, None)
    db.session.commit()
    draft = written_of(contest, jury.handles([one.id for one in contest.rounds]))
    again = checked(written(MultiDict(draft.pairs())), lambda _criteria: {}, contest)
    assert (again.errors, again.spec) == ({}, spec)
    assert draft.values["seen"] == forms.fingerprint(contest)
