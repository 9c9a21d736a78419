"""What the council made of a tag holds for new deeds at once: asked by `record` before a row is born."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition.activities.models import IN_FORCE, Activity, ActivityTag, TagMove, TagRule
from recognition.activities.rules import DEFAULT_KIND, INTERNAL_KINDS, Report
from recognition.database import among, insert_new
from recognition.extensions import db

KIND, TAG = "kind", "tag"
HAD, WAS = "had", "kind"
"""In `TagMove.before`: did the row have the tag that it got, and which kind it was of."""
HOPS_MAX = 8


class InForce(NamedTuple):
    """What a tag is made into."""

    id: int
    tag: str
    becomes: str
    target: str


@dataclass
class Filed:
    """Reports as they go into the log. `moves`: by a report's source and key, what was changed and by which rule."""

    reports: Sequence[Report]
    moves: dict[tuple[str, str], list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)

    def note(self, new_ids: Mapping[tuple[str, str], int]) -> None:
        """So that it can be undone for these too."""
        rows = [
            {"rule_id": rule_id, "activity_id": new_ids[key], "before": before}
            for key, moves in self.moves.items() if key in new_ids
            for rule_id, before in moves
        ]  # fmt: skip
        insert_new(TagMove.__table__, rows)


def file(reports: Sequence[Report]) -> Filed:
    """One small statement where any of them has a tag, and none otherwise."""
    rules = in_force({tag for report in reports for tag in report.tags})
    if not rules:
        return Filed(reports)
    found = Filed([])
    changed = []
    for report in reports:
        filed, moves = _filed(report, rules)
        changed.append(filed)
        if moves:
            found.moves.setdefault((report.source, report.source_key), moves)
    found.reports = changed
    return found


def in_force(tags: Collection[str]) -> dict[str, InForce]:
    """What these tags are made into, and what that is made into again."""
    found: dict[str, InForce] = {}
    wanted = set(tags)
    for _hop in range(HOPS_MAX):
        if not wanted:
            break
        rules = sa.select(TagRule.id, TagRule.tag, TagRule.becomes, TagRule.target)
        rows = db.session.execute(rules.where(among(TagRule.tag, sorted(wanted)), sa.text(IN_FORCE))).all()
        found |= {row.tag: InForce(*row) for row in rows}
        wanted = {row.target for row in rows if row.becomes == TAG} - found.keys()
    return found


def ends_as(tag: str) -> str:
    """The tag that this one is written as in the end."""
    return all_end_as([tag])[tag]


def all_end_as(tags: Collection[str]) -> dict[str, str]:
    rules, found = in_force(tags), dict[str, str]()
    for tag in tags:
        last = tag
        for _hop in range(HOPS_MAX):
            rule = rules.get(last)
            if rule is None or rule.becomes != TAG:
                break
            last = rule.target
        found[tag] = last
    return found


def _filed(report: Report, rules: Mapping[str, InForce]) -> tuple[Report, list[tuple[int, dict[str, Any]]]]:
    if not rules.keys() & set(report.tags) or report.kind in INTERNAL_KINDS:
        return report, []
    tags, moves = dict.fromkeys(report.tags), list[tuple[int, dict[str, Any]]]()
    for told in report.tags:
        rule, hops = rules.get(told), 0
        while rule is not None and rule.becomes == TAG and rule.tag in tags and hops < HOPS_MAX:
            moves.append((rule.id, {HAD: rule.target in tags}))
            tags = dict.fromkeys(rule.target if tag == rule.tag else tag for tag in tags)
            rule, hops = rules.get(rule.target), hops + 1
    kind = report.kind
    if kind == DEFAULT_KIND:
        first = min((rule for tag in tags if (rule := rules.get(tag)) and rule.becomes == KIND), default=None)
        if first is not None:
            kind = first.target
            moves.append((first.id, {WAS: DEFAULT_KIND}))
    return replace(report, kind=kind, tags=tuple(tags)), moves


def carry(from_id: int, to_id: int) -> None:
    """A corrected deed stands for the one before it, also when a tag's rule is undone: as far as it still shows what the
    rule made of it."""
    moves = sa.select(TagMove.rule_id, TagMove.before, TagRule.becomes, TagRule.target)
    moves = moves.join(TagRule, TagRule.id == TagMove.rule_id).where(TagMove.activity_id == from_id)
    rows = db.session.execute(moves).all()
    if not rows:
        return
    kind = db.session.scalar(sa.select(Activity.kind).where(Activity.id == to_id))
    tags = set(db.session.scalars(sa.select(ActivityTag.tag).where(ActivityTag.activity_id == to_id)))
    kept = [row for row in rows if (row.target == kind if row.becomes == KIND else row.target in tags)]
    insert_new(TagMove.__table__, [{"rule_id": row.rule_id, "activity_id": to_id, "before": row.before} for row in kept])


def kind_rules_of(tags: Iterable[str]) -> list[InForce]:
    """In the order in which they were made."""
    return sorted(rule for rule in in_force(set(tags)).values() if rule.becomes == KIND)
