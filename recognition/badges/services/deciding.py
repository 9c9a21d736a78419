"""Who has earned what, from the log. Giving, dry runs, backfills, checks and renewals all ask here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from recognition.activities import measure
from recognition.activities.criteria.tree import Leaf
from recognition.badges.rules import Rule, earned


def decide_for(wanted: Mapping[Rule, Iterable[int]], now: datetime) -> dict[Rule, dict[int, list[str]]]:
    """Which occasions each member has earned of each rule. A leaf that several rules share is measured once."""
    askers: dict[Leaf, list[tuple[Rule, Iterable[int]]]] = {}
    for rule, members in wanted.items():
        for leaf in rule.leaves:
            askers.setdefault(leaf, []).append((rule, members))
    values = measure.measure_all({leaf: _asked(leaf, rules) for leaf, rules in askers.items()}, now=now)
    found: dict[Rule, dict[int, list[str]]] = {}
    for rule, members in wanted.items():
        numbers = [values[leaf] for leaf in rule.leaves]
        verdicts: dict[tuple[int, ...], list[str]] = {}
        winners = {}
        for member_id in members:
            mine = tuple([by_member.get(member_id, 0) for by_member in numbers])
            if mine not in verdicts:
                # No number is told beyond the goal, so many members share theirs.
                verdicts[mine] = earned(rule, dict(zip(rule.leaves, mine, strict=True)))
            if verdicts[mine]:
                winners[member_id] = verdicts[mine]
        if winners:
            found[rule] = winners
    return found


def _asked(leaf: Leaf, rules: Sequence[tuple[Rule, Iterable[int]]]) -> tuple[set[int], int]:
    """For whom any of the rules wants to know it, and how far."""
    return set().union(*(members for _rule, members in rules)), max(rule.top(leaf) for rule, _members in rules)
