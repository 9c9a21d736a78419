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
from recognition.quests import catalog, services
from recognition.quests.models import Enrolment, Quest, StepDone
from recognition.quests.rules import REFLECTION_MAX_CHARS, choices, question_key
from tests.factories.activities import make_activity
from tests.factories.quests import QUESTIONS, make_quest

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HTMX = {"HX-Request": "true"}
ONE = question_key(QUESTIONS[0])
SignIn = Callable[[FlaskClient, Any], None]
Make = Callable[..., Any]


@pytest.fixture(autouse=True)
def no_csrf(app: Any) -> Any:
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def ada(client: FlaskClient, make_member: Make, sign_in: SignIn) -> Any:
    """Signed in on `client`."""
    member = make_member("ada")
    sign_in(client, member)
    return member


def begin(member: Any, quest: Quest, steps: int = 0) -> None:
    services.start(member, quest, NOW)
    for step in quest.steps[:steps]:
        services.read_step(member, quest, step, NOW)
    database.session.commit()


def choice(quest: Quest, step: int, number: int, label: str, member: Any) -> dict[str, str]:
    found = choices(QUESTIONS[number], member.id, quest.steps[step].id)
    return {"question": question_key(QUESTIONS[number]), "choice": next(c.value for c in found if c.label == label)}


def count(table: Any) -> int:
    return database.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


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


@pytest.mark.parametrize("path", ["none", "first/none", "hidden", "hidden/read", "none/x"])
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    make_quest()
    make_quest("hidden", state="draft")
    database.session.commit()
    assert client.get(f"/quests/{path}").status_code == 404


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


@pytest.mark.parametrize(
    "data", [{}, {"question": "x", "choice": "y"}, {"question": question_key(QUESTIONS[0]), "choice": "y"}]
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_choice_that_is_not_offered_is_refused(
    client: FlaskClient, ada: Any, data: dict[str, str], headers: dict[str, str]
) -> None:
    begin(ada, make_quest("first", ("quiz",)))
    answer = client.post("/quests/first/quiz", data=data, headers=headers)
    assert answer.status_code == 422
    assert "Choose one of these answers." in answer.text
    assert count(StepDone) == 0


def test_a_locked_quest_says_what_opens_it(client: FlaskClient, ada: Any) -> None:
    make_quest("first", ("read",))
    make_quest("second", ("read", "quiz"), requires={"finished": "first"})
    database.session.commit()
    for path in ("/quests/second", "/quests/second/read", "/quests/second/quiz"):
        answer = client.post(path)
        assert answer.status_code == 409
        assert "Opens when you finish “First”." in answer.text
    assert client.get("/quests/second/quiz").location == "/quests/second"
    assert "Opens when you finish “First”" in client.get("/quests/second/read").text
    assert count(Enrolment) == 0


def test_skipping_ahead_leads_to_the_next_step(client: FlaskClient, ada: Any) -> None:
    begin(ada, make_quest())
    for answer in (client.get("/quests/first/do"), client.post("/quests/first/reflect", data={"text": "x"})):
        assert (answer.status_code, answer.location) == (303, "/quests/first/read")
    assert "One thing at a time" in client.get("/quests/first/read").text
    assert client.post("/quests/first/quiz", headers=HTMX).headers["HX-Redirect"] == "/quests/first/read"
    assert client.get("/quests/first/done").location == "/quests/first/read"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write at least a word."),
        ("  \n ", "Write at least a word."),
        ("KEPT" + "x" * REFLECTION_MAX_CHARS, "This is 4 characters too long."),
        ("KEPT \x07 bell", "There are signs in it"),
    ],
)
def test_a_reflection_that_does_not_fit_is_kept_in_the_form(
    client: FlaskClient, ada: Any, text: str, said: str
) -> None:
    begin(ada, make_quest("first", ("reflect",)))
    answer = client.post("/quests/first/reflect", data={"text": text})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert ("KEPT" in answer.text) is ("KEPT" in text)
    assert count(StepDone) == 0


def test_a_reflection_can_be_written_anew(client: FlaskClient, ada: Any) -> None:
    begin(ada, make_quest("first", ("reflect",)))
    assert client.post("/quests/first/reflect", data={"text": "First words."}).location.startswith("/quests/first/done")
    assert client.post("/quests/first/reflect", data={"text": "Other words."}).location == "/quests/first/reflect"
    page = client.get("/quests/first/reflect").text
    assert "Other words.</textarea>" in page
    assert "Kept, in its new words." in page


def test_line_breaks_of_a_browser_are_one_character(client: FlaskClient, ada: Any) -> None:
    begin(ada, make_quest("first", ("reflect",)))
    text = "a\r\n" * (REFLECTION_MAX_CHARS // 2)
    assert client.post("/quests/first/reflect", data={"text": text}).status_code == 303


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"text": ""}, "Tell us in a sentence"),
        ({"text": "KEPT", "url": "javascript:alert(1)"}, "A link starts with http"),
        ({"text": "KEPT", "visibility": "aliens"}, ""),
        ({"text": "KEPT " + " ".join(f"#t{n}" for n in range(30))}, "more #tags"),
    ],
)
def test_a_deed_that_does_not_fit_is_kept_in_the_form(
    client: FlaskClient, ada: Any, data: dict[str, str], said: str
) -> None:
    begin(ada, make_quest("first", ("do",)))
    answer = client.post("/quests/first/do", data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert ("KEPT" in answer.text) is ("KEPT" in data["text"])
    assert count(Activity) == 0


def test_the_same_deed_sent_twice_is_told_once(client: FlaskClient, ada: Any) -> None:
    quest = make_quest("first", ("do",))
    quest.steps[0].data = {**quest.steps[0].data, "proof": {"count": {"tags_any": ["did-it"]}, "at_least": 2}}
    begin(ada, quest)
    for _time in range(2):
        answer = client.post("/quests/first/do", data={"text": "One of two."})
        assert answer.location == "/quests/first/do"
    page = client.get("/quests/first/do").text
    assert "1 of 2" in page
    assert count(Activity) == 1
    assert client.post("/quests/first/do", data={"text": "Two of two."}).location.startswith("/quests/first/done")


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
