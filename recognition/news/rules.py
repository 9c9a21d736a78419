"""What an announcement may be, which of its texts somebody reads, and how often a channel is tried."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from recognition.news.models import DRAFT, OUT, PLANNED, WITHDRAWN

SORTS = ("news", "article", "minutes", "digest")
MEMBERS = "members"
"""The channel that is always there: a notice for each member, which goes by mail at their rhythm."""
GROUP = "group:"
"""Before a group's slug: all its channels that are on when it goes out."""
RESERVED = ("subscribe", "unsubscribe", "feeds")
"""Addresses below /news/ that are no announcement."""
LEAD_DAYS = 14
"""Told later than this before something begins, it is short notice. A campaign has a number of its own."""
TITLE_MAX, BODY_MAX, NOTE_MAX, TEXTS_MAX, RECORDS_MAX, URL_MAX = 160, 20_000, 500, 12, 12, 500
DECISION_STATES = ("decided", "proposed", "open", "dropped")
WAITS = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8)]
"""Between two tries of one channel; after the last one it is given up."""
MOVES: Mapping[str, tuple[str, ...]] = {
    DRAFT: (PLANNED,), PLANNED: (DRAFT, OUT), OUT: (WITHDRAWN,), WITHDRAWN: (),
}  # fmt: skip
"""From each state to those that may follow."""


class BadNews(ValueError):
    """`errors` holds a sentence for each wrong field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in errors.items()))


class WrongState(Exception):
    """It is no longer where it was when somebody pressed that button."""


@dataclass(frozen=True)
class Text:
    """In one language, Markdown."""

    language: str
    title: str
    body: str


@dataclass(frozen=True)
class Decision:
    """`day` as written, ISO. The form asks for all of it; what is empty is from before that was so."""

    what: str
    decider: str
    state: str
    day: str
    consulted: str = ""
    url: str = ""
    informed: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class NewsSpec:
    """What somebody wants to tell. The first text is what it was written in."""

    texts: tuple[Text, ...]
    sort: str = "news"
    audience: dict[str, Any] | None = None
    is_public: bool = True
    channels: tuple[str, ...] = (MEMBERS,)
    about_ref: str = ""
    about_at: datetime | None = None
    decisions: tuple[Decision, ...] = field(default=())
    mentions: tuple[tuple[str, str], ...] = field(default=())
    lead_days: int = LEAD_DAYS


def closest(there: Iterable[str], wanted: str) -> int:
    """The place of the language that comes nearest to the wanted one: itself, one of its family, or the first."""
    languages = [one.lower().replace("_", "-") for one in there]
    asked = wanted.lower().replace("_", "-")
    if asked in languages:
        return languages.index(asked)
    family = asked.partition("-")[0]
    near = (place for place, one in enumerate(languages) if family and one.partition("-")[0] == family)
    return next(near, 0)


def is_short_notice(about_at: datetime | None, told_at: datetime, lead_days: int) -> bool:
    """Also where it had begun already; what is told a day after the start or later is a look back, and no notice."""
    return about_at is not None and about_at - timedelta(days=lead_days) < told_at < about_at + timedelta(days=1)


def in_time_until(about_at: datetime, lead_days: int) -> date:
    """The last day on which it is no short notice at any hour."""
    return (about_at - timedelta(days=lead_days + 1)).date()


def next_try(attempts: int) -> timedelta | None:
    """How long to wait after so many tries; None: no more."""
    return WAITS[attempts - 1] if 1 <= attempts <= len(WAITS) else None


def topic_of(about_ref: str) -> str:
    """By which rhythm of its reader it goes by mail."""
    return about_ref if about_ref.startswith("campaign:") else "news"
