"""The pages of nominations: asked for, decided by one of many, answered in bulk."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.badges.models import Award, ClaimCode, Nomination
from recognition.badges.services import nominating
from recognition.badges.services.codes import make_code
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.badges.conftest import SignIn, words
from tests.factories.badges import make_badge
from tests.factories.identity import JOINED, make_member
from tests.identity.pages import send


def code_of(app: Flask, maker: Member, badge: Any, limit: int = 5) -> ClaimCode:
    now = clock.utcnow()
    with app.test_request_context():
        made = make_code(badge, "Tea in Lima", limit, now, now + timedelta(days=1), None, maker, now)
    database.session.commit()
    return made


def holders() -> list[tuple[str, str]]:
    rows = database.session.execute(
        sa.select(Member.handle, Award.reason).join(Award, Award.member_id == Member.id).order_by(Member.handle)
    )
    return [(row.handle, row.reason) for row in rows]


def test_a_nomination_goes_all_the_way(app: Flask, client: FlaskClient, sign_in: SignIn, rosa: Member) -> None:
    make_badge("kind", {}, name="Kind pin", nominable=True)
    make_member("ben")
    friend = app.test_client()
    sign_in(friend, make_member("ada"))
    assert "/badges/kind/nominate" in friend.get("/badges/kind").text
    page = "/badges/kind/nominate"
    done = send(friend, page, page, nominee="@Ben", reason="Stayed till the last chair was folded.")
    assert (done.status_code, done.location) == (303, "/nominations/")
    assert "waits for a decision" in words(friend.get("/nominations/").text)
    nomination = database.session.scalars(sa.select(Nomination)).one()
    queue = words(client.get("/council/nominations").text)
    assert "Ben · Kind pin Stayed till the last chair was folded. says Ada" in queue
    decided = send(client, "/council/nominations", "/council/nominations", decision=f"approve:{nomination.id}")
    assert decided.status_code == 303
    assert holders() == [("ben", "Stayed till the last chair was folded.")]
    assert "approved · Rosa" in words(friend.get("/nominations/").text)


def test_a_form_with_a_fault_keeps_what_was_typed(client: FlaskClient, rosa: Member) -> None:
    make_badge("kind", {}, nominable=True)
    database.session.commit()
    answer = send(client, "/badges/kind/nominate", "/badges/kind/nominate", nominee="nobody", reason="All of it.")
    assert answer.status_code == 422
    assert ("We know nobody of this handle" in answer.text, "All of it." in answer.text) == (True, True)


def asked(app: Flask, number: int = 1) -> list[int]:
    badge = make_badge("kind", {}, nominable=True)
    with app.test_request_context():
        found = [nominating.nominate(badge, make_member(f"n{place}"), make_member(f"by{place}"), "Did.", None, clock.utcnow()).id
                 for place in range(number)]  # fmt: skip
    database.session.commit()
    return found


def test_the_slower_approver_is_told_who_decided(app: Flask, client: FlaskClient, sign_in: SignIn, rosa: Member) -> None:
    ids, other = asked(app), app.test_client()
    sign_in(other, make_member("rex", roles=("reviewer",)))
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/council/nominations").text)
    assert token is not None
    send(other, "/council/nominations", "/council/nominations", decision=f"approve:{ids[0]}")
    late = client.post("/council/nominations", data={"csrf_token": token.group(1), "decision": f"approve:{ids[0]}"})
    assert late.status_code == 409
    assert "Rex was a moment faster and approved it." in words(late.text)
    assert 'href="/council/nominations"' in late.text.partition("<main")[2]


def test_many_are_answered_at_once_and_a_no_needs_words(app: Flask, client: FlaskClient, rosa: Member) -> None:
    ids = asked(app, 3)
    page = "/council/nominations"
    silent = send(client, page, page, decision="refuse", chosen=[str(one) for one in ids[:2]])
    assert (silent.status_code, "why not" in silent.text) == (422, True)
    assert re.findall(r'name="chosen" value="(\d+)" checked', silent.text) == [str(one) for one in ids[:2]]
    assert re.search(r'<textarea[^>]* name="answer"[^>]* aria-invalid="true"', silent.text) is not None
    assert "(if you like)" not in words(silent.text)
    done = send(client, page, page, decision="refuse", answer="Next month.", chosen=[str(one) for one in ids[:2]])
    assert done.status_code == 303
    assert "2 nominations answered with a no." in words(client.get(page).text)
    send(client, page, page, decision="approve", chosen=str(ids[2]))
    assert [row.state for row in database.session.scalars(sa.select(Nomination).order_by(Nomination.id))] == [
        "refused", "refused", "approved",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("award", "nominee", "refused"),
    [
        ({"shown": True}, {}, True),
        ({"shown": False}, {}, False),
        ({"shown": False, "answer": "declined"}, {}, False),
        ({"shown": True, "revoked_at": JOINED}, {}, False),
        ({"shown": True, "expires_at": JOINED}, {}, False),
        ({"shown": True}, {"visibility": {"name": "me"}}, False),
    ],
)
def test_who_is_seen_wearing_it_need_not_be_nominated(
    client: FlaskClient, rosa: Member, award: dict[str, Any], nominee: dict[str, Any], refused: bool
) -> None:
    badge = make_badge("kind", {}, nominable=True)
    ben = make_member("ben", **nominee)
    values = {"key": "k", "badge_id": badge.id, "member_id": ben.id, "version": 1, "awarded_at": JOINED, "answer": "accepted"}
    database.session.add(Award(**values | award))
    database.session.commit()
    page = "/badges/kind/nominate"
    answer = send(client, page, page, nominee="ben", reason="Stayed late.")
    assert (answer.status_code, "wears it already" in answer.text) == ((422, True) if refused else (303, False))


def test_another_level_may_be_asked_for(client: FlaskClient, rosa: Member) -> None:
    badge, ben = make_badge("kind", {}, levels=[1, 5], nominable=True), make_member("ben")
    database.session.add(Award(key="k", badge_id=badge.id, member_id=ben.id, version=1, awarded_at=JOINED, shown=True,
                               answer="accepted", occasion="1", level=1))  # fmt: skip
    database.session.commit()
    page = "/badges/kind/nominate"
    codes = [send(client, page, page, nominee="ben", reason="Stayed late.", level=level).status_code for level in ("1", "5")]
    assert codes == [422, 303]


def test_only_ones_own_nomination_is_taken_back(app: Flask, client: FlaskClient, rosa: Member) -> None:
    for nomination_id in (*asked(app), 10**6, 2**63 - 1, 2**63):
        assert send(client, "/me/settings", f"/nominations/{nomination_id}/take-back").status_code == 404
    assert database.session.scalars(sa.select(Nomination.state)).all() == ["open"]


def test_reviewers_decide_and_nothing_else_is_open_to_them(client: FlaskClient, sign_in: SignIn) -> None:
    make_badge("kind", {})
    sign_in(client, make_member("rex", roles=("reviewer",)))
    pages = ("/council/nominations", "/council/", "/council/badges/kind/give", "/council/badges/kind/codes", "/admin/")
    assert [client.get(page).status_code for page in pages] == [200, 403, 403, 403, 403]


def test_a_name_leads_to_a_handle(client: FlaskClient, sign_in: SignIn) -> None:
    make_badge("kind", {}, nominable=True)
    make_member("ben7", name="Benedikta Sol")
    make_member("shy", name="Benedikta Luna", visibility={"name": "me"})
    database.session.commit()
    suggested = "/members/suggested/handles?nominee="
    assert client.get(f"{suggested}benedikta").status_code == 302
    sign_in(client, make_member("ada"))
    page = client.get("/badges/kind/nominate").text
    assert ('list="handles"' in page, '<datalist id="handles">' in page) == (True, True)
    assert client.get(f"{suggested}benedikta").text.strip() == '<option value="ben7">Benedikta Sol</option>'
    assert [client.get(f"{suggested}{typed}").text.strip() for typed in ("", "nobody")] == ["", ""]


def test_members_have_no_queue(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, make_member("ada"))
    assert client.get("/council/nominations").status_code == 403


@pytest.mark.parametrize("page", ["/council/nominations", "/nominations/", "/council/badges/kind/codes"])
def test_lists_ask_a_fixed_number_of_questions(
    app: Flask, client: FlaskClient, rosa: Member, count_queries: Callable[[], Any], page: str
) -> None:
    badge = make_badge("kind", {}, nominable=True)
    counts = []
    for rows in (1, 3):
        for place in range(rows):
            with app.test_request_context():
                nominee, other = make_member(f"n{rows}{place}"), make_member(f"by{rows}{place}")
                nominating.nominate(badge, nominee, other, "Did.", None, clock.utcnow())
                nominating.nominate(badge, nominee, rosa, "Did.", None, clock.utcnow())
            code_of(app, rosa, badge)
        with count_queries() as seen:
            assert client.get(page).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12
