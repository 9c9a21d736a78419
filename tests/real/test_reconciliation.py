"""The old portal's real files: every published figure, counted in the files and in the house, with and without repeats."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from recognition.activities.reconciling import figures, portal
from recognition.activities.reconciling.sheet import ONE_OF_EACH
from tests.factories.identity import make_member

EVENTS = ["--map", "member=organiser", "--map", "occurred_on=starts_on", "--map", "source_key=event",
          "--source", "reps-events", "--default", "member=organiser-unknown"]  # fmt: skip
README = {
    "mentors.april_roll.with_a_mentor": 206, "mentors.april_roll.distinct_mentors": 46, "mentors.april_roll.largest_load": 9,
    "mentors.april_roll.mentor_is_on_the_same_roll": 192, "mentors.april_roll.members_in_group_mentor": 38,
    "mentors.april_roll.mentor_silent_8_weeks_or_off_roll_or_missing": 97,
    "mentors.reps.with_a_mentor": 218, "mentors.reps.distinct_mentors": 43, "mentors.reps.mentor_is_on_the_same_roll": 207,
    "mentors.reps.largest_load": 10, "members.rows": 729, "members.by_status.rep": 219, "members.by_status.alumni": 510,
    "members.reps_by_country_top10.India": 74, "members.all_by_country_top10.Kenya": 15,
    "activities.rows": 31336, "activities.by_kind.Attended an Event": 12272, "activities.by_kind.Organized an Event": 5022,
    "activities.passive": 20990, "activities.by_hand": 10346, "activities.by_year.2011": 248, "activities.by_year.2020": 1067,
    "activities.linked_to_an_event": 16399, f"{ONE_OF_EACH}.rows": 28777,
    "dirt.exact_repeats_beyond_the_first": 1545, "dirt.exact_repeat_groups": 792, "dirt.rows_without_text": 5417,
    "active_on_the_april_roll.4.active_all": 91, "active_on_the_april_roll.4.active_by_hand": 25,
    "active_on_the_april_roll.8.active_all": 113, "active_on_the_april_roll.26.active_by_hand": 78,
    "active_on_the_april_roll.52.active_all": 192, "active_on_the_april_roll.52.silent_by_hand": 111,
    "crossed_on_all_rows.1": 215, "crossed_on_all_rows.100": 105, "crossed_on_all_rows.500": 8,
    "events.rows": 8242, "events.by_country_top10.India": 2479, "events.attendance_sum_capped_at_1000": 1446042,
    "events.attendance_sum": 7723730, "events.attendance_max": 2000000, "dirt.events_without_city": 63,
}  # fmt: skip
"""As the description of the files says, written down once more by hand."""


def test_what_the_files_hold_is_what_was_published(real_data: Path) -> None:
    folder = real_data / "reps"
    published = portal.published(folder)
    told = [published["activities"].pop("dedup_rule"), published.pop("active_rule")]
    assert all(told)
    found = figures.figures(portal.book(folder))
    for tree in (found, published):  # two of them tie
        tree["activities"]["by_initiative_top10"].sort()
    assert found == published


@pytest.fixture
def cli(app: Any, db: Any) -> Any:
    def call(*args: Any, exit_code: int = 0) -> Any:
        result = app.test_cli_runner().invoke(args=[str(arg) for arg in args])
        assert result.exit_code == exit_code, (result.output, result.exception)
        db.session.rollback()
        return json.loads(result.stdout)

    return call


def test_the_house_holds_what_the_portal_held(cli: Any, db: Any, real_data: Path, tmp_path: Path) -> None:
    folder = real_data / "reps"
    cli("member", "import", folder / "members.csv")
    cli("activities", "import", folder / "activities.ndjson.gz")
    without_events = cli("activities", "reconcile", folder, exit_code=1)
    assert without_events["causes"] == {"events_absent": 8242}
    assert {line["section"] for line in without_events["different"]} == {
        "events", "events.by_year", "events.by_country_top10", "events.by_category_top10", "dirt"
    }  # fmt: skip
    make_member("organiser-unknown")
    db.session.commit()
    cli("activities", "import", folder / "events.csv.gz", *EVENTS)
    answer = cli("activities", "reconcile", folder, "--out", tmp_path / "sheet.csv")
    assert (answer["different"], answer["causes"], answer["same"]) == ([], {}, answer["figures"])
    with (tmp_path / "sheet.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == answer["figures"]
    assert {line["agrees"] for line in lines} == {"yes"}
    published = [line for line in lines if line["published"]]
    assert len(published) == 225
    assert all(line["published"] == line["in the files"] == line["here"] for line in published)
    by_name = {f"{line['section']}.{line['figure']}": int(line["here"]) for line in lines if line["here"].isdigit()}
    assert {name: by_name[name] for name in README} == README
