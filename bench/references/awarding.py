"""Two ways to award by hand: counters kept in batches of 1,000, with the board's standings, and a COUNT for each deed
and badge."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

BATCH = 1000
Badges = list[tuple[str, str, int]]

_TABLES = """
CREATE TABLE ref_count (member INTEGER, kind TEXT, n INTEGER, PRIMARY KEY (member, kind));
CREATE TABLE ref_seen (member INTEGER, kind TEXT, campaign TEXT, PRIMARY KEY (member, kind, campaign));
CREATE TABLE ref_week (member INTEGER, kind TEXT, week INTEGER, PRIMARY KEY (member, kind, week));
CREATE TABLE ref_standing (member INTEGER, period TEXT, score INTEGER, deeds INTEGER, reached TEXT,
    PRIMARY KEY (member, period));
CREATE INDEX ref_rank ON ref_standing (period, score DESC, reached, member);
CREATE TABLE ref_award (badge TEXT, member INTEGER, PRIMARY KEY (badge, member))
"""


class Database:
    """The few differences between sqlite3 and psycopg."""

    def __init__(self, connection: Any, postgresql: bool) -> None:
        self.connection, self.postgresql = connection, postgresql
        for statement in _TABLES.split(";"):
            self.run(statement)
        self.commit()

    def run(self, statement: str, values: tuple[Any, ...] = ()) -> Any:
        return self.connection.execute(statement.replace("?", "%s") if self.postgresql else statement, values)

    def many(self, statement: str, types: str, rows: list[tuple[Any, ...]]) -> None:
        """`statement` takes `VALUES ...` on SQLite and arrays on PostgreSQL, the quickest of each."""
        if not rows:
            return
        if not self.postgresql:
            self.connection.executemany(statement.format("VALUES (" + ", ".join("?" * len(rows[0])) + ")"), rows)
            return
        arrays = ", ".join(f"%s::{name}[]" for name in types.split())
        columns = [list(column) for column in zip(*rows, strict=True)]
        self.connection.execute(statement.format(f"SELECT * FROM unnest({arrays}) AS t WHERE true"), columns)

    def begin(self) -> None:
        if not self.postgresql:
            self.connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        if self.postgresql or self.connection.in_transaction:
            self.connection.execute("COMMIT")


def by_counters(database: Database, badges: Badges) -> int:
    """Returns the rows considered. Marks each row as considered in the log itself, as the product does."""
    considered = 0
    by_kind = defaultdict(list)
    for number, (measure, kind, goal) in enumerate(badges):
        by_kind[measure, kind].append((f"b{number}", goal))
    while True:
        database.begin()
        rows = database.run(
            "SELECT id, member_id, kind, campaign, (occurred_day + 3) / 7, occurred_day, points, "
            "CAST(reported_at AS TEXT) FROM activity "
            f"WHERE considered_at IS NULL AND set_aside_at IS NULL ORDER BY id LIMIT {BATCH}"
            + (" FOR UPDATE SKIP LOCKED" if database.postgresql else "")
        ).fetchall()
        if not rows:
            database.commit()
            return considered
        _count(database, rows, by_kind)
        _distinct(database, rows, by_kind)
        _streaks(database, rows, by_kind)
        _stand(database, rows)
        _mark(database, [row[0] for row in rows])
        database.commit()
        considered += len(rows)


def _count(database: Database, rows: list[Any], by_kind: Any) -> None:
    added = Counter((row[1], row[2]) for row in rows)
    database.many(
        "INSERT INTO ref_count (member, kind, n) {} ON CONFLICT (member, kind) DO UPDATE SET n = ref_count.n + excluded.n",
        "int text int",
        [(m, k, n) for (m, k), n in sorted(added.items())],
    )
    _award(database, added, by_kind, "count", "SELECT member, kind, n FROM ref_count WHERE ")


def _distinct(database: Database, rows: list[Any], by_kind: Any) -> None:
    wanted = {row[1:4] for row in rows if ("distinct", row[2]) in by_kind}
    database.many("INSERT INTO ref_seen (member, kind, campaign) {} ON CONFLICT DO NOTHING", "int text text", sorted(wanted))
    pairs = {(m, k) for m, k, _c in wanted}
    _award(
        database,
        pairs,
        by_kind,
        "distinct",
        "SELECT member, kind, count(*) FROM ref_seen WHERE ",
        " GROUP BY member, kind",
    )


def _streaks(database: Database, rows: list[Any], by_kind: Any) -> None:
    wanted = {(row[1], row[2], row[4]) for row in rows if ("streak", row[2]) in by_kind}
    database.many("INSERT INTO ref_week (member, kind, week) {} ON CONFLICT DO NOTHING", "int text int", sorted(wanted))
    weeks = defaultdict(list)
    for member, kind, week in _pairs(database, "SELECT member, kind, week FROM ref_week WHERE ", {(m, k) for m, k, _w in wanted}):
        weeks[member, kind].append(week)
    won = []
    for (member, kind), numbers in weeks.items():
        best = _longest(numbers)
        won += [(badge, member) for badge, goal in by_kind["streak", kind] if best >= goal]
    _give(database, won)


def _stand(database: Database, rows: list[Any]) -> None:
    sums: dict[tuple[int, str], list[Any]] = {}
    for row in rows:
        day = date(1970, 1, 1) + timedelta(days=row[5])
        year, week, _weekday = day.isocalendar()
        season = f"{day.year:04}-S{(day.month + 2) // 3}"
        for period in (f"{year:04}-W{week:02}", f"{day.year:04}-{day.month:02}", season, "all"):
            standing = sums.setdefault((row[1], period), [0, 0, ""])
            standing[0] += row[6]
            standing[1] += 1
            standing[2] = max(standing[2], row[7])
    database.many(
        "INSERT INTO ref_standing (member, period, score, deeds, reached) {} ON CONFLICT (member, period) DO UPDATE "
        "SET score = ref_standing.score + excluded.score, deeds = ref_standing.deeds + excluded.deeds, reached = "
        "CASE WHEN excluded.reached > ref_standing.reached THEN excluded.reached ELSE ref_standing.reached END",
        "int text int int text", [(m, p, *standing) for (m, p), standing in sorted(sums.items())],
    )  # fmt: skip


def _award(database: Database, pairs: Any, by_kind: Any, measure: str, select: str, tail: str = "") -> None:
    won = []
    for member, kind, number in _pairs(database, select, {p for p in pairs if (measure, p[1]) in by_kind}, tail):
        won += [(badge, member) for badge, goal in by_kind[measure, kind] if number >= goal]
    _give(database, won)


def _pairs(database: Database, select: str, pairs: set[tuple[int, str]], tail: str = "") -> list[Any]:
    if not pairs:
        return []
    if database.postgresql:
        members, kinds = zip(*sorted(pairs), strict=True)
        where = "(member, kind) IN (SELECT * FROM unnest(%s::int[], %s::text[]))"
        return list(database.connection.execute(select + where + tail, (list(members), list(kinds))))
    values = ", ".join(["(?, ?)"] * len(pairs))
    flat = tuple(value for pair in sorted(pairs) for value in pair)
    return list(database.connection.execute(f"{select} (member, kind) IN (VALUES {values}){tail}", flat))


def _give(database: Database, won: list[tuple[str, int]]) -> None:
    database.many("INSERT INTO ref_award (badge, member) {} ON CONFLICT DO NOTHING", "text int", sorted(set(won)))


def _mark(database: Database, ids: list[int]) -> None:
    if database.postgresql:
        database.connection.execute("UPDATE activity SET considered_at = now() WHERE id = ANY(%s)", (ids,))
    else:
        marks = ", ".join("?" * len(ids))
        database.run(f"UPDATE activity SET considered_at = '2026-11-21 12:00:00.000000' WHERE id IN ({marks})", tuple(ids))


def by_count_each(database: Database, badges: Badges, rows: int) -> tuple[int, set[int]]:
    """The usual way: a transaction a deed, and in it for each badge a question over the member's whole history. Points
    and boards are left out, in its favour. Returns the rows considered and their members."""
    deeds = _wait_again(database, rows)
    mark = "now()" if database.postgresql else "'2026-11-21 12:00:00.000000'"
    for activity_id, member in deeds:
        database.begin()
        for place, (measure, kind, goal) in enumerate(badges):
            if _measured(database, measure, member, kind) >= goal:
                give = "INSERT INTO ref_award (badge, member) VALUES (?, ?) ON CONFLICT DO NOTHING"
                database.run(give, (f"b{place}", member))
        database.run(f"UPDATE activity SET considered_at = {mark} WHERE id = ?", (activity_id,))
        database.commit()
    return len(deeds), {member for _id, member in deeds}


def forget_awards(database: Database) -> None:
    database.begin()
    database.run("DELETE FROM ref_award")
    database.commit()


def _wait_again(database: Database, rows: int) -> list[Any]:
    """The newest deeds, unconsidered."""
    database.begin()
    newest = f"SELECT id FROM activity WHERE kind <> 'badge.awarded' ORDER BY id DESC LIMIT {rows}"
    database.run(f"UPDATE activity SET considered_at = NULL WHERE id IN ({newest})")
    deeds = database.run("SELECT id, member_id FROM activity WHERE considered_at IS NULL ORDER BY id").fetchall()
    database.commit()
    return list(deeds)


_ASKED = {
    "count": "count(*)",
    "distinct": "count(DISTINCT campaign)",
    "streak": "DISTINCT (occurred_day + 3) / 7",
}


def _measured(database: Database, measure: str, member: int, kind: str) -> int:
    question = f"SELECT {_ASKED[measure]} FROM activity WHERE member_id = ? AND kind = ? AND repeat_of_id IS NULL"
    found = database.run(question, (member, kind)).fetchall()
    return _longest(row[0] for row in found) if measure == "streak" else found[0][0]


def _longest(numbers: Iterable[int]) -> int:
    best = run = 0
    last = None
    for number in sorted(numbers):
        run = run + 1 if last is not None and number == last + 1 else 1
        best, last = max(best, run), number
    return best
