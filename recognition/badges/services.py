"""Making badges known, deciding and giving. Nothing here takes a badge away."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities import measure
from recognition.activities.criteria.tree import Leaf, leaves, listens_to
from recognition.activities.drain import Batch
from recognition.activities.models import CONFIRMED
from recognition.activities.rules import Report
from recognition.activities.services import DRAIN_BELL, record
from recognition.audit import services as audit
from recognition.badges import holders
from recognition.badges.models import DRAFT, PUBLISHED, Award, Badge, BadgeListener, BadgeVersion
from recognition.badges.queries import (
    badge_by_slug,
    badges_built_on,
    levels_by_slug,
    listening_to,
    occasions_held,
    rule_of,
)
from recognition.badges.rules import (
    BadgeSpec,
    Rule,
    check_change,
    check_holds,
    check_no_cycle,
    earned,
    held_badges,
    object_of,
)
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import next_member_ids
from recognition.jobs import ledger
from recognition.refs import Ref

SLICE_MEMBERS = 2000


def consider(batch: Batch) -> int:
    """The drain's reaction: who of the batch's members now meets a rule that listens to their new deeds?"""
    by_kind = batch.members_by_kind()
    rules = listening_to(by_kind)
    if not rules:
        return 0
    members = {fact.member_id for fact in batch.facts}
    held = occasions_held(members, [rule.badge_id for rule, _ in rules])
    wanted = {}
    for rule, heard in rules:
        candidates = set().union(*(by_kind[kind] for kind in heard))
        every = set(rule.occasions())
        wanted[rule] = {m for m in candidates if not every <= held.get((rule.badge_id, m), set())}
    return give(decide_for(wanted), held, batch.now)


def decide_for(wanted: Mapping[Rule, Iterable[int]]) -> dict[Rule, dict[int, list[str]]]:
    """Which occasions each member has earned of each rule. A leaf that several rules share is measured once."""
    asked: dict[Leaf, tuple[set[int], int]] = {}
    for rule, members in wanted.items():
        for leaf in leaves(rule.criteria):
            known, cap = asked.get(leaf, (set(), 0))
            asked[leaf] = (known | set(members), max(cap, rule.top(leaf)))
    values = measure.measure_all(asked)
    found: dict[Rule, dict[int, list[str]]] = {}
    for rule, members in wanted.items():
        own = list(dict.fromkeys(leaves(rule.criteria)))
        for member_id in members:
            occasions = earned(rule, {leaf: values[leaf].get(member_id, 0) for leaf in own})
            if occasions:
                found.setdefault(rule, {})[member_id] = occasions
    return found


def give(decided: Mapping[Rule, Mapping[int, list[str]]], held: Mapping[tuple[int, int], set[str]], now: datetime) -> int:
    """Award what is not held yet, and say so in the log. The unique key has the last word, whoever was first."""
    rows = []
    for rule, members in decided.items():
        for member_id, occasions in members.items():
            known = held.get((rule.badge_id, member_id), ())
            rows += [_award_row(rule, member_id, occasion, now) for occasion in occasions if occasion not in known]
    _keep_hidden(rows, held)
    # One order for everybody, or two drains could wait for each other.
    rows.sort(key=lambda row: (row["badge_id"], row["member_id"], row["occasion"]))
    table: Any = Award.__table__
    new = insert_new(table, rows, table.c.badge_id, table.c.member_id, table.c.occasion)
    rules = {rule.badge_id: rule for rule in decided}
    record([_fact(rules[row.badge_id], row.member_id, row.occasion, now) for row in new], now, wake=False)
    _count_holders([row for row in new if row.occasion == rules[row.badge_id].occasions()[0]
                    and not held.get((row.badge_id, row.member_id))])  # fmt: skip
    return len(new)


def _award_row(rule: Rule, member_id: int, occasion: str, now: datetime) -> dict[str, Any]:
    level = int(occasion) if rule.levels else None
    return {"key": secrets.token_urlsafe(16), "badge_id": rule.badge_id, "member_id": member_id, "occasion": occasion,
            "level": level, "version": rule.version, "awarded_at": now, "shown": True}  # fmt: skip


def _keep_hidden(rows: Sequence[dict[str, Any]], held: Mapping[tuple[int, int], set[str]]) -> None:
    """A further level of a badge that its holder keeps to themselves is theirs alone too."""
    pairs = {(row["badge_id"], row["member_id"]) for row in rows}
    pairs = {pair for pair in pairs if held.get(pair)}
    if pairs:
        wanted = sa.select(Award.badge_id, Award.member_id).where(
            among(Award.member_id, {m for _b, m in pairs}), among(Award.badge_id, {b for b, _m in pairs}), ~Award.shown
        )
        hidden = {(row.badge_id, row.member_id) for row in db.session.execute(wanted)}
        for row in rows:
            row["shown"] = (row["badge_id"], row["member_id"]) not in hidden


def _fact(rule: Rule, member_id: int, occasion: str, now: datetime) -> Report:
    return Report(
        member_id=member_id,
        kind="badge.awarded",
        kind_label="Earned a badge",
        occurred_at=now,
        source="badges",
        source_key=f"{rule.badge_id}:{member_id}:{occasion}",
        object=object_of(rule.slug, occasion, rule.levels),
        evidence=CONFIRMED,
        fingerprinted=False,
    )


def _count_holders(new: Sequence[Any]) -> None:
    """Who is suspended is not counted; `recount` puts that right when it ends."""
    active = set(db.session.scalars(
        sa.select(Member.id).where(among(Member.id, {row.member_id for row in new}), Member.state != "suspended")
    )) if new else set()  # fmt: skip
    holders.add(Counter(row.badge_id for row in new if row.member_id in active))


def save_badge(spec: BadgeSpec, now: datetime, actor_id: int | None = None) -> Badge:
    """A new badge as a draft, or the changed one of the same slug. A changed rule is a new version; if the badge is
    published, whoever meets it now gets it. Raises BadBadge."""
    badge = badge_by_slug(spec.slug)
    _check_place(spec)
    if badge is None:
        badge = Badge(slug=spec.slug, state=DRAFT, version=0, created_at=now, levels=[], criteria={})
        db.session.add(badge)
    elif _is_held(badge.id):
        check_change(badge.levels, spec.levels)
    criteria, levels = dict(spec.criteria), list(spec.levels)
    changed = badge.version == 0 or badge.criteria != criteria or badge.levels != levels
    for name in ("name", "family", "glyph", "band", "summary", "story"):
        setattr(badge, name, getattr(spec, name))
    if changed:
        before = {"version": badge.version, "criteria": badge.criteria, "levels": badge.levels} if badge.version else None
        badge.version, badge.criteria, badge.levels = badge.version + 1, criteria, levels
        db.session.flush()
        _keep_version(badge, spec, now)
        audit.record("badge.saved", Ref("badge", badge.slug), actor_id, before,
                     {"version": badge.version, "criteria": criteria, "levels": levels})  # fmt: skip
        if badge.state == PUBLISHED:
            look_back(badge)
    return badge


def _check_place(spec: BadgeSpec) -> None:
    """Among the badges there are: what it builds on exists, and nothing waits for itself."""
    built_on = [slug for slug, _level in held_badges(spec.tree)]
    if built_on:
        check_holds(spec.tree, levels_by_slug() | {spec.slug: spec.levels})
        check_no_cycle(badges_built_on() | {spec.slug: built_on})


def _is_held(badge_id: int) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(Award.badge_id == badge_id))))


def _keep_version(badge: Badge, spec: BadgeSpec, now: datetime) -> None:
    db.session.add(BadgeVersion(badge_id=badge.id, version=badge.version, criteria=badge.criteria, levels=badge.levels,
                                created_at=now))  # fmt: skip
    db.session.execute(sa.delete(BadgeListener).where(BadgeListener.badge_id == badge.id))
    db.session.flush()
    rows = [{"kind": kind, "badge_id": badge.id} for kind in sorted(listens_to(spec.tree))]
    db.session.execute(sa.insert(BadgeListener), rows)


def publish(badge_id: int, actor_id: int | None = None) -> Badge:
    """From now on the drain gives it, and a job looks at everybody's past. Publishing twice does nothing more."""
    badge = db.session.get_one(Badge, badge_id)
    if badge.state != PUBLISHED:
        before, after = {"state": badge.state}, {"state": PUBLISHED}
        audit.record("badge.published", Ref("badge", badge.slug), actor_id, before, after)
        badge.state = PUBLISHED
        look_back(badge)
    return badge


def look_back(badge: Badge) -> None:
    """Everybody's past counts anew: the rule is another, or the drain passed the badge by. A look that is on its way
    stops, since those whom it has passed would be missed."""
    badge.look += 1
    db.session.flush()
    look_on_later(badge.id, badge.look, 0)


def look_on_later(badge_id: int, look: int, after: int) -> None:
    ledger.defer("badges.backfill", dedupe_key=f"badges.backfill:{badge_id}:{look}:{after}", badge_id=badge_id, look=look,
                 after=after)  # fmt: skip


def backfill_slice(badge_id: int, look: int, after: int, now: datetime) -> tuple[int, int | None]:
    """Give a published badge to those of the next members, by id, who qualify already. Returns how many awards it made,
    and the last member looked at; None when there is nobody left to look at, or it is another look's turn."""
    badge = db.session.get_one(Badge, badge_id, populate_existing=True)
    if badge.state != PUBLISHED or badge.look != look or badge.looked == look:
        return 0, None
    ids = next_member_ids(after, SLICE_MEMBERS)
    if not ids:
        badge.looked = look
        return 0, None
    rule = rule_of(badge)
    held = occasions_held(ids, [badge.id])
    every = set(rule.occasions())
    wanted = {rule: [m for m in ids if not every <= held.get((badge.id, m), set())]}
    made = give(decide_for(wanted), held, now)
    if made:
        ledger.ring(DRAIN_BELL)
    return made, ids[-1]


def arrange(member_id: int, keys: Sequence[str], hidden: Iterable[str]) -> None:
    """Wear one's awards in this order; `hidden` badges, with all their levels, stay with the member alone. Keys of
    other people are passed by."""
    # Held until the commit, or two at once would both count the same badge off.
    held = sa.select(Award).where(Award.member_id == member_id).order_by(Award.id).with_for_update(of=Award)
    own = {award.key: award for award in db.session.scalars(held, execution_options={"populate_existing": True})}
    away = {own[key].badge_id for key in hidden if key in own}
    seen = _seen(own.values())
    for award in own.values():
        award.position, award.shown = None, award.badge_id not in away
    for place, key in enumerate(dict.fromkeys(keys)):
        if key in own:
            own[key].position = place
    db.session.flush()
    now_seen = _seen(own.values())
    if db.session.get_one(Member, member_id).state != "suspended":
        holders.add(dict.fromkeys(now_seen - seen, 1) | dict.fromkeys(seen - now_seen, -1))


def _seen(awards: Iterable[Award]) -> set[int]:
    return {award.badge_id for award in awards if award.shown and award.revoked_at is None}


def member_changed(member_id: int) -> None:
    """Suspended or back again: lists follow at once, counts of holders a moment later, since counting takes longer the
    more people hold a badge. Once more a little later, for a drain that had asked just before whom it counts."""
    for moment, after in (("now", timedelta()), ("later", timedelta(minutes=1))):
        ledger.defer("badges.recount", dedupe_key=f"badges.recount:{member_id}:{moment}", run_after=clock.utcnow() + after,
                     member_id=member_id)  # fmt: skip


def recount_of(member_id: int) -> None:
    """Count the holders of this member's badges anew."""
    holders.recount(db.session.scalars(sa.select(Award.badge_id).where(Award.member_id == member_id).distinct()).all())
