"""A witness's word: whose counts, what it changes, and that the order of the words does not matter."""

import random
from itertools import permutations
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities.changes import withdraw
from recognition.activities.confirming import confirm, unconfirm
from recognition.activities.drain import drain
from recognition.activities.models import Activity, Confirmation
from recognition.activities.rules import NotAWitness
from recognition.announcements.models import Notice
from tests.activities.test_record import in_threads
from tests.factories.activities import REPORTED, make_activity
from tests.factories.identity import make_member


def deeds_and_evidence(db: Any) -> dict[int, int]:
    wanted = sa.select(Activity.id, Activity.evidence).where(Activity.source == "tests", Activity.withdrawn_at.is_(None))
    return {row.id: row.evidence for row in db.session.execute(wanted)}


def live_facts(db: Any) -> list[tuple[int, str, str, int | None, int]]:
    """(member, kind, object, reporter, points), sorted."""
    columns = (Activity.member_id, Activity.kind, Activity.object, Activity.reporter_id, Activity.points)
    wanted = sa.select(*columns).where(Activity.source == "confirmations", Activity.withdrawn_at.is_(None))
    return sorted((tuple(row) for row in db.session.execute(wanted)), key=repr)


def test_a_word_makes_proof_and_two_facts(db):
    ada, bob = make_member("ada"), make_member("bob")
    deed = make_activity(ada.id).id
    assert confirm(deed, bob.id, REPORTED) is True
    assert confirm(deed, bob.id, REPORTED) is False
    assert deeds_and_evidence(db) == {deed: 2}
    assert live_facts(db) == [
        (ada.id, "activity.confirmed", f"activity:{deed}", bob.id, 0),
        (bob.id, "confirmation.given", f"activity:{deed}", None, 0),
    ]
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.member_id, notice.kind, notice.path) == (ada.id, "deed.confirmed", f"/activities/{deed}")
    assert notice.data == {"person": bob.id}


def test_a_word_is_taken_back_and_given_again(db):
    ada, bob = make_member("ada"), make_member("bob")
    deed = make_activity(ada.id, evidence=1).id
    confirm(deed, bob.id, REPORTED)
    db.session.commit()
    drain()
    assert unconfirm(deed, bob.id, REPORTED) is True
    assert unconfirm(deed, bob.id, REPORTED) is False
    assert (deeds_and_evidence(db), live_facts(db)) == ({deed: 1}, [])
    assert confirm(deed, bob.id, REPORTED) is True
    assert deeds_and_evidence(db) == {deed: 2}
    assert len(live_facts(db)) == 2
    db.session.commit()
    assert drain().considered == 2


@pytest.mark.parametrize(
    ("changes", "witness"),
    [
        ({}, "ada"),  # oneself
        ({"visibility": "me"}, "bob"),  # unseen
        ({"kind": "badge.awarded"}, "bob"),  # written by the product
        ({}, "sue"),  # suspended
    ],
)
def test_who_is_no_witness(db, changes, witness):
    people = {name: make_member(name) for name in ("ada", "bob")} | {"sue": make_member("sue", state="suspended")}
    deed = make_activity(people["ada"].id, **changes).id
    with pytest.raises(NotAWitness):
        confirm(deed, people[witness].id, REPORTED)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Confirmation)) == 0


def test_a_withdrawn_deed_has_no_witnesses(db):
    ada, bob = make_member("ada"), make_member("bob")
    deed, other = make_activity(ada.id, text="1").id, make_activity(ada.id, text="2").id
    confirm(deed, bob.id, REPORTED)
    withdraw([deed, other], ada.id, "", REPORTED)
    assert live_facts(db) == []
    with pytest.raises(NotAWitness):
        confirm(other, bob.id, REPORTED)


def test_two_who_confirm_each_other_count_once_in_each_direction(db):
    ada, bob, eve = make_member("ada"), make_member("bob"), make_member("eve")
    ada_1, ada_2, ada_3 = (make_activity(ada.id, text=str(n)).id for n in range(3))
    bob_1, bob_2 = (make_activity(bob.id, text=str(n)).id for n in range(2))
    for deed in (ada_1, ada_2):
        confirm(deed, bob.id, REPORTED)
    assert deeds_and_evidence(db) == {ada_1: 2, ada_2: 2, ada_3: 0, bob_1: 0, bob_2: 0}
    confirm(bob_2, ada.id, REPORTED)
    assert deeds_and_evidence(db) == {ada_1: 2, ada_2: 0, ada_3: 0, bob_1: 0, bob_2: 2}
    assert len(live_facts(db)) == 4
    confirm(bob_1, ada.id, REPORTED)
    assert deeds_and_evidence(db) == {ada_1: 2, ada_2: 0, ada_3: 0, bob_1: 2, bob_2: 0}
    confirm(ada_2, eve.id, REPORTED)
    assert deeds_and_evidence(db)[ada_2] == 2
    withdraw([bob_1, bob_2], bob.id, "", REPORTED)
    assert deeds_and_evidence(db) == {ada_1: 2, ada_2: 2, ada_3: 0}
    assert len(live_facts(db)) == 6


def test_the_order_of_the_words_makes_no_difference(app, db):
    """Every order of four confirmations, then random ones with words taken back and deeds withdrawn on the way."""
    people = [make_member(name) for name in ("ada", "bob", "eve")]
    ids = [person.id for person in people]
    deeds = [(make_activity(owner, text=str(n)).id, owner) for n in range(3) for owner in ids]
    db.session.commit()
    a, b = ids[0], ids[1]
    own = {owner: [deed for deed, whose in deeds if whose == owner] for owner in ids}
    words = [(own[a][0], b), (own[a][1], b), (own[b][0], a), (own[b][1], a)]
    outcomes = set()
    for order in permutations(words):
        for deed, witness in order:
            confirm(deed, witness, REPORTED)
        outcomes.add(repr((deeds_and_evidence(db), live_facts(db))))
        db.session.rollback()
    assert len(outcomes) == 1

    every = [(deed, witness) for deed, owner in deeds for witness in ids if witness != owner]
    for seed in range(6):
        outcomes = set()
        final = random.Random(seed).sample(every, 9)
        gone = random.Random(seed + 100).choice(deeds)
        for order_seed in range(3):
            dice = random.Random(order_seed)
            for deed, witness in dice.sample(final, len(final)):
                confirm(deed, witness, REPORTED)
                other = dice.choice(every)
                if other not in final and confirm(*other, REPORTED):
                    unconfirm(*other, REPORTED)
            withdraw([gone[0]], gone[1], "", REPORTED)
            outcomes.add(repr((deeds_and_evidence(db), live_facts(db))))
            db.session.rollback()
        assert len(outcomes) == 1


def test_two_confirm_each_other_at_the_same_moment(app, db):
    ada, bob = make_member("ada"), make_member("bob")
    pair = [ada.id, bob.id]
    deeds = [[make_activity(who, text=str(n)).id for n in range(3)] for who in pair]
    db.session.commit()

    def work(n: int) -> None:
        for deed in deeds[n]:
            confirm(deed, pair[1 - n], REPORTED)
            db.session.commit()

    in_threads(app, 2, work)
    assert sorted(deeds_and_evidence(db).values()) == [0, 0, 0, 0, 2, 2]
    assert len(live_facts(db)) == 4


def test_a_notice_goes_with_what_it_tells(db):
    ada, bob, eve = make_member("ada"), make_member("bob"), make_member("eve")
    deed, other = make_activity(ada.id, text="A talk").id, make_activity(ada.id, text="Another").id
    told = sa.select(Notice.key).order_by(Notice.id)
    for one, witness in ((deed, bob), (deed, eve), (other, bob)):
        confirm(one, witness.id, REPORTED)
    unconfirm(deed, eve.id, REPORTED)
    assert db.session.scalars(told).all() == [f"confirmed:{deed}:{bob.id}", f"confirmed:{other}:{bob.id}"]
    db.session.execute(sa.update(Notice).values(read_at=REPORTED))
    withdraw([deed], ada.id, "", REPORTED)
    assert db.session.scalars(told).all() == [f"confirmed:{other}:{bob.id}"]


@pytest.mark.parametrize("heard", ["read_at", "gathered_at"])
def test_a_word_that_comes_and_goes_is_heard_once(db, heard):
    ada, bob = make_member("ada"), make_member("bob")
    deed = make_activity(ada.id).id
    confirm(deed, bob.id, REPORTED)
    db.session.execute(sa.update(Notice).values({heard: REPORTED}))
    first = db.session.scalars(sa.select(Notice.id)).all()
    unconfirm(deed, bob.id, REPORTED)
    confirm(deed, bob.id, REPORTED)
    assert db.session.scalars(sa.select(Notice.id)).all() == first
