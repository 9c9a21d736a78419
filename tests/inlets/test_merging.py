"""Two rows of one person become one, and two again: names elsewhere, what comes in by itself, and learning records."""

from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities.drain import drain
from recognition.activities.sources.seen import Doer
from recognition.identity.models import Member
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from recognition.inlets.models import Inlet, LinkedAccount, Sighting, Statement
from recognition.inlets.services import mailing
from recognition.inlets.services.answering import answer
from recognition.inlets.services.looking import due
from recognition.inlets.services.seeing import take
from recognition.inlets.xapi.services import store
from recognition.inlets.xapi.statements import statement
from tests.dumps import differing, dump
from tests.factories.identity import make_member
from tests.factories.inlets import FORUM, NOW, make_account, make_inlet, make_seen
from tests.factories.xapi import make_statement, make_voiding

BLOG = {"address": "https://blog.example/feed", "proven": True}
SAME_BLOG = {"address": "http://BLOG.example/feed/", "proven": True, "space": "of-old"}
UNPROVEN = {"proven_at": None, "proof": ""}


@pytest.fixture
def two(db: Any) -> tuple[Member, Member]:
    """Both with a blog that is the same one, an address for mails, and names of which they share two."""
    old, new = make_member("old"), make_member("new")
    for key, source, member, config in (("a", "feed", old, SAME_BLOG), ("b", "feed", new, BLOG), ("c", "ical", old, BLOG)):
        make_inlet(source, key=key, member_id=member.id, config=config, due_at=NOW)
    for key, member, state in (("d", new, "off"), ("e", old, "on")):
        make_inlet("mail", key=key, member_id=member.id, config={"proven": True}, state=state, made_by_id=old.id)
    make_account(old.id, "both", mode="take", token="kept")
    make_account(new.id, "both", **UNPROVEN)
    make_account(old.id, "again", **UNPROVEN)
    make_account(new.id, "again", token="kept")
    make_account(old.id, "alone", token="kept")
    seen = [make_seen(number, account=Doer(FORUM, name)) for number, name in enumerate(("both", "again", "alone", "nobody"))]
    assert [one.state for one in take(make_inlet(), "discourse", seen, NOW)] == ["taken", "asked", "asked", "new"]
    store([statement(make_statement(1))], old)
    store([statement(make_voiding(1, 2))], old)
    db.session.commit()
    drain()
    return old, new


def inlets(db: Any) -> dict[str, tuple[str, int | None]]:
    rows = db.session.execute(sa.select(Inlet.key, Inlet.state, Inlet.member_id).where(Inlet.source != "discourse"))
    return {row.key: (row.state, row.member_id) for row in rows}


def test_all_of_it_becomes_the_others_and_goes_back(db: Any, two: tuple[Member, Member]) -> None:
    _old, new = two
    before = dump()
    done = merge(*two, None, "One person", NOW)
    db.session.commit()
    assert {key: state for key, (state, _whose) in inlets(db).items()} == {
        "a": "off",
        "b": "on",
        "c": "on",
        "d": "off",
        "e": "on",
    }
    assert {whose for _state, whose in inlets(db).values()} == {new.id}
    assert len(due(NOW)) == 2, "the blog that both had is looked at once"
    accounts = sa.select(LinkedAccount.folded, LinkedAccount.member_id, LinkedAccount.token).order_by(LinkedAccount.folded)
    assert [tuple(row) for row in db.session.execute(accounts)] == [(one, new.id, "kept") for one in ("again", "alone", "both")]
    forum = Sighting.source == "discourse"
    owners = sa.select(Sighting.state, Sighting.member_id).where(forum).order_by(Sighting.source_key)
    assert [tuple(row) for row in db.session.execute(owners)] == [
        ("taken", new.id), ("asked", new.id), ("asked", new.id), ("new", None)
    ]  # fmt: skip
    assert set(db.session.scalars(sa.select(Statement.member_id))) == {new.id}
    assert unmerge(done.id, None, "Two people", NOW) == []
    db.session.commit()
    drain()
    assert differing(before, dump()) == {}


def test_what_waits_is_answered_by_the_one_who_stays(db: Any, two: tuple[Member, Member]) -> None:
    old, new = two
    merge(*two, None, "One person", NOW)
    db.session.commit()
    waiting = list(db.session.scalars(sa.select(Sighting.id).where(Sighting.state == "asked")))
    assert (answer(old.id, waiting, True, NOW), answer(new.id, waiting, True, NOW)) == (0, 2)


def test_both_addresses_for_mails_are_switched_off_and_renewed_at_once(db: Any, two: tuple[Member, Member]) -> None:
    """Or one would go on to take mails, and nobody could end it."""
    _old, new = two
    merge(*two, None, "One person", NOW)
    mailing.renew(new.id)
    db.session.flush()
    shown = mailing.of(new.id)
    assert (shown.key, shown.state, shown.secret_number) == ("e", "on", 2)
    mailing.switch_off(new.id)
    db.session.commit()
    assert [inlets(db)[key] for key in "de"] == [("off", new.id), ("off", new.id)]
