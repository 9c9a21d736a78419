"""Keeping standings: each new deed counts once, in the transaction that marks it as considered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition import clock
from recognition.activities.changes import Change
from recognition.activities.drain import Batch, Fact
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.jobs import ledger
from recognition.leaderboards import keeping
from recognition.leaderboards.arrivals import arrived
from recognition.leaderboards.rules import periods_of
from recognition.leaderboards.scoring import UNTOLD, Scoring, Sum, Sums
from recognition.leaderboards.truth import scorings, scorings_and_counted


def restate(batch: Batch) -> int:
    """The drain's reaction: add what the batch's deeds pay. Being considered once is what makes this exactly once."""
    if all(fact.kind in UNTOLD for fact in batch.facts):
        return 0
    keeping.wait_for_rebuild()
    rules, counted = scorings_and_counted({period for fact in batch.facts for period in periods_of(fact.occurred_day)})
    sums = additions(batch.facts, [one for one in rules if one.by_itself])
    others = [one for one in rules if not one.by_itself]
    heard = {fact.member_id for fact in batch.facts for one in others if one.worth(fact)}
    paid = {key[1] for key in sums}
    keeping.lock(heard | paid if any((key[0], key[2]) in counted for key in sums) else heard, beside=paid)
    ids = [fact.id for fact in batch.facts]
    for scoring in others:
        fresh, shifted = arrived(batch.facts, scoring)
        sums |= fresh
        if shifted:
            keeping.restate_members(shifted, [scoring], ids)
    keeping.add(sums, counted)
    return 0


def follow(changes: Sequence[Change], now: datetime) -> None:  # noqa: ARG001 - what all reactions to a change take
    """Deeds that were considered already are withdrawn, or count again: their members' standings are summed up anew."""
    moved = {fact.member_id for one in changes if _moves(one) for fact in (one.before, one.after) if fact}
    if moved:
        keeping.wait_for_rebuild()
        keeping.lock(moved)
        keeping.restate_members(moved, scorings())


def _moves(change: Change) -> bool:
    return change.before != change.after


def relist(member_id: int) -> None:
    """The member opted in or out, was suspended or is back: their standings follow, on every board. Once more a little
    later, for a drain that had asked for their wish just before they changed it."""
    follow_wish(member_id)
    after = clock.utcnow() + timedelta(minutes=1)
    ledger.defer("leaderboards.follow_wish", dedupe_key=f"leaderboards.follow_wish:{member_id}", run_after=after,
                 member_id=member_id)  # fmt: skip
    ledger.defer("leaderboards.sum_up_groups", dedupe_key="leaderboards.sum_up_groups:wish")


def follow_wish(member_id: int) -> None:
    """List this member's standings if they want to be on boards and may, else none of them."""
    keeping.wait_for_rebuild()
    keeping.lock([member_id])
    wished = sa.select(Member.on_boards & (Member.state == "active")).where(Member.id == member_id)
    keeping.list_member(member_id, bool(db.session.scalar(wished)))


def additions(facts: Sequence[Fact], rules: Sequence[Scoring]) -> Sums:
    """For boards on which each deed pays by itself. Kept plain and short: the drain spends its time here."""
    found: Sums = {}
    for fact in facts:
        for scoring in rules:
            pay = scoring.worth(fact)
            if not pay:
                continue
            for period in periods_of(fact.occurred_day):
                key = (scoring.board_id, fact.member_id, period)
                known = found.get(key)
                if known is None:
                    found[key] = Sum(pay, 1, fact.reported_at)
                else:
                    found[key] = Sum(known[0] + pay, known[1] + 1, max(known[2], fact.reported_at))
    return found
