"""Deciding and giving. Nothing here takes a badge away."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities import measure
from recognition.activities.criteria.tree import Leaf, leaves
from recognition.activities.drain import Batch
from recognition.activities.rules import Report
from recognition.activities.services import record
from recognition.badges.models import Award, Badge
from recognition.badges.queries import listening_to, occasions_held
from recognition.badges.rules import Rule, earned, object_of
from recognition.database import insert_new
from recognition.extensions import db


def consider(batch: Batch) -> int:
    """The drain's reaction: who of the batch's members now meets a rule that listens to their new deeds?"""
    by_kind = batch.members_by_kind()
    rules = listening_to(by_kind)
    if not rules:
        return 0
    members = {fact.member_id for fact in batch.facts}
    held = occasions_held(members, [rule.badge_id for rule, _ in rules])
    wanted = {}
    for rule, heard in rules:
        candidates = set().union(*(by_kind[kind] for kind in heard))
        wanted[rule] = {m for m in candidates if len(held.get((rule.badge_id, m), ())) < len(rule.occasions())}
    return give(decide_for(wanted), held, batch.now)


def decide_for(wanted: Mapping[Rule, Iterable[int]]) -> dict[Rule, dict[int, list[str]]]:
    """Which occasions each member has earned of each rule. A leaf that several rules share is measured once."""
    asked: dict[Leaf, tuple[set[int], int]] = {}
    for rule, members in wanted.items():
        for leaf in leaves(rule.criteria):
            known, cap = asked.get(leaf, (set(), 0))
            asked[leaf] = (known | set(members), max(cap, rule.top(leaf)))
    values = measure.measure_all(asked)
    found: dict[Rule, dict[int, list[str]]] = {}
    for rule, members in wanted.items():
        own = list(dict.fromkeys(leaves(rule.criteria)))
        for member_id in members:
            occasions = earned(rule, {leaf: values[leaf].get(member_id, 0) for leaf in own})
            if occasions:
                found.setdefault(rule, {})[member_id] = occasions
    return found


def give(
    decided: Mapping[Rule, Mapping[int, list[str]]], held: Mapping[tuple[int, int], set[str]], now: datetime
) -> int:
    """Award what is not held yet, and say so in the log. The unique key has the last word, whoever was first."""
    rows = []
    for rule, members in decided.items():
        for member_id, occasions in members.items():
            for occasion in occasions:
                if occasion not in held.get((rule.badge_id, member_id), ()):
                    rows.append(_award_row(rule, member_id, occasion, now))
    # One order for everybody, or two drains could wait for each other.
    rows.sort(key=lambda row: (row["badge_id"], row["member_id"], row["occasion"]))
    table: Any = Award.__table__
    new = insert_new(table, rows, table.c.badge_id, table.c.member_id, table.c.occasion)
    rules = {rule.badge_id: rule for rule in decided}
    record([_fact(rules[row.badge_id], row.member_id, row.occasion, now) for row in new], now, wake=False)
    _count_holders([row.badge_id for row in new if row.occasion == rules[row.badge_id].occasions()[0]])
    return len(new)


def _award_row(rule: Rule, member_id: int, occasion: str, now: datetime) -> dict[str, Any]:
    level = int(occasion) if rule.levels else None
    return {"key": secrets.token_urlsafe(16), "badge_id": rule.badge_id, "member_id": member_id, "occasion": occasion,
            "level": level, "version": rule.version, "awarded_at": now, "shown": True}  # fmt: skip


def _fact(rule: Rule, member_id: int, occasion: str, now: datetime) -> Report:
    return Report(member_id=member_id, kind="badge.awarded", kind_label="Earned a badge", occurred_at=now, source="badges",
                  source_key=f"{rule.badge_id}:{member_id}:{occasion}", object=object_of(rule.slug, occasion, rule.levels),
                  evidence=2, fingerprinted=False)  # fmt: skip


def _count_holders(badge_ids: list[int]) -> None:
    for badge_id in sorted(set(badge_ids)):
        more = badge_ids.count(badge_id)
        db.session.execute(
            sa.update(Badge).where(Badge.id == badge_id).values(holders_count=Badge.holders_count + more)
        )
