"""What a campaign may be, where it stands in time, and how its goal is counted."""

import math
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'\\\x00-\x20\x7f]+")
FAMILIES = ("learning", "helping", "making", "gathering", "caring")
DRAFT, COMING, RUNNING, PAUSED, OVER = "draft", "coming", "running", "paused", "over"
LEAD_DAYS, LEAD_DAYS_MAX = 14, 120
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
"""Days on which a campaign may begin and end: far enough from where calendars end to count around them."""
REASON_MAX, CONTACT_MAX, MENTIONS_MAX = 500, 200, 20
NEED_A_REASON = ("paused", "ended")
SMALL = 5
"""Numbers of people below this are not told, nor those from which they could be worked out."""
MOVES = {"draft": ("published",), "published": ("paused", "ended"), "paused": ("published", "ended"), "ended": ()}


class BadCampaign(ValueError):
    """`errors` holds a sentence for each wrong field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in errors.items()))


class WrongState(Exception):
    """The campaign cannot go from where it is to where it was asked to go."""


@dataclass(frozen=True)
class CampaignSpec:
    """What the council or a catalogue file says a campaign is. `ends_at` is the first moment after it. `language`: of its own
    words; empty leaves it as it is."""

    slug: str
    title: str
    starts_at: datetime
    ends_at: datetime
    tagline: str = ""
    why_now: str = ""
    body: str = ""
    family: str = "gathering"
    goal_sentence: str = ""
    goal_criteria: dict[str, Any] | None = None
    target_share: float | None = None
    target_count: int | None = None
    came_of_it: str = ""
    quests: tuple[str, ...] = field(default=())
    badges: tuple[str, ...] = field(default=())
    groups: tuple[str, ...] = field(default=())
    lead_days: int = LEAD_DAYS
    contact: str = ""
    mentions: tuple[tuple[str, str], ...] = field(default=())
    language: str = ""

    @property
    def mentioned(self) -> list[dict[str, str]]:
        """As the row holds them; `mentions` are pairs of a title and an address."""
        return [{"title": title, "url": url} for title, url in self.mentions]


@dataclass(frozen=True)
class GoalProgress:
    """`needed` people make the goal; `base` is whom a share is of, 0 where the goal is a plain number."""

    reached: int
    needed: int
    base: int

    @property
    def share(self) -> float:
        """Of the whole path: of everybody, or of the number asked for."""
        whole = self.base or self.needed
        return min(1.0, self.reached / whole) if whole else 0.0

    @property
    def target(self) -> float:
        return self.needed / self.base if self.base else 1.0

    @property
    def met(self) -> bool:
        return self.needed > 0 and self.reached >= self.needed


def phase(state: str, starts_at: datetime, ends_at: datetime, now: datetime) -> str:
    """Half-open: it runs from `starts_at` until just before `ends_at`."""
    if state in ("draft", "paused"):
        return state
    if state == "ended" or now >= ends_at:
        return OVER
    return RUNNING if now >= starts_at else COMING


def goal_progress(reached: int, base: int, target_share: float | None, target_count: int | None) -> GoalProgress:
    if target_share is not None:
        return GoalProgress(reached, math.ceil(round(target_share * base, 6)), base)
    return GoalProgress(reached, target_count or 0, 0)


def check_move(state: str, to: str) -> None:
    """Raises WrongState."""
    if to not in MOVES[state]:
        raise WrongState(f"a campaign that is {state} cannot become {to}")


def is_web_address(url: str) -> bool:
    return bool(WEB_ADDRESS.fullmatch(url)) and len(url) <= 500


def is_short_notice(starts_at: datetime, told_at: datetime, lead_days: int) -> bool:
    """People heard of it later than was agreed. Exactly `lead_days` before is in time."""
    return told_at > starts_at - timedelta(days=lead_days)


def first_kind_day(told_at: datetime, lead_days: int) -> date:
    """The nearest first day, from its midnight on, that is no short notice where people hear of it at `told_at`."""
    at = told_at + timedelta(days=lead_days)
    is_midnight = at == at.replace(hour=0, minute=0, second=0, microsecond=0)
    return at.date() if is_midnight else at.date() + timedelta(days=1)


def tellable(part: int, whole: int) -> int | None:
    """A number of people among others; None where it, or those who are left, are so few that somebody could be meant."""
    return None if 0 < part < SMALL or 0 < whole - part < SMALL else part
