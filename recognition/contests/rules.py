"""What a contest may be and where it stands in time. Every span is half-open: it begins with its first moment and ends just
before its last one. `now` is the database's time (`database.moment`), one for all machines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PICTURE, TEXT, LINK, PERSON = "picture", "text", "link", "person"
TAKES = (PICTURE, TEXT, LINK, PERSON)
COMMUNITY, JURY = "community", "jury"
APPROVAL, SCORE, BORDA, IRV, SCHULZE = "approval", "score", "borda", "irv", "schulze"
METHODS = (APPROVAL, SCORE, BORDA, IRV, SCHULZE)
RANKED = (BORDA, IRV, SCHULZE)
SCORE_MAX = 5
SHARE, DRAW = "share", "draw"
COUNT, EXTEND = "count", "extend"
DRAFT, PUBLISHED, CALLED_OFF = "draft", "published", "called_off"
WAITING, DRAWING, OPEN, CLOSED = "waiting", "drawing", "open", "closed"
UPCOMING, ENTERING, BETWEEN, VOTING, COUNTING, OVER = "upcoming", "entering", "between", "voting", "counting", "over"
"""Phases: before the entries; while they are taken; until a round begins; while one runs; its last moment is past and it is
not counted yet; the last round is counted. `draft` and `called_off` are phases too."""

ENTERED, VOTED, PLACED = "contest.entered", "contest.voted", "contest.placed"
SOURCE = "contests"
LICENCES = ("cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0")
TITLE_MAX, STORY_MAX, ALT_MAX, TEXT_MAX, REASON_MAX, REMARK_MAX = 120, 5_000, 1_000, 20_000, 500, 2_000
ALT_MIN = 10
AUTHORS_MAX = 8
ENTRIES_MAX = 500
"""Of one contest: what a ballot and a gallery are made for."""
SMALL_GROUP = 5
"""Turnout is told of groups with at least so many on the roll."""


class BadContest(ValueError):
    """`errors` holds a sentence for each wrong field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in errors.items()))


class BadEntry(BadContest):
    """What is wrong with an entry, by field."""


class WrongPhase(Exception):
    """Not now. The argument is a sentence for the person who tried."""


class NotAllowed(Exception):
    """Not this person, or not on this entry. The argument is a sentence for them."""


class BadBallot(ValueError):
    """The argument is a sentence for the voter."""


class RoundTimes(Protocol):
    """What `phase` looks at of a round."""

    starts_at: datetime
    ends_at: datetime
    state: str


@dataclass(frozen=True)
class RoundSpec:
    """See `models.contest.Round`. `jurors`, `deputies`: handles."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""
    judges: str = COMMUNITY
    method: str = APPROVAL
    most_choices: int | None = None
    advance_count: int | None = None
    weight: int = 100
    quorum: int = 0
    missing: str = COUNT
    extend_days: int = 7
    deputies_at: datetime | None = None
    jurors: tuple[str, ...] = ()
    deputies: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContestSpec:
    """What the council's form or a catalogue file says a contest is. See `models.contest.Contest`."""

    slug: str
    title: str
    brief: str
    takes: str
    entries_from: datetime
    entries_until: datetime
    rounds: tuple[RoundSpec, ...]
    rules: str = ""
    family: str = "making"
    campaign: str | None = None
    may_enter: dict[str, Any] | None = field(default=None, hash=False)
    may_vote: dict[str, Any] | None = field(default=None, hash=False)
    entries_each: int = 1
    licences: tuple[str, ...] = LICENCES
    shows_at_once: bool = True
    tie_rule: str = SHARE
    prizes: tuple[str, ...] = ()


class Stand(NamedTuple):
    """Where a contest stands: its phase, the position of the round that runs or comes next (None after the last), and the
    next moment at which that changes (None: nothing more comes by time)."""

    phase: str
    round: int | None
    until: datetime | None


def stand(state: str, entries: tuple[datetime, datetime], rounds: Sequence[RoundTimes], now: datetime) -> Stand:
    """`rounds` in their order. A round whose time is over and that nobody closed yet is being counted."""
    if state != PUBLISHED:
        return Stand(state, None, None)
    if now < entries[0]:
        return Stand(UPCOMING, None, entries[0])
    if now < entries[1]:
        return Stand(ENTERING, None, entries[1])
    for place, one in enumerate(rounds, start=1):
        if one.state == CLOSED:
            continue
        if now < one.starts_at:
            return Stand(BETWEEN, place, one.starts_at)
        return Stand(VOTING, place, one.ends_at) if now < one.ends_at else Stand(COUNTING, place, None)
    return Stand(OVER, None, None)
