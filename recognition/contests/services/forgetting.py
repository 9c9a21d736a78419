"""What the end of a round leaves behind of who voted how: nothing, whether it is counted or called off."""

import sqlalchemy as sa

from recognition import driver
from recognition.contests.models.vote import Sheet
from recognition.database import is_postgresql
from recognition.extensions import db

REWRITE = """
WITH gone AS (DELETE FROM contest_voter WHERE round_id = :round RETURNING round_id, member_id, group_id, voted)
INSERT INTO contest_voter (round_id, member_id, group_id, voted)
SELECT round_id, member_id, group_id, voted FROM gone ORDER BY member_id
"""


def forget_voters(round_id: int) -> None:
    """Part of the end, whose transaction holds the round and wipes its salt. The sheets go. On PostgreSQL the roll is
    written anew: a row's place in the table and its transaction's number tell when it was changed, and a ballot has the same
    ones. SQLite changes rows in place and keeps neither."""
    db.session.execute(sa.delete(Sheet).where(Sheet.round_id == round_id))
    if is_postgresql():
        driver.run(REWRITE, {"round": round_id})
