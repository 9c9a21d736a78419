"""The archive's log, as it is: every figure is read from expected.json and worked out over our own tables."""

import csv
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.imports import run
from recognition.activities.models import Activity, Kind
from recognition.activities.rules import slugify
from recognition.badges import catalog
from recognition.badges.models import Award, Badge
from recognition.identity.models import Member
from recognition.leaderboards.models import Board
from tests.factories.identity import make_member

CATALOG = Path(__file__).parent.parent / "catalogs" / "reps-archive"
APRIL = date(2020, 4, 4)


@pytest.fixture
def expected(real_data: Path) -> Any:
    return json.loads((real_data / "reps" / "expected.json").read_text())


@pytest.fixture
def cli(app: Any, db: Any, real_data: Path) -> Any:
    runner = app.test_cli_runner()

    def call(*args: str, exit_code: int = 0) -> Any:
        result = runner.invoke(args=[str(real_data / "reps" / arg) if arg.endswith((".gz", ".csv")) else arg for arg in args])
        assert result.exit_code == exit_code, (result.output, result.exception)
        db.session.rollback()
        return json.loads(result.stdout)

    return call


def counted(db: Any, *columns: Any, where: Any = None) -> dict[Any, int]:
    asked = sa.select(*columns, sa.func.count()).group_by(*columns)
    found = db.session.execute(asked if where is None else asked.where(where))
    return {row[0] if len(columns) == 1 else tuple(row[:-1]): row[-1] for row in found}


def top(numbers: dict[str, int], places: int = 10) -> list[list[Any]]:
    """Everybody who ties with the last place is in."""
    ordered = sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))
    least = ordered[places - 1][1]
    return [[name, number] for name, number in ordered if number >= least]


def years(days: dict[int, int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for day, number in days.items():
        found[str((clock.EPOCH + timedelta(days=day)).year)] += number
    return dict(found)


def content(db: Any) -> list[Any]:
    columns = ("source_key", "kind", "occurred_day", "campaign", "object", "evidence", "points")
    chosen = [getattr(Activity, name) for name in columns]
    rows = sa.select(Member.handle, *chosen, Activity.data["text_key"].as_string())
    found = db.session.execute(rows.join(Member, Member.id == Activity.member_id).order_by(Activity.source_key))
    return [tuple(row) for row in found]


def active_in(db: Any, weeks: int, by_hand: bool) -> set[int]:
    last = clock.day_number(APRIL)
    seen = sa.select(Activity.member_id).where(Activity.occurred_day.between(last - 7 * weeks, last)).distinct()
    return set(db.session.scalars(seen.where(Activity.evidence == 0) if by_hand else seen))


def test_import_repeat_and_interruption(cli: Any, db: Any, expected: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, whole = expected["activities"]["rows"], run.record
    chunks: list[int] = []

    def record_nine(reports: Any, now: Any) -> Any:
        if len(chunks) == 9:
            raise KeyboardInterrupt
        chunks.append(len(reports))
        return whole(reports, now)

    with monkeypatch.context() as patched:
        patched.setattr(run, "CHUNK_ROWS", 2000)
        patched.setattr(run, "record", record_nine)
        stopped = cli("activities", "import", "activities.ndjson.gz", "--create-members", exit_code=130)
    assert stopped["new"] == sum(chunks) == db.session.scalar(sa.select(sa.func.count()).select_from(Activity))
    rest = cli("activities", "import", "activities.ndjson.gz", "--create-members")
    assert (rest["read"], rest["new"], rest["duplicate"], rest["refused"]) == (rows, rows - sum(chunks), sum(chunks), 0)
    interrupted = content(db)
    again = cli("activities", "import", "activities.ndjson.gz", "--create-members")
    assert (again["new"], again["duplicate"]) == (0, rows)
    db.session.execute(sa.delete(Activity))
    db.session.execute(sa.delete(Member))
    db.session.commit()
    assert cli("activities", "import", "activities.ndjson.gz", "--create-members")["new"] == rows
    assert content(db) == interrupted


def test_the_log_as_published(cli: Any, db: Any, expected: Any) -> None:
    figures, dirt = expected["activities"], expected["dirt"]
    cli("member", "import", "members.csv")
    done = cli("activities", "import", "activities.ndjson.gz")
    assert (done["read"], done["new"], done["duplicate"], done["refused"]) == (figures["rows"], figures["rows"], 0, 0)
    spaced = dirt["kinds_with_two_spaces"]
    assert done["dirt"] == {
        "no_campaign": dirt["rows_without_initiative"], "campaign_other": dirt["rows_with_initiative_Other"],
        "no_text": dirt["rows_without_text"], "likely_repeats": dirt["exact_repeats_beyond_the_first"],
        "before_joined": dirt["rows_dated_before_the_month_the_member_joined"],
        "irregular_spacing": {"kinds": len(spaced), "rows": sum(figures["by_kind"][kind] for kind in spaced)},
    }  # fmt: skip
    labels = dict(db.session.execute(sa.select(Kind.slug, Kind.label)).all())
    assert {labels[kind]: n for kind, n in counted(db, Activity.kind).items()} == figures["by_kind"]
    assert years(counted(db, Activity.occurred_day)) == figures["by_year"]
    assert counted(db, Activity.evidence) == {1: figures["passive"], 0: figures["by_hand"]}
    campaigns = {slug or "(none)": number for slug, number in counted(db, Activity.campaign).items()}
    assert sorted(top(campaigns)) == sorted(
        [name if name == "(none)" else slugify(name), number] for name, number in figures["by_initiative_top10"]
    )
    assert len(counted(db, Activity.member_id)) == figures["members"]
    days = db.session.execute(sa.select(sa.func.min(Activity.occurred_day), sa.func.max(Activity.occurred_day))).one()
    assert [str(clock.EPOCH + timedelta(days=day)) for day in days] == [figures["first_date"], figures["last_date"]]
    assert db.session.scalar(sa.select(sa.func.count(Activity.object))) == figures["linked_to_an_event"]
    one_of_each = (Activity.member_id, Activity.occurred_day, Activity.kind, Activity.campaign)
    assert len(counted(db, *one_of_each)) == figures["distinct_rows_after_dedup"]
    repeats = counted(db, Activity.repeat_of_id, where=Activity.repeat_of_id.is_not(None))
    assert (sum(repeats.values()), len(repeats)) == (
        dirt["exact_repeats_beyond_the_first"],
        dirt["exact_repeat_groups"],
    )
    for name in ("2020_04_04", "2020_04_05"):
        later = Activity.occurred_day > clock.day_number(date.fromisoformat(name.replace("_", "-")))
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity).where(later)) == dirt[f"rows_after_{name}"]
    handles = dict(db.session.execute(sa.select(Member.id, Member.handle)).all())
    rows = {handles[member_id]: number for member_id, number in counted(db, Activity.member_id).items()}
    assert top(rows) == expected["board_all_time_top10_by_rows"]
    for window in expected["active_on_the_april_roll"]:
        all_rows, by_hand = (len(active_in(db, window["weeks"], hand)) for hand in (False, True))
        assert (all_rows, by_hand) == (window["active_all"], window["active_by_hand"])
        assert (figures["members"] - all_rows, figures["members"] - by_hand) == (
            window["silent_all"],
            window["silent_by_hand"],
        )
    whose_mentor_is_quiet(db, expected["mentors"])


def whose_mentor_is_quiet(db: Any, figures: Any) -> None:
    """Rolls and mentors as the import of members keeps them; a mentor counts as there with any row in eight weeks."""
    people = {m.handle: m for m in db.session.scalars(sa.select(Member))}
    handles = {m.id: m.handle for m in people.values()}
    awake = active_in(db, 8, by_hand=False)
    rolls = {
        "april_roll": ({h for h, m in people.items() if m.imported.get("on_roll_2020_04") == "yes"}, "mentor_2020_04"),
        "reps": ({h for h, m in people.items() if m.state == "active"}, "mentor"),
    }
    for name, (roll, column) in rolls.items():
        mentors = {handle: people[handle].imported.get(column) for handle in roll}
        if column == "mentor":  # kept as text only where it is nobody's profile, or one's own
            mentors = {handle: handles.get(people[handle].mentor_id, mentor) for handle, mentor in mentors.items()}
        alone = [h for h, mentor in mentors.items() if mentor not in roll or people[mentor].id not in awake]
        assert (len(roll), len(alone)) == (
            figures[name]["roll"],
            figures[name]["mentor_silent_8_weeks_or_off_roll_or_missing"],
        )


def test_the_drain_finds_every_holder(cli: Any, db: Any, expected: Any) -> None:
    catalog.load(CATALOG, clock.utcnow())
    db.session.add(Board(slug="community", name="Community"))
    db.session.commit()
    cli("activities", "import", "activities.ndjson.gz", "--create-members")
    drained = cli("drain")
    assert drained["set_aside"] == 0
    assert drained["considered"] == expected["activities"]["rows"] + drained["awarded"]
    awards = counted(db, Badge.slug, Award.level, where=Award.badge_id == Badge.id)
    crossed = {str(level): n for (slug, level), n in awards.items() if slug == "archive-rows"}
    assert crossed == expected["crossed_on_all_rows"]
    holders = json.loads((CATALOG / "holders.json").read_text())["holders"]
    for slug, numbers in holders.items():
        levels = db.session.scalar(sa.select(Badge.levels).where(Badge.slug == slug))
        if levels:
            assert {str(level): awards.get((slug, level), 0) for level in levels} == numbers, slug
        else:
            assert [awards.get((slug, None), 0)] == list(numbers.values()), slug
    assert cli("check")["differences"] == 0


def test_events_through_the_same_door(cli: Any, db: Any, expected: Any, real_data: Path) -> None:
    figures, dirt = expected["events"], expected["dirt"]
    cli("member", "import", "members.csv")
    make_member("organiser-unknown")
    db.session.commit()
    args = ["activities", "import", "events.csv.gz", "--map", "member=organiser", "--map", "occurred_on=starts_on",
            "--map", "source_key=event", "--source", "reps-events"]  # fmt: skip
    strict = cli(*args)
    assert (strict["read"], strict["new"], strict["refused"]) == (
        figures["rows"], figures["rows"] - dirt["events_without_organiser"], dirt["events_without_organiser"],
    )  # fmt: skip
    assert {refusal["reason"] for refusal in strict["refusals"]} == {"no member is named"}
    rest = cli(*args, "--default", "member=organiser-unknown")
    assert (rest["new"], rest["duplicate"], rest["refused"]) == (dirt["events_without_organiser"], strict["new"], 0)

    countries = counted(db, Activity.data["country"].as_string())
    assert sorted(top(countries)) == sorted(figures["by_country_top10"])
    assert years(counted(db, Activity.occurred_day)) == figures["by_year"]
    data = list(db.session.scalars(sa.select(Activity.data)))
    attendance = [int(row["estimated_attendance"] or 0) for row in data]
    assert (sum(attendance), max(attendance)) == (figures["attendance_sum"], figures["attendance_max"])
    assert sum(min(number, 1000) for number in attendance) == figures["attendance_sum_capped_at_1000"]
    assert sum(number > 10_000 for number in attendance) == dirt["events_attendance_above_10000"]
    categories = Counter(name for row in data for name in row["categories"].split(";") if name)
    assert sorted(top(categories)) == sorted(figures["by_category_top10"])
    assert sum(not row["categories"] for row in data) == dirt["events_without_category"]
    assert sum(not row["city"] for row in data) == dirt["events_without_city"]
    assert sum(not row["country_code"] for row in data) == dirt["events_without_country_code"]
    known = Member.handle != "organiser-unknown"
    organisers = counted(db, Member.handle, where=sa.and_(Member.id == Activity.member_id, known))
    assert len(organisers) == figures["organisers"]
    with (real_data / "reps" / "members.csv").open(newline="") as file:
        roll = {row["member"] for row in csv.DictReader(file) if row["on_roll_2020_04"] == "yes"}
    assert (
        sum(n for handle, n in organisers.items() if handle in roll) == figures["events_organised_by_members_on_the_april_roll"]
    )
    cli("drain")
    assert cli("check")["differences"] == 0
