"""Awards that are valid for a time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities import drain
from recognition.announcements.models import Notice
from recognition.badges import rebuild
from recognition.badges.models import HAND, Award
from recognition.badges.services import answering, expiry, giving, revoking, states
from recognition.extensions import db as database
from tests.factories.activities import make_deeds
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
TWO_TALKS = {"count": {"kind": "talk"}, "at_least": 2}
TERMS: dict[str, Any] = {"valid_days": 100, "warn_days": 10}


class At:
    """The clock of the drain, set by the test."""

    def __init__(self) -> None:
        self.now = START

    def day(self, number: int) -> datetime:
        self.now = START + timedelta(days=number)
        return self.now


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    moment = At()
    monkeypatch.setattr(clock, "utcnow", lambda: moment.now)
    return moment


def age(now: datetime) -> None:
    place: int | None = 0
    while place is not None:
        place = expiry.age_slice(place, now)


def told() -> list[str]:
    return list(database.session.scalars(sa.select(Notice.kind).order_by(Notice.id)))


def settle() -> None:
    database.session.commit()
    drain.drain()


def the_award() -> Award:
    database.session.commit()
    return database.session.scalars(sa.select(Award)).one()


def talk(member: Any, at: At, day: int, number: int = 2) -> None:
    make_deeds(member.id, number, occurred_at=START + timedelta(days=day))
    at.day(day)
    settle()


def test_told_once_before_and_once_when_it_is_over(db: Any, at: At) -> None:
    ada = make_member("ada")
    make_badge("first-aid", TWO_TALKS, **TERMS)
    talk(ada, at, 0)
    assert the_award().expires_at == START + timedelta(days=100)
    for day, kinds in ((89, []), (90, ["award.expiring"]), (95, ["award.expiring"]), (99, ["award.expiring"])):
        age(at.day(day))
        assert told() == kinds
    for day in (100, 101, 300):
        age(at.day(day))
        assert told() == ["award.expiring", "award.expired"]
    award = the_award()
    assert (award.expired_at, award.shown, award.badge.holders_count) == (START + timedelta(days=100), True, 1)
    assert list(rebuild.check()) == []


def test_a_job_that_was_away_tells_only_that_it_is_over(db: Any, at: At) -> None:
    ada = make_member("ada")
    make_badge("first-aid", TWO_TALKS, **TERMS)
    talk(ada, at, 0)
    age(at.day(200))
    assert told() == ["award.expired"]


@pytest.mark.parametrize("day", [91, 150])
def test_new_deeds_near_its_end_or_after_it_renew_it(db: Any, at: At, day: int) -> None:
    ada = make_member("ada")
    make_badge("first-aid", TWO_TALKS, **TERMS)
    talk(ada, at, 0, number=5)
    age(at.day(90))
    age(at.day(day))
    talk(ada, at, day, number=1)
    assert the_award().renewed_at is None
    talk(ada, at, day + 1, number=1)
    award, renewed = the_award(), START + timedelta(days=day + 1)
    assert (award.renewed_at, award.expires_at, award.warned_at, award.expired_at) == (
        renewed, renewed + timedelta(days=100), None, None,
    )  # fmt: skip
    before = len(told())
    age(at.day(day + 91))
    assert told()[before:] == ["award.expiring"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Award)) == 1


def test_deeds_in_its_time_renew_it_instead_of_a_warning(db: Any, at: At) -> None:
    ada = make_member("ada")
    make_badge("first-aid", TWO_TALKS, **TERMS)
    talk(ada, at, 0)
    talk(ada, at, 50)
    assert the_award().renewed_at is None
    age(at.day(90))
    assert (told(), the_award().expires_at) == (["award.renewed"], START + timedelta(days=190))


def test_deeds_from_before_that_were_told_late_renew_nothing(db: Any, at: At) -> None:
    ada = make_member("ada")
    make_badge("first-aid", TWO_TALKS, **TERMS)
    talk(ada, at, 0)
    make_deeds(ada.id, 5, occurred_at=START - timedelta(days=1))
    at.day(95)
    settle()
    age(at.day(96))
    assert (told(), the_award().renewed_at) == (["award.expiring"], None)


def test_badges_that_it_builds_on_need_not_be_earned_anew(db: Any, at: At) -> None:
    ada = make_member("ada")
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})
    trainer = make_badge("trainer", {"all": [{"holds": "talker"}, {"count": {"kind": "course"}, "at_least": 1}]}, **TERMS)
    resting = make_badge("resting", {"holds": "talker"}, **TERMS)
    talk(ada, at, 0, number=1)
    make_deeds(ada.id, 1, kind="course", occurred_at=START)
    settle()
    make_deeds(ada.id, 1, kind="course", occurred_at=START + timedelta(days=95))
    at.day(95)
    settle()
    age(at.day(95))
    renewed = dict(db.session.execute(sa.select(Award.badge_id, Award.renewed_at)).all())
    assert (renewed[trainer.id], renewed[resting.id]) == (START + timedelta(days=95), None)


@pytest.mark.parametrize("wish", ["no_badges", "blocked"])
def test_a_badge_that_its_holder_wants_no_more_is_not_renewed(db: Any, at: At, wish: str) -> None:
    ada, group = make_member("ada"), make_group("lima")
    make_badge("first-aid", TWO_TALKS, issuer_id=group.id, **TERMS)
    talk(ada, at, 0)
    if wish == "no_badges":
        ada.takes_badges = False
    else:
        answering.block_issuer(ada.id, group.id, on=True, now=START)
    talk(ada, at, 95)
    age(at.day(95))
    assert (told(), the_award().renewed_at) == (["award.expiring"], None)


@pytest.mark.parametrize("end", ["retired", "revoked", "hand"])
def test_what_no_rule_renews(db: Any, at: At, end: str) -> None:
    ada, badge = make_member("ada"), make_badge("first-aid", TWO_TALKS, **TERMS)
    if end == "hand":
        giving.hand_out(badge, [ada.id], START, how=HAND, giver_id=None)
        db.session.execute(sa.delete(Notice))
    talk(ada, at, 0)
    if end == "retired":
        states.retire(badge.id, None, START)
    if end == "revoked":
        revoking.revoke(the_award().id, None, "A mistake.", START)
        db.session.execute(sa.delete(Notice))
    talk(ada, at, 95)
    age(at.day(95))
    age(at.day(100))
    assert (told(), the_award().renewed_at) == ([] if end == "revoked" else ["award.expiring", "award.expired"], None)


def test_many_are_gone_through_in_slices_at_the_price_of_one(
    db: Any, at: At, monkeypatch: pytest.MonkeyPatch, count_queries: Any
) -> None:
    make_badge("first-aid", TWO_TALKS, **TERMS)
    for number in range(7):
        make_deeds(make_member(f"m{number}").id, 2, occurred_at=START)
    settle()
    monkeypatch.setattr(expiry, "SLICE_AWARDS", 3)
    with count_queries() as seen:
        assert expiry.age_slice(0, at.day(95)) is not None
    assert len(seen) <= 12
    age(at.day(95))
    assert told() == ["award.expiring"] * 7
