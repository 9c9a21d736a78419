"""What an objective may be, how it may change, and when it has gone quiet."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

DRAFT, ASKING, RUNNING, PAUSED, ENDED = "draft", "asking", "running", "paused", "ended"
BEFORE = (DRAFT, ASKING)
"""States of a plan that is not decided: of these guests see nothing."""
MOVES = {DRAFT: (RUNNING,), ASKING: (RUNNING, ENDED), RUNNING: (PAUSED, ENDED), PAUSED: (RUNNING, ENDED), ENDED: ()}
"""A draft is put to members, and decided after its last day, not before. Only a reason that everybody reads leads past that."""
NEEDS_REASON = (PAUSED, ENDED)
"""So do a decision about a plan, and a draft that runs though nobody was asked: it says why, for as long as it stands."""
REASON_MAX_CHARS = 500
PERCENT, COUNT = "percent", "count"
CLOSERS = ("announcement", "event", "survey", "contest", "campaign")
"""Sorts of things that close a milestone by themselves."""
MEASURES = ("survey", "campaign", "area")
"""Sorts of things that measure a key result."""
QUIET_AFTER_WARNING = timedelta(days=7)
RESULTS_MAX, MILESTONES_MAX, THEMES_MAX = 8, 40, 20
COMMENT_MAX_CHARS, COMMENTS_EACH, ASKING_MAX_DAYS = 2000, 10, 366
FRESH, WARNED, QUIET = "fresh", "warned", "quiet"
_TASK = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+\[(?P<tick>[ xX])\]\s+(?P<title>\S.*)$")


class BadObjective(ValueError):
    """`errors` holds a sentence for each wrong field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{name}: {why}" for name, why in errors.items()))


class WrongState(Exception):
    """It cannot go from where it is to where it was asked to go. Its text is a sentence for the person who tried."""


@dataclass(frozen=True)
class ResultSpec:
    """`id` 0: a new one."""

    id: int
    title: str
    source: str
    unit: str
    target: float
    value: float | None


@dataclass(frozen=True)
class MilestoneSpec:
    """`id` 0: a new one. `done`: ticked in a list that was taken over."""

    id: int
    title: str
    due_on: date | None
    owner_id: int | None
    closes: str
    wants_help: bool
    done: bool = False


@dataclass(frozen=True)
class ObjectiveSpec:
    slug: str
    title: str
    why: str
    starts_on: date
    ends_on: date
    quiet_days: int
    covered_by: str
    owner_id: int | None
    results: tuple[ResultSpec, ...] = field(default=())
    milestones: tuple[MilestoneSpec, ...] = field(default=())


def hidden_from(roles: Collection[str] | None) -> tuple[str, ...]:
    """States of which a reader sees nothing; None is a guest."""
    if roles is None:
        return BEFORE
    return () if "council" in roles else (DRAFT,)


def is_asking(state: str, comments_until: date | None, today: date) -> bool:
    """The last day is one of them."""
    return state == ASKING and comments_until is not None and today <= comments_until


def tone(state: str, news_at: datetime, quiet_days: int, now: datetime) -> str:
    """Only what runs can go quiet: the owner is told first, and a week later the page says so."""
    if state != RUNNING or now < news_at + timedelta(days=quiet_days):
        return FRESH
    return WARNED if now < news_at + timedelta(days=quiet_days) + QUIET_AFTER_WARNING else QUIET


def tasks(text: str) -> list[tuple[str, bool]]:
    """A task list as issue trackers write it ("- [x] Blog post"), each with whether it is ticked; other lines are none."""
    found = (_TASK.match(line) for line in text.splitlines())
    return [(one["title"].strip(), one["tick"] != " ") for one in found if one]


def reached(value: float | None, target: float) -> float:
    """How much of the way, 0 to 1."""
    if value is None or target <= 0:
        return 0.0
    return min(1.0, max(0.0, value / target))
