"""Column types and set-based SQL: the same answers on both databases."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError

from recognition import clock
from recognition.audit.models import AuditEntry
from recognition.database import among, elements, freshen_statistics, insert_new, is_postgresql, pair_values, pairs, put
from recognition.extensions import db as database
from recognition.identity.models import Group, Member
from recognition.leaderboards.models import Standing
from recognition.refs import Ref
from tests.factories.identity import JOINED, make_member

MOMENT = datetime(2026, 11, 21, 12, 30, 15, 123456, tzinfo=UTC)


def entry(at: datetime, **values) -> AuditEntry:
    row = AuditEntry(at=at, action="test", target="test:1", **values)
    database.session.add(row)
    database.session.commit()
    database.session.expire_all()
    return row


def test_a_moment_comes_back_as_it_was(db):
    row = entry(MOMENT)
    assert row.at == MOMENT
    assert row.at.tzinfo is UTC


def test_a_moment_from_elsewhere_is_kept_in_utc(db):
    row = entry(MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30))))
    assert row.at == MOMENT
    assert row.at.tzinfo is UTC
    found = db.session.scalar(sa.select(AuditEntry.id).where(AuditEntry.at == MOMENT.astimezone(timezone(timedelta(hours=-9)))))
    assert found == row.id


def test_a_moment_without_a_zone_is_refused(db):
    with pytest.raises(StatementError, match="without a time zone"):
        entry(MOMENT.replace(tzinfo=None))
    db.session.rollback()


def test_moments_are_in_order(db):
    for hours in (3, -5, 0):
        entry(MOMENT + timedelta(hours=hours))
    found = db.session.scalars(sa.select(AuditEntry.at).order_by(AuditEntry.at)).all()
    assert found == [MOMENT + timedelta(hours=hours) for hours in (-5, 0, 3)]


def test_nothing_in_a_json_column_is_null(db):
    row = entry(MOMENT, before=None, after={"words": "\u2603", "list": [1, None, True]})
    assert row.after == {"words": "\u2603", "list": [1, None, True]}
    assert db.session.scalar(sa.select(AuditEntry.id).where(AuditEntry.before.is_(None))) == row.id


@pytest.mark.parametrize("values", [[], [1], [3, 1, 2], list(range(5000))])
def test_numbers_as_rows(db, values):
    listed = elements(values)
    assert sorted(db.session.scalars(sa.select(listed.c.value))) == sorted(values)


def test_words_as_rows(db):
    words = ["", "a", "it's", '"quoted"', "\u2603", "back\\slash", "NULL", "{1,2}"]
    assert sorted(db.session.scalars(sa.select(elements(words).c.value))) == sorted(words)


def test_among(db):
    ids = [make_member(f"m{n}").id for n in range(4)]
    chosen = sa.select(Member.id).order_by(Member.id)
    assert list(db.session.scalars(chosen.where(among(Member.id, ids[1:3])))) == ids[1:3]
    assert list(db.session.scalars(chosen.where(among(Member.id, set(ids))))) == ids
    assert list(db.session.scalars(chosen.where(among(Member.id, [])))) == []
    assert list(db.session.scalars(chosen.where(among(Member.handle, ["m3", "nobody"])))) == ids[3:]
    assert list(db.session.scalars(chosen.where(~among(Member.id, ids[:3])))) == ids[3:]


def test_two_lists_in_one_statement(db):
    ids = [make_member(f"m{n}").id for n in range(3)]
    both = sa.select(Member.id).where(among(Member.id, ids[:2]), among(Member.handle, ["m1", "m2"]))
    assert list(db.session.scalars(both)) == [ids[1]]


@pytest.mark.parametrize("given", [[], [(1, "a")], [(2, "it's"), (1, "\u2603"), (2, "")]])
def test_pairs(db, given):
    table = pairs()
    found = db.session.execute(sa.select(table.c.number, table.c.word), pair_values(given)).all()
    assert sorted(tuple(row) for row in found) == sorted(given)


def group_row(slug: str) -> dict:
    return {"slug": slug, "name": slug.title(), "created_at": JOINED}


@pytest.mark.parametrize("slugs", [[], ["a"], ["a", "b", "c"]])
def test_insert_new(db, slugs):
    table = Group.__table__
    new = insert_new(table, [group_row(h) for h in slugs], table.c.id, table.c.slug)
    assert [row.slug for row in sorted(new, key=lambda row: row.id)] == slugs
    again = insert_new(table, [group_row(h) for h in [*slugs, "z"]], table.c.slug)
    assert [row.slug for row in again] == ["z"]
    rows = list(db.session.scalars(sa.select(Group.slug).order_by(Group.slug)))
    assert rows == [*slugs, "z"]


def test_twice_in_one_list_is_stored_once(db):
    table = Group.__table__
    new = insert_new(table, [group_row(h) for h in ("a", "b", "a")], table.c.id, table.c.slug)
    assert sorted(row.slug for row in new) == ["a", "b"]
    assert insert_new(table, [group_row("a"), group_row("b")], table.c.id) == []


def test_rows_without_an_answer_wanted(db):
    assert insert_new(Group.__table__, [group_row("a"), group_row("b")]) == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Group)) == 2


def test_every_sort_of_value_survives_an_insert_of_many(db):
    table = AuditEntry.__table__
    same = {"at": MOMENT, "actor_id": None}
    rows = [
        {**same, "action": "it's \u2603", "target": 'say "x"', "before": None, "after": {"n": [1, "\u2603"]}},
        {**same, "action": "", "target": "b", "before": {"a": None}, "after": None},
    ]
    new = insert_new(table, rows, *table.c)
    assert [{name: row._mapping[name] for name in rows[0]} for row in new] == rows
    assert all(row.at.tzinfo is UTC for row in new)


def standings() -> list[tuple]:
    wanted = sa.select(Standing.member_id, Standing.score, Standing.deeds, Standing.listed).order_by(Standing.member_id)
    return [tuple(row) for row in database.session.execute(wanted)]


def standing(member_id: int, score: int) -> dict:
    return {
        "board_id": 1,
        "member_id": member_id,
        "period": "all",
        "score": score,
        "deeds": 1,
        "reached_at": MOMENT,
        "listed": True,
    }


@pytest.mark.parametrize("count", [1, 3])
def test_put_adds_or_changes(db, count):
    table = Standing.__table__

    def added(new):
        return {"score": table.c.score + new.score, "deeds": table.c.deeds + new.deeds}

    keys = ("board_id", "member_id", "period")
    put(table, [], keys, added)
    put(table, [standing(n, 10) for n in range(count)], keys, added)
    put(table, [standing(n, 5) for n in range(count + 1)], keys, added)
    assert standings() == [(n, 15, 2, True) for n in range(count)] + [(count, 5, 1, True)]


def test_foreign_keys_hold_on_both(db):
    db.session.add(AuditEntry(at=MOMENT, actor_id=4711, action="x", target="y"))
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_which_database_it_is(db):
    assert is_postgresql() == (db.engine.dialect.name == "postgresql")


@pytest.mark.parametrize(
    ("moment", "day"),
    [(datetime(1970, 1, 1, tzinfo=UTC), 0), (datetime(1969, 12, 31, 23, 59, tzinfo=UTC), -1), (date(1970, 1, 2), 1),
     (datetime(2026, 11, 22, 1, tzinfo=timezone(timedelta(hours=2))), 20778),
     (datetime(2026, 11, 21, 23, tzinfo=UTC), 20778)],
)  # fmt: skip
def test_the_day_is_that_of_utc(moment, day):
    assert clock.day_number(moment) == day


def test_the_clock_of_an_invented_community(app):
    before = clock.utcnow()
    with clock.as_of(MOMENT - timedelta(days=900)):
        assert clock.utcnow() == MOMENT - timedelta(days=900)
    assert clock.utcnow() >= before


def test_an_address_prints_as_one_word():
    assert str(Ref("quest", "what-is-mdm")) == "quest:what-is-mdm"
    assert str(Ref("award", 17)) == "award:17"


def test_only_many_new_rows_make_postgresql_look_at_a_table_again(db):
    def told(number: int, first: int) -> bool:
        rows = [{"at": MOMENT, "action": "test", "target": f"test:{first + n}"} for n in range(number)]
        insert_new(AuditEntry.__table__, rows)
        if is_postgresql():
            db.session.execute(sa.text("SELECT pg_stat_force_next_flush()"))
        db.session.commit()
        looked = freshen_statistics("audit_entry")
        db.session.commit()
        return looked

    assert [told(500, 0), told(50, 500), told(2000, 1000)] == [is_postgresql(), False, is_postgresql()]
    if is_postgresql():
        assert db.session.scalar(sa.text("SELECT reltuples FROM pg_class WHERE relname = 'audit_entry'")) == 2550
