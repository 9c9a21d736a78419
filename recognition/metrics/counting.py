"""Figures of the whole house, read from people and the log: each function makes one part's numbers for one day."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.measuring.units import unit_of
from recognition.activities.models import CONFIRMED, PASSIVE, SELF, Activity
from recognition.activities.reconciling.figures import LEVELS
from recognition.activities.rules import INTERNAL_KINDS
from recognition.database import is_postgresql
from recognition.extensions import db
from recognition.identity.models import Grant, Group, Member, Membership
from recognition.metrics import rules
from recognition.metrics.activity import SLOTS_MAX, during, place_told, shows
from recognition.metrics.rules import QUARTER, WINDOWS, Counted

HERE = ("active", "away")
MONTHS = 24
STEADY_MONTHS = 3
LONG_AGO = 36500
"""Days; longer than anybody remembers a deed."""
_TOLD = (Activity.withdrawn_at.is_(None), Activity.kind.not_in(INTERNAL_KINDS))
"""Deeds of people, not what the product writes by itself."""


def members(day: int) -> Iterator[Counted]:
    """Everybody but those suspended: in all, by state, by country, and who came in which year and month. `members.here` are
    those who belong today, away for a while or not; alumni are not."""
    known = (Member.state != "suspended", Member.joined_at < clock.start_of(day + 1))
    states = sa.select(Member.state, sa.func.count()).where(*known).group_by(Member.state)
    by_state: dict[str, int] = {row[0]: row[1] for row in db.session.execute(states)}
    yield _people("members", sum(by_state.values()))
    yield _people("members.here", sum(by_state.get(state, 0) for state in HERE))
    yield from (_people("members", number, "state", state) for state, number in by_state.items())
    for name, where in (("members", sa.true()), ("members.here", Member.state.in_(HERE))):
        told = place_told()
        places = sa.select(told, sa.func.count()).where(*known, where).group_by(told)
        countries: Counter[str] = Counter()
        for place, number in db.session.execute(places):
            countries[rules.country_of(place)] += number
        yield from (_people(name, number, "country", country) for country, number in countries.most_common(SLOTS_MAX))
    yield from _in_groups(known)
    yield from _came(day, known)


def _in_groups(known: Any) -> Iterator[Counted]:
    """Those who let others see it, as they belong today."""
    inside = sa.select(Group.slug, sa.func.count()).join_from(Membership, Group, Group.id == Membership.group_id)
    inside = inside.join(Member, Member.id == Membership.member_id).where(Membership.state == "in", shows("groups"), *known)
    largest = inside.group_by(Group.slug).order_by(sa.func.count().desc(), Group.slug).limit(SLOTS_MAX)
    yield from (_people("members.together", number, "group", slug) for slug, number in db.session.execute(largest))


def _came(day: int, known: Any) -> Iterator[Counted]:
    in_utc = sa.func.to_char(sa.func.timezone("UTC", Member.joined_at), "YYYY-MM")
    month: Any = in_utc if is_postgresql() else sa.func.strftime("%Y-%m", Member.joined_at)
    years: Counter[str] = Counter()
    newest = f"{_months_before(day, MONTHS):%Y-%m}"
    for name, number in db.session.execute(sa.select(month, sa.func.count()).where(*known).group_by(sa.text("1"))):
        years[name[:4]] += number
        if name > newest:
            yield _people("members.joined", number, "month", name)
    yield from (_people("members.joined", number, "year", year) for year, number in years.items())


def deeds(day: int) -> Iterator[Counted]:
    """Rows of the log that stand, also those that tell something a second time, up to the end of the day: in all and by
    kind, initiative, evidence and year for all time; by month for the last two years. As everywhere, those of suspended
    members are not among them: beside `health`, the difference would be theirs."""
    suspended = sa.select(Member.id).where(Member.state == "suspended")
    every = (*_TOLD, Activity.occurred_at < clock.start_of(day + 1), Activity.member_id.not_in(suspended))
    numbers = (sa.func.count(), sa.func.count(sa.distinct(Activity.member_id)))
    yield _rows("", "", db.session.execute(sa.select(*numbers).where(*every)).one())
    evidence = sa.case((Activity.told_evidence == SELF, "hand"), (Activity.told_evidence == PASSIVE, "passive"), else_="seen")
    initiative = sa.func.coalesce(Activity.campaign, rules.NOT_TOLD)
    for by, column in (("kind", Activity.kind), ("initiative", initiative), ("evidence", evidence)):
        asked = sa.select(column, *numbers).where(*every).group_by(sa.text("1")).order_by(numbers[0].desc()).limit(SLOTS_MAX)
        yield from (_rows(by, slot, found) for slot, *found in db.session.execute(asked))
    confirmed = sa.select(*numbers).where(*every, Activity.evidence == CONFIRMED)
    yield _rows("evidence", "confirmed", db.session.execute(confirmed).one())
    yield from _levels(every)
    yield from _over_time(day, every)


def _levels(every: Any) -> Iterator[Counted]:
    """How many people have at least so many of these rows."""
    rows = sa.select(sa.func.count().label("number")).where(*every).group_by(Activity.member_id).subquery()
    marks = [sa.func.coalesce(sa.func.sum(sa.case((rows.c.number >= level, 1), else_=0)), 0) for level in LEVELS]
    for level, number in zip(LEVELS, db.session.execute(sa.select(*marks)).one(), strict=True):
        yield _people("deeds.doers", int(number), "least", str(level))


def _over_time(day: int, every: Any) -> Iterator[Counted]:
    """The days are few, whatever the number of deeds. Different people cannot be added up, so they are asked for
    by month and by year."""
    by_day = sa.select(Activity.occurred_day, sa.func.count()).where(*every).group_by(Activity.occurred_day)
    months: Counter[str] = Counter()
    for number, rows in db.session.execute(by_day):
        months[f"{clock.EPOCH + timedelta(days=number):%Y-%m}"] += rows
    newest = f"{_months_before(day, MONTHS):%Y-%m}"
    for name in sorted(name for name in months if name > newest):
        first = date.fromisoformat(f"{name}-01")
        yield Counted("deeds", months[name], _doers(every, first, (first + timedelta(days=31)).replace(day=1)), by="month",
                      slot=name)  # fmt: skip
    for year in sorted({name[:4] for name in months}):
        rows = sum(number for name, number in months.items() if name.startswith(year))
        yield Counted("deeds", rows, _doers(every, date(int(year), 1, 1), date(int(year) + 1, 1, 1)), by="year", slot=year)


def _doers(every: Any, first: date, end: date) -> int:
    """Different people with such a deed in [`first`, `end`)."""
    starts, ends = (clock.start_of(clock.day_number(one)) for one in (first, end))
    within = (Activity.occurred_at >= starts, Activity.occurred_at < ends)
    return db.session.scalar(sa.select(sa.func.count(sa.distinct(Activity.member_id))).where(*every, *within)) or 0


def journey(day: int) -> Iterator[Counted]:
    """From newcomer to lead, each step for those who took all before it: came, told a deed, one that is more than their own
    word, deeds in three different months, looks after others. For everybody and for who came within a year."""
    month = unit_of("month", Activity.occurred_day.expression)
    last = clock.start_of(day + 1)
    told = (*_TOLD, Activity.occurred_at < last)
    numbers = (sa.func.max(Activity.evidence).label("evidence"), sa.func.count(sa.distinct(month)).label("months"))
    did = sa.select(Activity.member_id, *numbers).where(*told).group_by(Activity.member_id).subquery()
    mentee = sa.orm.aliased(Member)
    leads = sa.or_(
        sa.exists().where(Membership.member_id == Member.id, Membership.is_curator, Membership.state == "in"),
        sa.exists().where(mentee.mentor_id == Member.id),
        sa.exists().where(Grant.member_id == Member.id, Grant.role != "staff"),
    )
    taken = [sa.true(), did.c.member_id.is_not(None), did.c.evidence >= PASSIVE, did.c.months >= STEADY_MONTHS, leads]
    steps = [sa.func.sum(sa.case((sa.and_(*taken[: n + 1]), 1), else_=0)) for n in range(len(taken))]
    everybody = sa.select(*steps).select_from(Member).outerjoin(did, did.c.member_id == Member.id)
    everybody = everybody.where(Member.state != "suspended", Member.joined_at < last)
    for span, since in ((rules.ALL_TIME, sa.true()), (WINDOWS[-1], Member.joined_at >= clock.start_of(day - WINDOWS[-1]))):
        row = db.session.execute(everybody.where(since)).one()
        for slot, number in zip(("came", "told", "borne_out", "steady", "leads"), row, strict=True):
            yield Counted("journey", int(number or 0), int(number or 0), span, "step", slot)


HEALTH_KINDS = {"thanks": ("thanks.given",), "confirmed": ("confirmation.given",), "quests": ("quest.finished",),
                "badges": ("badge.awarded",), "joined": ("campaign.joined",), "votes": ("contest.voted",)}  # fmt: skip


def health(day: int) -> Iterator[Counted]:
    """The last ninety days, the ninety before them, what is left of the 52 weeks up to the day, and all before these: no deed
    is in two of them."""
    middle, year = day - 2 * (QUARTER + 1), day - WINDOWS[-1]
    stretches = {"now": (day, QUARTER), "before": (day - QUARTER - 1, QUARTER), "earlier": (middle, middle - year),
                 "older": (year - 1, LONG_AGO)}  # fmt: skip
    for slot, (end, span) in stretches.items():
        yield from _stretch(slot, end, span)


def _stretch(slot: str, day: int, span: int) -> Iterator[Counted]:
    stands = (*during(day, span), Activity.withdrawn_at.is_(None))
    numbers = (sa.func.count(), sa.func.count(sa.distinct(Activity.member_id)))
    by_kind = sa.select(Activity.kind, *numbers).where(*stands, Activity.kind.in_(INTERNAL_KINDS)).group_by(Activity.kind)
    seen = {kind: (rows, people) for kind, rows, people in db.session.execute(by_kind)}
    for name, kinds in HEALTH_KINDS.items():
        rows, people = (sum(seen.get(kind, (0, 0))[n] for kind in kinds) for n in (0, 1))
        yield Counted(f"health.{name}", rows, people, span, "period", slot)
    known = sa.select(*numbers).select_from(Activity).join(Member, Member.id == Activity.member_id)
    told = (*_TOLD, *during(day, span), Member.state != "suspended")
    rows, people = db.session.execute(known.where(*told)).one()
    yield Counted("health.deeds", rows, people, span, "period", slot)
    yield Counted("health.active", people, people, span, "period", slot)
    first, last = clock.start_of(day - span), clock.start_of(day + 1)
    came = sa.select(sa.func.count()).where(Member.joined_at >= first, Member.joined_at < last, Member.state != "suspended")
    yield _people_in("newcomers", came, slot, span)
    if span == QUARTER:
        yield _people_in("first", _first_ones(told, first), slot, span)


def _first_ones(told: Any, first: datetime) -> sa.Select[Any]:
    earlier = sa.orm.aliased(Activity)
    before = sa.exists().where(
        earlier.member_id == Activity.member_id, earlier.occurred_at < first, earlier.withdrawn_at.is_(None),
        earlier.kind.not_in(INTERNAL_KINDS),
    )  # fmt: skip
    number = sa.func.count(sa.distinct(Activity.member_id))
    return sa.select(number).select_from(Activity).join(Member, Member.id == Activity.member_id).where(*told, ~before)


def _people_in(name: str, asked: sa.Select[Any], slot: str, span: int) -> Counted:
    number = db.session.scalar(asked) or 0
    return Counted(f"health.{name}", number, number, span, "period", slot)


def _people(name: str, number: int, by: str = "", slot: str = "") -> Counted:
    return Counted(name, number, number, by=by, slot=slot)


def _rows(by: str, slot: str, found: Any) -> Counted:
    rows, people = found
    return Counted("deeds", rows, people, by=by, slot=slot)


def _months_before(day: int, months: int) -> date:
    """The first day of the calendar month so many before."""
    today = clock.EPOCH + timedelta(days=day)
    number = today.year * 12 + today.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
