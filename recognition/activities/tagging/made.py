"""What was made of tags, to read."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from recognition.activities.kinds import called
from recognition.activities.models import Kind, TagRule
from recognition.activities.tagging.filing import KIND
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView


def by_id(rule_id: int) -> TagRule | None:
    # No database has so many.
    return db.session.get(TagRule, rule_id) if rule_id < 2**31 else None


def of_tags(tags: Iterable[str]) -> dict[str, TagRule]:
    """What is in force for these, or is being undone."""
    wanted = sa.select(TagRule).where(among(TagRule.tag, sorted(tags)), TagRule.state != "undone").order_by(TagRule.id)
    return {rule.tag: rule for rule in db.session.scalars(wanted)}


def newest(limit: int) -> Sequence[TagRule]:
    return db.session.scalars(sa.select(TagRule).order_by(TagRule.id.desc()).limit(limit)).all()


def labels(rules: Iterable[TagRule]) -> dict[int, str]:
    """What each tag became, in the reader's words."""
    rules = list(rules)
    slugs = {rule.target for rule in rules if rule.becomes == KIND}
    rows = db.session.execute(sa.select(Kind.slug, Kind.label, Kind.labels).where(among(Kind.slug, slugs))) if slugs else ()
    names = {row.slug: called(row.label, row.labels) for row in rows}
    return {rule.id: names.get(rule.target, rule.target) if rule.becomes == KIND else f"#{rule.target}" for rule in rules}


def people(rule: TagRule, viewer: Member) -> dict[str, ProfileView]:
    """Who made it and who undid it, as the reader may see them."""
    who = {"made": rule.made_by_id, "undone": rule.undone_by_id}
    known = profiles([member_id for member_id in who.values() if member_id], viewer)
    return {name: known[member_id] for name, member_id in who.items() if member_id in known}
