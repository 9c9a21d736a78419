"""Random logs and random rules from a seed, for every test that holds two readings of a rule together.

`deeds(random, people)` makes a log as plain values, `rule(random)` criteria as data that `parse` takes, `leaf(random)` one
that a badge with levels could have. The worlds are small on purpose: days, kinds and objects meet each other often."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from recognition import clock
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.values import BadCriteria
from recognition.activities.models import Activity, ActivityTag
from recognition.extensions import db

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIRST = datetime(2026, 10, 19, tzinfo=UTC)  # a Monday; clocks change in Berlin on the 25th, and on the 1st in New York
DAYS = 40
KINDS = ("talk", "help", "write", "quest.finished", "badge.awarded", "contest.placed", "thanks.received")
CAMPAIGNS, GROUPS, TAGS, SOURCES = ("mdm", "funnel"), ("accra", "nairobi"), ("mdm", "wiki", "café"), ("api", "tests")
OBJECTS = ("event:1", "event:2", "quest:vision", "badge:helper", "badge:helper/5", "contest:poster", "member:1", "member:2")
ROLES = ("host", "guest", 2, True, None)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu")
SPANS = {"mdm": (datetime(2026, 10, 25, 22, tzinfo=UTC), datetime(2026, 11, 9, 23, tzinfo=UTC)),
         "funnel": (datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 11, tzinfo=UTC))}  # fmt: skip
"""When the campaigns of these rules run; there is a third in them that nobody knows."""
WINDOW_DAYS = (date(2026, 10, 25), date(2026, 10, 26), date(2026, 11, 1), date(2026, 11, 5), date(2026, 11, 10))
EDGES = (
    *(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in WINDOW_DAYS for zone in ZONES),
    *(moment for span in SPANS.values() for moment in span), NOW - timedelta(days=7), NOW - timedelta(days=14),
    datetime(2026, 10, 24, 23, 30, tzinfo=UTC), datetime(2026, 10, 26, 4, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC),
)  # fmt: skip
"""Moments at which a window of these rules begins or ends, two changes of the clock among them."""


@dataclass(frozen=True)
class Person:
    """`groups`: those the person is in, True where they look after it."""

    number: int
    joined_at: datetime
    groups: dict[str, bool] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Deed:
    """A row of the log as it is when nobody has worked on it but its reporter. `who` and `teller` are numbers of people."""

    key: str
    who: int
    at: datetime
    reported_at: datetime
    kind: str
    campaign: str | None
    group: str | None
    source: str
    object: str | None
    evidence: int
    points: int
    tags: frozenset[str]
    text: str
    teller: int | None
    data: dict[str, Any] | None = field(hash=False)
    withdrawn: bool = False
    is_repeat: bool = False


def people(random: Random, how_many: int) -> list[Person]:
    return [
        Person(number, NOW - timedelta(days=random.choice((0, 1, 6, 7, 30, 400)), seconds=random.choice((0, 1))),
               {slug: random.random() < 0.4 for slug in GROUPS if random.random() < 0.5})
        for number in range(1, how_many + 1)
    ]  # fmt: skip


def deeds(random: Random, persons: Sequence[Person], per_person: int) -> list[Deed]:
    """From nobody's to `per_person` deeds each, in no order of time."""
    found: list[Deed] = []
    for person in persons:
        for _number in range(random.choice((0, 1, per_person // 2, per_person, per_person))):
            mine = [deed for deed in found[-per_person:] if deed.who == person.number]
            again = mine and random.random() < 0.15
            deed = _like(random, random.choice(mine)) if again else _deed(random, person.number)
            found.append(replace(deed, key=f"k{len(found):06}"))
    return _repeats_marked(found)


def _repeats_marked(log: Sequence[Deed]) -> list[Deed]:
    """What tells a deed that the log has already brings no points."""
    seen, found = set(), []
    for deed in log:
        same = (deed.who, deed.at.date(), deed.kind, deed.campaign, deed.object, deed.text)
        found.append(replace(deed, is_repeat=True, points=0) if same in seen else deed)
        seen |= set() if deed.withdrawn else {same}
    return found


def keep(log: Sequence[Deed], members: Mapping[int, int], groups: Mapping[str, int]) -> dict[str, int]:
    """Put the log into the database as considered rows; `members` and `groups` give ids. Returns the rows' ids by key.

    "member:1" in a rule or a deed means the first of the people, whose id must be 1 for that."""
    rows = [
        {"member_id": members[deed.who], "reporter_id": members[deed.teller] if deed.teller else None, "kind": deed.kind,
         "occurred_at": deed.at, "occurred_day": clock.day_number(deed.at), "reported_at": deed.reported_at, "text": deed.text,
         "url": None, "group_id": groups[deed.group] if deed.group else None, "campaign": deed.campaign, "object": deed.object,
         "evidence": deed.evidence, "told_evidence": deed.evidence, "visibility": "members", "source": deed.source,
         "source_key": deed.key, "points": deed.points, "fingerprint": None, "repeat_of_id": 1 if deed.is_repeat else None,
         "data": deed.data, "considered_at": NOW, "set_aside_at": None, "set_aside_error": None,
         "withdrawn_at": NOW if deed.withdrawn else None, "withdrawn_by_id": None, "withdrawn_reason": None, "corrects_id": None}
        for deed in log
    ]  # fmt: skip
    table: Any = Activity.__table__
    db.session.execute(sa.insert(table), rows)
    ids = {row.source_key: row.id for row in db.session.execute(sa.select(Activity.id, Activity.source_key))}
    tags = [{"activity_id": ids[deed.key], "tag": tag, "occurred_at": deed.at} for deed in log for tag in deed.tags]
    db.session.execute(sa.insert(ActivityTag), tags)
    return ids


def _deed(random: Random, who: int) -> Deed:
    at = FIRST + timedelta(days=random.randrange(DAYS), hours=random.choice((0, 5, 12, 23)), minutes=random.choice((0, 59)))
    if random.random() < 0.4:
        at = random.choice(EDGES) + timedelta(microseconds=random.choice((-1, 0, 0)))
    at = min(at, NOW + timedelta(hours=11))
    late = timedelta(days=random.choice((0, 0, 3, 400)))
    return Deed(
        key="", who=who, at=at, reported_at=max(at, NOW) + late, kind=random.choice(KINDS), campaign=_maybe(random, CAMPAIGNS),
        group=_maybe(random, GROUPS), source=random.choice(SOURCES), object=_maybe(random, OBJECTS, 0.7),
        evidence=random.choice((0, 1, 2)), points=random.choice((-3, 0, 1, 5, 5, 12)),
        tags=frozenset(tag for tag in TAGS if random.random() < 0.4), text=random.choice("ab"),
        teller=random.choice((None, who, 1, 2)), data=_data(random), withdrawn=random.random() < 0.1,
    )  # fmt: skip


def _like(random: Random, deed: Deed) -> Deed:
    """The same again, in the very same moment or a little apart."""
    return replace(deed, at=deed.at + timedelta(seconds=random.choice((0, 0, 1))), points=random.choice((1, 5)),
                   withdrawn=random.random() < 0.1)  # fmt: skip


def _data(random: Random) -> dict[str, Any] | None:
    if random.random() < 0.3:
        return None
    number = random.choice((0, 1, 9, 10, 11, 9.5, 10.5, -4, 10**17, 1e300, "10", None, True, [10], {"a": 1}))
    return {"participants": number, "role": random.choice(ROLES), "place": random.choice((1, 2, 3, 4, 0, "1"))}


def _maybe(random: Random, values: Sequence[str], share: float = 0.5) -> str | None:
    return random.choice(values) if random.random() < share else None


def rule(random: Random, *, momentary: bool = True, depth: int = 2) -> dict[str, Any]:
    """Criteria that `parse` takes. Without `momentary`: only what never shrinks when a deed is added."""
    while True:
        data = _part(random, momentary, depth)
        try:
            parse(data)
        except BadCriteria:
            continue
        return data


def leaf(random: Random) -> dict[str, Any]:
    """One measured number without `at_least`, as a badge with levels has it."""
    while True:
        data = {name: value for name, value in _measured(random, False).items() if name != "at_least"}
        try:
            parse(data, levelled=True)
        except BadCriteria:
            continue
        return data


def _part(random: Random, momentary: bool, depth: int) -> dict[str, Any]:
    if depth == 0 or random.random() < 0.5:
        return _leaf(random, momentary)
    parts = [_part(random, momentary, depth - 1) for _number in range(random.choice((1, 2, 2, 3)))]
    word = random.choice(("all", "any", "some", "not") if momentary else ("all", "any", "some"))
    if word == "not":
        return {"not": parts[0]}
    return {word: parts} | ({"at_least": random.randint(1, len(parts))} if word == "some" else {})


def _leaf(random: Random, momentary: bool) -> dict[str, Any]:
    about = [{"belongs_to": random.sample(GROUPS, random.choice((1, 2)))}, {"belongs_to": "accra", "as": "curator"},
             {"member_for": random.choice((1, 7, 30, 400))}]  # fmt: skip
    simple = [{"finished": "vision"}, {"holds": "helper"}, {"holds": "helper", "level": 5},
              {"first": filtered(random, momentary)}]  # fmt: skip
    if momentary and random.random() < 0.15:
        return random.choice(about)
    return random.choice(simple) if random.random() < 0.1 else _measured(random, momentary)


def _measured(random: Random, momentary: bool) -> dict[str, Any]:
    goal = {"at_least": random.choice((1, 1, 2, 3, 4, 7, 12, 30))}
    where, caps = filtered(random, momentary), {}
    if random.random() < 0.4:
        caps = random.choice(({"at_most": {"day": 1}}, {"at_most": {"day": 2, "week": 3}}, {"at_most": {"week": 2}},
                              {"once_per": "object"}))  # fmt: skip
    fields = ("kind", "campaign", "group", "tag", "source", "object", "person", "day", "week", "month")
    units = ("day", "week", "month")
    ways: list[dict[str, Any]] = [
        {"count": where | caps}, {"count": where | caps}, {"sum": "points", "where": where | caps},
        {"sum": "data.participants", "where": where | caps}, {"distinct": random.choice(fields), "where": where},
        {"distinct": random.choice(units), "where": where}, {"span": where},
        {"streak": random.choice(units), "where": where, "gaps": random.choice((0, 1, 2))},
        {"placed": random.choice(("any", "poster")), "top": random.choice((1, 3))},
    ]  # fmt: skip
    return random.choice(ways) | goal


def filtered(random: Random, momentary: bool) -> dict[str, Any]:
    """Conditions: mostly few, so that something is left to count."""
    ways: list[dict[str, Any]] = [
        {"kind": random.sample(KINDS, random.choice((1, 1, 2, 3)))}, {"tags_any": random.sample(TAGS, 2)},
        {"tags_all": random.sample(TAGS, random.choice((1, 2)))}, {"campaign": [random.choice(CAMPAIGNS)]},
        {"group": random.sample(GROUPS, random.choice((1, 2)))}, {"source": ["api"]},
        {"object": random.sample(OBJECTS, random.choice((1, 3)))}, {"evidence": random.choice(("passive", "confirmed"))},
        {"repeats": "all"}, {"fields": _fields(random)}, {"window": _window(random, momentary)},
        {"window": _window(random, momentary)}, {"window": _window(random, momentary)}, {"window": _window(random, momentary)},
    ]  # fmt: skip
    found: dict[str, Any] = {}
    for way in random.sample(ways, random.choice((0, 1, 1, 2, 3))):
        found |= way
    return found


def _fields(random: Random) -> dict[str, Any]:
    return random.choice((
        {"points": {"at_least": random.choice((1, 5))}}, {"points": {"is": [5, 12]}}, {"data.role": {"is": ["host", 2]}},
        {"data.participants": {"at_least": 10}}, {"data.participants": {"at_least": -5, "at_most": 10}},
        {"data.role": {"is": "guest"}, "points": {"at_most": 5}}, {"data.unheard-of": {"is": "a"}},
    ))  # fmt: skip


def _window(random: Random, momentary: bool) -> dict[str, Any]:
    zone = random.choice(ZONES)
    days = [day.isoformat() for day in sorted(random.sample(WINDOW_DAYS, 2))]
    ways: list[dict[str, Any]] = [
        {"from": days[0], "until": days[1], "zone": zone}, {"from": days[0], "zone": zone}, {"until": days[0], "zone": zone},
        {"from": "2026-10-25T01:30:00+02:00", "until": "2026-11-10T00:00:00Z"},
        {"period": random.choice(("2026", "2026-Q4", "2026-11", "2026-W44", "2026-W45")), "zone": zone},
        {"months": random.choice(([10], [11], [1, 11]))}, {"campaign": random.choice((*SPANS, "nobody-knows"))},
        {"any_days": random.choice((1, 3, 7))}, {"any_days": random.choice((2, 5, 20))},
    ]  # fmt: skip
    return random.choice([*ways, {"last_days": random.choice((7, 14))}] if momentary else ways)
