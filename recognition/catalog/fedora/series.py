"""Badges that follow each other: one badge with levels where they count the same, a badge that needs the other elsewhere."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from recognition.catalog.fedora.reading import Refused
from recognition.catalog.fedora.rules import Draft

MOST_LEVELS = 8
_NUMBERED = re.compile(r"\(([^()]{2,60}?)[ -]+(?:[IVX]{1,6}|\d{1,3})\)\s*$")
Refusals = dict[str, str]
"""A sentence by file."""


def chain(drafts: Sequence[Draft], by_name: bool = False) -> tuple[list[Draft], Refusals, dict[str, list[str]]]:
    """(badges, refused ones, the files that each badge stands for by its own file). `by_name`: rules that count the same
    and are numbered alike, such as "(Tagger I)" and "(Tagger II)", are a series too."""
    drafts = _follow_numbers(drafts) if by_name else list(drafts)
    found, refused = _linked(drafts)
    badges, files = [], {}
    for row in _rows(found):
        for part in _merged(row):
            badges.append(part[0])
            files[part[0].file] = part[1]
    return badges, refused, files


def _linked(drafts: Sequence[Draft]) -> tuple[dict[str, Draft], Refusals]:
    """By slug, `after` turned into a slug. Whoever builds on what is not there goes too."""
    names = _names(drafts)
    refused: Refusals = {}
    left: dict[str, Draft] = {}
    for draft in drafts:
        slugs = names.get(draft.after.casefold(), set()) if draft.after else set()
        if draft.after and len(slugs) != 1:
            refused[draft.file] = f"previous: {draft.after[:80]!r} is " + (
                "several of these rules" if slugs else "no converted rule"
            )
        else:
            left[draft.slug] = replace(draft, after=next(iter(slugs), ""))
    while True:
        lost = [d for d in left.values() if d.after and d.after not in left]
        if not lost:
            break
        for draft in lost:
            refused[draft.file] = f"previous: {draft.after!r} was refused itself"
            del left[draft.slug]
    for draft in [d for d in left.values() if _is_ring(d, left)]:
        refused[draft.file] = "previous: these badges wait for each other"
    return {slug: draft for slug, draft in left.items() if draft.file not in refused}, refused


def _names(drafts: Iterable[Draft]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for draft in drafts:
        for name in {draft.texts["name"].casefold(), draft.slug, draft.file.rpartition("/")[2].rpartition(".")[0].casefold()}:
            names.setdefault(name, set()).add(draft.slug)
    return names


def _is_ring(draft: Draft, left: Mapping[str, Draft]) -> bool:
    seen = set()
    while draft.after and draft.slug not in seen:
        seen.add(draft.slug)
        draft = left[draft.after]
    return bool(draft.after)


def _rows(found: Mapping[str, Draft]) -> list[list[Draft]]:
    """Each badge in one row, where each but the first follows the one before it alone."""
    followers = Counter(draft.after for draft in found.values() if draft.after)
    after = {draft.after: draft for draft in found.values() if draft.after and followers[draft.after] == 1}
    rows = []
    for draft in found.values():
        if not draft.after or followers[draft.after] > 1:
            row = [draft]
            while row[-1].slug in after:
                row.append(after[row[-1].slug])
            rows.append(row)
    return rows


def _merged(row: list[Draft]) -> list[tuple[Draft, list[str]]]:
    """The row as one badge with levels if all of it counts the same, further each time; else as badges with holds."""
    goals = [int(draft.criteria.get("at_least", 0)) for draft in row]
    alike = all(_counts(draft) is not None and _counts(draft) == _counts(row[0]) for draft in row)
    if 1 < len(row) <= MOST_LEVELS and alike and goals == sorted(set(goals)) and not row[0].after:
        return [(_with_levels(row, goals), [draft.file for draft in row])]
    return [(_holding(draft), [draft.file]) for draft in row]


def _counts(draft: Draft) -> Any:
    """The filter of a rule that is one count."""
    return draft.criteria.get("count")


def _with_levels(row: list[Draft], goals: list[int]) -> Draft:
    first = row[0]
    steps = ", ".join(f"{draft.texts['name']} ({goal})" for draft, goal in zip(row, goals, strict=True))
    texts = {**first.texts, "story": f"{first.texts['story']} Its levels were badges of their own: {steps}."[:4000]}
    numbered = _NUMBERED.search(first.texts["name"])
    if numbered:
        texts["name"] = numbered[1].strip()
    kinds = {kind: label for draft in row for kind, label in draft.kinds.items()}
    notes = tuple(dict.fromkeys(note for draft in row for note in draft.notes))
    merged = Draft(first.file, first.slug, texts, {"count": _counts(first)}, kinds, "", tuple(goals),
                   (*notes, f"one badge with the levels {', '.join(map(str, goals))}"))  # fmt: skip
    merged.check()
    return merged


def _holding(draft: Draft) -> Draft:
    if not draft.after:
        return draft
    criteria = {"all": [{"holds": draft.after}, dict(draft.criteria)]}
    held = replace(draft, criteria=criteria, notes=(*draft.notes, f"needs the badge {draft.after}"))
    try:
        held.check()
    except Refused:
        return replace(draft, notes=(*draft.notes, f"stands beside the badge {draft.after}, too deep to need it as well"))
    return held


def _follow_numbers(drafts: Sequence[Draft]) -> list[Draft]:
    series: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        numbered = _NUMBERED.search(draft.texts["name"])
        if numbered and not draft.after and _counts(draft) is not None:
            series.setdefault((numbered[1].casefold(), repr(_counts(draft))), []).append(draft)
    after = {}
    for row in series.values():
        row.sort(key=lambda draft: int(draft.criteria["at_least"]))
        if len({draft.criteria["at_least"] for draft in row}) == len(row) <= MOST_LEVELS:
            after.update({later.file: earlier.slug for earlier, later in pairwise(row)})
    return [replace(draft, after=after.get(draft.file, draft.after)) for draft in drafts]
