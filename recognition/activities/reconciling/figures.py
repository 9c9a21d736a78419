"""Counting what the old portal held. The same functions count its files and our tables."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

REP, ALUMNI = "rep", "alumni"
APRIL = date(2020, 4, 4)
"""The last day before the portal's pages were written out."""
WEEKS = (4, 8, 26, 52)
MENTOR_WEEKS = 8
LEVELS = (1, 10, 50, 100, 250, 500)
PLACES = 10
LONG_EVENT_DAYS = 14
MUCH_ATTENDANCE, ATTENDANCE_CAP = 10_000, 1_000
NO_INITIATIVE, OTHER_INITIATIVE = "(none)", "Other"

Tree = dict[str, Any]
"""Figures by name, in the shape in which they were published: names, lists of a name and a number, lists of objects."""


@dataclass(frozen=True)
class Person:
    """Months as the roll writes them, "2014-06"; empty where it says nothing."""

    handle: str
    status: str
    country: str
    joined: str
    left: str
    mentor: str
    april_mentor: str
    on_april_roll: bool
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Deed:
    """`key` is its name within `source`. `text_key` None: it has no text."""

    source: str
    key: str
    member: str
    day: date
    kind: str
    initiative: str | None
    event: str | None
    passive: bool
    text_key: str | None


@dataclass(frozen=True)
class Event:
    starts: date
    ends: date
    city: str
    country: str
    country_code: str
    categories: tuple[str, ...]
    organiser: str
    attendance: int


@dataclass(frozen=True)
class Book:
    """All of it. `events` None: they did not come along."""

    people: Sequence[Person]
    deeds: Sequence[Deed]
    events: Sequence[Event] | None = None
    _awake: dict[tuple[int, bool], set[str]] = field(default_factory=dict, compare=False, repr=False)

    def awake(self, weeks: int, by_hand: bool = False) -> set[str]:
        """Who has a deed in so many weeks up to APRIL, both ends included."""
        known = self._awake.get((weeks, by_hand))
        if known is None:
            first = APRIL - timedelta(weeks=weeks)
            known = {one.member for one in self.deeds if first <= one.day <= APRIL and not (by_hand and one.passive)}
            self._awake[weeks, by_hand] = known
        return known


def figures(book: Book) -> Tree:
    tree: Tree = {
        "members": _members(book.people),
        "activities": _activities(book.deeds),
        "dirt": _dirt(book),
        "active_on_the_april_roll": [_window(book, weeks) for weeks in WEEKS],
        "mentors": _mentors(book),
        "board_all_time_top10_by_rows": top(Counter(one.member for one in book.deeds)),
        "crossed_on_all_rows": _crossed(book.deeds),
    }
    return tree if book.events is None else {**tree, "events": _events(book.events, book.people)}


def once_each(deeds: Iterable[Deed]) -> list[Deed]:
    """One of those by the same person on the same day, of one kind and initiative: the first."""
    kept: dict[tuple[str, date, str, str | None], Deed] = {}
    for one in deeds:
        kept.setdefault((one.member, one.day, one.kind, one.initiative), one)
    return list(kept.values())


def without_repeats(deeds: Sequence[Deed]) -> Tree:
    """What is counted of these where each is told once."""
    every = _activities(deeds)
    return {name: every[name] for name in ("rows", "members", "by_kind", "by_year", "passive", "by_hand")}


def top(numbers: Mapping[str, int], places: int = PLACES) -> list[list[Any]]:
    """Everybody who ties with the last place is in."""
    ordered = sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))
    least = ordered[min(places, len(ordered)) - 1][1] if ordered else 0
    return [[name, number] for name, number in ordered if number >= least]


def _members(people: Sequence[Person]) -> Tree:
    reps = [one for one in people if one.status == REP]
    april = [one for one in people if one.on_april_roll]
    alumni = [one for one in people if one.status == ALUMNI]
    return {
        "rows": len(people),
        "by_status": dict(Counter(one.status for one in people)),
        "on_roll_2020_04": len(april),
        "on_roll_2020_04_by_status": dict(Counter(one.status for one in april)),
        "reps_by_country_top10": top(Counter(one.country for one in reps)),
        "all_by_country_top10": top(Counter(one.country for one in people)),
        "reps_by_group": dict(Counter(name for one in reps for name in one.groups)),
        "joined_by_year": dict(Counter(one.joined[:4] for one in people)),
        "alumni_without_left": sum(not one.left for one in alumni),
        "left_before_joined": sum(bool(one.left) and one.left < one.joined for one in alumni),
        "reps_without_country": sum(not one.country for one in reps),
        "all_without_country": sum(not one.country for one in people),
    }


def _activities(deeds: Sequence[Deed]) -> Tree:
    days = [one.day for one in deeds]
    passive = sum(one.passive for one in deeds)
    return {
        "rows": len(deeds),
        "members": len({one.member for one in deeds}),
        "by_kind": dict(Counter(one.kind for one in deeds)),
        "by_year": dict(Counter(str(day.year) for day in days)),
        "by_initiative_top10": top(Counter(one.initiative or NO_INITIATIVE for one in deeds)),
        "passive": passive,
        "by_hand": len(deeds) - passive,
        "first_date": str(min(days)) if days else "",
        "last_date": str(max(days)) if days else "",
        "linked_to_an_event": sum(one.event is not None for one in deeds),
        "distinct_rows_after_dedup": len(once_each(deeds)),
    }


def _dirt(book: Book) -> Tree:
    joined = {one.handle: one.joined for one in book.people}
    repeats = Counter((one.member, one.day, one.kind, one.initiative, one.text_key) for one in book.deeds)
    told_again = [number for number in repeats.values() if number > 1]
    found: Tree = {
        "rows_without_initiative": sum(one.initiative is None for one in book.deeds),
        "rows_with_initiative_Other": sum(one.initiative == OTHER_INITIATIVE for one in book.deeds),
        "rows_without_text": sum(one.text_key is None for one in book.deeds),
        "exact_repeats_beyond_the_first": sum(told_again) - len(told_again),
        "exact_repeat_groups": len(told_again),
        "rows_after_2020_04_04": sum(one.day > APRIL for one in book.deeds),
        "rows_after_2020_04_05": sum(one.day > APRIL + timedelta(days=1) for one in book.deeds),
        "rows_dated_before_the_month_the_member_joined": sum(
            f"{one.day:%Y-%m}" < joined.get(one.member, "") for one in book.deeds
        ),
        "members_who_are_their_own_mentor": sum(one.mentor == one.handle for one in book.people),
        "kinds_with_two_spaces": sorted({one.kind for one in book.deeds if "  " in one.kind}),
    }
    return found if book.events is None else found | _dirt_of_events(book.events)


def _dirt_of_events(events: Sequence[Event]) -> Tree:
    return {
        "events_attendance_above_10000": sum(one.attendance > MUCH_ATTENDANCE for one in events),
        "events_without_country_code": sum(not one.country_code for one in events),
        "events_without_city": sum(not one.city for one in events),
        "events_without_organiser": sum(not one.organiser for one in events),
        "events_without_category": sum(not one.categories for one in events),
        "events_longer_than_14_days": sum((one.ends - one.starts).days > LONG_EVENT_DAYS for one in events),
    }


def _window(book: Book, weeks: int) -> Tree:
    roll = {one.handle for one in book.people if one.on_april_roll}
    every, by_hand = (len(roll & book.awake(weeks, hand)) for hand in (False, True))
    return {"as_of": str(APRIL), "weeks": weeks, "active_all": every, "active_by_hand": by_hand,
            "silent_all": len(roll) - every, "silent_by_hand": len(roll) - by_hand}  # fmt: skip


def _mentors(book: Book) -> Tree:
    april = {one.handle: one.april_mentor for one in book.people if one.on_april_roll}
    reps = {one.handle: one.mentor for one in book.people if one.status == REP}
    in_group = sum("mentor" in one.groups for one in book.people)
    awake = book.awake(MENTOR_WEEKS)
    return {"april_roll": _roll(april, awake, in_group), "reps": _roll(reps, awake, in_group)}


def _roll(mentor_of: Mapping[str, str], awake: Collection[str], in_group: int) -> Tree:
    loads = Counter(mentor for mentor in mentor_of.values() if mentor)
    on_it = sum(number for mentor, number in loads.items() if mentor in mentor_of)
    return {
        "roll": len(mentor_of),
        "with_a_mentor": sum(loads.values()),
        "distinct_mentors": len(loads),
        "mentor_is_on_the_same_roll": on_it,
        "mentor_is_not_on_that_roll": sum(loads.values()) - on_it,
        "largest_load": max(loads.values(), default=0),
        "members_in_group_mentor": in_group,
        "own_mentor": sum(handle == mentor for handle, mentor in mentor_of.items()),
        "mentor_silent_8_weeks_or_off_roll_or_missing": sum(
            mentor not in mentor_of or mentor not in awake for mentor in mentor_of.values()
        ),
    }


def _events(events: Sequence[Event], people: Iterable[Person]) -> Tree:
    roll = {one.handle for one in people if one.on_april_roll}
    return {
        "rows": len(events),
        "by_year": dict(Counter(str(one.starts.year) for one in events)),
        "by_country_top10": top(Counter(one.country for one in events)),
        "by_category_top10": top(Counter(name for one in events for name in one.categories)),
        "attendance_sum": sum(one.attendance for one in events),
        "attendance_max": max((one.attendance for one in events), default=0),
        "attendance_sum_capped_at_1000": sum(min(one.attendance, ATTENDANCE_CAP) for one in events),
        "organisers": len({one.organiser for one in events if one.organiser}),
        "events_organised_by_members_on_the_april_roll": sum(one.organiser in roll for one in events),
    }


def _crossed(deeds: Iterable[Deed]) -> dict[str, int]:
    rows = Counter(one.member for one in deeds)
    return {str(level): sum(number >= level for number in rows.values()) for level in LEVELS}
