"""Rare in words, the first ten in their order; nobody in either who would not be seen."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recognition.badges import holders as holders_of_badges
from recognition.badges import rarity
from recognition.badges.models import Award, Badge, BadgeRarity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def give(db: Any, badge: Badge, handle: str, level: int | None = None, member: Any = None, **changes: Any) -> Any:
    own = {name: changes.pop(name) for name in ("state", "visibility") if name in changes}
    member = member or make_member(handle, **own)
    occasion = str(level or "")
    db.session.add(Award(key=f"{handle}-{occasion}", badge_id=badge.id, member_id=member.id, occasion=occasion, level=level,
                         version=1, awarded_at=NOW + timedelta(days=level or 0), **changes))  # fmt: skip
    db.session.flush()
    return member


def firsts(badge: Badge, viewer: Any = None) -> list[str]:
    return [holder.person.handle for holder in rarity.first_holders(badge, viewer)]


def test_the_first_ten_are_those_who_may_be_seen(db: Any) -> None:
    badge = make_badge("series", {"count": {}}, levels=[1, 5])
    ada = give(db, badge, "ada", 1)
    give(db, badge, "hidden", 1, shown=False)
    give(db, badge, "waiting", 1, shown=False, answer="waiting")
    give(db, badge, "suspended", 1, state="suspended")
    give(db, badge, "nameless", 1, visibility={"name": "me"})
    give(db, badge, "revoked", 1, revoked_at=NOW)
    member_only = give(db, badge, "members-only", 1, visibility={"name": "members"})
    give(db, badge, "ada", 5, member=ada)
    for n in range(12):
        give(db, badge, f"m{n:02}", 1)
    assert firsts(badge) == ["ada", *(f"m{n:02}" for n in range(9))]
    assert firsts(badge, member_only) == ["ada", "members-only", *(f"m{n:02}" for n in range(8))]


@pytest.mark.parametrize(
    ("holders", "others", "words"),
    [
        (0, 30, ""),
        (5, 5, ""),
        (1, 39, "Rare: 2 people here wear it."),
        (9, 31, "Rare: 10 people here wear it."),
        (10, 30, "About one in four people here wears it."),
        (11, 33, "About one in four people here wears it."),
        (20, 20, "About one in two people here wears it."),
        (11, 121, "About one in 12 people here wears it."),
        (25, 3, "Nearly everybody here wears it."),
    ],
)
def test_how_rare_it_is(db: Any, holders: int, others: int, words: str) -> None:
    badge = make_badge()
    for n in range(holders):
        give(db, badge, f"holder-{n}")
    for n in range(others):
        make_member(f"other-{n}")
    # None of these is in the share. Who left still wears it, and is in the number of people.
    give(db, badge, "suspended", state="suspended")
    give(db, badge, "gone", state="alumni")
    give(db, badge, "hidden", shown=False)
    rarity.count_holders(NOW)
    holders_of_badges.recount([badge.id])
    db.session.refresh(badge)
    found = db.session.get_one(BadgeRarity, badge.id)
    assert (found.holders, found.members) == (holders, holders + others + 1)
    assert rarity.rarity(badge, None).words == words


def test_counting_again_follows(db: Any) -> None:
    badge = make_badge()
    for n in range(30):
        make_member(f"other-{n}")
    for n in range(2):
        give(db, badge, f"holder-{n}")
        assert rarity.count_holders(NOW) == 1
        db.session.expire_all()
        assert db.session.get_one(BadgeRarity, badge.id).holders == n + 1
