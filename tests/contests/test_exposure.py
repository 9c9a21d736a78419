"""A simulated electorate: everybody looks at as many pages as they like, and each entry is seen as often as the others."""

import random

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.contests.models.vote import Candidate, Sheet
from recognition.contests.services.sheets import PAGE_ENTRIES, next_page
from recognition.extensions import db
from tests.factories.contests import NOW, make_contest, make_entry, open_round
from tests.factories.identity import make_member

VOTERS, ENTRIES = 1_000, 60


@pytest.fixture
def today(app: Flask) -> object:
    with clock.as_of(NOW), app.test_request_context():
        yield


def test_everybody_is_seen_alike(today: object, capsys: pytest.CaptureFixture[str]) -> None:
    contest = make_contest()
    one = contest.rounds[0]
    makers = [make_member(f"maker-{number}") for number in range(ENTRIES)]
    entries = [make_entry(contest, maker) for maker in makers]
    others = [make_member(f"voter-{number}") for number in range(VOTERS - ENTRIES)]
    open_round(one, entries, [*makers, *others])
    db.session.commit()
    dice = random.Random(7)
    voters = [member.id for member in (*makers, *others)]
    dice.shuffle(voters)
    pages, round_id = 0, one.id
    for voter in voters:
        for page in range(dice.randint(1, ENTRIES // PAGE_ENTRIES)):
            pages += bool(next_page(round_id, voter, page * PAGE_ENTRIES))
        db.session.commit()
    seen = db.session.scalars(sa.select(Candidate.seen_count)).all()
    spread = max(seen) - min(seen)
    with capsys.disabled():
        print(f"\n{VOTERS} voters, {ENTRIES} entries, {pages} pages: each seen {min(seen)} to {max(seen)} times, spread {spread}")
    orders = [tuple(order) for order in db.session.scalars(sa.select(Sheet.order))]
    assert sum(seen) == sum(len(order) for order in orders)
    assert all(len(set(order)) == len(order) for order in orders)
    assert spread <= 2
    assert len({order[0] for order in orders}) == ENTRIES
    assert len({order[:PAGE_ENTRIES] for order in orders}) > VOTERS // 2
