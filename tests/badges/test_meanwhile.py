"""What two transactions do to one badge at the same moment: the second waits, and sees what the first one did."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.activities import drain
from recognition.announcements.models import Notice
from recognition.badges import rebuild
from recognition.badges.models import HAND, Award, Badge
from recognition.badges.rules import NotGiven, terms_of
from recognition.badges.services import answering, considering, expiry, giving, revoking, states
from recognition.extensions import db as database
from tests.factories.activities import make_deeds
from tests.factories.badges import make_badge, make_spec
from tests.factories.identity import make_member

ONE_TALK = {"count": {"kind": "talk"}, "at_least": 1}
BEGUN_SECONDS = 0.3
"""After which the other transaction is sure to wait for ours."""


pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")
"""SQLite lets one write at a time."""


def aside(app: Flask, work: Callable[[], Any], found: list[Any]) -> threading.Thread:
    def alone() -> None:
        with app.test_request_context():
            try:
                found.append(work())
                database.session.commit()
            except Exception as fault:
                found.append(fault)

    thread = threading.Thread(target=alone)
    thread.start()
    return thread


@contextmanager
def meanwhile(app: Flask, work: Callable[[], Any]) -> Iterator[list[Any]]:
    """`work` begins, then the block goes on in our transaction and commits. The list has what `work` came to."""
    found: list[Any] = []
    thread = aside(app, work, found)
    thread.join(BEGUN_SECONDS)
    try:
        yield found
    finally:
        database.session.commit()
        thread.join(20)
        database.session.expire_all()


def awards(*columns: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in database.session.execute(sa.select(*columns).order_by(Award.id))]


def told() -> list[str]:
    return list(database.session.scalars(sa.select(Notice.kind).order_by(Notice.id)))


def consider_uncommitted() -> None:
    drain._consider(drain._claim(None, 1000))


@pytest.fixture
def ada(db: Any) -> int:
    """Has level 1, and a deed that brings level 2."""
    make_badge("talker", {"count": {"kind": "talk"}}, levels=[1, 2])
    member_id = make_member("ada").id
    for _turn in range(2):
        database.session.commit()
        drain.drain()
        make_deeds(member_id, 1)
    database.session.commit()
    return member_id


def test_declined_while_its_next_level_is_given(app: Flask, ada: int) -> None:
    key = database.session.scalar(sa.select(Award.key)) or ""
    consider_uncommitted()
    with meanwhile(app, lambda: answering.decline(ada, key, clock.utcnow())) as found:
        pass
    drain.drain()
    assert (found, awards(Award.occasion, Award.answer, Award.shown)) == (
        [True], [("1", "declined", False), ("2", "declined", False)],
    )  # fmt: skip
    assert list(rebuild.check()) == []


@pytest.mark.parametrize("how", ["rule", HAND])
def test_its_next_level_is_given_while_it_is_declined(app: Flask, ada: int, how: str) -> None:
    key, badge_id = database.session.execute(sa.select(Award.key, Award.badge_id)).one()

    def give() -> Any:
        if how == "rule":
            return drain.drain().awarded
        badge = database.session.get_one(Badge, badge_id)
        return giving.hand_out(badge, [ada], clock.utcnow(), how=HAND, giver_id=None, level=2)[ada]

    assert answering.decline(ada, key, clock.utcnow())
    with meanwhile(app, give) as found:
        pass
    drain.drain()
    assert (found, awards(Award.occasion, Award.shown)) == ([0 if how == "rule" else "declined"], [("1", False)])
    assert list(rebuild.check()) == []


@pytest.mark.parametrize("verb", ["decline", "revoke"])
def test_taken_away_while_the_drain_considers_what_it_told(app: Flask, db: Any, verb: str) -> None:
    make_badge("talker", ONE_TALK)
    make_badge("built-on-it", {"holds": "talker"})
    ada, ben = make_member("ada").id, make_member("ben").id
    make_deeds(ada, 1)
    db.session.commit()
    consider_uncommitted()
    make_deeds(ben, 1)
    db.session.commit()
    award_id, key = db.session.execute(sa.select(Award.id, Award.key)).one()
    claimed = drain._claim(None, 1000)

    def take() -> Any:
        if verb == "decline":
            return answering.decline(ada, key, clock.utcnow())
        return revoking.revoke(award_id, None, "A mistake.", clock.utcnow())

    with meanwhile(app, take) as found:
        drain._consider(claimed)
    drain.drain()
    assert found == [True]
    holders = dict(db.session.execute(sa.select(Badge.slug, Badge.holders_count)).all())
    assert holders == {"talker": 1, "built-on-it": 2}
    assert [fault for fault in rebuild.check() if "extra" not in fault] == []


@pytest.mark.parametrize("wears_at_once", [True, False])
def test_retired_while_the_drain_gives_it(app: Flask, db: Any, wears_at_once: bool) -> None:
    badge = make_badge("talker", ONE_TALK)
    make_deeds(make_member("ada", wears_at_once=wears_at_once).id, 1)
    db.session.commit()
    states.retire(badge.id, None, clock.utcnow())
    with meanwhile(app, lambda: drain.drain().awarded) as found:
        pass
    assert (found, awards(Award.id)) == ([0], [])


def test_retired_while_somebody_gives_it(app: Flask, db: Any) -> None:
    badge_id, ada = make_badge("kind-soul", {}).id, make_member("ada").id
    db.session.commit()
    states.retire(badge_id, None, clock.utcnow())

    def give() -> Any:
        return giving.hand_out(db.session.get_one(Badge, badge_id), [ada], clock.utcnow(), how=HAND, giver_id=None)

    with meanwhile(app, give) as found:
        pass
    assert ([type(one) for one in found], awards(Award.id)) == ([NotGiven], [])


def test_its_levels_are_changed_while_the_drain_gives_it(app: Flask, db: Any) -> None:
    """Nobody held it, so a level may go; the look back at everybody gives the new ones."""
    make_badge("talker", {"count": {"kind": "talk"}}, levels=[2, 3])
    make_deeds(make_member("ada").id, 3)
    db.session.commit()
    states.save_badge(make_spec("talker", {"count": {"kind": "talk"}}, levels=[1]), clock.utcnow())
    with meanwhile(app, lambda: drain.drain().awarded):
        pass
    badge = db.session.scalars(sa.select(Badge)).one()
    considering.backfill_slice(badge.id, badge.look, 0, clock.utcnow())
    db.session.commit()
    assert awards(Award.occasion, Award.version) == [("1", 2)]


def test_its_level_goes_while_somebody_gives_it(app: Flask, db: Any) -> None:
    badge_id, ada = make_badge("kind-soul", {}, levels=[1, 5]).id, make_member("ada").id
    db.session.commit()
    states.save_badge(make_spec("kind-soul", None, levels=[1, 7]), clock.utcnow())

    def give() -> Any:
        badge = db.session.get_one(Badge, badge_id)
        return giving.hand_out(badge, [ada], clock.utcnow(), how=HAND, giver_id=None, level=5)

    with meanwhile(app, give) as found:
        pass
    assert ([type(one) for one in found], awards(Award.id)) == ([NotGiven], [])


@pytest.fixture
def over(db: Any) -> int:
    """An award that was over yesterday; its holder."""
    make_badge("talker", ONE_TALK, valid_days=10, warn_days=2)
    member_id = make_member("ada").id
    make_deeds(member_id, 1, occurred_at=clock.utcnow() - timedelta(days=12))
    db.session.commit()
    drain.drain()
    was = clock.utcnow() - timedelta(days=11)
    db.session.execute(sa.update(Award).values(awarded_at=was, expires_at=was + timedelta(days=10)))
    db.session.commit()
    return member_id


def test_renewed_by_two_drains_at_once(app: Flask, over: int) -> None:
    make_deeds(over, 2, occurred_at=clock.utcnow())
    database.session.commit()
    drain._consider(drain._claim(None, 1))
    with meanwhile(app, lambda: drain.drain(batch_rows=1).considered):
        pass
    assert told() == ["award.renewed"]


def test_renewed_while_the_job_finds_that_it_is_over(app: Flask, over: int, monkeypatch: pytest.MonkeyPatch) -> None:
    met = expiry.renew_met

    def renew() -> None:
        award = database.session.scalars(sa.select(Award)).one()
        giving.renew({award.id: award.expires_at}, terms_of(award.badge), clock.utcnow())

    def and_somebody_is_faster(found: Any, now: Any) -> set[int]:
        renewed = met(found, now)
        aside(app, renew, []).join(20)
        return renewed

    monkeypatch.setattr(expiry, "renew_met", and_somebody_is_faster)
    expiry.age_slice(0, clock.utcnow())
    database.session.commit()
    database.session.expire_all()
    assert (awards(Award.expired_at), told()) == ([(None,)], ["award.renewed"])
