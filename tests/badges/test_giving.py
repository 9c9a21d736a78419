"""Giving by hand, and what the wishes of members change, on every path."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.activities import drain
from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.badges import rebuild
from recognition.badges.models import CODE, HAND, NOMINATION, Award, Badge, IssuerBlock
from recognition.badges.rules import NotGiven, rule_of
from recognition.badges.services import answering, considering, giving, handing, revoking
from recognition.badges.services.handing import Wanted
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.identity.services import profiles
from recognition.jobs.models import Job
from tests.activities.test_record import in_threads
from tests.factories.activities import make_deeds
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ONE_TALK = {"count": {"kind": "talk"}, "at_least": 1}


def hand(badge: Badge, *members: Member, **changes: Any) -> list[str]:
    """The outcome for each, in their order."""
    values: dict[str, Any] = {"how": HAND, "giver_id": None, "reason": "Seen it.", **changes}
    outcomes = giving.hand_out(badge, [member.id for member in members], values.pop("now", NOW), **values)
    return [outcomes[member.id] for member in members]


def awards() -> list[tuple[Any, ...]]:
    columns = (Award.member_id, Award.occasion, Award.answer, Award.shown)
    return [tuple(row) for row in database.session.execute(sa.select(*columns).order_by(Award.member_id, Award.id))]


def objects() -> list[str]:
    facts = sa.select(Activity.object).where(Activity.kind == "badge.awarded", Activity.withdrawn_at.is_(None))
    return sorted(database.session.scalars(facts))


def holders(badge: Badge) -> int:
    return database.session.scalar(sa.select(Badge.holders_count).where(Badge.id == badge.id))


def test_whoever_likes_it_so_is_asked_first(db: Any) -> None:
    ada, bea, rosa = make_member("ada"), make_member("bea", wears_at_once=False), make_member("rosa")
    badge = make_badge("kind-soul", {})
    assert hand(badge, ada, bea, giver_id=rosa.id) == ["given", "given"]
    assert awards() == [(ada.id, "", "accepted", True), (bea.id, "", "waiting", False)]
    row = db.session.scalars(sa.select(Award).where(Award.member_id == ada.id)).one()
    assert (row.how, row.given_by_id, row.reason, row.version, row.level) == ("hand", rosa.id, "Seen it.", 1, None)
    assert holders(badge) == 1
    assert objects() == ["badge:kind-soul", "badge:kind-soul"]
    notices = db.session.execute(sa.select(Notice.member_id, Notice.kind, Notice.data, Notice.path).order_by(Notice.id)).all()
    assert notices[0] == (ada.id, "award.given", {"badge": "Kind-Soul"}, f"/awards/{row.key}")
    assert [notice.member_id for notice in notices] == [ada.id, bea.id]


@pytest.mark.parametrize("how", [HAND, NOMINATION, CODE])
def test_nobody_gives_to_themselves(db: Any, how: str) -> None:
    ada, rosa, badge = make_member("ada"), make_member("rosa"), make_badge("kind-soul", {})
    assert hand(badge, ada, rosa, how=how, giver_id=rosa.id) == ["given", "yourself"]
    assert [row[0] for row in awards()] == [ada.id]


def test_each_level_has_the_words_for_its_holder(db: Any) -> None:
    ada, ben, rosa = make_member("ada"), make_member("ben"), make_member("rosa")
    badge = make_badge("mentor", {}, levels=[1, 5])
    lines = [Wanted(1, "ada", "Nursed her mother."), Wanted(2, "ben", "Taught us all.")]
    assert [line.state for line in handing.give_list(badge, 5, lines, rosa, NOW)] == ["given", "given"]
    words = db.session.execute(sa.select(Award.member_id, Award.occasion, Award.reason).order_by(Award.id)).all()
    assert words == [(who.id, occasion, why) for who, why in ((ada, "Nursed her mother."), (ben, "Taught us all."))
                     for occasion in ("1", "5")]  # fmt: skip


def test_from_the_command_line_to_the_person_that_is_meant(db: Any) -> None:
    new, badge = make_member("new"), make_badge("kind-soul", {})
    make_member("old", state="suspended", merged_into_id=new.id)
    make_member("gone", state="suspended")
    outcomes = giving.hand_out_to(badge, ["old", "gone", "nobody"], "Seen it.", None, NOW)
    assert outcomes == {"old": "given", "gone": "unknown", "nobody": "unknown"}
    assert [row[0] for row in awards()] == [new.id]


def test_giving_again_gives_nothing(db: Any) -> None:
    ada, badge = make_member("ada"), make_badge("kind-soul", {})
    assert [hand(badge, ada), hand(badge, ada)] == [["given"], ["held"]]
    assert (len(awards()), len(objects()), holders(badge)) == (1, 1, 1)


def test_a_code_is_taken_by_the_holder_who_so_said_yes(db: Any) -> None:
    ada = make_member("ada", wears_at_once=False)
    assert hand(make_badge("was-there", {}), ada, how=CODE) == ["given"]
    assert awards() == [(ada.id, "", "accepted", True)]
    assert db.session.scalars(sa.select(Notice)).all() == []


def test_a_level_brings_those_below_it(db: Any) -> None:
    ada, bea = make_member("ada"), make_member("bea")
    badge = make_badge("mentor", {}, levels=[1, 5, 25])
    assert [hand(badge, ada, level=5), hand(badge, ada, bea)] == [["given"], ["held", "given"]]
    assert [row[:2] for row in awards()] == [(ada.id, "1"), (ada.id, "5"), (bea.id, "1")]
    assert objects() == ["badge:mentor", "badge:mentor", "badge:mentor/5"]
    assert hand(badge, ada, level=25) == ["given"]
    assert (len(awards()), holders(badge)) == (4, 2)


@pytest.mark.parametrize(
    ("changes", "level", "sentence"),
    [
        ({"state": "draft"}, None, "draft"),
        ({"state": "retired"}, None, "retired"),
        ({"levels": [1, 5]}, 7, "no level 7"),
        ({}, 1, "no level 1"),
    ],
)
@pytest.mark.parametrize("how", [HAND, NOMINATION, CODE])
def test_what_nobody_gets(db: Any, how: str, changes: dict[str, Any], level: int | None, sentence: str) -> None:
    badge, ada = make_badge("kind-soul", {}, **changes), make_member("ada")
    with pytest.raises(NotGiven, match=sentence):
        hand(badge, ada, how=how, level=level)
    assert awards() == []


def test_an_answer_given_before_holds_for_what_comes(db: Any) -> None:
    yes, hidden, no, asked = (make_member(name, wears_at_once=False) for name in ("yes", "hidden", "no", "asked"))
    badge = make_badge("mentor", {}, levels=[1, 5])
    hand(badge, yes, hidden, no, asked)
    keys = dict(db.session.execute(sa.select(Award.member_id, Award.key)).all())
    answering.accept(yes.id, [keys[yes.id]], NOW)
    answering.accept(hidden.id, [keys[hidden.id]], NOW)
    answering.arrange(hidden.id, [], hidden=[keys[hidden.id]])
    answering.decline(no.id, keys[no.id], NOW)
    assert hand(badge, yes, hidden, no, asked, level=5) == ["given", "given", "declined", "given"]
    fives = [row for row in awards() if row[1] == "5"]
    assert fives == [(yes.id, "5", "accepted", True), (hidden.id, "5", "accepted", False), (asked.id, "5", "waiting", False)]
    assert holders(badge) == 1


def test_whoever_takes_no_badges_gets_none_by_any_path(db: Any) -> None:
    quiet, ada = make_member("quiet", takes_badges=False), make_member("ada")
    rule, kind = make_badge("talker", ONE_TALK), make_badge("kind-soul", {})
    for member in (quiet, ada):
        make_deeds(member.id, 1)
    db.session.commit()
    assert drain.drain().awarded == 1
    assert considering.backfill_slice(rule.id, 1, 0, NOW)[0] == 0
    assert considering.look_at_member(quiet.id, NOW) == 0
    assert [hand(kind, quiet, how=how) for how in (HAND, NOMINATION, CODE)] == [["no_badges"]] * 3
    assert rebuild.rebuild() == {"awarded": 0}
    assert [row[0] for row in awards()] == [ada.id]
    assert list(rebuild.check()) == []


def test_badges_wanted_again_are_looked_for(db: Any) -> None:
    quiet = make_member("quiet", takes_badges=False)
    make_badge("talker", ONE_TALK)
    make_deeds(quiet.id, 1)
    db.session.commit()
    drain.drain()
    profiles.set_wishes(quiet, on_boards=False, takes_badges=True, takes_mail=False, wears_at_once=True, shows_ties=False)
    assert (quiet.takes_badges, quiet.takes_mail, quiet.wears_at_once) == (True, False, True)
    job = db.session.scalars(sa.select(Job).where(Job.name == "badges.look_at_member")).one()
    assert job.args == {"member_id": quiet.id}
    assert considering.look_at_member(quiet.id, NOW) == 1
    assert awards() == [(quiet.id, "", "accepted", True)]


def test_a_blocked_group_gives_nothing_by_any_path(db: Any) -> None:
    group, other = make_group("nairobi"), make_group("lagos")
    ada = make_member("ada")
    rule = make_badge("talker", ONE_TALK, issuer_id=group.id)
    kind = make_badge("kind-soul", {}, issuer_id=group.id)
    free = make_badge("free", {}, issuer_id=other.id)
    answering.block_issuer(ada.id, group.id, on=True, now=NOW)
    answering.block_issuer(ada.id, group.id, on=True, now=NOW)
    make_deeds(ada.id, 1)
    db.session.commit()
    assert drain.drain().awarded == 0
    assert considering.backfill_slice(rule.id, 1, 0, NOW)[0] == considering.look_at_member(ada.id, NOW) == 0
    assert [hand(kind, ada, how=how) for how in (HAND, NOMINATION, CODE)] == [["blocked"]] * 3
    assert hand(free, ada) == ["given"]
    assert rebuild.rebuild() == {"awarded": 0}
    assert list(rebuild.check()) == []
    answering.block_issuer(ada.id, group.id, on=False, now=NOW)
    assert db.session.scalars(sa.select(IssuerBlock)).all() == []
    assert considering.look_at_member(ada.id, NOW) == 1


def test_what_was_revoked_or_declined_does_not_come_again(db: Any) -> None:
    ada, bea = make_member("ada"), make_member("bea")
    rule, kind = make_badge("talker", ONE_TALK), make_badge("kind-soul", {})
    make_deeds(ada.id, 1)
    make_deeds(bea.id, 1)
    hand(kind, ada, bea)
    db.session.commit()
    drain.drain()
    for award in db.session.scalars(sa.select(Award).where(Award.member_id == ada.id)).all():
        assert revoking.revoke(award.id, None, "A mistake.", NOW)
    for key in db.session.scalars(sa.select(Award.key).where(Award.member_id == bea.id)).all():
        assert answering.decline(bea.id, key, NOW)
    assert hand(kind, ada, bea) == ["revoked", "declined"]
    assert considering.backfill_slice(rule.id, 1, 0, NOW)[0] == 0
    assert considering.look_at_member(ada.id, NOW) == considering.look_at_member(bea.id, NOW) == 0
    db.session.commit()
    drain.drain()
    assert (len(awards()), objects(), holders(rule), holders(kind)) == (4, [], 0, 0)
    assert list(rebuild.check()) == []


def test_what_ages_begins_anew_when_it_is_given_again(db: Any) -> None:
    ada, badge = make_member("ada"), make_badge("first-aid", {}, valid_days=365)
    later = NOW + timedelta(days=300)
    assert [hand(badge, ada), hand(badge, ada, now=later)] == [["given"], ["renewed"]]
    award = db.session.scalars(sa.select(Award)).one()
    assert (award.awarded_at, award.renewed_at, award.expires_at) == (NOW, later, later + timedelta(days=365))
    assert db.session.scalars(sa.select(Notice.kind).order_by(Notice.id)).all() == ["award.given", "award.renewed"]


def test_two_givers_at_once_give_one_award(app: Flask, db: Any) -> None:
    badge_id, ids = make_badge("kind-soul", {}).id, [make_member(f"m{n}").id for n in range(5)]
    db.session.commit()
    start, outcomes = threading.Barrier(4), []

    def work(_thread: int) -> None:
        badge = db.session.get_one(Badge, badge_id)
        db.session.rollback()
        start.wait(10)
        given = giving.hand_out(badge, ids, NOW, how=HAND, giver_id=None)
        db.session.commit()
        outcomes.append(sorted(given.values()))

    in_threads(app, 4, work)
    assert sorted(outcomes) == [["given"] * 5] + [["held"] * 5] * 3
    assert (len(awards()), len(objects()), holders(db.session.get_one(Badge, badge_id))) == (5, 5, 5)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 5


@pytest.mark.parametrize("number", [1, 40])
def test_many_cost_as_many_statements_as_one(db: Any, count_queries: Any, number: int) -> None:
    badge, ids = make_badge("kind-soul", {}), [make_member(f"m{n}").id for n in range(number)]
    with count_queries() as seen:
        assert set(giving.hand_out(badge, ids, NOW, how=HAND, giver_id=None).values()) == {"given"}
    assert len(seen) <= 16


@pytest.mark.parametrize("answer", ["declined", "hidden"])
def test_what_was_said_since_a_drain_looked_holds_for_what_it_gives(db: Any, answer: str) -> None:
    """The first level came and was answered after this drain had read who has what."""
    badge, ada = make_badge("talker", {"count": {"kind": "talk"}}, levels=[1, 2]), make_member("ada", wears_at_once=False)
    make_deeds(ada.id, 2)
    hand(badge, ada)
    key = db.session.scalars(sa.select(Award.key)).one()
    if answer == "declined":
        answering.decline(ada.id, key, NOW)
    else:
        answering.accept(ada.id, [key], NOW, shown=False)
    rule = rule_of(badge)
    assert rule is not None
    giving.give({rule: {ada.id: ["1", "2"]}}, {}, NOW)
    first = (ada.id, "1", "declined" if answer == "declined" else "accepted", False)
    assert awards() == ([first] if answer == "declined" else [first, (ada.id, "2", "accepted", False)])
    assert (holders(badge), list(rebuild.check())) == (0, [])
