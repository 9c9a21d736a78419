"""While a vote runs, no page, feed or answer changes by a vote: whatever can be asked is asked before and after people
have voted, by everybody who is curious, and has to be the same to the letter."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from recognition import clock
from recognition.activities.drain import drain
from recognition.activities.models import Activity
from recognition.contests.models.entry import Remark
from recognition.contests.models.vote import Candidate, Voter
from recognition.contests.services import opening, talking
from recognition.contests.services.voting import cast
from recognition.identity.models import Membership
from recognition.identity.services import tokens
from tests.conftest import open_session
from tests.factories.contests import NOW, days, make_contest, make_entry
from tests.factories.identity import make_group, make_member
from tests.reading import text_of

EYES = ("guest", "silent", "author", "council", "admin", "program")
"""Who looks: nobody signed in; on the roll without a vote; with an entry; the council; whoever runs it; a token."""
NOT_PAGES = ("/metrics", "/healthz", "/readyz", "/static/", "/login/callback", "/logout")
_FRESH = re.compile(r'(name="(?:csrf_token|nonce|token|client_key)" value=")[^"]*|("X-CSRFToken": ")[^"]*|(nonce=")[^"]*')


class Poll:
    """A round that is open, with twenty voters who have not voted yet."""

    def __init__(self, db: Any, method: str) -> None:
        self.db = db
        self.council, self.admin = make_member("council", roles=("council",)), make_member("admin", roles=("admin",))
        self.silent, self.author = make_member("silent"), make_member("author")
        self.voters = [make_member(f"voter{number}") for number in range(20)]
        group = make_group("nairobi")
        for one in (self.silent, *self.voters):
            db.session.add(Membership(group_id=group.id, member_id=one.id, state="in", since=NOW))
        self.contest = make_contest(takes="text")
        self.contest.rounds[0].method = method
        self.entries = [make_entry(self.contest, self.author, title=f"Entry {n}", text="Words.") for n in range(3)]
        self.round_id, self.slug = self.contest.rounds[0].id, self.contest.slug
        self.key = self.entries[0].key
        self.token = tokens.add_token(self.admin, ["activities:read"], NOW)
        db.session.commit()
        assert opening.open_round(self.round_id, NOW)
        db.session.commit()

    def vote(self) -> None:
        """All twenty; some change their mind, some abstain; some say something."""
        ids = [one.id for one in self.entries]
        for number, voter in enumerate(self.voters):
            cast(self.round_id, voter.id, {ids[number % 2]: 1})
            if number % 5 == 0:
                cast(self.round_id, voter.id, {ids[2]: 1})
            if number % 7 == 0:
                cast(self.round_id, voter.id, {}, abstains=True)
            self.db.session.commit()
        self.db.session.execute(sa.update(Candidate).values(seen_count=7919))
        talking.say(self.contest, self.entries[0], self.voters[0].id, "I saw chairs.", "k", NOW)
        self.db.session.commit()
        drain()


@pytest.fixture
def poll(request: Any, db: Any) -> Iterator[Poll]:
    with clock.as_of(NOW):
        yield Poll(db, getattr(request, "param", "approval"))


def addresses(app: Flask, poll: Poll) -> list[str]:
    """Every address that is read without a number of its own, and every one that belongs to the contest."""
    found = {made for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) for made in _filled(rule, poll)}
    found |= {f"/members/{handle}" for handle in ("author", "voter0", "voter1", "silent")} | {"/groups/nairobi"}
    return sorted(one for one in found if not one.startswith(NOT_PAGES))


def _filled(rule: Rule, poll: Poll) -> Iterator[str]:
    address = rule.rule
    if "contests/" in address:
        address = address.replace("<slug>", poll.slug).replace("<key>", poll.key)
        if address.endswith(("/vote", "/ballots.csv")):
            yield from (f"{address}?page=1", f"{address}?round=1")
    if "<" not in address:
        yield address


def read_all(app: Flask, poll: Poll, eye: str, sign_in: Any) -> dict[str, tuple[int, str]]:
    client: FlaskClient = app.test_client()
    headers = {"Authorization": f"Bearer {poll.token}"} if eye == "program" else {}
    if eye in ("silent", "author", "council", "admin"):
        member = getattr(poll, eye)
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = sign_in(member), True
    seen = {}
    for address in addresses(app, poll):
        answer = client.get(address, headers=headers)
        seen[address] = (answer.status_code, _FRESH.sub("", text_of(answer)))
    return seen


@pytest.fixture
def signed(app: Flask) -> Any:
    """A login for each of them, which lasts through both looks."""
    known: dict[int, str] = {}

    def sign(member: Any) -> str:
        if member.id not in known:
            known[member.id] = open_session(member)
        return known[member.id]

    return sign


LOOKS = [
    *(("approval", eye) for eye in EYES),
    *((method, eye) for method in ("score", "schulze") for eye in ("silent", "council")),
]


@pytest.mark.parametrize(("poll", "eye"), LOOKS, indirect=["poll"])
def test_nothing_changes_while_people_vote(app: Flask, poll: Poll, eye: str, signed: Any) -> None:
    if eye == "silent":
        read_all(app, poll, eye, signed)  # The voter's own order is drawn by the first look at the ballot.
    before = read_all(app, poll, eye, signed)
    poll.vote()
    after = read_all(app, poll, eye, signed)
    assert [address for address in before if before[address] != after[address]] == []
    assert len(before) > 40
    assert [address for address, (status, _text) in after.items() if status >= 500] == []
    assert [address for address, (_status, text) in after.items() if "7919" in text] == []


def test_the_log_learns_nothing_while_people_vote(app: Flask, poll: Poll) -> None:
    poll.vote()
    kinds = set(poll.db.session.scalars(sa.select(Activity.kind)))
    assert "contest.voted" not in kinds
    assert poll.db.session.scalar(sa.select(sa.func.count()).where(Voter.voted.is_(True))) == 20
    assert poll.db.session.scalar(sa.select(sa.func.count()).select_from(Remark)) == 1


def test_the_ballots_are_kept_back_until_the_close(app: Flask, client: FlaskClient, poll: Poll) -> None:
    poll.vote()
    for address in (f"/contests/{poll.slug}/ballots.csv", f"/api/v1/contests/{poll.slug}/ballots.csv"):
        answer = client.get(f"{address}?round=1")
        assert answer.status_code in (403, 404, 409)
        assert poll.key not in answer.get_data(as_text=True)


def test_the_last_second_of_a_round_still_tells_nothing(app: Flask, poll: Poll, signed: Any) -> None:
    """Its last moment is past and nobody has counted it yet."""
    with clock.as_of(days(7)):
        before = read_all(app, poll, "guest", signed)
        with clock.as_of(NOW):
            poll.vote()
        after = read_all(app, poll, "guest", signed)
    assert [address for address in before if before[address] != after[address]] == []
