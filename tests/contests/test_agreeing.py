"""Person of the month, from a name to an answer."""

from contextlib import ExitStack
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.contests.entries import Draft
from recognition.contests.models.entry import Entry
from recognition.contests.models.vote import Candidate, Juror
from recognition.contests.queries import public_entries, used_by
from recognition.contests.rules import BadBallot, BadEntry, NotAllowed, WrongPhase
from recognition.contests.services import agreeing, closing, entering, opening
from recognition.contests.services.facts import newest_result
from recognition.contests.services.telling import Place, tell_slice
from recognition.contests.services.voting import cast
from tests.factories.contests import NOW, days, make_contest, make_round

REASON = "She answered every question in the night before the deadline, and brought soup."
SOON = days(2)


@pytest.fixture
def hall(db: Any, make_member: Any) -> Any:
    """Ben has named Ada; names are taken until tomorrow, and the vote begins the day after."""

    class Hall:
        ada, ben, cem = (make_member(handle) for handle in ("ada", "ben", "cem"))
        judge = make_member("judge", roles=("council",))
        contest = make_contest("november", rounds=0, takes="person", entries_until=days(1), licences=[])
        entry: Entry

        def name(self, member: Any, nominee: str, token: str = "t") -> Entry:
            entry = entering.save_entry(self.contest, member, token, Draft(story=REASON, nominee=nominee))
            return entering.hand_in(entry, member)

        def answer(self, agrees: bool, now: Any = NOW, member: Any = None) -> bool:
            with clock.as_of(now):
                return agreeing.answer(self.contest, self.entry, (member or self.ada).id, agrees)

        def told(self) -> list[tuple[int, str]]:
            return [(one.member_id, one.kind) for one in db.session.scalars(sa.select(Notice).order_by(Notice.id))]

        def standing(self) -> int:
            wanted = sa.select(sa.func.count()).select_from(Entry).where(public_entries())
            return db.session.scalar(wanted) or 0

        def facts(self) -> list[int]:
            live = (Activity.kind == "contest.entered", Activity.withdrawn_at.is_(None))
            return list(db.session.scalars(sa.select(Activity.member_id).where(*live)))

    made = Hall()
    make_round(made.contest, starts_at=SOON, ends_at=days(9))
    with clock.as_of(NOW):
        made.entry = made.name(made.ben, "ada")
        db.session.commit()
        yield made


def address(hall: Any) -> str:
    return f"/contests/november/entries/{hall.entry.key}/agree"


def test_whoever_is_named_is_asked_and_shown_only_after_a_yes(hall: Any) -> None:
    assert hall.told() == [(hall.ada.id, "contest.nominated")]
    assert (hall.standing(), hall.facts()) == (0, [])
    assert [hall.answer(True), hall.answer(True)] == [True, False]
    assert (hall.standing(), hall.facts()) == (1, [hall.ada.id])
    assert hall.told()[1:] == [(hall.ben.id, "contest.nomination_answered")]


def test_a_no_is_told_to_nobody_but_whoever_named_them(hall: Any, db: Any) -> None:
    hall.answer(False)
    assert (hall.standing(), hall.facts()) == (0, [])
    assert hall.told()[1:] == [(hall.ben.id, "contest.nomination_answered")]
    db.session.commit()
    with pytest.raises(BadEntry) as while_it_stands:
        hall.name(hall.cem, "ada")
    db.session.rollback()
    entering.withdraw_entry(hall.entry, hall.ben)
    db.session.commit()
    with pytest.raises(BadEntry) as later:
        hall.name(hall.cem, "ada")
    db.session.rollback()
    # The same words as if somebody else had named them, so that nobody learns of the no.
    assert later.value.errors == while_it_stands.value.errors
    assert used_by(hall.contest.id, hall.ben.id) == 0
    assert hall.name(hall.ben, "cem", "another").state == "in"


def test_a_mind_can_be_changed_until_the_vote_begins(hall: Any) -> None:
    hall.answer(True)
    hall.answer(False)
    assert (hall.standing(), hall.facts()) == (0, [])
    hall.answer(True)
    assert (hall.standing(), hall.facts()) == (1, [hall.ada.id])
    with pytest.raises(WrongPhase):
        hall.answer(False, SOON)


def test_a_yes_is_to_the_words_that_were_read(hall: Any) -> None:
    hall.answer(True)
    entering.change_entry(hall.entry, hall.ben, Draft(story=REASON, nominee="ada"))
    assert (hall.standing(), hall.facts()) == (1, [hall.ada.id])
    entering.change_entry(hall.entry, hall.ben, Draft(story="She owes me money.", nominee="ada"))
    assert (hall.standing(), hall.facts()) == (0, [])
    assert hall.told()[-1] == (hall.ada.id, "contest.nominated")
    assert hall.answer(True)
    assert (hall.standing(), hall.facts()) == (1, [hall.ada.id])


def test_a_no_stays_a_no_whatever_is_written_then(hall: Any) -> None:
    hall.answer(False)
    entering.change_entry(hall.entry, hall.ben, Draft(story="Please!", nominee="ada"))
    assert hall.entry.nominee_agreed is False
    assert hall.told().count((hall.ada.id, "contest.nominated")) == 1


def test_only_whoever_is_named_answers(hall: Any) -> None:
    for member in (hall.ben, hall.cem, hall.judge):
        with pytest.raises(NotAllowed):
            hall.answer(True, member=member)
    assert hall.entry.nominee_agreed is None


def test_what_was_taken_back_is_not_answered(hall: Any) -> None:
    entering.withdraw_entry(hall.entry, hall.ben)
    with pytest.raises(WrongPhase):
        hall.answer(True)


def test_the_page_is_for_whoever_is_named(hall: Any, client: FlaskClient, sign_in: Any) -> None:
    page, seen = address(hall), {}
    for member in (hall.ada, hall.ben, hall.cem, hall.judge):
        handle = member.handle
        sign_in(client, member)
        seen[handle] = client.get(page).status_code
    assert seen == {"ada": 200, "ben": 404, "cem": 404, "judge": 404}


def test_answering_on_the_page(hall: Any, client: FlaskClient, sign_in: Any, db: Any) -> None:
    page = address(hall)
    sign_in(client, hall.ada)
    text = client.get(page).get_data(as_text=True)
    assert (REASON in text, "Ben thinks of you" in text) == (True, True)
    assert client.post(page, data={"answer": "perhaps"}).status_code == 422
    assert client.post(page, data={"answer": "no"}).status_code == 303
    assert "You said no. Only whoever named you knows." in client.get(page).get_data(as_text=True)
    assert client.post(page, data={"answer": "yes"}).status_code == 303
    assert db.session.scalar(sa.select(Entry.nominee_agreed)) is True


@pytest.mark.parametrize("agreed", [None, False])
def test_neither_an_open_question_nor_a_no_is_seen_by_others(
    hall: Any, client: FlaskClient, sign_in: Any, db: Any, agreed: bool | None
) -> None:
    """Not even by the council."""
    hall.entry.nominee_agreed = agreed
    db.session.commit()
    talk, seen = address(hall).replace("/agree", "/talk"), {}
    for member in (hall.ada, hall.ben, hall.cem, hall.judge):
        handle = member.handle
        sign_in(client, member)
        seen[handle] = client.get(talk).status_code
    assert seen == {"ada": 200, "ben": 200, "cem": 404, "judge": 404}


def test_from_a_name_to_the_person_of_the_month(hall: Any, db: Any, make_member: Any) -> None:
    """Ada and Cem stand, Dee would rather not; whoever is named cannot vote for themselves, and who named them can."""
    dee, eve = make_member("dee"), make_member("eve")
    cems, dees = hall.name(eve, "cem"), hall.name(dee_friend := make_member("finn"), "dee")
    hall.answer(True)
    agreeing.answer(hall.contest, cems, hall.cem.id, True)
    agreeing.answer(hall.contest, dees, dee.id, False)
    db.session.commit()
    one = hall.contest.rounds[0]
    one.method = "schulze"
    db.session.commit()
    with clock.as_of(days(3)):
        assert opening.open_round(one.id, days(3))
        db.session.commit()
        frozen = db.session.scalars(sa.select(Candidate.entry_id).order_by(Candidate.entry_id)).all()
        assert frozen == [hall.entry.id, cems.id]
        for voter in (hall.ben, dee, dee_friend):
            cast(one.id, voter.id, {hall.entry.id: 1, cems.id: 2})
        cast(one.id, hall.cem.id, {hall.entry.id: 1})
        db.session.commit()
        with pytest.raises(BadBallot):
            cast(one.id, hall.ada.id, {hall.entry.id: 1})
        db.session.rollback()
    with clock.as_of(days(9)):
        assert closing.close_round(one.id, days(9))
        assert tell_slice(hall.contest.id, Place(), days(9)) is None
        db.session.commit()
    assert newest_result(hall.contest.id).places == [[hall.entry.id], [cems.id]]  # type: ignore[union-attr]
    placed = sa.select(Activity.member_id, Activity.data).where(Activity.kind == "contest.placed")
    assert [tuple(row) for row in db.session.execute(placed)] == [(hall.ada.id, {"place": 1})]
    heard = sa.select(Notice.member_id).where(Notice.kind == "contest.results", Notice.member_id == dee.id)
    assert db.session.scalars(heard).all() == [dee.id]  # As a voter; that they were named is told nowhere.
    about = sa.select(Notice.kind).where(Notice.member_id == dee.id).order_by(Notice.id)
    assert db.session.scalars(about).all() == ["contest.nominated", "contest.results"]


def test_an_answer_that_waited_until_the_vote_began_comes_too_late(
    hall: Any, client: FlaskClient, sign_in: Any, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is judged once the contest is ours: the candidates were frozen while we waited for it."""
    hold, page = agreeing.hold_contest, address(hall)
    sign_in(client, hall.ada)
    with ExitStack() as later:

        def after_a_while(contest_id: int) -> Any:
            later.enter_context(clock.as_of(SOON))
            return hold(contest_id)

        monkeypatch.setattr(agreeing, "hold_contest", after_a_while)
        assert client.post(page, data={"answer": "yes"}).status_code == 409
    assert db.session.scalar(sa.select(Entry.nominee_agreed)) is None


def test_a_late_yes_is_no_second_name_of_whoever_may_give_one(hall: Any, db: Any) -> None:
    hall.answer(False)
    hall.name(hall.ben, "cem", "another")
    db.session.commit()
    with pytest.raises(NotAllowed, match="somebody else"):
        hall.answer(True)
    hall.contest.entries_each = 2
    db.session.flush()
    assert hall.answer(True)


def test_whoever_judges_does_not_stand_themselves(hall: Any, db: Any) -> None:
    db.session.add(Juror(round_id=hall.contest.rounds[0].id, member_id=hall.ada.id))
    db.session.flush()
    with pytest.raises(NotAllowed, match="on the jury"):
        hall.answer(True)
    assert hall.answer(False)


def test_nobody_is_told_of_a_mind_that_changes_all_day(hall: Any, client: FlaskClient, sign_in: Any) -> None:
    page = address(hall)
    sign_in(client, hall.ada)
    sent = [client.post(page, data={"answer": ("yes", "no")[n % 2]}).status_code for n in range(22)]
    assert sent == [303] * 20 + [429] * 2
