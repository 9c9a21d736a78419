"""The rule that holds, one member's own note, and totals for the council. Nothing here lists people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.phrases import or_
from recognition.activities.criteria.tree import Criteria, Node, leaves
from recognition.badges.words import names_for
from recognition.extensions import db
from recognition.quiet.models import QuietNote, QuietRule
from recognition.quiet.rules import SIGNS, Terms, Totals, shown

TOTALS_MONTHS = 12


def terms() -> Terms:
    newest = db.session.scalar(sa.select(QuietRule).order_by(QuietRule.version.desc()).limit(1))
    if newest is None:
        return Terms()
    return Terms(newest.version, newest.seen, newest.thank_days, newest.again_days, newest.grace_days, newest.is_on)


def decided_at() -> datetime | None:
    """When the rule that holds was decided; None for the house's own."""
    found: datetime | None = db.session.scalar(sa.select(QuietRule.at).order_by(QuietRule.version.desc()).limit(1))
    return found


def history(limit: int = 20) -> list[QuietRule]:
    return list(db.session.scalars(sa.select(QuietRule).order_by(QuietRule.version.desc()).limit(limit)))


def seen_words(rule: Mapping[str, Any]) -> list[str]:
    """Each of the ways to be seen as one line. What the product writes by itself is told in people's words, not by its kinds."""
    seen = parse(rule)
    parts = seen.parts if isinstance(seen, Node) and seen.at_least == 1 else (seen,)
    names = names_for([part for part in parts if not _is_signs(part)])
    return [_signs_words(part) if _is_signs(part) else describe(part, names) for part in parts]


def _is_signs(part: Criteria) -> bool:
    found = list(leaves(part))
    return len(found) == 1 and found[0].measure == "count" and set(found[0].where.kind) == set(SIGNS) and found[0].at_least == 1


def _signs_words(part: Criteria) -> str:
    days = next(iter(leaves(part))).where.window.last_days or 0
    ways = [_("gave or got thanks"), _("confirmed a deed, or had one confirmed"),
            _("took a step of a quest"), _("joined a campaign"), _("entered a contest or voted in one")]  # fmt: skip
    return _("within %(days)s days you %(ways)s", days=days, ways=or_(ways))


@dataclass(frozen=True)
class Own:
    """What a member is told about their own note."""

    id: int
    asked_at: datetime


def open_note(member_id: int) -> Own | None:
    """The question that is open for this member, for them alone."""
    wanted = sa.select(QuietNote.id, QuietNote.asked_at).where(QuietNote.member_id == member_id, *unanswered())
    row = db.session.execute(wanted).first()
    return Own(row.id, row.asked_at) if row else None


def unanswered() -> tuple[sa.ColumnElement[bool], ...]:
    return QuietNote.asked_at.is_not(None), QuietNote.answer.is_(None), QuietNote.closed_at.is_(None)


def totals(now: datetime) -> tuple[datetime, Totals]:
    """Of the twelve months that ended with the last one: whoever looks every day learns nothing about today."""
    end = datetime(now.year, now.month, 1, tzinfo=UTC)
    begin = end.replace(year=end.year - TOTALS_MONTHS // 12)
    within = (QuietNote.thanked_at >= begin, QuietNote.thanked_at < end)
    answered = sa.and_(QuietNote.asked_at < end, QuietNote.answered_at < end)
    counts = {
        one: sa.func.count().filter(sa.and_(answered, QuietNote.answer == one)).label(one) for one in ("here", "pause", "alumni")
    }
    asked = sa.func.count().filter(QuietNote.asked_at < end).label("asked")
    row = db.session.execute(sa.select(sa.func.count().label("thanked"), asked, *counts.values()).where(*within)).one()
    return end, shown(row.thanked, row.asked, {one: getattr(row, one) for one in counts})
