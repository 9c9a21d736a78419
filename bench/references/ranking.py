"""Two usual ways to know a place: a sorted set in Valkey, and counting everybody who is ahead."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

Row = tuple[int, int, datetime]
"""(member, score, reached_at)"""
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 10**17
_CHUNK = 20_000


class SortedSet:
    """Equal scores stand in the reverse order of their names there, so the name says who got there first."""

    def __init__(self, redis: Any, key: str = "board") -> None:
        self.redis, self.key = redis, key
        self.names: dict[int, str] = {}

    def fill(self, rows: Sequence[Row]) -> None:
        self.redis.delete(self.key)
        for start in range(0, len(rows), _CHUNK):
            chunk = rows[start : start + _CHUNK]
            self.names |= {member: _name(member, reached) for member, _score, reached in chunk}
            self.redis.zadd(self.key, {self.names[member]: score for member, score, _reached in chunk})

    def rank(self, member: int) -> int:
        return int(self.redis.zrevrank(self.key, self.names[member])) + 1

    def around(self, member: int, beside: int) -> list[int]:
        place = self.redis.zrevrank(self.key, self.names[member])
        return _ids(self.redis.zrevrange(self.key, max(place - beside, 0), place + beside, withscores=True))

    def top(self, number: int) -> list[int]:
        return _ids(self.redis.zrevrange(self.key, 0, number - 1, withscores=True))


def _name(member: int, reached: datetime) -> str:
    microseconds = (reached - _ZERO).days * 86_400_000_000 + reached.hour * 3_600_000_000 + reached.minute * 60_000_000
    microseconds += reached.second * 1_000_000 + reached.microsecond
    return f"{_LATEST - microseconds:017d}:{10**10 - member:010d}"


def _ids(found: Iterable[tuple[bytes, float]]) -> list[int]:
    return [10**10 - int(name.split(b":")[1]) for name, _score in found]


def counted_rank(connection: Any, mark: str, board: int, row: Row) -> int:
    """What most programs do. It may use the product's own index, in its favour."""
    member, score, reached = row
    moment: Any = reached if mark == "%s" else reached.strftime("%Y-%m-%d %H:%M:%S.%f")
    asked = (
        f"SELECT count(*) FROM standing WHERE board_id = {mark} AND period = 'all' AND listed AND (score > {mark} "
        f"OR (score = {mark} AND (reached_at, member_id) < ({mark}, {mark})))"
    )
    return int(connection.execute(asked, (board, score, score, moment, member)).fetchone()[0]) + 1
