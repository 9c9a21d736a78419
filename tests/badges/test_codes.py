"""Claim codes: who gets the badge, how often, and what everybody else is told."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.badges import codes
from recognition.badges.models import Award, Badge, Claim, ClaimCode
from recognition.badges.services.answering import decline
from recognition.badges.services.codes import BadCode, NoClaim, claim, close_code, make_code
from recognition.badges.services.states import publish, save_badge
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.factories.badges import make_badge, make_spec
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
AT_ONCE = 10


@pytest.fixture(autouse=True)
def request_around(app: Flask) -> Any:
    with app.test_request_context():
        yield


def make(badge: Badge, limit: int = 10, **changes: Any) -> ClaimCode:
    council = database.session.scalar(sa.select(Member).where(Member.handle == "rosa")) or make_member("rosa", roles=("council",))
    asked = {"label": "An evening in Nairobi", "opens_at": NOW - DAY, "expires_at": NOW + DAY, "level": None, **changes}
    made = make_code(badge, asked["label"], limit, asked["opens_at"], asked["expires_at"], asked["level"], council, NOW)
    database.session.commit()
    return made


def awards() -> list[tuple[int, str, str, str, int | None]]:
    rows = database.session.scalars(sa.select(Award).order_by(Award.member_id, Award.level))
    return [(row.member_id, row.how, row.answer, row.reason, row.level) for row in rows]


def test_a_claim_brings_the_badge_at_once_and_counts_one_use() -> None:
    code, ada = make(make_badge()), make_member("ada")
    done = claim(code.code, ada, NOW)
    assert (done.new, code.used) == (True, 1)
    assert awards() == [(ada.id, "code", "accepted", "An evening in Nairobi", None)]


def test_case_spaces_and_dashes_do_not_matter() -> None:
    code = make(make_badge())
    typed = f" {code.code[:3].lower()}-{code.code[3:5]} {code.code[5:].lower()} "
    assert claim(typed, make_member("ada"), NOW).new


def test_the_same_member_again_has_it_already_and_uses_nothing() -> None:
    code, ada = make(make_badge()), make_member("ada")
    first = claim(code.code, ada, NOW)
    again = claim(code.code, ada, NOW + 2 * DAY)
    assert (again.new, again.award_key, code.used) == (False, first.award_key, 1)


def test_whoever_holds_the_badge_uses_nothing() -> None:
    badge, ada = make_badge(), make_member("ada")
    claim(make(badge).code, ada, NOW)
    other = make(badge, limit=1)
    assert not claim(other.code, ada, NOW).new
    assert other.used == 0
    assert claim(other.code, make_member("ben"), NOW).new


def test_the_maker_cannot_give_it_to_themselves() -> None:
    code = make(make_badge())
    with pytest.raises(NoClaim, match="nobody gives a badge to themselves"):
        claim(code.code, database.session.get_one(Member, code.created_by_id), NOW)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": "draft"}, "still being made"),
        ({"state": "retired"}, "is retired"),
        ({"opens_at": NOW + timedelta(hours=1)}, "opens on 22 Nov 2026"),
        ({"expires_at": NOW}, "was good until 20 Nov 2026"),
        ({"closed_at": NOW}, "was closed"),
        ({"used": 10}, "all of its pins are given out"),
    ],
)
def test_a_code_that_is_not_open_says_why(change: dict[str, Any], sentence: str) -> None:
    code, ada = make(make_badge()), make_member("ada")
    for name, value in change.items():
        setattr(code.badge if name == "state" else code, name, value)
    database.session.commit()
    with pytest.raises(NoClaim, match=sentence):
        claim(code.code, ada, NOW)
    assert awards() == []
    assert database.session.scalars(sa.select(Claim)).all() == []


def test_the_edges_of_its_time_are_half_open() -> None:
    badge = make_badge()
    code = make(badge, opens_at=NOW, expires_at=NOW + DAY)
    states = [codes.state_of(code, moment) for moment in (NOW - timedelta(seconds=1), NOW, NOW + DAY - timedelta(seconds=1),
                                                          NOW + DAY)]  # fmt: skip
    assert states == ["early", "open", "open", "expired"]


def test_an_unknown_code_is_told_kindly() -> None:
    with pytest.raises(NoClaim, match="We know no such code"):
        claim("22222222", make_member("ada"), NOW)


def test_no_badges_means_none_by_a_code() -> None:
    code, ada = make(make_badge()), make_member("ada", takes_badges=False)
    with pytest.raises(NoClaim, match="take no badges"):
        claim(code.code, ada, NOW)
    database.session.commit()
    assert (awards(), code.used) == ([], 0)


def test_a_closed_code_is_closed_once() -> None:
    code = make(make_badge())
    rosa = database.session.get_one(Member, code.created_by_id)
    assert [close_code(code.id, rosa, NOW), close_code(code.id, rosa, NOW)] == [True, False]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("label", {"label": ""}),
        ("label", {"label": "x" * 121}),
        ("limit", {"limit": 0}),
        ("limit", {"limit": codes.LIMIT_MAX + 1}),
        ("until", {"expires_at": NOW - DAY}),
        ("until", {"opens_at": NOW + 2 * DAY}),
        ("level", {"level": 5}),
    ],
)
def test_a_code_that_cannot_work_is_refused(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(BadCode) as fault:
        make(make_badge(), **changes)
    assert fault.value.field == field


def test_a_levelled_badge_needs_a_level() -> None:
    badge = make_badge("many", {"count": {}}, levels=[1, 5])
    with pytest.raises(BadCode):
        make(badge)
    code, ada = make(badge, level=5), make_member("ada")
    assert claim(code.code, ada, NOW).new
    assert [row[4] for row in awards()][-1] == 5


def test_a_code_made_before_the_badge_had_levels_brings_the_lowest() -> None:
    badge = make_badge("kind", {"count": {}, "at_least": 1}, state="draft")
    code, ada = make(badge), make_member("ada")
    save_badge(make_spec("kind", {"count": {}}, levels=[1, 5]), NOW)
    publish(badge.id)
    assert claim(code.code, ada, NOW).new
    assert not claim(code.code, ada, NOW).new
    assert ([row[4] for row in awards()], code.used) == ([1], 1)


def test_a_code_whose_level_is_gone_says_so() -> None:
    badge = make_badge("kind", {"count": {}}, state="draft", levels=[1, 5])
    code, ada = make(badge, level=5), make_member("ada")
    save_badge(make_spec("kind", {"count": {}}, levels=[1, 10]), NOW)
    publish(badge.id)
    with pytest.raises(NoClaim, match="a level that this badge no longer has"):
        claim(code.code, ada, NOW)
    assert (awards(), code.used) == ([], 0)


def test_a_badge_that_is_retired_in_that_very_moment_brings_nothing() -> None:
    code, ada = make(make_badge()), make_member("ada")
    assert code.badge.state == "published"
    database.session.execute(sa.text("UPDATE badge SET state = 'retired'"))
    with pytest.raises(NoClaim, match="is retired"):
        claim(code.code, ada, NOW)
    database.session.refresh(code)
    assert (awards(), code.used) == ([], 0)


def test_a_used_code_does_not_bring_it_a_second_time_and_another_one_does() -> None:
    badge, ada = make_badge(valid_days=10, warn_days=2), make_member("ada")
    code = make(badge, expires_at=NOW + 100 * DAY)
    claim(code.code, ada, NOW)
    later = NOW + 20 * DAY
    with pytest.raises(NoClaim, match="You used this code before"):
        claim(code.code, ada, later)
    assert code.used == 1
    assert claim(make(badge, expires_at=NOW + 100 * DAY).code, ada, later).new
    assert not claim(code.code, ada, later).new


def test_who_declined_what_came_with_a_code_is_not_told_that_they_have_it() -> None:
    code, ada = make(make_badge()), make_member("ada")
    decline(ada.id, claim(code.code, ada, NOW).award_key, NOW)
    with pytest.raises(NoClaim, match="You declined this badge once"):
        claim(code.code, ada, NOW)


def test_letters_are_read_aloud_without_doubt() -> None:
    assert not set("01ILOAEU") & set(codes.ALPHABET)
    assert codes.spoken("BCDF2345") == "BCDF 2345"


def _all_at_once(app: Flask, members: list[int], text: str) -> Counter[str]:
    together = Barrier(AT_ONCE)

    def one(place: int) -> list[str]:
        told = []
        with app.app_context(), app.test_request_context():
            together.wait(10)
            for member_id in members[place::AT_ONCE]:
                try:
                    done = claim(text, database.session.get_one(Member, member_id), NOW)
                    database.session.commit()
                    told.append("new" if done.new else "again")
                except NoClaim as fault:
                    database.session.rollback()
                    told.append("full" if "given out" in str(fault) else str(fault))
            database.session.remove()
        return told

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(word for told in pool.map(one, range(AT_ONCE)) for word in told)


@pytest.fixture
def people(make_member: Callable[..., Any]) -> list[int]:
    return [make_member(f"guest-{number}").id for number in range(50)]


def test_fifty_at_once_at_a_limit_of_ten_are_exactly_ten(app: Flask, people: list[int]) -> None:
    code = make(make_badge(), limit=10)
    text, code_id = code.code, code.id
    database.session.remove()
    assert _all_at_once(app, people, text) == {"new": 10, "full": 40}
    assert database.session.get_one(ClaimCode, code_id).used == 10
    assert len(database.session.scalars(sa.select(Claim)).all()) == 10
    assert len(awards()) == 10


def test_one_person_in_many_windows_uses_one(app: Flask) -> None:
    code, ada = make(make_badge(), limit=10), make_member("ada")
    text, ids = code.code, [ada.id] * AT_ONCE
    database.session.commit()
    database.session.remove()
    assert _all_at_once(app, ids, text) == {"new": 1, "again": AT_ONCE - 1}
    assert database.session.scalars(sa.select(ClaimCode)).one().used == 1
