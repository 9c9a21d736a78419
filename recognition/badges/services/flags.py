"""Awards and the log: which of them it still bears out. What it does not is flagged for a person to decide, never removed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from recognition.activities.criteria.tree import Criteria, Node, is_momentary
from recognition.activities.drain import Batch, only_if
from recognition.badges.models import DECLINED, FLAGGED, RULE, Award, Badge, BadgeVersion
from recognition.badges.queries import rule_columns
from recognition.badges.rules import Rule, rule_of
from recognition.badges.services.deciding import decide_for
from recognition.database import among
from recognition.driver import run
from recognition.extensions import db


class Judged(NamedTuple):
    award_id: int
    rule: Rule
    member_id: int
    occasion: str
    is_flagged: bool
    is_supported: bool


def judge(members: Sequence[int], now: datetime) -> Iterator[Judged]:
    """The awards that a rule gave these members, under the version they were given. What people gave needs no log, what is
    revoked or declined counts for nothing, and of what was decided as of a moment only the deeds are looked at."""
    columns = (Award.id, Award.badge_id, Award.version, Award.member_id, Award.occasion, Award.unsupported_at)
    given = sa.select(*columns).where(
        among(Award.member_id, members), Award.how == RULE, Award.revoked_at.is_(None), Award.answer != DECLINED
    )
    awards = db.session.execute(given.order_by(Award.id)).all()
    rules = _rules_given({(row.badge_id, row.version) for row in awards})
    wanted: dict[Rule, set[int]] = {}
    for row in awards:
        if rule := rules.get((row.badge_id, row.version)):
            wanted.setdefault(rule, set()).add(row.member_id)
    earned = decide_for(wanted, now)
    for row in awards:
        if rule := rules.get((row.badge_id, row.version)):
            supported = row.occasion in earned.get(rule, {}).get(row.member_id, ())
            yield Judged(row.id, rule, row.member_id, row.occasion, row.unsupported_at is not None, supported)


def _rules_given(versions: set[tuple[int, int]]) -> dict[tuple[int, int], Rule]:
    """The rules of these versions, as far as they can be decided again."""
    ids = {badge_id for badge_id, _version in versions}
    badges = {row.id: row for row in db.session.execute(sa.select(*rule_columns()).where(among(Badge.id, ids)))}
    found = {}
    for version in db.session.scalars(sa.select(BadgeVersion).where(among(BadgeVersion.badge_id, ids))):
        rule = rule_of(badges[version.badge_id], version)
        criteria = lasting(rule.criteria) if rule else None
        if rule and criteria and (version.badge_id, version.version) in versions:
            found[version.badge_id, version.version] = replace(rule, criteria=criteria)
    return found


def lasting(criteria: Criteria) -> Criteria | None:
    """What of a rule must hold for ever: what is decided as of a moment held when the award was given, and nobody can say
    more. None: nothing of it."""
    if not is_momentary(criteria):
        return criteria
    if not isinstance(criteria, Node):
        return None
    parts = [lasting(part) for part in criteria.parts]
    left = tuple(part for part in parts if part is not None)
    needed = criteria.at_least - (len(parts) - len(left))
    return Node(left, needed) if needed > 0 else None


def rejudge(members: Sequence[int], now: datetime) -> None:
    """Flags as they should be. A flag that falls takes with it what was decided under it."""
    if not members:
        return
    judged = list(judge(members, now))
    wrong = [one.award_id for one in judged if not one.is_supported and not one.is_flagged]
    right = [one.award_id for one in judged if one.is_supported and one.is_flagged]
    quiet = {"synchronize_session": "fetch"}
    if wrong:
        flag = sa.update(Award).where(among(Award.id, wrong), Award.unsupported_at.is_(None))
        db.session.execute(flag.values(unsupported_at=now), execution_options=quiet)
    if right:
        clear = sa.update(Award).where(among(Award.id, right))
        db.session.execute(clear.values(unsupported_at=None, kept_at=None, kept_by_id=None), execution_options=quiet)


def flagged_among(members: Iterable[int]) -> list[int]:
    """Who of these has an award in question: few, by the small index of them."""
    return [row[0] for row in run(_FLAGGED, {"members": list(members)})]


_FLAGS = f"FROM award WHERE {FLAGGED} AND member_id IN LIST(:members)"
_FLAGGED = f"SELECT DISTINCT member_id {_FLAGS}"


@only_if(f"EXISTS (SELECT 1 {_FLAGS})")
def follow(batch: Batch) -> int:
    """The drain's reaction: a new deed may bear out what was in question."""
    rejudge(flagged_among({fact.member_id for fact in batch.facts}), batch.now)
    return 0
