"""What a change was: only what differs, long texts where they part, secrets never."""

from datetime import UTC, date, datetime

from recognition.audit.changes import TEXT_MAX_CHARS, between


def test_only_what_differs_is_told_as_json_holds_it() -> None:
    before = {"title": "Draw", "starts_at": datetime(2026, 12, 1, tzinfo=UTC), "on": date(2026, 1, 2), "quests": ("a",)}
    after = before | {"starts_at": datetime(2026, 12, 2, tzinfo=UTC), "quests": ("a", "b"), "target_count": 5}
    assert between(before, after) == (
        {"starts_at": "2026-12-01T00:00:00+00:00", "quests": ["a"], "target_count": None},
        {"starts_at": "2026-12-02T00:00:00+00:00", "quests": ["a", "b"], "target_count": 5},
    )
    assert between(before, dict(before)) == ({}, {})


def test_long_texts_are_cut_where_they_part() -> None:
    alike = "x" * 5000
    was, became = between({"body": f"{alike}one" + "y" * 900}, {"body": f"{alike}two"})
    assert became == {"body": "…" + "x" * 40 + "two"}
    assert was["body"] == "…" + "x" * 40 + "one" + "y" * (TEXT_MAX_CHARS - 43) + "…"


def test_a_secret_is_never_told() -> None:
    assert between(
        {"secret": "a", "config": {"token": "b", "room": "r"}}, {"secret": "c", "config": {"token": "d", "room": "s"}}
    ) == (
        {"config": {"room": "r"}},
        {"config": {"room": "s"}},
    )
