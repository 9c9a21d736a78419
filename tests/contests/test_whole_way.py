"""From the first entry to the pin, through the services alone and by the clock."""

import json

import sqlalchemy as sa

from recognition import clock
from recognition.activities.drain import drain
from recognition.badges.models import Award, Badge
from recognition.contests import jobs
from recognition.contests.ballots import candidates, lines
from recognition.contests.cli import contests as command
from recognition.contests.entries import Draft
from recognition.contests.models.contest import Prize, Result
from recognition.contests.rules import SCHULZE
from recognition.contests.services import entering, moving
from recognition.contests.services.voting import cast
from recognition.jobs import worker
from recognition.jobs.models import QUEUED, Job
from tests.factories.badges import make_badge
from tests.factories.contests import days, make_contest
from tests.factories.identity import make_member

WORDS = Draft(title="Chairs", story="We sat down.", text="Seven chairs stood around one table.", licence="cc-by-4.0")


def work_off(db) -> None:
    """What workers do with all jobs whose time has come."""
    for _round in range(20):
        waits = sa.select(Job.id).where(Job.state == QUEUED, Job.run_after <= clock.utcnow(), Job.name.startswith("contests."))
        found = db.session.scalars(waits).all()
        db.session.commit()
        for job_id in found:
            worker.run(job_id)
        if not found:
            return


def test_entries_votes_close_result_pins(app, db, tmp_path):
    makers, voters = (
        [make_member(f"maker{number}") for number in range(3)],
        [make_member(f"voter{number}") for number in range(4)],
    )
    contest = make_contest(takes="text", tie_rule="draw")
    contest.rounds[0].method = SCHULZE
    make_badge("winner", {"placed": "draw-mdm", "top": 1, "at_least": 1})
    make_badge("voter", {"count": {"kind": "contest.voted", "object": "contest:draw-mdm"}, "at_least": 1})
    make_badge("taker", {"count": {"kind": "contest.entered", "object": "contest:draw-mdm"}, "at_least": 1})
    db.session.add(Prize(contest_id=contest.id, badge="winner"))
    with clock.as_of(days(-10)):
        moving.remind_of_dates(contest)
        entries = [entering.hand_in(entering.save_entry(contest, maker, "token", WORDS), maker) for maker in makers]
        db.session.commit()
    first, second, third = entries
    one = contest.rounds[0]
    with clock.as_of(days(0)):
        work_off(db)
        assert (one.state, one.roll_count) == ("open", 7)
    with clock.as_of(days(3)):
        for voter, ranks in zip(voters, ((1, 2, 3), (2, 1, 3), (2, 1, 3), (2, 1, 3)), strict=True):
            cast(one.id, voter.id, {entry.id: rank for entry, rank in zip(entries, ranks, strict=True)})
        # One thinks again, and is counted once.
        cast(one.id, voters[3].id, {first.id: 1, second.id: 2})
        db.session.commit()
    with clock.as_of(days(7)):
        work_off(db)
        assert one.state == "closed"
        drain()
    result = db.session.get(Result, (contest.id, 1))
    assert [sorted(group) for group in result.places][2] == [third.id]
    assert one.outcome["ballots"] == 4
    path = tmp_path / "ballots.csv"
    path.write_text("".join(lines(one.id, one.method, candidates(one.id))))
    words = ["tally", str(path), "--method", "schulze", "--seed", contest.seed]
    again = json.loads(app.test_cli_runner().invoke(command, words).output)
    key_of = {entry.id: entry.key for entry in entries}
    assert again["order"] == [[key_of[one] for one in group] for group in result.places]
    held = sa.select(Badge.slug, Award.member_id).join(Award, Award.badge_id == Badge.id)
    owner = {entry.id: entry.member_id for entry in entries}
    assert sorted(tuple(row) for row in db.session.execute(held)) == sorted(
        [("winner", owner[result.places[0][0]]), *(("taker", maker.id) for maker in makers),
         *(("voter", voter.id) for voter in voters)]
    )  # fmt: skip
    assert not [one for _name, check, _mend in app.extensions["checks"] for one in check()]
    with clock.as_of(days(8)):
        jobs.move()
        db.session.commit()
        assert moving.due(days(8)) == []
