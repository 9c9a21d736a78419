"""Talk about entries: who may read and say something when, and what nobody learns from it."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.announcements.models import Notice
from recognition.contests.models.entry import Remark
from recognition.contests.models.vote import Voter
from recognition.contests.remarks import access, talk_about
from recognition.contests.rules import BadEntry, NotAllowed, WrongPhase
from recognition.contests.services import talking
from tests.factories.contests import NOW, days, make_contest, make_entry, make_round, open_round

LATER = days(30)


@pytest.fixture
def hall(db: Any, make_member: Any) -> Any:
    """A vote that runs: ada made the entry and has not voted, ben has, eve is not on the roll."""

    class Hall:
        ada, ben, cem, eve = (make_member(handle) for handle in ("ada", "ben", "cem", "eve"))
        contest = make_contest()
        entry = make_entry(contest, ada)
        round = open_round(contest.rounds[0], [entry], [ada, ben, cem])

        def vote(self, member: Any) -> None:
            db.session.get_one(Voter, (self.round.id, member.id)).voted = True
            db.session.flush()

        def close(self) -> None:
            self.round.state = "closed"
            db.session.flush()

        def told(self) -> list[tuple[int, str, Any]]:
            rows = db.session.scalars(sa.select(Notice).order_by(Notice.id))
            return [(one.member_id, one.kind, one.data.get("words")) for one in rows]

        def say(self, member: Any, text: str = "The chairs!", key: str = "one", now: Any = NOW) -> Remark:
            return talking.say(self.contest, self.entry, member.id, text, key, now)

    made = Hall()
    made.vote(made.ben)
    db.session.commit()
    return made


def test_it_is_open_to_those_who_have_voted_and_after_the_close_to_all_members(hall: Any) -> None:
    open_to = {who: access(hall.contest, member.id, NOW).is_open
               for who, member in (("ben", hall.ben), ("cem", hall.cem), ("eve", hall.eve))}  # fmt: skip
    assert open_to == {"ben": True, "cem": False, "eve": False}
    assert access(hall.contest, hall.ben.id, NOW).early
    assert access(hall.contest, hall.cem.id, NOW).shut == "The talk opens for you as soon as you have voted."
    assert not access(hall.contest, None, LATER).is_open
    hall.close()
    for member in (hall.ada, hall.ben, hall.cem, hall.eve):
        assert access(hall.contest, member.id, LATER) == access(hall.contest, hall.ben.id, LATER)
        assert access(hall.contest, member.id, LATER).is_open
    assert not access(hall.contest, None, LATER).is_open


def test_before_the_vote_and_in_a_contest_that_was_called_off_nobody_talks(hall: Any, db: Any) -> None:
    entering = make_contest("entering", entries_until=days(3), rounds=0)
    make_round(entering, starts_at=days(4), ends_at=days(9))
    assert not access(entering, hall.ben.id, NOW).is_open
    hall.contest.state = "called_off"
    db.session.flush()
    assert not access(hall.contest, hall.ben.id, NOW).is_open


def test_who_has_a_vote_to_cast_in_the_next_round_waits_again(hall: Any, db: Any) -> None:
    second = make_round(hall.contest, starts_at=days(7), ends_at=days(14))
    hall.close()
    assert access(hall.contest, hall.ben.id, days(7)).is_open
    open_round(second, [hall.entry], [hall.ben])
    assert not access(hall.contest, hall.ben.id, days(8)).is_open
    db.session.get_one(Voter, (second.id, hall.ben.id)).voted = True
    db.session.flush()
    assert access(hall.contest, hall.ben.id, days(8)).is_open


def test_the_same_key_is_the_same_remark(hall: Any, db: Any) -> None:
    first = hall.say(hall.ben)
    again = hall.say(hall.ben, "The chairs!", "one")
    db.session.commit()
    assert again.id == first.id
    assert [one.text for one in db.session.scalars(sa.select(Remark))] == ["The chairs!"]
    other = make_entry(hall.contest, hall.cem)
    with pytest.raises(BadEntry):
        talking.say(hall.contest, other, hall.ben.id, "The chairs!", "one", NOW)


def test_who_may_not_read_cannot_write(hall: Any, db: Any) -> None:
    for member in (hall.cem, hall.eve):
        with pytest.raises(WrongPhase):
            hall.say(member)
    hall.entry.hidden_at = NOW
    db.session.flush()
    with pytest.raises(NotAllowed):
        hall.say(hall.ben)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Remark)) == 0


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200b", "x" * 2_001, "a\x00b", "\u202eevil"])
def test_what_cannot_be_said(hall: Any, text: str) -> None:
    with pytest.raises(BadEntry) as fault:
        hall.say(hall.ben, text)
    assert set(fault.value.errors) == {"text"}


def test_authors_hear_at_once_only_if_they_may_read_it(hall: Any, db: Any) -> None:
    hall.say(hall.ben)
    assert hall.told() == []
    hall.vote(hall.ada)
    hall.say(hall.ben, "And the table.", "two")
    assert hall.told() == [(hall.ada.id, "contest.remark", "And the table.")]
    hall.close()
    talking.tell_at_close(hall.contest, LATER)
    talking.tell_at_close(hall.contest, LATER)
    assert hall.told() == [(hall.ada.id, "contest.remark", "And the table."), (hall.ada.id, "contest.talk", None)]


def test_nothing_new_at_the_close_is_told_to_nobody(hall: Any, db: Any) -> None:
    hall.vote(hall.ada)
    hall.say(hall.ben)
    hall.say(hall.ada, "Thank you.", "two")
    before = hall.told()
    hall.close()
    talking.tell_at_close(hall.contest, LATER)
    assert hall.told() == before == [(hall.ada.id, "contest.remark", "The chairs!")]


def test_taking_back_takes_the_notice_along(hall: Any, db: Any) -> None:
    hall.vote(hall.ada)
    said = hall.say(hall.ben)
    assert not talking.take_back(hall.entry, said.id, hall.ada.id)
    assert talking.take_back(hall.entry, said.id, hall.ben.id)
    assert not talking.take_back(hall.entry, said.id, hall.ben.id)
    assert hall.told() == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Remark)) == 0


def test_a_hidden_remark_leaves_a_line_and_a_suspended_member_none(hall: Any, db: Any) -> None:
    said = hall.say(hall.ben, "Something unkind.")
    said.hidden_at, said.hidden_reason = NOW, "It hurts somebody."
    db.session.flush()
    hall.close()
    lines = talk_about(hall.contest, hall.entry, hall.cem, LATER).lines
    assert [(one.text, one.hidden_reason) for one in lines] == [("", "It hurts somebody.")]
    hall.ben.state = "suspended"
    db.session.flush()
    assert talk_about(hall.contest, hall.entry, hall.cem, LATER).lines == []


def address(hall: Any, end: str = "/talk") -> str:
    return f"/contests/{hall.contest.slug}/entries/{hall.entry.key}{end}"


def test_the_page_says_when_it_opens_and_what_speaking_tells(hall: Any, client: FlaskClient, sign_in: Any, db: Any) -> None:
    hall.say(hall.ben)
    db.session.commit()
    with clock.as_of(NOW):
        guest = client.get(address(hall)).get_data(as_text=True)
        sign_in(client, hall.cem)
        waits = client.get(address(hall)).get_data(as_text=True)
        sign_in(client, hall.ben)
        reads = client.get(address(hall)).get_data(as_text=True)
    assert "The chairs!" not in guest
    assert "The chairs!" not in waits
    assert "The talk opens for you as soon as you have voted." in waits
    assert "The chairs!" in reads
    assert "so it also says that you have voted" in reads


def test_saying_and_taking_back_on_the_page(hall: Any, client: FlaskClient, sign_in: Any, db: Any) -> None:
    with clock.as_of(NOW):
        sign_in(client, hall.ben)
        for _ in range(2):
            sent = client.post(address(hall), data={"text": "Well drawn", "nonce": "n" * 20})
            assert (sent.status_code, sent.location) == (303, address(hall))
        empty = client.post(address(hall), data={"text": "  ", "nonce": "m" * 20})
        assert empty.status_code == 422
        said = db.session.scalars(sa.select(Remark)).one()
        assert client.post(address(hall, f"/talk/{said.id}/back")).status_code == 303
        assert client.post(address(hall, f"/talk/{said.id}/back")).status_code == 404
        sign_in(client, hall.cem)
        kept = client.post(address(hall), data={"text": "Mine <b>", "nonce": "o" * 20})
    assert kept.status_code == 409
    assert "Mine &lt;b&gt;" in kept.get_data(as_text=True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Remark)) == 0


def test_pages_follow_each_other_at_one_price(
    hall: Any, client: FlaskClient, sign_in: Any, db: Any, count_queries: Any, make_member: Any
) -> None:
    hall.say(hall.ben, "Word 0", "k0")
    hall.close()
    prices, here = [], address(hall)
    with clock.as_of(LATER):
        sign_in(client, hall.cem)
        with count_queries() as seen:
            client.get(here)
        prices.append(len(seen))
        for number in range(1, 25):
            hall.say(make_member(f"m{number}"), f"Word {number}", f"k{number}", LATER)
        db.session.commit()
        with count_queries() as seen:
            first = client.get(here).get_data(as_text=True)
        prices.append(len(seen))
        older = first.split('class="c-pagination__older" href="')[1].split('"')[0]
        last = client.get(older).get_data(as_text=True)
    assert prices[0] == prices[1] <= 12
    assert [f">Word {number}<" in first for number in (24, 5, 4, 0)] == [True, True, False, False]
    assert [f">Word {number}<" in last for number in (24, 5, 4, 0)] == [False, False, True, True]
