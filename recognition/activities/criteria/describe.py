"""A rule as one plain sentence, made from the rule itself so that the words can never lag behind."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.activities.criteria.tree import BADGE_AWARDED, QUEST_FINISHED, Criteria, Filter, Leaf, Node, Not

Names = Mapping[str, str]
"""Words for slugs: kinds under their slug, quests and badges under their Ref ("quest:vision"). Missing: the slug."""


def describe(criteria: Criteria, names: Names, levels: list[int] | None = None) -> str:
    """A sentence without a capital or full stop, in the reader's language."""
    if levels and isinstance(criteria, Leaf):
        return _("%(what)s; a new rim at %(levels)s", what=_measure(criteria, names, None), levels=_listing(levels))
    if isinstance(criteria, Leaf):
        return _leaf(criteria, names)
    if isinstance(criteria, Not):
        return _("not: %(what)s", what=describe(criteria.part, names))
    alike = _alike(criteria, names)
    if alike:
        return alike
    parts = [describe(part, names) for part in criteria.parts]
    if len(parts) == 1:
        return parts[0]
    if criteria.at_least == len(parts):
        return _(" and ").join(parts)
    if criteria.at_least == 1:
        return _(" or ").join(parts)
    return _("%(k)s of these: %(parts)s", k=criteria.at_least, parts="; ".join(parts))


def _alike(node: Node, names: Names) -> str:
    """Several quests or several badges in one breath; "" where the parts are of different sorts."""
    things = [part.where.object[0] for part in node.parts if isinstance(part, Leaf) and _single_thing(part)]
    sorts = {thing.partition(":")[0] for thing in things}
    if len(things) < max(len(node.parts), 2) or len(sorts) > 1 or any("/" in thing for thing in things):
        return ""
    named = [f"“{names.get(thing, thing.partition(':')[2])}”" for thing in things]
    words: dict[str, tuple[str, str, str]] = {
        "quest": (_("finish the quests %(things)s"), _("finish one of the quests %(things)s"),
                  _("finish %(k)s of the quests %(things)s")),
        "badge": (_("hold the badges %(things)s"), _("hold one of the badges %(things)s"),
                  _("hold %(k)s of the badges %(things)s")),
    }  # fmt: skip
    every, one, some = words[sorts.pop()]
    if node.at_least == len(named):
        return every % {"things": _or_and(named)}
    if node.at_least == 1:
        return one % {"things": _or(named)}
    return some % {"k": node.at_least, "things": _or_and(named)}


def _single_thing(leaf: Leaf) -> bool:
    """Is this "finished" or "holds", and nothing besides?"""
    plain = (Filter(kind=(kind,), object=leaf.where.object) for kind in (QUEST_FINISHED, BADGE_AWARDED))
    return leaf.measure == "count" and leaf.at_least == 1 and len(leaf.where.object) == 1 and leaf.where in plain


def _leaf(leaf: Leaf, names: Names) -> str:
    thing = leaf.where.object[0] if leaf.where.object else ""
    if leaf.where.kind == (QUEST_FINISHED,) and thing:
        return _("finish the quest “%(quest)s”", quest=names.get(thing, thing.partition(":")[2]))
    if leaf.where.kind == (BADGE_AWARDED,) and thing:
        badge, _slash, level = thing.partition("/")
        name = names.get(badge, badge.partition(":")[2])
        if level:
            return _("hold the badge “%(badge)s” at level %(level)s", badge=name, level=level)
        return _("hold the badge “%(badge)s”", badge=name)
    return _measure(leaf, names, leaf.at_least)


def _measure(leaf: Leaf, names: Names, goal: int | None) -> str:
    deeds = _deeds(leaf.where, names)
    if leaf.measure == "count":
        if goal is None:
            return _("every deed counts: %(deeds)s", deeds=deeds)
        if not leaf.where.kind:
            return ngettext("%(num)s deed %(deeds)s", "%(num)s deeds %(deeds)s", goal, deeds=deeds)
        return ngettext("%(num)s deed: %(deeds)s", "%(num)s deeds: %(deeds)s", goal, deeds=deeds)
    if leaf.measure == "distinct" and leaf.by == "object" and leaf.where == Filter(kind=(QUEST_FINISHED,)):
        if goal is None:
            return _("every finished quest counts once")
        return ngettext("%(num)s quest finished", "%(num)s different quests finished", goal)
    if leaf.measure == "distinct":
        return _different(leaf, deeds, goal)
    unit, deed = _things(leaf.by), _a_deed(leaf.where, deeds)
    if goal is None:
        said = _("each of the %(unit)s in a row counts that has %(deed)s", unit=unit, deed=deed)
    else:
        said = _("%(num)s %(unit)s in a row with %(deed)s", num=goal, unit=unit, deed=deed)
    if leaf.gaps:
        said += ngettext(" (%(num)s gap is forgiven)", " (%(num)s gaps are forgiven)", leaf.gaps)
    return said


def _different(leaf: Leaf, deeds: str, goal: int | None) -> str:
    if leaf.by == "kind":
        if goal is None:
            return _("each different kind of deed counts: %(deeds)s", deeds=deeds)
        if leaf.where == Filter():
            return ngettext("%(num)s kind of deed", "%(num)s different kinds of deed", goal)
        return ngettext("%(num)s kind of deed: %(deeds)s", "%(num)s different kinds of deed: %(deeds)s", goal, deeds=deeds)
    deed = _a_deed(leaf.where, deeds)
    if goal is None:
        return _("each different %(thing)s counts that has %(deed)s", thing=_thing(leaf.by), deed=deed)
    return _("%(num)s different %(things)s with %(deed)s", num=goal, things=_things(leaf.by), deed=deed)


def _a_deed(where: Filter, deeds: str) -> str:
    return _("a deed: %(deeds)s", deeds=deeds) if where.kind else _("a deed %(deeds)s", deeds=deeds)


def _deeds(where: Filter, names: Names) -> str:
    said = _or([names.get(kind, kind) for kind in where.kind]) if where.kind else _("of any kind")
    for tags, joined in ((where.tags_any, _(" or ")), (where.tags_all, _(" and "))):
        if tags:
            said += _(", tagged %(tags)s", tags=joined.join(f"#{tag}" for tag in tags))
    if where.campaign:
        said += _(", in %(campaign)s", campaign=_or([names.get(f"campaign:{c}", c) for c in where.campaign]))
    if where.group:
        said += _(", with %(group)s", group=_or([names.get(f"group:{g}", g) for g in where.group]))
    if where.source:
        said += _(", recorded by %(source)s", source=_or(list(where.source)))
    if where.object:
        said += _(", about %(thing)s", thing=_or([names.get(o, o) for o in where.object]))
    if where.evidence == 1:
        said += _(", seen by more than your own word")
    if where.evidence == 2:
        said += _(", confirmed by a witness")
    return said


def _or(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(first)s or %(last)s", first=", ".join(words[:-1]), last=words[-1])


def _listing(numbers: list[int]) -> str:
    return _or_and([str(n) for n in numbers])


def _or_and(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(first)s and %(last)s", first=", ".join(words[:-1]), last=words[-1])


def _thing(field: str) -> str:
    return {
        "campaign": _("campaign"),
        "group": _("group"),
        "tag": _("tag"),
        "source": _("source"),
        "object": _("thing"),
        "day": _("day"),
        "week": _("week"),
        "month": _("month"),
    }[field]


def _things(field: str) -> str:
    return {
        "campaign": _("campaigns"),
        "group": _("groups"),
        "tag": _("tags"),
        "source": _("sources"),
        "object": _("things"),
        "day": _("days"),
        "week": _("weeks"),
        "month": _("months"),
    }[field]
