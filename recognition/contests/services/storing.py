"""A ballot's rows, in as few statements as each database allows: this is what a voter waits for."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from recognition import driver
from recognition.contests.marks import Marks
from recognition.contests.secret import receipt_hash
from recognition.contests.services.gate import Booth, not_on_roll
from recognition.database import is_postgresql

SHEET = """
INSERT INTO contest_sheet (round_id, voter_key, entry_order, marks, number) VALUES (:round, :key, '[]', :marks, 1)
ON CONFLICT (round_id, voter_key) DO UPDATE SET number = contest_sheet.number + 1{marks}
"""
WITH_MARKS, ABSTENTION = SHEET.format(marks=", marks = excluded.marks"), SHEET.format(marks="")
"""Abstaining leaves the paper as it is, for whoever thinks again."""
FIRST = """
WITH sheet AS ({sheet} WHERE contest_sheet.number = 0 RETURNING number), ballot AS (
  INSERT INTO contest_ballot (id, round_id, voter_key, number, receipt_hash, abstains, replaced)
  SELECT :id, :round, :key, number, :hash, :abstains, false FROM sheet
  WHERE EXISTS (SELECT 1 FROM contest_voter WHERE round_id = :round AND member_id = :member) RETURNING id
), voter AS (
  UPDATE contest_voter SET voted = true WHERE round_id = :round AND member_id = :member AND EXISTS (SELECT 1 FROM ballot)
), mark AS (
  INSERT INTO contest_mark (ballot_id, entry_id, value)
  SELECT ballot.id, m.entry_id, m.value
  FROM ballot, unnest(CAST(:entries AS BIGINT[]), CAST(:values AS INTEGER[])) AS m(entry_id, value)
)
SELECT id FROM ballot
"""
FIRST_WITH_MARKS, FIRST_ABSTENTION = FIRST.format(sheet=WITH_MARKS), FIRST.format(sheet=ABSTENTION)
STANDING = """
SELECT b.id, b.abstains, m.entry_id, m.value FROM contest_ballot b LEFT JOIN contest_mark m ON m.ballot_id = b.id
WHERE b.round_id = :round AND b.voter_key = :key AND NOT b.replaced
"""
UNDO = "UPDATE contest_sheet SET number = number - 1 WHERE round_id = :round AND voter_key = :key"
REPLACE = "UPDATE contest_ballot SET replaced = true WHERE id = :id"
BALLOT = """
INSERT INTO contest_ballot (id, round_id, voter_key, number, receipt_hash, abstains, replaced)
SELECT :id, :round, :key, :number, :hash, :abstains, false
WHERE EXISTS (SELECT 1 FROM contest_voter WHERE round_id = :round AND member_id = :member)
"""
"""The line of the roll is asked for once more: whoever waited for the round read it before they waited, and it may have gone
meanwhile, with a juror who cannot or with a row that became another's."""
MARK = "INSERT INTO contest_mark (ballot_id, entry_id, value) VALUES (:id, :entry, :value)"
VOTED = "UPDATE contest_voter SET voted = true WHERE round_id = :round AND member_id = :member"


def store_first(booth: Booth, code: str, marks: Marks, said: Mapping[int, int], abstains: bool) -> bool:
    """On PostgreSQL all rows of a voter's first ballot in one statement. False: there is one already, or no line of the roll
    any more; no ballot was stored."""
    values = {
        **_ballot(booth, 1, code, abstains), "marks": _paper(marks), "entries": list(said), "values": list(said.values()),
    }  # fmt: skip
    return driver.run(FIRST_ABSTENTION if abstains else FIRST_WITH_MARKS, values).scalar() is not None


def next_number(booth: Booth, marks: Marks, abstains: bool) -> int:
    """Holds the sheet: who casts for the same voter at the same time waits here, then sees this ballot."""
    values = {"round": booth.round_id, "key": booth.key, "marks": _paper(marks)}
    number: int = driver.run((ABSTENTION if abstains else WITH_MARKS) + "RETURNING number", values).scalar_one()
    return number


def stands_already(booth: Booth, said: Mapping[int, int], abstains: bool) -> bool:
    """If so, its number is the last one. If not, what stands is replaced."""
    mine = {"round": booth.round_id, "key": booth.key}
    rows = driver.run(STANDING, mine).all()
    before = {row.entry_id: row.value for row in rows if row.entry_id is not None}
    if rows and before == said and bool(rows[0].abstains) == abstains:
        driver.run(UNDO, mine)
        return True
    for ballot_id in {row.id for row in rows}:
        driver.run(REPLACE, {"id": ballot_id})
    return False


def store(booth: Booth, number: int, code: str, said: Mapping[int, int], abstains: bool) -> None:
    """Raises NotAllowed where the voter's line of the roll has gone."""
    ballot = _ballot(booth, number, code, abstains)
    if not driver.run(BALLOT, ballot).rowcount:
        raise not_on_roll()
    if said:
        driver.run(MARK, [{"id": ballot["id"], "entry": entry_id, "value": value} for entry_id, value in said.items()])
    if not booth.voted:
        driver.run(VOTED, {"round": booth.round_id, "member": booth.member_id})


def can_store_first(booth: Booth) -> bool:
    return is_postgresql() and not booth.voted


def _ballot(booth: Booth, number: int, code: str, abstains: bool) -> dict[str, Any]:
    """Its id is chance, so that no order of theirs tells who came when."""
    return {
        "id": secrets.randbits(62), "round": booth.round_id, "member": booth.member_id, "key": booth.key, "number": number,
        "hash": receipt_hash(code), "abstains": abstains,
    }  # fmt: skip


def _paper(marks: Marks) -> str:
    return json.dumps({str(entry_id): value for entry_id, value in marks.items()})
