"""What was seen elsewhere: whose it is, what they want, and that the end is the same in whatever order news arrives."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import changes
from recognition.activities.models import PASSIVE, Activity
from recognition.activities.sources.seen import Doer
from recognition.identity.models import Account, Membership
from recognition.inlets.models import Sighting
from recognition.inlets.rules import fold
from recognition.inlets.services import booking, managing
from recognition.inlets.services.answering import answer
from recognition.inlets.services.seeing import match_anew, match_slice, take
from tests.factories.activities import make_activity
from tests.factories.identity import make_group, make_member
from tests.factories.inlets import FORUM, NOW, WRITTEN, make_account, make_inlet, make_seen

SOURCE = "discourse"


def deeds(db: Any) -> list[tuple[int, str, str, bool]]:
    rows = db.session.scalars(sa.select(Activity).where(Activity.source == SOURCE).order_by(Activity.id))
    return [(row.member_id, row.source_key, row.text, row.withdrawn_at is None) for row in rows]


def live(db: Any) -> list[tuple[int, str]]:
    return [(member_id, text) for member_id, _key, text, stands in deeds(db) if stands]


def states(db: Any) -> list[tuple[str, str, int | None]]:
    rows = db.session.scalars(sa.select(Sighting).order_by(Sighting.source_key))
    return [(row.source_key, row.state, row.member_id) for row in rows]


def test_a_name_that_nobody_proved_stays_nobodys(db: Any) -> None:
    amina = make_member("amina")
    make_account(amina.id, proven_at=None, proof="")
    taken = take(make_inlet(), SOURCE, [make_seen()], NOW)
    assert [(one.state, one.member_id, one.changed) for one in taken] == [("new", None, True)]
    assert deeds(db) == []


def test_each_account_decides_what_becomes_of_it(db: Any) -> None:
    asks, takes, rests = make_member("asks"), make_member("takes"), make_member("rests")
    for member, mode in ((asks, "ask"), (takes, "take"), (rests, "off")):
        make_account(member.id, member.handle, mode=mode)
    seen = [make_seen(n, account=Doer(FORUM, who)) for n, who in enumerate(("ASKS", "takes", "rests", "nobody"))]
    taken = take(make_inlet(), SOURCE, seen, NOW)
    assert [(one.state, one.member_id) for one in taken] == [
        ("asked", asks.id), ("taken", takes.id), ("new", None), ("new", None)
    ]  # fmt: skip
    row = db.session.get(Activity, taken[1].activity_id)
    assert (row.member_id, row.source, row.source_key, row.kind, row.evidence, row.told_evidence, row.occurred_at, row.url) == (
        takes.id, SOURCE, f"{FORUM}:post:1", "forum-post", PASSIVE, PASSIVE, WRITTEN, f"https://{FORUM}/t/welcome/7/1"
    )  # fmt: skip
    assert len(deeds(db)) == 1


def test_the_same_name_in_another_place_is_another_persons(db: Any) -> None:
    make_account(make_member("amina").id, mode="take")
    elsewhere = make_seen(account=Doer("other.example", "amina"))
    assert take(make_inlet(), SOURCE, [elsewhere], NOW)[0].member_id is None
    assert take(make_inlet("mediawiki"), "mediawiki", [make_seen()], NOW)[0].member_id is None


@pytest.mark.parametrize(
    ("source", "mine", "told", "is_mine"),
    [
        ("mediawiki", "AMINA", "Amina", False), ("mediawiki", "Amina O", "amina_O", True),
        ("mediawiki", "Amina o", "Amina O", False), ("github", "amina", "Amina", True), ("discourse", "Amina", "aMINA", True),
        ("discourse", "\uff41mina", "Amina", False), ("discourse", "strauss", "strauß", False),
    ],
)  # fmt: skip
def test_a_name_that_is_nearly_the_same_is_somebody_elses(db: Any, source: str, mine: str, told: str, is_mine: bool) -> None:
    """On a wiki, AMINA is another account than Amina; whoever opens it can show that it is theirs."""
    amina = make_member("amina")
    make_account(amina.id, mine, source=source, folded=fold(FORUM, mine, source))
    found = take(make_inlet(source), source, [make_seen(account=Doer(FORUM, told))], NOW)
    assert found[0].member_id == (amina.id if is_mine else None)


@pytest.mark.parametrize("state", ["suspended", "merged"])
def test_who_is_not_here_gets_nothing(db: Any, state: str) -> None:
    other = make_member("other")
    amina = make_member("amina", **({"state": state} if state == "suspended" else {"merged_into_id": other.id}))
    make_account(amina.id, mode="take")
    assert take(make_inlet(), SOURCE, [make_seen()], NOW)[0].state == "new"
    assert take(None, SOURCE, [make_seen(2)], NOW, member_id=amina.id, mode="take")[0].state == "new"


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_end_is_the_same_in_whatever_order_news_arrives(db: Any, order: tuple[int, ...]) -> None:
    amina = make_member("amina")
    make_account(amina.id, mode="take")
    inlet = make_inlet()
    told = [make_seen(version=0), make_seen(version=1, text="Better words"), make_seen(version=2, text="", gone=True),
            make_seen(version=3, text="Back again")]  # fmt: skip
    for turn in (*order, *order):
        take(inlet, SOURCE, [told[turn]], NOW)
    assert live(db) == [(amina.id, "Back again")]
    assert states(db) == [(f"{FORUM}:post:1", "taken", amina.id)]


def test_gone_before_it_was_told_stays_gone(db: Any) -> None:
    make_account(make_member("amina").id, mode="take")
    inlet = make_inlet()
    take(inlet, SOURCE, [make_seen(version=5, gone=True)], NOW)
    take(inlet, SOURCE, [make_seen(version=1)], NOW)
    assert deeds(db) == []


def test_told_again_it_is_no_news(db: Any) -> None:
    amina = make_member("amina")
    make_account(amina.id, mode="take")
    inlet, seen = make_inlet(), [make_seen(n) for n in range(5)]
    first, again = take(inlet, SOURCE, seen, NOW), take(inlet, SOURCE, [*seen, *seen], NOW)
    assert [one.changed for one in first] == [True] * 5
    assert [one.changed for one in again] == [False] * 10
    assert [one.activity_id for one in again] == [one.activity_id for one in first] * 2
    assert len(deeds(db)) == 5


def test_what_its_member_took_back_stays_taken_back(db: Any) -> None:
    amina = make_member("amina")
    make_account(amina.id, mode="take")
    inlet = make_inlet()
    told = take(inlet, SOURCE, [make_seen()], NOW)[0]
    changes.withdraw([told.activity_id or 0], amina.id, "", NOW)
    take(inlet, SOURCE, [make_seen(version=1, text="Edited there")], NOW)
    take(inlet, SOURCE, [make_seen(version=2, gone=True)], NOW)
    take(inlet, SOURCE, [make_seen(version=3, text="Restored there")], NOW)
    assert live(db) == []


def test_what_was_put_right_by_hand_goes_when_the_deed_is_gone_there(db: Any) -> None:
    amina = make_member("amina")
    make_account(amina.id, mode="take")
    inlet = make_inlet()
    told = take(inlet, SOURCE, [make_seen()], NOW)[0]
    row = db.session.get(Activity, told.activity_id)
    report = booking._report(db.session.scalar(sa.select(Sighting)), None)
    changes.correct(row.id, replace(report, text="In my own words"), amina.id, NOW)
    take(inlet, SOURCE, [make_seen(version=1, text="Edited there")], NOW)
    assert live(db) == [(amina.id, "In my own words")]
    take(inlet, SOURCE, [make_seen(version=2, gone=True)], NOW)
    assert live(db) == []


def test_a_correction_keeps_who_may_see_it(db: Any) -> None:
    amina = make_member("amina")
    make_account(amina.id, mode="take")
    inlet = make_inlet()
    told = take(inlet, SOURCE, [make_seen()], NOW)[0]
    changes.set_visibility(told.activity_id or 0, "me", NOW)
    after = take(inlet, SOURCE, [make_seen(version=1, text="Edited there")], NOW)[0]
    row = db.session.get(Activity, after.activity_id)
    assert (row.text, row.visibility, row.evidence, row.corrects_id) == ("Edited there", "me", PASSIVE, told.activity_id)


def test_a_post_that_was_handed_to_somebody_else_moves(db: Any) -> None:
    amina, bela = make_member("amina"), make_member("bela")
    make_account(amina.id, mode="take")
    make_account(bela.id, "bela", mode="take")
    inlet = make_inlet()
    take(inlet, SOURCE, [make_seen()], NOW)
    take(inlet, SOURCE, [make_seen(version=1, account=Doer(FORUM, "bela"))], NOW)
    assert live(db) == [(bela.id, "Words of post 1")]


def test_nobody_speaks_for_the_posts_of_another_inlet(db: Any) -> None:
    amina = make_member("amina")
    make_account(amina.id, mode="take")
    theirs, mine = make_inlet(), make_inlet(key="another")
    take(theirs, SOURCE, [make_seen()], NOW)
    taken = take(mine, SOURCE, [make_seen(version=9, text="Forged")], NOW)
    assert [one.changed for one in taken] == [False]
    assert live(db) == [(amina.id, "Words of post 1")]


def test_a_row_of_somebody_else_under_that_key_takes_nothing_away(db: Any) -> None:
    amina, mallory = make_member("amina"), make_member("mallory")
    make_account(amina.id, mode="take")
    make_activity(mallory.id, source=SOURCE, source_key=f"{FORUM}:post:1")
    take(make_inlet(), SOURCE, [make_seen()], NOW)
    assert (amina.id, "Words of post 1") in live(db)


def test_a_members_own_inlet_brings_what_is_theirs_once_it_is_proven(db: Any) -> None:
    amina = make_member("amina")
    make_account(make_member("bela").id, "bela", source="feed", mode="take")
    by_bela = Doer(FORUM, "bela")
    unproven = make_inlet("feed", member_id=amina.id, config={})
    proven = make_inlet("feed", key="two", member_id=amina.id, config={"proven": True, "mode": "take"})
    assert take(unproven, "feed", [make_seen(1, account=by_bela)], NOW)[0].state == "new"
    assert take(proven, "feed", [make_seen(2, account=by_bela)], NOW)[0].member_id == amina.id
    # What an unproven one brought is nobody else's either.
    assert match_slice(0, NOW) is None
    assert [state for _key, state, _who in states(db)] == ["new", "taken"]


def test_a_groups_inlet_tells_for_the_group_where_one_is_in_it(db: Any) -> None:
    amina, bela, group = make_member("amina"), make_member("bela"), make_group()
    for member in (amina, bela):
        make_account(member.id, member.handle, mode="take")
    db.session.add(Membership(group_id=group.id, member_id=amina.id, since=NOW))
    seen = [make_seen(1), make_seen(2, account=Doer(FORUM, "bela"))]
    asked = take(make_inlet(group_id=group.id), SOURCE, seen, NOW)
    # Whoever looks after a group can make its hooks say anything.
    assert [one.state for one in asked] == ["asked", "asked"]
    for member, one in zip((amina, bela), asked, strict=True):
        answer(member.id, [one.sighting_id], True, NOW)
    rows = db.session.scalars(sa.select(Activity).where(Activity.source == SOURCE).order_by(Activity.id))
    assert [row.group_id for row in rows] == [group.id, None]


@pytest.mark.parametrize("is_removed", [False, True])
def test_a_groups_inlet_is_asked_about_also_when_the_name_is_proven_later(db: Any, is_removed: bool) -> None:
    """And where whoever had it say so has taken it away since."""
    amina, group = make_member("amina"), make_group()
    inlet = make_inlet(group_id=group.id)
    take(inlet, SOURCE, [make_seen(1)], NOW)
    take(inlet, SOURCE, [make_seen(1, 1, text="Put right there")], NOW)
    take(make_inlet(key="house"), SOURCE, [make_seen(2)], NOW)
    if is_removed:
        managing.remove(inlet, amina.id)
        db.session.flush()
    assert match_anew(make_account(amina.id, mode="take"), NOW) == 2
    assert [state for _key, state, _who in states(db)] == ["asked", "taken"]


def test_proven_later_what_waits_becomes_theirs(db: Any) -> None:
    amina = make_member("amina")
    inlet = make_inlet()
    take(inlet, SOURCE, [make_seen(1), make_seen(2), make_seen(3, account=Doer(FORUM, "bela"))], NOW)
    take(inlet, SOURCE, [make_seen(4, gone=True)], NOW)
    account = make_account(amina.id)
    assert match_anew(account, NOW) == 2
    assert match_anew(account, NOW) == 0
    assert [(state, who) for _key, state, who in states(db)] == [
        ("asked", amina.id), ("asked", amina.id), ("new", None), ("new", None)
    ]  # fmt: skip


def test_proven_later_and_taken_at_once(db: Any) -> None:
    amina = make_member("amina")
    take(make_inlet(), SOURCE, [make_seen(1), make_seen(2)], NOW)
    assert match_anew(make_account(amina.id, mode="take"), NOW) == 2
    assert live(db) == [(amina.id, "Words of post 1"), (amina.id, "Words of post 2")]


def login(db: Any, member_id: int, **changes: Any) -> None:
    values = {"issuer": "https://login.example", "subject": "Sub|1", "email": "Amina@Example.org", "email_verified": True}
    db.session.add(Account(member_id=member_id, created_at=NOW, **(values | changes)))
    db.session.flush()


def test_verified_addresses_and_logins_are_names_too(db: Any) -> None:
    amina = make_member("amina")
    login(db, amina.id)
    names = [Doer("mail", "amina@example.ORG"), Doer("login", "https://login.example|Sub|1"),
             Doer("login", "https://login.example|sub|1"), Doer("login", "https://other.example|Sub|1")]  # fmt: skip
    taken = take(None, "xapi", [make_seen(n, account=who) for n, who in enumerate(names)], NOW)
    assert [one.member_id for one in taken] == [amina.id, amina.id, None, None]
    assert {one.state for one in taken} == {"asked", "new"}


@pytest.mark.parametrize("fault", ["unverified", "two"])
def test_an_address_that_is_not_surely_ones_own_is_nobodys(db: Any, fault: str) -> None:
    amina, bela = make_member("amina"), make_member("bela")
    login(db, amina.id, email_verified=fault == "two")
    if fault == "two":
        login(db, bela.id, subject="2")
    assert take(None, "xapi", [make_seen(account=Doer("mail", "amina@example.org"))], NOW)[0].member_id is None


def test_a_wish_about_an_address_counts_for_its_member_alone(db: Any) -> None:
    amina, bela = make_member("amina"), make_member("bela")
    login(db, amina.id)
    mine = make_account(amina.id, "amina@example.org", source="sign-in", place="mail", mode="take", proof="sign-in")
    seen = make_seen(account=Doer("mail", "amina@example.org"))
    assert take(None, "xapi", [seen], NOW)[0].state == "taken"
    mine.member_id = bela.id
    db.session.flush()
    assert take(None, "xapi", [replace(seen, source_key="2")], NOW)[0].member_id == amina.id


def test_what_cannot_be_kept_is_cut_not_lost(db: Any) -> None:
    amina = make_member("amina")
    make_account(amina.id, mode="take")
    odd = make_seen(
        text="x" * 30_000, url="javascript:alert(1)", tags=("a" * 100, "ok", *map(str, range(40))), kind_label="badge.awarded",
        occurred_at=NOW.replace(year=2999), version_at=NOW.replace(year=2999),
    )  # fmt: skip
    row = db.session.get(Activity, take(make_inlet(), SOURCE, [odd], NOW)[0].activity_id)
    assert (len(row.text), row.url, row.kind, row.occurred_at) == (20_000, None, "other", NOW)
    # News from the future does not shut the door on what comes after it.
    later = take(make_inlet(key="x", config={}), SOURCE, [make_seen()], NOW)[0]
    assert later.changed is False


@pytest.mark.parametrize("mode", ["ask", "take"])
def test_many_cost_as_many_questions_as_one(db: Any, count_queries: Any, mode: str) -> None:
    amina = make_member("amina")
    make_account(amina.id, mode=mode)
    inlet = make_inlet()
    costs = []
    for start, size in ((0, 2), (100, 60)):
        with count_queries() as seen:
            take(inlet, SOURCE, [make_seen(start + n) for n in range(size)], NOW)
        costs.append(len(seen))
    assert costs[1] <= costs[0] <= 25
