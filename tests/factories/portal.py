"""A small portal of five people, all made up, with the dirt of a real one; its figures were counted by hand."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

MEMBERS = """\
member,status,country,joined,left,mentor,mentor_2020_04,on_roll_2020_04,groups,functional_areas
p-1,rep,Kenya,2014-04,,p-2,p-2,yes,rep;mentor,People;Campus
p-2,rep,Kenya,2013-01,,p-2,p-2,yes,rep,
p-3,rep,Peru,2019-07,,p-9,,yes,rep,
p-4,alumni,Peru,2015-02,2020-05,,p-1,yes,,
p-5,alumni,Oman,2016-03,2015-01,,,no,,
"""
EVENTS = """\
event,starts_on,ends_on,timezone,city,country,country_code,lat,lon,categories,initiative,organiser,estimated_attendance
1,2019-05-04,2019-05-05,Africa/Nairobi,Nairobi,Kenya,KE,-1.3,36.8,People;Campus,,p-1,1500
2,2020-01-01,2020-02-01,America/Lima,,Peru,,-12.0,-77.0,,Other,,20
"""
DEEDS: list[tuple[str, str, str, str | None, str | None, bool, str | None]] = [
    ("p-1", "2020-04-01", "Attended an Event", "Other", "1", True, None),
    ("p-1", "2020-03-20", "Gave a talk", None, None, False, "aaaaaaaaaaaa"),
    ("p-1", "2020-03-20", "Gave a talk", None, None, False, "aaaaaaaaaaaa"),
    ("p-1", "2020-03-20", "Gave a talk", None, None, False, "bbbbbbbbbbbb"),
    ("p-2", "2019-12-01", "MozActivate -  Sprint", "Sprints", None, False, "cccccccccccc"),
    ("p-3", "2019-06-30", "Attended an Event", "Other", "1", True, None),
    ("p-4", "2020-04-06", "Gave a talk", "Other", None, False, None),
]
"""(member, day, kind, initiative, event, passive, text_key)"""
EXPECTED: dict[str, Any] = {
    "members": {
        "rows": 5, "by_status": {"rep": 3, "alumni": 2}, "on_roll_2020_04": 4,
        "on_roll_2020_04_by_status": {"rep": 3, "alumni": 1},
        "reps_by_country_top10": [["Kenya", 2], ["Peru", 1]],
        "all_by_country_top10": [["Kenya", 2], ["Peru", 2], ["Oman", 1]],
        "reps_by_group": {"rep": 3, "mentor": 1},
        "joined_by_year": {"2014": 1, "2013": 1, "2019": 1, "2015": 1, "2016": 1},
        "alumni_without_left": 0, "left_before_joined": 1, "reps_without_country": 0, "all_without_country": 0,
    },
    "activities": {
        "rows": 7, "members": 4, "by_kind": {"Attended an Event": 2, "Gave a talk": 4, "MozActivate -  Sprint": 1},
        "by_year": {"2019": 2, "2020": 5}, "by_initiative_top10": [["(none)", 3], ["Other", 3], ["Sprints", 1]],
        "passive": 2, "by_hand": 5, "first_date": "2019-06-30", "last_date": "2020-04-06", "linked_to_an_event": 2,
        "distinct_rows_after_dedup": 5, "dedup_rule": "one row per (member, occurred_on, kind, initiative)",
    },
    "dirt": {
        "rows_without_initiative": 3, "rows_with_initiative_Other": 3, "rows_without_text": 3,
        "exact_repeats_beyond_the_first": 1, "exact_repeat_groups": 1, "rows_after_2020_04_04": 1, "rows_after_2020_04_05": 1,
        "rows_dated_before_the_month_the_member_joined": 1, "members_who_are_their_own_mentor": 1,
        "kinds_with_two_spaces": ["MozActivate -  Sprint"], "events_attendance_above_10000": 0, "events_without_country_code": 1,
        "events_without_city": 1, "events_without_organiser": 1, "events_without_category": 1, "events_longer_than_14_days": 1,
    },
    "active_on_the_april_roll": [
        {"as_of": "2020-04-04", "weeks": 4, "active_all": 1, "active_by_hand": 1, "silent_all": 3, "silent_by_hand": 3},
        {"as_of": "2020-04-04", "weeks": 8, "active_all": 1, "active_by_hand": 1, "silent_all": 3, "silent_by_hand": 3},
        {"as_of": "2020-04-04", "weeks": 26, "active_all": 2, "active_by_hand": 2, "silent_all": 2, "silent_by_hand": 2},
        {"as_of": "2020-04-04", "weeks": 52, "active_all": 3, "active_by_hand": 2, "silent_all": 1, "silent_by_hand": 2},
    ],
    "mentors": {
        "april_roll": {
            "roll": 4, "with_a_mentor": 3, "distinct_mentors": 2, "mentor_is_on_the_same_roll": 3,
            "mentor_is_not_on_that_roll": 0, "largest_load": 2,
            "members_in_group_mentor": 1, "own_mentor": 1, "mentor_silent_8_weeks_or_off_roll_or_missing": 3,
        },
        "reps": {
            "roll": 3, "with_a_mentor": 3, "distinct_mentors": 2, "mentor_is_on_the_same_roll": 2,
            "mentor_is_not_on_that_roll": 1, "largest_load": 2,
            "members_in_group_mentor": 1, "own_mentor": 1, "mentor_silent_8_weeks_or_off_roll_or_missing": 3,
        },
    },
    "board_all_time_top10_by_rows": [["p-1", 4], ["p-2", 1], ["p-3", 1], ["p-4", 1]],
    "crossed_on_all_rows": {"1": 4, "10": 0, "50": 0, "100": 0, "250": 0, "500": 0},
    "events": {
        "rows": 2, "by_year": {"2019": 1, "2020": 1}, "by_country_top10": [["Kenya", 1], ["Peru", 1]],
        "by_category_top10": [["Campus", 1], ["People", 1]], "attendance_sum": 1520, "attendance_max": 1500,
        "attendance_sum_capped_at_1000": 1020, "organisers": 1, "events_organised_by_members_on_the_april_roll": 1,
    },
}  # fmt: skip
ONE_OF_EACH = {"rows": 5, "members": 4, "passive": 2, "by_hand": 3}
EVENT_OPTIONS = ("--map", "member=organiser", "--map", "occurred_on=starts_on", "--map", "source_key=event",
                 "--source", "reps-events", "--default", "member=nobody-known")  # fmt: skip


def write_portal(folder: Path, with_events: bool = True, expected: dict[str, Any] | None = EXPECTED) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "members.csv").write_text(MEMBERS, encoding="utf-8")
    names = ("member", "occurred_on", "kind", "initiative", "event", "passive", "text_key")
    with gzip.open(folder / "activities.ndjson.gz", "wt", encoding="utf-8") as file:
        for number, deed in enumerate(DEEDS):
            told = dict(zip(names, deed, strict=True))
            file.write(
                json.dumps({"source": "small-portal", "source_key": f"d/{number}", **told, "has_text": deed[-1] is not None})
            )
            file.write("\n")
    if with_events:
        (folder / "events.csv").write_text(EVENTS, encoding="utf-8")
    if expected is not None:
        (folder / "expected.json").write_text(json.dumps(expected), encoding="utf-8")
    return folder


def lines_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
