"""Pages of resources: what everybody reads, what the asker alone does, and how it is decided."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.identity.models import Membership
from recognition.metrics import services as metrics
from recognition.resources.models import ResourceAsk, ResourceKind
from recognition.web.pagination import PAGE_SIZE
from tests.factories.campaigns import make_campaign
from tests.factories.events import make_event
from tests.factories.identity import make_group, make_member
from tests.factories.resources import ASKED, DECIDED, make_ask, make_kind
from tests.pages.test_dashboards import table_of
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures

FORM = {"what": "Train tickets", "why": "To **meet**.", "amount": "1 200", "region": "kenya"}


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    """Six show that they live in Kenya, and one that they live in Chile."""
    made = {name: make_member(name, name=name.title(), place="Nairobi, Kenya") for name in ("ada", "bob")}
    made["cleo"] = make_member("cleo", name="Cleo", roles=("council",), place="Valdivia, Chile")
    for number in range(4):
        make_member(f"more-{number}", place="Kisumu, Kenya")
    db.session.commit()
    return made


def count(db: Any) -> None:
    """The night before today is counted."""
    now = clock.utcnow()
    for part in ("members", "resources"):
        metrics.count(part, clock.day_number(now) - 1, now)
    db.session.commit()


def main_of(page: str) -> str:
    return page.split('<main id="main"')[1].split("</main>", maxsplit=1)[0]


def test_from_the_form_to_a_decision_and_what_came_of_it(db, people, as_, client):  # noqa: F811
    kind, group = make_kind(), make_group("nairobi")
    db.session.add(Membership(group_id=group.id, member_id=people["ada"].id, is_curator=True, since=ASKED))
    make_campaign("week", title="A week of it")
    count(db)
    ada, cleo = as_(people["ada"]), as_(people["cleo"])
    empty = ada.get("/resources/new?group=nairobi").text
    assert 'value="Kenya"' in empty
    assert '<option value="nairobi" selected>' in empty
    answer = ada.post("/resources/new", {**FORM, "kind": str(kind.id), "group": "nairobi"})
    one = db.session.scalars(sa.select(ResourceAsk)).one()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/resources/{one.id}")
    assert (one.region, one.amount, one.unit, one.group_id, one.shows_name) == ("Kenya", 1200, "EUR", group.id, False)
    assert "To <strong>meet</strong>." in ada.get(f"/resources/{one.id}").text
    assert [as_(people["bob"]).get(f"/resources/{one.id}").status_code, client.get(f"/resources/{one.id}").status_code] == [
        404,
        302,
    ]
    desk = f"/council/resources/{one.id}"
    wrong = cleo.post(desk, {"outcome": "partly", "answer": "Half of *it*."})
    assert (wrong.status_code, "More than nothing, and less than all." in wrong.text, "Half of *it*." in wrong.text) == (
        422,
        True,
        True,
    )
    assert cleo.post(desk, {"outcome": "partly", "answer": "Half of *it*.", "given": "600"}).status_code == 303
    page = main_of(client.get("/resources/").text)
    said = plain(page)
    assert "Travel · Kenya In part : 600 EUR of 1,200 EUR" in said
    assert "Half of it ." in said
    for hidden in ("Ada", "ada", "Nairobi", "nairobi", "Train tickets", "To <strong>meet"):
        assert hidden not in page
    told = ada.post(f"/resources/{one.id}/came-of-it", {"text": "Twelve came.", "visibility": "public"})
    assert told.status_code == 303
    told_at = db.session.scalars(sa.select(ResourceAsk.told_at)).one()
    again, other = (ada.post(f"/resources/{one.id}/came-of-it", {"text": text}) for text in ("Twelve came.", "No, *thirteen*."))
    assert (again.status_code, other.status_code, "No, *thirteen*." in other.text) == (303, 409, True)
    assert "You told it already" in other.text
    deed = db.session.scalars(sa.select(Activity)).one()
    # At once, whoever looks for the newest deed would know who asked.
    for days, stands in ((0, False), (6, False), (7, True)):
        with clock.as_of(told_at + timedelta(days=days)):
            assert ("They told us what came of it" in client.get("/resources/").text) == stands
    # Whose deed it is says who asked: the list leads there only where the name stands beside it.
    assert f"/activities/{deed.id}" not in client.get("/resources/").text
    assert f"/activities/{deed.id}" in ada.get(f"/resources/{one.id}").text
    ada.post(f"/resources/{one.id}/shown", {"shows_name": "1", "shows_words": "1"})
    page = main_of(client.get("/resources/").text)
    for shown in (f"/activities/{deed.id}", "/groups/nairobi", "Train tickets", "To <strong>meet</strong>"):
        assert shown in page
    assert "/members/ada" not in page  # it is the group's


def test_a_name_shows_as_far_as_its_owner_shows_it(db, people, as_, client):  # noqa: F811
    make_ask(people["ada"].id, "granted", shows_name=True)
    make_ask(people["bob"].id, "granted", shows_name=True, shows_words=True, what="What Bob wrote", why="More of it.")
    people["ada"].visibility = {"name": "members"}
    people["bob"].state = "suspended"
    db.session.commit()
    found = main_of(client.get("/resources/").text)
    assert [words in found for words in ("@ada", "Ada", "Bob", "@bob")] == [True, False, False, False]
    assert "Ada" in main_of(as_(people["cleo"]).get("/resources/").text)
    # Who is suspended speaks nowhere; what was decided, and why, still stands.
    assert [words in found for words in ("What Bob wrote", "More of it.")] == [False, False]
    assert found.count("Because.") == 2


def test_a_country_of_few_is_told_by_no_page_and_no_filter(db, people, client):
    make_ask(people["ada"].id, "granted", region="Kenya", answer="Of many.")
    make_ask(people["cleo"].id, "granted", region="Chile", answer="Of one.")
    count(db)
    page = main_of(client.get("/resources/").text)
    assert ["Kenya" in page, "Chile" in page, "a smaller place" in page] == [True, False, False]
    lists = [main_of(client.get(f"/resources/?{asked}").text) for asked in ("region=Kenya", "region=Chile")]
    assert [[words in one for words in ("Of many.", "Of one.")] for one in lists] == [[True, False], [True, True]]
    for path in ("/resources/by-region", "/resources/by-region.csv"):
        assert "Chile" not in client.get(path).text


def test_the_list_is_filtered_by_sort_and_year_and_comes_in_pages(db, people, client, count_queries):
    travel = make_kind()
    for number in range(30):
        at = DECIDED + timedelta(minutes=number)
        make_ask(people["ada"].id, "granted", kind_id=travel.id, answer=f"No {number}.", decided_at=at, shows_name=True)
    make_ask(people["ada"].id, "declined", answer="Long ago.", decided_at=datetime(2025, 12, 31, 23, tzinfo=UTC))
    for state in ("waiting", "withdrawn"):
        make_ask(people["ada"].id, state, what="Secret wish", shows_words=True)
    db.session.commit()
    with count_queries() as seen:
        first = client.get("/resources/").text
    assert len([one for one in seen if "pg_current_snapshot" not in one]) == 6
    assert "Secret wish" not in first
    assert ["No 29." in first, "No 6." in first, "No 5." in first] == [True, True, False]
    second = client.get(first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")).text
    assert ["No 5." in second, "Long ago." in second] == [True, True]
    assert ["Long ago." in client.get(f"/resources/?{asked}").text for asked in ("kind=0", f"kind={travel.id}", "year=2025")] == [
        True, False, True,
    ]  # fmt: skip
    assert client.get("/resources/?kind=x&year=1066&after=!").status_code == 400
    assert client.get("/resources/?kind=x&year=1066&region=Nowhere").status_code == 200


def test_shares_by_country_stand_as_a_table_a_file_and_in_sentences(db, people, client, count_queries):
    for number in range(5):
        make_member(f"in-{number}", place="Pune, India")
    for _time in range(5):
        make_ask(people["ada"].id, "granted", region="Kenya", unit="EUR", given=100)
    make_ask(people["bob"].id, "declined", region="India")
    assert "Nothing was counted yet" in client.get("/resources/by-region").text
    count(db)
    with count_queries() as seen:
        page = client.get("/resources/by-region").text
    assert len(seen) <= 4
    rows = [
        ["Country", "Members", "Members, in 100", "Asks", "Asks, in 100", "Met", "Met, in 100", "Given: EUR"],
        ["India", "5", "50", "1", "17", "0", "0", "0"],
        ["Kenya", "5", "50", "5", "83", "5", "100", "500"],
        ["Smaller places, and not told", "hidden", "hidden", "0", "0", "0", "0", "0"],
    ]
    assert table_of(page, "by-region") == rows
    assert list(csv.reader(io.StringIO(client.get("/resources/by-region.csv").text))) == rows
    for words in ("India: 50 of a hundred members, 0 of a hundred asks that were met. Less than its part.",
                  "Kenya: 50 of a hundred members, 100 of a hundred asks that were met. More than its part."):  # fmt: skip
        assert words in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"why": " "}, "A few words, please."),
        ({"amount": "many"}, "A whole number, please, such as 250."),
        ({"about": "quest:none"}, "Please choose one of the list."),
        ({"amount": "5"}, "Of what?"),
    ],
)
def test_what_does_not_fit_comes_back_with_all_that_was_typed(db, people, as_, changed, said):  # noqa: F811
    answer = as_(people["ada"]).post("/resources/new", {**FORM, **changed})
    assert (answer.status_code, said in answer.text, "Train tickets" in answer.text) == (422, True, True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ResourceAsk)) == 0


def test_only_who_asked_changes_it_and_only_who_decides_decides(db, people, as_, client):  # noqa: F811
    one = make_ask(people["ada"].id)
    db.session.commit()
    bob, cleo = as_(people["bob"]), as_(people["cleo"])
    yes = {"outcome": "granted", "answer": "Yes."}
    for sent in ("back", "shown", "came-of-it"):
        assert [who.post(f"/resources/{one.id}/{sent}", {"text": "Mine."}).status_code for who in (bob, cleo)] == [404, 404]
    assert [bob.post(f"/council/resources/{one.id}", yes).status_code, bob.get("/council/resources/").status_code] == [403, 403]
    own = make_ask(people["cleo"].id)
    db.session.commit()
    assert (refused := cleo.post(f"/council/resources/{own.id}", yes)).status_code == 409
    assert "This one is yours, so somebody else decides." in refused.text
    assert as_(people["ada"]).post(f"/resources/{one.id}/back").status_code == 303
    assert db.session.get(ResourceAsk, one.id).state == "withdrawn"


def test_a_reason_that_cannot_be_taken_comes_back_also_on_the_second_page(db, people, as_):  # noqa: F811
    asked = [make_ask(people["ada"].id, what=f"Ticket {number}") for number in range(PAGE_SIZE + 1)]
    db.session.commit()
    cleo = as_(people["cleo"])
    assert "Ticket 24" not in cleo.get("/council/resources/").text
    desk = re.findall(r'href="(/council/resources/\?after=[^"#]*)#ask-', cleo.get(f"/resources/{asked[-1].id}").text)[0]
    sent = re.findall(rf'action="(/council/resources/{asked[-1].id}[^"]*)"', cleo.get(desk).text)[0]
    wrong = cleo.post(sent, {"answer": "Half a page of reasons."})
    assert (wrong.status_code, "Yes, in part, or no?" in wrong.text, "Half a page of reasons." in wrong.text) == (422, True, True)


def test_words_are_taken_off_the_list_with_a_reason_and_for_good(db, people, as_, client):  # noqa: F811
    one = make_ask(people["ada"].id, "declined", what="Cheap watches", why="Buy now.", shows_words=True)
    own = make_ask(people["cleo"].id, "granted", what="Mine alone", shows_words=True)
    db.session.commit()
    ada, bob, cleo = (as_(people[name]) for name in ("ada", "bob", "cleo"))
    down, said = f"/council/resources/{one.id}/words", {"reason": "It is advertising."}
    assert "Cheap watches" in client.get("/resources/").text
    assert f'action="{down}"' in cleo.get(f"/resources/{one.id}").text
    assert [ada.post(down, said).status_code, bob.post(down, said).status_code] == [403, 403]
    assert cleo.post(f"/council/resources/{own.id}/words", said).status_code == 409
    wrong = cleo.post(down, {"reason": "It. " * 300})
    assert (wrong.status_code, "It. " * 300 in wrong.text, "Cheap watches" in client.get("/resources/").text) == (422, True, True)
    for _twice in range(2):
        assert cleo.post(down, said).status_code == 303
    ada.post(f"/resources/{one.id}/shown", {"shows_words": "1"})
    page = main_of(client.get("/resources/").text)
    assert [words in page for words in ("Cheap watches", "Buy now.", "Because.", "Mine alone")] == [False, False, True, True]
    told = db.session.execute(sa.select(Notice.member_id, Notice.kind, Notice.data)).all()
    assert [tuple(row) for row in told] == [
        (people["ada"].id, "resource.words_down", {"title": "Cheap watches", "words": "It is advertising."}),
    ]  # fmt: skip
    done = db.session.scalars(sa.select(AuditEntry)).one()
    assert (done.action, done.actor_id, done.after["reason"]) == ("resource.words_down", people["cleo"].id, "It is advertising.")
    mine = ada.get(f"/resources/{one.id}").text
    assert ["was taken off the list on" in mine, "Show what I wrote" in mine] == [True, False]


def test_the_council_says_what_can_be_asked_for(db, people, as_):  # noqa: F811
    cleo = as_(people["cleo"])
    assert cleo.post("/council/resources/kinds/new", {"name": "A room", "unit": "days", "is_open": "1"}).status_code == 303
    assert (again := cleo.post("/council/resources/kinds/new", {"name": "A room"})).status_code == 422
    assert "There is a kind of this name already." in again.text
    one = db.session.scalars(sa.select(ResourceKind)).one()
    assert "A room (days)" in as_(people["ada"]).get("/resources/new").text
    cleo.post(f"/council/resources/kinds/{one.id}", {"name": "A room", "unit": "days"})
    assert "A room (days)" not in as_(people["ada"]).get("/resources/new").text
    assert as_(people["ada"]).get("/council/resources/kinds").status_code == 403


def test_ones_own_asks_are_a_page_and_a_file_of_everything(db, people, as_):  # noqa: F811
    event = make_event("call")
    make_ask(people["ada"].id, "granted", about=f"event:{event.slug}", region="Chile", amount=5, given=5, unit="EUR", why="=1+1",
             shows_words=True)  # fmt: skip
    make_ask(people["ada"].id, what="A room")
    make_ask(people["bob"].id, what="Not hers")
    db.session.commit()
    ada = as_(people["ada"])
    page = ada.get("/resources/mine").text
    assert [words in page for words in ("Train tickets", "A room", "Not hers")] == [True, True, False]
    rows = list(csv.DictReader(io.StringIO(ada.get("/resources/mine.csv").text)))
    columns = ("what", "why", "region", "about", "state", "given", "reason", "deed", "shows_name", "shows_words", "words_down")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("A room", "To *meet*.", "", "", "waiting", "", "", "", "0", "0", ""),
        ("Train tickets", "'=1+1", "Chile", "event:call", "granted", "5", "Because.", "", "0", "1", ""),
    ]  # fmt: skip
