"""What a rule means, read from its data by counting on fingers: slow, plain, and written without the product's code.

`number(leaf, log, person, ...)` is a leaf's number, `holds(rule, ...)` the verdict. Nothing here knows SQL, indexes, caps on
reading or trees of rules; where the product and this page differ, one of them is wrong."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.activities.random_rules import Deed, Person

INTERNAL = {"activity.confirmed", "badge.awarded", "campaign.joined", "confirmation.given", "contest.entered",
            "contest.placed", "contest.voted", "quest.finished", "quest.step", "reflection", "thanks.given",
            "thanks.received"}  # fmt: skip
STRENGTH = {"self": 0, "passive": 1, "confirmed": 2}
Spans = Mapping[str, tuple[datetime, datetime]]


def holds(rule: Mapping[str, Any], log: Sequence[Deed], person: Person, now: datetime, spans: Spans) -> bool:
    """`log`: this person's deeds alone."""
    if "not" in rule:
        return not holds(rule["not"], log, person, now, spans)
    for word in ("all", "any", "some"):
        if word in rule:
            met = sum(holds(part, log, person, now, spans) for part in rule[word])
            return met >= {"all": len(rule[word]), "any": 1, "some": rule.get("at_least", 0)}[word]
    return number(rule, log, person, now, spans) >= goal(rule)


def goal(leaf: Mapping[str, Any]) -> int:
    return int(leaf["member_for"] if "member_for" in leaf else leaf.get("at_least", 1))


def number(leaf: Mapping[str, Any], log: Sequence[Deed], person: Person, now: datetime, spans: Spans) -> int:
    if "belongs_to" in leaf:
        groups = [leaf["belongs_to"]] if isinstance(leaf["belongs_to"], str) else leaf["belongs_to"]
        return int(any(slug in person.groups and (person.groups[slug] or "as" not in leaf) for slug in groups))
    if "member_for" in leaf:
        return (now - person.joined_at) // timedelta(days=1)
    where = _where(leaf)
    fitting = [deed for deed in log if fits(deed, where, now, spans)]
    if "any_days" not in where.get("window", {}):
        return _measured(leaf, where, fitting)
    length = timedelta(days=where["window"]["any_days"])
    starts = {_day(deed) for deed in fitting}
    stretches = [[deed for deed in fitting if start <= _day(deed) < start + length] for start in starts]
    return max((_measured(leaf, where, stretch) for stretch in stretches), default=0)


def _where(leaf: Mapping[str, Any]) -> Mapping[str, Any]:
    if "finished" in leaf:
        return {"kind": ["quest.finished"], "object": [f"quest:{leaf['finished']}"]}
    if "holds" in leaf:
        level = f"/{leaf['level']}" if "level" in leaf else ""
        return {"kind": ["badge.awarded"], "object": [f"badge:{leaf['holds']}{level}"]}
    if "placed" in leaf:
        place = {"fields": {"data.place": {"at_least": 1, "at_most": leaf.get("top", 3)}}}
        contest = {} if leaf["placed"] == "any" else {"object": [f"contest:{leaf['placed']}"]}
        return {"kind": ["contest.placed"]} | contest | place
    found: Mapping[str, Any] = next((leaf[word] for word in ("count", "first", "span", "where") if word in leaf), {})
    return found


def fits(deed: Deed, where: Mapping[str, Any], now: datetime, spans: Spans) -> bool:
    if deed.withdrawn or (deed.is_repeat and where.get("repeats") != "all"):
        return False
    if deed.kind not in where["kind"] if "kind" in where else deed.kind in INTERNAL:
        return False
    for name in ("campaign", "source", "object", "group"):
        if name in where and getattr(deed, name) not in where[name]:
            return False
    if "tags_any" in where and not deed.tags & set(where["tags_any"]):
        return False
    if not deed.tags >= set(where.get("tags_all", ())):
        return False
    if deed.evidence < STRENGTH[where.get("evidence", "self")]:
        return False
    if not all(_compares(_field(deed, name), asked) for name, asked in where.get("fields", {}).items()):
        return False
    return _in_time(deed.at, where.get("window", {}), now, spans)


def _field(deed: Deed, name: str) -> Any:
    return deed.points if name == "points" else (deed.data or {}).get(name.removeprefix("data."))


def _compares(value: Any, asked: Mapping[str, Any]) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if "at_least" in asked and not (is_number and value >= asked["at_least"]):
        return False
    if "at_most" in asked and not (is_number and value <= asked["at_most"]):
        return False
    wanted = asked["is"] if isinstance(asked.get("is"), list) else [asked["is"]] if "is" in asked else None
    return wanted is None or ((is_number or isinstance(value, str)) and value in wanted)


def _in_time(at: datetime, window: Mapping[str, Any], now: datetime, spans: Spans) -> bool:
    if "months" in window:
        return at.month in window["months"]
    if "last_days" in window:
        return at >= now - timedelta(days=window["last_days"])
    if "campaign" in window:
        known = spans.get(window["campaign"])
        return known is not None and known[0] <= at < known[1]
    zone = ZoneInfo(window.get("zone", "UTC"))
    if "period" in window:
        return _period_of(at.astimezone(zone).date(), window["period"]) == window["period"]
    return _after(at, window.get("from"), zone) and _before(at, window.get("until"), zone)


def _period_of(day: date, written: str) -> str:
    year, week, _weekday = day.isocalendar()
    if "W" in written:
        return f"{year}-W{week:02}"
    return {4: f"{day:%Y}", 7: f"{day:%Y}-Q{(day.month + 2) // 3}" if "Q" in written else f"{day:%Y-%m}"}[len(written)]


def _after(at: datetime, start: str | None, zone: ZoneInfo) -> bool:
    if start is None:
        return True
    return at.astimezone(zone).date() >= date.fromisoformat(start) if len(start) == 10 else at >= datetime.fromisoformat(start)


def _before(at: datetime, end: str | None, zone: ZoneInfo) -> bool:
    if end is None:
        return True
    return at.astimezone(zone).date() <= date.fromisoformat(end) if len(end) == 10 else at < datetime.fromisoformat(end)


def _measured(leaf: Mapping[str, Any], where: Mapping[str, Any], deeds: list[Deed]) -> int:
    if "span" in leaf:
        days = [_day(deed) for deed in deeds]
        return (max(days) - min(days)).days if days else 0
    if "distinct" in leaf:
        return len(set().union(*(values(deed, leaf["distinct"]) for deed in deeds)))
    if "streak" in leaf:
        return _longest_run({_number(_day(deed), leaf["streak"]) for deed in deeds}, leaf.get("gaps", 0))
    amounts = [(_amount(deed, leaf["sum"]) if "sum" in leaf else 1, deed) for deed in deeds]
    return sum(_most_worth([pair for pair in amounts if pair[0]], where))


def _most_worth(amounts: list[tuple[int, Deed]], where: Mapping[str, Any]) -> list[int]:
    """The most that may be counted under the caps: take the largest first, as long as there is room."""
    room: dict[Any, int] = {}
    taken = []
    caps = where.get("at_most", {})
    for amount, deed in sorted(amounts, key=lambda pair: -pair[0]):
        year, week, _weekday = _day(deed).isocalendar()
        places: list[tuple[Any, int]] = [
            ((unit, _day(deed) if unit == "day" else (year, week)), cap) for unit, cap in caps.items()
        ]
        if "once_per" in where and deed.object is not None:
            places.append((deed.object, 1))
        if all(room.get(place, 0) < cap for place, cap in places):
            taken.append(amount)
            for place, _cap in places:
                room[place] = room.get(place, 0) + 1
    return taken


def _amount(deed: Deed, name: str) -> int:
    value = _field(deed, name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # A sum is never asked to be larger than a million, so that is all one deed needs to give.
    return int(min(value, 1_000_000)) if is_number and value > 0 else 0


def values(deed: Deed, field: str) -> set[Any]:
    if field == "tag":
        return set(deed.tags)
    if field in ("day", "week", "month"):
        return {_number(_day(deed), field)}
    if field == "person":
        return {_other(deed)} - {None, f"member:{deed.who}"}
    found = getattr(deed, field)
    return set() if found is None else {found}


def _other(deed: Deed) -> str | None:
    if deed.object is not None and deed.object.startswith("member:"):
        return deed.object
    return None if deed.teller is None else f"member:{deed.teller}"


def _longest_run(numbers: set[int], gaps: int) -> int:
    """Every stretch tried."""
    inside = [(last - first + 1, sum(first <= n <= last for n in numbers)) for first in numbers for last in numbers]
    return max((active for length, active in inside if 0 <= length - active <= gaps), default=0)


def _day(deed: Deed) -> date:
    return deed.at.astimezone(UTC).date()


def _number(day: date, unit: str) -> int:
    monday = day - timedelta(days=day.weekday())
    return {"day": day.toordinal(), "week": monday.toordinal() // 7, "month": day.year * 12 + day.month}[unit]
