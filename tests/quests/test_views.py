"""The pages of quests as guests and members meet them, with and without script."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

import recognition
from recognition.activities.models import Activity, ActivityTag
from recognition.extensions import db as database
from recognition.quests import catalog
from recognition.quests.models import Quest
from recognition.quests.quizzes import choices, question_key
from recognition.quests.services import walking as services
from tests.factories.activities import make_activity
from tests.factories.quests import QUESTIONS, begin, make_quest

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HTMX = {"HX-Request": "true"}
ONE = question_key(QUESTIONS[0])
SignIn = Callable[[FlaskClient, Any], None]
Make = Callable[..., Any]


def choice(quest: Quest, step: int, number: int, label: str, member: Any) -> dict[str, str]:
    found = choices(QUESTIONS[number], member.id, quest.steps[step].id)
    return {"question": question_key(QUESTIONS[number]), "choice": next(c.value for c in found if c.label == label)}


def test_guests_read_and_are_asked_to_sign_in_for_answers(client: FlaskClient) -> None:
    make_quest()
    database.session.commit()
    assert 'href="/quests/first"' in client.get("/quests/").text
    poster = client.get("/quests/first").text
    assert "Sign in and begin" in poster
    assert "/login?next=/quests/first" in poster
    assert "Words to <em>read</em>." in client.get("/quests/first/read").text
    quiz = client.get("/quests/first/quiz").text
    assert "Sign in to answer" in quiz
    assert "Why 1" not in quiz
    assert client.post("/quests/first/read").status_code == 401
    assert client.post("/quests/first").status_code == 401


def test_who_only_looks_around_can_read_all_words(client: FlaskClient) -> None:
    make_quest("words", ("read", "read", "quiz"))
    database.session.commit()
    assert 'href="/quests/words/read-2"' in client.get("/quests/words/read").text
    assert "Sign in and go on" in client.get("/quests/words/read-2").text


def test_a_whole_quest_without_script(client: FlaskClient, ada: Any) -> None:
    quest = make_quest()
    make_quest("second", ("read",), position=2, requires={"finished": "first"})
    database.session.commit()
    assert client.post("/quests/first").location == "/quests/first/read"
    assert client.post("/quests/first/read").location == "/quests/first/quiz"

    wrong = client.post("/quests/first/quiz", data=choice(quest, 1, 0, "Wrong 1a", ada))
    assert (wrong.status_code, wrong.location) == (303, "/quests/first/quiz#quiz")
    page = client.get(wrong.location).text
    assert "c-quiz-choice--wrong" in page
    assert "Hint 1" in page
    assert "Why 1" not in page

    right = client.post("/quests/first/quiz", data=choice(quest, 1, 0, "Right 1", ada))
    page = client.get(right.location).text
    assert "c-quiz-choice--right" in page
    assert "Why 1" in page
    assert "Question 2?" not in page
    assert "Question 2?" in client.get("/quests/first/quiz").text

    last = client.post("/quests/first/quiz", data=choice(quest, 1, 1, "Right 2", ada))
    assert 'href="/quests/first/reflect"' in client.get(last.location).text
    assert client.post("/quests/first/reflect", data={"text": "My thought."}).location == "/quests/first/do"
    end = client.post("/quests/first/do", data={"text": "I did it, with #friends.", "visibility": "public"})
    assert end.location == "/quests/first/done?since=0"

    done = client.get(end.location).text
    assert "Thank you." in done
    assert "You can do it now." in done
    assert 'hx-get="/badges/arrivals?since=0"' in done
    assert "It opened when you finished “First”." in done
    deed = database.session.scalars(sa.select(Activity).where(Activity.kind == "other")).one()
    assert (deed.text, deed.object, deed.campaign, deed.visibility) == (
        "I did it, with #friends.", "quest:first", "spring", "public",
    )  # fmt: skip
    assert sorted(database.session.scalars(sa.select(ActivityTag.tag))) == ["did-it", "friends"]


def test_a_quiz_answers_in_place(client: FlaskClient, ada: Any) -> None:
    quest = make_quest("first", ("quiz",))
    begin(ada, quest)
    wrong = client.post("/quests/first/quiz", data=choice(quest, 0, 0, "Wrong 1a", ada), headers=HTMX)
    assert wrong.status_code == 200
    assert wrong.text.strip().startswith('<div class="p-quiz" id="quiz"')
    assert "<html" not in wrong.text
    assert "HX-Request" in wrong.headers["Vary"]
    assert 'data-announce="Not this one. A hint: Hint 1"' in wrong.text
    assert wrong.text.count("data-focus") == 1
    right = client.post("/quests/first/quiz", data=choice(quest, 0, 0, "Right 1", ada), headers=HTMX)
    assert 'data-announce="Yes. Why 1"' in right.text
    assert "Next question" in right.text
    following = client.get("/quests/first/quiz", headers=HTMX).text
    assert "Question 2?" in following
    assert "<html" not in following
    last = client.post("/quests/first/quiz", data=choice(quest, 0, 1, "Right 2", ada), headers=HTMX)
    assert 'href="/quests/first/done?since=0"' in last.text
    assert "2 of 2" in last.text
    told = client.get("/quests/first/quiz").text
    assert "All answered; 1 at the first try." in told
    assert told.count("Source: Source") == 2


def test_nothing_in_the_page_tells_the_right_answer(client: FlaskClient, ada: Any) -> None:
    """The four choices differ in nothing but their words and values."""
    begin(ada, make_quest("first", ("quiz",)))
    labels = re.findall(r'<label class="c-quiz-choice.*?</label>', client.get("/quests/first/quiz").text, re.DOTALL)
    shapes = {re.sub(r'value="[0-9a-f]{12}"|(Right|Wrong) 1[abc]?', "", label) for label in labels}
    assert (len(labels), len(shapes)) == (4, 1)


def test_a_reflection_can_be_written_anew(client: FlaskClient, ada: Any) -> None:
    begin(ada, make_quest("first", ("reflect",)))
    assert client.post("/quests/first/reflect", data={"text": "First words."}).location.startswith("/quests/first/done")
    assert client.post("/quests/first/reflect", data={"text": "Other words."}).location == "/quests/first/reflect"
    page = client.get("/quests/first/reflect").text
    assert "Other words.</textarea>" in page
    assert "Kept, in its new words." in page


def test_a_deed_from_before_is_found_and_counted(client: FlaskClient, ada: Any) -> None:
    begin(ada, make_quest("first", ("do",)))
    make_activity(ada.id, text="Done long ago.", tags=("did-it",))
    database.session.commit()
    page = client.get("/quests/first/do").text
    assert "Done long ago." in page
    assert 'name="count"' in page
    assert client.post("/quests/first/do", data={"count": "1"}).location == "/quests/first/done?since=0"


def test_nobody_else_ever_sees_a_reflection(client: FlaskClient, ada: Any, make_member: Make, sign_in: SignIn) -> None:
    quest = make_quest("first", ("reflect", "read"))
    services.start(ada, quest, NOW)
    services.reflect(ada, quest, quest.steps[0], "SECRET-THOUGHT", NOW)
    database.session.commit()
    assert "SECRET-THOUGHT" in client.get("/quests/first/reflect").text
    others = [(make_member("ben"), client.application.test_client())]
    others += [(make_member("cleo", roles=("council", "admin", "reviewer")), client.application.test_client())]
    for member, browser in others:
        sign_in(browser, member)
        begin(member, quest)
    browsers = [browser for _member, browser in others] + [client.application.test_client()]
    paths = ["/quests/", "/quests/first", "/quests/first/reflect", "/quests/first/read", "/quests/first/done"]
    paths += ["/", "/members/ada", "/activities/", "/me/settings", "/council/"]
    for browser in browsers:
        for path in paths:
            assert "SECRET-THOUGHT" not in browser.get(path, follow_redirects=True).text
    assert "SECRET-THOUGHT" not in client.get("/quests/first").text


def test_stopping_and_coming_back(client: FlaskClient, ada: Any) -> None:
    begin(ada, make_quest(), 1)
    poster = client.get("/quests/first").text
    assert "Go on" in poster
    assert 'href="/quests/first/quiz"' in poster
    assert "about 9 minutes left" in poster
    assert "Words to <em>read</em>." in client.get("/quests/first/read").text
    assert client.post("/quests/first").location == "/quests/first/quiz"
    assert client.post("/quests/first/read").location == "/quests/first/quiz"
    assert client.get("/quests/first/done").location == "/quests/first/quiz"


def test_the_path_shows_every_state(client: FlaskClient, ada: Any) -> None:
    one = make_quest("one", ("read",), position=1)
    make_quest("two", ("read",), position=2, requires={"finished": "one"})
    make_quest("three", ("read",), position=3, requires={"finished": "two"})
    make_quest("four", ("read",), position=4)
    begin(ada, one, 1)
    page = client.get("/quests/").text
    states = re.findall(r'c-quest-map__item--(\w+)">\s*<a href="/quests/(\w+)"', page)
    assert states == [("done", "one"), ("next", "two"), ("locked", "three"), ("open", "four")]
    assert "Opens when you finish “Two”" in page


def test_an_empty_house_invites(client: FlaskClient) -> None:
    assert "No path is laid yet" in client.get("/quests/").text


@pytest.mark.parametrize("path", ["/quests/", "/quests/q0", "/quests/q0/read", "/quests/q0/done"])
def test_as_many_statements_for_seven_quests_as_for_one(
    client: FlaskClient, ada: Any, count_queries: Callable[[], Any], path: str
) -> None:
    first = make_quest("q0", ("read",))
    make_quest("q1", ("read", "quiz"), requires={"finished": "q0"})
    make_quest("q2", ("read", "quiz"), requires={"finished": "q1"})
    begin(ada, first, 1)
    counts = []
    for more in ((), range(3, 9)):
        for number in more:
            make_quest(f"q{number}", ("read", "quiz", "do"), requires={"finished": f"q{number - 1}"})
        database.session.commit()
        with count_queries() as seen:
            assert client.get(path).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


def test_every_page_of_the_real_quests_shows(client: FlaskClient, ada: Any) -> None:
    slugs = catalog.load(Path(recognition.__file__).parent / "catalog" / "mdm" / "quests", NOW)
    database.session.commit()
    guest = client.application.test_client()
    for quest in database.session.scalars(sa.select(Quest)).all():
        paths = [f"/quests/{quest.slug}"] + [f"/quests/{quest.slug}/{step.slug}" for step in quest.steps]
        assert [guest.get(path).status_code for path in paths] == [200] * len(paths)
    assert all(slug in client.get("/quests/").text for slug in slugs)
