"""A rule that used to give and has gone quiet is noticed; a quiet community, a seasonal rule and a rare badge are not."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.badges import silence
from recognition.badges.models import Award, Badge, BadgeVersion
from recognition.badges.silence import Habit, may_be_heard, unusual_since, usual_gap_days
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.identity.pages import send

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def ago(days: float) -> datetime:
    return NOW - days * DAY


def awards(badge: Badge, days_ago: Sequence[float], **values: Any) -> None:
    for number, days in enumerate(days_ago):
        member = make_member(f"{badge.slug}-{number}-{values.get('how', 'rule')}")
        row = Award(
            badge_id=badge.id, member_id=member.id, key=f"{member.handle}"[-22:], version=1, awarded_at=ago(days), **values
        )
        silence.db.session.add(row)
    silence.db.session.flush()


def deeds_of_a_year(every_days: int = 3, until_days_ago: int = 0, since_days_ago: int = 360) -> None:
    teller = make_member("teller")
    for days in range(until_days_ago, since_days_ago, every_days):
        make_activity(teller.id, occurred_at=ago(days + 0.1), fingerprinted=False)


def listened(now: datetime = NOW) -> dict[str, datetime | None]:
    silence.listen(now)
    silence.db.session.commit()
    return dict(silence.db.session.execute(sa.select(Badge.slug, Badge.silent_since)).all())


def told() -> list[tuple[int, str]]:
    found = silence.db.session.execute(sa.select(Notice.member_id, Notice.kind).order_by(Notice.id))
    return [tuple(row) for row in found]


@pytest.mark.parametrize(
    ("days", "gap"), [((), 1), ((5,), 1), ((1, 2), 1), ((1, 8, 15, 22), 7), ((1, 2, 3, 4, 60), 1), ((0, 1, 3, 6, 10), 3)]
)
def test_the_usual_gap(days: tuple[int, ...], gap: int) -> None:
    assert usual_gap_days(days) == gap


@given(st.lists(st.integers(0, 366), min_size=2, max_size=60, unique=True))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_the_usual_gap_is_one_of_the_gaps_and_three_of_four_are_not_longer(days: list[int]) -> None:
    ordered = sorted(days)
    gaps = [later - earlier for earlier, later in pairwise(ordered)]
    usual = usual_gap_days(days)
    assert usual in gaps
    assert 4 * sum(gap <= usual for gap in gaps) >= 3 * len(gaps)
    assert 4 * sum(gap < usual for gap in gaps) < 3 * len(gaps)


@pytest.mark.parametrize(
    ("rule", "heard"),
    [
        ({"count": {"kind": "talk"}, "at_least": 3}, True),
        ({"count": {"kind": "talk", "window": {"any_days": 30}}, "at_least": 3}, True),
        ({"count": {"kind": "talk", "window": {"from": "2026-01-01"}}, "at_least": 3}, True),
        ({"streak": "month", "where": {}, "at_least": 3}, True),
        ({"count": {"window": {"months": [11]}}, "at_least": 1}, False),
        ({"count": {"window": {"from": "2026-01-01", "until": "2026-02-01"}}, "at_least": 1}, False),
        ({"all": [{"holds": "x"}, {"count": {"campaign": "spring"}, "at_least": 1}]}, False),
        ({"not": {"count": {"window": {"period": "2026"}}, "at_least": 1}}, False),
        (None, False),
    ],
)
def test_a_rule_for_some_of_the_year_is_not_judged(rule: Any, heard: bool) -> None:
    assert may_be_heard(rule) is heard


@pytest.mark.parametrize(
    ("habit", "since"),
    [
        (Habit(5, ago(100), ago(30), (0, 7, 14, 21)), ago(30) + 21 * DAY),
        (Habit(5, ago(100), ago(30), (0, 1, 2, 3)), ago(30) + 14 * DAY),
        (Habit(4, ago(100), ago(30), (0, 1, 2, 3)), None),
        (Habit(5, ago(57.9), ago(30), (0, 1, 2, 3)), None),
        (Habit(5, ago(58), ago(30), (0, 1, 2, 3)), ago(16)),
        (Habit(5, ago(100), ago(30), (0, 10, 20, 30)), None),
        (Habit(5, ago(100), ago(14), (0, 1, 2, 3)), None),
    ],
)
def test_when_silence_is_unusual(habit: Habit, since: datetime | None) -> None:
    assert unusual_since(habit, [], NOW) == since


def test_other_noises_put_it_off() -> None:
    habit = Habit(5, ago(100), ago(60), (0, 1, 2, 3))
    assert unusual_since(habit, [ago(50), ago(20)], NOW) == ago(6)
    assert unusual_since(habit, [ago(13)], NOW) is None


def test_a_rule_that_has_gone_silent_is_marked_and_the_council_told_once(db: Any, app: Flask) -> None:
    deeds_of_a_year()
    council = [make_member(name, roles=("council",)).id for name in ("amina", "bo")]
    make_member("gone", roles=("council",), state="suspended")
    make_member("root", roles=("admin",))
    awards(make_badge("silent"), [140, 133, 126, 119, 112, 105])
    awards(make_badge("lively"), [70, 60, 50, 40, 30, 13])
    awards(make_badge("young"), [50, 49, 48, 47, 46])
    awards(make_badge("rare"), [300, 200, 100])
    awards(make_badge("slow"), [300, 260, 220, 180, 140, 100])
    expected = {"silent": ago(84), "lively": None, "young": None, "rare": None, "slow": None}
    assert listened() == expected
    assert told() == [(member_id, "badge.silent") for member_id in council]
    assert listened(NOW + DAY) == expected
    assert len(told()) == 2


def test_only_rules_in_force_are_listened_to(db: Any, app: Flask) -> None:
    deeds_of_a_year()
    days = [140, 133, 126, 119, 112, 105]
    awards(make_badge("drafted", state="draft", silent_since=ago(9)), days)
    awards(make_badge("retired", state="retired", silent_since=ago(9)), days)
    awards(make_badge("november", {"count": {"window": {"months": [11]}}, "at_least": 1}), days)
    awards(make_badge("by-hand"), days, how="hand")
    assert set(listened().values()) == {None}
    assert told() == []


def test_it_is_cleared_when_it_gives_again_and_told_anew_at_the_next_silence(db: Any, app: Flask) -> None:
    deeds_of_a_year()
    make_member("amina", roles=("council",))
    badge = make_badge("b")
    awards(badge, [140, 133, 126, 119, 112, 105])
    assert listened()["b"] == ago(84)
    member = make_member("new")
    db.session.add(Award(badge_id=badge.id, member_id=member.id, key="again", version=1, awarded_at=NOW))
    assert listened(NOW + DAY)["b"] is None
    deed = make_member("busy")
    for days in range(0, 30, 3):
        make_activity(deed.id, occurred_at=NOW + days * DAY, fingerprinted=False)
    # Five gaps of a week and one of fifteen: a week is usual still.
    assert listened(NOW + 21 * DAY)["b"] is None
    assert listened(NOW + 22 * DAY)["b"] == NOW + 21 * DAY
    assert len(told()) == 2


def test_what_gave_a_moment_ago_is_not_shown_as_silent(
    db: Any, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], None]
) -> None:
    deeds_of_a_year()
    badge = make_badge("b", name="Bridge builder")
    awards(badge, [140, 133, 126, 119, 112, 105])
    assert listened()["b"] == ago(84)
    sign_in(client, make_member("amina", roles=("council",)))
    pages = ("/council/badges/silent", "/council/badges/")
    assert ["silent" in client.get(pages[1]).text, "That is fine" in client.get(pages[0]).text] == [True, True]
    db.session.add(Award(badge_id=badge.id, member_id=make_member("new").id, key="again", version=1, awarded_at=NOW))
    db.session.commit()
    assert ["silent" in client.get(pages[1]).text, "That is fine" in client.get(pages[0]).text] == [False, False]


def test_the_council_finds_a_silence_fine_and_hears_of_the_next_one(
    db: Any, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], None]
) -> None:
    deeds_of_a_year()
    badge = make_badge("b", name="Bridge builder")
    awards(badge, [140, 133, 126, 119, 112, 105])
    listened()
    amina = make_member("amina", roles=("council",))
    assert silence.accept(badge.id, amina.id, ago(0)) is True
    assert silence.accept(badge.id, amina.id, ago(0)) is False
    assert listened(NOW + DAY)["b"] is None
    db.session.add(Award(badge_id=badge.id, member_id=make_member("new").id, key="again", version=1, awarded_at=NOW + DAY))
    for days in range(0, 30, 3):
        make_activity(amina.id, occurred_at=NOW + days * DAY, fingerprinted=False)
    assert listened(NOW + 23 * DAY)["b"] == NOW + 22 * DAY
    sign_in(client, amina)
    assert send(client, "/council/badges/silent", "/council/badges/silent/b").status_code == 303
    db.session.expire_all()
    assert (badge.silent_since, badge.silence_known_at is None) == (None, False)
    done = db.session.execute(sa.select(AuditEntry.action, AuditEntry.target, AuditEntry.actor_id)).all()
    assert [tuple(row) for row in done] == [("badge.silence_accepted", "badge:b", amina.id)] * 2


def test_a_renewal_is_giving_too(db: Any, app: Flask) -> None:
    deeds_of_a_year()
    badge = make_badge("b")
    awards(badge, [140, 133, 126, 119, 112, 105])
    db.session.execute(sa.update(Award).where(Award.awarded_at == ago(140)).values(renewed_at=ago(3)))
    assert listened()["b"] is None


def test_a_changed_rule_gets_time_and_a_broken_one_is_found(db: Any, app: Flask) -> None:
    deeds_of_a_year()
    badge = make_badge("b")
    awards(badge, [140, 133, 126, 119, 112, 105])
    assert listened()["b"] == ago(84)
    badge.version = 2
    db.session.add(BadgeVersion(badge_id=badge.id, version=2, criteria=badge.criteria, levels=[], created_at=ago(10)))
    assert listened()["b"] is None
    db.session.execute(sa.update(BadgeVersion).where(BadgeVersion.version == 2).values(created_at=ago(30)))
    assert listened()["b"] == ago(9)


def test_while_nobody_tells_anything_it_is_not_the_rule(db: Any, app: Flask) -> None:
    amina = make_member("amina", roles=("council",))
    awards(make_badge("b"), [140, 133, 126, 119, 112, 105])
    assert listened()["b"] is None
    assert told() == []
    deeds_of_a_year(until_days_ago=100)
    assert listened()["b"] is None
    assert listened(NOW + DAY)["b"] is None
    assert told() == [(amina.id, "community.quiet")]


def test_after_a_pause_of_all_silence_counts_anew(db: Any, app: Flask) -> None:
    """Deeds until 100 days ago, then none, and again since 20 days: the rule has had 20 days."""
    deeds_of_a_year(until_days_ago=100)
    waker = make_member("waker")
    for days in (20, 15, 8, 1):
        make_activity(waker.id, occurred_at=ago(days), fingerprinted=False)
    awards(make_badge("weekly"), [140, 133, 126, 119, 112, 105])
    awards(make_badge("daily"), [140, 104, 103, 102, 101, 100])
    assert listened() == {"weekly": None, "daily": ago(6)}
    assert silence.end_of_last_pause(NOW) == ago(20)


def test_what_was_silent_before_a_pause_stays_so(db: Any, app: Flask) -> None:
    deeds_of_a_year(until_days_ago=0)
    awards(make_badge("b"), [140, 133, 126, 119, 112, 105])
    assert listened()["b"] == ago(84)
    assert listened(NOW + 60 * DAY)["b"] == ago(84)
    make_activity(make_member("waker").id, occurred_at=NOW + 59 * DAY, fingerprinted=False)
    assert listened(NOW + 60 * DAY)["b"] == ago(84)


def test_a_few_questions_whatever_there_is(db: Any, app: Flask, count_queries: Callable[[], Any]) -> None:
    deeds_of_a_year(every_days=1)
    make_member("amina", roles=("council",))
    numbers = []
    for slugs in (["a"], ["b", "c", "d"], ["e", "f", "g"]):
        for slug in slugs:
            awards(make_badge(slug), [140, 133, 126, 119, 112, 105])
        db.session.commit()
        with count_queries() as seen:
            silence.listen(NOW)
        numbers.append(len([statement for statement in seen if not statement.startswith("UPDATE badge")]))
        db.session.commit()
    assert numbers[0] == numbers[1] == numbers[2] <= 40


def test_the_council_reads_it(db: Any, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], None]) -> None:
    deeds_of_a_year()
    amina = make_member("amina", roles=("council",))
    awards(make_badge("b", name="Bridge builder"), [140, 133, 126, 119, 112, 105])
    listened()
    sign_in(client, amina)
    assert "The rule of Bridge builder used to give pins and has gone quiet." in client.get("/me/notices").text
