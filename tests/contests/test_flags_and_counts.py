"""What the council decides about an entry, and what becomes of the votes for it and for all others."""

from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.contests.models.contest import Result
from recognition.contests.rules import BadBallot
from recognition.contests.services import closing, flags, opening
from recognition.contests.services.entered import settle_facts
from recognition.contests.services.facts import newest_result
from recognition.contests.services.telling import Place, tell_slice
from recognition.contests.services.voting import cast
from tests.factories.contests import days, make_contest, make_entry

WHY = "It is traced from somebody else's work."
THEN, AFTER = days(3), days(8)


@pytest.fixture
def box(db: Any, make_member: Any) -> Any:
    """Five voters; three for the chairs, one of them for the tables as well, and two for the tables."""

    class Box:
        ada, ben = make_member("ada"), make_member("ben")
        judge = make_member("judge", roles=("council",))
        voters = tuple(make_member(f"voter{number}") for number in range(5))
        contest = make_contest()
        chairs, tables = make_entry(contest, ada, title="Chairs"), make_entry(contest, ben, title="Tables")
        round_id = contest.rounds[0].id

        def vote(self) -> None:
            marks = [{self.chairs.id: 1}, {self.chairs.id: 1}, {self.chairs.id: 1, self.tables.id: 1}]
            marks += [{self.tables.id: 1}, {self.tables.id: 1}]
            for voter, said in zip(self.voters, marks, strict=True):
                cast(self.round_id, voter.id, said)
            db.session.commit()

        def close(self) -> dict[str, Any]:
            assert closing.close_round(self.round_id, AFTER)
            tell_slice(self.contest.id, Place(), AFTER)
            db.session.commit()
            return self.contest.rounds[0].outcome or {}

        def places(self) -> list[list[int]]:
            result = newest_result(self.contest.id)
            return result.places if result else []

        def placed(self) -> dict[int, int]:
            live = (Activity.kind == "contest.placed", Activity.withdrawn_at.is_(None))
            found = db.session.execute(sa.select(Activity.member_id, Activity.data).where(*live))
            return {member_id: data["place"] for member_id, data in found}

    made = Box()
    with clock.as_of(THEN):
        for entry in (made.chairs, made.tables):
            settle_facts(entry, THEN)
        assert opening.open_round(made.round_id, THEN)
        made.vote()
        yield made


def told(outcome: dict[str, Any]) -> tuple[int, int, int]:
    return outcome["ballots"], outcome["abstained"], outcome["roll"]


def test_hidden_stays_in_the_count(box: Any, db: Any) -> None:
    flags.hide(box.chairs, box.judge, WHY, THEN)
    db.session.commit()
    outcome = box.close()
    assert outcome["numbers"] == {str(box.chairs.id): 3, str(box.tables.id): 3}
    assert box.places() == [[box.chairs.id, box.tables.id]]
    assert box.placed() == {box.ada.id: 1, box.ben.id: 1}


def test_disqualified_while_the_vote_runs_leaves_the_count_and_every_ballot_stays(box: Any, db: Any) -> None:
    flags.disqualify(box.chairs, box.judge, WHY, THEN)
    db.session.commit()
    with pytest.raises(BadBallot):
        cast(box.round_id, box.voters[3].id, {box.chairs.id: 1})
    db.session.rollback()
    outcome = box.close()
    assert (outcome["numbers"], told(outcome)[:2]) == ({str(box.tables.id): 3}, (5, 2))
    assert (box.places(), box.placed()) == ([[box.tables.id]], {box.ben.id: 1})


def test_let_in_again_while_the_vote_runs_all_that_was_said_counts(box: Any, db: Any) -> None:
    flags.disqualify(box.chairs, box.judge, WHY, THEN)
    flags.requalify(box.chairs, box.judge, "They showed us their sketches.", THEN)
    db.session.commit()
    outcome = box.close()
    assert outcome["numbers"] == {str(box.chairs.id): 3, str(box.tables.id): 3}


def test_after_the_close_the_same_ballots_are_counted_again(box: Any, db: Any) -> None:
    box.close()
    with clock.as_of(AFTER):
        flags.disqualify(box.chairs, box.judge, WHY, AFTER)
        flags.disqualify(box.chairs, box.judge, WHY, AFTER)
        db.session.commit()
        assert (box.places(), box.placed()) == ([[box.tables.id]], {box.ben.id: 1})
        flags.requalify(box.chairs, box.judge, "They showed us their sketches.", AFTER)
        db.session.commit()
    assert box.places() == [[box.chairs.id, box.tables.id]]
    assert box.placed() == {box.ada.id: 1, box.ben.id: 1}
    reasons = db.session.execute(sa.select(Result.number, Result.reason).order_by(Result.number))
    assert [tuple(row) for row in reasons] == [(1, ""), (2, WHY), (3, "They showed us their sketches.")]
    kinds = sa.select(Notice.kind).where(Notice.member_id == box.ada.id, Notice.kind != "contest.results")
    assert {"contest.out", "contest.back", "contest.corrected"} <= set(db.session.scalars(kinds))


def test_between_its_last_moment_and_the_count_a_decision_is_still_in_time(box: Any, db: Any) -> None:
    with clock.as_of(AFTER):
        flags.disqualify(box.chairs, box.judge, WHY, AFTER)
        db.session.commit()
        assert told(box.close())[0] == 5
    assert box.places() == [[box.tables.id]]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Result)) == 1
