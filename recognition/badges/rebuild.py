"""Awards compared with the log, given where the log supports one that is missing, and flagged where it supports one no
longer. Nothing here takes one away."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.changes import Change, withdraw
from recognition.activities.models import UNCONSIDERED, Activity
from recognition.badges import held as holdings
from recognition.badges.holders import counted
from recognition.badges.models import Award, Badge
from recognition.badges.queries import occasions_held, rules_in_force
from recognition.badges.rules import Rule
from recognition.badges.services.considering import give_missing, look_again_soon, look_at_members_later, members_to_look_at
from recognition.badges.services.deciding import decide_for
from recognition.badges.services.facts import facts_off, tell_again
from recognition.badges.services.flags import judge, rejudge
from recognition.database import among, is_postgresql
from recognition.extensions import db
from recognition.identity.queries import every_member_id


def reconsider(changes: Sequence[Change], now: datetime) -> None:
    """Deeds count no longer, or for less: awards that they bore are flagged. A rule that asks for something not to be may
    be met now, but what is not there yet may come back before the commit: a job gives, and sees the whole. Each flag is
    looked at once more a moment later, for a drain that was about to give."""
    members = sorted({fact.member_id for change in changes for fact in (change.before, change.after) if fact})
    rejudge(members, now)
    if any(rule.momentary for rule in rules_in_force()):
        look_at_members_later(members)
    if is_postgresql():
        look_again_soon(members, now)


def check() -> Iterator[dict[str, Any]]:
    """Missing and extra awards, flags that are wrong, and counts of holders that are off."""
    rules, now = rules_in_force(), clock.utcnow()
    looked_at = {row.id: row.looked_at for row in db.session.execute(sa.select(Badge.id, Badge.looked_at))}
    for members in every_member_id():
        waiting = _waiting(members)
        yield from _missing(rules, [one for one in members if one not in waiting], looked_at, now)
        yield from _misjudged(members, waiting, now)
        yield from _mistold(members)
    for slug, stored, true in db.session.execute(sa.select(Badge.slug, Badge.holders_count, counted())):
        if stored != true:
            yield {"badge": slug, "holders_stored": stored, "holders": true}


def rebuild() -> dict[str, int]:
    """Give what is missing, flag what is in question and count the holders anew. The caller commits, then drains what
    this adds to the log."""
    if is_postgresql():
        # Drains that gave something are waited for; the others wait for us. Taken first, so that nobody dead-locks.
        db.session.execute(sa.text("LOCK TABLE award IN EXCLUSIVE MODE"))
    rules, given, now = rules_in_force(), 0, clock.utcnow()
    for members in every_member_id():
        given += give_missing(rules, members, now, now)
        rejudge(members, now)
        untold, told = facts_off(members)
        tell_again(db.session.scalars(sa.select(Award).where(among(Award.id, [one.award_id for one in untold]))).all(), now)
        withdraw([one.fact_id for one in told], None, "No award says this.", now)
    db.session.execute(
        sa.update(Badge).values(holders_count=counted()).where(Badge.holders_count != counted()),
        execution_options={"synchronize_session": False},
    )
    return {"awarded": given}


def _waiting(members: Sequence[int]) -> set[int]:
    """Members with deeds that the drain will see to, or whom a job will look at, are left out."""
    pending = sa.select(Activity.member_id).where(sa.text(UNCONSIDERED), among(Activity.member_id, members))
    return set(db.session.scalars(pending.distinct())) | members_to_look_at()


def _missing(
    rules: Sequence[Rule], members: Sequence[int], looked_at: dict[int, datetime | None], now: datetime
) -> Iterator[dict[str, Any]]:
    """What time alone brings is due when everybody was last looked at: whoever came to it since has it tomorrow."""
    held = occasions_held(members, [rule.badge_id for rule in rules])
    said = holdings.said(holdings.standings(members, [rule.badge_id for rule in rules]))
    takers, blocked = holdings.takers(members), holdings.blocked(members, [rule.terms for rule in rules])
    for rule, earned in decide_for(dict.fromkeys(rules, members), now).items():
        due = _due(rule, earned, looked_at[rule.badge_id]) if rule.timely else earned
        for member_id, occasions in sorted(due.items()):
            pair = (rule.badge_id, member_id)
            for occasion in occasions if holdings.is_welcome(pair, takers, blocked, said) else ():
                if occasion not in held.get(pair, ()):
                    yield {"missing": rule.slug, "member_id": member_id, "occasion": occasion}


def _due(rule: Rule, earned: dict[int, list[str]], looked_at: datetime | None) -> dict[int, list[str]]:
    if looked_at is None:
        return {}
    then = decide_for({rule: list(earned)}, looked_at).get(rule, {})
    return {member: [one for one in occasions if one in then.get(member, ())] for member, occasions in earned.items()}


def _mistold(members: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Each award that counts is one fact of the log, and the other way round."""
    for name, rows in zip(("untold", "told"), facts_off(members), strict=True):
        for row in rows:
            yield {name: row.object, "member_id": row.member_id}


def _misjudged(members: Sequence[int], waiting: set[int], now: datetime) -> Iterator[dict[str, Any]]:
    """Awards that the log does not bear out and nobody was asked about, and the other way round. Each under the version
    it was given: an award stays what it was under the rule of its day."""
    for one in judge(members, now):
        told = {"member_id": one.member_id, "occasion": one.occasion}
        if not one.is_supported and not one.is_flagged:
            yield {"extra": one.rule.slug, **told}
        if one.is_supported and one.is_flagged and one.member_id not in waiting:
            yield {"flagged": one.rule.slug, **told}
