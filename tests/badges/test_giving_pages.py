"""The pages on which badges are given: codes, lists by hand, nominations."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.badges.forms.lists import BadList, read_lines
from recognition.badges.models import Award, ClaimCode, Nomination
from recognition.badges.services import nominating
from recognition.badges.services.codes import make_code
from recognition.extensions import db as database
from recognition.identity.models import Member, Membership
from tests.factories.badges import make_badge
from tests.factories.identity import JOINED, make_group, make_member
from tests.identity.pages import send
from tests.identity.pages import words as words_with_gaps

SignIn = Callable[[FlaskClient, Any], None]
TODAY = clock.utcnow().date()


@pytest.fixture
def rosa(client: FlaskClient, sign_in: SignIn) -> Member:
    member = make_member("rosa", roles=("council",))
    sign_in(client, member)
    return member


def words(html: str) -> str:
    return words_with_gaps(html).replace(" :", ":").replace(" .", ".")


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


# Codes


def test_a_code_is_made_and_its_sheet_shows_it(client: FlaskClient, rosa: Member) -> None:
    make_badge("kind", {}, name="Kind pin")
    done = send(client, "/council/badges/kind/codes", "/council/badges/kind/codes", label="Tea in Lima", limit="30",
                until=str(TODAY))  # fmt: skip
    code = database.session.scalars(sa.select(ClaimCode)).one()
    assert (done.status_code, done.location) == (303, f"/council/codes/{code.id}/sheet")
    sheet = client.get(done.location).text
    assert f'href="http://localhost/claim/{code.code}"' in sheet
    assert 'class="p-sheet__qr-drawing"' in sheet
    said = words(sheet)
    assert f"{code.code[:4]} {code.code[4:]}" in said
    assert ("Kind pin" in said, "Tea in Lima" in said, "For 30 people" in said) == (True, True, True)
    listed = words(client.get("/council/badges/kind/codes").text)
    assert "0 of 30" in listed


def test_a_code_form_with_a_fault_keeps_what_was_typed(client: FlaskClient, rosa: Member) -> None:
    make_badge("kind", {})
    answer = send(client, "/council/badges/kind/codes", "/council/badges/kind/codes", label="Tea in Lima", limit="many",
                  until="soon")  # fmt: skip
    assert answer.status_code == 422
    assert 'value="Tea in Lima"' in answer.text
    assert "A whole number" in answer.text
    assert "Choose the last day" in answer.text


def test_a_phone_claims_and_a_stranger_signs_in_first(app: Flask, client: FlaskClient, sign_in: SignIn, rosa: Member) -> None:
    code = code_of(app, rosa, make_badge("kind", {}, name="Kind pin"))
    page, phone = f"/claim/{code.code.lower()}", app.test_client()
    stranger = phone.get(page).text
    assert f'href="/login?next=/claim/{code.code}"' in stranger
    assert phone.post(page).status_code in (400, 401)
    sign_in(phone, make_member("ada"))
    assert "Take this pin" in phone.get(page).text
    done = send(phone, page, page)
    award = database.session.scalars(sa.select(Award)).one()
    assert (done.status_code, done.location) == (303, f"/awards/{award.key}")
    assert "With a code, by being there" in words(phone.get(done.location).text)
    assert "You have it already" in words(phone.get(page).text)
    again = send(phone, "/me/settings", page)
    assert (again.status_code, again.location) == (303, f"/awards/{award.key}")
    assert database.session.get_one(ClaimCode, code.id).used == 1
    assert "1 of 5" in words(client.get("/council/badges/kind/codes").text)


def test_a_typed_code_leads_to_its_page_and_a_wrong_one_is_asked_again(app: Flask, client: FlaskClient, rosa: Member) -> None:
    code = code_of(app, rosa, make_badge("kind", {}))
    found = client.get("/claim", query_string={"code": f" {code.code[:4].lower()} {code.code[4:]}"})
    assert (found.status_code, found.location) == (303, f"/claim/{code.code}")
    wrong = client.get("/claim?code=22222222")
    assert (wrong.status_code, "We know no such code" in wrong.text) == (422, True)
    assert client.get("/claim/22222222").status_code == 422


def test_a_closed_or_full_code_says_so(app: Flask, client: FlaskClient, sign_in: SignIn, rosa: Member) -> None:
    badge = make_badge("kind", {})
    code, full = code_of(app, rosa, badge), code_of(app, rosa, badge, limit=1)
    full.used = 1
    database.session.commit()
    send(client, "/council/badges/kind/codes", f"/council/codes/{code.id}/close")
    phone = app.test_client()
    sign_in(phone, make_member("ada"))
    assert "was closed" in words(phone.get(f"/claim/{code.code}").text)
    answer = send(phone, "/me/settings", f"/claim/{full.code}")
    assert (answer.status_code, "all of its pins are given out" in words(answer.text)) == (409, True)


def test_guessing_is_slowed_down(client: FlaskClient) -> None:
    answers = {client.get(f"/claim/2222222{number % 8 + 2}").status_code for number in range(130)}
    assert 429 in answers


# By hand


def test_a_list_is_looked_at_line_by_line_before_anything_is_given(app: Flask, client: FlaskClient, rosa: Member) -> None:
    make_badge("kind", {})
    for handle, changes in {"ada": {}, "ben": {"takes_badges": False}, "barbara": {}}.items():
        make_member(handle, **changes)
    database.session.commit()
    page = "/council/badges/kind/give"
    looked = send(client, page, page, people="@ada, barbra\nben ada\nrosa", reason="Folded every chair.", step="look")
    said = words(looked.text)
    assert looked.status_code == 200
    assert holders() == []
    assert [sentence in said for sentence in (
        "Ada @ada: gets it", "barbra: nobody has this handle. Did you mean barbara?", "Ben @ben: takes no badges",
        "Ada @ada: stands on the list twice", "Rosa @rosa: that is you, and nobody gives to themselves",
        "Give it to 1 person",
    )] == [True] * 6  # fmt: skip
    assert "barbra\nben ada" in looked.text.replace("\r", "")


def test_giving_keeps_what_could_not_be_given_and_twice_gives_once(client: FlaskClient, rosa: Member) -> None:
    make_badge("kind", {})
    make_member("ada")
    database.session.commit()
    page = "/council/badges/kind/give"
    form = {"people": "ada\nnobody-here", "reason": "Folded every chair.", "step": "give"}
    first = send(client, page, page, **form)
    assert (first.status_code, "nobody-here: nobody has this handle" in words(first.text)) == (200, True)
    send(client, page, page, **form)
    assert holders() == [("ada", "Folded every chair.")]
    assert "Given to 1 person." in words(first.text)


def test_a_file_with_reasons_is_read(client: FlaskClient, rosa: Member) -> None:
    make_badge("kind", {})
    for handle in ("ada", "ben", "cleo"):
        make_member(handle)
    database.session.commit()
    table = 'Handle;Reason\n@ada;"Tea; and cake"\nben;\nhttps://example.org/members/cleo;Songs\n'
    page = "/council/badges/kind/give"
    done = send(
        client, page, page, people="", reason="Came.", step="give", file=(io.BytesIO(b"\xef\xbb\xbf" + table.encode()), "a.csv")
    )
    assert (done.status_code, done.location) == (303, "/badges/kind")
    assert holders() == [("ada", "Tea; and cake"), ("ben", "Came."), ("cleo", "Songs")]


def test_a_line_without_a_reason_is_not_given(client: FlaskClient, rosa: Member) -> None:
    make_badge("kind", {})
    make_member("ada")
    database.session.commit()
    page = "/council/badges/kind/give"
    assert "Ada @ada: needs a reason" in words(send(client, page, page, people="ada", reason=" ", step="give").text)
    assert holders() == []


def test_a_hidden_or_declined_badge_is_not_given_away_by_the_preview(app: Flask, client: FlaskClient, rosa: Member) -> None:
    badge = make_badge("kind", {})
    for handle, changes in {"open": {}, "hides": {"shown": False}, "said-no": {"shown": False, "answer": "declined"}}.items():
        member = make_member(handle)
        values = {"shown": True, "answer": "accepted", "version": 1, "awarded_at": JOINED, **changes}
        database.session.add(Award(key=f"key-{handle}", badge_id=badge.id, member_id=member.id, **values))
    database.session.commit()
    page = "/council/badges/kind/give"
    said = words(send(client, page, page, people="open hides said-no", reason="Tea.", step="look").text)
    assert "@open: has it already" in said
    assert "@hides: has it already, or does not want it" in said
    assert "@said-no: has it already, or does not want it" in said


def test_two_thousand_at_once(client: FlaskClient, rosa: Member, count_queries: Callable[[], Any]) -> None:
    make_badge("kind", {})
    for number in range(2000):
        database.session.add(Member(handle=f"m{number}", name=f"M {number}", joined_at=JOINED))
    database.session.commit()
    page = "/council/badges/kind/give"
    people = "\n".join(f"m{number}" for number in range(2000))
    with count_queries() as seen:
        done = send(client, page, page, people=people, reason="Came.", step="give")
    assert done.status_code == 303
    assert len(holders()) == 2000
    assert len(seen) < 60
    assert "At most 2000 lines" in send(client, page, page, people=people + "\nm2000x", reason="Came.").text


def test_curators_give_their_groups_badges_only(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    group, cleo = make_group("lima"), make_member("cleo")
    database.session.add(Membership(group_id=group.id, member_id=cleo.id, is_curator=True, state="in", since=JOINED))
    make_badge("local", {}, issuer_id=group.id)
    make_badge("house", {})
    database.session.commit()
    sign_in(client, cleo)
    pages = (
        "/council/badges/local/give",
        "/council/badges/house/give",
        "/council/badges/local/codes",
        "/council/badges/house/codes",
    )
    assert [client.get(page).status_code for page in pages] == [200, 403, 200, 403]
    other = app.test_client()
    sign_in(other, make_member("plain"))
    assert [other.get(page).status_code for page in pages] == [403] * 4
    assert app.test_client().get(pages[0]).location == "/login?next=/council/badges/local/give"


@pytest.mark.parametrize("state", ["draft", "retired"])
def test_drafts_and_retired_badges_are_given_to_nobody(client: FlaskClient, rosa: Member, state: str) -> None:
    make_badge("kind", {}, state=state)
    make_member("ada")
    database.session.commit()
    page = "/council/badges/kind/give"
    answer = send(client, page, page, people="ada", reason="Came.", step="give")
    assert (answer.status_code, holders()) == (422, [])
    assert f"This badge is {'a draft' if state == 'draft' else 'retired'}" in words(answer.text)


def test_lists_are_read_in_many_shapes() -> None:
    assert [line.handle for line in read_lines("@Ada, ben;cleo\n\n dora\thttps://x.example/members/eve/")] == [
        "ada", "ben", "cleo", "dora", "eve",
    ]  # fmt: skip
    assert [(line.handle, line.reason) for line in read_lines('reason,handle\n"Tea,\nand cake",ada\n,ben')] == [
        ("ada", "Tea, and cake"), ("ben", ""),
    ]  # fmt: skip
    with pytest.raises(BadList):
        read_lines(" \n ")


# Nominations


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


def test_many_are_answered_at_once_and_a_no_needs_words(app: Flask, client: FlaskClient, rosa: Member) -> None:
    ids = asked(app, 3)
    page = "/council/nominations"
    silent = send(client, page, page, decision="refuse", chosen=[str(one) for one in ids[:2]])
    assert (silent.status_code, "why not" in silent.text) == (422, True)
    done = send(client, page, page, decision="refuse", answer="Next month.", chosen=[str(one) for one in ids[:2]])
    assert done.status_code == 303
    assert "2 nominations answered with a no." in words(client.get(page).text)
    send(client, page, page, decision="approve", chosen=str(ids[2]))
    assert [row.state for row in database.session.scalars(sa.select(Nomination).order_by(Nomination.id))] == [
        "refused", "refused", "approved",
    ]  # fmt: skip


def test_reviewers_decide_and_nothing_else_is_open_to_them(client: FlaskClient, sign_in: SignIn) -> None:
    make_badge("kind", {})
    sign_in(client, make_member("rex", roles=("reviewer",)))
    pages = ("/council/nominations", "/council/", "/council/badges/kind/give", "/council/badges/kind/codes", "/admin/")
    assert [client.get(page).status_code for page in pages] == [200, 403, 403, 403, 403]


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
