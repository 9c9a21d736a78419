"""The end of a round: its ballots are counted and its outcome frozen, in one transaction; after the last one the order of
the contest. Whatever follows in the log and in notices is a job of its own."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.audit import services as audit
from recognition.contests import counting
from recognition.contests.models.contest import Contest, Result, Round
from recognition.contests.order import Counted, advancing, after_ties, final_places, final_scores
from recognition.contests.rules import CLOSED, EXTEND, OPEN, PUBLISHED
from recognition.contests.services.forgetting import forget_voters
from recognition.contests.services.locks import hold_contest, hold_round
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.refs import Ref


def close_round(round_id: int, now: datetime) -> bool:
    """Count it and freeze what came of it. False where there is nothing to close: it is closed already, still runs, or was
    given more time because too few have voted."""
    one = _held(round_id)
    if one is None or one.state != OPEN or one.contest.state != PUBLISHED or now < one.ends_at:
        return False
    if _given_more_time(one, now):
        return False
    one.outcome = counting.outcome(one)
    _seal(one, now)
    audit.record("contest.round_closed", Ref("contest", one.contest.slug), None, after={"round": one.position})
    if all(other.state == CLOSED for other in one.contest.rounds):
        _finish(one.contest, now)
    return True


def let_through(one: Round) -> list[int]:
    """Ids of the entries that go on after this closed round, as the count is now: without who was disqualified since."""
    places = counting.current(one)["places"]
    return advancing(places, one.advance_count if enough(one) else None)


def enough(one: Round) -> bool:
    """A round that fewer voted in than were asked for decides nothing: everybody goes on, and it adds nothing to the sum."""
    return bool(one.outcome and one.outcome["counted"])


def result_of(contest: Contest, number: int, now: datetime, reason: str = "", actor_id: int | None = None) -> Result:
    """The order as the stored ballots tell it now, of the entries that stand. A first one at the close; each correction
    is a further one."""
    outcomes = {one.position: counting.current(one) for one in contest.rounds}
    counted = [
        Counted(outcomes[one.position]["places"], one.weight) for one in contest.rounds if outcomes[one.position]["counted"]
    ]
    keys = counting.keys_of([entry_id for one in outcomes.values() for entry_id in one["candidates"]])
    places = after_ties(final_places(counted), contest.tie_rule, contest.seed, keys) if counted else []
    sums = final_scores(counted) if len(counted) > 1 else {}
    detail = {
        "rounds": {str(position): outcome for position, outcome in outcomes.items()},
        "sums": {str(entry_id): [last, round(float(score), 4)] for entry_id, (last, score) in sums.items()},
    }
    return Result(contest_id=contest.id, number=number, places=places, detail=detail, reason=reason, actor_id=actor_id, at=now)


def _held(round_id: int) -> Round | None:
    """With its contest, which whoever disqualifies an entry holds too: either this count knows of it, or a correction
    follows."""
    contest_id = db.session.scalar(sa.select(Round.contest_id).where(Round.id == round_id))
    return hold_round(round_id) if contest_id is not None and hold_contest(contest_id) else None


def _finish(contest: Contest, now: datetime) -> None:
    db.session.add(result_of(contest, 1, now))
    db.session.flush()
    tell_later(contest.id)


def tell_later(contest_id: int, round_index: int = 0, after: int = 0) -> None:
    """Bring the log in line with the result, and tell people that it is there; from this place of the rolls on."""
    key = f"contests.tell_results:{contest_id}:{round_index}:{after}"
    ledger.defer("contests.tell_results", dedupe_key=key, contest_id=contest_id, round_index=round_index, after=after)


def _seal(one: Round, now: datetime) -> None:
    """Nothing ties a ballot to its voter any more."""
    forget_voters(one.id)
    one.state, one.closed_at, one.salt = CLOSED, now, ""
    db.session.flush()


def _given_more_time(one: Round, now: datetime) -> bool:
    """Once where too few have voted and the council said that it waits then; and before that, where it opened so late,
    because no worker was there, that nobody could vote."""
    if one.opened_at is not None and one.opened_at >= one.ends_at:
        late = now - one.starts_at
        if one.deputies_at is not None:
            one.deputies_at += late
        _extend(one, one.ends_at + late)
        return True
    if one.extended_at is not None or one.missing != EXTEND or counting.standing(one.id) >= one.quorum:
        return False
    longer = timedelta(days=one.extend_days)
    _extend(one, one.ends_at + longer if one.ends_at + longer > now else now + longer)
    one.extended_at = now
    return True


def _extend(one: Round, until: datetime) -> None:
    audit.record(
        "contest.round_extended", Ref("contest", one.contest.slug), None,
        {"ends_at": one.ends_at.isoformat()}, {"round": one.position, "ends_at": until.isoformat()},
    )  # fmt: skip
    one.ends_at = until
    _move_later_rounds(one)
    db.session.flush()


def _move_later_rounds(one: Round) -> None:
    """They keep their length and their distance from each other."""
    later = [other for other in one.contest.rounds if other.position > one.position]
    overlap = one.ends_at - later[0].starts_at if later else timedelta()
    for other in later if overlap > timedelta() else ():
        # By the end first: a round that ends before it begins is refused.
        other.ends_at += overlap
        other.starts_at += overlap
        if other.deputies_at is not None:
            other.deputies_at += overlap
