"""What a member does every week, told again with one click."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities import naming
from recognition.activities.models import Activity, NamedPerson
from recognition.activities.queries import own_groups, tags_of
from recognition.activities.rules import Report
from recognition.activities.services import Outcome, record
from recognition.extensions import db

SOURCE = "web"
WEEKS, AT_LEAST = 4, 2
SHOWN = 3
LOOKED_AT_MAX = 500


@dataclass(frozen=True)
class Weekly:
    """`id`: the newest deed of its sort; `weeks`: in how many of the last four weeks there was one."""

    id: int
    text: str
    weeks: int


def week_of(day: int) -> int:
    """From a day_number; weeks begin on Monday. The first day of all was a Thursday."""
    return (day + 3) // 7


def weekly(member_id: int, now: datetime) -> list[Weekly]:
    """Deeds that they told themselves in at least two of the last four weeks, and not in this one yet; the steadiest
    first."""
    this_week = week_of(clock.day_number(now))
    since = clock.start_of((this_week - WEEKS) * 7 - 3)
    columns = (Activity.id, Activity.text, Activity.kind, Activity.group_id, Activity.occurred_day, Activity.withdrawn_at)
    own = sa.select(*columns).where(Activity.member_id == member_id, Activity.reporter_id == member_id)
    own = own.where(Activity.occurred_at >= since, Activity.source == SOURCE)
    rows = db.session.execute(own.order_by(Activity.occurred_at.desc(), Activity.id.desc()).limit(LOOKED_AT_MAX)).all()
    alike: dict[str, list[Any]] = {}
    for row in rows:
        alike.setdefault(_sort_of(row.text, row.kind, row.group_id), []).append(row)
    found = (_regular(deeds, this_week) for deeds in alike.values())
    return sorted((one for one in found if one), key=lambda one: (-one.weeks, -one.id))[:SHOWN]


def _regular(deeds: Sequence[Any], this_week: int) -> Weekly | None:
    """Told this week and withdrawn: they know what they want."""
    standing = [deed for deed in deeds if deed.withdrawn_at is None]
    weeks = {week_of(deed.occurred_day) for deed in standing}
    if len(weeks) < AT_LEAST or any(week_of(deed.occurred_day) == this_week for deed in deeds):
        return None
    return Weekly(standing[0].id, standing[0].text, len(weeks))


def tell_again(activity_id: int, member_id: int, now: datetime) -> Outcome | None:
    """The same deed, done again now. Once a week, however often it is asked. None: that is no deed of theirs to tell."""
    row = db.session.get(Activity, activity_id)
    if row is None or row.withdrawn_at is not None or (row.member_id, row.reporter_id) != (member_id, member_id):
        return None
    if row.source != SOURCE:
        return None
    groups = {group.id for group in own_groups(member_id)}
    key = f"{member_id}:again:{_sort_of(row.text, row.kind, row.group_id)}:{week_of(clock.day_number(now))}"
    report = Report(
        member_id, SOURCE, key, now, kind=row.kind, text=row.text, tags=tuple(tags_of(row.id)), url=row.url,
        place=row.place, group_id=row.group_id if row.group_id in groups else None, visibility=row.visibility,
        reporter_id=member_id,
    )  # fmt: skip
    outcome = record([report], now)[0]
    if outcome.new:
        naming.name(outcome.id, member_id, *_who_said_yes(row.id), now)
    return outcome


def _who_said_yes(activity_id: int) -> tuple[list[int], list[int]]:
    """Of those who were named: who did it too, and who saw it."""
    named = sa.select(NamedPerson.member_id, NamedPerson.role)
    named = named.where(NamedPerson.activity_id == activity_id, NamedPerson.answer == "yes")
    rows = db.session.execute(named.order_by(NamedPerson.member_id)).all()
    with_ = [row.member_id for row in rows if row.role == naming.WITH]
    return with_, [row.member_id for row in rows if row.role == naming.SEEN]


def _sort_of(text: str, kind: str, group_id: int | None) -> str:
    """Equal for what is told in the same words."""
    words = "\x1f".join((" ".join(text.casefold().split()), kind, str(group_id or "")))
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=8).hexdigest()
