"""Lists of deeds by what readers ask for: each filter alone and with others, page by page, and what they cost."""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import queries
from recognition.activities.models import Activity
from recognition.activities.queries import Wanted, deeds, deeds_in_order
from tests.factories.activities import make_activity
from tests.factories.identity import make_group, make_member

FIRST = datetime(2026, 10, 1, 12, tzinfo=UTC)
FILTERS: dict[str, Any] = {
    "member": "ada", "kind": "talk", "tag": "mdm", "group": "nairobi", "campaign": "line", "source": "forum",
    "evidence": "passive", "since": date(2026, 10, 6), "until": date(2026, 10, 25),
}  # fmt: skip


@pytest.fixture
def log(db) -> list[Any]:
    """Sixty-four deeds of two people, every mix of what can be asked for."""
    group, people = make_group(), (make_member("ada"), make_member("bob"))
    made = []
    for number in range(64):
        bits = [number >> place & 1 for place in range(6)]
        made.append(make_activity(
            people[bits[0]].id, kind="talk" if bits[1] else "other", tags=("mdm",) if bits[2] else ("wiki",), text=f"n{number}",
            group_id=group.id if bits[3] else None, campaign="line" if bits[4] else None, evidence=bits[5], fingerprinted=False,
            source="forum" if number % 3 else "list", visibility="public" if number % 5 else "me",
            occurred_at=FIRST + timedelta(hours=number * 12),
        ).id)  # fmt: skip
    db.session.commit()
    return made


def naive(wanted: dict[str, Any], reader: Any) -> list[int]:
    """The same question, asked of every row in Python."""
    found = []
    for row in queries.db.session.scalars(sa.select(Activity)):
        own = {
            "member": "ada" if row.member_id == 1 else "bob", "kind": row.kind, "tag": queries.tags_of(row.id)[0],
            "group": "nairobi" if row.group_id else "", "campaign": row.campaign or "", "source": row.source,
            "evidence": ("self", "passive")[row.evidence],
        }  # fmt: skip
        day = row.occurred_at.date()
        fits = all(own[name] == value for name, value in wanted.items() if name not in ("since", "until"))
        days = wanted.get("since", day) <= day <= wanted.get("until", day)
        if fits and days and (row.visibility == "public" or (reader is not None and reader.id == row.member_id)):
            found.append((row.occurred_at, row.id))
    return [id_ for _at, id_ in sorted(found, reverse=True)]


def walked(reader: Any, wanted: dict[str, Any], size: int) -> list[int]:
    ids, cursor = [], None
    for _page in range(200):
        found = deeds(reader, Wanted(**wanted), cursor, size)
        ids += [one.id for one in found.items]
        cursor = found.next_cursor
        if cursor is None:
            return ids
    raise AssertionError("a list without an end")


def test_every_filter_and_every_two_together(db, log, monkeypatch):
    monkeypatch.setattr(queries, "LOOKED_AT_MAX", 7)
    ada = db.session.get_one(queries.Member, 1)
    names = [(name,) for name in FILTERS] + list(combinations(FILTERS, 2)) + [tuple(FILTERS)]
    for chosen in [(), *names]:
        wanted = {name: FILTERS[name] for name in chosen}
        for reader in (None, ada):
            expected = naive(wanted, reader)
            assert walked(reader, wanted, 5) == expected, chosen
        told = [one.id for one in deeds_in_order(ada, Wanted(**wanted), None, 100).items]
        assert told == sorted(expected), chosen


def test_a_name_that_nobody_knows_finds_nothing(db, log):
    for name in ("member", "kind", "tag", "group", "campaign", "source", "evidence"):
        assert deeds(None, Wanted(**{name: "nobody-knows"})).items == []


def test_the_other_filters_look_at_so_many_and_no_more(db, log, monkeypatch, count_queries):
    """A page costs the same wherever the next fitting deed stands, and tells nothing of what its reader may not see."""
    monkeypatch.setattr(queries, "LOOKED_AT_MAX", 10)
    wanted = Wanted(member="ada", evidence="passive")
    with count_queries() as asked:
        empty = deeds(None, Wanted(member="ada", source="nowhere"))
    assert (len(empty.items), empty.next_cursor is not None, len(asked)) == (0, True, 2)
    db.session.execute(sa.update(Activity).values(visibility="me"))
    db.session.commit()
    hidden = deeds(None, wanted)
    assert (list(hidden.items), hidden.next_cursor) == ([], None)


@pytest.mark.parametrize("name", ["member", "tag", "campaign", "group", "kind"])
def test_a_leading_filter_reads_its_index(db, log, name):
    """In the order of time, without sorting what it does not show."""
    path = queries._path(None, Wanted(**{name: FILTERS[name]}), name, None).limit(25)
    sql = str(path.compile(db.engine, compile_kwargs={"literal_binds": True}))
    index = {"member": "ix_activity_member_at", "tag": "ix_activity_tag_tag", "campaign": "ix_activity_campaign_at",
             "group": "ix_activity_group_at", "kind": "ix_activity_kind_at"}[name]  # fmt: skip
    if db.engine.dialect.name == "sqlite":
        plan = "\n".join(row[3] for row in db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {sql}")))
        assert "TEMP B-TREE" not in plan
    else:
        # So few rows would be read whole and sorted; asked to do neither, it shows that the index gives them in order.
        for choice in ("seqscan", "sort", "bitmapscan", "hashjoin"):
            db.session.execute(sa.text(f"SET LOCAL enable_{choice} = off"))
        plan = "\n".join(row[0] for row in db.session.execute(sa.text(f"EXPLAIN {sql}")))
        assert "Sort" not in plan
    assert index in plan
