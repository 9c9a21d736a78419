"""What is found out after the close: an entry is taken out of the count or let in again. The result that was told stays
readable; the corrected one stands beside it, with its reason. Who calls holds the contest."""

from datetime import datetime

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.contests.models.contest import Contest, Result
from recognition.contests.models.entry import IN, OUT, Entry
from recognition.contests.order import numbered
from recognition.contests.queries import stand_of
from recognition.contests.rules import OVER, WrongPhase
from recognition.contests.services import entering
from recognition.contests.services.closing import result_of
from recognition.contests.services.facts import makers, newest_result, settle_places
from recognition.extensions import db
from recognition.refs import Ref


def disqualify(entry: Entry, actor_id: int | None, reason: str, now: datetime) -> Result:
    """The ballots stay as they are; they are counted again without it. Raises WrongPhase before the last close."""
    before = _result_before(entry, now)
    entry.state, entry.out_reason = OUT, reason
    entering.take_out_facts(entry, actor_id, reason, now)
    return _count_again(entry.contest, before, actor_id, reason, now)


def requalify(entry: Entry, actor_id: int | None, reason: str, now: datetime) -> Result:
    """What voters said of it counts again. Raises WrongPhase before the last close."""
    before = _result_before(entry, now)
    entry.state, entry.out_reason = IN, ""
    entering.put_back_facts(entry, now)
    return _count_again(entry.contest, before, actor_id, reason, now)


def _result_before(entry: Entry, now: datetime) -> Result:
    result = newest_result(entry.contest_id)
    if result is None or stand_of(entry.contest, now).phase != OVER:
        raise WrongPhase("a result is corrected once there is one")
    return result


def _count_again(contest: Contest, before: Result, actor_id: int | None, reason: str, now: datetime) -> Result:
    db.session.flush()
    result = result_of(contest, before.number + 1, now, reason, actor_id)
    db.session.add(result)
    db.session.flush()
    settle_places(contest, now, actor_id, reason)
    changes = {"number": result.number, "reason": reason}
    audit.record("contest.corrected", Ref("contest", contest.slug), actor_id, {"number": before.number}, changes)
    _tell(contest, before, result, now)
    return result


def _tell(contest: Contest, before: Result, after: Result, now: datetime) -> None:
    """Whose place is another one now."""
    old, new = ({one: place for place, group in numbered(result.places) for one in group} for result in (before, after))
    moved = [entry_id for entry_id in sorted(old.keys() | new.keys()) if old.get(entry_id) != new.get(entry_id)]
    path, data = f"/contests/{contest.slug}/results", {"contest": contest.title, "words": after.reason}
    to = {member_id for _entry, member_id in makers(contest, moved)}
    tell([Message(member_id, kind="contest.corrected", key=f"contest.corrected:{contest.id}:{after.number}:{member_id}",
                  path=path, data=data) for member_id in sorted(to)], now)  # fmt: skip
