"""What a campaign may be, where it stands in time, and how its goal is counted."""

import math
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FAMILIES = ("learning", "helping", "making", "gathering", "caring")
DRAFT, COMING, RUNNING, PAUSED, OVER = "draft", "coming", "running", "paused", "over"
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
    """What the council or a catalogue file says a campaign is. `ends_at` is the first moment after it."""

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
