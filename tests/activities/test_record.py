"""Writing to the log: once each, likely repeats marked, whoever else writes at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from recognition.activities.models import Activity, ActivityTag, Kind
from recognition.activities.services import Outcome, record
from tests.factories.activities import REPORTED, make_activity, make_report
from tests.factories.identity import make_member


def in_threads(app, number: int, work: Callable[[int], Any]) -> list[Any]:
    def alone(n: int) -> Any:
        with app.app_context():
            return work(n)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(alone, range(number)))


def test_new_known_and_twice_in_one_list(db):
    ada = make_member("ada")
    first = record([make_report(ada.id, source_key="a", text="One")], REPORTED)
    assert first == [Outcome(first[0].id, new=True, points=5)]
    outcomes = record([make_report(ada.id, source_key=key, text=key) for key in ("b", "a", "b")], REPORTED)
    assert [o.new for o in outcomes] == [True, False, False]
    assert outcomes[1].id == first[0].id
    assert outcomes[2].id == outcomes[0].id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 2


def test_nothing_to_record(db):
    assert record([], REPORTED) == []


def test_likely_repeats_are_kept_marked_and_bring_no_points(db):
    ada, bob = make_member("ada"), make_member("bob")
    same = {"text": "Gave  a TALK", "campaign": "mdm"}
    told = [
        make_report(ada.id, **same), make_report(ada.id, **{**same, "text": "gave a talk"}),
        make_report(ada.id, **{**same, "campaign": None}), make_report(bob.id, **same),
        make_report(ada.id, **same, fingerprinted=False),
    ]  # fmt: skip
    outcomes = record(told, REPORTED)
    later = record([make_report(ada.id, **same)], REPORTED)
    first = outcomes[0].id
    assert [(o.new, o.repeat_of, o.points) for o in [*outcomes, *later]] == [
        (True, None, 5), (True, first, 0), (True, None, 5), (True, None, 5), (True, None, 5), (True, first, 0),
    ]  # fmt: skip
    stored = db.session.execute(sa.select(Activity.repeat_of_id, Activity.points).order_by(Activity.id)).all()
    assert [tuple(row) for row in stored] == [(None, 5), (first, 0), (None, 5), (None, 5), (None, 5), (first, 0)]
    again = record(told[1:2], REPORTED)
    assert again == [Outcome(outcomes[1].id, new=False, repeat_of=first)]


def test_points_are_fixed_at_birth_and_unknown_kinds_are_welcome(db):
    ada = make_member("ada")
    db.session.add(Kind(slug="talk", label="Talk", points=12))
    db.session.flush()
    outcomes = record(
        [make_report(ada.id, kind=kind, kind_label=kind.title()) for kind in ("talk", "new-one", "quest.step")],
        REPORTED,
    )
    assert [o.points for o in outcomes] == [12, 5, 0]
    assert db.session.get(Kind, "new-one").label == "New-One"
    assert db.session.get(Kind, "quest.step").internal is True


def test_tags_only_of_new_rows(db):
    ada = make_member("ada")
    record([make_report(ada.id, source_key="x", tags=("mdm", "wiki"))], REPORTED)
    record([make_report(ada.id, source_key="x", tags=("other",)), make_report(ada.id, text="y", tags=("mdm",))], REPORTED)
    assert sorted(db.session.scalars(sa.select(ActivityTag.tag))) == ["mdm", "mdm", "wiki"]


def test_what_is_written_reads_back_the_same(db):
    ada = make_member("ada")
    data = {"words": "“quoted” \\ back\nslash", "list": [1, 2.5, None, True], "emoji": "🦊"}
    for count in (1, 3):  # one row and several go different ways to the database
        reports = [make_report(ada.id, text=f"{count}-{n} ' \" \\ 🦊", data=data if n else None) for n in range(count)]
        for report, outcome in zip(reports, record(reports, REPORTED), strict=True):
            row = db.session.get(Activity, outcome.id)
            assert (row.text, row.data, row.occurred_at, row.reported_at) == (
                report.text,
                report.data,
                report.occurred_at,
                REPORTED,
            )
            assert (row.url, row.considered_at, row.visibility, row.evidence) == (None, None, "members", 0)


def test_the_same_key_at_the_same_moment_is_one_row(app, db):
    ada_id = make_member("ada").id
    db.session.commit()

    def report(n: int) -> list[Outcome]:
        reports = [make_report(ada_id, source_key=f"k{k}", text=f"deed {k}") for k in range(20)]
        outcomes = record(reports if n % 2 else reports[::-1], REPORTED)
        db.session.commit()
        return outcomes if n % 2 else outcomes[::-1]

    answers = in_threads(app, 4, report)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 20
    assert {tuple(o.id for o in outcomes) for outcomes in answers} == {tuple(o.id for o in answers[0])}
    assert [sum(outcomes[k].new for outcomes in answers) for k in range(20)] == [1] * 20


def test_the_same_deed_under_other_keys_at_the_same_moment_is_one_and_its_repeats(app, db):
    ada_id = make_member("ada").id
    db.session.commit()

    def report(n: int) -> Outcome:
        outcome = record([make_report(ada_id, source_key=f"n{n}", text="The same deed")], REPORTED)[0]
        db.session.commit()
        return outcome

    outcomes = in_threads(app, 6, report)
    first = min(o.id for o in outcomes)
    assert sorted(o.points for o in outcomes) == [0, 0, 0, 0, 0, 5]
    assert {o.repeat_of for o in outcomes} == {None, first}


def test_statements_do_not_grow_with_reports(db, count_queries):
    ada = make_member("ada")
    make_activity(ada.id)
    numbers = []
    for size in (2, 50):
        reports = [make_report(ada.id, text=f"{size} {n}", tags=("a", f"t{n}")) for n in range(size)]
        with count_queries() as seen:
            record(reports, REPORTED)
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 8
