"""Reads for the studio: badges by state, their history, awards in question, rules gone silent."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.criteria.tree import ANY_KIND
from recognition.activities.models import Activity
from recognition.audit.models import AuditEntry
from recognition.badges.models import DECLINED, FLAGGED, Award, Badge, BadgeVersion
from recognition.badges.rules import Rule, rule_of
from recognition.badges.silence import LAST_BY_RULE, is_silent
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.refs import Ref
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

COUNTED_MAX = 100
PAGE_FLAGGED = 10
GONE_SHOWN = 5


@dataclass(frozen=True)
class Row:
    """A badge with the moment when it was last given, to anybody who shows it, and whether its rule has gone silent. Of others
    nothing is told: a rule may be about one person."""

    badge: Badge
    last_at: datetime | None
    silent: bool


@dataclass(frozen=True)
class Flagged:
    award: Award
    member: Member


@dataclass(frozen=True)
class Gone:
    """Deeds that were taken out of the log: `shown` are the latest, as kind and day, and `private` is how many their owner
    kept to themselves. What was said of them is their owner's."""

    shown: tuple[tuple[str, datetime], ...] = ()
    more: int = 0
    private: int = 0


_LAST = (
    sa.select(Award.awarded_at)
    .where(Award.badge_id == Badge.id, Award.shown)
    .order_by(Award.id.desc())
    .limit(1)
    .correlate(Badge)
    .scalar_subquery()
)


def counts() -> dict[str, int]:
    """How many badges are in each state; silent ones, and awards in question up to COUNTED_MAX, as "silent", "flagged"."""
    flagged = sa.select(Award.id).where(*_in_question()).limit(COUNTED_MAX).subquery()
    silent = sa.select(sa.literal("silent"), sa.func.count()).where(is_silent())
    states: Any = sa.select(Badge.state, sa.func.count()).group_by(Badge.state)
    rows = sa.union_all(states, silent, sa.select(sa.literal("flagged"), sa.func.count()).select_from(flagged))
    return {row[0]: row[1] for row in db.session.execute(rows)}


def badges_in(state: str, cursor: str | None, size: int = PAGE_SIZE) -> Page[Row]:
    """By name."""
    wanted = sa.select(Badge, _LAST, is_silent()).where(Badge.state == state).order_by(Badge.name, Badge.id).limit(size + 1)
    last = decode(cursor, (str, int))
    if last:
        wanted = wanted.where(sa.tuple_(Badge.name, Badge.id) > sa.tuple_(*map(sa.literal, last)))
    rows = [Row(*row) for row in db.session.execute(wanted)]
    return page(rows, size, lambda row: [row.badge.name, row.badge.id])


def silent(cursor: str | None, size: int = PAGE_SIZE) -> Page[Row]:
    """Rules that used to give awards and stopped, in the order in which badges were made."""
    wanted = sa.select(Badge, LAST_BY_RULE, sa.true()).where(is_silent()).order_by(Badge.id).limit(size + 1)
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Badge.id > last[0])
    rows = [Row(*row) for row in db.session.execute(wanted)]
    return page(rows, size, lambda row: [row.badge.id])


def _in_question() -> list[sa.ColumnElement[bool]]:
    """`revoking.is_in_question`, in SQL. What was declined counts for nothing, and that it was is its holder's business."""
    open_still = [Award.kept_at.is_(None), Award.revoked_at.is_(None), Award.answer != DECLINED]
    return [sa.text(FLAGGED), *open_still]  # type: ignore[list-item]


def flagged(cursor: str | None, size: int = PAGE_FLAGGED) -> Page[Flagged]:
    """Awards that the log no longer bears out and nobody decided about; the newest first."""
    wanted = sa.select(Award, Member).join(Member, Member.id == Award.member_id).where(*_in_question())
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(Award.id < last[0])
    rows = [Flagged(*row) for row in db.session.execute(wanted.order_by(Award.id.desc()).limit(size + 1))]
    return page(rows, size, lambda row: [row.award.id])


def changes_of(slug: str, cursor: str | None, size: int = PAGE_SIZE) -> Page[AuditEntry]:
    """What was done to a badge, the newest first."""
    wanted = sa.select(AuditEntry).where(AuditEntry.target == str(Ref("badge", slug))).order_by(AuditEntry.id.desc())
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(AuditEntry.id < last[0])
    rows: Sequence[AuditEntry] = db.session.scalars(wanted.limit(size + 1)).all()
    return page(rows, size, lambda entry: [entry.id])


def versions(badge_id: int, numbers: Iterable[int]) -> Sequence[BadgeVersion]:
    """What the badge meant under these versions."""
    wanted = sa.select(BadgeVersion).where(BadgeVersion.badge_id == badge_id, among(BadgeVersion.version, set(numbers)))
    return db.session.scalars(wanted).all()


def rules_given(awards: Sequence[Award]) -> dict[tuple[int, int], Rule]:
    """The rules under which these awards were given, by badge and version."""
    badges = {award.badge_id: award.badge for award in awards}
    wanted = {(award.badge_id, award.version) for award in awards}
    known = sa.select(BadgeVersion).where(among(BadgeVersion.badge_id, badges))
    found = {}
    for version in db.session.scalars(known.order_by(BadgeVersion.badge_id, BadgeVersion.version)):
        rule = rule_of(badges[version.badge_id], version)
        if rule is not None and (version.badge_id, version.version) in wanted:
            found[version.badge_id, version.version] = rule
    return found


def gone(kinds: Mapping[int, Collection[str]]) -> dict[int, Gone]:
    """By award, for the kinds of deed that its rule listens to: what was withdrawn since it was given."""
    listens = [sa.and_(Award.id == award_id, sa.true() if ANY_KIND in names else Activity.kind.in_(names))
               for award_id, names in kinds.items()]  # fmt: skip
    if not listens:
        return {}
    private = (Activity.visibility == "me").label("private")
    each: dict[str, Any] = {"partition_by": (Award.id, private)}
    place = sa.func.row_number().over(**each, order_by=Activity.id.desc()).label("place")
    rows = (
        sa.select(Award.id, private, Activity.kind, Activity.occurred_at, place, sa.func.count().over(**each).label("many"))
        .join(Activity, sa.and_(Activity.member_id == Award.member_id, Activity.withdrawn_at >= Award.awarded_at))
        .where(sa.or_(*listens))
        .subquery()
    )
    found: dict[int, Gone] = {}
    for row in db.session.execute(sa.select(rows).where(rows.c.place <= GONE_SHOWN).order_by(rows.c.id, rows.c.place)):
        one = found.get(row.id, Gone())
        if row.private:
            found[row.id] = replace(one, private=row.many)
        else:
            shown = (*one.shown, (row.kind, row.occurred_at))
            found[row.id] = replace(one, shown=shown, more=row.many - len(shown))
    return found
