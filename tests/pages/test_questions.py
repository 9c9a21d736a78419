"""Pages of questions and ideas: who sees what, and what the forms do."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.questions.models import Question
from tests.factories.campaigns import make_campaign
from tests.factories.identity import make_member
from tests.factories.questions import ASKED, make_question
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    made = {name: make_member(name, name=name.title()) for name in ("ada", "bob")}
    made["cleo"] = make_member("cleo", name="Cleo", roles=("council",))
    db.session.commit()
    return made


def only(db: Any) -> Question:
    found: Question = db.session.scalars(sa.select(Question)).one()
    return found


def test_asking_by_the_form(db, people, as_):  # noqa: F811
    ada = as_(people["ada"])
    answer = ada.post("/questions/new", {"sort": "question", "title": "  Who  pays?\n", "body": "For **snacks**."})
    one = only(db)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/questions/{one.id}")
    assert (one.title, one.body, one.author_id) == ("Who pays?", "For **snacks**.", people["ada"].id)
    page = ada.get(f"/questions/{one.id}").text
    assert "For <strong>snacks</strong>." in page
    assert "Take it back" in page
    assert "Reply for the council" not in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"sort": "question", "title": " ", "body": "More"}, "In one line, please, of up to 200 characters."),
        ({"sort": "question", "title": "x" * 201}, "In one line, please, of up to 200 characters."),
        ({"sort": "idea", "title": "Good", "body": "x" * 4001}, "Up to 4000 characters fit. It is all still here."),
        ({"sort": "poem", "title": "Good"}, "Is it a question or an idea? Please choose one."),
        ({"sort": "question", "title": "a\x07b"}, "In one line, please, of up to 200 characters."),
    ],
)
def test_what_does_not_fit_comes_back_with_all_that_was_typed(db, people, as_, form, said):  # noqa: F811
    answer = as_(people["ada"]).post("/questions/new", form)
    assert answer.status_code == 422
    assert said in answer.text
    assert form.get("body", "") in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 0


def test_an_idea_is_never_without_its_name(db, people, as_):  # noqa: F811
    as_(people["ada"]).post("/questions/new", {"sort": "idea", "title": "Draw it", "anonymous": "1"})
    assert (only(db).author_id, only(db).is_anonymous) == (people["ada"].id, False)


def test_voting_and_taking_it_back(db, people, as_):  # noqa: F811
    one = make_question(people["ada"].id)
    db.session.commit()
    bob, path = as_(people["bob"]), f"/questions/{one.id}"
    assert "I want to know too" in bob.get(path).text
    assert bob.post(f"{path}/vote", {"wants": "yes"}).status_code == 303
    page = bob.get(path).text
    assert "You are one of them." in page
    assert "<strong>1</strong> other wants to know too." in page
    bob.post(f"{path}/vote", {"wants": "no"})
    assert "<strong>0</strong> others want to know too." in bob.get(path).text


def test_the_council_replies_and_nobody_else(db, people, as_):  # noqa: F811
    one = make_question(people["ada"].id)
    db.session.commit()
    path = f"/council/questions/{one.id}"
    assert as_(people["bob"]).post(path, {"outcome": "answered", "reply": "Yes."}).status_code == 403
    cleo = as_(people["cleo"])
    empty = cleo.post(path, {"outcome": "answered", "reply": " "})
    assert (empty.status_code, "A few words, please; everybody reads them." in empty.text) == (422, True)
    assert cleo.post(path, {"outcome": "maybe", "reply": "Yes."}).status_code == 400
    assert cleo.post(path, {"outcome": "answered", "reply": "On **Friday**."}).status_code == 303
    db.session.expire_all()
    assert "On <strong>Friday</strong>." in as_(people["bob"]).get(f"/questions/{one.id}").text
    assert only(db).state == "answered"


def test_a_question_without_a_name_tells_its_day_and_promises_no_notice(db, people, as_):  # noqa: F811
    one = make_question(None, is_anonymous=True, asked_at=ASKED.replace(hour=0))
    db.session.commit()
    cleo, path = as_(people["cleo"]), f"/questions/{one.id}"
    for address in (path, "/questions/"):
        page = cleo.get(address).text
        assert "20 Nov 2026" in page
        assert "ago" not in page
    cleo.post(f"/council{path}", {"outcome": "answered", "reply": "On Friday."})
    page = cleo.get(path).text
    assert "Said. Whoever asked reads it here." in page
    assert "hears of it" not in page


def test_what_was_taken_down_is_seen_by_its_author_and_the_council(db, people, as_, client):  # noqa: F811
    one = make_question(people["ada"].id, "Something rude")
    db.session.commit()
    as_(people["cleo"]).post(f"/council/questions/{one.id}", {"outcome": "hidden", "reply": "Rude."})
    path = f"/questions/{one.id}"
    seen = {name: as_(people[name]).get(path).status_code for name in ("ada", "bob", "cleo")}
    assert seen == {"ada": 200, "bob": 404, "cleo": 200}
    assert client.get(path).status_code == 404
    assert "Something rude" not in client.get("/questions/").text


def test_a_campaign_says_from_whose_idea_it_came(db, people, client):
    make_campaign("draw-it", title="Draw it!")
    one = make_question(people["ada"].id, "Draw", sort="idea", state="answered", reply="It became one.", replied_at=ASKED,
                        campaign="draw-it")  # fmt: skip
    db.session.commit()
    assert "See the campaign: Draw it!" in client.get(f"/questions/{one.id}").text
    assert "Draw it!" in client.get("/questions/?sort=idea&state=answered").text


def test_lists_go_on_in_their_order_at_a_fixed_number_of_queries(db, people, as_, count_queries):  # noqa: F811
    reader = as_(people["cleo"])
    sizes = {}
    for size in (1, 3):
        while db.session.scalar(sa.select(sa.func.count()).select_from(Question)) < size:
            make_question(people["ada"].id, f"Number {db.session.scalar(sa.select(sa.func.count()).select_from(Question))}?")
        db.session.commit()
        with count_queries() as seen:
            assert reader.get("/questions/").status_code == 200
        sizes[size] = len(seen)
    assert sizes[1] == sizes[3] <= 6
    for number in range(30):
        make_question(
            people["bob"].id, f"Old {number:02d}", state="answered", reply="So.", replied_at=ASKED + timedelta(hours=number)
        )
    db.session.commit()
    first = reader.get("/questions/?state=answered")
    assert [f"Old {number:02d}" in first.text for number in (29, 6, 5)] == [True, True, False]
    following = first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    rest = reader.get(following).text
    assert [f"Old {number:02d}" in rest for number in (6, 5, 0)] == [False, True, True]


@pytest.mark.parametrize("path", ["/questions/?sort=poem", "/questions/?state=hidden", "/questions/9999", "/council/questions"])
def test_guests_find_nothing_behind_odd_addresses(client, path):
    assert client.get(path).status_code in (302, 303, 401, 404)


def test_what_was_taken_back_is_seen_by_nobody_else(db, people, as_):  # noqa: F811
    one = make_question(people["ada"].id)
    db.session.commit()
    path, cleo = f"/questions/{one.id}", as_(people["cleo"])
    assert as_(people["ada"]).post(f"{path}/withdraw").status_code == 303
    assert [as_(people["ada"]).get(path).status_code, cleo.get(path).status_code] == [200, 404]
    assert cleo.post(f"/council{path}", {"outcome": "answered", "reply": "Yes."}).status_code == 404
