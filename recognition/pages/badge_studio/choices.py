"""What a rule may speak of: offered in the form, and looked up when a rule is saved."""

from collections.abc import Iterable

import sqlalchemy as sa

from recognition.activities.builder.words import Choices, Options
from recognition.activities.criteria.parse import Known
from recognition.activities.criteria.tree import Criteria, leaves
from recognition.activities.models import Kind
from recognition.activities.rules import INTERNAL_KINDS
from recognition.badges.models import Badge
from recognition.campaigns.models import Campaign
from recognition.contests.models.contest import Contest
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group
from recognition.quests.models import Quest

CHOICES_MAX = 200
_NAMED = {"group": (Group.slug, Group.name), "campaign": (Campaign.slug, Campaign.title),
          "quest": (Quest.slug, Quest.title), "badge": (Badge.slug, Badge.name),
          "contest": (Contest.slug, Contest.title)}  # fmt: skip


def choices() -> Choices:
    """All lists in one statement, each cut at so many that a page stays light; any other slug can be typed."""
    kinds = sa.select(
        sa.case((Kind.offered, "kind"), else_="more").label("sort"), Kind.slug, Kind.label.label("name"), Kind.position
    ).order_by(Kind.offered.desc(), Kind.position, Kind.slug)
    lists = [kinds.limit(CHOICES_MAX).subquery()]
    for sort, (slug, name) in _NAMED.items():
        one = sa.select(sa.literal(sort).label("sort"), slug.label("slug"), name.label("name"), sa.literal(0).label("position"))
        lists.append(one.order_by(name).limit(CHOICES_MAX).subquery())
    together = sa.union_all(*(sa.select(one) for one in lists)).subquery()
    found: dict[str, Options] = {}
    rows = sa.select(together.c.sort, together.c.slug, together.c.name).order_by(together.c.position, together.c.name)
    for sort, slug, name in db.session.execute(rows):
        found.setdefault(sort, []).append((slug, name))
    return Choices(found.get("kind", []), found.get("more", []), found.get("group", []), found.get("campaign", []),
                   found.get("quest", []), found.get("badge", []), found.get("contest", []))  # fmt: skip


def known(criteria: Criteria) -> Known:
    """Of everything that the rule names, what there is."""
    named: dict[str, set[str]] = {sort: set() for sort in ("kind", *_NAMED)}
    for leaf in leaves(criteria):
        where = leaf.where
        named["kind"].update(where.kind)
        named["group"].update(where.group)
        named["campaign"].update((*where.campaign, *filter(None, [where.window.campaign])))
        for thing in where.object:
            sort, _colon, slug = thing.partition(":")
            named.setdefault(sort, set()).add(slug.partition("/")[0])
    columns = {"kind": Kind.slug, **{sort: slug for sort, (slug, _name) in _NAMED.items()}}
    there = {sort: _there(column, named[sort]) for sort, column in columns.items()}
    return {**there, "kind": there["kind"] | set(INTERNAL_KINDS)}


def _there(column: sa.orm.InstrumentedAttribute[str], slugs: Iterable[str]) -> set[str]:
    wanted = set(slugs)
    return set(db.session.scalars(sa.select(column).where(among(column, wanted)))) if wanted else set()
