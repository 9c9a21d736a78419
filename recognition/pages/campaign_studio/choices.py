"""What may belong to a campaign: quests, badges, contests, events and groups, drafts too, since those go out together with
it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition import clock
from recognition.badges.models import Badge
from recognition.contests.models.contest import Contest
from recognition.events.models import Event
from recognition.extensions import db
from recognition.identity.models import Group
from recognition.quests.models import Quest

CHOICES_MAX = 200
_SORTS = ("quests", "badges", "contests", "events", "groups")


class Choice(NamedTuple):
    slug: str
    name: str
    is_draft: bool

    @property
    def label(self) -> str:
        return str(_("%(name)s (a draft: goes out together with it)", name=self.name)) if self.is_draft else self.name


Offered = Mapping[str, Sequence[Choice]]


def offered(campaign: str | None, chosen: Mapping[str, Sequence[str]]) -> Offered:
    """All lists in one statement, what is chosen first and each list cut so that a page stays light. `campaign`: the slug
    of the one that is changed; contests of others are not offered."""
    free = Contest.campaign.is_(None)
    mine = free if campaign is None else sa.or_(free, Contest.campaign == campaign)
    lists = (
        ("quests", Quest.slug, Quest.title, Quest.state, Quest.state.in_(("draft", "published")), Quest.position),
        ("badges", Badge.slug, Badge.name, Badge.state, Badge.state.in_(("draft", "published")), sa.literal(0)),
        ("contests", Contest.slug, Contest.title, Contest.state, sa.and_(Contest.state != "called_off", mine), sa.literal(0)),
        ("events", Event.slug, Event.title, sa.literal("published"), _events(campaign), sa.literal(0)),
        ("groups", Group.slug, Group.name, sa.literal("published"), sa.true(), sa.literal(0)),
    )
    parts = []
    for sort, slug, name, state, which, position in lists:
        first = sa.case((slug.in_(list(chosen.get(sort, ())) or [""]), 0), else_=1)
        one = sa.select(sa.literal(sort).label("sort"), slug.label("slug"), name.label("name"), state.label("state"),
                        position.label("position")).where(which)  # fmt: skip
        parts.append(one.order_by(first, position, name).limit(CHOICES_MAX).subquery())
    together = sa.union_all(*(sa.select(part) for part in parts)).subquery()
    rows = sa.select(together).order_by(together.c.position, together.c.name)
    found: dict[str, list[Choice]] = {sort: [] for sort in _SORTS}
    for row in db.session.execute(rows):
        found[row.sort].append(Choice(row.slug, row.name, row.state == "draft"))
    return found


def _events(campaign: str | None) -> sa.ColumnElement[bool]:
    """Those to come that are nobody's, and its own."""
    open_ = sa.and_(Event.state == "planned", Event.campaign.is_(None), Event.ends_at > clock.utcnow())
    return open_ if campaign is None else sa.or_(open_, Event.campaign == campaign)


def slugs(lists: Offered) -> dict[str, set[str]]:
    return {sort: {choice.slug for choice in choices} for sort, choices in lists.items()}
