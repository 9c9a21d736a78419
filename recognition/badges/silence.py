"""A rule that used to give awards and has gone quiet: a typing error in it, a program that stopped reporting, a kind of
deed that is called otherwise now. Nobody misses what does not arrive, so this looks once a day.

What is usual is read from the days on which the rule gave something within a year: it needs 5 awards over at least 28
days to have a habit at all. Its usual gap is the upper quartile of the gaps between those days, so that neither one long
holiday nor a burst decides. Silence is unusual after three such gaps, and never before 14 days.

Silence counts from the last award, the last change of the rule, or the end of the community's last pause, whichever is
latest: while nobody tells any deed, it is not the rule. That is told by a name of its own. Where the council said that it
is fine, the same silence is not noticed again: only one after the rule gave once more, or was changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.activities.rules import INTERNAL_KINDS
from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.badges.models import PUBLISHED, RULE, Award, Badge, BadgeVersion
from recognition.clock import day_number
from recognition.extensions import db
from recognition.identity.models import Grant, Member
from recognition.refs import Ref

YEAR = timedelta(days=366)
HABIT_AWARDS, HABIT_SPAN = 5, timedelta(days=28)
QUIET_AT_LEAST, GAPS = timedelta(days=14), 3
PAUSE = timedelta(days=14)
"""So long without a deed of anybody, and the community rests."""
NEWEST = 200
"""Of the awards of one badge, enough to know its habit by."""
SEASONAL = {"campaign", "months", "period", "until"}
"""Parts of a rule that make it silent by design for some of the time."""

LAST_BY_RULE = (
    sa.select(Award.awarded_at)
    .where(Award.badge_id == Badge.id, Award.how == RULE)
    .order_by(Award.id.desc())
    .limit(1)
    .correlate(Badge)
    .scalar_subquery()
)


@dataclass(frozen=True)
class Habit:
    """How one rule gave within a year; `days` are day numbers, each once. `last` may be a renewal, which is giving too."""

    awards: int
    first: datetime
    last: datetime
    days: tuple[int, ...]


def listen(now: datetime) -> None:
    """Mark the rules that have gone silent, clear those that gave again or were changed, tell the council once of each."""
    _clear_idle()
    habits, lively_since = _habits(now), end_of_last_pause(now)
    fresh = []
    for badge, changed_at in _rules():
        habit = habits.get(badge.id)
        if badge.silent_since is not None:
            noise = max(changed_at, habit.last) if habit else changed_at
            badge.silent_since = badge.silent_since if noise <= badge.silent_since else None
        elif habit and lively_since and may_be_heard(badge.criteria) and not _is_known(badge, habit, changed_at):
            badge.silent_since = unusual_since(habit, [changed_at, lively_since], now)
            fresh += [badge] if badge.silent_since else []
    db.session.flush()
    _tell_the_council(fresh, now)
    if lively_since is None:
        _tell_of_the_pause(now)


def _is_known(badge: Badge, habit: Habit, changed_at: datetime) -> bool:
    return badge.silence_known_at is not None and badge.silence_known_at >= max(changed_at, habit.last)


def is_silent() -> sa.ColumnElement[bool]:
    """On `badge`: marked, and not heard since. The marks themselves are looked at once a day."""
    return sa.and_(Badge.silent_since.is_not(None), sa.func.coalesce(Badge.silent_since >= LAST_BY_RULE, sa.true()))


def accept(badge_id: int, actor_id: int, now: datetime) -> bool:
    """This silence is fine. False where none is noticed any more."""
    badge = db.session.get_one(Badge, badge_id, populate_existing=True, with_for_update=True)
    if badge.silent_since is None:
        return False
    audit.record("badge.silence_accepted", Ref("badge", badge.slug), actor_id)
    badge.silent_since, badge.silence_known_at = None, now
    db.session.flush()
    return True


def unusual_since(habit: Habit, noises: Iterable[datetime], now: datetime) -> datetime | None:
    """When its silence began to be unusual; None while it is not. `noises`: other moments from which silence counts."""
    if habit.awards < HABIT_AWARDS or habit.last - habit.first < HABIT_SPAN:
        return None
    since = max([habit.last, *noises]) + max(QUIET_AT_LEAST, GAPS * timedelta(days=usual_gap_days(habit.days)))
    return since if now > since else None


def usual_gap_days(days: Sequence[int]) -> int:
    """The upper quartile of the gaps between these days: of four gaps, the third by length. At least one."""
    ordered = sorted(days)
    gaps = sorted(later - earlier for earlier, later in pairwise(ordered))
    return gaps[-(-3 * len(gaps) // 4) - 1] if gaps else 1


def may_be_heard(criteria: Any) -> bool:
    """Whether its silence would say something: a rule for November, or for a campaign, is silent most of the year."""
    if isinstance(criteria, Mapping):
        return not SEASONAL & set(criteria) and all(map(may_be_heard, criteria.values()))
    return criteria is not None and (not isinstance(criteria, list) or all(map(may_be_heard, criteria)))


def end_of_last_pause(now: datetime) -> datetime | None:
    """The first deed since which none was missing for as long as a pause, within a year. None: there is a pause now.
    One small question for each two weeks, whatever the number of deeds."""
    place, lively_since = now, None
    while place > now - YEAR:
        theirs = (Activity.kind.not_in(INTERNAL_KINDS), Activity.withdrawn_at.is_(None))
        span = (Activity.occurred_at >= place - PAUSE, Activity.occurred_at < place)
        oldest = sa.select(Activity.occurred_at).where(*theirs, *span).order_by(Activity.occurred_at, Activity.id).limit(1)
        found: datetime | None = db.session.scalar(oldest)
        if found is None:
            break
        place = lively_since = found
    return lively_since


def _rules() -> Sequence[tuple[Badge, datetime]]:
    """Published ones, each with the moment of its last change."""
    version = sa.and_(BadgeVersion.badge_id == Badge.id, BadgeVersion.version == Badge.version)
    wanted = sa.select(Badge, BadgeVersion.created_at).join(BadgeVersion, version)
    rows = db.session.execute(wanted.where(Badge.state == PUBLISHED, Badge.criteria.is_not(None)).order_by(Badge.id))
    return [(row[0], row[1]) for row in rows]


def _habits(now: datetime) -> dict[int, Habit]:
    """By badge, from its newest awards by rule: one statement for all badges."""
    own: dict[str, Any] = {"partition_by": Award.badge_id}
    ranked = (
        sa.select(
            Award.badge_id,
            Award.awarded_at,
            sa.func.row_number().over(order_by=Award.id.desc(), **own).label("place"),
            sa.func.count().over(**own).label("awards"),
            sa.func.min(Award.awarded_at).over(**own).label("first"),
            sa.func.max(sa.func.coalesce(Award.renewed_at, Award.awarded_at)).over(**own).label("last"),
        )
        .where(Award.how == RULE, Award.awarded_at > now - YEAR)
        .subquery()
    )
    seen: dict[int, list[Any]] = {}
    for row in db.session.execute(sa.select(ranked).where(ranked.c.place <= NEWEST)):
        seen.setdefault(row.badge_id, []).append(row)
    return {
        badge_id: Habit(rows[0].awards, rows[0].first, rows[0].last, tuple({day_number(row.awarded_at) for row in rows}))
        for badge_id, rows in seen.items()
    }


def _clear_idle() -> None:
    """What is not published, or is given by people alone, has no rule that could be silent."""
    idle = sa.or_(Badge.state != PUBLISHED, Badge.criteria.is_(None))
    db.session.execute(sa.update(Badge).where(idle, Badge.silent_since.is_not(None)).values(silent_since=None))


def _tell_the_council(fresh: Sequence[Badge], now: datetime) -> None:
    council = _council() if fresh else []
    messages = [
        Message(member_id, "badge.silent", f"badge.silent:{badge.id}:{badge.silent_since:%Y-%m-%d}:{member_id}",
                "/council/badges/silent", {"badge": badge.name})
        for badge in fresh
        for member_id in council
    ]  # fmt: skip
    tell(messages, now)


def _tell_of_the_pause(now: datetime) -> None:
    """Once for each pause: its key is the day of the last deed."""
    theirs = (Activity.kind.not_in(INTERNAL_KINDS), Activity.withdrawn_at.is_(None), Activity.occurred_at < now)
    newest = sa.select(Activity.occurred_at).where(*theirs).order_by(Activity.occurred_at.desc(), Activity.id.desc()).limit(1)
    last: datetime | None = db.session.scalar(newest)
    if last is not None:
        told = f"community.quiet:{last:%Y-%m-%d}"
        tell([Message(member_id, "community.quiet", f"{told}:{member_id}", "/council/") for member_id in _council()], now)


def _council() -> Sequence[int]:
    seats = sa.select(Grant.member_id).join(Member, Member.id == Grant.member_id)
    return db.session.scalars(seats.where(Grant.role == "council", Member.state != "suspended").order_by(Grant.member_id)).all()
