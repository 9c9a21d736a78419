"""A month in review and the whole record: what each reader finds, what it costs, and the file to take along."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.activities import thanking
from recognition.activities.changes import withdraw
from recognition.activities.confirming import confirm
from recognition.activities.models import Kind
from recognition.web import csv_lines
from tests.factories.activities import REPORTED, make_activity
from tests.factories.identity import make_group, make_member
from tests.pages.test_deeds import as_, people, plain  # noqa: F401 - fixtures

OCTOBER = datetime(2026, 10, 5, 12, tzinfo=UTC)


@pytest.fixture
def october(db, people) -> dict[str, Any]:  # noqa: F811
    ada = people["ada"].id
    first = make_activity(ada, kind="talk", kind_label="A talk", text="In Paris", visibility="public", occurred_at=OCTOBER).id
    make_activity(ada, kind="talk", text="In Lyon", occurred_at=OCTOBER, evidence=1)
    make_activity(ada, text="A diary", visibility="me", occurred_at=OCTOBER + timedelta(days=26, hours=11))
    make_activity(ada, text="In August", occurred_at=OCTOBER - timedelta(days=40))
    make_activity(ada, text="In November", occurred_at=OCTOBER + timedelta(days=27))
    gone = make_activity(ada, text="Never happened", visibility="public", occurred_at=OCTOBER).id
    make_activity(ada, kind="quest.finished", visibility="public", occurred_at=OCTOBER)
    confirm(first, people["bob"].id, OCTOBER)
    thanking.thank(people["bob"].id, ada, "For the lift", OCTOBER, "k1")
    thanking.set_private(thanking.thank(people["eve"].id, ada, "A secret", OCTOBER, "k2"), ada, True, OCTOBER)
    thanking.thank(people["bob"].id, ada, "Another month", REPORTED, "k3")
    withdraw([gone], ada, "", REPORTED)
    db.session.commit()
    return people


def shown(page: str) -> str:
    return plain(page[page.index("<main") : page.index("</main>")])


def test_what_each_reader_finds(client, october, as_):  # noqa: F811
    own = shown(as_(october["ada"]).get("/members/ada/months/2026-10").text)
    assert re.search("What people thanked you for.*A secret.*For the lift.*In plain figures", own)
    assert "3 deeds on 2 different days 1 confirmed by somebody who was there" in own
    other = shown(as_(october["bob"]).get("/members/ada/months/2026-10").text)
    assert "2 deeds on 1 day 1 confirmed" in other
    assert ("For the lift" in other, "A secret" in other, "A diary" in other) == (True, False, False)
    guest = shown(client.get("/members/ada/months/2026-10").text)
    assert "1 deed on 1 day 1 confirmed" in guest
    for hidden in ("Lyon", "For the lift", "diary", "Never happened", "Another month", "August"):
        assert hidden not in guest
    assert "1 deed of somebody else that you stood up for" in shown(as_(october["bob"]).get("/members/bob/months/2026-10").text)
    assert "stood up for" not in shown(as_(october["ada"]).get("/members/bob/months/2026-10").text)


def test_other_months_are_those_in_which_the_reader_finds_something(client, october, as_):  # noqa: F811
    ways = [re.findall(r'href="/members/ada/months/([^"]*)" rel', page) for page in (
        as_(october["ada"]).get("/members/ada/months/2026-10").text, client.get("/members/ada/months/2026-10").text,
    )]  # fmt: skip
    assert ways == [["2026-11", "2026-08"], []]


@pytest.mark.parametrize(("handle", "name", "code"), [
    ("ada", "2026-07", 200), ("ada", "2999-01", 404), ("ada", "2026-13", 404), ("ada", "2026-1", 404), ("ada", "x", 404),
    ("ada", "٢٠٢٦-10", 404), ("nobody", "2026-10", 404), ("gone", "2026-10", 404),
])  # fmt: skip
def test_months_that_are_there(client, db, october, handle, name, code):
    make_member("gone", state="suspended")
    db.session.commit()
    answer = client.get(f"/members/{handle}/months/{name}")
    assert answer.status_code == code
    assert code == 404 or "nothing to read here" in answer.text


def test_a_quiet_month_is_no_reproach(october, as_):  # noqa: F811
    assert "Everybody has some, and they need no reason." in as_(october["ada"]).get("/members/ada/months/2026-07").text


def test_the_record_is_whole_and_ones_own(client, october, as_):  # noqa: F811
    page = as_(october["ada"]).get("/me/record")
    text = shown(page.text)
    assert re.search("5 deeds since 26 Aug 2026 25 points 1 confirmed", text)
    order = [text.index(words) for words in ("In November", "A diary", "In Lyon", "In Paris", "In August")]
    assert order == sorted(order)
    assert "Never happened" not in text
    assert page.headers["Cache-Control"] == "private, no-store"
    for path in ("/me/record", "/me/record.csv", "/me/months"):
        assert client.get(path).headers["Location"].startswith("/login")


def test_kinds_are_called_as_the_reader_calls_them(db, october, as_):  # noqa: F811
    db.session.get_one(Kind, "talk").labels = {"en": "A speech"}
    db.session.commit()
    ada = as_(october["ada"])
    for path in ("/members/ada/months/2026-10", "/me/record", "/me/record.csv"):
        page = ada.get(path).text
        assert ("A speech" in page, "A talk" in page) == (True, False), path


def test_the_file(db, october, as_):  # noqa: F811
    group = make_group("nairobi", name="=Nairobi")
    make_activity(october["ada"].id, text='=HYPERLINK("https://evil.example")\nand, "more"', tags=("mdm", "wiki"),
                  group_id=group.id, url="https://a.example/?x=1", evidence=1,
                  occurred_at=OCTOBER - timedelta(days=100))  # fmt: skip
    db.session.commit()
    answer = as_(october["ada"]).get("/me/record.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="record-of-ada.csv"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    rows = list(csv.DictReader(io.StringIO(answer.data.decode(), newline="")))
    assert [row["text"] for row in rows[:-1]] == ["In November", "A diary", "In Lyon", "In Paris", "In August"]
    last = rows[-1]
    assert (last["text"], last["group"]) == ('\'=HYPERLINK("https://evil.example")\nand, "more"', "'=Nairobi")
    assert (last["tags"], last["evidence"], last["day"], last["points"]) == ("mdm wiki", "passive", "2026-06-27", "5")
    assert last["told_at"] == "2026-11-21T12:00:00Z"


def test_a_long_record_comes_in_pieces(db, people, as_, monkeypatch):  # noqa: F811
    monkeypatch.setattr("recognition.activities.records.ROWS_AT_ONCE", 7)
    monkeypatch.setattr(csv_lines, "LINES_AT_ONCE", 5)
    for number in range(30):
        make_activity(people["ada"].id, text=f"n{number}", fingerprinted=False, occurred_at=OCTOBER)
    db.session.commit()
    rows = list(csv.DictReader(io.StringIO(as_(people["ada"]).get("/me/record.csv").data.decode(), newline="")))
    assert [row["text"] for row in rows] == [f"n{number}" for number in reversed(range(30))]
    page = as_(people["ada"]).get("/me/record").text
    older = page.split('c-pagination__older" href="')[1].split('"')[0].replace("&amp;", "&")
    assert [f">n{number}<" in as_(people["ada"]).get(older).text for number in range(7)] == [True] * 6 + [False]


@pytest.mark.parametrize("path", ["/members/ada/months/2026-10", "/me/record"])
def test_what_they_cost(db, october, as_, count_queries, path):  # noqa: F811
    ada = as_(october["ada"])
    seen = []
    for number in (1, 20):
        for turn in range(number):
            make_activity(
                october["ada"].id, text=f"{number} {turn}", kind=f"kind-{turn}", occurred_at=OCTOBER, fingerprinted=False
            )
        db.session.commit()
        with count_queries() as asked:
            assert ada.get(path).status_code == 200
        seen.append(len(asked))
    assert seen[0] == seen[1] <= 16


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_any_cell_comes_back_and_none_is_a_formula(rows):
    read = list(csv.reader(io.StringIO("".join(csv_lines.lines(rows)), newline="")))
    assert len(read) == len(rows)
    for given_row, read_row in zip(rows, read, strict=True):
        for before, after in zip(given_row, read_row, strict=True):
            assert after in (before, f"'{before}")
            assert not after.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
