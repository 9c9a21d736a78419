"""The same rows put in by hand: a ballot and its marks, a transaction each. Nothing is asked and nothing checked."""

from collections.abc import Iterable
from typing import Any

BALLOT = (
    "INSERT INTO contest_ballot (id, round_id, voter_key, number, receipt_hash, abstains, replaced) "
    "VALUES (%s, %s, %s, 1, %s, false, false)"
)
MARKS = "INSERT INTO contest_mark (ballot_id, entry_id, value) SELECT %s, entry_id, 1 FROM unnest(%s::bigint[]) AS m(entry_id)"
MARK = "INSERT INTO contest_mark (ballot_id, entry_id, value) VALUES (?, ?, 1)"


def insert_each(connection: Any, postgresql: bool, round_id: int, ballots: Iterable[tuple[int, str, list[int]]]) -> None:
    """`ballots`: id, the voter's key, approved entries."""
    for ballot_id, key, entries in ballots:
        values = (ballot_id, round_id, key, key)
        if postgresql:
            connection.execute(BALLOT, values)
            connection.execute(MARKS, (ballot_id, entries))
        else:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(BALLOT.replace("%s", "?"), values)
            connection.executemany(MARK, [(ballot_id, entry_id) for entry_id in entries])
        connection.execute("COMMIT")
