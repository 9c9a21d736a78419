"""The pages of a survey: to answer, and what came of it."""

import csv
import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.surveys.models import Survey, SurveyAnswer
from tests.factories.identity import make_member
from tests.factories.surveys import CLAIM, NOW, close_survey, days, make_people, make_survey, open_survey, say
from tests.reading import text_of as whole_text_of


def text_of(answer: Any) -> str:
    """What a reader sees, on one line."""
    return " ".join(
        html.unescape(re.sub(r"<(style|script|title).*?</\1>|<[^>]*>", " ", whole_text_of(answer), flags=re.DOTALL)).split()
    )


@pytest.fixture(autouse=True)
def today(app: Flask) -> Any:
    with clock.as_of(NOW):
        yield


def founding_case() -> Survey:
    people = make_people(100)
    survey = open_survey(make_survey(questions=(CLAIM,)))
    say(survey, people[:60], "yes")
    say(survey, people[60:65], "no")
    say(survey, people[65:70], "declined")
    return close_survey(survey)


def test_the_result_says_what_is_proven_and_never_the_share_of_those_who_answered(client: FlaskClient) -> None:
    founding_case()
    page = client.get("/surveys/know-mdm/results")
    text = text_of(page)
    assert "Not proven 60.0 % to 95.0 %" in text
    assert "Of all 100 people, somewhere between 60.0 % and 95.0 % say yes." in text
    assert "21 more yes answers would prove it. 15 other answers would show that it is not reached." in text
    assert not re.search(r"\b9[23]\b", text.partition("Fixed and frozen")[0])
    body = page.get_data(as_text=True)
    assert body.count('class="c-honest__length--yes"') == 2
    assert 'x="8.0" y="44" width="422.4"' in body
    assert 'x1="571.2" x2="571.2"' in body
    listed = text_of(client.get("/surveys/"))
    assert "Do we know what MDM is? Not proven : 60.0 % to 95.0 %, goal: over 80 %" in listed


def test_every_number_is_in_the_file_and_nothing_else(client: FlaskClient) -> None:
    founding_case()
    answer = client.get("/surveys/know-mdm/results.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="know-mdm.csv"'
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
    assert rows == [
        ["about", "of", "what", "people"], ["everybody", "", "people", "100"], ["everybody", "", "yes", "60"],
        ["everybody", "", "open", "35"], ["everybody", "", "not_yes", "5"], ["everybody", "", "declined", "5"],
        ["everybody", "", "silent", "30"], ["question", "I know what MDM is about", "Yes", "60"],
        ["question", "I know what MDM is about", "No", "5"],
    ]  # fmt: skip


@pytest.mark.parametrize("others", [5, 4])
def test_each_group_has_bounds_of_its_own_where_no_few_give_them_away(client: FlaskClient, others: int) -> None:
    """Of those who are away, five or four say no."""
    here, away = make_people(21), make_people(20, "away", state="away")
    survey = open_survey(make_survey(questions=(CLAIM,)))
    for said, people in (("yes", here[:8] + away[:5]), ("no", here[8:14] + away[5 : 5 + others])):
        say(survey, people, said)
    close_survey(survey)
    text = text_of(client.get("/surveys/know-mdm/results"))
    bounds = re.findall(r" (\d+) (\d+\.\d %) (\d+\.\d %)", text.partition("By group")[2])
    both = [("20", "25.0 %", "75.0 %"), ("21", "38.0 %", "71.5 %")]
    assert bounds == (both if others == 5 else [])
    assert ("in some group, too few said the one or the other" in text) is (others == 4)


def test_before_the_end_there_is_no_number_anywhere(client: FlaskClient) -> None:
    people = make_people(12)
    survey = open_survey(make_survey())
    say(survey, people[:7], "yes")
    assert "Nobody knows yet, and nobody can look" in text_of(client.get("/surveys/know-mdm/results"))
    assert client.get("/surveys/know-mdm/results.csv").status_code == 404
    with clock.as_of(survey.closes_at):
        assert "Open until" not in text_of(client.get("/surveys/know-mdm"))


def test_to_answer_to_change_it_and_to_rather_not_say(client: FlaskClient, sign_in: Callable[..., None], db: Any) -> None:
    me = make_member("me")
    open_survey(make_survey())
    sign_in(client, me)
    page = client.get("/surveys/know-mdm")
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Send my answer" in text_of(page)

    def stored() -> list[Any]:
        db.session.rollback()
        return [(row.claim, row.values) for row in db.session.scalars(sa.select(SurveyAnswer))]

    first = client.post("/surveys/know-mdm", data={"q-1": "1", "q-2": "3", "q-3": ["0", "1"], "q-4": "Who <b> is it for?"})
    assert (first.status_code, first.headers["Location"]) == (303, "/surveys/know-mdm")
    assert stored() == [("other", {"1": 1, "2": 3, "3": [0, 1], "4": "Who <b> is it for?"})]
    kept = client.get("/surveys/know-mdm").get_data(as_text=True)
    assert 'name="q-1" value="1" checked' in kept
    assert "Who &lt;b&gt; is it for?" in kept
    client.post("/surveys/know-mdm", data={"q-1": "0"})
    assert stored() == [("yes", {"1": 0})]
    client.post("/surveys/know-mdm", data={"q-1": "0", "q-4": "no word of this", "declined": "1"})
    assert stored() == [("declined", {})]
    assert "You said that you would rather not say" in text_of(client.get("/surveys/know-mdm"))


@pytest.mark.parametrize("data", [
    {}, {"q-1": "9"}, {"q-1": "-1"}, {"q-1": "x" * 500}, {"q-1": "0", "q-3": "7"}, {"q-1": "0", "q-4": "x" * 1001},
    {"q-1": "0", "q-4": "a\x00b"}, {"q-1": "0", "q-2": "\ud800"},
])  # fmt: skip
def test_what_does_not_fit_is_refused_and_everything_typed_stays(
    client: FlaskClient, sign_in: Callable[..., None], db: Any, data: dict[str, str]
) -> None:
    me = make_member("me")
    open_survey(make_survey())
    sign_in(client, me)
    sent = {"q-4": "Still here", **data}
    if any("\ud800" in text for text in sent.values()):
        sent = {"q-1": "0", "q-2": "99", "q-4": "Still here"}
    answer = client.post("/surveys/know-mdm", data=sent)
    assert answer.status_code in (400, 422)
    assert answer.status_code == 400 or sent["q-4"][:20] in answer.get_data(as_text=True)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SurveyAnswer)) == 0


def test_a_guest_may_read_and_who_is_not_on_the_roll_is_told_so(
    client: FlaskClient, sign_in: Callable[..., None], db: Any
) -> None:
    make_member("asked")
    survey = open_survey(make_survey())
    assert "Sign in to answer" in text_of(client.get("/surveys/know-mdm"))
    assert client.post("/surveys/know-mdm", data={"q-1": "0"}).status_code in (302, 303, 401)
    sign_in(client, make_member("new", joined_at=days(1)))
    assert "You are not on the roll of this survey" in text_of(client.get("/surveys/know-mdm"))
    assert client.post("/surveys/know-mdm", data={"q-1": "0"}).status_code == 403
    survey.opens_at, survey.closes_at = days(-9), NOW
    db.session.commit()
    assert client.post("/surveys/know-mdm", data={"q-1": "0"}).status_code == 409


def test_drafts_are_nobodys(client: FlaskClient) -> None:
    make_survey()
    assert [client.get(f"/surveys/know-mdm{more}").status_code for more in ("", "/results", "/results.csv")] == [404] * 3
    assert "Nothing was asked yet" in text_of(client.get("/surveys/"))


def test_lists_and_pages_ask_the_database_the_same_number_of_times(
    client: FlaskClient, sign_in: Callable[..., None], count_queries: Any
) -> None:
    people = make_people(3)
    sign_in(client, people[0])
    seen = []
    for number in (1, 3):
        for one in range(number):
            close_survey(open_survey(make_survey(f"survey-{number}-{one}")))
        with count_queries() as list_queries:
            client.get("/surveys/")
        with count_queries() as page_queries:
            client.get(f"/surveys/survey-{number}-0/results")
        seen.append((len(list_queries), len(page_queries)))
    assert seen[0] == seen[1]
    assert max(seen[0]) <= 12
