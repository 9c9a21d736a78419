"""Writing standings, and with them the counts that ranks are read from.

Whoever changes standings that are not simply added to, or that are counted, holds their members: two drains with deeds of
one member wait for each other there, and what either read of the member's standings stays true until it commits. Whoever
only adds shares the members with others who only add."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.database import among, is_postgresql, put
from recognition.driver import as_stored, moment, run
from recognition.extensions import db
from recognition.leaderboards import counting
from recognition.leaderboards.models import Board, Standing
from recognition.leaderboards.scoring import Key, Scoring, Sum, Sums
from recognition.leaderboards.truth import truth

KEYS = ("board_id", "member_id", "period")
LOCKS = 256
"""Members share locks, since PostgreSQL has room for some thousands at a time."""
LOCK_SPACE = 7086
_TABLE: Any = Standing.__table__


def wait_for_rebuild() -> None:
    """Before anything is read: a rebuild that is on its way changes all of it."""
    if is_postgresql():
        run("LOCK TABLE standing IN ROW EXCLUSIVE MODE", {})


def lock(members: Iterable[int], beside: Iterable[int] = ()) -> None:
    """In one order for everybody, and not by their rows: a drain holds its deeds when it comes here, and whoever withdraws
    a deed holds its member before they wait for the deed. `beside`: whose standings are only added to; any number of drains
    may do that at once, but nobody sums these members up while deeds are on their way that they cannot see. On SQLite the
    transaction is alone anyway."""
    if is_postgresql():
        alone = {member_id % LOCKS for member_id in members}
        shares = sorted(alone.union(member_id % LOCKS for member_id in beside))
        if shares:
            run(_LOCK, {"shares": shares, "alone": [share in alone for share in shares]})


_LOCK = f"""SELECT CASE WHEN alone THEN pg_advisory_xact_lock({LOCK_SPACE}, share)
ELSE pg_advisory_xact_lock_shared({LOCK_SPACE}, share) END
FROM unnest(CAST(:shares AS integer[]), CAST(:alone AS boolean[])) AS given(share, alone)"""  # noqa: S608


def add(sums: Sums, counted: Collection[tuple[int, str]] | None = None) -> None:
    """Add to standings; a new one is listed if its member wants that. `counted`: which (board, period) are counted, where
    the caller has asked already; if any of these is, its members are locked."""
    if not sums:
        return
    of_counted = [key for key in sums if counted is None or (key[0], key[2]) in counted]
    moves = _additions(sums, of_counted) if of_counted else counting.Moves()
    rows = _rows(sums)
    if not is_postgresql():
        moves.write()
        run(_ADD_EACH, [row | {"reached_at": as_stored(row["reached_at"])} for row in rows])
        return
    values = {"rows": json.dumps(rows, default=datetime.isoformat)}
    if moved := moves.rows():
        run(_MOVE_AND_ADD, values | {"moved": json.dumps(moved)})
    else:
        run(_ADD_MANY, values)


_NAMES = "board_id, member_id, period, score, deeds, reached_at, listed"
_ADDED = """ON CONFLICT (board_id, member_id, period) DO UPDATE SET score = standing.score + excluded.score,
deeds = standing.deeds + excluded.deeds, reached_at = CASE WHEN excluded.reached_at > standing.reached_at
THEN excluded.reached_at ELSE standing.reached_at END"""
_WISH = "coalesce((SELECT on_boards AND state = 'active' FROM member WHERE member.id = {}), false)"
_ADD_EACH = f"""INSERT INTO standing ({_NAMES}) VALUES (:board_id, :member_id, :period, :score, :deeds, :reached_at,
{_WISH.format(":member_id")}) {_ADDED}"""  # noqa: S608 - nothing but our own names
_ADD_MANY = f"""INSERT INTO standing ({_NAMES}) SELECT board_id, member_id, period, score, deeds, reached_at,
{_WISH.format("given.member_id")} FROM json_to_recordset(CAST(:rows AS json)) AS given
(board_id integer, member_id bigint, period text, score integer, deeds integer, reached_at timestamptz)
{_ADDED}"""  # noqa: S608 - nothing but our own names
_MOVE_AND_ADD = f"WITH counts AS ({counting.MOVE_MANY}) {_ADD_MANY}"


def _additions(sums: Sums, keys: Sequence[Key]) -> counting.Moves:
    """Who changes buckets, on those lists among these that are counted."""
    moves = counting.Moves()
    for board_id, member_id, period, wished, listed, *kept in run(
        _BEFORE_POSTGRESQL if is_postgresql() else _BEFORE_SQLITE, {"keys": json.dumps(keys)}
    ):
        key = (board_id, member_id, period)
        if listed is None:
            moves.enter(key, sums[key], bool(wished))
        elif listed:
            old = Sum(kept[0], kept[1], moment(kept[2]))
            moves.leave(key, old)
            moves.enter(key, old.and_(sums[key]))
    return moves


_BEFORE = f"""SELECT given.board_id, given.member_id, given.period, {_WISH.format("given.member_id")},
standing.listed, standing.score, standing.deeds, standing.reached_at FROM ({{given}}) AS given
JOIN counted_period ON counted_period.board_id = given.board_id AND counted_period.period = given.period
LEFT JOIN standing ON standing.board_id = given.board_id AND standing.period = given.period
AND standing.member_id = given.member_id"""  # noqa: S608
_BEFORE_POSTGRESQL = _BEFORE.format(
    given="""SELECT CAST(key ->> 0 AS integer) AS board_id, CAST(key ->> 1 AS bigint) AS member_id, key ->> 2 AS period
    FROM json_array_elements(CAST(:keys AS json)) AS keys(key)"""
)
_BEFORE_SQLITE = _BEFORE.format(
    given="""SELECT json_extract(value, '$[0]') AS board_id, json_extract(value, '$[1]') AS member_id,
    json_extract(value, '$[2]') AS period FROM json_each(:keys)"""
)


def restate_members(members: Collection[int], rules: Sequence[Scoring], also: Sequence[int] = ()) -> int:
    """Sum up anew all that these members, who are locked, have on these boards. How many standings changed."""
    true = truth(members, rules, also)
    kept = stored(members, [one.board_id for one in rules])
    listed = _listed(members)
    gone = [key for key in kept if key not in true]
    changed = {key: one for key, one in true.items() if key not in kept or kept[key] != (one, key[1] in listed)}
    _count_changes(kept, {key: true.get(key) for key in [*gone, *changed]}, listed)
    _delete(gone)

    def replaced(new: Any) -> dict[str, Any]:
        return {name: new[name] for name in ("score", "deeds", "reached_at", "listed")}

    put(_TABLE, [row | {"listed": row["member_id"] in listed} for row in _rows(changed)], KEYS, replaced)
    return len(gone) + len(changed)


def _count_changes(kept: Mapping[Key, tuple[Sum, bool]], after: Mapping[Key, Sum | None], listed: Collection[int]) -> None:
    counted = counting.counted(after)
    moves = counting.Moves()
    for key, one in after.items():
        if (key[0], key[2]) not in counted:
            continue
        if key in kept and kept[key][1]:
            moves.leave(key, kept[key][0])
        if one is not None:
            moves.enter(key, one, key[1] in listed)
    moves.write()


def _delete(keys: Iterable[Key]) -> None:
    by_board: dict[int, dict[int, list[str]]] = {}
    for board_id, member_id, period in keys:
        by_board.setdefault(board_id, {}).setdefault(member_id, []).append(period)
    for board_id, by_member in by_board.items():
        for member_id, periods in by_member.items():
            mine = (Standing.board_id == board_id, Standing.member_id == member_id, among(Standing.period, periods))
            db.session.execute(sa.delete(Standing).where(*mine), execution_options={"synchronize_session": False})


def list_member(member_id: int, listed: bool) -> None:
    """The member is locked."""
    boards = db.session.scalars(sa.select(Board.id)).all()
    moves = counting.Moves()
    differing = {key: one for key, (one, now) in stored([member_id], boards).items() if now != listed}
    counted = counting.counted(differing)
    for key, one in differing.items():
        if (key[0], key[2]) in counted:
            (moves.enter if listed else moves.leave)(key, one)
    moves.write()
    mine = sa.update(Standing).where(among(Standing.board_id, boards), Standing.member_id == member_id)
    db.session.execute(mine.where(Standing.listed != listed).values(listed=listed))


def stored(members: Iterable[int], boards: Iterable[int]) -> dict[Key, tuple[Sum, bool]]:
    """Standings as they are kept, and whether each is listed."""
    asked = sa.select(_TABLE).where(among(_TABLE.c.board_id, boards), among(_TABLE.c.member_id, members))
    return _read(asked)


def _read(asked: sa.Select[Any]) -> dict[Key, tuple[Sum, bool]]:
    rows = db.session.execute(asked)
    return {(r.board_id, r.member_id, r.period): (Sum(r.score, r.deeds, r.reached_at), r.listed) for r in rows}


def _listed(members: Iterable[int]) -> set[int]:
    return {row[0] for row in run(_WISHED, {"members": list(members)})}


_WISHED = "SELECT id FROM member WHERE on_boards AND state = 'active' AND id IN LIST(:members)"


def _rows(sums: Sums) -> list[dict[str, Any]]:
    return [
        {"board_id": b, "period": p, "member_id": m, "score": one[0], "deeds": one[1], "reached_at": one[2]}
        for (b, m, p), one in sorted(sums.items())
    ]
