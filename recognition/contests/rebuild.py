"""Results compared with the ballots and with the log. A frozen outcome is never rewritten: a difference there is told and
stays for people. Facts in the log are put right."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.activities.changes import restore, withdraw
from recognition.activities.models import Activity
from recognition.activities.services import record
from recognition.contests import counting
from recognition.contests.ballots import candidates
from recognition.contests.models.contest import Contest, Result, Round
from recognition.contests.models.vote import Voter
from recognition.contests.rules import CLOSED, PLACED, SOURCE, VOTED
from recognition.contests.services.facts import placed_facts, settle_places, voted_fact
from recognition.contests.services.locks import hold_contest
from recognition.database import among
from recognition.extensions import db
from recognition.jobs.models import QUEUED, RUNNING, Job
from recognition.refs import Ref

VOTERS_A_PAGE = 1000
COUNTED = ("places", "numbers", "pairwise", "steps", "ballots", "abstained", "digest", "counted")
"""Of an outcome, what the stored ballots say; the roll may have changed since, when two rows became one."""


def check() -> Iterator[dict[str, Any]]:
    """Outcomes that the ballots do not bear out; results that are missing; facts that the log lacks or has too many."""
    for contest in _over():
        yield from _outcomes(contest)
        told = _is_told(contest.id)
        for key in sorted(_placed_keys(contest) ^ _live(contest, PLACED)):
            if told:
                yield {"contest": contest.slug, "source_key": key}
        for one in contest.rounds if told else ():
            for key in _vote_gaps(contest, one):
                yield {"contest": contest.slug, "round": one.position, "source_key": key}


def rebuild() -> dict[str, int]:
    """The caller commits."""
    now, facts = clock.utcnow(), 0
    for contest in _over():
        hold_contest(contest.id)
        facts += len(_placed_keys(contest) ^ _live(contest, PLACED))
        settle_places(contest, now)
        for one in contest.rounds:
            facts += _mend_votes(contest, one)
    return {"contest_facts": facts}


def _over() -> Sequence[Contest]:
    """Those with a result."""
    return db.session.scalars(sa.select(Contest).join(Result, sa.and_(Result.contest_id == Contest.id, Result.number == 1))
                              .order_by(Contest.id)).all()  # fmt: skip


def _outcomes(contest: Contest) -> Iterator[dict[str, Any]]:
    for one in contest.rounds:
        if one.state != CLOSED or one.outcome is None:
            yield {"contest": contest.slug, "round": one.position, "differs": ["closed"]}
            continue
        again = counting.outcome(one, candidates(one.id, only=one.outcome["candidates"]))
        differs = [name for name in COUNTED if again[name] != one.outcome[name]]
        if differs:
            yield {"contest": contest.slug, "round": one.position, "differs": differs}


def _is_told(contest_id: int) -> bool:
    """False while the job that tells the log is still at it."""
    waits = sa.exists().where(
        Job.state.in_((QUEUED, RUNNING)), Job.dedupe_key.startswith(f"contests.tell_results:{contest_id}:", autoescape=True)
    )
    return not db.session.scalar(sa.select(waits))


def _placed_keys(contest: Contest) -> set[str]:
    return {fact.source_key for fact in placed_facts(contest)}


def _live(contest: Contest, kind: str) -> set[str]:
    about = (Activity.source == SOURCE, Activity.kind == kind, Activity.object == str(Ref("contest", contest.slug)))
    return set(db.session.scalars(sa.select(Activity.source_key).where(*about, Activity.withdrawn_at.is_(None))))


def _vote_gaps(contest: Contest, one: Round) -> Iterator[str]:
    """Keys of facts that stand in one of the two alone: the roll, or the log."""
    for page in _voters(one.id):
        keys = {f"voted:{one.id}:{member_id}": member_id for member_id in page}
        yield from sorted(keys.keys() - _known(keys))
    yield from (row.source_key for row in _unvoted(contest, one))


def _mend_votes(contest: Contest, one: Round) -> int:
    now, mended = clock.utcnow(), 0
    for page in _voters(one.id):
        known = _known(f"voted:{one.id}:{member_id}" for member_id in page)
        missing = [voted_fact(one, member_id) for member_id in page if f"voted:{one.id}:{member_id}" not in known]
        restore(outcome.id for outcome in record(missing, now) if not outcome.new)
        mended += len(missing)
    extra = [row.id for row in _unvoted(contest, one)]
    withdraw(extra, None, "rebuild", now)
    return mended + len(extra)


def _voters(round_id: int) -> Iterator[Sequence[int]]:
    last = 0
    while True:
        wanted = sa.select(Voter.member_id).where(Voter.round_id == round_id, Voter.voted, Voter.member_id > last)
        page = db.session.scalars(wanted.order_by(Voter.member_id).limit(VOTERS_A_PAGE)).all()
        if not page:
            return
        yield page
        last = page[-1]


def _known(keys: Any) -> set[str]:
    wanted = sa.select(Activity.source_key).where(
        Activity.source == SOURCE, among(Activity.source_key, list(keys)), Activity.withdrawn_at.is_(None)
    )
    return set(db.session.scalars(wanted))


def _unvoted(contest: Contest, one: Round) -> Sequence[Any]:
    """Facts of this round about people who are not on its roll as having voted."""
    voted = sa.exists().where(Voter.round_id == one.id, Voter.member_id == Activity.member_id, Voter.voted)
    wanted = sa.select(Activity.id, Activity.source_key).where(
        Activity.source == SOURCE, Activity.kind == VOTED, Activity.object == str(Ref("contest", contest.slug)),
        Activity.source_key.startswith(f"voted:{one.id}:"), Activity.withdrawn_at.is_(None), ~voted,
    )  # fmt: skip
    return db.session.execute(wanted.order_by(Activity.id)).all()
