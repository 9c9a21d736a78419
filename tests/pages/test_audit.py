"""The audit, read by the council: who changed which rule when, what it was and what it became."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask.testing import FlaskClient

from recognition.audit.services import record
from recognition.identity.models import Member
from recognition.pages.audit_words import DONE
from recognition.refs import Ref
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.identity.pages import words

SignIn = Callable[[FlaskClient, Member], None]
RULE = {"count": {"kind": "talk"}, "at_least": 3}
WIDER = {"count": {"kind": "talk"}, "at_least": 5}


@pytest.fixture
def council(client: FlaskClient, sign_in: SignIn) -> Member:
    member = make_member("amina", roles=("council",))
    sign_in(client, member)
    return member


def lines(client: FlaskClient, query: str = "") -> list[str]:
    page = client.get(f"/council/audit{query}").text
    return [words(f"<main{item[1:]}<footer") for item in re.findall(r'class="p-audit__line"(>.*?</li>)', page, re.DOTALL)]


@pytest.mark.parametrize(("roles", "status"), [((), 403), (("reviewer",), 403), (("council",), 200), (("admin",), 200)])
def test_who_may_read_it(client: FlaskClient, db: Any, sign_in: SignIn, roles: tuple[str, ...], status: int) -> None:
    assert client.get("/council/audit").status_code == 302
    sign_in(client, make_member("bea", roles=roles))
    assert client.get("/council/audit").status_code == status


def test_a_changed_rule_is_told_in_words(client: FlaskClient, db: Any, council: Member) -> None:
    record("badge.saved", Ref("badge", "talker"), council.id, {"version": 1, "criteria": RULE}, {"version": 2, "criteria": WIDER})
    db.session.commit()
    (said,) = lines(client)
    assert said.startswith("Saved the badge talker Amina · ")
    assert "version 1 became 2" in said
    assert re.search(r"rule .*3.* became .*5", said)
    assert "at_least" not in said
    assert 'href="/badges/talker"' in client.get("/council/audit").text


def test_values_of_every_sort(client: FlaskClient, db: Any, council: Member) -> None:
    before = {"on": True, "levels": [1, 5], "name": "Old", "same": 3, "criteria": {"moon": "full"}, "gone": "x"}
    after = {"on": False, "levels": [1, 5, 25], "name": "New", "same": 3, "valid_days": 30, "more": {"a": 1}}
    record("badge.saved", Ref("badge", "b"), None, before, after)
    record("member.suspended", Ref("member", council.id), council.id, {"state": "active"})
    record("code.closed", Ref("code", 7), council.id)
    db.session.commit()
    closed, suspended, saved = lines(client)
    assert closed.startswith("Closed a code № 7 Amina ·")
    assert suspended.startswith("Suspended somebody @amina Amina ·")
    assert suspended.endswith("state active")
    assert saved.startswith("Saved the badge b the command line ·")
    assert saved[saved.index("rule") :] == (
        'rule {"moon": "full"} gone x levels 1, 5 became 1, 5, 25 more {"a": 1} name Old became New on yes became no'
        " valid for days 30"
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["role.granted", "badge.saved", "badge.given", "badge.saved"]),
        ("?action=badge", ["badge.saved", "badge.given", "badge.saved"]),
        ("?action=badge.saved", ["badge.saved", "badge.saved"]),
        ("?target=badge:one", ["badge.given", "badge.saved"]),
        ("?target=badge", ["badge.saved", "badge.given", "badge.saved"]),
        ("?target=badg", []),
        ("?action=%25", []),
        ("?person=@bea", ["badge.saved"]),
        ("?person=nobody", []),
        ("?person=amina&action=badge&target=badge:one", ["badge.given", "badge.saved"]),
    ],
)
def test_it_can_be_searched(client: FlaskClient, db: Any, council: Member, query: str, found: list[str]) -> None:
    bea = make_member("bea")
    record("badge.saved", Ref("badge", "one"), council.id)
    record("badge.given", Ref("badge", "one"), council.id)
    record("badge.saved", Ref("badge", "one-more"), bea.id)
    record("role.granted", Ref("member", bea.id), None, after={"role": "reviewer"})
    db.session.commit()
    assert [next(name for name, words in DONE.items() if line.startswith(str(words))) for line in lines(client, query)] == found


def test_pages_keep_what_was_asked(client: FlaskClient, db: Any, council: Member) -> None:
    for number in range(30):
        record("badge.saved", Ref("badge", f"b{number}"), council.id)
        record("badge.given", Ref("badge", f"b{number}"), council.id)
    db.session.commit()
    page = client.get("/council/audit?action=badge.given").text
    older = re.search(r'class="c-pagination__older" href="([^"]+)"', page).group(1).replace("&amp;", "&")  # type: ignore[union-attr]
    first, second = lines(client, "?action=badge.given"), lines(client, older.removeprefix("/council/audit"))
    assert [line.split()[:4] for line in first + second] == [["Gave", "the", "badge", f"b{n}"] for n in range(29, -1, -1)]
    assert client.get("/council/audit?after=x").status_code == 400


def test_names_as_a_member_may_see_them(client: FlaskClient, db: Any, council: Member) -> None:
    shy = make_member("shy", name="Secret Name", visibility={"name": "me"})
    record("badge.saved", Ref("badge", "one"), shy.id)
    record("role.granted", Ref("member", shy.id), shy.id)
    db.session.commit()
    assert [line.partition(" ·")[0] for line in lines(client)] == ["Granted a role to @shy @shy", "Saved the badge one @shy"]


def test_who_got_a_badge_and_what_for(client: FlaskClient, db: Any, council: Member) -> None:
    ids = [make_member(f"m{n:02}", name=f"Person {n:02}", visibility={"name": "me"} if n else {}).id for n in range(2)]
    after = {"to": ids, "members": 14, "level": None, "reason": "For the tea."}
    record("badge.given", Ref("badge", "one"), council.id, after=after)
    record("moon.painted", Ref("moon", 3), council.id)
    db.session.commit()
    other, said = lines(client)
    assert said.endswith("reason For the tea. who got it Person 00, @m01 and 12 more")
    assert other.startswith("moon.painted")
    assert '<option value="moon" selected>moon</option>' in client.get("/council/audit?action=moon").text


def test_a_badge_is_called_by_its_name(client: FlaskClient, db: Any, council: Member) -> None:
    make_badge("hearth-keeper", name="Hearth Keeper")
    record("code.made", Ref("code", 3), council.id, after={"badge": "hearth-keeper", "limit": 5})
    record("code.made", Ref("code", 4), council.id, after={"badge": "gone"})
    # As taking back was written once: what it was about is not what it was before.
    record("award.revoked", Ref("award", 7), council.id, {"badge": "hearth-keeper"}, {"reason": "A mistake."})
    db.session.commit()
    revoked, gone, made = lines(client)
    assert made.endswith("badge Hearth Keeper limit 5")
    assert gone.endswith("badge gone")
    assert revoked.endswith("badge Hearth Keeper reason A mistake.")
    assert "<del" not in client.get("/council/audit").text


def test_as_many_statements_for_many_as_for_one(
    client: FlaskClient, db: Any, council: Member, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    numbers = []
    for name in ("ada", "bea", "cleo"):
        record("role.granted", Ref("member", make_member(name).id), council.id)
        record("badge.saved", Ref("badge", name), make_member(f"{name}-too").id)
        db.session.commit()
        with count_queries() as seen:
            client.get("/council/audit")
        numbers.append(len(seen))
    assert numbers[0] == numbers[2] <= 12
