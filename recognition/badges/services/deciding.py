"""Who has earned what, from the log. Giving, dry runs, backfills, checks and renewals all ask here."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from recognition.activities import measure
from recognition.activities.criteria.tree import Leaf, leaves
from recognition.badges.rules import Rule, earned


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
