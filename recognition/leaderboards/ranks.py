"""Places on a board: whose rank is which, and who stands beside whom. Read by key, so that a place far down costs what
the first one costs."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from recognition.database import is_postgresql
from recognition.driver import as_stored, moment, run
from recognition.extensions import db
from recognition.leaderboards.counting import HOURS, MANY, MANY_BITS, SCORE, STRETCH, STRETCH_BITS
from recognition.leaderboards.rules import Place, sort_of

_LIST = "board_id = :board AND period = :period"
_PEOPLE = f"""
SELECT CASE WHEN EXISTS (SELECT 1 FROM counted_period WHERE {_LIST}) THEN
    coalesce((SELECT sum(people) FROM standing_count WHERE {_LIST} AND level = {MANY}), 0)
ELSE (SELECT count(*) FROM standing WHERE {_LIST} AND listed) END"""  # noqa: S608
_OWN = f"""
WITH own AS (SELECT score, reached_at, member_id, deeds, listed, {{stretch}} AS stretch FROM standing
             WHERE {_LIST} AND member_id = :member)
SELECT 1 + CASE WHEN EXISTS (SELECT 1 FROM counted_period WHERE {_LIST}) THEN
    coalesce((SELECT sum(people) FROM standing_count WHERE {_LIST} AND level = {MANY}
              AND bucket > (own.score >> {MANY_BITS})), 0)
    + coalesce((SELECT sum(people) FROM standing_count WHERE {_LIST} AND level = {SCORE}
                AND bucket > own.score AND bucket < (((own.score >> {MANY_BITS}) + 1) << {MANY_BITS})), 0)
    + coalesce((SELECT sum(people) FROM standing_count WHERE {_LIST} AND level = {STRETCH}
                AND bucket >= ({{wide}} << {STRETCH_BITS}) AND bucket < (({{wide}} << {STRETCH_BITS}) | own.stretch)), 0)
    + (SELECT count(*) FROM standing s WHERE {_LIST} AND listed AND s.score = own.score
       AND s.reached_at >= {{begun}} AND (s.reached_at, s.member_id) < (own.reached_at, own.member_id))
ELSE
    (SELECT count(*) FROM standing s WHERE {_LIST} AND listed AND s.score > own.score)
    + (SELECT count(*) FROM standing s WHERE {_LIST} AND listed AND s.score = own.score
       AND (s.reached_at, s.member_id) < (own.reached_at, own.member_id))
END, score, reached_at, deeds, listed FROM own"""  # noqa: S608
_OWN_SQLITE = _OWN.format(
    stretch="CAST(strftime('%s', reached_at) AS INTEGER) / :seconds", wide="own.score",
    begun="strftime('%Y-%m-%d %H:%M:%S.000000', own.stretch * :seconds, 'unixepoch')",
)  # fmt: skip
_OWN_POSTGRESQL = _OWN.format(
    stretch="CAST(floor(extract(epoch FROM reached_at)) AS bigint) / :seconds", wide="CAST(own.score AS bigint)",
    begun="to_timestamp(own.stretch * :seconds)",
)  # fmt: skip
PEOPLE = sa.text(_PEOPLE).columns(people=sa.BigInteger)


class Stood(NamedTuple):
    """One listed row of a board, in the order of `Place`."""

    member_id: int
    score: int
    reached_at: datetime

    @property
    def place(self) -> Place:
        return Place(self.score, self.reached_at, self.member_id)


class Own(NamedTuple):
    """A member's own standing. `rank`: 1 + how many listed ones come before; who is not listed takes nobody's place."""

    rank: int
    place: Place
    deeds: int
    listed: bool


class Sides(NamedTuple):
    top: Sequence[Stood]
    above: Sequence[Stood]
    below: Sequence[Stood]


def own_place(board_id: int, period: str, member_id: int) -> Own | None:
    """In one statement; the lists are read in the same order, so rank and list cannot disagree. Straight to the driver:
    asked for on many pages, and the answer is a few plain values."""
    seconds = 3600 * HOURS[sort_of(period)]
    sql = _OWN_POSTGRESQL if is_postgresql() else _OWN_SQLITE
    row = run(sql, {"board": board_id, "period": period, "member": member_id, "seconds": seconds}).first()
    return Own(int(row[0]), Place(row[1], moment(row[2]), member_id), row[3], bool(row[4])) if row is not None else None


def around(board_id: int, period: str, member_id: int | None, top: int, beside: int) -> tuple[Own | None, Sides]:
    """The member's own place if they have one, who stands beside it, and the top."""
    own = own_place(board_id, period, member_id) if member_id is not None else None
    return own, sides(board_id, period, own.place if own else None, top, beside)


def people_on(board_id: int, period: str) -> int:
    """How many are listed."""
    return int(db.session.scalar(PEOPLE, {"board": board_id, "period": period}) or 0)


def sides(board_id: int, period: str, place: Place | None, top: int, around: int) -> Sides:
    """The top, and who stands before and after a place; in one statement, each part a short walk down the index."""
    around = around if place else 0
    values: dict[str, Any] = {"board": board_id, "period": period, "top": top, "around": around}
    if place and around:
        values |= {"score": place.score, "reached": as_stored(place.reached_at), "member": place.member_id}
    rows = run(_sides(bool(top), bool(around)), values)
    found: dict[str, list[Stood]] = {"top": [], "above": [], "below": []}
    for part, member_id, score, reached_at in rows:
        found[part].append(Stood(member_id, score, moment(reached_at)))
    for stood in found.values():
        stood.sort(key=lambda row: (-row.score, row.reached_at, row.member_id))
    return Sides(found["top"], found["above"][-around:] if around else [], found["below"][:around])


# The join keeps this order: the index of ranks first, then each one's own word, which is asked for again because a
# standing may follow a changed wish a moment later.
_PART = """SELECT * FROM (SELECT '{name}' AS part, s.member_id, s.score, s.reached_at
FROM standing s CROSS JOIN member m WHERE m.id = s.member_id AND m.on_boards AND m.state = 'active'
AND s.board_id = :board AND s.period = :period AND s.listed {side} ORDER BY {order} LIMIT :{limit}) AS {name}_{number}"""
_FORWARD = "s.score DESC, s.reached_at, s.member_id"
_BACKWARD = "s.score, s.reached_at DESC, s.member_id DESC"
# Scores run down and moments run up: two ranges, since no single comparison of the three is one.
_AROUND = (
    ("above", _BACKWARD, "AND s.score = :score AND (s.reached_at, s.member_id) < (:reached, :member)"),
    ("above", _BACKWARD, "AND s.score > :score"),
    ("below", _FORWARD, "AND s.score = :score AND (s.reached_at, s.member_id) > (:reached, :member)"),
    ("below", _FORWARD, "AND s.score < :score"),
)


@lru_cache(maxsize=8)
def _sides(with_top: bool, with_around: bool) -> str:
    parts = [_PART.format(name="top", side="", order=_FORWARD, limit="top", number=0)] if with_top else []
    for number, (name, order, side) in enumerate(_AROUND if with_around else ()):
        parts.append(_PART.format(name=name, side=side, order=order, limit="around", number=number))
    return " UNION ALL ".join(parts) or "SELECT 'top', 0, 0, NULL WHERE 1 = 0"
