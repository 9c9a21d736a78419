"""How long silence lasts before somebody else steps in, how much one may write, and the errors of this package."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

PASS_ON_AFTER = timedelta(days=7)
"""A question that a mentor has not answered for so long is everybody's in the pool."""
COUNCIL_AFTER = timedelta(days=14)
"""And of the council after so long."""
LOST_FOR = timedelta(days=30)
"""So long after somebody's mentor went they hear of it; what lies further back is left alone."""
HERE = ("active", "away")
SEEN_FOR = timedelta(weeks=8)
"""A mentor who gave no sign for so long counts as none in the coverage, and their mentees hear of the pool."""
ASK_MAX_CHARS, ANSWER_MAX_CHARS, WORD_MAX_CHARS, OFFER_MAX_CHARS = 2000, 4000, 2000, 500
OPEN_ASKS_MAX = 5
MOST_MAX = 50
MOST_AT_FIRST = 3
REST_MAX_DAYS = 731
POOL_TOLD_MAX = 10
"""So many of the pool are told of a new question: enough that somebody answers, and no flood."""
MOODS = ("good", "mixed", "poor")
WORD, MENTOR = "word", "mentor"
BY_MENTEE, BY_MENTOR, BY_GONE = "mentee", "mentor", "gone"


class NotDone(Exception):
    """Its text is a sentence for the person who tried."""


class NotOffered(Exception):
    """`errors`: sentences by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(errors.values()))


@dataclass(frozen=True)
class OfferForm:
    is_open: bool
    most: int
    words: str
    rests_until: date | None


def has_room(is_open: bool, most: int, mentees: int, rests_until: date | None, today: date) -> bool:
    return is_open and mentees < most and (rests_until is None or rests_until < today)


def council_may(passed_on_at: datetime | None, asked_at: datetime, now: datetime) -> bool:
    """The council answers what waited in the pool for another week."""
    return passed_on_at is not None and asked_at <= now - COUNCIL_AFTER


LOADS = ((1, 1), (2, 3), (4, 5), (6, None))


def load_slots(loads: Sequence[int]) -> dict[str, int]:
    """How many mentors stand by 1, 2-3, 4-5, 6 or more people."""
    return {_slot(least, most): sum(least <= load and (most is None or load <= most) for load in loads) for least, most in LOADS}


def _slot(least: int, most: int | None) -> str:
    return f"{least}+" if most is None else str(least) if least == most else f"{least}-{most}"
