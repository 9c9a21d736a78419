"""Why a member has a badge, or not yet: each thing its rule asks for with the deeds that count, and what is missing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from recognition.activities import measure
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.tree import Leaf, leaves
from recognition.badges import words
from recognition.badges.models import Badge
from recognition.badges.queries import occasions_held
from recognition.badges.rules import Rule
from recognition.web.templating import iso

UNCAPPED = 1_000_000


def explain(badge: Badge, rule: Rule, member_id: int, now: datetime, limit: int) -> dict[str, Any]:
    """As data. `limit`: how many deeds are listed of each thing; `total` says how much there is."""
    held = sorted(occasions_held([member_id], [badge.id]).get((badge.id, member_id), ()), key=lambda one: int(one or 0))
    names = words.names_for([rule.criteria])
    part = words.progress(rule, words.measured([rule], member_id, now), names, held)
    asked = list(dict.fromkeys(leaves(rule.criteria)))
    totals = measure.measure_one(member_id, dict.fromkeys(asked, UNCAPPED), now=now)
    return {
        "version": badge.version, "held": bool(held), "levels_held": [int(one) for one in held if one], "met": part.met,
        "missing": list(_missing(part)), "progress": words.as_data(part),
        "counts": [_counting(leaf, describe(leaf, names), totals.get(leaf, 0), member_id, now, limit) for leaf in asked],
    }  # fmt: skip


def _missing(part: words.Part) -> Iterable[dict[str, Any]]:
    """The single things that are not met; of those that one may choose from, each."""
    if part.met:
        return
    if not part.parts:
        yield {"words": part.words, "missing": part.missing}
    for inner in part.parts:
        yield from _missing(inner)


def _counting(leaf: Leaf, said: str, total: int, member_id: int, now: datetime, limit: int) -> dict[str, Any]:
    page = measure.counting_rows(leaf, member_id, now, limit)
    next_day = measure.next_counts(leaf, member_id, now)
    rows = [{"id": row.id, "day": iso(row.occurred_at)[:10], "kind": row.kind} for row in page.items]
    return {"words": said, "total": total, "deeds": rows, "more": page.next_cursor is not None,
            "next_counts": next_day.isoformat() if next_day else None}  # fmt: skip
