"""A quest in another language: what holds is told in it, the rest in the original, and everything says which it is."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.extensions import db
from recognition.quests import texts
from recognition.quests.models import Quest, QuestText, StepDone
from recognition.quests.quizzes import choices, question_key
from tests.factories.quests import PAIRS, QUESTIONS, begin, make_quest, make_quiz

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ONE = question_key(QUESTIONS[0])
WORDS = {
    "title": "Der erste", "summary": "Worum es geht.", "steps.read.title": "Lesen", "steps.read.body": "Worte zum *Lesen*.",
    f"steps.quiz.questions.{ONE}.ask": "Frage 1?", f"steps.quiz.questions.{ONE}.right": "Richtig 1",
    f"steps.quiz.questions.{ONE}.wrong.0": "Falsch 1a", f"steps.quiz.questions.{ONE}.hint": "Tipp 1",
    f"steps.quiz.questions.{ONE}.why": "Darum 1",
}  # fmt: skip


def translate(quest: Quest, words: dict[str, str], language: str = "de", state: str = "ready", **was: str) -> None:
    originals = {
        "title": "First",
        "summary": "About first.",
        "steps.read.title": "Step read",
        "steps.read.body": "Words to *read*.",
    }
    for name in ("ask", "right", "hint", "why"):
        originals[f"steps.quiz.questions.{ONE}.{name}"] = QUESTIONS[0][name]
    originals[f"steps.quiz.questions.{ONE}.wrong.0"] = "Wrong 1a"
    kept = {place: originals.get(place, "") for place in words} | was
    db.session.add(QuestText(quest_id=quest.id, language=language, version=1, words=words, was=kept, state=state, changed_at=NOW))
    db.session.commit()


@pytest.fixture
def quest(app: Any) -> Quest:
    return make_quest()


def test_only_what_still_says_the_same_is_told(quest: Quest) -> None:
    translate(quest, WORDS, **{"steps.read.body": "Older words."})
    assert texts.told(quest, "de") == {place: text for place, text in WORDS.items() if place != "steps.read.body"}
    assert texts.told(quest, "fr") == {}


def test_a_draft_is_not_told(quest: Quest) -> None:
    translate(quest, WORDS, state="draft")
    assert (texts.told(quest, "de"), texts.languages(quest)) == ({}, ("en",))


@pytest.mark.parametrize(
    ("address", "accepts", "told"),
    [("", "", "First"), ("?lang=de", "", "Der erste"), ("", "de-AT,en;q=0.5", "Der erste"), ("", "en-US,de;q=0.5", "First"),
     ("?lang=fr", "", "First"), ("?lang=en", "de", "First"), ("?lang=x%C3%BC", "", "First")],
)  # fmt: skip
def test_the_language_is_the_one_that_was_asked_for(
    client: FlaskClient, quest: Quest, address: str, accepts: str, told: str
) -> None:
    translate(quest, WORDS)
    page = client.get(f"/quests/first{address}", headers={"Accept-Language": accepts} if accepts else {}).text
    assert f">{told}</h1>" in page


def test_a_choice_is_kept_and_every_text_says_its_language(client: FlaskClient, quest: Quest) -> None:
    translate(quest, WORDS)
    assert client.post("/quests/first/language", data={"lang": "de", "step": "read"}).location == "/quests/first/read"
    page = client.get("/quests/first/read").text
    assert '<h1 lang="de" dir="ltr">Lesen</h1>' in page
    assert "Worte zum <em>Lesen</em>." in page
    poster = client.get("/quests/first").text
    assert '<span lang="de" dir="ltr">' not in poster.split("<ol")[0]
    assert "<span>Step reflect</span>" in poster
    assert 'value="de" lang="de" aria-pressed="true">Deutsch' in poster
    client.post("/quests/first/language", data={"lang": "en", "step": "elsewhere"})
    assert "<h1>First</h1>" in client.get("/quests/first").text


def test_a_quiz_is_answered_in_any_language_and_kept_in_one(client: FlaskClient, ada: Any, quest: Quest) -> None:
    translate(quest, WORDS)
    begin(ada, quest, 1)
    client.post("/quests/first/language", data={"lang": "de"})
    page = client.get("/quests/first/quiz").text
    assert 'lang="de" dir="ltr">Frage 1?</legend>' in page
    assert 'lang="de" dir="ltr">Richtig 1</span>' in page
    assert ">Wrong 1b</span>" in page
    assert "Darum 1" not in page
    assert "Tipp 1" not in page
    found = {choice.label: choice.value for choice in choices(QUESTIONS[0], ada.id, quest.steps[1].id)}
    client.post("/quests/first/quiz", data={"question": ONE, "choice": found["Wrong 1a"]})
    assert "Tipp 1" in client.get("/quests/first/quiz").text
    right = client.post("/quests/first/quiz", data={"question": ONE, "choice": found["Right 1"]})
    assert "Darum 1" in client.get(right.location).text
    kept = db.session.scalars(sa.select(StepDone.answer).where(StepDone.step_id == quest.steps[1].id)).one()
    assert kept["tries"] == {ONE: ["Wrong 1a", "Right 1"]}


def test_pairs_are_told_on_both_sides(client: FlaskClient, ada: Any) -> None:
    quest = make_quiz("first", PAIRS)
    begin(ada, quest)
    at = f"steps.quiz.questions.{question_key(PAIRS)}"
    originals = {f"{at}.pairs.0.left": "Cat", f"{at}.pairs.0.right": "Meow", f"{at}.wrong.0": "Quack"}
    translate(quest, dict(zip(originals, ("Katze", "Miau", "Quak"), strict=True)), **originals)
    page = client.get("/quests/first/quiz?lang=de").text
    assert page.count(">Miau</option>") == 3
    assert 'lang="de" dir="ltr">Katze</span>' in page
    assert ">Dog</span>" in page
    assert page.count(">Quak</option>") == 3


def test_a_language_from_right_to_left_says_so(client: FlaskClient, quest: Quest) -> None:
    translate(quest, {"title": "الأول"}, language="ar")
    assert '<h1 lang="ar" dir="rtl">الأول</h1>' in client.get("/quests/first?lang=ar").text


def test_a_list_is_told_as_far_as_it_is_translated(client: FlaskClient, quest: Quest, count_queries: Any) -> None:
    translate(quest, WORDS, summary="Another summary.")
    client.post("/quests/first/language", data={"lang": "de"})
    page = client.get("/quests/").text
    assert 'lang="de" dir="ltr">Der erste</a>' in page
    assert "About first." in page
    assert "Worum es geht." not in page
    with count_queries() as seen:
        client.get("/quests/?lang=en")
    assert "Der erste" not in client.get("/quests/?lang=en").text
    assert len(seen) <= 12


def test_of_several_languages_the_dearest_is_told(client: FlaskClient, quest: Quest) -> None:
    translate(quest, {"title": "Der erste"})
    translate(quest, {"title": "Le premier"}, language="fr")
    for accepts, told in (("fr,de;q=0.5", "Le premier"), ("it,de;q=0.5", "Der erste"), ("it", "First")):
        for path in ("/quests/", "/quests/first"):
            assert told in client.get(path, headers={"Accept-Language": accepts}).text
