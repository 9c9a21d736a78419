"""A vote is secret while it runs and after it: no surface tells a number before the end, and nothing ties a ballot to its
voter once the round is closed."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.entry import Entry
from recognition.contests.models.vote import Ballot, Candidate, Mark, Sheet, Voter
from recognition.contests.secret import receipt, receipt_hash, voter_key
from recognition.contests.services import making
from recognition.contests.services.closing import close_round
from recognition.contests.services.sheets import next_page, save
from recognition.contests.services.voting import cast
from recognition.extensions import db
from recognition.identity.models import Member
from tests.factories.contests import make_contest, make_entry, make_round, open_round
from tests.factories.identity import make_member
from tests.reading import text_of

VOTERS = 7
SEEN, TELLING = 40_861, re.compile(r"40[,. ]?86\d")
"""A number that stands nowhere by chance, laid where a count could leak."""


def a_running_vote() -> tuple[Contest, Round, list[Entry], list[Member]]:
    now = clock.utcnow()
    contest = make_contest(rounds=0, entries_from=now - timedelta(days=9), entries_until=now - timedelta(days=2))
    one = make_round(contest, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=6), method="score")
    maker = make_member("maker")
    made = [make_entry(contest, maker) for _number in range(3)]
    people = [make_member(f"voter-{number}") for number in range(VOTERS)]
    open_round(one, made, people)
    db.session.commit()
    return contest, one, made, people


def vote_all(one: Round, made: list[Entry], people: list[Member]) -> list[str]:
    codes = []
    for number, voter in enumerate(people):
        order = next_page(one.id, voter.id, 0)
        save(one.id, voter.id, {order[0]: 3})
        codes.append(cast(one.id, voter.id, {made[number % 3].id: number % 6}).code)
        db.session.commit()
    return codes


def addresses(app: Flask, contest: Contest, entry: Entry) -> list[str]:
    """Every page there is, filled in for this contest; for others as they stand."""
    found = []
    known = {"slug": contest.slug, "key": entry.key, "handle": "maker", "round": "1", "entry": entry.key}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or not set(rule.arguments) <= set(known):
            continue
        if "contest" in rule.rule or not rule.arguments:
            path = rule.rule
            for name in rule.arguments:
                path = re.sub(rf"<(?:[^<>:]+:)?{name}>", known[name], path)
            found.append(path)
    return sorted({*found, f"/contests/{contest.slug}/ballots.csv?round=1", f"/api/v1/contests/{contest.slug}/ballots.csv"})


def same(body: bytes) -> str:
    """What a page says, without what is another with each request."""
    text = body.decode("utf-8", "replace")
    return re.sub(r'(csrf_token" value="|X-CSRFToken": "|nonce" value=")[^"]*|page-\w+', "", text)


@pytest.mark.parametrize("who", ["guest", "maker", "voter-0", "council", "admin"])
def test_no_page_changes_with_the_votes_before_the_end(
    app: Flask, client: FlaskClient, sign_in: Callable[..., None], who: str
) -> None:
    """Each page is read before anybody else votes and after everybody has; all say the same, headers too."""
    contest, one, made, people = a_running_vote()
    boss = make_member(who, roles=(who,)) if who in ("council", "admin") else None
    db.session.commit()
    if who != "guest":
        sign_in(client, boss or db.session.scalars(sa.select(Member).where(Member.handle == who)).one())
    skip = ("/logout", "/static", "/readyz", "/metrics")
    paths = [path for path in addresses(app, contest, made[0]) if not path.startswith(skip) and "<" not in path]
    moment = clock.utcnow()

    def read_all() -> dict[str, tuple[int, str, str | None]]:
        pages = {}
        with clock.as_of(moment):
            for path in paths:
                db.session.rollback()
                answer = client.get(path)
                tag = answer.headers.get("ETag") if who != "guest" else None
                pages[path] = (answer.status_code, same(answer.get_data()), tag)
        return pages

    read_all()
    before = read_all()
    db.session.rollback()
    vote_all(one, made, [person for person in people if person.handle != who])
    after = read_all()
    assert {path for path in paths if before[path] != after[path]} == set()
    assert [path for path, (status, _text, _tag) in after.items() if status >= 500] == []
    assert sum(status == 200 for status, _text, _tag in after.values()) > 10


@pytest.mark.parametrize("role", ["council", "admin"])
def test_counts_laid_where_they_could_leak_are_told_to_nobody(
    app: Flask, client: FlaskClient, sign_in: Callable[..., None], role: str
) -> None:
    contest, one, made, people = a_running_vote()
    vote_all(one, made, people)
    db.session.execute(sa.update(Candidate).values(seen_count=SEEN))
    boss = make_member("boss", roles=(role,))
    db.session.commit()
    sign_in(client, boss)
    for path in addresses(app, contest, made[0]):
        if "<" not in path and not path.startswith(("/logout", "/static")):
            db.session.rollback()
            answer = client.get(path)
            assert not TELLING.search(text_of(answer)), path


def test_ballots_are_not_published_before_the_end(client: FlaskClient) -> None:
    contest, one, made, people = a_running_vote()
    vote_all(one, made, people)
    for path in (f"/contests/{contest.slug}/ballots.csv?round=1", f"/contests/{contest.slug}/ballots.csv"):
        db.session.rollback()
        answer = client.get(path)
        assert answer.status_code in (403, 404, 409)
        assert made[0].key not in answer.get_data(as_text=True)


def test_a_voter_key_needs_the_salt_and_the_secret(app: Flask) -> None:
    one, other = "ab" * 32, "cd" * 32
    assert voter_key(one, 7) == voter_key(one, 7)
    assert len({voter_key(one, 7), voter_key(one, 8), voter_key(other, 7)}) == 3
    for without in (lambda: voter_key("", 7), lambda: receipt("", "x", 1)):
        with pytest.raises(ValueError, match="no salt"):
            without()
    settings = app.extensions["settings"]
    before = voter_key(one, 7)
    app.extensions["settings"] = type("Other", (), {"secret_key": "another" * 8})()
    try:
        assert voter_key(one, 7) != before
    finally:
        app.extensions["settings"] = settings


def dump(*models: Any) -> str:
    """Everything that the tables hold, as text."""
    rows = [tuple(row) for model in models for row in db.session.execute(sa.select(*model.__table__.columns))]
    return json.dumps(rows, default=str)


def test_after_the_close_nothing_leads_from_a_ballot_to_its_voter(app: Flask) -> None:
    _contest, one, made, people = a_running_vote()
    codes = vote_all(one, made, people)
    salt, ids = one.salt, [person.id for person in people]
    assert close_round(one.id, one.ends_at)
    db.session.commit()
    assert (one.salt, dump(Sheet)) == ("", "[]")
    everything = dump(*[mapper.class_ for mapper in db.Model.registry.mappers])
    assert salt not in everything
    assert [code for code in codes if code in everything] == []
    keys = set(db.session.scalars(sa.select(Ballot.voter_key)))
    assert keys == {voter_key(salt, member_id) for member_id in ids}
    for model in (Ballot, Mark):
        assert not {"member_id", "at", "created_at"} & set(model.__table__.columns.keys())
    kept = {row.voted for row in db.session.scalars(sa.select(Voter))}
    assert kept == {True}
    assert set(db.session.scalars(sa.select(Ballot.receipt_hash))) == {receipt_hash(code) for code in codes}


def test_neither_order_nor_transaction_tells_who_cast_which_ballot(app: Flask) -> None:
    """Ids of ballots are chance; and PostgreSQL's own marks of a row's last change are the same for all of the roll."""
    _contest, one, made, people = a_running_vote()
    backwards = list(reversed(people))
    vote_all(one, made, backwards)
    by_id = [voter_key(one.salt, person.id) for person in backwards]
    salted = list(db.session.scalars(sa.select(Ballot.voter_key).order_by(Ballot.id)))
    assert sorted(salted) == sorted(by_id)
    assert all(ballot_id > 2**40 for ballot_id in db.session.scalars(sa.select(Ballot.id)))
    close_round(one.id, one.ends_at)
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        rows = db.session.execute(sa.text("SELECT xmin::text, member_id FROM contest_voter ORDER BY ctid")).all()
        ballots = set(db.session.scalars(sa.text("SELECT xmin::text FROM contest_ballot")))
        assert len({row.xmin for row in rows}) == 1
        assert not {row.xmin for row in rows} & ballots
        assert [row.member_id for row in rows] == sorted(row.member_id for row in rows)


def test_the_log_and_the_audit_hold_no_vote_before_the_end(app: Flask) -> None:
    _contest, one, made, people = a_running_vote()
    tables = [table for table in db.metadata.sorted_tables if table.name in ("activity", "audit_entry", "notice", "job")]
    before = [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]
    vote_all(one, made, people)
    assert [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables] == before
    assert len(tables) >= 3


def test_nor_does_a_contest_that_was_called_off_leave_a_way_from_a_ballot_to_its_voter(app: Flask) -> None:
    contest, one, made, people = a_running_vote()
    vote_all(one, made, list(reversed(people)))
    making.call_off(contest.id, "Nobody may use these pictures.", clock.utcnow(), None)
    db.session.commit()
    assert (one.salt, dump(Sheet)) == ("", "[]")
    if db.engine.dialect.name == "postgresql":
        roll = set(db.session.scalars(sa.text("SELECT xmin::text FROM contest_voter")))
        ballots = set(db.session.scalars(sa.text("SELECT xmin::text FROM contest_ballot")))
        assert (len(roll), roll & ballots) == (1, set())
