"""The published ballots, for people and programs, and the receipt that leads into them."""

import csv
import io
import json
import re

from recognition.contests import ballots
from recognition.contests.ballots import candidates
from recognition.contests.ballots import digest as digest_of
from recognition.contests.services import making
from recognition.contests.services.closing import close_round
from tests.contests.test_closing import a_vote
from tests.contests.test_results_pages import API, CSV, closed, no_tokens, text  # noqa: F401
from tests.factories.contests import days, make_contest, put_ballot
from tests.factories.identity import make_member


def test_the_file_is_what_the_outcome_says(client, db):
    _contest, one, entries = closed("ab", "a", "-", "b")
    answer = client.get(CSV)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="draw-mdm-round-1.csv"'
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == sorted(entry.key for entry in entries.values())
    assert sorted(tuple(row) for row in rows[1:]) == sorted(
        [("x", "x", "", ""), ("x", "", "", ""), ("", "", "", ""), ("", "x", "", "")]
    )
    assert digest_of(one.id, one.method, candidates(one.id)) == one.outcome["digest"]
    assert client.get(API).data == answer.data
    again = client.get(CSV, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_problem_is_told_to_programs_in_their_way(client, db):
    a_vote("a")
    answer = client.get(API)
    assert answer.status_code == 409
    assert answer.mimetype == "application/problem+json"
    assert json.loads(answer.text)["status"] == 409


def test_a_receipt_leads_to_its_row(client, db):
    contest, one, entries = a_vote("ab", "a")
    voter = make_member("late")
    first = put_ballot(one, voter, {entries["c"].id: 1})
    second = put_ballot(one, voter, {entries["d"].id: 1}, number=2)
    db.session.commit()
    path = "/contests/draw-mdm/receipt"
    assert "It is in the box" in text(client.post(path, data={"code": second}).text)
    close_round(one.id, days(7))
    db.session.commit()
    words = text(client.post(path, data={"code": second.lower().replace("-", " ")}).text)
    row = int(re.search(r"row (\d+) of the file of round 1", words)[1])
    columns = sorted(entry.key for entry in entries.values())
    cells = list(csv.reader(io.StringIO(client.get(CSV).text)))[row]
    assert [columns[at] for at, cell in enumerate(cells) if cell] == [entries["d"].key]
    assert "A later ballot took its place" in text(client.post(path, data={"code": first}).text)
    for unknown in ("AAAA-BBBB-CCCC-DDDD", "\U0001f490", "x" * 900):
        assert "We know no such receipt here" in text(client.post(path, data={"code": unknown}).text)
    assert client.post(path, data={"code": "  "}).status_code == 422
    make_contest("other")
    db.session.commit()
    assert "We know no such receipt here" in text(client.post("/contests/other/receipt", data={"code": second}).text)
    assert contest.rounds[0].state == "closed"


def test_of_a_contest_that_was_called_off_nobody_learns_how_many_voted(client, db):
    """A row in the file would say it to everybody with a receipt."""
    contest, one, entries = a_vote("a", "b", "ab")
    code = put_ballot(one, make_member("eve"), {entries["a"].id: 1})
    making.call_off(contest.id, "Nobody may use these pictures.", days(1), None)
    db.session.commit()
    assert ballots.find(contest.id, code) == (ballots.UNKNOWN, 0, 0)
    page = client.post("/contests/draw-mdm/receipt", data={"code": code}).text
    assert "Its ballots were counted by nobody" in page
    assert "it was counted" not in page
    answer = client.get(API)
    assert (answer.status_code, "called off" in json.loads(answer.text)["detail"]) == (409, True)
