"""Why somebody has a badge or not yet: each number a rule asks for, opened to the deeds that make it up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities import measure
from recognition.activities.criteria.decide import decide
from recognition.activities.criteria.tree import ABOUT_MEMBERS, Criteria, Leaf, Node, Not
from recognition.activities.kinds import called
from recognition.activities.models import Kind
from recognition.activities.rules import INTERNAL_KINDS
from recognition.badges import words
from recognition.badges.models import Award
from recognition.badges.rules import Rule
from recognition.database import among
from recognition.extensions import db
from recognition.web.pagination import Page

PAGE_DEEDS = 12


@dataclass(frozen=True)
class Asked:
    """One number that a rule asks for. `opens`: it is read from deeds. `barred`: it must not be reached."""

    leaf: Leaf
    part: words.Part
    opens: bool
    barred: bool

    @property
    def is_noted(self) -> bool:
        """What counts is no deed that somebody told, but a badge, a quest and the like."""
        return bool(self.leaf.where.kind) and set(self.leaf.where.kind) <= set(INTERNAL_KINDS)


@dataclass(frozen=True)
class Counted:
    """A deed that counts, in words. `path` is empty for what the product noted by itself."""

    text: str
    label: str
    family: str
    occurred_at: datetime
    path: str


def asked_of(rule: Rule, member_id: int, held: Sequence[Award], now: datetime) -> list[Asked]:
    """In the rule's order, each number once. Where the badge has levels, towards the next one."""
    values = words.measured([rule], member_id, now)
    names = words.names_for([rule.criteria])
    reached = {award.occasion for award in held}
    ahead = [level for level in rule.levels if str(level) not in reached] or list(rule.levels[-1:])
    found = []
    for leaf, barred in dict.fromkeys(_numbers(rule.criteria, barred=False)):
        towards = replace(leaf, at_least=ahead[0]) if ahead else leaf
        asked: Criteria = Not(towards) if barred else towards
        part = words.part_of(decide(asked, {towards: values.get(leaf, 0)}), names)
        found.append(Asked(leaf, part, leaf.measure not in ABOUT_MEMBERS, barred))
    return found


def _numbers(criteria: Criteria, barred: bool) -> Iterator[tuple[Leaf, bool]]:
    if isinstance(criteria, Leaf):
        yield criteria, barred
    elif isinstance(criteria, Not):
        yield from _numbers(criteria.part, not barred)
    elif isinstance(criteria, Node):
        for part in criteria.parts:
            yield from _numbers(part, barred)


def counted(asked: Asked, member_id: int, now: datetime, cursor: str | None) -> Page[Counted]:
    """The member's own deeds that make up a number, newest first."""
    found = measure.counting_rows(asked.leaf, member_id, now, PAGE_DEEDS, cursor)
    kinds = {row.slug: row for row in db.session.scalars(sa.select(Kind).where(among(Kind.slug, {r.kind for r in found.items})))}
    names = words.names_of_refs({row.object for row in found.items if row.object})
    return Page([_counted(row, kinds.get(row.kind), names) for row in found.items], found.next_cursor)


def _counted(row: Any, kind: Kind | None, names: words.Names) -> Counted:
    thing = names.get((row.object or "").partition("/")[0], "")
    own = row.kind not in INTERNAL_KINDS
    label = called(kind.label, kind.labels) if kind is not None else row.kind
    return Counted(row.text or thing or label, label, kind.family if kind else "", row.occurred_at,
                   f"/activities/{row.id}" if own else "")  # fmt: skip


def next_day(asked: Asked, member_id: int, now: datetime) -> date | None:
    """The first day on which one more would count, if that is not today."""
    day = measure.next_counts(asked.leaf, member_id, now) if asked.opens and not asked.barred else None
    return day if day is not None and day > now.date() else None
