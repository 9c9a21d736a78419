"""What of the counts may be told. A number below `least` points at people, so it is told nowhere and can be worked out from
nothing that is told: what is too small is counted together with something else until the sum is large enough.

Whatever becomes of it stays true: people of whom we know are told among those of whom we do not, never the other way round, so
the bounds of what is told hold the bounds of what was counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

from recognition.surveys.bounds.counts import Counts, together
from recognition.surveys.bounds.proving import Strata


@dataclass(frozen=True)
class Told:
    """yes + not_yes + open are the `people`. `declined` and `silent` are `open` divided in two, or None where that would tell
    too much; so is `shown`, those of the silent who have shown it elsewhere."""

    people: int
    yes: int
    not_yes: int
    open: int
    declined: int | None = None
    silent: int | None = None
    shown: int | None = None


@dataclass(frozen=True)
class Group:
    """Strata that are told as one."""

    keys: tuple[str, ...]
    counts: Counts


def whole(counts: Counts, least: int, met: int | None = None) -> Told:
    """A few yes, or a few others, are told among the open ones. A few open ones get company from the larger side, just as
    much as they need, so that what is proven by far stays proven; nobody open gets some too where all say the same, or that
    would be each one's answer. `met`: how many of all people have shown it elsewhere, the
    silent among them; where nearly all of these are silent, that is not told, or who chose the rule would know them."""
    yes, not_yes = (0 if number < least else number for number in (counts.yes, counts.not_yes))
    missing = least - (counts.people - yes - not_yes)
    if 0 < missing < least or (missing == least and counts.people in (yes, not_yes)):
        larger = max(yes, not_yes)
        company = missing if larger - missing >= least else larger
        yes, not_yes = (yes - company, not_yes) if yes == larger else (yes, not_yes - company)
    unknown = counts.people - yes - not_yes
    is_split = unknown == counts.open and min(counts.declined, counts.silent) >= least
    others = counts.people if met is None else met - counts.shown
    has_shown = min(counts.shown, counts.silent - counts.shown, others) >= least
    return Told(
        counts.people, yes, not_yes, unknown, counts.declined if is_split else None, counts.silent if is_split else None,
        counts.shown if has_shown else None,
    )  # fmt: skip


def groups(strata: Strata, least: int) -> tuple[Group, ...]:
    """The strata that can be told beside each other, the small ones together; nothing where only all of them together can,
    or where even that is coarser than what was counted. In each, so many have answered and so many are open."""
    everything = together(strata.values())
    told = whole(everything, least)
    if (told.yes, told.not_yes) != (everything.yes, everything.not_yes):
        return ()
    return _apart(_each(strata), lambda one: min(one.answered, one.open) >= least)


def parts(found: tuple[Group, ...], least: int) -> tuple[Group, ...]:
    """The groups, coarser still: in each, so many said yes and so many something else too."""
    return _apart(found, lambda one: min(one.yes, one.not_yes, one.open) >= least)


def is_safe_beside(one: tuple[Group, ...], other: tuple[Group, ...], cells: Mapping[tuple[str, str], Counts], least: int) -> bool:
    """Whether two ways to divide everybody may be told beside each other. Where nearly all of some groups of the one are in
    some groups of the other, the difference of their sums is about the few who are not. `cells`: by the keys of both."""
    row = {key: number for number, group in enumerate(one) for key in group.keys}
    column = {key: number for number, group in enumerate(other) for key in group.keys}
    for size in range(1, len(one)):
        for inside in map(set, combinations(range(len(one)), size)):
            halves = [[Counts(), Counts()] for _group in other]
            for (first, second), counts in cells.items():
                if counts.people:
                    halves[column[second]][row[first] in inside] += counts
            few = min(sum(min(a.answered, b.answered) for a, b in halves), sum(min(a.open, b.open) for a, b in halves))
            if few < least and any(a.people and b.people for a, b in halves):
                return False
    return True


def options(counts: Mapping[str, int], least: int) -> tuple[dict[str, int], int]:
    """Of counts that leave nobody out and count nobody twice: those that can be told, and how many are in all the others
    together."""
    told = {key: number for key, number in counts.items() if number >= least}
    rest = sum(counts.values()) - sum(told.values())
    while 0 < rest < least and told:
        smallest = min(told, key=lambda key: (told[key], key))
        rest += told.pop(smallest)
    return told, rest


def _each(strata: Strata) -> tuple[Group, ...]:
    return tuple(Group((key,), counts) for key, counts in strata.items() if counts.people)


def _apart(found: tuple[Group, ...], is_safe: Callable[[Counts], bool]) -> tuple[Group, ...]:
    """Which are told together is chosen by how many people are in them, never by what those said."""
    apart = [one for one in found if is_safe(one.counts)]
    rest = [one for one in found if not is_safe(one.counts)]
    while rest and apart and not is_safe(together(one.counts for one in rest)):
        smallest = min(apart, key=lambda one: (one.counts.people, one.keys))
        apart.remove(smallest)
        rest.append(smallest)
    if rest:
        if not apart:
            return ()
        joined = Group(tuple(sorted(key for one in rest for key in one.keys)), together(one.counts for one in rest))
        apart.append(joined)
    return tuple(apart) if len(apart) > 1 else ()
