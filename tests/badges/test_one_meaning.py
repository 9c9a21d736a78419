"""One rule, five uses: award, dry run, backfill, progress and check say the same of any log, and what counting on fingers
says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.activities import drain
from recognition.activities.models import Activity
from recognition.badges import rebuild, words
from recognition.badges.models import Award, Badge
from recognition.badges.rules import Rule, rule_of
from recognition.badges.services import considering
from recognition.extensions import db as database
from tests.activities import naive
from tests.activities.random_rules import NOW, SPANS, Deed, leaf, rule
from tests.activities.test_one_meaning import World, campaigns, make_world
from tests.factories.badges import make_badge

__all__ = ["campaigns"]
LEVELS = (1, 3, 7)
PLAIN, LEVELLED = 14, 6
Holding = tuple[str, int, str]
"""(badge, person, occasion)"""


@dataclass(frozen=True)
class Case:
    world: World
    badges: Mapping[str, Badge]

    @property
    def rules(self) -> Mapping[str, Rule]:
        return {slug: found for slug, badge in self.badges.items() if (found := rule_of(badge)) is not None}

    def number_of(self, member_id: int) -> int:
        return {i: number for number, i in self.world.ids.items()}[member_id]


def make_case(random: Random, *, momentary: bool) -> Case:
    world = make_world(random)
    rules = {f"r{n}": rule(random, momentary=momentary) for n in range(PLAIN)}
    badges = {slug: make_badge(slug, data, look=1) for slug, data in rules.items()}
    for number in range(LEVELLED):
        badges[f"s{number}"] = make_badge(f"s{number}", leaf(random), levels=list(LEVELS), look=1)
    database.session.commit()
    return Case(world, badges)


def expected(case: Case, facts: Mapping[int, list[Deed]]) -> set[Holding]:
    """Who has earned what, on a log with these facts beside it."""
    found = set()
    for person in case.world.persons:
        log = [*case.world.log[person.number], *facts.get(person.number, ())]
        for slug, badge in case.badges.items():
            if badge.levels:
                number = naive.number(badge.criteria, log, person, NOW, SPANS)
                found |= {(slug, person.number, str(level)) for level in LEVELS if number >= level}
            elif naive.holds(badge.criteria, log, person, NOW, SPANS):
                found.add((slug, person.number, ""))
    return found


def in_the_end(case: Case) -> set[Holding]:
    """Awards are deeds too, and may bring others: until nothing is added any more."""
    before, now = set(), expected(case, {})
    while now != before:
        facts: dict[int, list[Deed]] = {}
        for slug, number, occasion in sorted(now):
            facts.setdefault(number, []).append(fact(slug, number, occasion))
        before, now = now, expected(case, facts)
    return now


def fact(slug: str, number: int, occasion: str) -> Deed:
    thing = f"badge:{slug}" if occasion in ("", str(LEVELS[0])) else f"badge:{slug}/{occasion}"
    return Deed(f"{slug}:{occasion}", number, NOW, NOW, "badge.awarded", None, None, "badges", thing, 2, 0, frozenset(), "",
                None, None)  # fmt: skip


def awarded(case: Case) -> set[Holding]:
    columns = (Badge.slug, Award.member_id, Award.occasion)
    rows = database.session.execute(sa.select(*columns).join(Badge, Badge.id == Award.badge_id)).all()
    assert len(set(rows)) == len(rows)
    return {(slug, case.number_of(member_id), occasion) for slug, member_id, occasion in rows}


def tried(case: Case, random: Random) -> set[Holding]:
    """What dry runs foresee, in slices of any size."""
    found = set()
    for slug, one in case.rules.items():
        place: int | None = 0
        while place is not None:
            part = considering.dry_run_slice(one, place, NOW, limit=random.choice((1, 5, 100)))
            assert part.lost == []
            found |= {(slug, case.number_of(member), o) for member, occasions in part.new.items() for o in occasions}
            place = part.next_after
    return found


def shown(case: Case, among: Sequence[int]) -> set[Holding]:
    """What the progress of these people says."""
    found = set()
    for number in among:
        values = words.measured(case.rules.values(), case.world.ids[number], NOW)
        for slug, one in case.rules.items():
            for single in [replace(one, levels=(level,)) for level in one.levels] or [one]:
                part = words.progress(single, values, {})
                assert part.met is (part.share >= 1)
                if part.met:
                    found.add((slug, number, str(single.levels[0]) if one.levels else ""))
    return found


def drained(random: Random) -> None:
    database.session.commit()
    while drain.drain(batch_rows=random.choice((25, 90, 300, 1000))).considered:
        pass


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "utcnow", lambda: NOW)


@pytest.fixture
def all_shown(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up log tells of badges that nobody was given. A dry run leaves out what a holder does not show, which is tried
    elsewhere (tests/privacy/test_rules_by_subtraction.py)."""
    monkeypatch.setitem(app.extensions, "shown_awards", sa.true)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.usefixtures("campaigns", "at_noon", "all_shown")
def test_what_only_grows_is_awarded_tried_filled_shown_and_checked_alike(db: Any, seed: int) -> None:
    random = Random(seed)
    case = make_case(random, momentary=False)
    first, last = expected(case, {}), in_the_end(case)
    assert tried(case, random) == first
    few = random.sample([person.number for person in case.world.persons], 4)
    assert shown(case, few) == {one for one in first if one[1] in few}

    db.session.execute(sa.update(Activity).where(Activity.withdrawn_at.is_(None)).values(considered_at=None))
    drained(random)
    assert awarded(case) == last
    assert tried(case, random) == set()
    assert shown(case, few) == {one for one in last if one[1] in few}
    assert list(rebuild.check()) == []

    db.session.execute(sa.delete(Award))
    db.session.execute(sa.delete(Activity).where(Activity.source == "badges"))
    db.session.execute(sa.update(Badge).values(holders_count=0))
    db.session.commit()
    for badge in random.sample(list(case.badges.values()), len(case.badges)):
        place: int | None = 0
        while place is not None:
            _made, place = considering.backfill_slice(badge.id, 1, place, NOW)
    drained(random)
    assert awarded(case) == last
    assert list(rebuild.check()) == []


@pytest.mark.parametrize("seed", range(100, 102))
@pytest.mark.usefixtures("campaigns", "at_noon", "all_shown")
def test_what_is_decided_as_of_a_moment_is_tried_filled_and_shown_alike(db: Any, seed: int) -> None:
    random = Random(seed)
    case = make_case(random, momentary=True)
    now = expected(case, {})
    assert now
    assert tried(case, random) == now
    few = random.sample([person.number for person in case.world.persons], 4)
    assert shown(case, few) == {one for one in now if one[1] in few}
    for slug, badge in case.badges.items():
        assert considering.backfill_slice(badge.id, 1, 0, NOW)[0] == len([one for one in now if one[0] == slug])
        db.session.rollback()
