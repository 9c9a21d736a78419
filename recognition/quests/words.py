"""Sentences about quests in the reader's language."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.activities.criteria.decide import Progress
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.tree import QUEST_FINISHED, Filter, Leaf, Node, leaves


def family_names() -> dict[str, str]:
    return {"learning": _("Learning"), "helping": _("Helping"), "making": _("Making"), "gathering": _("Gathering"),
            "caring": _("Caring")}  # fmt: skip


def is_finished(leaf: Leaf) -> bool:
    """Exactly what `{finished = "..."}` says, and nothing beside it."""
    plain = Filter(kind=(QUEST_FINISHED,), object=leaf.where.object)
    return leaf == Leaf("count", plain, 1) and len(leaf.where.object) == 1


def unlock_sentence(progress: Progress, names: Mapping[str, str]) -> str:
    """What still opens a quest. A choice among quests is told shorter than any rule's own sentence can."""
    rule = progress.criteria
    if isinstance(rule, Node) and all(isinstance(part, Leaf) and is_finished(part) for part in rule.parts):
        missing = [part.criteria for part in progress.parts if not part.met]
        titles = [_title(leaf, names) for rule in missing for leaf in leaves(rule)]
        left = progress.goal - progress.done
        if left < len(titles):
            return ngettext(
                "Opens when you finish one of these: %(quests)s",
                "Opens when you finish %(num)s of these: %(quests)s",
                left,
                quests=", ".join(titles),
            )
        return _("Opens when you finish %(quests)s", quests=_(" and ").join(titles))
    if isinstance(rule, Leaf) and is_finished(rule):
        return _("Opens when you finish %(quests)s", quests=_title(rule, names))
    return _("To open it: %(rule)s", rule=describe(rule, names))


def _title(leaf: Leaf, names: Mapping[str, str]) -> str:
    thing = leaf.where.object[0]
    return _("“%(title)s”", title=names.get(thing, thing.partition(":")[2]))
