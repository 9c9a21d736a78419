"""The badges for the old portal, on a made-up log of its shape: three people, a few years, every sort of rule."""

import json
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import leaves
from recognition.catalog.holders import Held, as_table
from recognition.catalog.services import MDM

REPS = MDM.parent / "reps"
BADGES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((REPS / "badges").glob("*.toml"))}


def test_every_kind_that_a_badge_names_has_words():
    kinds = {kind["slug"] for kind in tomllib.loads((REPS / "kinds.toml").read_text(encoding="utf-8"))["kinds"]}
    named = {
        kind
        for badge in BADGES.values()
        for leaf in leaves(parse(badge["criteria"], levelled="levels" in badge))
        for kind in leaf.where.kind
    }
    assert named - kinds == {"badge.awarded"}


def test_no_badge_takes_the_place_of_another_catalogue():
    others = {path.stem for path in (MDM / "badges").glob("*.toml")}
    assert not others & set(BADGES)
    assert len({badge["name"] for badge in BADGES.values()}) == len(BADGES) == 42


def row(who: str, day: date, kind: str, **more: Any) -> dict[str, Any]:
    plain = {"source": "old-portal", "initiative": None, "event": None, "passive": False}
    return {**plain, "member": who, "occurred_on": day.isoformat(), "kind": kind, **more}


def ivy() -> Iterator[dict[str, Any]]:
    """Five weeks with one missing, two hats, one Monday with three meetings, twelve deeds in 2017."""
    monday = date(2017, 2, 6)
    for week in (0, 1, 3, 4, 5):
        yield row("ivy", monday + timedelta(weeks=week), "Organized an Event", event=f"fair-{week}", passive=True)
        yield row("ivy", monday + timedelta(weeks=week, days=2), "Communicated with my mentee/mentor", text_key=f"{week}")
    for turn in range(3):
        yield row("ivy", monday, "Participated in a meeting", text_key=f"m{turn}")


def otto() -> Iterator[dict[str, Any]]:
    """A recap at the end of seven months but one, and a first and a last deed eight years apart; one row stands twice."""
    for month in (1, 2, 3, 5, 6, 7):
        yield row("otto", date(2015, month, 28), "Month recap", initiative="MozActivate", text_key=f"r{month}")
    yield row("otto", date(2012, 1, 3), "Gave a talk")
    yield row("otto", date(2020, 1, 3), "Wrote an article", text_key="same")
    yield row("otto", date(2020, 1, 3), "Wrote an article", text_key="same")
    yield row("otto", date(2019, 12, 30), "Bug reported")


def pia() -> Iterator[dict[str, Any]]:
    """One line, and a campaign that wrote another."""
    yield row("pia", date(2018, 5, 1), "Attended an Event", event="fair-9")
    yield row("pia", date(2018, 5, 2), "Participated in a campaign", initiative="Campaigns", passive=True)


HELD = {
    "reps-first-row": (3, {}), "reps-open-doors": (1, {1: 1, 5: 1, 25: 0, 100: 0}),
    "reps-many-stages": (1, {5: 1, 25: 0, 100: 0}),
    "reps-good-company": (1, {1: 1, 5: 1, 25: 0}), "reps-both-hats": (1, {}), "reps-year-2017": (1, {}),
    "reps-week-after-week": (1, {4: 1, 8: 0, 16: 0, 26: 0}), "reps-own-words": (1, {}), "reps-good-fortnight": (0, {}),
    "reps-at-the-table": (1, {1: 1, 5: 0, 25: 0, 100: 0}), "reps-look-back": (1, {1: 1, 6: 1, 12: 0, 24: 0}),
    "reps-diary": (1, {}),
    "reps-first-talk": (1, {}), "reps-front-of-room": (1, {1: 1, 5: 0, 25: 0}),
    "reps-written-down": (1, {1: 1, 5: 0, 25: 0, 100: 0}),
    "reps-bug-hunter": (1, {1: 1, 5: 0, 25: 0}), "reps-all-round": (1, {}), "reps-activate": (1, {1: 1, 5: 1, 25: 0}),
    "reps-winter-light": (1, {}), "reps-long-road": (1, {365: 1, 1096: 1, 1826: 1, 2557: 1}),
    "reps-month-after-month": (1, {6: 1, 12: 0, 24: 0, 48: 0}), "reps-many-sides": (2, {3: 2, 6: 0, 10: 0, 15: 0}),
    "reps-in-the-room": (1, {1: 1, 5: 0, 25: 0, 100: 0}), "reps-joined-in": (1, {1: 1, 5: 0, 25: 0}),
    "reps-day-by-day": (1, {10: 1, 50: 0, 100: 0, 250: 0}),
}  # fmt: skip
"""Counted by hand from the three lives above; whoever is not named here is held by nobody."""


@pytest.fixture
def call(app, db):
    def run(*args):
        result = app.test_cli_runner().invoke(args=list(map(str, args)))
        assert result.exit_code == 0, result.output
        db.session.rollback()
        return result.stdout

    return run


def test_three_lives_bring_what_anybody_would_count(call, tmp_path: Path):
    rows = [{**one, "source_key": f"{n:03}"} for n, one in enumerate([*ivy(), *otto(), *pia()])]
    (tmp_path / "log.ndjson").write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    assert json.loads(call("catalog", "load", REPS))["badges"] == 42
    assert json.loads(call("activities", "import", tmp_path / "log.ndjson", "--create-members"))["new"] == len(rows)
    assert json.loads(call("drain"))["set_aside"] == 0
    held = json.loads(call("catalog", "holders", REPS))
    nobody = {slug: (0, dict.fromkeys(badge.get("levels", ()), 0)) for slug, badge in BADGES.items()}
    found = {one["slug"]: (one["people"], {int(level): n for level, n in one["by_level"].items()}) for one in held}
    assert found == nobody | HELD
    assert json.loads(call("check"))["differences"] == 0
    assert (
        call("catalog", "holders", REPS, "--table").splitlines()[2] == "| Activated | `reps-activate` | 1 | 1: 1 · 5: 1 · 25: 0 |"
    )


def test_a_table_for_a_page():
    rows = [Held("a", "A", 2, {}), Held("b", "B", 3, {1: 3, 5: 1})]
    assert as_table(rows).splitlines()[2:] == ["| A | `a` | 2 |  |", "| B | `b` | 3 | 1: 3 · 5: 1 |"]
