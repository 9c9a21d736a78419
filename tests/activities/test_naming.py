"""People whom a deed names: who is asked, what their yes and their no mean, and what they may read of it."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import answering, asks, confirming, naming, question
from recognition.activities.changes import correct, withdraw
from recognition.activities.drain import drain
from recognition.activities.models import Activity, Confirmation, NamedPerson
from recognition.activities.rules import NotAWitness
from recognition.announcements.models import Notice
from recognition.identity.services.merging import merge
from tests.activities.test_record import in_threads
from tests.factories.activities import OCCURRED, REPORTED, make_activity, make_report
from tests.factories.identity import make_group, make_member


@pytest.fixture
def people(db) -> dict[str, Any]:
    return {name: make_member(name) for name in ("ada", "bob", "cleo")}


def deeds(db: Any) -> list[tuple[str, int, str, int]]:
    """(source, member, text, evidence) of what people did, as it stands."""
    wanted = sa.select(Activity.source, Activity.member_id, Activity.text, Activity.evidence)
    wanted = wanted.where(Activity.source.in_(("tests", "together")), Activity.withdrawn_at.is_(None))
    return [tuple(row) for row in db.session.execute(wanted.order_by(Activity.id))]


def words(db: Any) -> list[tuple[int, int, bool]]:
    columns = (Confirmation.activity_id, Confirmation.witness_id, Confirmation.counts)
    return [tuple(row) for row in db.session.execute(sa.select(*columns).order_by(*columns[:2]))]


def heard(db: Any) -> list[tuple[int, str, dict[str, Any]]]:
    return [(one.member_id, one.kind, one.data) for one in db.session.scalars(sa.select(Notice).order_by(Notice.id))]


def test_each_is_asked_once(db, people):
    ada, bob, cleo = people.values()
    deed = make_activity(ada.id, text="Painted the hall").id
    assert naming.name(deed, ada.id, [bob.id], [bob.id, cleo.id], REPORTED) == [bob.id, cleo.id]
    assert naming.name(deed, ada.id, [bob.id], [cleo.id], REPORTED) == []
    said = {"person": ada.id, "words": "Painted the hall"}
    assert sorted(heard(db), key=lambda one: one[0]) == [(bob.id, "deed.named_with", said), (cleo.id, "deed.named_seen", said)]
    paths = db.session.scalars(sa.select(Notice.path).order_by(Notice.member_id)).all()
    assert [question.read(path.removeprefix("/w/")) for path in paths] == [(deed, bob.id), (deed, cleo.id)]


def test_who_is_not_asked(db, people):
    ada, bob, cleo = people.values()
    gone, shy = make_member("gone", state="suspended"), make_member("shy", visibility={"name": "me"})
    deed = make_activity(ada.id).id
    assert naming.name(deed, ada.id, [ada.id, gone.id, shy.id], [999_999], REPORTED) == []
    assert naming.name(deed, cleo.id, [bob.id], [], REPORTED) == []  # not cleo's deed
    withdraw([deed], ada.id, "", REPORTED)
    assert naming.name(deed, ada.id, [bob.id], [], REPORTED) == []
    assert heard(db) == []


def test_a_deed_names_no_crowd(db, people):
    ada = people["ada"]
    many = [make_member(f"m{number}").id for number in range(naming.NAMED_MAX + 2)]
    deed = make_activity(ada.id).id
    assert naming.name(deed, ada.id, many[:5], many[5:], REPORTED) == many[: naming.NAMED_MAX]
    assert naming.name(deed, ada.id, many, [], REPORTED) == []


def test_together_is_a_deed_of_both_and_each_is_the_others_witness(db, people):
    ada, bob, _cleo = people.values()
    group = make_group()
    deed = make_activity(
        ada.id, text="Painted the hall", kind="planning", tags=("paint",), group_id=group.id, campaign="spring"
    ).id
    naming.name(deed, ada.id, [bob.id], [], REPORTED)
    assert answering.answer(deed, bob.id, True, REPORTED) is True
    assert answering.answer(deed, bob.id, True, REPORTED) is False
    assert deeds(db) == [("tests", ada.id, "Painted the hall", 2), ("together", bob.id, "Painted the hall", 2)]
    own = db.session.scalars(sa.select(Activity).where(Activity.source == "together")).one()
    assert (own.source_key, own.occurred_at, own.kind, own.group_id, own.campaign, own.visibility) == (
        f"{deed}:{bob.id}", OCCURRED, "planning", group.id, "spring", "members",
    )  # fmt: skip
    assert words(db) == [(deed, bob.id, True), (own.id, ada.id, True)]
    assert db.session.get_one(NamedPerson, (deed, bob.id)).own_id == own.id
    db.session.commit()
    drain()
    assert deeds(db)[1][3] == 2


def test_a_yes_of_who_saw_it_is_a_word_and_no_deed(db, people):
    ada, bob, _cleo = people.values()
    deed = make_activity(ada.id, text="Sang").id
    naming.name(deed, ada.id, [], [bob.id], REPORTED)
    answering.answer(deed, bob.id, True, REPORTED)
    assert (words(db), [row[0] for row in deeds(db)]) == ([(deed, bob.id, True)], ["tests"])
    assert [one[:2] for one in heard(db)] == [(bob.id, "deed.named_seen"), (ada.id, "deed.confirmed")]
    assert db.session.scalar(sa.select(Notice.read_at).where(Notice.member_id == bob.id)) == REPORTED


def test_a_no_is_heard_by_nobody(db, people):
    ada, bob, _cleo = people.values()
    deed = make_activity(ada.id).id
    naming.name(deed, ada.id, [bob.id], [], REPORTED)
    before = heard(db)
    assert answering.answer(deed, bob.id, False, REPORTED) is True
    assert (heard(db), words(db), deeds(db)) == (before, [], [("tests", ada.id, "", 0)])
    with pytest.raises(NotAWitness):
        answering.answer(deed, bob.id, True, REPORTED)


def test_private_words_stay_private_and_the_deed_counts_for_both(db, people):
    ada, bob, _cleo = people.values()
    deed = make_activity(ada.id, kind="mentoring", text="He is afraid of #failing", tags=("failing",),
                         url="https://diary.example/7", visibility="me").id  # fmt: skip
    naming.name(deed, ada.id, [bob.id], [], REPORTED)
    assert heard(db) == [(bob.id, "deed.named", {"person": ada.id})]
    (ask,) = asks.open_asks(bob, REPORTED).items
    assert (ask.text, ask.link, ask.kind, ask.occurred_at) == ("", None, "mentoring", OCCURRED)
    answering.answer(deed, bob.id, True, REPORTED)
    own = db.session.scalars(sa.select(Activity).where(Activity.source == "together")).one()
    assert (own.text, own.url, own.visibility, own.kind, own.evidence) == ("", None, "me", "mentoring", 2)
    assert db.session.get_one(Activity, deed).evidence == 2


def test_what_was_withdrawn_is_asked_no_more(db, people):
    ada, bob, _cleo = people.values()
    deed = make_activity(ada.id).id
    naming.name(deed, ada.id, [bob.id], [], REPORTED)
    assert len(asks.open_asks(bob, REPORTED).items) == 1
    withdraw([deed], ada.id, "", REPORTED)
    assert (heard(db), asks.open_asks(bob, REPORTED).items, asks.one_ask(deed, bob.id, REPORTED)) == ([], [], None)
    with pytest.raises(NotAWitness):
        answering.answer(deed, bob.id, True, REPORTED)


@pytest.mark.parametrize("ends", ["withdrawn", "answered"])
def test_who_became_somebody_elses_row_is_asked_no_more_either(db, people, ends):
    ada, bob, cleo = people.values()
    deed = make_activity(ada.id, text="For no eyes any more").id
    naming.name(deed, ada.id, [], [bob.id, cleo.id], REPORTED)
    merge(bob, cleo, None, "One person", REPORTED)
    assert [(one.member_id, one.read_at) for one in db.session.scalars(sa.select(Notice))] == [(cleo.id, None)] * 2
    if ends == "withdrawn":
        withdraw([deed], ada.id, "", REPORTED)
        assert heard(db) == []
    else:
        answering.answer(deed, cleo.id, True, REPORTED)
        asked = sa.select(Notice.read_at).where(Notice.member_id == cleo.id)
        assert db.session.scalars(asked.execution_options(populate_existing=True)).all() == [REPORTED] * 2


def test_a_question_ends(db, people):
    ada, bob, _cleo = people.values()
    deed = make_activity(ada.id).id
    naming.name(deed, ada.id, [], [bob.id], REPORTED)
    assert asks.one_ask(deed, bob.id, REPORTED + asks.ASKED_FOR - timedelta(seconds=1)) is not None
    assert asks.one_ask(deed, bob.id, REPORTED + asks.ASKED_FOR) is None
    assert asks.open_asks(bob, REPORTED + asks.ASKED_FOR).items == []


@pytest.mark.parametrize("who", ["ada", "bob"])
def test_who_is_suspended_is_not_heard_of(db, people, who):
    ada, bob, _cleo = people.values()
    deed = make_activity(ada.id).id
    naming.name(deed, ada.id, [bob.id], [], REPORTED)
    people[who].state = "suspended"
    db.session.flush()
    assert asks.one_ask(deed, bob.id, REPORTED) is None
    with pytest.raises(NotAWitness):
        answering.answer(deed, bob.id, True, REPORTED)
    assert words(db) == []


def test_the_button_on_the_deeds_page_is_an_answer_too(db, people):
    ada, bob, _cleo = people.values()
    deed = make_activity(ada.id).id
    naming.name(deed, ada.id, [], [bob.id], REPORTED)
    confirming.confirm(deed, bob.id, REPORTED)
    assert asks.open_asks(bob, REPORTED).items == []
    assert answering.answer(deed, bob.id, True, REPORTED) is False


def test_questions_come_in_pages_at_a_fixed_price(db, people, count_queries):
    ada, bob, _cleo = people.values()
    for number in range(5):
        deed = make_activity(ada.id, text=str(number)).id
        naming.name(deed, ada.id, [], [bob.id], REPORTED + timedelta(minutes=number // 2))
    db.session.commit()
    bob = db.session.get_one(type(bob), bob.id)
    first = asks.open_asks(bob, REPORTED, size=2)
    second = asks.open_asks(bob, REPORTED, first.next_cursor, size=2)
    third = asks.open_asks(bob, REPORTED, second.next_cursor, size=2)
    assert [one.text for page in (first, second, third) for one in page.items] == ["4", "3", "2", "1", "0"]
    assert third.next_cursor is None
    with count_queries() as few:
        asks.open_asks(bob, REPORTED, size=1)
    with count_queries() as many:
        asks.open_asks(bob, REPORTED, size=5)
    assert len(few) == len(many)


@pytest.mark.parametrize("token", ["", "x", "a.b", "WzEsMl0.x" * 50])
def test_a_strange_token_is_nobodys(app, token):
    assert question.read(token) is None


def test_what_was_put_right_is_asked_anew_and_no_row_doubles(db, people):
    ada, bob, cleo = people.values()
    deed = make_activity(ada.id, text="Painted the hal").id
    naming.name(deed, ada.id, [bob.id], [cleo.id], REPORTED)
    answering.answer(deed, bob.id, True, REPORTED)
    answering.answer(deed, cleo.id, False, REPORTED)
    again = correct(deed, make_report(ada.id, text="Painted the hall"), ada.id, REPORTED).id
    asked = db.session.execute(sa.select(NamedPerson.member_id, NamedPerson.answer).where(NamedPerson.activity_id == again)).all()
    assert [tuple(row) for row in asked] == [(bob.id, None)]
    assert deeds(db) == [("together", bob.id, "Painted the hal", 2), ("tests", ada.id, "Painted the hall", 0)]
    answering.answer(again, bob.id, True, REPORTED)
    assert deeds(db) == [("together", bob.id, "Painted the hal", 2), ("tests", ada.id, "Painted the hall", 2)]
    own = db.session.scalar(sa.select(Activity.id).where(Activity.source == "together"))
    assert words(db) == [(deed, bob.id, False), (own, ada.id, True), (again, bob.id, True)]


def test_a_deed_put_right_again_and_again_sends_no_flood(db, people, monkeypatch):
    monkeypatch.setattr(naming, "ASKED_A_DAY_MAX", 3)
    ada, bob, _cleo = people.values()
    last = make_activity(ada.id, text="0").id
    naming.name(last, ada.id, [], [bob.id], REPORTED)
    told = [len(heard(db))]
    for number in range(1, 5):
        last = correct(last, make_report(ada.id, text=str(number)), ada.id, REPORTED).id
        told.append(len(heard(db)))
    assert told == [1, 1, 1, 0, 0]
    assert [one.text for one in asks.open_asks(bob, REPORTED).items] == ["4"]


def test_many_answers_are_one_change(app, db, people, monkeypatch):
    """Sums are locked once, behind every deed: a drain that holds one of the deeds waits for nobody who waits for it."""
    ada, bob, cleo = people.values()
    both = [(who.id, make_activity(who.id, text=str(number)).id) for number in range(2) for who in (ada, cleo)]
    for who, deed in both:
        naming.name(deed, who, [], [bob.id], REPORTED)
    drain()
    told = []
    monkeypatch.setitem(app.extensions, "changes", [lambda changes, _now: told.append({one.fact.id for one in changes})])
    ids = [deed for _who, deed in both]
    assert answering.answer_all([*ids, 999_999], bob.id, True, REPORTED) == 4
    assert answering.answer_all(ids, bob.id, True, REPORTED) == 0
    assert told == [set(ids)]
    doers = sorted(member_id for member_id, kind, _data in heard(db) if kind == "deed.confirmed")
    assert doers == [ada.id, ada.id, cleo.id, cleo.id]


def test_two_who_named_each_other_answer_at_the_same_moment(app, db, people):
    ada, bob, _cleo = people.values()
    pair = [ada.id, bob.id]
    deeds_of = [[make_activity(who, text=f"{who} {number}").id for number in range(3)] for who in pair]
    for who, theirs in zip(pair, deeds_of, strict=True):
        for deed in theirs:
            naming.name(deed, who, [*pair], [], REPORTED)
    db.session.commit()

    def work(n: int) -> None:
        answering.answer_all(deeds_of[1 - n], pair[n], True, REPORTED)
        db.session.commit()

    in_threads(app, 2, work)
    db.session.rollback()
    said = words(db)
    assert len(said) == 12
    # Of each two, one word counts in each direction: that for the first deed in the log.
    assert [word[:2] for word in said if word[2]] == [(deeds_of[0][0], bob.id), (deeds_of[1][0], ada.id)]
