"""The form of a claim code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask_babel import gettext as _

from recognition.badges.codes import FIRST_ZONE, LAST_ZONE, LIMIT_MAX
from recognition.badges.models import Badge

FIELDS = ("label", "limit", "level", "from", "until")


@dataclass(frozen=True)
class CodeForm:
    label: str
    limit: int
    level: int | None
    opens_at: datetime
    expires_at: datetime


def code_form(form: Mapping[str, str], badge: Badge, now: datetime) -> tuple[CodeForm, dict[str, str]]:
    """The values are only for use if there are no errors. Days count wherever somebody lives: the first begins where it
    begins first, the last ends where it ends last."""
    errors = {}
    first = _day(form.get("from", "")) if form.get("from", "").strip() else now.date()
    last = _day(form.get("until", ""))
    if first is None:
        errors["from"] = _("Choose a day, or leave it empty for at once.")
    if last is None:
        errors["until"] = _("Choose the last day on which the code works.")
    limit = _number(form.get("limit", ""))
    if limit is None or not 1 <= limit <= LIMIT_MAX:
        errors["limit"] = _("A whole number from 1 to %(most)s: how many people may use it?", most=LIMIT_MAX)
    level = _number(form.get("level", "")) if badge.levels else None
    opens_at = _midnight(first or now.date()) - FIRST_ZONE
    expires_at = _midnight(last or now.date()) + timedelta(days=1) + LAST_ZONE
    return CodeForm(" ".join(form.get("label", "").split()), limit or 0, level, opens_at, expires_at), errors


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2999 else None


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
