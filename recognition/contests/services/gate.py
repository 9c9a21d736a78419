"""May this member write on a ballot of this round, now? Asked first of all by whoever writes one."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from flask_babel import gettext as _

from recognition import clock, driver
from recognition.contests.rules import CLOSED, OPEN, PUBLISHED, NotAllowed, WrongPhase
from recognition.contests.secret import voter_key
from recognition.database import is_postgresql

NEAR = """
EXISTS (SELECT 1 FROM contest_entry WHERE member_id = :member AND contest_id = r.contest_id)
OR EXISTS (SELECT 1 FROM contest_entry WHERE nominee_id = :member AND contest_id = r.contest_id)
OR EXISTS (SELECT 1 FROM contest_author WHERE member_id = :member)
OR EXISTS (SELECT 1 FROM member WHERE mentor_id = :member)
"""
MARKED = """
SELECT {gather}({pair}(k.entry_id, e.state = 'in' AND e.hidden_at IS NULL))
FROM contest_candidate k JOIN contest_entry e ON e.id = k.entry_id WHERE k.round_id = r.id AND k.entry_id IN LIST(:entries)
"""
ASK = """
SELECT {pair}(r.contest_id, r.state, {now} < r.starts_at, {now} >= r.ends_at, r.salt, r.method, r.most_choices, c.state,
  m.state, v.voted, {near}, {marked})
FROM contest_round r JOIN contest c ON c.id = r.contest_id JOIN member m ON m.id = :member
LEFT JOIN contest_voter v ON v.round_id = r.id AND v.member_id = m.id
WHERE r.id = :round{held}
"""
"""One value, in the order of `Answer`: many columns cost a voter more than what is in them."""
ON_POSTGRESQL = ASK.format(
    pair="json_build_array", near=NEAR, marked=f"({MARKED.format(gather='json_agg', pair='json_build_array')})",
    now="coalesce(CAST(:now AS TIMESTAMPTZ), clock_timestamp())", held=" FOR KEY SHARE OF r",
)  # fmt: skip
ON_SQLITE = ASK.format(
    pair="json_array", near=NEAR, marked=f"json(({MARKED.format(gather='json_group_array', pair='json_array')}))",
    now=":now", held="",
)  # fmt: skip


class Answer(NamedTuple):
    """`voted` None: not on the roll."""

    contest_id: int
    state: str
    is_early: bool
    is_late: bool
    salt: str
    method: str
    most_choices: int | None
    contest_state: str
    member_state: str
    voted: bool | None
    near: bool
    marked: list[tuple[int, bool]] | None


class Booth(NamedTuple):
    """An open round and one of its voters. `voted`: a ballot of theirs is in the box. `near`: some entry may be barred for
    them. `marked`: of the entries that were asked about, those that are the round's, and whether each is shown."""

    contest_id: int
    round_id: int
    member_id: int
    salt: str
    key: str
    method: str
    most_choices: int | None
    voted: bool
    near: bool
    marked: dict[int, bool]


def enter(round_id: int, member_id: int, entries: Iterable[int] = ()) -> Booth:
    """Raises WrongPhase and NotAllowed. Holds the round beside any number of others who vote and never beside who closes it,
    in the one statement that reads all there is to know: whoever waited here for a close sees the closed round, and whoever
    came through is waited for by the close and counted. Of all else that is told as it was before the wait."""
    asked = _ask({"round": round_id, "member": member_id, "entries": list(entries)})
    if asked is None:
        raise NotAllowed(_("There is no such ballot for you."))
    _refuse_out_of_time(asked)
    if asked.voted is None:
        raise not_on_roll()
    if asked.member_state == "suspended":
        raise NotAllowed(_("You cannot vote while your account is suspended."))
    return Booth(
        asked.contest_id, round_id, member_id, asked.salt, voter_key(asked.salt, member_id), asked.method, asked.most_choices,
        bool(asked.voted), bool(asked.near), {entry_id: bool(shown) for entry_id, shown in asked.marked or ()},
    )  # fmt: skip


def not_on_roll() -> NotAllowed:
    return NotAllowed(_("You are not on the roll of this vote. It was drawn up when the vote began and stays as it was."))


def _ask(values: dict[str, Any]) -> Answer | None:
    """By the database's time. It may be read before a wait for a close; what that did then shows in the state."""
    if is_postgresql():
        found = driver.run(ON_POSTGRESQL, {**values, "now": clock.utcnow() if clock.is_moved() else None}).scalar()
    else:
        text = driver.run(ON_SQLITE, {**values, "now": driver.as_stored(clock.utcnow())}).scalar()
        found = json.loads(text) if text else None
    return Answer(*found) if found else None


def _refuse_out_of_time(asked: Answer) -> None:
    if asked.contest_state != PUBLISHED:
        raise WrongPhase(_("This contest was called off. Nothing was stored."))
    if asked.state == CLOSED or asked.is_late:
        raise WrongPhase(_("The vote is over. This did not reach us in time, and nothing was stored."))
    if asked.state != OPEN or asked.is_early:
        raise WrongPhase(_("The vote has not begun yet. Nothing was stored."))
