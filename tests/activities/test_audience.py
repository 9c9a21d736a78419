"""Who is meant by a rule, slice by slice and in number."""

from typing import Any

import pytest

from recognition.activities import audience, thanking
from recognition.badges.models import Award
from recognition.identity.models import Membership
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.campaigns import NOW
from tests.factories.identity import make_group, make_member

RULE = {"count": {"kind": ["workshop"]}, "at_least": 1}


@pytest.fixture
def some(db: object) -> dict[str, int]:
    states = {"ada": "active", "ben": "away", "cleo": "alumni", "dan": "suspended"}
    found = {name: make_member(name, state=state).id for name, state in states.items()}
    for name in ("ada", "cleo", "dan"):
        make_activity(found[name], kind="workshop")
    return found


def test_a_slice_leaves_out_who_is_suspended(some: dict[str, int]) -> None:
    assert audience.next_slice(0) == [some["ada"], some["ben"], some["cleo"]]
    assert audience.next_slice(0, size=2) == [some["ada"], some["ben"]]
    assert audience.next_slice(some["ben"]) == [some["cleo"]]
    assert audience.next_slice(some["cleo"]) == []
    assert audience.next_slice(0, states={"away"}) == [some["ben"]]


def test_whoever_meets_the_rule_is_meant_in_the_given_order(some: dict[str, int]) -> None:
    ids = [some["cleo"], some["ben"], some["ada"]]
    assert audience.meeting(RULE, ids, NOW) == [some["cleo"], some["ada"]]
    assert audience.meeting(None, ids, NOW) == ids
    assert audience.meeting(RULE, [], NOW) == []


def test_a_count_is_exact_or_says_that_it_is_not(some: dict[str, int]) -> None:
    assert audience.count(RULE, NOW) == audience.Counted(2, 3, 3)
    assert audience.count(RULE, NOW).is_exact
    assert audience.count(None, NOW) == audience.Counted(3, 3, 3, is_all=True)
    guessed = audience.count(RULE, NOW, most=1)
    assert (guessed.matched, guessed.looked_at, guessed.is_exact, guessed.about) == (1, 1, False, 3)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (audience.Counted(4, 40, 40), (None, False)),
        (audience.Counted(5, 40, 40), (5, False)),
        (audience.Counted(12, 40, 40), (10, False)),
        (audience.Counted(13, 40, 40), (15, False)),
        (audience.Counted(35, 40, 40), (35, False)),
        (audience.Counted(36, 40, 40), (35, True)),
        (audience.Counted(40, 40, 40), (40, True)),
        (audience.Counted(7, 20, 40), (15, False)),
        (audience.Counted(41, 41, 41, is_all=True), (41, False)),
        (audience.Counted(3, 3, 3, is_all=True), (None, False)),
    ],
)
def test_a_number_is_told_in_fives_and_few_are_not(found: audience.Counted, told: tuple[int | None, bool]) -> None:
    assert (found.told, found.is_nearly_all) == told


def test_a_count_knows_what_every_member_may_see(db: Any) -> None:
    """Deeds that somebody keeps to themselves, votes, steps, badges and groups that they do not show, thanks that whoever got
    them keeps: the rule means them, and the count does not tell of them."""
    friend = make_member("friend")
    rules = {
        "deed": {"count": {"kind": "talk"}, "at_least": 1},
        "vote": {"count": {"kind": "contest.voted"}, "at_least": 1},
        "step": {"count": {"kind": "quest.step"}, "at_least": 1},
        "word": {"count": {"kind": "confirmation.given"}, "at_least": 1},
        "thanks": {"count": {"kind": "thanks.given", "object": [f"member:{friend.id}"]}, "at_least": 1},
        "pin": {"holds": "pin"},
        "group": {"belongs_to": "g"},
    }
    seen, unseen = make_member("seen"), make_member("unseen", visibility={"groups": "me"})
    badge, group = make_badge("pin", {}), make_group("g")
    for one in (seen, unseen):
        level = "members" if one is seen else "me"
        deed = make_activity(one.id, kind="talk", visibility=level)
        make_activity(one.id, kind="confirmation.given", object=f"activity:{deed.id}", source_key=f"c{one.id}")
        make_activity(one.id, kind="quest.step", source_key=f"s{one.id}")
        thanks = thanking.thank(one.id, friend.id, "For the tea.", NOW, "given:1")
        thanking.set_private(thanks, friend.id, one is unseen, NOW)
        make_activity(one.id, kind="contest.voted", visibility="me", source_key=f"v{one.id}")
        make_activity(one.id, kind="badge.awarded", object="badge:pin", source_key=f"b{one.id}")
        db.session.add(Membership(group_id=group.id, member_id=one.id, state="in", since=NOW))
        db.session.add(Award(key=str(one.id), badge_id=badge.id, member_id=one.id, version=1, awarded_at=NOW, shown=one is seen))
    db.session.flush()
    both = [seen.id, unseen.id]
    assert {name: audience.meeting(rule, both, NOW) for name, rule in rules.items()} == dict.fromkeys(rules, both)
    openly = {name: audience.meeting(rule, both, NOW, openly=True) for name, rule in rules.items()}
    assert openly == {key: [seen.id] if key not in ("vote", "step") else [] for key in rules}
    assert {name: audience.count(rule, NOW).matched for name, rule in rules.items()} == {k: len(v) for k, v in openly.items()}
    assert audience.count({"not": rules["deed"]}, NOW).matched == len(("unseen", "friend"))
