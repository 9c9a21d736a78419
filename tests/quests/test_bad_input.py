"""What does not fit is refused in words, and what was written is still there."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.activities.models import Activity
from recognition.extensions import db as database
from recognition.quests.models import Enrolment, StepDone
from recognition.quests.quizzes import question_key
from recognition.quests.rules import REFLECTION_MAX_CHARS
from tests.factories.quests import QUESTIONS, begin, make_quest

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HTMX = {"HX-Request": "true"}
ONE = question_key(QUESTIONS[0])
SignIn = Callable[[FlaskClient, Any], None]
Make = Callable[..., Any]


def count(table: Any) -> int:
    return database.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.mark.parametrize("path", ["none", "first/none", "hidden", "hidden/read", "none/x"])
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    make_quest()
    make_quest("hidden", state="draft")
    database.session.commit()
    assert client.get(f"/quests/{path}").status_code == 404


@pytest.mark.parametrize("data", [{}, {"question": "x", "choice": "y"}, {"question": question_key(QUESTIONS[0]), "choice": "y"}])
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
        ("\u200b\u3164", "Write at least a word."),
        ("KEPT \x07 bell", "There are signs in it"),
        ("KEPT \x9b control", "There are signs in it"),
    ],
)
def test_a_reflection_that_does_not_fit_is_kept_in_the_form(client: FlaskClient, ada: Any, text: str, said: str) -> None:
    begin(ada, make_quest("first", ("reflect",)))
    answer = client.post("/quests/first/reflect", data={"text": text})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert ("KEPT" in answer.text) is ("KEPT" in text)
    assert count(StepDone) == 0


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
def test_a_deed_that_does_not_fit_is_kept_in_the_form(client: FlaskClient, ada: Any, data: dict[str, str], said: str) -> None:
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
