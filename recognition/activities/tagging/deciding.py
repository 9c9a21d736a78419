"""What the council decides about a tag: it becomes a kind, or another way to write a second tag; and never mind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities.kinds import KindSpec
from recognition.activities.models import IN_FORCE, Kind, TagRule
from recognition.activities.rules import DEFAULT_KIND, slug_of
from recognition.activities.tagging import figures, moving
from recognition.activities.tagging.filing import KIND, TAG, ends_as
from recognition.audit import services as audit
from recognition.database import is_postgresql
from recognition.extensions import db
from recognition.refs import Ref


class NotPossible(Exception):
    """Its text is a sentence for the person who tried."""


@dataclass(frozen=True)
class Asked:
    """`kind`: the slug of one that there is, or what a new one is to be."""

    tag: str
    kind: str | KindSpec


def promote(asked: Asked, actor_id: int, now: datetime) -> TagRule:
    """New deeds with the tag that are of no kind are of this one from now on; past ones follow in the background. Asked
    again, it answers with what there is. Raises NotPossible."""
    _hold_rules()
    target = asked.kind if isinstance(asked.kind, str) else slug_of(asked.kind.label)
    if known := _known(asked.tag, KIND, target):
        return known
    kind = db.session.get(Kind, target)
    facts: dict[str, Any] = {}
    if isinstance(asked.kind, KindSpec):
        if kind is not None:
            raise NotPossible(_("There is a kind with this name already. Choose it from the list."))
        last = db.session.scalar(sa.select(sa.func.max(Kind.position)).where(Kind.offered)) or 0
        # Beside the last one that people are offered, before those that imports brought along.
        values = asked.kind.values() | {"slug": target, "position": min(last + 1, 999), "internal": False}
        db.session.add(Kind(**values))
        facts[moving.MADE_KIND] = True
    elif kind is None or kind.internal or target == DEFAULT_KIND:
        raise NotPossible(_("There is no such kind that deeds could be of."))
    return _make(asked.tag, KIND, target, facts, actor_id, now)


def merge(tag: str, into: str, actor_id: int, now: datetime) -> TagRule:
    """From now on `tag` is written `into`, also on past deeds. Asked again, it answers with what there is. Raises
    NotPossible."""
    _hold_rules()
    into = ends_as(into)
    if tag == into:
        raise NotPossible(_("These two are one tag already."))
    if known := _known(tag, TAG, into):
        return known
    return _make(tag, TAG, into, {}, actor_id, now)


def undo(rule_id: int, actor_id: int, now: datetime) -> bool:
    """Put every deed back as it was, in the background. False where that was asked for already."""
    _hold_rules()
    rule = db.session.get(TagRule, rule_id, populate_existing=True)
    if rule is None or rule.state not in ("running", "done"):
        return False
    rule.state, rule.position, rule.undone_by_id, rule.undone_at = "undoing", 0, actor_id, now
    audit.record("tag.undone", Ref("tag", rule.tag), actor_id, before={"becomes": rule.target})
    db.session.flush()
    moving.later(rule)
    return True


def _hold_rules() -> None:
    """Waits for everybody who has asked what a tag is made into and has not committed yet, and holds up who is about to
    ask: what is told before is seen by the slices, what is told after knows of the rule. On SQLite one at a time writes."""
    if is_postgresql():
        db.session.execute(sa.text("LOCK TABLE tag_rule IN ACCESS EXCLUSIVE MODE"))


def _known(tag: str, becomes: str, target: str) -> TagRule | None:
    """The same thing asked for twice. Raises NotPossible where the tag is something else already."""
    wanted = sa.select(TagRule).where(TagRule.tag == tag)
    rule: TagRule | None = db.session.scalar(wanted.where(sa.text(IN_FORCE)))
    if rule is not None:
        if (rule.becomes, rule.target) == (becomes, target):
            return rule
        raise NotPossible(_("Somebody has made something of this tag already. Undo that first."))
    if db.session.scalar(wanted.where(TagRule.state == "undoing")) is not None:
        raise NotPossible(_("What was made of this tag is being undone. Come back in a moment."))
    return None


def _make(tag: str, becomes: str, target: str, facts: Mapping[str, Any], actor_id: int, now: datetime) -> TagRule:
    told = {**facts, "before": figures.of(tag, becomes, target)}
    rule = TagRule(tag=tag, becomes=becomes, target=target, facts=told, made_by_id=actor_id, made_at=now)
    db.session.add(rule)
    audit.record("tag.promoted" if becomes == KIND else "tag.merged", Ref("tag", tag), actor_id, after={"becomes": target})
    db.session.flush()
    moving.later(rule)
    return rule
