"""Awards that are valid for a time: their holders are told before and when it is over; deeds since the award's start
renew it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.activities.criteria.tree import ABOUT_MEMBERS, BADGE_AWARDED, QUEST_FINISHED, Criteria, Node, Not
from recognition.announcements.services import Message, tell
from recognition.badges import held as holdings
from recognition.badges.models import DECLINED, PUBLISHED, RULE, Award, Badge
from recognition.badges.rules import Rule, rule_of, terms_of
from recognition.badges.services.deciding import decide_for
from recognition.badges.services.giving import renew
from recognition.badges.services.locks import running_still
from recognition.database import among
from recognition.extensions import db

SLICE_AWARDS = 500
HAD = ((BADGE_AWARDED,), (QUEST_FINISHED,))
AGEING = (Award.expires_at.is_not(None), Award.revoked_at.is_(None), Award.answer != DECLINED)


def age_slice(after: int, now: datetime) -> int | None:
    """The next awards, by id, that come near their end or are past it: renewed where the rule is met again, or else
    their holders are told, once before and once when it is over. Returns the last award, None when none is left."""
    due = sa.select(Award).join(Badge).where(
        *AGEING, Award.expired_at.is_(None), Award.id > after,
        sa.or_(Award.expires_at <= now, sa.and_(Award.warned_at.is_(None), Award.expires_at <= now + _longest_warning())),
    )  # fmt: skip
    fresh = {"populate_existing": True}
    awards = db.session.scalars(due.order_by(Award.id).limit(SLICE_AWARDS), execution_options=fresh).all()
    near = [award for award in awards if _is_near(award, now)]
    renewed = renew_met([award for award in near if award.warned_at is None], now)
    left = [award for award in near if award.id not in renewed]
    over = [award for award in left if award.expires_at is not None and award.expires_at <= now]
    soon = [award for award in left if award not in over and award.warned_at is None]
    _mark(over, "expired_at", "award.expired", now)
    _mark(soon, "warned_at", "award.expiring", now)
    return awards[-1].id if len(awards) == SLICE_AWARDS else None


def _longest_warning() -> timedelta:
    days = db.session.scalar(sa.select(sa.func.max(Badge.warn_days)).where(Badge.valid_days.is_not(None))) or 0
    return timedelta(days=days)


def _is_near(award: Award, now: datetime) -> bool:
    return award.expires_at is not None and award.expires_at - timedelta(days=award.badge.warn_days) <= now


def _mark(awards: Sequence[Award], column: str, kind: str, now: datetime) -> None:
    """Once for each time that an award runs: its key says which. What somebody renewed since it was read runs on."""
    still = running_still({award.id: award.expires_at for award in awards}) if awards else set()
    awards = [award for award in awards if award.id in still]
    for award in awards:
        setattr(award, column, now)
    db.session.flush()
    tell([Message(award.member_id, kind, f"{kind}:{award.id}:{award.expires_at}", f"/awards/{award.key}",
                  {"badge": award.badge.name}) for award in awards], now)  # fmt: skip


def renew_near(rules: Sequence[Rule], members: Iterable[int], now: datetime) -> None:
    """For the drain: deeds that come while an award is near its end, or past it, may renew it."""
    horizon = now + timedelta(days=max(rule.warn_days for rule in rules))
    wanted = sa.select(Award).where(
        *AGEING, Award.expires_at <= horizon, among(Award.member_id, members), among(Award.badge_id, [r.badge_id for r in rules])
    )
    found = db.session.scalars(wanted.order_by(Award.id), execution_options={"populate_existing": True})
    renew_met([award for award in found if _is_near(award, now)], now)


def renew_met(awards: Iterable[Award], now: datetime) -> set[int]:
    """Those that rules gave, and whose badge's rule is met again by deeds after the award began, begin anew, where the
    holder takes badges. Awards that began at one moment, as those of one batch do, are measured together. Returns their
    ids."""
    ruled = [one for one in awards if one.how == RULE and one.badge.state == PUBLISHED and one.badge.criteria is not None]
    by_start: dict[tuple[int, datetime], list[Award]] = {}
    for award in _wanted(ruled):
        by_start.setdefault((award.badge_id, award.renewed_at or award.awarded_at), []).append(award)
    renewed: set[int] = set()
    for (_badge_id, start), same in sorted(by_start.items(), key=lambda pair: pair[0]):
        rule = _since(rule_of(same[0].badge), start)
        earned = decide_for({rule: [award.member_id for award in same]}, now).get(rule, {}) if rule else {}
        met = {award.id: award.expires_at for award in same if award.occasion in earned.get(award.member_id, ())}
        renew(met, terms_of(same[0].badge), now)
        renewed |= set(met)
    return renewed


def _wanted(awards: Sequence[Award]) -> list[Award]:
    """No wish of their holders speaks against them."""
    members = {award.member_id for award in awards}
    takers = holdings.takers(members) if members else {}
    blocked = holdings.blocked(members, {terms_of(award.badge) for award in awards})
    return [one for one in awards if one.member_id in takers and (one.badge_id, one.member_id) not in blocked]


def _since(rule: Rule | None, start: datetime) -> Rule | None:
    """The rule asking for deeds after `start`; None where it asks for no deeds."""
    newer = _after(rule.criteria, start) if rule else None
    return replace(rule, criteria=newer) if rule and newer and newer != rule.criteria else None


def _after(criteria: Criteria, start: datetime) -> Criteria:
    """Badges and quests that the rule builds on are had, whenever that was; deeds must be new."""
    if isinstance(criteria, Node):
        return replace(criteria, parts=tuple(_after(part, start) for part in criteria.parts))
    if isinstance(criteria, Not) or criteria.measure in ABOUT_MEMBERS or criteria.where.kind in HAD:
        return criteria
    limits = criteria.where.limits
    where = replace(criteria.where, limits=replace(limits, window=replace(limits.window, after=start)))
    return replace(criteria, where=where)
