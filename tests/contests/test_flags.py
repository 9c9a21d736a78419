"""Flags, and what the council makes of them: who decides about what, what is told to whom, and what stays counted."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.contests import flagged
from recognition.contests.models.entry import Entry, Flag, Remark
from recognition.contests.queries import public_entries
from recognition.contests.rules import BadEntry, NotAllowed, WrongPhase
from recognition.contests.services import flags
from recognition.contests.services.entered import settle_facts
from tests.factories.contests import NOW, days, make_contest, make_entry, open_round

WHY = "It is traced from somebody else's work."


@pytest.fixture
def hall(db: Any, make_member: Any) -> Any:
    class Hall:
        ada, ben, cem = (make_member(handle) for handle in ("ada", "ben", "cem"))
        judge = make_member("judge", roles=("council",))
        admin = make_member("admin", roles=("admin",))
        contest = make_contest()
        entry = make_entry(contest, ada, title="Chairs")
        other = make_entry(contest, ben, title="Tables")
        round = open_round(contest.rounds[0], [entry, other], [ada, ben, cem])

        def flag(self, member: Any = None, entry: Any = None, remark: Any = None, reason: str = WHY) -> bool:
            return flags.report(entry or self.entry, remark, (member or self.cem).id, reason, NOW)

        def remark(self) -> Remark:
            said = Remark(entry_id=self.entry.id, member_id=self.ben.id, key="k", text="Ugly.", at=NOW)
            db.session.add(said)
            db.session.flush()
            return said

        def told(self, kind: str) -> list[tuple[int, Any]]:
            rows = db.session.scalars(sa.select(Notice).where(Notice.kind == kind).order_by(Notice.member_id))
            return [(one.member_id, one.data.get("words")) for one in rows]

        def noted(self) -> list[tuple[str, str, int]]:
            rows = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
            return [(one.action, one.target, one.actor_id) for one in rows]

        def standing(self) -> set[int]:
            return set(db.session.scalars(sa.select(Entry.id).where(public_entries())))

        def facts(self) -> int:
            live = (Activity.kind == "contest.entered", Activity.member_id == self.ada.id, Activity.withdrawn_at.is_(None))
            return db.session.scalar(sa.select(sa.func.count()).where(*live)) or 0

    made = Hall()
    settle_facts(made.entry, NOW)
    db.session.commit()
    with clock.as_of(NOW):
        yield made


def test_a_thing_is_reported_once_by_each_while_it_is_open(hall: Any, db: Any) -> None:
    assert [hall.flag(), hall.flag(), hall.flag(hall.judge)] == [True, False, True]
    assert hall.flag(remark=hall.remark())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Flag)) == 3
    flags.keep(hall.entry, None, hall.judge, NOW)
    assert hall.flag()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\x07b"])
def test_a_report_and_a_decision_need_a_reason(hall: Any, reason: str) -> None:
    with pytest.raises(BadEntry):
        hall.flag(reason=reason)
    for decide in (flags.hide, flags.disqualify):
        with pytest.raises(BadEntry):
            decide(hall.entry, hall.judge, reason, NOW)
    assert hall.entry.state == "in"


def test_nobody_reports_their_own(hall: Any) -> None:
    with pytest.raises(NotAllowed):
        hall.flag(hall.ada)
    with pytest.raises(NotAllowed):
        hall.flag(hall.ben, remark=hall.remark())


def test_only_the_council_decides_and_nobody_about_their_own(hall: Any, db: Any) -> None:
    own = make_entry(hall.contest, hall.judge)
    said = hall.remark()
    for actor in (hall.cem, hall.admin):
        with pytest.raises(NotAllowed):
            flags.hide(hall.entry, actor, WHY, NOW)
    for decide in (flags.hide, flags.disqualify, flags.requalify):
        with pytest.raises(NotAllowed):
            decide(own, hall.judge, WHY, NOW)
    with pytest.raises(NotAllowed):
        flags.keep(own, None, hall.judge, NOW)
    said.member_id = hall.judge.id
    db.session.flush()
    with pytest.raises(NotAllowed):
        flags.hide_remark(hall.entry, said, hall.judge, WHY, NOW)
    assert hall.noted() == []


def test_a_kept_entry_stays_and_whoever_reported_it_hears(hall: Any) -> None:
    hall.flag()
    flags.keep(hall.entry, None, hall.judge, NOW)
    flags.keep(hall.entry, None, hall.judge, NOW)
    assert hall.standing() == {hall.entry.id, hall.other.id}
    assert hall.told("contest.flag_settled") == [(hall.cem.id, None)]
    assert hall.noted() == [("entry.kept", f"entry:{hall.entry.key}", hall.judge.id)]


def test_a_hidden_entry_is_out_of_sight_and_in_the_count(hall: Any, db: Any) -> None:
    hall.flag()
    flags.hide(hall.entry, hall.judge, WHY, NOW)
    flags.hide(hall.entry, hall.judge, WHY, NOW)
    assert (hall.entry.state, hall.standing(), hall.facts()) == ("in", {hall.other.id}, 1)
    assert hall.told("contest.hidden") == [(hall.ada.id, WHY)]
    assert db.session.scalars(sa.select(Flag.outcome)).all() == ["hidden"]
    found = flagged.verdict(hall.entry, hall.ada)
    assert found is not None
    assert (found.state, found.reason, found.who.handle if found.who else "") == ("hidden", WHY, "judge")
    flags.show(hall.entry, hall.judge, NOW)
    flags.show(hall.entry, hall.judge, NOW)
    assert hall.standing() == {hall.entry.id, hall.other.id}
    assert hall.told("contest.shown") == [(hall.ada.id, "")]
    assert flagged.verdict(hall.entry, hall.ada) is None
    assert [action for action, _target, _actor in hall.noted()] == ["entry.hidden", "entry.shown"]


def test_a_disqualified_entry_leaves_with_its_facts_and_comes_back_with_them(hall: Any) -> None:
    flags.disqualify(hall.entry, hall.judge, WHY, NOW)
    flags.disqualify(hall.entry, hall.judge, WHY, NOW)
    assert (hall.entry.state, hall.entry.out_reason, hall.standing(), hall.facts()) == ("out", WHY, {hall.other.id}, 0)
    assert hall.told("contest.out") == [(hall.ada.id, WHY)]
    flags.requalify(hall.entry, hall.judge, "They have shown us their sketches.", NOW)
    flags.requalify(hall.entry, hall.judge, "They have shown us their sketches.", NOW)
    assert (hall.entry.state, hall.entry.out_reason, hall.facts()) == ("in", "", 1)
    assert hall.standing() == {hall.entry.id, hall.other.id}
    assert [action for action, _target, _actor in hall.noted()] == ["entry.disqualified", "entry.requalified"]


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_what_was_not_handed_in_is_not_decided_about(hall: Any, db: Any, state: str) -> None:
    hall.entry.state = state
    db.session.flush()
    for decide in (flags.hide, flags.disqualify, flags.requalify):
        with pytest.raises(WrongPhase):
            decide(hall.entry, hall.judge, WHY, NOW)


def test_a_hidden_remark_says_why_and_its_author_hears(hall: Any, db: Any) -> None:
    said = hall.remark()
    hall.flag(remark=said)
    flags.hide_remark(hall.entry, said, hall.judge, "It hurts.", NOW)
    flags.hide_remark(hall.entry, said, hall.judge, "It hurts.", NOW)
    assert (said.hidden_reason, hall.told("contest.remark_hidden")) == ("It hurts.", [(hall.ben.id, "It hurts.")])
    assert hall.told("contest.flag_settled") == [(hall.cem.id, None)]
    flags.show_remark(hall.entry, said, hall.judge)
    assert said.hidden_at is None
    assert [action for action, _target, _actor in hall.noted()] == ["remark.hidden", "remark.shown"]


def page_of(hall: Any) -> str:
    return f"/council/contests/{hall.contest.slug}/flags"


def test_the_page_is_the_councils(hall: Any, client: FlaskClient, sign_in: Any) -> None:
    address = page_of(hall)
    seen = {}
    for member in (hall.cem, hall.admin, hall.judge):
        handle = member.handle
        sign_in(client, member)
        seen[handle] = client.get(address).status_code
    assert seen == {"cem": 403, "admin": 403, "judge": 200}


def test_deciding_on_the_page(hall: Any, client: FlaskClient, sign_in: Any, db: Any) -> None:
    hall.flag()
    address, key = page_of(hall), hall.entry.key
    sign_in(client, hall.judge)
    assert WHY.replace("'", "&#39;") in client.get(address).get_data(as_text=True)
    refused = client.post(f"{address}/{key}", data={"verdict": "out", "reason": " "})
    assert (refused.status_code, "Please say why" in refused.get_data(as_text=True)) == (422, True)
    assert client.post(f"{address}/{key}", data={"verdict": "burn", "reason": "x"}).status_code == 400
    assert client.post(f"{address}/nobody", data={"verdict": "keep"}).status_code == 404
    assert client.post(f"{address}/{key}", data={"verdict": "out", "reason": "Traced."}).status_code == 303
    text = client.get(address).get_data(as_text=True)
    assert "Takes no part: Traced." in text
    assert client.post(f"{address}/{key}", data={"verdict": "back", "reason": "Sketches."}).status_code == 303
    assert db.session.scalar(sa.select(Entry.state).where(Entry.key == key)) == "in"


def test_an_entry_of_another_contest_is_not_decided_here(hall: Any, client: FlaskClient, sign_in: Any, db: Any) -> None:
    elsewhere = make_entry(make_contest("other"), hall.ada)
    db.session.commit()
    address, key = page_of(hall), elsewhere.key
    sign_in(client, hall.judge)
    assert client.post(f"{address}/{key}", data={"verdict": "out", "reason": "x"}).status_code == 404


def test_ones_own_shows_no_buttons(hall: Any, client: FlaskClient, sign_in: Any, db: Any) -> None:
    own = make_entry(hall.contest, hall.judge, title="Judged")
    hall.flag(entry=own)
    db.session.commit()
    address, key = page_of(hall), own.key
    sign_in(client, hall.judge)
    text = client.get(address).get_data(as_text=True)
    assert "This one is yours: somebody else decides." in text
    assert 'value="out"' not in text
    # Nor who it was that flagged it.
    assert "/members/cem" not in text
    refused = client.post(f"{address}/{key}", data={"verdict": "keep"})
    assert refused.status_code == 403


def test_the_list_costs_the_same_for_one_and_for_three(
    hall: Any, client: FlaskClient, sign_in: Any, db: Any, count_queries: Any
) -> None:
    hall.flag()
    db.session.commit()
    address, prices = page_of(hall), []
    sign_in(client, hall.judge)
    with count_queries() as seen:
        client.get(address)
    prices.append(len(seen))
    hall.flag(entry=hall.other)
    hall.flag(remark=hall.remark())
    for number in range(12):
        hall.flag(entry=make_entry(hall.contest, hall.ben, title=f"More {number}"))
    db.session.commit()
    with count_queries() as seen:
        first = client.get(address).get_data(as_text=True)
    prices.append(len(seen))
    assert first.count('class="p-judge__one"') == 12
    older = first.split('class="c-pagination__older" href="')[1].split('"')[0]
    assert client.get(older).get_data(as_text=True).count('class="p-judge__one"') == 3
    # Only where there is a remark, remarks are read.
    assert prices[1] == prices[0] + 1 <= 12


def test_reporting_on_the_page(hall: Any, client: FlaskClient, sign_in: Any, db: Any) -> None:
    address = f"/contests/{hall.contest.slug}/entries/{hall.entry.key}/flag"
    sign_in(client, hall.cem)
    assert client.get(address).status_code == 200
    assert client.post(address, data={"reason": ""}).status_code == 422
    assert client.post(address, data={"reason": WHY}).status_code == 303
    assert "You have said so already" in client.get(address).get_data(as_text=True)
    assert client.get(f"{address}?remark=1").status_code == 404
    sign_in(client, hall.ada)
    assert client.post(address, data={"reason": WHY}).status_code == 403
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Flag)) == 1


def test_what_is_hidden_can_be_opened_by_its_authors_and_the_council_s_readers_only(
    hall: Any, client: FlaskClient, sign_in: Any, db: Any
) -> None:
    flags.hide(hall.entry, hall.judge, WHY, NOW)
    db.session.commit()
    address, seen = f"/contests/{hall.contest.slug}/entries/{hall.entry.key}/talk", {"guest": 0}
    seen["guest"] = client.get(address).status_code
    for member in (hall.ada, hall.cem, hall.judge, hall.admin):
        handle = member.handle
        sign_in(client, member)
        seen[handle] = client.get(address).status_code
    assert seen == {"guest": 404, "ada": 200, "cem": 404, "judge": 200, "admin": 200}


def test_dates_do_not_matter_to_a_decision(hall: Any) -> None:
    with clock.as_of(days(6)):
        flags.disqualify(hall.entry, hall.judge, WHY, days(6))
    assert hall.entry.state == "out"


def test_nobody_lets_their_own_remark_stand(hall: Any, db: Any) -> None:
    said = hall.remark()
    hall.flag(remark=said)
    said.member_id = hall.judge.id
    db.session.flush()
    with pytest.raises(NotAllowed):
        flags.keep(hall.entry, said, hall.judge, NOW)
    assert db.session.scalars(sa.select(Flag.settled_at)).all() == [None]
    assert hall.noted() == []


def test_a_remark_that_was_taken_back_meanwhile_is_gone(hall: Any, db: Any) -> None:
    said = hall.remark()
    db.session.commit()
    assert said.text == "Ugly."
    db.session.execute(sa.delete(Remark), execution_options={"synchronize_session": False})
    with pytest.raises(WrongPhase):
        flags.hide_remark(hall.entry, said, hall.judge, WHY, NOW)
