"""What stays of somebody's time here, from the log: for the certificate of alumni. Read by member, never by community."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity, Kind
from recognition.activities.rules import INTERNAL_KINDS
from recognition.badges.models import ACCEPTED, Award, Badge
from recognition.badges.words import names_of_refs
from recognition.extensions import db
from recognition.identity.models import Member

KINDS_SHOWN, BADGES_SHOWN, QUESTS_SHOWN = 5, 12, 8


@dataclass(frozen=True)
class Honours:
    """`first_at`: the first deed or the day of joining, whichever was earlier. `kinds`: (label, how often), most often first."""

    first_at: datetime
    last_at: datetime
    deeds: int
    kinds: Sequence[tuple[str, int]]
    thanks: int
    confirmed_for_others: int
    quests: Sequence[str]
    badges: Sequence[tuple[str, str]]
    badges_more: int


def honours(member: Member, now: datetime) -> Honours:
    counted, kinds = _deeds(member.id)
    internal, badges = _internal(member.id), _badges(member.id)
    first = min(member.joined_at, counted.first or member.joined_at)
    return Honours(
        first, max(first, counted.last or first) if counted.last else now, counted.number, kinds,
        internal.get("thanks.received", 0), internal.get("confirmation.given", 0), _quests(member.id),
        badges[:BADGES_SHOWN], max(len(badges) - BADGES_SHOWN, 0),
    )  # fmt: skip


def _own(member_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return Activity.member_id == member_id, Activity.withdrawn_at.is_(None), Activity.repeat_of_id.is_(None)


def _deeds(member_id: int) -> tuple[Any, list[tuple[str, int]]]:
    told = (*_own(member_id), Activity.kind.not_in(INTERNAL_KINDS))
    number, first, last = sa.func.count().label("number"), sa.func.min(Activity.occurred_at), sa.func.max(Activity.occurred_at)
    counted = db.session.execute(sa.select(number, first.label("first"), last.label("last")).where(*told)).one()
    by_kind = sa.select(sa.func.coalesce(Kind.label, Activity.kind), number).select_from(Activity)
    by_kind = by_kind.outerjoin(Kind, Kind.slug == Activity.kind)
    by_kind = by_kind.where(*told, Activity.kind != "other").group_by(Activity.kind, Kind.label)
    rows = db.session.execute(by_kind.order_by(number.desc(), Activity.kind).limit(KINDS_SHOWN)).all()
    return counted, [(row[0], row[1]) for row in rows]


def _internal(member_id: int) -> dict[str, int]:
    wanted = sa.select(Activity.kind, sa.func.count()).where(*_own(member_id))
    wanted = wanted.where(Activity.kind.in_(("thanks.received", "confirmation.given"))).group_by(Activity.kind)
    return {row[0]: row[1] for row in db.session.execute(wanted)}


def _quests(member_id: int) -> list[str]:
    walked = sa.select(Activity.object).where(*_own(member_id), Activity.kind == "quest.finished", Activity.object.is_not(None))
    refs = [ref for ref in db.session.scalars(walked.order_by(Activity.occurred_at).limit(QUESTS_SHOWN)) if ref]
    names = names_of_refs(refs)
    return [names[ref] for ref in refs if ref in names]


def _badges(member_id: int) -> list[tuple[str, str]]:
    """Those they wear: (name, slug), once each."""
    held = sa.select(Badge.name, Badge.slug).join(Award, Award.badge_id == Badge.id)
    held = held.where(Award.member_id == member_id, Award.revoked_at.is_(None), Award.answer == ACCEPTED, Award.shown.is_(True))
    return [
        (row.name, row.slug) for row in db.session.execute(held.group_by(Badge.id, Badge.name, Badge.slug).order_by(Badge.name))
    ]
