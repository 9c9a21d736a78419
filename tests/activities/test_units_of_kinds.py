"""Streaks and different days over several kinds at once: each kind is looked up by itself, for the right member."""

from datetime import UTC, datetime, timedelta

from recognition.activities import measure
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import Leaf
from tests.factories.activities import REPORTED, make_activity
from tests.factories.identity import make_member

MONDAY = datetime(2026, 8, 3, 12, tzinfo=UTC)


def number(data, members):
    leaf = parse(data)
    assert isinstance(leaf, Leaf)
    return measure.measure(leaf, members, leaf.at_least, now=REPORTED)


def test_weeks_of_either_kind_follow_each_other(db):
    ada, bob = make_member("ada"), make_member("bob")
    for week, kind in enumerate(["talk", "help", "write", "talk", "help"]):
        make_activity(ada.id, kind=kind, occurred_at=MONDAY + timedelta(weeks=week))
    make_activity(bob.id, kind="help", occurred_at=MONDAY)
    either = {"kind": ["talk", "help"]}
    everybody = [ada.id, bob.id]
    for members in (everybody, None):
        assert number({"streak": "week", "where": either, "at_least": 9, "gaps": 1}, members) == {ada.id: 4, bob.id: 1}
        assert number({"streak": "week", "where": either, "at_least": 9}, members) == {ada.id: 2, bob.id: 1}
        assert number({"distinct": "week", "where": either, "at_least": 9}, members) == {ada.id: 4, bob.id: 1}
        assert number({"span": either, "at_least": 99}, members).get(ada.id) == 28
