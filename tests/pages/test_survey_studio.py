"""The council's workshop of surveys: from a template to one that is open, and what it never tells."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.audit.models import AuditEntry
from recognition.identity.models import Member
from recognition.surveys import jobs
from recognition.surveys.models import Survey
from recognition.surveys.rules import Said
from tests.factories.activities import make_activity
from tests.factories.identity import make_member
from tests.factories.quests import make_quest
from tests.factories.surveys import CLAIM, NOW, WORDS, close_survey, days, make_people, make_survey, open_survey, say

SignIn = Callable[[FlaskClient, Member], None]
Fields = list[tuple[str, str]]
NEW = "/council/surveys/new"


@pytest.fixture(autouse=True)
def today(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    with clock.as_of(NOW):
        yield


@pytest.fixture
def council(client: FlaskClient, db: Any, sign_in: SignIn) -> Member:
    member = make_member("cora", roles=("council",))
    db.session.commit()
    sign_in(client, member)
    return member


def fields(answer: Any, form_id: str = "survey-form") -> Fields:
    """What a browser would send of the form on the page."""
    page = answer.get_data(as_text=True)
    form = page[page.index(f'id="{form_id}"') :].partition("</form>")[0]
    found = []
    for tag in re.findall(r"<(?:input|textarea|select).*?>(?:[^<]*</textarea>)?", form, re.DOTALL):
        name = re.search(r'\bname="([^"]+)"', tag)
        kind = re.search(r'\btype="([^"]+)"', tag)
        if not name or (kind and kind[1] in ("radio", "checkbox") and " checked" not in tag):
            continue
        if tag.startswith("<textarea"):
            value = tag.partition(">")[2].removesuffix("</textarea>").removeprefix("\n")
        elif tag.startswith("<select"):
            options = form[form.index(tag) :].partition("</select>")[0]
            chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(r'<option value="([^"]*)"', options)
            value = chosen[1] if chosen else ""
        else:
            said = re.search(r'\bvalue="([^"]*)"', tag)
            value = said[1] if said else ""
        found.append((name[1], html.unescape(value)))
    return found


def data(pairs: Fields, **changes: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found | {name.replace("__", "-"): value for name, value in changes.items()}


def stored(db: Any) -> list[Survey]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Survey).order_by(Survey.id)))


def test_from_the_template_to_an_open_survey(client: FlaskClient, council: Member, db: Any) -> None:
    make_quest("what-is-mdm")
    make_people(5)
    db.session.commit()
    sent = data(fields(client.get(f"{NEW}?from=mdm")), opens_at="2026-11-21T12:00", then="open")
    answer = client.post(NEW, data=sent)
    assert answer.headers["Location"] == "/council/surveys/do-we-know-what-mdm-is-about/open"
    asked = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Today, 6 people would be asked." in asked
    client.post(answer.headers["Location"])
    (survey,) = stored(db)
    assert (survey.ready_at, survey.opens_at, survey.evidence) == (NOW, NOW, {"finished": "what-is-mdm"})
    assert [(one.kind, one.is_claim) for one in survey.questions] == [
        ("choice", True), ("choice", False), ("several", False), ("text", False), ("choice", False), ("choice", False),
        ("text", False),
    ]  # fmt: skip
    assert (survey.questions[0].yes, survey.questions[0].no, len(survey.questions[2].options)) == (["Yes"], ["No"], 10)
    jobs.draw_roll(survey.id)
    db.session.commit()
    assert (stored(db)[0].state, stored(db)[0].roll_size) == ("open", 6)


def test_a_rule_does_not_ask_about_one_person_by_leaving_them_out(client: FlaskClient, council: Member, db: Any) -> None:
    for one in make_people(20)[:18]:
        make_activity(one.id, kind="support", occurred_at=days(-1))
    make_survey("nearly", audience={"count": {"kind": ["support"]}, "at_least": 1})
    make_survey("all")
    db.session.commit()
    for path in ("nearly/edit", "nearly/open"):
        page = client.get(f"/council/surveys/{path}").get_data(as_text=True)
        assert "Today, nearly all of us would be asked." in page
        assert "18 people" not in page
    assert "Today, 21 people would be asked." in client.get("/council/surveys/all/open").get_data(as_text=True)


def test_a_kept_draft_reads_back_the_same(client: FlaskClient, council: Member, db: Any) -> None:
    survey = make_survey(audience={"count": {"kind": ["support"]}, "at_least": 2}, is_anonymous=False, by_region=False, over=66)
    db.session.commit()
    before = [one.__dict__ | {"_sa_instance_state": None, "id": 0} for one in survey.questions]
    answer = client.post(
        "/council/surveys/know-mdm/edit", data=data(fields(client.get("/council/surveys/know-mdm/edit")), then="keep")
    )
    assert answer.status_code == 303
    (after,) = stored(db)
    db.session.refresh(after)
    assert [one.__dict__ | {"_sa_instance_state": None, "id": 0} for one in after.questions] == before
    assert (after.audience, after.is_anonymous, after.method["by_region"], after.method["over"]) == (
        {"count": {"kind": ["support"]}, "at_least": 2}, False, False, 66
    )  # fmt: skip
    assert changes(db) == []
    sent = [(name, value) for name, value in fields(client.get("/council/surveys/know-mdm/edit")) if name != "title"]
    client.post("/council/surveys/know-mdm/edit", data=data([*sent, ("title", "Do we?")], then="keep"))
    assert changes(db) == [({"title": "Do we know what MDM is?"}, {"title": "Do we?"})]


def changes(db: Any) -> list[tuple[Any, Any]]:
    db.session.rollback()
    asked = sa.select(AuditEntry.before, AuditEntry.after).where(AuditEntry.action == "survey.changed")
    return list(map(tuple, db.session.execute(asked)))


def test_questions_are_added_moved_and_taken_out_by_plain_buttons(client: FlaskClient, council: Member) -> None:
    sent = fields(client.get(f"{NEW}?from=mdm"))
    page = client.post(NEW, data=data(sent, questions__move="down:1"))
    asked = data(fields(page))
    assert (asked["q-1-ask"], asked["q-2-ask"], asked["claim"]) == (
        ["I could explain it to a newcomer"], ["I know what MDM is about"], ["2"]
    )  # fmt: skip
    fewer = data(fields(client.post(NEW, data=data(fields(page), questions__move="remove:2"))))
    assert "q-7-ask" not in fewer
    assert "claim" not in fewer
    part = client.post("/council/surveys/form", data=data(sent, questions__move="add"), headers={"HX-Request": "true"})
    assert 'name="q-8-ask"' in part.get_data(as_text=True)
    assert "<html" not in part.get_data(as_text=True)
    for nonsense in ("up:1", "down:7", "remove:99", "remove:x", "x", "up:-1"):
        assert data(fields(client.post(NEW, data=data(sent, questions__move=nonsense))))["q-7-ask"] == ["What is still foggy?"]


def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(client: FlaskClient, council: Member, db: Any) -> None:
    sent = data(fields(client.get(f"{NEW}?from=mdm")))
    wrong = sent | {
        "title": "",
        "over": "120",
        "q-1-yes": "Maybe",
        "q-3-options": "One",
        "closes_at": "soon",
        "intro": "Why <i>we</i> ask",
    }
    page = client.post(NEW, data=wrong | {"then": "keep"})
    assert page.status_code == 422
    text = page.get_data(as_text=True)
    for name in ("title", "over", "q-1-yes", "q-3-options", "closes_at"):
        assert f'id="field-{name}-error"' in text
    assert "Why &lt;i&gt;we&lt;/i&gt; ask" in text
    assert stored(db) == []
    no_badge = {"who": "rule", "audience-sort": "holds", "audience-badge": "x"}
    for bad in ({"q-1-kind": "x"}, {"title": "a\x00"}, {"campaign": "nobody"}, no_badge,
                {"quiet_days": "9" * 30}, {"q-1-ask": "x" * 400}, {"claim": ""}):  # fmt: skip
        assert client.post(NEW, data=sent | bad | {"then": "keep"}).status_code in (400, 422)


def test_once_it_is_let_go_a_change_is_refused_and_written_down(client: FlaskClient, council: Member, db: Any) -> None:
    survey = make_survey(opens_at=days(1))
    db.session.commit()
    sent = data(fields(client.get("/council/surveys/know-mdm/edit")), over="10", then="keep")
    assert client.post("/council/surveys/know-mdm/open").status_code == 303
    assert client.post("/council/surveys/know-mdm/edit", data=sent).status_code == 409
    assert client.post("/council/surveys/know-mdm/take-back").status_code == 303
    assert client.post("/council/surveys/know-mdm/open").status_code == 303
    with clock.as_of(days(1)):
        jobs.draw_roll(survey.id)
        db.session.commit()
    for what in ("edit", "take-back", "open", "delete"):
        assert client.post(f"/council/surveys/know-mdm/{what}", data=sent | {"title": survey.title}).status_code == 409
        db.session.rollback()
    done = [row.action for row in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))]
    assert done == ["survey.created", "survey.released", "survey.change_refused", "survey.taken_back", "survey.released",
                    "survey.change_refused", "survey.change_refused"]  # fmt: skip
    assert stored(db)[0].method["over"] == 80


def test_two_authors_and_a_draft_that_goes(client: FlaskClient, council: Member, db: Any) -> None:
    make_survey()
    db.session.commit()
    mine = data(fields(client.get("/council/surveys/know-mdm/edit")), title="Mine", then="keep")
    assert client.post("/council/surveys/know-mdm/edit", data=mine | {"title": "Theirs"}).status_code == 303
    late = client.post("/council/surveys/know-mdm/edit", data=mine)
    assert (late.status_code, data(fields(late))["title"]) == (409, ["Mine"])
    assert client.post("/council/surveys/know-mdm/edit", data=data(fields(late), then="keep")).status_code == 303
    assert [one.title for one in stored(db)] == ["Mine"]
    assert client.post("/council/surveys/know-mdm/delete", data={"title": "Theirs"}).status_code == 422
    assert client.post("/council/surveys/know-mdm/delete", data={"title": "Mine"}).status_code == 303
    assert stored(db) == []


def test_it_is_asked_again_with_the_same_questions(client: FlaskClient, council: Member, db: Any) -> None:
    make_survey()
    db.session.commit()
    client.post(NEW, data=data(fields(client.get(f"{NEW}?from=copy:know-mdm")), then="keep"))
    first, second = stored(db)
    assert (second.slug, second.title, len(second.questions)) == ("do-we-know-what-mdm-is", first.title, 4)
    assert client.get(f"{NEW}?from=copy:nothing").status_code == 404


@pytest.mark.parametrize("named", [False, True])
def test_own_words_are_read_after_the_end_if_enough_people_wrote(
    client: FlaskClient, council: Member, db: Any, named: bool
) -> None:
    people = make_people(9)
    survey = open_survey(make_survey(questions=(CLAIM, WORDS), is_anonymous=not named))
    for number, one in enumerate(people[:6]):
        say(survey, [one], Said("yes", {"1": 0, "2": f"Fog {number}"}))
    assert client.get("/council/surveys/know-mdm/words").status_code == 404
    close_survey(survey)
    text = client.get("/council/surveys/know-mdm/words").get_data(as_text=True)
    assert all(f"Fog {number}" in text for number in range(6))
    assert [f"M{number}<" in text for number in range(9)] == [named] * 6 + [False] * 3
    client.get("/council/surveys/know-mdm/words")
    read = sa.select(AuditEntry.actor_id, AuditEntry.after).where(AuditEntry.action == "survey.words_read")
    assert list(map(tuple, db.session.execute(read))) == [(council.id, {"anonymous": not named})]
    db.session.execute(sa.delete(AuditEntry))
    db.session.commit()
    assert "Fog 3" in client.get("/council/surveys/know-mdm/words?after=").text
    assert list(map(tuple, db.session.execute(read))) == [(council.id, {"anonymous": not named})]
    db.session.execute(sa.text("UPDATE survey_answer SET given = '{}' WHERE id = (SELECT min(id) FROM survey_answer)"))
    db.session.execute(sa.text("UPDATE survey_answer SET given = '{}' WHERE id = (SELECT max(id) FROM survey_answer)"))
    db.session.commit()
    few = client.get("/council/surveys/know-mdm/words").get_data(as_text=True)
    assert "Fog" not in few
    assert "Fewer than 5 people wrote something here" in few


def test_only_the_council_comes_in(client: FlaskClient, sign_in: SignIn, db: Any) -> None:
    make_survey()
    member = make_member("plain")
    db.session.commit()
    sign_in(client, member)
    for path in ("", "new", "know-mdm/", "know-mdm/edit", "know-mdm/open", "know-mdm/delete", "know-mdm/words"):
        assert client.get(f"/council/surveys/{path}").status_code == 403
    for path in ("new", "form", "know-mdm/edit", "know-mdm/open", "know-mdm/take-back", "know-mdm/delete"):
        assert client.post(f"/council/surveys/{path}").status_code == 403


def test_the_list_asks_the_database_the_same_number_of_times(
    client: FlaskClient, council: Member, db: Any, count_queries: Any
) -> None:
    seen = []
    for number in (1, 3):
        for one in range(number):
            make_survey(f"survey-{number}-{one}")
        db.session.commit()
        with count_queries() as queries:
            client.get("/council/surveys/")
        with count_queries() as more:
            client.get(f"/council/surveys/survey-{number}-0/edit")
        seen.append((len(queries), len(more)))
    assert seen[0] == seen[1]
    assert max(seen[0]) <= 12
