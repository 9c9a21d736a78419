"""Questions about deeds that name somebody: the link of a mail, and the page of one's own."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities import naming
from recognition.activities.changes import withdraw
from recognition.activities.confirming import confirm
from recognition.activities.models import SELF, Activity, NamedPerson
from recognition.activities.question import path_of
from tests.factories.activities import make_activity
from tests.factories.identity import make_member
from tests.pages.test_deeds import Person, plain


@pytest.fixture
def people(db) -> dict[str, Any]:
    made = {name: make_member(name) for name in ("ada", "bob", "eve")}
    db.session.commit()
    return made


@pytest.fixture
def bob(app, sign_in, people) -> Person:
    client = app.test_client()
    sign_in(client, people["bob"])
    return Person(client)


def ask(db: Any, people: dict[str, Any], role: str = "with", **changes: Any) -> int:
    deed = make_activity(people["ada"].id, **{"text": "Painted the hall", **changes}).id
    named = [people["bob"].id]
    naming.name(deed, people["ada"].id, named if role == "with" else [], named, clock.utcnow())
    db.session.commit()
    return deed


def answers(db: Any) -> list[tuple[int, str | None]]:
    wanted = sa.select(NamedPerson.activity_id, NamedPerson.answer).order_by(NamedPerson.activity_id)
    return [tuple(row) for row in db.session.execute(wanted)]


def test_a_look_changes_nothing_and_one_click_answers(client, db, people):
    deed = ask(db, people)
    path = path_of(deed, people["bob"].id)
    for _turn in range(2):
        page = client.get(path)
        assert (page.status_code, answers(db)) == (200, [(deed, None)])
    assert "Painted the hall" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert (page.headers["Referrer-Policy"], page.headers["X-Robots-Tag"]) == ("same-origin", "noindex")
    assert client.head(path).status_code == 200
    said = client.post(path, data={"answer": "yes"})
    assert (said.status_code, answers(db)) == (200, [(deed, "yes")])
    again = client.post(path, data={"answer": "yes"})
    assert again.status_code == 200
    assert db.session.scalar(sa.select(sa.func.count()).where(Activity.source == "together")) == 1
    assert client.post(path, data={"answer": "no"}).status_code == 409
    assert '<form class="p-ask__answer"' not in client.get(path).text


def test_a_word_that_is_no_proof_is_not_called_one(client, db, people):
    """Of two who confirm each other, the word for the first deed counts."""
    ada, bob = people["ada"], people["bob"]
    confirm(make_activity(ada.id, text="Swept").id, bob.id, clock.utcnow())
    confirm(make_activity(bob.id, text="Sang").id, ada.id, clock.utcnow())
    deed = ask(db, people, "seen")
    thanks = client.post(path_of(deed, bob.id), data={"answer": "yes"}).text
    assert db.session.scalar(sa.select(Activity.evidence).where(Activity.id == deed)) == SELF
    assert ("Thank you for saying so." in thanks, "confirmed" in thanks) == (True, False)


@pytest.mark.parametrize("answer", ["", "maybe", "YES"])
def test_an_odd_answer_is_none(client, db, people, answer):
    deed = ask(db, people)
    assert client.post(path_of(deed, people["bob"].id), data={"answer": answer}).status_code == 400
    assert answers(db) == [(deed, None)]


def test_a_link_that_is_over_says_no_more_than_a_made_up_one(client, db, people):
    deed = ask(db, people)
    withdraw([deed], people["ada"].id, "", clock.utcnow())
    db.session.commit()
    over = client.get(path_of(deed, people["bob"].id))
    strange = client.get("/w/nobody")
    forged = client.get(path_of(deed, people["bob"].id).replace("/w/W", "/w/X"))
    assert [one.status_code for one in (over, strange, forged)] == [404, 404, 404]
    assert plain(over.text) == plain(strange.text) == plain(forged.text)
    assert client.post(path_of(deed, people["bob"].id), data={"answer": "yes"}).status_code == 404
    assert answers(db) == [(deed, None)]


def test_a_link_ends_after_sixty_days(client, db, people):
    deed = ask(db, people)
    db.session.execute(sa.update(NamedPerson).values(asked_at=clock.utcnow() - timedelta(days=60)))
    db.session.commit()
    assert client.get(path_of(deed, people["bob"].id)).status_code == 404


def test_somebody_else_who_is_signed_in_sees_nothing_of_it(app, sign_in, db, people):
    deed = ask(db, people)
    client = app.test_client()
    sign_in(client, people["eve"])
    path = path_of(deed, people["bob"].id)
    page = client.get(path)
    assert page.status_code == 403
    assert "Painted the hall" not in page.text
    assert client.post(path, data={"answer": "yes"}).status_code == 403
    assert answers(db) == [(deed, None)]


def test_private_words_are_on_no_page(client, db, people, bob):
    deed = ask(db, people, text="He is afraid", visibility="me", kind="mentoring", url="https://diary.example/")
    for page in (client.get(path_of(deed, people["bob"].id)), bob.get("/me/asks"), bob.get("/me/notices")):
        assert page.status_code == 200
        assert "afraid" not in page.text
        assert "diary" not in page.text
    client.post(path_of(deed, people["bob"].id), data={"answer": "yes"})
    own = db.session.scalar(sa.select(Activity.id).where(Activity.source == "together"))
    assert "afraid" not in bob.get(f"/activities/{own}").text
    assert bob.get(f"/activities/{deed}").status_code == 404


def test_a_yes_to_all_that_are_ticked(db, people, bob):
    first, second, third = (ask(db, people, "seen", text=text) for text in ("one", "two", "three"))
    page = bob.get("/me/asks").text
    assert page.count('name="chosen"') == 3
    done = bob.post("/me/asks", {"chosen": [str(first), str(third), "99999", "x", "-1", "9" * 40]})
    assert done.headers["Location"] == "/me/asks"
    assert answers(db) == [(first, "yes"), (second, None), (third, "yes")]
    assert "with 2 deeds now" in bob.get("/me/asks").text
    bob.post("/me/asks", {"one": f"no-{second}"})
    assert answers(db) == [(first, "yes"), (second, "no"), (third, "yes")]
    assert "No questions for you" in bob.get("/me/asks").text


def test_nobody_answers_for_another(app, sign_in, db, people):
    deed = ask(db, people)
    client = app.test_client()
    sign_in(client, people["eve"])
    eve = Person(client)
    assert "Painted" not in eve.get("/me/asks").text
    eve.post("/me/asks", {"chosen": [str(deed)]})
    eve.post("/me/asks", {"one": f"yes-{deed}"})
    assert answers(db) == [(deed, None)]
    assert app.test_client().get("/me/asks").status_code == 302


def test_a_hidden_name_is_hidden_here_too(client, db, people, bob):
    deed = ask(db, people)
    people["ada"].name, people["ada"].visibility = "Augusta King", {"name": "me"}
    db.session.commit()
    for page in (client.get(path_of(deed, people["bob"].id)), bob.get("/me/asks"), bob.get("/me/notices")):
        assert page.status_code == 200
        assert "Augusta" not in page.text
    assert "@ada" in bob.get("/me/asks").text


def test_my_questions_cost_the_same_however_many(db, people, bob, count_queries):
    ask(db, people)
    with count_queries() as few:
        bob.get("/me/asks")
    for number in range(4):
        ask(db, people, "seen", text=str(number))
    with count_queries() as many:
        bob.get("/me/asks")
    assert len(many) == len(few) <= 12
