"""The roll of the archive, as it is."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.identity.models import Group, Member, Membership


@pytest.fixture
def told(app: Any, db: Any, real_data: Path) -> Any:
    answer = app.test_cli_runner().invoke(args=["member", "import", str(real_data / "reps" / "members.csv")])
    db.session.rollback()
    return json.loads(answer.output)


@pytest.fixture
def expected(real_data: Path) -> Any:
    return json.loads((real_data / "reps" / "expected.json").read_text())


def tops(counted: Counter[str], given: list[list[Any]]) -> bool:
    """Whether the figures hold and nobody else would stand above the last place."""
    return all(counted[name] == n for name, n in given) and sorted(counted.values(), reverse=True)[: len(given)] == [
        n for _name, n in given
    ]


def test_the_roll_as_published(told: Any, expected: Any, db: Any) -> None:
    members = list(db.session.scalars(sa.select(Member)))
    roll = expected["members"]
    assert (told["read"], told["new"], told["updated"], told["refused"]) == (roll["rows"], roll["rows"], 0, 1)
    assert Counter(m.state for m in members) == {
        "active": roll["by_status"]["rep"],
        "alumni": roll["by_status"]["alumni"],
    }
    assert tops(Counter(m.place for m in members if m.state == "active"), roll["reps_by_country_top10"])
    assert tops(Counter(m.place for m in members), roll["all_by_country_top10"])
    assert Counter(str(m.joined_at.year) for m in members) == roll["joined_by_year"]
    assert sum(m.imported.get("on_roll_2020_04") == "yes" for m in members) == roll["on_roll_2020_04"]


def test_groups_as_published(told: Any, expected: Any, db: Any) -> None:
    inside = sa.select(Group.slug, sa.func.count()).join(Membership, Membership.group_id == Group.id).group_by(Group.slug)
    assert dict(map(tuple, db.session.execute(inside))) == expected["members"]["reps_by_group"]


def test_the_dirt_is_kept_and_told(told: Any, expected: Any, db: Any) -> None:
    alumni = list(db.session.scalars(sa.select(Member).where(Member.state == "alumni")))
    assert sum("left" not in m.imported for m in alumni) == expected["members"]["alumni_without_left"]
    before = [m for m in alumni if "left" in m.imported and m.imported["left"] < f"{m.joined_at:%Y-%m}"]
    assert len(before) == expected["members"]["left_before_joined"]
    assert ["own mentor" in refusal["reason"] for refusal in told["refusals"]] == [True]


def test_mentors_as_published(told: Any, expected: Any, db: Any) -> None:
    reps = list(db.session.scalars(sa.select(Member).where(Member.state == "active")))
    figures = expected["mentors"]["reps"]
    own = [m for m in reps if m.imported.get("mentor") == m.handle]
    mentors = Counter([m.mentor_id for m in reps if m.mentor_id] + [m.id for m in own])
    roll = {m.id for m in reps}
    assert len(reps) == figures["roll"]
    assert sum(mentors.values()) == figures["with_a_mentor"]
    assert len(mentors) == figures["distinct_mentors"]
    assert sum(n for mentor_id, n in mentors.items() if mentor_id in roll) == figures["mentor_is_on_the_same_roll"]
    assert sum(n for mentor_id, n in mentors.items() if mentor_id not in roll) == figures["mentor_is_not_on_that_roll"]
    assert max(mentors.values()) == figures["largest_load"]
    assert len(own) == figures["own_mentor"]


def test_a_second_time_adds_nothing(told: Any, app: Any, real_data: Path) -> None:
    again = app.test_cli_runner().invoke(args=["member", "import", str(real_data / "reps" / "members.csv")])
    assert {name: json.loads(again.output)[name] for name in ("new", "updated", "refused")} == {
        "new": 0,
        "updated": 0,
        "refused": 1,
    }


def test_a_handful_of_statements_whatever_the_size(app: Any, db: Any, real_data: Path, count_queries: Any) -> None:
    with (real_data / "reps" / "members.csv").open(newline="") as file:
        assert sum(1 for _row in csv.DictReader(file)) == 729
    with count_queries() as seen:
        app.test_cli_runner().invoke(args=["member", "import", str(real_data / "reps" / "members.csv")])
    assert len(seen) <= 20
