"""The rule by which quiet people are thanked and asked, what they may answer, and which totals may be shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

HERE, PAUSE, ALUMNI = "here", "pause", "alumni"
ANSWERS = (HERE, PAUSE, ALUMNI)
SEEN_DAYS = 182
SIGNS = (
    "activity.confirmed", "campaign.joined", "confirmation.given", "contest.entered", "contest.voted", "quest.finished",
    "quest.step", "reflection", "thanks.given", "thanks.received",
)  # fmt: skip
"""What the product writes by itself and shows that somebody is there: also what others say of them. Nobody has to report."""
PAUSE_DAYS = 90
PAUSE_MAX_DAYS = 731
LIMITS = {"thank_days": (1, 60), "again_days": (30, 1000), "grace_days": (0, 1000)}
SMALL = 5
"""Fewer people than that are not told apart in any total."""


def _seen() -> dict[str, Any]:
    window = {"last_days": SEEN_DAYS}
    signs = {"count": {"kind": list(SIGNS), "window": window}, "at_least": 1}
    return {"any": [{"count": {"window": window}, "at_least": 1}, signs]}


@dataclass(frozen=True)
class Terms:
    """A version of the rule; 0 is the house's own, which is off until the council decides. `seen` speaks the criteria
    language; see `models.QuietRule` for the days."""

    version: int = 0
    seen: Mapping[str, Any] = field(default_factory=_seen)
    thank_days: int = 7
    again_days: int = 180
    grace_days: int = 90
    is_on: bool = False


class NotSaved(Exception):
    """`errors`: sentences by field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(self.errors.values()))


class NotAnswered(Exception):
    """Its text is a sentence for the person who tried."""


def may_ask_at(thanked_at: datetime, terms: Terms) -> datetime:
    return thanked_at + timedelta(days=terms.thank_days)


def fits_pause(until: date, today: date) -> bool:
    return today < until <= today + timedelta(days=PAUSE_MAX_DAYS)


@dataclass(frozen=True)
class Totals:
    """None: too few to be told. `unanswered` is nobody's fault and has no list anywhere."""

    thanked: int | None = None
    asked: int | None = None
    here: int | None = None
    pause: int | None = None
    alumni: int | None = None
    unanswered: int | None = None


def shown(thanked: int, asked: int, answers: Mapping[str, int]) -> Totals:
    """What may be told of these counts: no part, and nothing that can be had by taking one from another, stands for fewer
    than five people. A zero would tell of everybody, so it is not told either."""
    if asked < SMALL:
        return Totals(thanked if thanked >= SMALL else None)
    if thanked != asked and thanked - asked < SMALL:
        thanked = asked
    parts = [answers.get(one, 0) for one in ANSWERS]
    rest = asked - sum(parts)
    if min(*parts, rest) < SMALL:
        return Totals(thanked, asked)
    here, pause, alumni = parts
    return Totals(thanked, asked, here, pause, alumni, rest)
