"""May this member write on a ballot of this round, now? Asked first of all by whoever writes one."""

from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _

from recognition import clock, driver
from recognition.contests.rules import CLOSED, OPEN, PUBLISHED, NotAllowed, WrongPhase
from recognition.contests.secret import voter_key
from recognition.database import is_postgresql

ASK = """
SELECT r.contest_id, r.state, r.starts_at, r.ends_at, r.salt, r.method, r.most_choices, c.state AS contest_state,
  m.state AS member_state, v.voted{now}
FROM contest_round r JOIN contest c ON c.id = r.contest_id JOIN member m ON m.id = :member
LEFT JOIN contest_voter v ON v.round_id = r.id AND v.member_id = m.id
WHERE r.id = :round{held}
"""
ON_POSTGRESQL = ASK.format(now=", clock_timestamp() AS now", held=" FOR KEY SHARE OF r")
ON_SQLITE = ASK.format(now="", held="")


class Booth(NamedTuple):
    """An open round and one of its voters. `voted`: a ballot of theirs is in the box."""

    contest_id: int
    round_id: int
    member_id: int
    salt: str
    key: str
    method: str
    most_choices: int | None
    voted: bool


def enter(round_id: int, member_id: int) -> Booth:
    """Raises WrongPhase and NotAllowed. Holds the round beside all who vote and never beside who closes it, as
    `locks.hold_round_for_ballot` does, in the one statement that reads all there is to know: whoever waited here for a
    close sees the closed round, and whoever came through is waited for by the close and counted."""
    values = {"round": round_id, "member": member_id}
    row = driver.run(ON_POSTGRESQL if is_postgresql() else ON_SQLITE, values).one_or_none()
    if row is None:
        raise NotAllowed(_("There is no such ballot for you."))
    # The database's time. It may have been read before a wait; what a close then did shows in the state.
    now = row.now if is_postgresql() and not clock.is_moved() else clock.utcnow()
    _refuse_out_of_time(row, now)
    if row.voted is None:
        raise NotAllowed(_("You are not on the roll of this vote. It was drawn up when the vote began and stays as it was."))
    if row.member_state == "suspended":
        raise NotAllowed(_("You cannot vote while your account is suspended."))
    key = voter_key(row.salt, member_id)
    return Booth(row.contest_id, round_id, member_id, row.salt, key, row.method, row.most_choices, bool(row.voted))


def _refuse_out_of_time(row: object, now: datetime) -> None:
    state, begins, ends = row.state, driver.moment(row.starts_at), driver.moment(row.ends_at)  # type: ignore[attr-defined]
    if row.contest_state != PUBLISHED:  # type: ignore[attr-defined]
        raise WrongPhase(_("This contest was called off. Nothing was stored."))
    if state == CLOSED or now >= ends:
        raise WrongPhase(_("The vote is over. This did not reach us in time, and nothing was stored."))
    if state != OPEN or now < begins:
        raise WrongPhase(_("The vote has not begun yet. Nothing was stored."))
