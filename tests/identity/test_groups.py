from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.activities.queries import own_groups
from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.identity.models import Group, Member, Membership
from tests.factories.identity import JOINED, make_group
from tests.identity.pages import send, words


@pytest.fixture
def people(app: Any, make_member: Any, sign_in: Any) -> dict[str, FlaskClient]:
    """Signed-in clients: vera of the council, cleo who looks after Nairobi, ada and bob."""
    nairobi = make_group("nairobi", entry="request", about="We **meet** on Fridays. <script>x</script>")
    clients = {}
    for handle in ("vera", "cleo", "ada", "bob"):
        member = make_member(handle, roles=("council",) if handle == "vera" else ())
        clients[handle] = app.test_client()
        sign_in(clients[handle], member)
        if handle == "cleo":
            db.session.add(Membership(group_id=nairobi.id, member_id=member.id, is_curator=True, since=JOINED))
    db.session.commit()
    return clients


def states(slug: str = "nairobi") -> dict[str, str]:
    db.session.rollback()
    wanted = sa.select(Member.handle, Membership.state, Membership.is_curator).join(Membership, Membership.member_id == Member.id)
    rows = db.session.execute(wanted.join(Group).where(Group.slug == slug))
    return {row.handle: row.state + (" curator" if row.is_curator else "") for row in rows}


def act(client: FlaskClient, what: str, **fields: str) -> Any:
    """With a form's token, whatever the page offers this person."""
    return send(client, "/me/settings", f"/groups/nairobi/{what}", **fields)


def test_asking_and_being_welcomed(people: Any) -> None:
    assert "Ask to come in" in words(people["ada"].get("/groups/nairobi").text)
    act(people["ada"], "join")
    act(people["ada"], "join")
    assert states() == {"cleo": "in curator", "ada": "asked"}
    assert "ada" not in people["bob"].get("/groups/nairobi").text
    assert "Waiting for an answer" in words(people["cleo"].get("/groups/nairobi").text)
    act(people["cleo"], "requests/ada", answer="accept")
    assert states()["ada"] == "in"
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.target) == ("group.accepted", "group:nairobi")


def test_being_declined_and_asking_again(people: Any) -> None:
    act(people["ada"], "join")
    act(people["cleo"], "requests/ada", answer="decline")
    assert states()["ada"] == "out"
    act(people["ada"], "join")
    assert states()["ada"] == "asked"
    act(people["ada"], "leave")
    assert states()["ada"] == "out"
    act(people["cleo"], "requests/ada", answer="accept")
    assert states()["ada"] == "out"


def test_nobody_decides_about_themselves(people: Any) -> None:
    act(people["ada"], "join")
    act(people["vera"], "join")
    for handle in ("ada", "bob"):
        assert act(people[handle], "requests/ada", answer="accept").status_code == 403
    assert act(people["vera"], "requests/vera", answer="accept").status_code == 403
    assert act(people["cleo"], "curators/cleo", answer="off").status_code == 403
    assert states() == {"cleo": "in curator", "ada": "asked", "vera": "asked"}
    assert act(people["vera"], "requests/ada", answer="accept").status_code == 303
    assert states()["ada"] == "in"


@pytest.mark.parametrize(("entry", "state"), [("open", "in"), ("request", "asked"), ("closed", None)])
def test_how_people_come_in(people: Any, entry: str, state: str | None) -> None:
    db.session.execute(sa.update(Group).values(entry=entry))
    db.session.commit()
    assert act(people["ada"], "join").status_code == (303 if state else 403)
    assert states().get("ada") == state


def test_a_group_keeps_somebody_who_looks_after_it(people: Any) -> None:
    db.session.execute(sa.update(Group).values(entry="open"))
    db.session.commit()
    act(people["ada"], "join")
    assert "the last one who looks after" in words(people["cleo"].get(act(people["cleo"], "leave").location).text)
    act(people["cleo"], "curators/ada", answer="on")
    act(people["cleo"], "leave")
    assert states() == {"cleo": "out", "ada": "in curator"}
    act(people["ada"], "leave")
    assert states()["ada"] == "out"


def test_only_somebody_inside_can_look_after_it(people: Any) -> None:
    act(people["vera"], "curators/bob", answer="on")
    assert "bob" not in states()
    assert act(people["bob"], "curators/ada", answer="on").status_code == 403


def test_the_council_makes_groups(people: Any) -> None:
    form = {"name": "S\u00e3o Paulo", "place": "Brasil", "about": "Oi", "entry": "open"}
    assert people["ada"].get("/groups/new").status_code == 403
    assert act(people["ada"], "../new", **form).status_code in (403, 404)
    assert send(people["vera"], "/groups/new", "/groups/new", **form).location == "/groups/sao-paulo"
    assert states("sao-paulo") == {"vera": "in curator"}
    again = send(people["vera"], "/groups/new", "/groups/new", **form)
    assert (again.status_code, "of this name already" in words(again.text)) == (422, True)
    for name in ("", "\u738b", "new", "x" * 121):
        assert send(people["vera"], "/groups/new", "/groups/new", **form | {"name": name}).status_code == 422
    assert send(people["vera"], "/groups/new", "/groups/new", **form | {"entry": "secret"}).status_code == 422


def test_a_partner_from_outside_has_no_members_and_deeds_name_it(app: Any, people: Any) -> None:
    form = {"name": "City Library", "about": "Books", "is_outside": "1", "entry": "open", "website": "https://library.example/"}
    for website in ("javascript:alert(1)", "library"):
        assert send(people["vera"], "/groups/new", "/groups/new", **form | {"website": website}).status_code == 422
    assert send(people["vera"], "/groups/new", "/groups/new", **form).location == "/groups/city-library"
    assert states("city-library") == {}
    page = app.test_client().get("/groups/city-library").text
    assert "A partner from outside" in words(page)
    assert 'href="https://library.example/" rel="nofollow noopener"' in page
    assert "A partner from outside" in words(people["ada"].get("/groups/").text)
    assert act(people["ada"], "../city-library/join").status_code in (403, 404)
    assert send(people["ada"], "/me/settings", "/groups/city-library/join").status_code == 403
    for address in ("members-by", "health"):
        assert people["vera"].get(f"/groups/city-library/{address}").status_code == 404
    send(people["vera"], "/groups/city-library/edit", "/groups/city-library/edit", name="The City Library", entry="open")
    kept = db.session.scalars(sa.select(Group).where(Group.slug == "city-library")).one()
    assert (kept.name, kept.is_outside, kept.entry, kept.website) == ("The City Library", True, "closed", "")
    box = people["ada"].get("/activities/new").text
    assert ('value="city-library"' in box, 'value="nairobi"' in box) == (True, False)
    assert [group.slug for group in own_groups(3)] == ["city-library"]


def test_curators_change_their_group(people: Any) -> None:
    form = {"name": "Nairobi East", "place": "Kenya", "about": "New", "entry": "closed"}
    assert people["ada"].get("/groups/nairobi/edit").status_code == 403
    assert act(people["ada"], "edit", **form).status_code == 403
    assert send(people["cleo"], "/groups/nairobi/edit", "/groups/nairobi/edit", **form).status_code == 303
    assert "Nairobi East" in words(people["bob"].get("/groups/nairobi").text)


def test_what_strangers_see(app: Any, people: Any) -> None:
    act(people["ada"], "join")
    act(people["cleo"], "requests/ada", answer="accept")
    stranger = app.test_client()
    page = stranger.get("/groups/nairobi").text
    assert "<strong>meet</strong>" in page
    assert "<script>x" not in page
    assert "Not counted yet: everybody who joined" in words(page)
    assert "Some keep it to themselves." in words(page)
    assert ("cleo" in page, "/members/ada" in page) == (True, False)
    assert stranger.get("/groups/nowhere").status_code == 404
    assert stranger.get("/groups/new").location == "/login?next=/groups/new"


def test_the_list_is_as_quick_with_many(app: Any, people: Any, count_queries: Any) -> None:
    client = app.test_client()
    counts = []
    for n in (0, 1, 3):
        for m in range(n):
            make_group(f"g-{n}-{m}")
        db.session.commit()
        with count_queries() as seen:
            assert client.get("/groups/").status_code == 200
        counts.append(len(seen))
    assert len(set(counts)) == 1
    assert counts[0] <= 3
    for n in range(30):
        make_group(f"h-{n:02}")
    db.session.commit()
    first = people["ada"].get("/groups/").text
    assert [f"/groups/h-{n}" in first for n in (19, 20)] == [True, False]
    with count_queries() as seen:
        assert people["ada"].get("/groups/nairobi").status_code == 200
    assert len(seen) <= 12


def test_own_groups_stand_first(people: Any) -> None:
    assert "you look after it" in words(people["cleo"].get("/groups/").text)
    assert "Yours" not in words(people["ada"].get("/groups/").text)
