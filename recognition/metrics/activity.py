"""Who is active in an area, by windows: one statement for everybody where the rule is made of counts, else slice by slice."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities import audience, measure
from recognition.activities.criteria.decide import decide
from recognition.activities.criteria.tree import ABOUT_MEMBERS, Criteria, Leaf, Node, Not, leaves, opened
from recognition.activities.measuring.conditions import conditions
from recognition.activities.models import CONFIRMED, PASSIVE, SELF, Activity, ActivityTag
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group, Member, Membership
from recognition.metrics import rules
from recognition.metrics.rules import NOT_TOLD, QUARTER, WINDOWS, Counted

SPANS = tuple(sorted({*WINDOWS, QUARTER}))
SLOTS_MAX = 300
"""The most told apart in one way; those with the most people."""
EVIDENCE: dict[str, Any] = {
    "hand": Activity.told_evidence == SELF,
    "passive": Activity.told_evidence == PASSIVE,
    "confirmed": Activity.evidence == CONFIRMED,
}


def active(name: str, criteria: Criteria, day: int, now: datetime) -> list[Counted]:
    """All figures of one area: members who meet its rule within each span up to `day`, in all, by country and by group; and
    who did a deed that counts there, by initiative, kind, tag and evidence. The rule is anybody's on the council, so what it
    counts is what every member may see: two areas that differ by one person tell nothing else."""
    criteria = opened(criteria)
    people = _at_once(criteria, day, now) if rules.is_plain(criteria) else _in_slices(criteria, day)
    found = [*_counted(name, people), *_by_deeds(name, criteria, day, now)]
    return [one for one in found if one.people or not one.by]


def during(day: int, span: int) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """The deeds of `span` days up to `day`, both ends included."""
    return Activity.occurred_at >= clock.start_of(day - span), Activity.occurred_at < clock.start_of(day + 1)


By = dict[tuple[str, str], Sequence[int]]
"""Numbers of people for each of SPANS, by what they are told apart by and its slot."""


def _counted(name: str, people: By) -> Iterator[Counted]:
    for (by, slot), numbers in people.items():
        for span, number in zip(SPANS, numbers, strict=True):
            yield Counted(name, number, number, span, by, slot)


def _at_once(criteria: Criteria, day: int, now: datetime) -> By:
    """Each member once, with a mark for each span; then counted."""
    met = _members_met(criteria, day, now)
    marks = [sa.func.coalesce(sa.func.sum(met.c[f"in_{span}"]), 0) for span in SPANS]
    found: By = {("", ""): list(map(int, db.session.execute(sa.select(*marks)).one()))}
    told = place_told()
    by_place = sa.select(told, *marks).join(Member, Member.id == met.c.id).group_by(told)
    countries: dict[str, Counter[int]] = {}
    for place, *numbers in db.session.execute(by_place):
        countries.setdefault(rules.country_of(place), Counter()).update(dict(enumerate(map(int, numbers))))
    widest = sorted(countries, key=lambda country: (-countries[country][len(SPANS) - 1], country))[:SLOTS_MAX]
    found |= {("country", country): [countries[country][n] for n in range(len(SPANS))] for country in widest}
    by_group = (
        sa.select(Group.slug, *marks)
        .join_from(met, Membership, Membership.member_id == met.c.id)
        .join(Group, Group.id == Membership.group_id)
        .join(Member, Member.id == met.c.id)
        .where(Membership.state == "in", shows("groups"))
        .group_by(Group.slug)
        .order_by(marks[-1].desc(), Group.slug)
        .limit(SLOTS_MAX)
    )
    return found | {("group", row[0]): list(map(int, row[1:])) for row in db.session.execute(by_group)}


def _members_met(criteria: Criteria, day: int, now: datetime) -> Any:
    asked = list(dict.fromkeys(leaves(criteria)))
    fits = {leaf: sa.and_(*conditions(leaf.where, now=now)) for leaf in asked}
    columns, places = [], {}
    for number, leaf in enumerate(asked):
        for span in SPANS:
            one = sa.case((sa.and_(fits[leaf], Activity.occurred_day >= day - span), 1), else_=0)
            places[leaf, span] = f"n{number}_{span}"
            columns.append(sa.func.sum(one).label(places[leaf, span]))
    seen = sa.select(Activity.member_id, *columns).where(*during(day, max(SPANS)), sa.or_(*fits.values()))
    counts = seen.group_by(Activity.member_id).subquery()
    marks = [
        sa.case((_holds(criteria, {leaf: counts.c[places[leaf, span]] for leaf in asked}), 1), else_=0).label(f"in_{span}")
        for span in SPANS
    ]
    return (
        sa.select(Member.id, *marks).join(counts, counts.c.member_id == Member.id).where(Member.state != "suspended").subquery()
    )


def _holds(criteria: Criteria, numbers: dict[Leaf, Any]) -> sa.ColumnElement[bool]:
    if isinstance(criteria, Leaf):
        found: sa.ColumnElement[bool] = numbers[criteria] >= criteria.at_least
        return found
    assert isinstance(criteria, Node)  # noqa: S101 - `rules.is_plain` let it through
    held = [sa.case((_holds(part, numbers), 1), else_=0) for part in criteria.parts]
    total: Any = held[0]
    for one in held[1:]:
        total = total + one
    enough: sa.ColumnElement[bool] = total >= criteria.at_least
    return enough


def _in_slices(criteria: Criteria, day: int) -> By:
    """For rules with streaks, sums and the like: the same machinery that decides a badge, with the span as its window."""
    ends = clock.start_of(day + 1)
    within = [_windowed(criteria, clock.start_of(day - span), ends) for span in SPANS]
    sums: dict[tuple[str, str], Counter[int]] = {("", ""): Counter()}
    after = 0
    while ids := audience.next_slice(after):
        after = ids[-1]
        met: dict[int, list[int]] = {}
        for number, rule in enumerate(within):
            values = measure.values(rule, ids, now=ends - timedelta(microseconds=1))
            for member_id in ids:
                if decide(rule, values[member_id]).met:
                    met.setdefault(member_id, []).append(number)
        for key, member_id in _belonging(met):
            sums.setdefault(key, Counter()).update(met[member_id])
    return {key: [numbers[n] for n in range(len(SPANS))] for key, numbers in sums.items()}


def _belonging(ids: Iterable[int]) -> Iterator[tuple[tuple[str, str], int]]:
    """In what each of the members is counted, beside the whole."""
    wanted = sorted(ids)
    yield from ((("", ""), member_id) for member_id in wanted)
    for member_id, place in db.session.execute(sa.select(Member.id, place_told()).where(among(Member.id, wanted))):
        yield ("country", rules.country_of(place)), member_id
    inside = sa.select(Membership.member_id, Group.slug).join(Group, Group.id == Membership.group_id)
    inside = inside.join(Member, Member.id == Membership.member_id).where(shows("groups"), Membership.state == "in")
    for member_id, slug in db.session.execute(inside.where(among(Membership.member_id, wanted))):
        yield ("group", slug), member_id


def _windowed(criteria: Criteria, starts: datetime, ends: datetime) -> Criteria:
    if isinstance(criteria, Node):
        return replace(criteria, parts=tuple(_windowed(part, starts, ends) for part in criteria.parts))
    if isinstance(criteria, Not):
        return replace(criteria, part=_windowed(criteria.part, starts, ends))
    if criteria.measure in ABOUT_MEMBERS:
        return criteria
    limits = criteria.where.limits
    limits = replace(limits, window=replace(limits.window, starts=starts, ends=ends))
    return replace(criteria, where=replace(criteria.where, limits=limits))


def _by_deeds(name: str, criteria: Criteria, day: int, now: datetime) -> Iterator[Counted]:
    asked = [leaf for leaf in leaves(criteria) if leaf.measure not in ABOUT_MEMBERS]
    fits = sa.or_(*(sa.and_(*conditions(leaf.where, now=now)) for leaf in asked))
    here = (*during(day, max(SPANS)), fits)
    slots: list[tuple[str, Any, Any]] = [
        ("initiative", Activity.campaign, Activity.campaign.is_not(None)),
        ("kind", Activity.kind, sa.true()),
        ("tag", ActivityTag.tag, sa.true()),
        *(("evidence", sa.literal(slot), fits_too) for slot, fits_too in EVIDENCE.items()),
    ]
    for by, column, more in slots:
        for row in db.session.execute(_people_by(by, column, day, *here, more)):
            for span, number in zip(SPANS, row[1:], strict=True):
                yield Counted(name, int(number), int(number), span, by, row[0])


def _people_by(by: str, column: Any, day: int, *where: Any) -> sa.Select[Any]:
    """Different people for each value of the column. Whose last such deed is in a span is in it."""
    seen = sa.select(column.label("slot"), Activity.member_id, sa.func.max(Activity.occurred_day).label("day"))
    seen = seen.select_from(Activity).join(Member, Member.id == Activity.member_id)
    if by == "tag":
        seen = seen.join(ActivityTag, ActivityTag.activity_id == Activity.id)
    last = seen.where(Member.state != "suspended", *where).group_by(sa.text("1"), Activity.member_id).subquery()
    numbers = [sa.func.sum(sa.case((last.c.day >= day - span, 1), else_=0)) for span in SPANS]
    return sa.select(last.c.slot, *numbers).group_by(last.c.slot).order_by(numbers[-1].desc(), last.c.slot).limit(SLOTS_MAX)


def shows(field: str) -> sa.ColumnElement[bool]:
    """What somebody keeps to themselves is in no count that tells it."""
    level = sa.func.coalesce(Member.visibility[field].as_string(), "members")
    found: sa.ColumnElement[bool] = level.in_(("public", "members"))
    return found


def place_told() -> sa.ColumnElement[str]:
    return sa.case((shows("place"), Member.place), else_=NOT_TOLD)
