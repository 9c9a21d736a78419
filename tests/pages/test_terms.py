"""Terms of roles: asked about before they end, renewed by an admin, and nothing ends by itself."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.announcements import terms
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.identity.models import Grant
from recognition.identity.rules import Refused
from recognition.identity.services import roles
from recognition.identity.waiting import locks
from tests.factories.identity import make_member
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures

ENDS = date(2027, 6, 30)
DAY = datetime(2027, 6, 1, 9, tzinfo=UTC)


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    made = {"ada": make_member("ada", name="Ada"), "root": make_member("root", name="Root", roles=("admin",))}
    made["cleo"] = make_member("cleo", name="Cleo", roles=("council",))
    roles.grant(made["ada"], "council", None, DAY, ENDS)
    db.session.commit()
    return made


def test_the_holder_is_asked_once_from_a_month_before(db: Any, people: dict[str, Any]) -> None:
    asked = [terms.ask(DAY + timedelta(days=days)) for days in (-2, -1, 0, 12, 29, 30)]
    assert asked == [0, 1, 1, 1, 1, 0]
    told = db.session.execute(sa.select(Notice.member_id, Notice.kind, Notice.path)).all()
    assert [tuple(row) for row in told] == [(people["ada"].id, "role.ending", "/me/terms")]
    roles.set_term(people["ada"], "council", None, date(2028, 6, 30))
    assert terms.ask(datetime(2028, 6, 10, tzinfo=UTC)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 2


def test_nothing_ends_by_itself_and_a_lock_tells_of_it(db: Any, people: dict[str, Any]) -> None:
    for days in (29, 30, 400):
        terms.ask(DAY + timedelta(days=days))
    assert people["ada"].roles == {"council"}
    assert [one.kind for one in locks(datetime(2027, 6, 30, 23, tzinfo=UTC))] == []
    (lock,) = locks(datetime(2027, 7, 9, tzinfo=UTC))
    assert (lock.kind, lock.waiting, lock.since) == ("term", 1, datetime(2027, 7, 1, tzinfo=UTC))


def test_a_term_given_twice_is_one(db: Any, people: dict[str, Any]) -> None:
    assert [roles.grant(people["ada"], "council", None, DAY, ENDS), roles.grant(people["ada"], "council", None, DAY)] == [
        False
    ] * 2
    assert roles.grant(people["ada"], "council", None, DAY, date(2028, 1, 1)) is True
    done = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "role.renewed")).one()
    assert (done.before, done.after) == (
        {"role": "council", "ends_on": "2027-06-30"},
        {"role": "council", "ends_on": "2028-01-01"},
    )
    with pytest.raises(Refused):
        roles.set_term(people["ada"], "reviewer", None, ENDS)


def test_the_holder_says_what_they_would_like_and_an_admin_renews(db, people, as_):  # noqa: F811
    ada, root = as_(people["ada"]), as_(people["root"])
    assert ada.post("/me/terms", {"role": "council", "wish": "go_on"}).status_code == 303
    assert ada.post("/me/terms", {"role": "admin", "wish": "go_on"}).status_code == 409
    assert ada.post("/me/terms", {"role": "council", "wish": "rule"}).status_code == 409
    assert "You said that you would like to go on." in plain(ada.get("/me/terms").text)
    assert "would like to go on" in plain(as_(people["cleo"]).get("/council/terms").text)
    form = {"handle": "ada", "role": "council", "ends_on": "2099-06-30"}
    assert as_(people["cleo"]).post("/council/terms", form).status_code == 403
    for typed, status in (("soon", 422), ("2001-01-01", 422), ("2099-06-30", 303)):
        assert root.post("/council/terms", form | {"ends_on": typed}).status_code == status
    assert root.post("/council/terms", form | {"handle": "root", "role": "admin"}).status_code == 409
    assert root.post("/council/terms", form | {"handle": "nobody"}).status_code == 404
    held = db.session.scalars(sa.select(Grant).where(Grant.member_id == people["ada"].id)).one()
    assert (held.ends_on, held.wish) == (date(2099, 6, 30), None)
    assert root.post("/council/terms", form | {"ends_on": ""}).status_code == 303
    db.session.expire_all()
    assert held.ends_on is None


def test_the_list_has_those_first_whose_term_ends_first(db, people, as_, count_queries):  # noqa: F811
    for number in range(26):
        roles.grant(make_member(f"r{number:02d}"), "reviewer", None, DAY, date(2030, 1, 1) + timedelta(days=number))
    db.session.commit()
    cleo = as_(people["cleo"])
    with count_queries() as seen:
        first = cleo.get("/council/terms").text
    assert len(seen) <= 8
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    rest = cleo.get(following).text
    shown = [[f"/members/{handle}" in page for page in (first, rest)] for handle in ("ada", "r22", "r23", "root")]
    assert shown == [[True, False], [True, False], [False, True], [False, True]]
    assert as_(people["ada"]).get("/me/terms").status_code == 200


def test_the_command_gives_a_term(app: Flask, db: Any, people: dict[str, Any]) -> None:
    make_member("bob")
    db.session.commit()
    done = app.test_cli_runner().invoke(args=["member", "role", "bob", "--grant", "reviewer", "--until", "2027-01-31"])
    assert (done.exit_code, done.output) == (0, "bob: reviewer\n")
    ends = sa.select(Grant.ends_on).where(Grant.role == "reviewer")
    assert db.session.scalars(ends).all() == [date(2027, 1, 31)]
