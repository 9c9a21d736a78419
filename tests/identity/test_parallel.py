"""What may happen once, tried at the same moment by several."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.activities.models import Activity
from recognition.extensions import db
from recognition.identity.models import Account, Grant, Group, LoginSession, Member, Membership
from recognition.identity.oidc import Identity
from recognition.identity.rules import Refused
from recognition.identity.services import claims, groups, profiles, roles, sessions
from tests.factories.activities import make_activity
from tests.factories.identity import make_group, make_member

AT_ONCE = 4


def all_at_once(app: Flask, act: Callable[[int], Any]) -> list[Any]:
    """Each in a transaction of its own; a refusal is a result."""
    barrier = Barrier(AT_ONCE)

    def one(number: int) -> Any:
        with app.app_context():
            barrier.wait()
            try:
                result = act(number)
                db.session.commit()
            except Refused as fault:
                db.session.rollback()
                return fault
            return result

    db.session.commit()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def count(model: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def fay(subject: str = "fay") -> Identity:
    return Identity("https://issuer.example", subject, username="fay", name="Fay")


def test_one_person_in_many_windows_is_one_member(app: Flask) -> None:
    signed_in = all_at_once(app, lambda _n: sessions.sign_in(fay(), "", clock.utcnow()))
    assert len({one.member_id for one in signed_in}) == 1
    assert (count(Member), count(Account), count(LoginSession)) == (1, 1, AT_ONCE)


def test_many_people_of_one_name_all_get_a_handle(app: Flask) -> None:
    all_at_once(app, lambda n: sessions.sign_in(fay(f"fay-{n}"), "", clock.utcnow()).token)
    assert count(Member) == count(Account) == AT_ONCE


def test_a_handle_goes_to_one_of_many(app: Flask) -> None:
    ids = [make_member(f"rep-{n}").id for n in range(AT_ONCE)]
    renamed = all_at_once(app, lambda n: profiles.rename(db.session.get_one(Member, ids[n]), "fay"))
    assert sum(isinstance(one, Refused) for one in renamed) == AT_ONCE - 1
    assert db.session.scalar(sa.select(sa.func.count()).where(Member.handle == "fay")) == 1


def test_a_claim_link_serves_one_of_many(app: Flask) -> None:
    link = claims.make_link(make_member("rep-1")).rpartition("/")[2]
    taken = all_at_once(app, lambda n: sessions.sign_in(fay(f"s-{n}"), "", clock.utcnow(), claims.member_for(link)))
    assert sum(isinstance(one, Refused) for one in taken) == AT_ONCE - 1
    assert (count(Member), count(Account)) == (1, 1)


def test_a_deed_told_while_its_page_is_given_up_stays(app: Flask) -> None:
    waiting_id, own_id = make_member("rep-1").id, make_member("fay").id
    db.session.commit()
    make_activity(own_id)

    def give_up() -> None:
        with app.app_context():
            claims.take(*(db.session.get_one(Member, one) for one in (waiting_id, own_id)))
            db.session.commit()

    with ThreadPoolExecutor(1) as pool:
        giving_up = pool.submit(give_up)
        time.sleep(0.3)
        db.session.commit()
        with pytest.raises(Refused, match="something on it"):
            giving_up.result()
    assert (count(Member), count(Activity)) == (2, 1)


def test_two_last_admins_cannot_both_leave(app: Flask) -> None:
    ids = [make_member(f"root{n}", roles=("admin",)).id for n in range(AT_ONCE)]
    left = all_at_once(app, lambda n: roles.revoke(db.session.get_one(Member, ids[n]), "admin", None, roles.Said(None, "Over")))
    assert sum(isinstance(one, Refused) for one in left) == 1
    assert count(Grant) == 1


@pytest.mark.parametrize("entry", ["open", "request"])
def test_joining_twice_is_joining_once(app: Flask, entry: str) -> None:
    group_id, member_id = make_group(entry=entry).id, make_member().id

    def join(_n: int) -> str:
        return groups.join(db.session.get_one(Group, group_id), db.session.get_one(Member, member_id), clock.utcnow())

    assert set(all_at_once(app, join)) == {"in" if entry == "open" else "asked"}
    assert count(Membership) == 1
