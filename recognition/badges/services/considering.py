"""Who meets a rule: after new deeds, and in everybody's past."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from recognition.activities import measure
from recognition.activities.criteria.tree import Leaf, leaves
from recognition.activities.drain import Batch
from recognition.activities.services import DRAIN_BELL
from recognition.badges.models import PUBLISHED, Badge
from recognition.badges.queries import listening_to, occasions_held, rule_of
from recognition.badges.rules import Rule, earned
from recognition.badges.services.giving import give
from recognition.extensions import db
from recognition.identity.queries import next_member_ids
from recognition.jobs import ledger

SLICE_MEMBERS = 2000


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
        every = set(rule.occasions())
        wanted[rule] = {m for m in candidates if not every <= held.get((rule.badge_id, m), set())}
    return give(decide_for(wanted, batch.now), held, batch.now)


def decide_for(wanted: Mapping[Rule, Iterable[int]], now: datetime) -> dict[Rule, dict[int, list[str]]]:
    """Which occasions each member has earned of each rule. A leaf that several rules share is measured once."""
    asked: dict[Leaf, tuple[set[int], int]] = {}
    for rule, members in wanted.items():
        for leaf in leaves(rule.criteria):
            known, cap = asked.get(leaf, (set(), 0))
            asked[leaf] = (known | set(members), max(cap, rule.top(leaf)))
    values = measure.measure_all(asked, now=now)
    found: dict[Rule, dict[int, list[str]]] = {}
    for rule, members in wanted.items():
        own = list(dict.fromkeys(leaves(rule.criteria)))
        for member_id in members:
            occasions = earned(rule, {leaf: values[leaf].get(member_id, 0) for leaf in own})
            if occasions:
                found.setdefault(rule, {})[member_id] = occasions
    return found


def look_back(badge: Badge) -> None:
    """Everybody's past counts anew: the rule is another, or the drain passed the badge by. A look that is on its way
    stops, since those whom it has passed would be missed."""
    badge.look += 1
    db.session.flush()
    look_on_later(badge.id, badge.look, 0)


def look_on_later(badge_id: int, look: int, after: int) -> None:
    ledger.defer("badges.backfill", dedupe_key=f"badges.backfill:{badge_id}:{look}:{after}", badge_id=badge_id, look=look,
                 after=after)  # fmt: skip


def backfill_slice(badge_id: int, look: int, after: int, now: datetime) -> tuple[int, int | None]:
    """Give a published badge to those of the next members, by id, who qualify already. Returns how many awards it made,
    and the last member looked at; None when there is nobody left to look at, or it is another look's turn."""
    badge = db.session.get_one(Badge, badge_id, populate_existing=True)
    if badge.state != PUBLISHED or badge.look != look or badge.looked == look:
        return 0, None
    ids = next_member_ids(after, SLICE_MEMBERS)
    if not ids:
        badge.looked = look
        return 0, None
    rule = rule_of(badge)
    held = occasions_held(ids, [badge.id])
    every = set(rule.occasions())
    wanted = {rule: [m for m in ids if not every <= held.get((badge.id, m), set())]}
    made = give(decide_for(wanted, now), held, now)
    if made:
        ledger.ring(DRAIN_BELL)
    return made, ids[-1]
