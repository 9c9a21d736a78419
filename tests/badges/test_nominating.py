"""Nominations: who may ask, who decides, and that one decision is made once."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.announcements.models import Notice
from recognition.badges import nominations
from recognition.badges.models import Award, Nomination
from recognition.badges.policy import can_decide
from recognition.badges.rules import NotGiven
from recognition.badges.services.answering import decline
from recognition.badges.services.nominating import (
    BadNomination,
    DecidedAlready,
    decide,
    decide_many,
    nominate,
    take_back,
)
from recognition.badges.services.states import retire
from recognition.extensions import db as database
from recognition.identity.models import Member, Membership
from recognition.identity.rules import NotAllowed
from tests.factories.badges import make_badge
from tests.factories.identity import JOINED, make_group, make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def request_around(app: Flask) -> Any:
    with app.test_request_context():
        yield


def asked(handle: str = "ben", **changes: Any) -> Nomination:
    badge = changes.pop("badge", None) or make_badge("kind", **{"nominable": True, **changes})
    nominee, nominator = make_member(handle), make_member(f"{handle}s-friend")
    return nominate(badge, nominee, nominator, "Stayed till the last chair was folded.", None, NOW)


def test_approving_gives_the_badge_in_the_nominators_words() -> None:
    one, rosa = asked(), make_member("rosa", roles=("council",))
    assert decide(one.id, rosa, True, "", NOW) == "given"
    award = database.session.scalars(sa.select(Award)).one()
    assert (award.member_id, award.how, award.given_by_id, award.reason) == (
        one.member_id, "nomination", one.nominator_id, "Stayed till the last chair was folded.",
    )  # fmt: skip
    assert (one.state, one.decided_by_id) == ("approved", rosa.id)
    kinds = database.session.scalars(sa.select(Notice.kind).where(Notice.member_id == one.nominator_id)).all()
    assert kinds == ["nomination.approved"]


def test_a_no_needs_a_sentence_and_tells_the_nominator() -> None:
    one, rex = asked(), make_member("rex", roles=("reviewer",))
    database.session.commit()
    with pytest.raises(BadNomination):
        decide(one.id, rex, False, "", NOW)
    database.session.rollback()
    assert decide(one.id, rex, False, "She has it coming by herself next week.", NOW) == "refused"
    assert database.session.scalars(sa.select(Award)).all() == []
    told = database.session.scalars(sa.select(Notice)).one()
    assert (told.member_id, told.kind, told.path) == (one.nominator_id, "nomination.refused", "/nominations/")


def test_nobody_nominates_themselves_or_twice() -> None:
    badge, ada, ben = make_badge(nominable=True), make_member("ada"), make_member("ben")
    with pytest.raises(BadNomination, match="somebody else"):
        nominate(badge, ada, ada, "Me.", None, NOW)
    nominate(badge, ben, ada, "Ben did.", None, NOW)
    with pytest.raises(BadNomination, match="already"):
        nominate(badge, ben, ada, "Ben did.", None, NOW)


@pytest.mark.parametrize(
    "change", [{"nominable": False}, {"nominable": True, "state": "draft"}, {"nominable": True, "state": "retired"}]
)
def test_only_where_the_badge_takes_nominations(change: dict[str, Any]) -> None:
    with pytest.raises(BadNomination, match="Nobody can be nominated"):
        asked(**change)


def test_an_unknown_or_suspended_person_cannot_be_nominated() -> None:
    badge, ada = make_badge(nominable=True), make_member("ada")
    for nobody in (None, make_member("gone", state="suspended")):
        with pytest.raises(BadNomination, match="We know nobody"):
            nominate(badge, nobody, ada, "Did.", None, NOW)


def test_taken_back_before_it_is_decided_and_asked_again() -> None:
    one = asked()
    stranger = make_member("eve")
    takers = (stranger.id, one.nominator_id, one.nominator_id)
    assert [take_back(one.id, taker, NOW) for taker in takers] == [False, True, False]
    database.session.expire_all()
    assert one.state == "taken_back"
    nominee, nominator = database.session.get_one(Member, one.member_id), database.session.get_one(Member, one.nominator_id)
    again = nominate(one.badge, nominee, nominator, "Better words.", None, NOW)
    assert (again.id, again.state, again.reason) == (one.id, "open", "Better words.")


def test_who_may_decide() -> None:
    group = make_group()
    one = asked(issuer_id=group.id)
    curator, other = make_member("cleo"), make_member("carl")
    for member, where in ((curator, group), (other, make_group("lima"))):
        database.session.add(Membership(group_id=where.id, member_id=member.id, is_curator=True, state="in", since=JOINED))
    database.session.commit()
    nominator = database.session.get_one(Member, one.nominator_id)
    nominee = database.session.get_one(Member, one.member_id)
    for barred in (other, nominator, nominee, make_member("plain")):
        with pytest.raises(NotAllowed):
            decide(one.id, barred, True, "", NOW)
    assert decide(one.id, curator, True, "", NOW) == "given"


def test_even_the_council_does_not_decide_what_it_asked_for_or_is_asked_for() -> None:
    badge = make_badge(nominable=True)
    rosa, rex = make_member("rosa", roles=("council",)), make_member("rex", roles=("reviewer",))
    one = nominate(badge, rex, rosa, "Rex reads everything.", None, NOW)
    for concerned in (rosa, rex):
        with pytest.raises(NotAllowed):
            decide(one.id, concerned, True, "", NOW)


def test_of_two_approvers_at_once_one_is_told_who_decided(app: Flask) -> None:
    one = asked()
    approvers = [make_member("rosa", roles=("council",)).id, make_member("rex", roles=("reviewer",)).id]
    nomination_id = one.id
    database.session.commit()
    database.session.remove()
    together = Barrier(2)

    def approve(member_id: int) -> str:
        with app.app_context(), app.test_request_context():
            together.wait(10)
            try:
                said = decide(nomination_id, database.session.get_one(Member, member_id), True, "", NOW)
                database.session.commit()
            except DecidedAlready as fault:
                database.session.rollback()
                said = str(fault)
            database.session.remove()
            return said

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(approve, approvers))
    winner = approvers[said.index("given")]
    name = database.session.get_one(Member, winner).name
    assert sorted(said, key=len) == ["given", f"{name} was a moment faster and approved it."]
    assert len(database.session.scalars(sa.select(Award)).all()) == 1
    assert len(database.session.scalars(sa.select(Notice).where(Notice.kind == "nomination.approved")).all()) == 1


def test_many_are_decided_with_one_message() -> None:
    badge = make_badge("kind", nominable=True)
    found = [asked(f"m{number}", badge=badge) for number in range(3)]
    rosa, rex = make_member("rosa", roles=("council",)), make_member("rex", roles=("reviewer",))
    decide(found[0].id, rex, False, "Not yet.", NOW)
    decided, passed = decide_many([one.id for one in found], rosa, True, "Well chosen.", NOW)
    assert (decided, passed) == (2, ["Rex was a moment faster and answered with a no."])
    assert len(database.session.scalars(sa.select(Award)).all()) == 2


def test_an_approval_that_gives_nothing_new_is_an_approval() -> None:
    badge, ben = make_badge("kind", nominable=True), make_member("ben")
    rosa = make_member("rosa", roles=("council",))
    first, second = (nominate(badge, ben, make_member(handle), "Ben did.", None, NOW) for handle in ("ann", "amy"))
    assert [decide(one.id, rosa, True, "", NOW) for one in (first, second)] == ["given", "held"]


def test_a_retired_badge_or_a_suspended_person_stops_none_of_the_others() -> None:
    resting = make_badge("resting", name="Resting", nominable=True)
    found = [asked("ben", badge=resting), asked("bea", badge=make_badge("kind", nominable=True))]
    found += [asked(handle, badge=found[1].badge) for handle in ("gone", "dora")]
    rosa = make_member("rosa", roles=("council",))
    ids = [one.id for one in found]
    retire(resting.id, rosa.id, NOW)
    database.session.get_one(Member, found[2].member_id).state = "suspended"
    database.session.commit()
    assert [one.nomination.id for one in nominations.waiting(rosa, frozenset(), "", False, None).items] == [ids[1], ids[3]]
    decided, passed = decide_many(ids, rosa, True, "", NOW)
    assert (decided, passed) == (2, ["Resting: This badge is retired; nobody gets it any more.",
                                     "Kind: Whoever was nominated is not here just now."])  # fmt: skip
    database.session.commit()
    assert [database.session.get_one(Nomination, one).state for one in ids] == ["open", "approved", "open", "approved"]
    for one in (ids[0], ids[2]):
        with pytest.raises(NotGiven):
            decide(one, rosa, True, "", NOW)
        database.session.rollback()
    assert decide(ids[2], rosa, False, "They left.", NOW) == "refused"


def test_an_approved_one_may_be_nominated_for_the_next_level() -> None:
    badge, ada, ben = make_badge("kind", {}, levels=[1, 5], nominable=True), make_member("ada"), make_member("ben")
    rosa = make_member("rosa", roles=("council",))
    decide(nominate(badge, ben, ada, "One.", 1, NOW).id, rosa, True, "", NOW)
    with pytest.raises(BadNomination, match="already"):
        nominate(badge, ben, ada, "One again.", 1, NOW)
    again = nominate(badge, ben, ada, "Much more.", 5, NOW)
    assert (again.state, again.level, again.reason) == ("open", 5, "Much more.")
    assert decide(again.id, rosa, True, "", NOW) == "given"
    with pytest.raises(BadNomination, match="already"):
        nominate(badge, ben, ada, "Less.", 1, NOW)


def test_nominated_again_when_the_award_has_expired() -> None:
    badge, ada = make_badge("kind", nominable=True, valid_days=10, warn_days=2), make_member("ada")
    ben, rosa = make_member("ben"), make_member("rosa", roles=("council",))
    decide(nominate(badge, ben, ada, "Did.", None, NOW).id, rosa, True, "", NOW)
    with pytest.raises(BadNomination, match="already"):
        nominate(badge, ben, ada, "Again.", None, NOW + timedelta(days=9))
    later = NOW + timedelta(days=50)
    assert decide(nominate(badge, ben, ada, "Again.", None, later).id, rosa, True, "", later) == "renewed"


def test_an_approval_that_gave_nothing_promises_nothing_and_may_be_asked_again() -> None:
    one, rosa = asked(), make_member("rosa", roles=("council",))
    nominee, nominator = database.session.get_one(Member, one.member_id), database.session.get_one(Member, one.nominator_id)
    nominee.takes_badges = False
    assert decide(one.id, rosa, True, "", NOW) == "no_badges"
    told = database.session.scalars(sa.select(Notice)).one()
    assert (told.member_id, told.kind) == (nominator.id, "nomination.approved")
    nominee.takes_badges = True
    assert decide(nominate(one.badge, nominee, nominator, "Still.", None, NOW).id, rosa, True, "", NOW) == "given"


def test_whoever_declined_is_not_nominated_by_the_same_person_again() -> None:
    one, rosa = asked(), make_member("rosa", roles=("council",))
    nominee, nominator = database.session.get_one(Member, one.member_id), database.session.get_one(Member, one.nominator_id)
    decide(one.id, rosa, True, "", NOW)
    decline(nominee.id, database.session.scalars(sa.select(Award.key)).one(), NOW)
    with pytest.raises(BadNomination, match="already"):
        nominate(one.badge, nominee, nominator, "Please.", None, NOW)


def test_the_queue_is_oldest_first_and_only_what_one_may_decide() -> None:
    group = make_group()
    house, local = make_badge("house", nominable=True), make_badge("local", nominable=True, issuer_id=group.id)
    ann = make_member("ann", roles=("reviewer",))
    curator = make_member("cleo")
    database.session.add(Membership(group_id=group.id, member_id=curator.id, is_curator=True, state="in", since=JOINED))
    ids = [nominate(badge, make_member(handle), make_member(f"by-{handle}"), "Did.", None, NOW).id
           for badge, handle in ((house, "a1"), (local, "a2"), (house, "a3"))]  # fmt: skip
    ids.append(nominate(house, make_member("a4"), ann, "Did.", None, NOW).id)
    curated = nominations.curated_groups(curator.id)

    def seen(approver: Member, groups: frozenset[int] = frozenset(), slug: str = "", mine: bool = False) -> list[int]:
        return [one.nomination.id for one in nominations.waiting(approver, groups, slug, mine, None).items]

    assert seen(ann) == ids[:3]
    assert seen(ann, slug="local") == [ids[1]]
    assert seen(curator, curated) == [ids[1]]
    assert seen(make_member("plain")) == []
    assert nominations.waiting_badges(ann, frozenset()) == [("house", "House"), ("local", "Local")]


@pytest.mark.parametrize("seed", range(12))
def test_what_waits_is_in_the_queue_of_whoever_may_decide_it_and_of_somebody(seed: int) -> None:
    """Random roles, groups and nominations: the queue in SQL is the policy, and nothing waits for nobody."""
    chance = random.Random(seed)
    groups = [make_group(f"group-{number}") for number in range(3)]
    people = [make_member(f"m{number}", roles=chance.choice(((), (), ("reviewer",), ("admin",)))) for number in range(9)]
    # Two people are concerned by a nomination; a third on the council is enough that none is left.
    people += [make_member(f"council-{number}", roles=("council",)) for number in range(3)]
    for member in people:
        for group in groups:
            if chance.random() < 0.3:
                row = Membership(group_id=group.id, member_id=member.id, is_curator=chance.random() < 0.5, since=JOINED)
                database.session.add(row)
    badges = [make_badge(f"b{number}", nominable=True, issuer_id=chance.choice([None, *(group.id for group in groups)]))
              for number in range(4)]  # fmt: skip
    pairs = {(chance.choice(badges).id, *(m.id for m in chance.sample(people, 2))) for _turn in range(15)}
    open_ones = [nominate(next(b for b in badges if b.id == badge_id), database.session.get_one(Member, nominee),
                          database.session.get_one(Member, nominator), "Did.", None, NOW)
                 for badge_id, nominee, nominator in sorted(pairs)]  # fmt: skip
    seen = set()
    for member in people:
        curated = nominations.curated_groups(member.id)
        queue = {one.nomination.id for one in nominations.waiting(member, curated, "", False, None).items}
        may = {one.id for one in open_ones if can_decide(member, one.badge, curated, (one.member_id, one.nominator_id))}
        assert queue == may
        seen |= queue
    assert seen == {one.id for one in open_ones}
