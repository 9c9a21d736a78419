"""Rules and progress in plain words, with the names that people know instead of slugs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from recognition.activities import measure
from recognition.activities.criteria.decide import Progress, decide
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.tree import Criteria, Leaf, Node, leaves
from recognition.activities.kinds import called
from recognition.activities.models import Kind
from recognition.badges.artwork.design import LEVELS as RIMS
from recognition.badges.models import Badge
from recognition.badges.rules import Rule, rim_of
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Group

Names = dict[str, str]
NOTHING: Mapping[str, str] = MappingProxyType({})
Namer = Callable[[Iterable[str]], Mapping[str, str]]
"""From slugs to names; wired for the things of upper floors under `NAMES`, since badges may not import them."""


@dataclass(frozen=True)
class Part:
    """One thing a rule asks for: `done` of `goal`, in words. A part with `parts` asks for `goal` of those. `level`: the
    next one, where a badge has levels."""

    words: str
    done: int
    goal: int
    share: float
    parts: tuple["Part", ...] = ()
    level: int | None = None

    @property
    def met(self) -> bool:
        return self.done >= self.goal

    @property
    def missing(self) -> int:
        return max(self.goal - self.done, 0)

    @property
    def numbers(self) -> str:
        return str(_("%(done)s of %(goal)s", done=self.done, goal=self.goal))


def names_for(rules: Iterable[Criteria], known: Mapping[str, str] = NOTHING) -> Names:
    """Names of everything these rules speak about, in as many statements as there are sorts of things that are not
    `known` to the caller."""
    kinds: set[str] = set()
    things: dict[str, set[str]] = {}
    for criteria in rules:
        for leaf in leaves(criteria):
            kinds.update(leaf.where.kind)
            things.setdefault("campaign", set()).update(leaf.where.campaigns_named)
            things.setdefault("group", set()).update(leaf.where.group)
            for ref in leaf.where.object:
                if ref not in known:
                    _sort_in(ref, things)
    return {**known, **kind_names(kinds), **_names_of(things)}


def names_of_refs(refs: Iterable[str]) -> Names:
    """By "badge:slug" and the like, without a level behind it."""
    things: dict[str, set[str]] = {}
    for ref in refs:
        _sort_in(ref, things)
    return _names_of(things)


def _sort_in(ref: str, things: dict[str, set[str]]) -> None:
    sort, _colon, slug = ref.partition(":")
    things.setdefault(sort, set()).add(slug.partition("/")[0])


def _names_of(things: Mapping[str, set[str]]) -> Names:
    found: Names = {}
    namers: dict[str, Namer] = {"badge": _badge_names, "group": _group_names, **current_app.extensions.get("names", {})}
    for sort, slugs in things.items():
        if slugs and sort in namers:
            found |= {f"{sort}:{slug}": name for slug, name in namers[sort](slugs).items()}
    return found


def kind_names(kinds: set[str]) -> Names:
    """As they stand in a sentence."""
    if not kinds:
        return {}
    own = {
        "activity.confirmed": _("deeds that were confirmed"),
        "badge.awarded": _("earned badges"),
        "campaign.joined": _("campaigns joined"),
        "confirmation.given": _("confirming a deed of others"),
        "contest.entered": _("entries in contests"),
        "contest.placed": _("places in contests"),
        "contest.voted": _("votes in contests"),
        "quest.step": _("steps of quests"),
        "quest.finished": _("finished quests"),
        "reflection": _("reflections"),
        "thanks.given": _("thanking others"),
        "thanks.received": _("thanks from others"),
    }
    others = sa.select(Kind.slug, Kind.label, Kind.labels).where(among(Kind.slug, kinds - own.keys()))
    rows = db.session.execute(others).all() if kinds - own.keys() else []
    spoken = {kind: kind.replace(".", " ").replace("-", " ") for kind in kinds}
    return spoken | {row.slug: _("“%(kind)s”", kind=called(row.label, row.labels)) for row in rows} | own


def _badge_names(slugs: Iterable[str]) -> Names:
    return {row.slug: row.name for row in db.session.execute(sa.select(Badge.slug, Badge.name).where(among(Badge.slug, slugs)))}


def _group_names(slugs: Iterable[str]) -> Names:
    return {row.slug: row.name for row in db.session.execute(sa.select(Group.slug, Group.name).where(among(Group.slug, slugs)))}


def sentence(rule: Rule | None, names: Names, level: int | None = None) -> str:
    """What it takes, as one sentence with a capital and a full stop; with `level`, what that level took."""
    if rule is None:
        return str(_("People give it: somebody has to see what you did, and say so."))
    if level is not None and isinstance(rule.criteria, Leaf):
        words = describe(replace(rule.criteria, at_least=level), names)
    else:
        words = describe(rule.criteria, names, list(rule.levels))
    return words[:1].upper() + words[1:] + "."


def level_words(level: int | None) -> str:
    return str(_("Level %(level)s", level=level)) if level else ""


def rim_words(badge: Any, level: int) -> str:
    """What the rim of a level looks like, for those who do not see it."""
    rims = (_("plain bronze rim"), _("notched silver rim"), _("beaded gold rim"), _("radiant rim of all colours"))
    return str(dict(zip(RIMS, rims, strict=True))[rim_of(badge.levels, level)])


def families() -> dict[str, str]:
    """In the order of pages."""
    return {
        "learning": _("Learning"),
        "helping": _("Helping"),
        "making": _("Making"),
        "gathering": _("Gathering"),
        "caring": _("Caring"),
    }


def measured(rules: Iterable[Rule], member_id: int, now: datetime) -> dict[Leaf, int]:
    """Every number these rules ask of one member; a leaf that they share is measured once."""
    asked: dict[Leaf, int] = {}
    for rule in rules:
        for leaf in leaves(rule.criteria):
            asked[leaf] = max(asked.get(leaf, 0), rule.top(leaf))
    return measure.measure_one(member_id, asked, now=now)


def progress(rule: Rule, values: Mapping[Leaf, int], names: Names, held: Iterable[str] = ()) -> Part:
    """How far a member is: towards the next level, or the badge."""
    criteria = rule.criteria
    if isinstance(criteria, Leaf) and rule.levels:
        reached = set(held)
        ahead = [n for n in rule.levels if str(n) not in reached] or [rule.levels[-1]]
        towards = replace(criteria, at_least=ahead[0])
        found = part_of(decide(towards, {towards: values.get(criteria, 0)}), names)
        return replace(found, level=ahead[0])
    return part_of(decide(criteria, values), names)


def part_of(found: Progress, names: Names) -> Part:
    parts = tuple(part_of(part, names) for part in found.parts)
    words = _node_words(found.criteria) if isinstance(found.criteria, Node) else describe(found.criteria, names)
    return Part(words[:1].upper() + words[1:], min(found.done, found.goal), found.goal, found.share, parts)


def _node_words(node: Node) -> str:
    if node.at_least == len(node.parts):
        return str(_("all of these"))
    if node.at_least == 1:
        return str(_("any one of these"))
    return str(_("%(k)s of these", k=node.at_least))


def as_data(part: Part) -> dict[str, Any]:
    data: dict[str, Any] = {"words": part.words, "done": part.done, "goal": part.goal, "met": part.met}
    return data | ({"parts": [as_data(p) for p in part.parts]} if part.parts else {})
