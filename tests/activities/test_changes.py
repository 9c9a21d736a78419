"""Deeds are withdrawn and corrected: what they were stays readable, what came of them follows."""

from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import changes
from recognition.activities.changes import correct, withdraw
from recognition.activities.drain import drain
from recognition.activities.models import Activity, Kind
from recognition.activities.queries import Wanted, deeds, deeds_in_order, history, told
from recognition.activities.rules import AlreadyWithdrawn
from recognition.activities.services import Outcome, record
from recognition.audit.models import AuditEntry
from recognition.extensions import db as database
from tests.activities.test_record import in_threads
from tests.factories.activities import REPORTED, make_activity, make_report
from tests.factories.identity import make_member


@pytest.fixture
def heard(app, monkeypatch) -> list[Any]:
    """What the reactions to a change are told: (id before, points before, id after, points after, counted)."""
    seen: list[Any] = []

    def note(found: Any, _now: Any) -> None:
        for one in found:
            before, after = ((fact.id, fact.points) if fact else None for fact in (one.before, one.after))
            seen.append((before, after, one.counted))

    monkeypatch.setitem(app.extensions, "changes", [note])
    return seen


def row(activity_id: int) -> Any:
    columns = (Activity.points, Activity.repeat_of_id, Activity.considered_at, Activity.withdrawn_at, Activity.withdrawn_reason)
    return database.session.execute(sa.select(*columns).where(Activity.id == activity_id)).one()


def test_a_considered_deed_is_taken_out_once(db, heard):
    ada = make_member("ada")
    deed = make_activity(ada.id, kind="talk").id
    db.session.commit()
    drain()
    assert withdraw([deed], ada.id, "It was Bob.", REPORTED) == [deed]
    assert withdraw([deed], ada.id, "Again.", REPORTED) == []
    assert heard == [((deed, 5), None, True)]
    assert (row(deed).withdrawn_at, row(deed).withdrawn_reason) == (REPORTED, "It was Bob.")
    entries = db.session.execute(sa.select(AuditEntry.action, AuditEntry.target, AuditEntry.actor_id)).all()
    assert [tuple(entry) for entry in entries] == [("activity.withdrawn", f"activity:{deed}", ada.id)]


def test_a_deed_that_waits_is_never_considered(db, heard):
    ada = make_member("ada")
    deed = make_activity(ada.id).id
    db.session.execute(sa.update(Activity).values(set_aside_at=REPORTED, set_aside_error="Seven legs"))
    withdraw([deed], ada.id, "", REPORTED)
    assert heard == [((deed, 0), None, False)]
    assert row(deed).considered_at == REPORTED
    assert db.session.scalar(sa.select(Activity.set_aside_at)) is None
    db.session.commit()
    assert drain().considered == 0


def test_the_oldest_repeat_becomes_the_deed(db, heard):
    ada = make_member("ada")
    told_thrice = [make_activity(ada.id, text="A talk").id for _time in range(4)]
    db.session.commit()
    drain()
    first, second, third, fourth = told_thrice
    withdraw([first, third], ada.id, "", REPORTED)
    assert heard == [((first, 5), None, True), ((third, 0), None, True), ((second, 0), None, True)]
    assert (row(second).points, row(second).repeat_of_id, row(second).considered_at) == (5, None, None)
    assert (row(fourth).points, row(fourth).repeat_of_id) == (0, second)
    assert record([make_report(ada.id, text="a talk")], REPORTED)[0].repeat_of == second
    withdraw([second, fourth], ada.id, "", REPORTED)
    assert record([make_report(ada.id, text="a talk")], REPORTED)[0].repeat_of == fourth + 1


def test_a_withdrawn_key_answers_with_the_old_row(db):
    ada = make_member("ada")
    report = make_report(ada.id, source_key="k", text="Once")
    deed = record([report], REPORTED)[0].id
    withdraw([deed], ada.id, "", REPORTED)
    assert record([report], REPORTED) == [Outcome(deed, new=False)]
    assert row(deed).withdrawn_at == REPORTED
    fresh = make_report(ada.id, source_key="l", text="Once")
    assert record([fresh], REPORTED)[0].repeat_of is None


def test_nobody_reads_a_withdrawn_deed(db):
    ada, bob = make_member("ada"), make_member("bob")
    deed = make_activity(ada.id, visibility="public", tags=("mdm",)).id
    withdraw([deed], ada.id, "", REPORTED)
    for viewer in (ada, bob, None):
        for wanted in (Wanted(), Wanted(member="ada"), Wanted(tag="mdm"), Wanted(kind="other")):
            assert deeds(viewer, wanted).items == []
            assert deeds_in_order(viewer, wanted, None, 10).items == []
    assert told(deed, ada) is None


def test_a_correction_stands_beside_what_was_told(db, heard):
    ada = make_member("ada")
    deed = make_activity(ada.id, kind="talk", text="In Paris", source_key="k").id
    db.session.commit()
    drain()
    better = correct(deed, make_report(ada.id, kind="talk", text="In Lima"), ada.id, REPORTED)
    again = correct(deed, make_report(ada.id, kind="talk", text="In Quito"), ada.id, REPORTED)
    assert (better.new, again) == (True, Outcome(better.id, False, None, 5))
    assert heard == [((deed, 5), None, True)]
    last = correct(better.id, make_report(ada.id, kind="talk", text="In Quito"), ada.id, REPORTED)
    versions = [(one.id, one.text, one.corrects_id, one.source, one.source_key) for one in history(deed)]
    assert versions == [
        (last.id, "In Quito", better.id, "tests", f"k~{deed}~{better.id}"),
        (better.id, "In Lima", deed, "tests", f"k~{deed}"),
        (deed, "In Paris", None, "tests", "k"),
    ]
    assert [one.id for one in history(last.id)] == [one.id for one in history(deed)]


def test_a_withdrawn_deed_has_nothing_to_correct(db):
    ada = make_member("ada")
    deed = make_activity(ada.id).id
    withdraw([deed], ada.id, "", REPORTED)
    with pytest.raises(AlreadyWithdrawn):
        correct(deed, make_report(ada.id), ada.id, REPORTED)


def test_a_correction_keeps_the_points_of_its_kind(db):
    ada = make_member("ada")
    deed = make_activity(ada.id, kind="talk", text="In Paris").id
    db.session.execute(sa.update(Kind).values(points=50))
    assert correct(deed, make_report(ada.id, kind="talk", text="In Lima"), ada.id, REPORTED).points == 5
    other = make_activity(ada.id, kind="call", text="x").id
    assert correct(other, make_report(ada.id, kind="talk", text="x"), ada.id, REPORTED).points == 50


def test_a_long_key_stays_a_key(db):
    ada = make_member("ada")
    first = make_activity(ada.id, source_key="k" * 200, text="0").id
    for n in range(1, 6):
        first = correct(first, make_report(ada.id, text=str(n)), ada.id, REPORTED).id
    assert [one.text for one in history(first)] == ["5", "4", "3", "2", "1", "0"]


def test_correcting_twice_at_once_gives_one_correction(app, db):
    ada = make_member("ada")
    deed = make_activity(ada.id, text="In Paris").id
    ada_id = ada.id
    db.session.commit()

    def work(n: int) -> int:
        outcome = correct(deed, make_report(ada_id, text=f"In Lima {n}"), ada_id, REPORTED)
        db.session.commit()
        return outcome.id

    assert len(set(in_threads(app, 6, work))) == 1
    assert db.session.scalar(sa.select(sa.func.count()).where(Activity.corrects_id == deed)) == 1


def test_withdrawing_while_the_drain_runs_leaves_nothing_behind(app, db):
    ada = make_member("ada")
    ids = [make_activity(ada.id, text=str(n)).id for n in range(40)]
    ada_id = ada.id
    db.session.commit()

    def work(n: int) -> None:
        if n % 2:
            withdraw(ids[n::4], ada_id, "", REPORTED)
            db.session.commit()
        else:
            drain(batch_rows=7)

    in_threads(app, 4, work)
    drain()
    left = sa.select(sa.func.count()).where(Activity.withdrawn_at.is_(None))
    assert db.session.scalar(left.where(Activity.considered_at.is_not(None))) == 20


def test_facts_of_the_product_come_back_through_the_drain(db, heard):
    ada = make_member("ada")
    fact = make_activity(ada.id, kind="badge.awarded", source="badges", source_key="1:1:", fingerprinted=False).id
    db.session.commit()
    drain()
    told_changes = changes.withdraw_facts("badges", ["1:1:"], REPORTED)
    assert [(one.before.id, one.after) for one in told_changes] == [(fact, None)]
    changes.restore([fact])
    assert tuple(row(fact))[2:] == (None, None, None)
    db.session.commit()
    assert drain().considered == 1
