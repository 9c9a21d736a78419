"""Giving by hand: what will happen is told line by line, and nothing that was typed is lost."""

import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.badges.forms.lists import BadList, read_lines
from recognition.badges.models import Award
from recognition.badges.services import answering
from recognition.badges.services.giving import hand_out
from recognition.extensions import db as database
from recognition.identity.models import Member, Membership
from tests.badges.conftest import SignIn, words
from tests.factories.badges import make_badge
from tests.factories.identity import JOINED, make_group, make_member
from tests.identity.pages import send


def holders() -> list[tuple[str, str]]:
    rows = database.session.execute(
        sa.select(Member.handle, Award.reason).join(Award, Award.member_id == Member.id).order_by(Member.handle)
    )
    return [(row.handle, row.reason) for row in rows]


def looked_at(client: FlaskClient, page: str, **fields: Any) -> dict[str, Any]:
    """The preview's form, as its button sends it."""
    seen = send(client, page, page, **fields, step="look").text
    found = re.search(r'name="looked" value="([0-9a-f]{64})"', seen)
    people = re.search(r"<textarea[^>]* name=\"people\"[^>]*>\n?(.*?)</textarea>", seen, re.DOTALL)
    assert found is not None
    assert people is not None
    return {"people": unescape(people.group(1)), "reason": fields["reason"], "looked": found.group(1), "step": "give"}


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
    form = looked_at(client, page, people="ada\nnobody-here", reason="Folded every chair.")
    first = send(client, page, page, **form)
    assert (first.status_code, "nobody-here: nobody has this handle" in words(first.text)) == (200, True)
    send(client, page, page, **form)
    assert holders() == [("ada", "Folded every chair.")]
    assert "Given to 1 person." in words(first.text)


@pytest.mark.parametrize(
    "change", [{"people": "ben"}, {"people": "ada\nben"}, {"reason": "Sang."}, {"level": "5"}, {"looked": ""}, {"file": b"ben"}]
)
def test_nobody_gets_it_who_was_not_looked_at(client: FlaskClient, rosa: Member, change: dict[str, Any]) -> None:
    make_badge("kind", {}, levels=[1, 5])
    for handle in ("ada", "ben"):
        make_member(handle)
    database.session.commit()
    page = "/council/badges/kind/give"
    form = looked_at(client, page, people="ada", reason="Came.", level="1") | {"level": "1"}
    if "file" in change:
        change = {"file": (io.BytesIO(change["file"]), "a.csv")}
    again = send(client, page, page, **form | change)
    assert (again.status_code, holders()) == (200, [])
    assert "This is not the list you looked at, so nothing was given." in words(again.text)
    assert send(client, page, page, **form).status_code == 303
    assert holders() == [("ada", "Came.")]


def test_a_file_with_reasons_is_read(client: FlaskClient, rosa: Member) -> None:
    make_badge("kind", {})
    for handle in ("ada", "ben", "cleo"):
        make_member(handle)
    database.session.commit()
    table = 'Handle;Reason\n@ada;"Tea; and cake"\nben;\nhttps://example.org/members/cleo;Songs\n'
    page = "/council/badges/kind/give"
    file = (io.BytesIO(b"\xef\xbb\xbf" + table.encode()), "a.csv")
    done = send(client, page, page, **looked_at(client, page, people="", reason="Came.", file=file))
    assert (done.status_code, done.location) == (303, "/badges/kind")
    assert holders() == [("ada", "Tea; and cake"), ("ben", "Came."), ("cleo", "Songs")]


def test_a_line_without_a_reason_is_not_given(client: FlaskClient, rosa: Member) -> None:
    make_badge("kind", {})
    make_member("ada")
    database.session.commit()
    page = "/council/badges/kind/give"
    assert "Ada @ada: needs a reason" in words(send(client, page, page, people="ada", reason=" ", step="look").text)
    send(client, page, page, **looked_at(client, page, people="ada", reason=" "))
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
    form = looked_at(client, page, people=people, reason="Came.")
    with count_queries() as seen:
        done = send(client, page, page, **form)
    assert done.status_code == 303
    assert len(holders()) == 2000
    assert len(seen) < 60
    assert "At most 2000 lines" in send(client, page, page, people=people + "\nm2000x", reason="Came.").text


def test_nobody_learns_who_has_it_and_keeps_it_to_themselves_also_where_it_ages(
    app: Flask, client: FlaskClient, rosa: Member
) -> None:
    badge = make_badge("kind", {}, valid_days=30)
    ada, ben, cleo = make_member("ada"), make_member("ben"), make_member("cleo")
    with app.test_request_context():
        hand_out(badge, [ada.id, ben.id], clock.utcnow(), how="hand", giver_id=None, reason="Came.")
        answering.arrange(ada.id, [], list(database.session.scalars(sa.select(Award.key).where(Award.member_id == ada.id))))
    database.session.commit()
    page = "/council/badges/kind/give"
    said = words(send(client, page, page, people="ada ben cleo", reason="Came.", step="look").text)
    lines = ("Ada @ada: gets it", "Ben @ben: has it, and it begins anew", "Cleo @cleo: gets it")
    assert [line in said for line in lines] == [True] * 3, cleo


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
    with pytest.raises(BadList, match="The reason in line 2 is longer than 500 characters"):
        read_lines(f"handle,reason\nada,Tea\nben,{'x' * 501}")
    assert [(line.handle, line.reason) for line in read_lines('reason,handle\n"Tea,\nand cake",ada\n,ben')] == [
        ("ada", "Tea, and cake"), ("ben", ""),
    ]  # fmt: skip
    with pytest.raises(BadList):
        read_lines(" \n ")
