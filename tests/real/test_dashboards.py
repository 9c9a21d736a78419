"""The old portal's real log on the dashboards: what pages and files say is what was published. Its made-up twin is
tests/pages/test_dashboards.py."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recognition import clock
from recognition.mentoring.services import looking
from recognition.metrics import services
from recognition.metrics.hiding import LEAST
from tests.factories.identity import make_member

pytestmark = pytest.mark.real_data
APRIL, END = date(2020, 4, 4), date(2020, 12, 31)
NOW = datetime(2021, 1, 1, 3, tzinfo=UTC)
EVENTS = ["--map", "member=organiser", "--map", "occurred_on=starts_on", "--map", "source_key=event",
          "--source", "reps-events", "--default", "member=organiser-unknown"]  # fmt: skip


@pytest.fixture
def cli(app: Any, db: Any, real_data: Path) -> Any:
    def call(*args: str) -> Any:
        asked = [str(real_data / "reps" / arg) if arg.endswith((".gz", ".csv")) else arg for arg in args]
        result = app.test_cli_runner().invoke(args=asked)
        assert result.exit_code == 0, (result.output, result.exception)
        db.session.rollback()

    return call


@pytest.fixture
def council(client: Any, sign_in: Any, db: Any) -> Any:
    """Joined after everything that is counted here."""
    member = make_member("not-a-rep", roles=("council",))
    db.session.commit()
    sign_in(client, member)
    return client


def rows(council: Any, path: str) -> dict[str, list[str]]:
    answer = council.get(path)
    assert answer.status_code == 200, path
    found = list(csv.reader(io.StringIO(answer.text)))
    return {"": found[0][1:]} | {row[0]: row[1:] for row in found[1:]}


def count(db: Any, day: date, parts: Any = None) -> None:
    services.roll_up(clock.day_number(day), NOW)
    for part in parts or services.parts():
        services.count(part, clock.day_number(day), NOW)
    db.session.commit()


def test_the_portals_figures_on_the_dashboards(cli: Any, council: Any, db: Any, real_data: Path) -> None:
    expected = json.loads((real_data / "reps" / "expected.json").read_text())
    cli("member", "import", "members.csv")
    cli("activities", "import", "activities.ndjson.gz")
    for day in (APRIL, END):
        count(db, day)
    members_and_deeds(council, expected)
    active_people(council, expected)


def active_people(council: Any, expected: Any) -> None:
    board = "/council/dashboards/active/"
    proof = rows(council, f"{board}evidence.csv?on={APRIL}")
    active = rows(council, f"{board}active.csv?on={APRIL}")
    page = council.get(f"{board}?on={APRIL}").text
    for place, window in enumerate(expected["active_on_the_april_roll"]):
        weeks = f"{window['weeks']} weeks"
        assert active[weeks] == [str(window["active_all"])]
        assert f">{weeks}</th><td>{window['active_all']}</td>" in page.replace(' dir="auto"', "").replace("\n          ", "")
        assert proof[""][place] == weeks
        assert proof["Told by hand"][place] == str(window["active_by_hand"])


def members_and_deeds(council: Any, expected: Any) -> None:
    members, log = expected["members"], expected["activities"]
    countries = rows(council, f"/council/dashboards/people/countries.csv?on={END}")
    for column, name in enumerate(("reps_by_country_top10", "all_by_country_top10")):
        for country, number in members[name]:
            said = countries[country][column] if country in countries else "hidden"
            assert said == (str(number) if number >= LEAST else "hidden"), (country, name)
    years = rows(council, f"/council/dashboards/deeds/years.csv?on={END}")
    assert {year: int(years[year][0]) for year in log["by_year"]} == log["by_year"]
    kinds = rows(council, f"/council/dashboards/deeds/kinds.csv?on={END}")
    said = {name: found[0] for name, found in kinds.items() if name}
    # A kind that fewer than five people ever told is left out; every other one is as it was published.
    for kind, number in sorted(log["by_kind"].items(), key=lambda pair: -pair[1])[:5]:
        assert said[kind] == str(number), kind
    assert {name: int(number) for name, number in said.items() if number != "hidden"}.items() <= log["by_kind"].items()
    levels = rows(council, f"/council/dashboards/deeds/how-many.csv?on={END}")
    assert [int(found[0]) for name, found in levels.items() if name] == list(expected["crossed_on_all_rows"].values())
    proof = rows(council, f"/council/dashboards/deeds/proof.csv?on={END}")
    assert proof["Told by hand"][0] == str(log["by_hand"])
    assert proof["Seen where people took part"][0] == str(log["passive"])
    came = rows(council, f"/council/dashboards/people/joined-by-year.csv?on={END}")
    assert {year: int(found[0]) for year, found in came.items() if year} == members["joined_by_year"]


def test_events_by_country(cli: Any, council: Any, db: Any, real_data: Path) -> None:
    expected = json.loads((real_data / "reps" / "expected.json").read_text())["events"]
    cli("member", "import", "members.csv")
    make_member("organiser-unknown")
    db.session.commit()
    cli("activities", "import", "events.csv.gz", *EVENTS)
    count(db, END, ["members", "events"])
    countries = rows(council, f"/council/dashboards/deeds/events.csv?on={END}")
    found = [[name, int(row[0])] for name, row in countries.items() if name][: len(expected["by_country_top10"])]
    assert sorted(found) == sorted(expected["by_country_top10"])
    said = f"{expected['attendance_sum_capped_at_1000']:,} people were at them, as far as that was told"
    assert said in council.get(f"/council/dashboards/deeds/?on={END}").text


def test_mentors_on_the_roll_of_april(cli: Any, client: Any, sign_in: Any, db: Any, real_data: Path, tmp_path: Path) -> None:
    """The roll as it stood then: who was on it, and whom it named as whose mentor."""
    expected = json.loads((real_data / "reps" / "expected.json").read_text())["mentors"]["april_roll"]
    with (real_data / "reps" / "members.csv").open(newline="") as file:
        people = list(csv.DictReader(file))
    with (tmp_path / "april.csv").open("w", newline="") as file:
        roll = csv.DictWriter(file, ("member", "status", "joined", "mentor"))
        roll.writeheader()
        for one in people:
            here = one["on_roll_2020_04"] == "yes"
            roll.writerow({"member": one["member"], "status": "rep" if here else "alumni", "joined": one["joined"],
                           "mentor": one["mentor_2020_04"] if here else ""})  # fmt: skip
    cli("member", "import", str(tmp_path / "april.csv"))
    cli("activities", "import", "activities.ndjson.gz")
    count(db, APRIL, ["members"])
    looking.count(clock.start_of(clock.day_number(APRIL) + 1) - timedelta(microseconds=1))
    sign_in(client, make_member("not-a-rep", roles=("council",)))
    steps = rows(client, f"/council/dashboards/journey/mentors.csv?on={APRIL}")
    assert steps["Members today"] == [str(expected["roll"])]
    assert steps["Have a mentor"] == [str(expected["with_a_mentor"])]
    page = client.get(f"/council/dashboards/journey/?on={APRIL}").text
    alone = expected["mentor_silent_8_weeks_or_off_roll_or_missing"]
    for sentence in (
        f"{expected['distinct_mentors']} different people are mentors.",
        f"Whoever has the most stands by {expected['largest_load']}.",
        f"{alone} members have no mentor, or one who was not seen in eight weeks.",
    ):
        assert sentence in page
