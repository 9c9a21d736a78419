"""What waits for somebody, and who else may do it. No lock names a person: it tells what waits, not who is slow."""

from dataclasses import dataclass
from datetime import datetime, timedelta

COUNTED_MAX = 1000
"""No lock counts further: that it is many says enough."""


@dataclass(frozen=True)
class Lock:
    """`kind` names the sort ("review", "juror"), `title` what waits, in words. `waiting`: how many of them, the oldest since
    `since`. `holder`, `deputy` and `pool` are words for who may act first, then, and at last; `deputy_after` and `pool_after`
    count from `since`. `is_personal`: each of them is somebody who has not answered, so that a few are not counted out."""

    kind: str
    title: str
    path: str
    waiting: int
    since: datetime
    holder: str
    deputy: str
    deputy_after: timedelta
    pool: str
    pool_after: timedelta
    is_personal: bool = False
