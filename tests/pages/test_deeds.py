"""One deed's page, and thanks: who may do what there, with a browser's plain forms."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import thanking
from recognition.activities.changes import correct, withdraw
from recognition.activities.confirming import confirm
from recognition.activities.models import Activity, Confirmation, Kind
from recognition.identity.models import Membership
from tests.factories.activities import REPORTED, make_activity, make_report
from tests.factories.identity import make_group, make_member


@pytest.fixture
def people(db) -> dict[str, Any]:
    made = {name: make_member(name, name=name.title()) for name in ("ada", "bob", "eve")}
    db.session.commit()
    return made


class Person:
    """A browser of one member's own, which sends what the pages' forms hide."""

    def __init__(self, client: Any) -> None:
        self.client = client
        page = client.get("/activities/new").text
        self.hidden = {"csrf_token": re.findall(r'name="csrf_token" value="([^"]*)"', page)[0]}

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def post(self, path: str, data: dict[str, str] | None = None) -> Any:
        return self.client.post(path, data={**self.hidden, **(data or {})})


@pytest.fixture
def as_(app, sign_in):
    known: dict[int, Person] = {}

    def enter(member: Any) -> Person:
        if member.id not in known:
            client = app.test_client()
            sign_in(client, member)
            known[member.id] = Person(client)
        return known[member.id]

    return enter


def live(db: Any) -> list[tuple[str, str]]:
    wanted = sa.select(Activity.kind, Activity.text).where(Activity.withdrawn_at.is_(None)).order_by(Activity.id)
    return [tuple(row) for row in db.session.execute(wanted)]


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_what_each_reader_finds(client, db, people, as_):
    deed = make_activity(people["ada"].id, text="A talk in Paris", kind="talk", visibility="public").id
    db.session.commit()
    guest = plain(client.get(f"/activities/{deed}").text)
    assert "A talk in Paris" in guest
    assert "Told by the one who did it" in guest
    assert not re.search("I was there|Say thanks|Correct it|Withdraw it", guest)
    other = plain(as_(people["bob"]).get(f"/activities/{deed}").text)
    assert "I was there" in other
    assert "What would you like to thank Ada for?" in other
    assert not re.search("Correct it|Withdraw it", other)
    own = plain(as_(people["ada"]).get(f"/activities/{deed}").text)
    assert not re.search("I was there|thank Ada", own)
    assert "Correct it" in own
    assert "Withdraw it" in own


def test_a_witness_finds_the_way_from_each_list(client, db, people, as_):
    deed = make_activity(people["ada"].id, kind="talk", text="Ada's talk")
    db.session.commit()
    way, pages = f'href="/activities/{deed.id}#proof"', ("/activities/", "/members/ada", "/")
    for name, ways in (("bob", [1, 1, 1]), ("ada", [0, 0, 0])):
        assert [as_(people[name]).get(page).text.count(way) for page in pages] == ways
    assert "#proof" not in client.get("/members/ada").text


@pytest.mark.parametrize(("visibility", "codes"), [("public", (200, 200)), ("members", (404, 200)), ("me", (404, 404))])
def test_who_may_see_it(client, db, people, as_, visibility, codes):
    deed = make_activity(people["ada"].id, visibility=visibility).id
    db.session.commit()
    assert (client.get(f"/activities/{deed}").status_code, as_(people["bob"]).get(f"/activities/{deed}").status_code) == codes
    assert as_(people["ada"]).get(f"/activities/{deed}").status_code == 200
    for path in ("", "/correct"):
        assert as_(people["ada"]).get(f"/activities/99999999999999999999999{path}").status_code == 404


def test_what_the_product_wrote_has_no_page(db, people, as_):
    fact = make_activity(people["ada"].id, kind="badge.awarded", visibility="public").id
    db.session.commit()
    assert as_(people["ada"]).get(f"/activities/{fact}").status_code == 404
    for path in ("confirm", "withdraw", "correct"):
        assert as_(people["ada"]).post(f"/activities/{fact}/{path}").status_code == 404


def test_a_witness_speaks_and_takes_it_back(db, people, as_):
    deed = make_activity(people["ada"].id).id
    db.session.commit()
    bob = as_(people["bob"])
    assert bob.post(f"/activities/{deed}/confirm").headers["Location"] == f"/activities/{deed}"
    page = plain(bob.get(f"/activities/{deed}").text)
    assert re.search(r"Confirmed by a witness, from tests (\w+ )?You Take my word back", page)
    assert re.search(r"Confirmed by a witness, from tests (\w+ )?Bob", plain(as_(people["eve"]).get(f"/activities/{deed}").text))
    assert as_(people["eve"]).post(f"/activities/{deed}/unconfirm").status_code == 404
    as_(people["bob"]).post(f"/activities/{deed}/unconfirm")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Confirmation)) == 0
    assert as_(people["ada"]).post(f"/activities/{deed}/confirm").status_code == 403


def test_a_witness_who_hides_is_a_number(db, people, as_):
    deed = make_activity(people["ada"].id).id
    for name, changes in (("shy", {"visibility": {"name": "me"}}), ("gone", {})):
        confirm(deed, make_member(name, **changes).id, REPORTED)
    db.session.execute(sa.text("UPDATE member SET state = 'suspended' WHERE handle = 'gone'"))
    db.session.commit()
    page = as_(people["bob"]).get(f"/activities/{deed}").text
    assert "1 person says that it happened" in plain(page)
    assert not re.search("shy|gone", page, re.IGNORECASE)


def test_withdrawn_by_its_owner_and_seen_by_nobody_else(client, db, people, as_):
    deed = make_activity(people["ada"].id, text="Oops", visibility="public").id
    db.session.commit()
    assert as_(people["bob"]).post(f"/activities/{deed}/withdraw", data={"reason": "Not true"}).status_code == 403
    own = as_(people["ada"])
    assert own.post(f"/activities/{deed}/withdraw", data={"reason": "It was Bob"}).headers["Location"] == f"/activities/{deed}"
    assert own.post(f"/activities/{deed}/withdraw").status_code == 303
    assert "You withdrew this deed" in plain(own.get(f"/activities/{deed}").text)
    assert "It was Bob" in plain(own.get(f"/activities/{deed}").text)
    assert own.get(f"/activities/{deed}/correct").status_code == 409
    assert own.post(f"/activities/{deed}/correct", data={"text": "Anew"}).status_code == 409
    assert "Oops" not in own.get("/activities/").text + own.get("/members/ada").text
    assert as_(people["bob"]).get(f"/activities/{deed}").status_code == 404
    assert live(db) == []


def test_corrected_in_the_box_it_was_told_in(db, people, as_):
    db.session.add(Kind(slug="talk", label="Gave a talk", points=12, offered=True))
    deed = make_activity(people["ada"].id, text="In Paris #mdm", tags=("mdm", "french"), campaign="autumn", object="event:1",
                         kind="old-kind", data={"role": "host"}, evidence=1).id  # fmt: skip
    db.session.commit()
    own = as_(people["ada"])
    form = own.get(f"/activities/{deed}/correct").text
    assert 'value="french"' in form
    assert '<option value="old-kind" selected>' in form
    values = {"kind": "old-kind", "day": "2026-11-02", "tags": "french", "visibility": "members"}
    same = own.post(f"/activities/{deed}/correct", data={**values, "text": "In Paris #mdm"})
    assert (same.headers["Location"], len(live(db))) == (f"/activities/{deed}", 1)
    wrong = own.post(f"/activities/{deed}/correct", data={**values, "text": ""})
    assert wrong.status_code == 422
    done = own.post(f"/activities/{deed}/correct", data={**values, "text": "In Lima #mdm", "visibility": "public"})
    row = db.session.scalars(sa.select(Activity).where(Activity.corrects_id == deed)).one()
    assert done.headers["Location"] == f"/activities/{row.id}"
    assert (row.text, row.kind, row.visibility, row.campaign, row.object, row.data, row.told_evidence) == (
        "In Lima #mdm", "old-kind", "public", "autumn", "event:1", {"role": "host"}, 1,
    )  # fmt: skip
    again = own.post(f"/activities/{deed}/correct", data={**values, "text": "In Quito"})
    assert again.headers["Location"] == f"/activities/{row.id}"
    moved = own.post(f"/activities/{row.id}/correct", data={**values, "text": "In Lima #mdm", "kind": "talk"})
    last = db.session.scalars(sa.select(Activity).where(Activity.corrects_id == row.id)).one()
    assert moved.status_code == 303
    assert (last.kind, last.told_evidence, last.points) == ("talk", 0, 12)


@pytest.mark.parametrize(
    ("change", "evidence"),
    [({}, 1), ({"tags": "mdm mozfest"}, 0), ({"tags": ""}, 0), ({"url": "https://example.org/b"}, 0), ({"group": ""}, 0),
     ({"day": "2026-11-01"}, 0)],
)  # fmt: skip
def test_proof_stays_with_what_it_proves(db, people, as_, change, evidence):
    """A slip of the pen may be put right; what a rule can ask for has to be seen anew."""
    here = make_group("here")
    db.session.add(Membership(group_id=here.id, member_id=people["ada"].id, state="in", since=REPORTED))
    deed = make_activity(people["ada"].id, text="In Prais", tags=("mdm",), group_id=here.id, url="https://example.org/a",
                         kind="old-kind", evidence=1).id  # fmt: skip
    db.session.commit()
    values = {"kind": "old-kind", "day": "2026-11-02", "tags": "mdm", "visibility": "members", "group": "here",
              "url": "https://example.org/a", "text": "In Paris"}  # fmt: skip
    done = as_(people["ada"]).post(f"/activities/{deed}/correct", data={**values, **change})
    assert done.status_code == 303
    assert db.session.scalar(sa.select(Activity.told_evidence).where(Activity.corrects_id == deed)) == evidence


def test_history_is_for_its_owner_and_old_addresses_lead_on(client, db, people, as_):
    ada = people["ada"]
    deed = make_activity(ada.id, text="In Paris", visibility="public").id
    better = correct(deed, make_report(ada.id, text="In Lima", visibility="public"), ada.id, REPORTED).id
    db.session.commit()
    assert client.get(f"/activities/{deed}").headers["Location"] == f"/activities/{better}"
    assert "In Paris" not in as_(people["bob"]).get(f"/activities/{better}").text
    assert "In Paris" in as_(ada).get(f"/activities/{better}").text
    withdraw([better], ada.id, "", REPORTED)
    db.session.commit()
    assert as_(people["bob"]).get(f"/activities/{deed}").status_code == 404


def test_thanks_from_page_to_page(db, people, as_):
    ada = as_(people["ada"])
    nonce = re.search(r'name="nonce" value="([^"]+)"', ada.get("/members/bob/thanks").text)
    assert nonce
    words = {"words": "For the map", "nonce": nonce[1]}
    for _click in range(2):
        assert ada.post("/members/bob/thanks", data=words).headers["Location"] == "/members/bob/thanks"
    assert live(db) == [("thanks.given", ""), ("thanks.received", "For the map")]
    empty = ada.post("/members/bob/thanks", data={"words": " ", "nonce": "x"})
    assert (empty.status_code, "A few words, please" in plain(empty.text)) == (422, True)
    assert ada.post("/members/ada/thanks", data={"words": "Me", "nonce": "y"}).status_code == 422
    assert ada.post("/members/nobody/thanks", data={"words": "Me", "nonce": "y"}).status_code == 404
    assert "to Bob" in plain(ada.get("/me/thanks").text)
    assert "For the map" in plain(ada.get("/members/bob").text)
    bob = as_(people["bob"])
    assert "For the map" in plain(bob.get("/").text)
    said = thanking.received(people["bob"].id, people["bob"]).items[0].id
    bob.post(f"/thanks/{said}/keep", data={"private": "yes"})
    assert "kept private" in plain(bob.get("/members/bob/thanks").text)
    eve = as_(people["eve"])
    assert "For the map" not in eve.get("/members/bob").text + eve.get("/members/bob/thanks").text
    assert eve.post(f"/thanks/{said}/keep").status_code == eve.post(f"/thanks/{said}/back").status_code == 404
    assert as_(people["ada"]).post(f"/thanks/{said}/back").status_code == 303
    assert live(db) == []


def test_pages_cost_the_same_however_much_there_is(db, people, as_, count_queries):
    deed = make_activity(people["ada"].id, text="A talk").id
    client = as_(people["eve"])
    seen = []
    for n in range(6):
        other = make_member(f"m{n}")
        confirm(deed, other.id, REPORTED)
        thanking.thank(other.id, people["ada"].id, f"Thanks {n}", REPORTED, f"k{n}")
        db.session.commit()
        if n in (0, 5):
            for path in (f"/activities/{deed}", "/members/ada/thanks", "/members/ada"):
                with count_queries() as queries:
                    assert client.get(path).status_code == 200
                seen.append(len(queries))
    assert seen[:3] == seen[3:]
    assert max(seen) <= 12
