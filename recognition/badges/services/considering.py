"""Who meets a rule: after new deeds, and in everybody's past."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.activities.criteria.tree import campaigns_named, opened
from recognition.activities.drain import Batch
from recognition.activities.services import DRAIN_BELL
from recognition.badges import held as holdings
from recognition.badges.models import PUBLISHED, RULE, Award, Badge
from recognition.badges.queries import badges_ever_asking_for, listening_to, occasions_held, rules_in_force
from recognition.badges.rules import Rule, rule_of
from recognition.badges.services.deciding import decide_for
from recognition.badges.services.expiry import renew_near
from recognition.badges.services.flags import rejudge
from recognition.badges.services.giving import give
from recognition.extensions import db
from recognition.identity.queries import next_member_ids
from recognition.jobs import ledger
from recognition.jobs.models import QUEUED, RUNNING, Job

SLICE_MEMBERS = 2000


def consider(batch: Batch) -> int:
    """The drain's reaction: who of the batch's members now meets a rule that listens to their new deeds?"""
    by_kind = batch.members_by_kind()
    members = {fact.member_id for fact in batch.facts}
    rules, held = listening_to(by_kind, members)
    if not rules:
        return 0
    wanted = {}
    for rule, heard in rules:
        candidates = set().union(*(by_kind[kind] for kind in heard))
        every = set(rule.occasions())
        wanted[rule] = {m for m in candidates if not every <= held.get((rule.badge_id, m), set())}
    ageing = [rule for rule, _ in rules if rule.valid_days is not None]
    if ageing:
        renew_near(ageing, members, batch.now)
    return give(decide_for(wanted, batch.now), held, batch.now)


def look_back(badge: Badge) -> None:
    """Everybody's past counts anew: the rule is another, or the drain passed the badge by. A look that is on its way
    stops, since those whom it has passed would be missed. Nothing to look for where people give the badge."""
    if badge.criteria is None:
        return
    badge.look += 1
    db.session.flush()
    look_on_later(badge.id, badge.look, 0)


def look_back_at_campaign(slug: str) -> None:
    """The campaign's dates are others: at the published badges whose rule asks for deeds in its time, and at what was given
    under a rule of another day that did."""
    for rule in rules_in_force():
        if slug in campaigns_named(rule.criteria):
            look_back(db.session.get_one(Badge, rule.badge_id, with_for_update=True, populate_existing=True))
    for badge_id in badges_ever_asking_for(slug):
        ledger.defer("badges.judge_holders", badge_id=badge_id, after=0)


def judge_holders(badge_id: int, after: int, now: datetime) -> int | None:
    """Flags of the next holders of a badge, by award. Returns the last award looked at, None when none is left."""
    some = sa.select(Award.id, Award.member_id).where(Award.badge_id == badge_id, Award.id > after).order_by(Award.id)
    rows = db.session.execute(some.limit(SLICE_MEMBERS)).all()
    rejudge(sorted({row.member_id for row in rows}), now)
    return rows[-1].id if rows else None


def look_back_at_timely() -> int:
    """At the published badges that time alone may bring; returns how many they are."""
    timely = [rule.badge_id for rule in rules_in_force() if rule.timely]
    for badge_id in timely:
        look_back(db.session.get_one(Badge, badge_id, with_for_update=True, populate_existing=True))
    return len(timely)


def look_on_later(badge_id: int, look: int, after: int, since: datetime | None = None) -> None:
    """`since`: when this look began; all slices of one look decide as of one moment."""
    begun = {"since": since.isoformat()} if since else {}
    ledger.defer("badges.backfill", dedupe_key=f"badges.backfill:{badge_id}:{look}:{after}", badge_id=badge_id, look=look,
                 after=after, **begun)  # fmt: skip


def backfill_slice(badge_id: int, look: int, after: int, now: datetime, since: datetime | None = None) -> tuple[int, int | None]:
    """Give a published badge to those of the next members, by id, who qualify already. Returns how many awards it made,
    and the last member looked at; None when there is nobody left to look at, or it is another look's turn."""
    badge = db.session.get_one(Badge, badge_id, populate_existing=True)
    rule = rule_of(badge)
    if badge.state != PUBLISHED or rule is None or badge.look != look or badge.looked == look:
        return 0, None
    ids = next_member_ids(after, SLICE_MEMBERS)
    if not ids:
        badge.looked, badge.looked_at = look, since or now
        return 0, None
    made = give_missing([rule], ids, since or now, now)
    if campaigns_named(rule.criteria):
        rejudge(ids, now)  # The campaign's dates may have moved away from under an award.
    if made:
        ledger.ring(DRAIN_BELL)
    return made, ids[-1]


def give_missing(rules: Sequence[Rule], members: Sequence[int], at: datetime, now: datetime) -> int:
    """What these members have earned as of `at`."""
    held = occasions_held(members, [rule.badge_id for rule in rules])
    wanted = {}
    for rule in rules:
        every = set(rule.occasions())
        wanted[rule] = [m for m in members if not every <= held.get((rule.badge_id, m), set())]
    return give(decide_for(wanted, at), held, now)


def look_at_member_later(member_id: int) -> None:
    """After a change that the log does not tell of."""
    ledger.defer("badges.look_at_member", dedupe_key=f"badges.look_at_member:{member_id}", member_id=member_id)


def look_at_members_later(members: Iterable[int]) -> None:
    for member_id in members:
        look_at_member_later(member_id)


def look_again_soon(members: Sequence[int], now: datetime) -> None:
    """Once more in a minute, when every drain that is on its way has come to its end."""
    for start in range(0, len(members), SLICE_MEMBERS):
        some = list(members[start : start + SLICE_MEMBERS])
        ledger.defer("badges.judge", run_after=now + timedelta(minutes=1), member_ids=some)


def members_to_look_at() -> set[int]:
    """For whom a job of `look_at_member_later` waits."""
    waiting = sa.select(Job.args).where(Job.name == "badges.look_at_member", Job.state.in_((QUEUED, RUNNING)))
    return {int(args["member_id"]) for args in db.session.scalars(waiting)}


def look_at_member(member_id: int, now: datetime) -> int:
    """Give one member whatever they have earned of any badge. Returns how many awards it made."""
    made = give_missing(rules_in_force(), [member_id], now, now)
    if made:
        ledger.ring(DRAIN_BELL)
    return made


@dataclass(frozen=True)
class Slice:
    """`new`: who would be given what. `lost`: who was given the badge by its rule and would not meet this one; they keep
    it. `next_after` None: everybody was looked at."""

    new: dict[int, list[str]]
    lost: list[int]
    looked: int
    next_after: int | None


def dry_run_slice(rule: Rule, after: int, now: datetime, limit: int = SLICE_MEMBERS) -> Slice:
    """What this rule would do, among the next members by id, as far as every member may know; nothing is stored. The rule may
    be one that nobody saved: `badge_id` 0 is a badge that is not there yet."""
    rule = replace(rule, criteria=opened(rule.criteria))
    ids = next_member_ids(after, limit)
    if not ids:
        return Slice({}, [], 0, None)
    earned_by = decide_for({rule: ids}, now).get(rule, {})
    awards = holdings.standings(ids, [rule.badge_id])
    takers, blocked = holdings.takers(ids), holdings.blocked(ids, [rule.terms])
    held: dict[int, set[str]] = {}
    # Who has it and does not show it, or said no, is told like everybody else: that a rule found them is theirs to tell.
    for one in filter(lambda one: one.shown, awards):
        held.setdefault(one.member_id, set()).add(one.occasion)
    new = {}
    for member_id, occasions in sorted(earned_by.items()):
        missing = [occasion for occasion in occasions if occasion not in held.get(member_id, ())]
        pair = (rule.badge_id, member_id)
        if missing and holdings.is_welcome(pair, takers, blocked, {}):
            new[member_id] = missing
    lost = {one.member_id for one in awards if one.how == RULE and one.revoked_at is None and one.shown
            and one.occasion not in earned_by.get(one.member_id, ())}  # fmt: skip
    return Slice(new, sorted(lost), len(ids), ids[-1] if len(ids) == limit else None)
