"""The deeds that a document may show as evidence: open to everybody, of the sort that the rule counts, told before the award
was given. For a whole batch of awards in one statement, whatever its size."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities import measure
from recognition.activities.criteria.tree import ABOUT_MEMBERS, CONTEST_PLACED, Criteria, Leaf, wanted_leaves
from recognition.activities.models import Activity, Kind
from recognition.activities.rules import INTERNAL_KINDS
from recognition.badges.models import Award
from recognition.database import among
from recognition.extensions import db

DEEDS = 3
RULES_A_STATEMENT = 40
"""SQLite joins at most 500 selects, and plans long ones slowly."""


@dataclass(frozen=True)
class Shown:
    activity_id: int
    label: str
    text: str


Asked = Mapping[Criteria, Sequence[int]]
"""By rule: the awards that it gave."""


def public_deeds(asked: Asked, now: datetime) -> dict[int, list[Shown]]:
    """By award: at most three, the newest first."""
    found: dict[int, list[Shown]] = {}
    for some in _slices(_by_leaf(asked, placed=False)):
        open_to_all = (Activity.visibility == "public", Activity.kind.not_in(INTERNAL_KINDS))
        fitting = _fitting(some, open_to_all, now).subquery()
        newest = (fitting.c.occurred_at.desc(), fitting.c.activity_id.desc())
        place = sa.func.row_number().over(partition_by=fitting.c.award_id, order_by=newest).label("place")
        ranked = sa.select(fitting.c.award_id, fitting.c.activity_id, place).subquery()
        wanted = sa.select(ranked.c.award_id, Activity.id, Activity.text, Activity.kind, Kind.label)
        wanted = wanted.join(Activity, Activity.id == ranked.c.activity_id).outerjoin(Kind, Kind.slug == Activity.kind)
        rows = db.session.execute(wanted.where(ranked.c.place <= DEEDS).order_by(ranked.c.award_id, ranked.c.place))
        for row in rows:
            found.setdefault(row.award_id, []).append(Shown(row.id, row.label or row.kind, row.text))
    return {award_id: shown[:DEEDS] for award_id, shown in found.items()}


def places(asked: Asked, now: datetime) -> dict[int, str]:
    """By award: the best place in a contest that counts for its rule."""
    found: dict[int, int] = {}
    for some in _slices(_by_leaf(asked, placed=True)):
        fitting = _fitting(some, (Activity.visibility != "me",), now).subquery()
        wanted = sa.select(fitting.c.award_id, Activity.data).join(Activity, Activity.id == fitting.c.activity_id)
        for award_id, data in db.session.execute(wanted):
            place = (data or {}).get("place")
            if isinstance(place, int):
                found[award_id] = min(place, found.get(award_id, place))
    return {award_id: str(place) for award_id, place in found.items()}


def is_ranked(criteria: Criteria) -> bool:
    """Does it stand for a place in a contest?"""
    return any(leaf.where.kind == (CONTEST_PLACED,) for leaf in wanted_leaves(criteria))


def _by_leaf(asked: Asked, placed: bool) -> dict[Leaf, list[int]]:
    found: dict[Leaf, list[int]] = {}
    for criteria, award_ids in asked.items():
        for leaf in dict.fromkeys(wanted_leaves(criteria)):
            if (leaf.where.kind == (CONTEST_PLACED,)) == placed and _has_pages(leaf, placed):
                found.setdefault(leaf, []).extend(award_ids)
    return found


def _has_pages(leaf: Leaf, placed: bool) -> bool:
    """What is not read from deeds, or what the product writes by itself, has no page to lead to."""
    if leaf.measure in ABOUT_MEMBERS:
        return False
    return placed or not leaf.where.kind or not set(leaf.where.kind) <= set(INTERNAL_KINDS)


def _slices(by_leaf: Mapping[Leaf, list[int]]) -> Iterable[dict[Leaf, list[int]]]:
    items = list(by_leaf.items())
    for start in range(0, len(items), RULES_A_STATEMENT):
        yield dict(items[start : start + RULES_A_STATEMENT])


def _fitting(asked: Mapping[Leaf, list[int]], more: Iterable[sa.ColumnElement[bool]], now: datetime) -> Any:
    """Of each award the deeds that fit, each once. What was told after the award did not bring it."""
    parts = []
    for leaf, deed in measure.fitting(asked, now).items():
        told = sa.func.coalesce(Award.renewed_at, Award.awarded_at)
        part = sa.select(Award.id.label("award_id"), Activity.id.label("activity_id"), Activity.occurred_at)
        part = part.join(Activity, sa.and_(Activity.member_id == Award.member_id, Activity.reported_at <= told))
        parts.append(part.where(among(Award.id, asked[leaf]), *deed, *more))
    return sa.union(*parts)


def page_name() -> str:
    """What the page of the award is called among the evidence."""
    return str(_("The page of this award"))
