"""Translations beside the original: what is ready, what fell behind, and two who translate at once."""

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.quests.models import QuestText
from tests.factories.quests import make_quest
from tests.pages.quest_studio.bench import HOME, hidden, kept, published, text

SignIn = Callable[[FlaskClient, Member], None]


URL = f"{HOME}first/texts/de"


def original(client: FlaskClient) -> list[str]:
    return re.findall(r'name="text-([^"]+)"', client.get(URL).get_data(as_text=True))


def given(client: FlaskClient, state: str = "ready", **changes: str) -> dict[str, str]:
    page = client.get(URL)
    words = {f"text-{place}": f"{place} auf Deutsch" for place in original(client)}
    return {**words, "state": state, "seen": hidden(page, "seen"), **changes}


def the_text() -> QuestText:
    return database.session.scalars(sa.select(QuestText), execution_options={"populate_existing": True}).one()


def test_every_text_has_a_place_and_nothing_is_ready_before_all_have_words(client: FlaskClient, council: Member) -> None:
    make_quest("first")
    database.session.commit()
    places = original(client)
    assert places[:4] == ["title", "summary", "thanks", "after"]
    assert {"steps.read.title", "steps.read.body", "steps.reflect.prompt", "steps.do.ideas.1"} <= set(places)
    assert sum(place.startswith("steps.quiz.questions.") for place in places) == 14
    half = client.post(URL, data={"text-title": "Das erste", "state": "ready", "seen": ""})
    assert (half.status_code, "Das erste" in text(half)) == (422, True)
    assert client.post(URL, data={"text-title": "Das erste", "state": "draft", "seen": ""}).location == f"{HOME}first/texts/"
    assert (the_text().state, the_text().words) == ("draft", {"title": "Das erste"})
    assert client.post(URL, data=given(client)).status_code == 303
    assert "Ready" in text(client.get(f"{HOME}first/texts/"))


def test_only_what_the_original_left_behind_is_marked(client: FlaskClient, council: Member) -> None:
    make_quest("first")
    database.session.commit()
    client.post(URL, data=given(client))
    kept(client, f"{HOME}first/steps/reflect", title="Step reflect", minutes="3", prompt="What now?", placeholder="I think…")
    published(client, "first", how="words")
    listed = text(client.get(f"{HOME}first/texts/"))
    assert "Behind the original" in listed
    assert "1 text changed since then." in listed
    page = client.get(URL).get_data(as_text=True)
    assert re.findall(r'name="fits-([^"]+)"', page) == ["steps.reflect.prompt"]
    assert "<del>What do you think?</del>" in page
    client.post(URL, data=given(client, **{"fits-steps.reflect.prompt": "1"}))
    assert the_text().was["steps.reflect.prompt"] == "What now?"
    assert "Behind" not in text(client.get(f"{HOME}first/texts/"))


def test_of_two_who_translate_at_once_the_second_is_told(client: FlaskClient, council: Member) -> None:
    make_quest("first")
    database.session.commit()
    mine, theirs = given(client, "draft"), given(client, "draft", **{"text-title": "Zuerst"})
    assert client.post(URL, data=theirs).status_code == 303
    late = client.post(URL, data=mine)
    assert (late.status_code, the_text().words["title"]) == (409, "Zuerst")
    assert "title auf Deutsch" in text(late)
    assert client.post(URL, data={**mine, "seen": hidden(late, "seen")}).status_code == 303
    assert the_text().words["title"] == "title auf Deutsch"


def test_languages_that_there_are_not(client: FlaskClient, council: Member) -> None:
    make_quest("first")
    make_quest("second", state="draft")
    database.session.commit()
    assert client.get(f"{HOME}first/texts/?language=klingon").status_code == 422
    assert client.get(f"{HOME}first/texts/?language=pt-BR").location == f"{HOME}first/texts/pt-BR"
    for code in ("en", "xx-YY-ZZ", "zz", "../me"):
        assert client.get(f"{HOME}first/texts/{code}").status_code == 404
    assert client.get(f"{HOME}second/texts/").status_code == 404


def test_the_page_of_a_translation_costs_the_same_however_much_there_is(
    client: FlaskClient, council: Member, count_queries: Any
) -> None:
    make_quest("first")
    database.session.commit()
    client.post(URL, data=given(client))
    with count_queries() as seen:
        client.get(URL)
    with count_queries() as listed:
        client.get(f"{HOME}first/texts/")
    assert max(len(seen), len(listed)) <= 12
