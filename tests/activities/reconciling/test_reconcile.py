"""The old portal's figures beside ours, on a small made-up portal whose figures were counted by hand."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import changes
from recognition.activities.models import Activity, Reconciliation
from recognition.activities.reconciling import figures, portal, services
from recognition.activities.reconciling.sheet import rows
from recognition.identity.models import Member
from recognition.web import csv_lines
from tests.factories.identity import make_member
from tests.factories.portal import EVENT_OPTIONS, EXPECTED, ONE_OF_EACH, lines_of, write_portal

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_the_files_say_what_was_counted_by_hand(tmp_path: Path) -> None:
    book = portal.book(write_portal(tmp_path))
    found = figures.figures(book)
    expected = {**EXPECTED, "activities": {name: v for name, v in EXPECTED["activities"].items() if name != "dedup_rule"}}
    assert found == expected
    once = figures.without_repeats(figures.once_each(book.deeds))
    assert {name: once[name] for name in ONE_OF_EACH} == ONE_OF_EACH
    assert once["by_kind"] == {"Attended an Event": 2, "Gave a talk": 2, "MozActivate -  Sprint": 1}


@pytest.fixture
def cli(app: Any, db: Any) -> Any:
    def call(*args: Any, exit_code: int = 0) -> Any:
        result = app.test_cli_runner().invoke(args=[str(arg) for arg in args])
        assert result.exit_code == exit_code, (result.output, result.exception)
        db.session.rollback()
        return json.loads(result.stdout) if exit_code != 1 or result.stdout.startswith("{") else result.stderr

    return call


@pytest.fixture
def house(cli: Any, db: Any, tmp_path: Path) -> Path:
    """All of the portal, imported."""
    folder = write_portal(tmp_path / "portal")
    cli("member", "import", folder / "members.csv")
    make_member("nobody-known")
    make_member("somebody-else")
    db.session.commit()
    cli("activities", "import", folder / "activities.ndjson.gz")
    cli("activities", "import", folder / "events.csv", *EVENT_OPTIONS)
    return folder


def test_all_agrees_and_the_sheet_is_kept(cli: Any, house: Path, db: Any, tmp_path: Path) -> None:
    for _time in range(2):
        answer = cli("activities", "reconcile", house, "--out", tmp_path / "sheet.csv")
        assert (answer["different"], answer["causes"], answer["same"]) == ([], {}, answer["figures"])
    lines = lines_of(tmp_path / "sheet.csv")
    assert len(lines) == answer["figures"]
    assert {line["agrees"] for line in lines} == {"yes"}
    assert [line for line in lines if line["figure"] == "distinct_rows_after_dedup"] == [
        {"section": "activities", "figure": "distinct_rows_after_dedup", "published": "5", "in the files": "5", "here": "5",
         "agrees": "yes", "why": ""}
    ]  # fmt: skip
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Reconciliation)) == 1
    kept = json.dumps(db.session.scalar(sa.select(Reconciliation.sheet)))
    assert not [handle for handle in ("p-1", "p-2", "p-3", "p-4") if handle in kept]


def test_each_difference_has_its_reason(cli: Any, house: Path, db: Any) -> None:
    ids = dict(db.session.execute(sa.select(Activity.source_key, Activity.id).where(Activity.source == "small-portal")).all())
    people = {one.handle: one for one in db.session.scalars(sa.select(Member))}
    changes.withdraw([ids["d/0"]], None, "", NOW)
    db.session.get(Activity, ids["d/5"]).member_id = people["p-2"].id
    db.session.get(Activity, ids["d/4"]).kind = "sprint"
    db.session.execute(sa.delete(Activity).where(Activity.id == ids["d/6"]))
    people["p-3"].place = "Chile"
    db.session.commit()
    answer = cli("activities", "reconcile", house, exit_code=1)
    assert answer["causes"] == {
        "people_changed": 1, "deeds_withdrawn": 1, "deeds_moved": 1, "deeds_changed": 1, "deeds_missing": 1,
    }  # fmt: skip
    different = {f"{line['section']}.{line['name']}": line for line in answer["different"]}
    every = ["deeds_missing", "deeds_withdrawn", "deeds_moved", "deeds_changed"]
    assert different["activities.rows"] == {
        "section": "activities", "name": "rows", "published": 7, "files": 7, "here": 5, "why": every
    }  # fmt: skip
    columns = [(different[f"members.reps_by_country_top10.{name}"][c]) for name in ("Peru", "Chile") for c in ("files", "here")]
    assert columns == [1, None, None, 1]
    assert different["members.reps_by_country_top10.Peru"]["why"] == ["people_changed"]
    assert not [name for name in different if name.startswith("events")]


def test_who_is_not_here_and_who_was_joined(cli: Any, house: Path, db: Any) -> None:
    people = {one.handle: one for one in db.session.scalars(sa.select(Member))}
    people["p-5"].merged_into_id, people["p-5"].state = people["somebody-else"].id, "suspended"
    people["p-4"].handle = "renamed"
    db.session.commit()
    answer = cli("activities", "reconcile", house, exit_code=1)
    assert answer["causes"] == {"people_missing": 1, "people_joined": 1, "deeds_moved": 1}
    rows = {line["name"]: line["here"] for line in answer["different"] if line["section"] == "members"}
    assert rows["rows"] == 4


def test_an_empty_house_and_another_edition(cli: Any, db: Any, tmp_path: Path) -> None:
    other = {**EXPECTED, "members": {**EXPECTED["members"], "rows": 6}}
    folder = write_portal(tmp_path, expected=other)
    answer = cli("activities", "reconcile", folder, exit_code=1)
    assert answer["causes"] == {"people_missing": 5, "deeds_missing": 7, "events_absent": 2}
    rows = next(line for line in answer["different"] if (line["section"], line["name"]) == ("members", "rows"))
    assert rows["why"] == ["other_edition", "people_missing"]
    assert not [line for line in answer["different"] if "unexplained" in line["why"]]


def test_without_published_figures_the_files_are_the_measure(cli: Any, db: Any, house: Path) -> None:
    (house / "expected.json").unlink()
    (house / "events.csv").unlink()
    answer = cli("activities", "reconcile", house)
    assert (answer["different"], answer["causes"]) == ([], {})


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("members.csv", None, "members.csv (or members.csv.gz) is missing"),
        ("members.csv", b"member,status\nada,rep\n", "members.csv, line 2: there is no country."),
        ("activities.ndjson.gz", b"\x1f\x8bnonsense", "activities.ndjson.gz"),
        ("expected.json", b"[1]", "expected.json must be an object of figures."),
        ("expected.json", b"{", "expected.json cannot be read"),
        ("events.csv", b"event,organiser,starts_on\n1,ada,soon\n", "events.csv, line 2: starts_on is no day"),
    ],
    ids=range(6),
)
def test_folders_that_cannot_be_read(cli: Any, tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    path = write_portal(tmp_path / "p") / name
    path.unlink() if content is None else path.write_bytes(content)
    assert said in cli("activities", "reconcile", tmp_path / "p", exit_code=1)


def test_a_name_is_no_formula() -> None:
    line = services.Line("events.by_country_top10", "=HYPERLINK(1)", 1, 1, 1)
    assert "".join(csv_lines.lines(rows([line]))).splitlines()[1] == "events.by_country_top10,'=HYPERLINK(1),1,1,1,yes,"
