"""A rule as one plain sentence, made from the rule itself so that the words can never lag behind."""

from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.activities.criteria.phrases import (
    Names,
    a_deed,
    and_,
    caps_in,
    deed_of,
    deeds_in,
    field_name,
    name_of,
    or_,
    thing,
    things,
)
from recognition.activities.criteria.tree import (
    BADGE_AWARDED,
    CONTEST_PLACED,
    QUEST_FINISHED,
    Comparison,
    Criteria,
    Filter,
    Leaf,
    Limits,
    Node,
    Not,
)


def describe(criteria: Criteria, names: Names, levels: list[int] | None = None) -> str:
    """A sentence without a capital or full stop, in the reader's language."""
    if levels and isinstance(criteria, Leaf):
        return _("%(what)s; a new rim at %(levels)s", what=_each(criteria, names), levels=and_([str(n) for n in levels]))
    if isinstance(criteria, Leaf):
        return _leaf(criteria, names)
    if isinstance(criteria, Not):
        return _("not: %(what)s", what=_inside(criteria.part, names))
    return _alike(criteria, names) or _parts(criteria, names)


def _parts(node: Node, names: Names) -> str:
    if len(node.parts) == 1:
        return describe(node.parts[0], names)
    parts = [_inside(part, names) for part in node.parts]
    if node.at_least == 1:
        return _(" or ").join(parts)
    if node.at_least < len(parts):
        return _("%(k)s of these: %(parts)s", k=node.at_least, parts="; ".join(parts))
    wanted = [said for said, part in zip(parts, node.parts, strict=True) if not isinstance(part, Not)]
    barred = [_inside(part.part, names) for part in node.parts if isinstance(part, Not)]
    said = _(" and ").join(wanted)
    if not barred:
        return said
    without = _("not: %(what)s", what=_(" or ").join(barred))
    return _("%(what)s, but %(without)s", what=said, without=without) if said else without


def _inside(part: Criteria, names: Names) -> str:
    """A part of a list; in brackets where its own "and" or "or" could be taken for the list's, or its "not" for all of it."""
    said = describe(part, names)
    while isinstance(part, Node) and len(part.parts) == 1:
        part = part.parts[0]
    joined = isinstance(part, Not) or (isinstance(part, Node) and not _alike(part, names))
    return _("(%(part)s)", part=said) if joined else said


def _alike(node: Node, names: Names) -> str:
    """Several quests or several badges in one breath; "" where the parts are of different sorts."""
    found = [part.where.object[0] for part in node.parts if isinstance(part, Leaf) and _single_thing(part)]
    sorts = {ref.partition(":")[0] for ref in found}
    if len(found) < max(len(node.parts), 2) or len(sorts) > 1 or any("/" in ref for ref in found):
        return ""
    named = [f"“{name_of(ref, names)}”" for ref in found]
    words: dict[str, tuple[str, str, str]] = {
        "quest": (_("finish the quests %(things)s"), _("finish one of the quests %(things)s"),
                  _("finish %(k)s of the quests %(things)s")),
        "badge": (_("hold the badges %(things)s"), _("hold one of the badges %(things)s"),
                  _("hold %(k)s of the badges %(things)s")),
    }  # fmt: skip
    every, one, some = words[sorts.pop()]
    if node.at_least == len(named):
        return every % {"things": and_(named)}
    if node.at_least == 1:
        return one % {"things": or_(named)}
    return some % {"k": node.at_least, "things": and_(named)}


def _single_thing(leaf: Leaf) -> bool:
    """Is this "finished" or "holds", and nothing besides?"""
    plain = (Filter(kind=(kind,), object=leaf.where.object) for kind in (QUEST_FINISHED, BADGE_AWARDED))
    return leaf.measure == "count" and leaf.at_least == 1 and len(leaf.where.object) == 1 and leaf.where in plain


def _leaf(leaf: Leaf, names: Names) -> str:
    if leaf.measure == "belongs_to":
        groups = or_([f"“{name_of(f'group:{slug}', names)}”" for slug in leaf.where.group])
        return _("look after %(groups)s", groups=groups) if leaf.by else _("belong to %(groups)s", groups=groups)
    if leaf.measure == "member_for":
        return ngettext("be a member for %(num)s day", "be a member for %(num)s days", leaf.at_least)
    if _single_thing(leaf):
        ref = leaf.where.object[0]
        whole, _slash, level = ref.partition("/")
        if leaf.where.kind == (QUEST_FINISHED,):
            return _("finish the quest “%(quest)s”", quest=name_of(whole, names))
        if level:
            return _("hold the badge “%(badge)s” at level %(level)s", badge=name_of(whole, names), level=level)
        return _("hold the badge “%(badge)s”", badge=name_of(whole, names))
    top = _top(leaf)
    return _placed(leaf, top, names) if top else _asked(leaf, names) + caps_in(leaf.where.limits)


def _top(leaf: Leaf) -> int:
    """For what `placed` says: down to which place; 0 for any other rule."""
    field = leaf.where.limits.fields[0] if leaf.where.limits.fields else Comparison("")
    plain = Filter(kind=(CONTEST_PLACED,), object=leaf.where.object, limits=Limits(fields=(field,)))
    is_placed = leaf.measure == "count" and leaf.where == plain and len(leaf.where.object) < 2
    return field.at_most or 0 if is_placed and field == Comparison("data.place", 1, field.at_most) else 0


def _placed(leaf: Leaf, top: int, names: Names) -> str:
    said = _win(leaf, top, names)
    return said if leaf.at_least == 1 else ngettext("%(num)s time: %(what)s", "%(num)s times: %(what)s", leaf.at_least, what=said)


def _win(leaf: Leaf, top: int, names: Names) -> str:
    if not leaf.where.object:
        return _("win a contest") if top == 1 else _("be among the first %(top)s of a contest", top=top)
    contest = name_of(leaf.where.object[0], names)
    if top == 1:
        return _("win the contest “%(contest)s”", contest=contest)
    return _("be among the first %(top)s of the contest “%(contest)s”", top=top, contest=contest)


def _asked(leaf: Leaf, names: Names) -> str:
    goal, deeds = leaf.at_least, deeds_in(leaf.where, names)
    if leaf.measure == "count":
        if not leaf.where.kind:
            return ngettext("%(num)s deed %(deeds)s", "%(num)s deeds %(deeds)s", goal, deeds=deeds)
        return ngettext("%(num)s deed: %(deeds)s", "%(num)s deeds: %(deeds)s", goal, deeds=deeds)
    deed, which = a_deed(leaf.where, names), deed_of(leaf.where, names)
    if leaf.measure == "sum":
        if leaf.by == "points":
            return ngettext("%(num)s point from deeds%(deed)s", "%(num)s points from deeds%(deed)s", goal, deed=which)
        return _("%(field)s adding up to %(num)s over deeds%(deed)s", num=goal, field=field_name(leaf.by), deed=which)
    if leaf.measure == "span":
        return ngettext("%(num)s day from the first to the last deed%(deed)s",
                        "%(num)s days from the first to the last deed%(deed)s", goal, deed=which)  # fmt: skip
    if leaf.measure == "distinct":
        return _different(leaf, names)
    said = ngettext("%(num)s %(one)s with %(deed)s", "%(num)s %(many)s in a row with %(deed)s", goal,
                    one=thing(leaf.by), many=things(leaf.by), deed=deed)  # fmt: skip
    return said + _gaps(leaf)


def _gaps(leaf: Leaf) -> str:
    return ngettext(" (%(num)s gap is forgiven)", " (%(num)s gaps are forgiven)", leaf.gaps) if leaf.gaps else ""


def _different(leaf: Leaf, names: Names) -> str:
    goal = leaf.at_least
    if leaf.by == "object" and leaf.where == Filter(kind=(QUEST_FINISHED,)):
        return ngettext("%(num)s quest finished", "%(num)s different quests finished", goal)
    if leaf.by == "kind":
        if leaf.where == Filter():
            return ngettext("%(num)s kind of deed", "%(num)s different kinds of deed", goal)
        return ngettext("%(num)s kind of deed: %(deeds)s", "%(num)s different kinds of deed: %(deeds)s", goal,
                        deeds=deeds_in(leaf.where, names))  # fmt: skip
    return ngettext("%(num)s %(one)s with %(deed)s", "%(num)s different %(many)s with %(deed)s", goal,
                    one=thing(leaf.by), many=things(leaf.by), deed=a_deed(leaf.where, names))  # fmt: skip


def _each(leaf: Leaf, names: Names) -> str:
    """What counts, where levels say how much of it."""
    deeds, deed, which = deeds_in(leaf.where, names), a_deed(leaf.where, names), deed_of(leaf.where, names)
    top = _top(leaf)
    if top:
        return _("every time counts: %(what)s", what=_win(leaf, top, names))
    if leaf.measure == "count":
        said = _("every deed counts: %(deeds)s", deeds=deeds)
    elif leaf.measure == "sum" and leaf.by == "points":
        said = _("every point counts from deeds%(deed)s", deed=which)
    elif leaf.measure == "sum":
        said = _("%(field)s is added up over deeds%(deed)s", field=field_name(leaf.by), deed=which)
    elif leaf.measure == "span":
        said = _("each day counts from the first to the last deed%(deed)s", deed=which)
    elif leaf.measure == "streak":
        said = _("each of the %(unit)s in a row counts that has %(deed)s", unit=things(leaf.by), deed=deed) + _gaps(leaf)
    elif leaf.by == "object" and leaf.where == Filter(kind=(QUEST_FINISHED,)):
        said = _("every finished quest counts once")
    elif leaf.by == "kind":
        said = _("each different kind of deed counts: %(deeds)s", deeds=deeds)
    else:
        said = _("each different %(thing)s counts that has %(deed)s", thing=thing(leaf.by), deed=deed)
    return said + caps_in(leaf.where.limits)
