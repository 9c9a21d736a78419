"""How long somebody has a task, and what one may write about it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from recognition.identity.fields import fold

HOLD = timedelta(days=14)
"""So long a task is somebody's; then it is anybody's again, and they hear of it. They can say that they are still at it."""
AT_ONCE_MAX = 5
"""So many tasks one member has at the same time."""
LIVE_MAX = 200
"""So many tasks of one group that are not done."""
TITLE_MAX_CHARS, WORDS_MAX_CHARS, WANT_MAX_CHARS, WANTS_MAX = 120, 2000, 40, 8
MINUTES_MAX = 6000
UNTIL_MAX_DAYS = 731
OPEN, TAKEN, DONE, OVER, GONE = "open", "taken", "done", "over", "gone"


class NotSaved(Exception):
    """`errors`: a sentence for each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(self.errors.values()))


class TooLate(Exception):
    """It cannot be done now. Its text is a sentence for the person who tried."""


def word_of(said: str) -> str:
    """What two spellings of one skill have in common; some letters fold to several."""
    return fold(said)[:80]


@dataclass(frozen=True)
class TaskForm:
    """`wants`: words as typed, by what they fold to."""

    title: str
    words: str
    wants: Mapping[str, str]
    minutes: int
    until: date | None

    @property
    def mark(self) -> str:
        return mark_of(self.title, self.words, self.minutes, self.until, self.wants.values())


def mark_of(title: str, words: str, minutes: int, until: date | None, wants: Iterable[str]) -> str:
    """Changes with any of them; `wants` as typed, in any order."""
    said = (title, words, minutes, str(until), sorted(wants))
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def state_of(
    done_at: datetime | None, gone_at: datetime | None, taken_until: datetime | None, until: date | None, now: datetime
) -> str:
    """OVER: its last day is past, and nobody has it."""
    if gone_at is not None:
        return GONE
    if done_at is not None:
        return DONE
    if taken_until is not None and taken_until > now:
        return TAKEN
    return OVER if until is not None and until < now.date() else OPEN
