"""From an empty page to a quest that can be walked, and what happens when two write at once."""

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask.testing import FlaskClient

from recognition.audit.models import AuditEntry
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.pages.quest_studio import telling
from recognition.quests import drafts
from recognition.quests.models import Enrolment, Step, StepDone
from recognition.quests.services import releasing
from recognition.quests.services.drafting import as_published, draft_of
from tests.factories.quests import MADE, MULTIPLE, make_quest, make_quiz
from tests.pages.quest_studio.bench import HOME, begun, hidden, kept, slugs, text, the, with_steps

SignIn = Callable[[FlaskClient, Member], None]


def test_only_the_council_comes_in(client: FlaskClient, make_member: Callable[..., Member], sign_in: SignIn, db: Any) -> None:
    assert client.get(HOME).status_code in (302, 303)
    sign_in(client, make_member("noor"))
    for url in (HOME, f"{HOME}new"):
        assert client.get(url).status_code == 403


def test_from_an_empty_page_to_a_whole_sheet(client: FlaskClient, council: Member) -> None:
    slug = begun(client)
    assert slug == "how-to-thank"
    front = {"title": "How to thank", "summary": "Words that land.", "family": "caring", "minutes": "8", "map_x": "20",
             "map_y": "70", "position": "4", "opens": "all", "thanks": "Thank you.", "after": "Thank somebody."}  # fmt: skip
    assert kept(client, f"{HOME}{slug}/edit", **front).location == f"{HOME}{slug}/"
    with_steps(client, slug, "read", "quiz", "reflect", "do")
    step = f"{HOME}{slug}/steps/"
    kept(client, f"{step}read", title="Why", minutes="2", body="Thanks *matter*.")
    kept(client, f"{step}quiz", title="Do you know?", minutes="2", mode="test", pass_mark="80", draw="", tries_a_day="2", **{
        "q-1-kind": "single", "q-1-ask": "When?", "q-1-right_one": "Soon", "q-1-wrong": "Never\nLater", "q-1-hint": "Now.",
        "q-1-why": "It is fresh.", "q-2-kind": "multiple", "q-2-ask": "What?", "q-2-right": "The deed\nThe name",
        "q-2-wrong": "A number", "q-2-hint": "Two.", "q-2-why": "So.", "q-3-kind": "matching", "q-3-ask": "Who?",
        "q-3-left": ["Ada", "Bo"], "q-3-fits": ["Code", "Maps"], "q-3-hint": "H", "q-3-why": "W"})  # fmt: skip
    kept(client, f"{step}reflect", title="You", minutes="1", prompt="Whom?", placeholder="")
    kept(client, f"{step}do", title="Do it", minutes="3", prompt="Thank one.", ideas="Alone\nTogether", tag="thanked", **{
        "proof-sort": "count", "proof-at_least": "1", "proof-tags_any": "thanked"})  # fmt: skip
    sheet = drafts.checked(the(slug).draft or {})
    assert (sheet.title, sheet.family, sheet.minutes, sheet.map_x, sheet.map_y) == ("How to thank", "caring", 8, 20, 70)
    assert [(one.kind, one.title, one.minutes) for one in sheet.steps] == [
        ("read", "Why", 2), ("quiz", "Do you know?", 2), ("reflect", "You", 1), ("do", "Do it", 3)
    ]  # fmt: skip
    assert sheet.steps[0].body == "Thanks *matter*."
    quiz = sheet.steps[1].data
    assert (quiz["mode"], quiz["pass_mark"], quiz["tries_a_day"]) == ("test", 0.8, 2)
    assert [one.get("kind", "single") for one in quiz["questions"]] == ["single", "multiple", "matching"]
    assert quiz["questions"][2]["pairs"] == [["Ada", "Code"], ["Bo", "Maps"]]
    assert sheet.steps[3].data["proof"] == {"count": {"tags_any": ["thanked"]}, "at_least": 1}
    assert "Before it can go out" not in text(client.get(f"{HOME}{slug}/"))
    assert client.get(f"/quests/{slug}").status_code == 404


def test_what_lacks_stands_at_its_field_and_nothing_typed_is_lost(client: FlaskClient, council: Member) -> None:
    slug = begun(client)
    with_steps(client, slug, "do")
    url = f"{HOME}{slug}/steps/do"
    kept(client, url, title="Go out", minutes="soon", prompt="", ideas="", tag="", **{
        "proof-sort": "sum", "proof-of": "points", "proof-at_least": "many"})  # fmt: skip
    page = client.get(url).get_data(as_text=True)
    assert re.search(r'id="field-minutes-error"', page)
    assert re.search(r'id="field-prompt-error"', page)
    assert 'value="soon"' in page
    assert 'value="many"' in page
    told = text(client.get(f"{HOME}{slug}/"))
    assert "“Go out” is not complete yet" in told


def test_steps_move_by_one_way_for_all(client: FlaskClient, council: Member) -> None:
    slug = begun(client)
    with_steps(client, slug, "read", "quiz", "reflect")
    url = f"{HOME}{slug}/steps"

    def move(what: str, **headers: str) -> Any:
        seen = hidden(client.get(f"{HOME}{slug}/"), "seen")
        return client.post(url, data={"move": what, "seen": seen}, headers=headers)

    assert move("down:read").location == f"{HOME}{slug}/#steps"
    assert slugs(slug) == ["quiz", "read", "reflect"]
    move("to:reflect:0")
    assert slugs(slug) == ["reflect", "quiz", "read"]
    fragment = move("up:read", **{"HX-Request": "true"})
    assert 'data-announce="“The step without a title” is step 2 of 3 now."' in fragment.get_data(as_text=True)
    move("remove:quiz")
    assert slugs(slug) == ["reflect", "read"]


def test_what_was_taken_out_can_be_put_back_until_the_next_change(client: FlaskClient, council: Member) -> None:
    make_quest("first", ("read", "reflect", "do"))
    database.session.commit()
    url = f"{HOME}first/"

    def move(what: str, seen: str = "", **headers: str) -> Any:
        return client.post(f"{url}steps", data={"move": what, "seen": seen or hidden(client.get(url), "seen")}, headers=headers)

    fragment = move("remove:reflect", **{"HX-Request": "true"}).get_data(as_text=True)
    assert 'data-announce="“Step reflect” is out. You can put it back."' in fragment
    assert re.search(r'value="back:reflect" data-focus', fragment)
    assert drafts.checked(the("first").draft or {}).steps[1].slug == "do"
    page = client.get(url)
    assert "“Step reflect” was taken out. Put it back" in text(page)
    seen = hidden(page, "seen")
    assert move("back:do", seen).status_code == 409
    assert move("back:reflect", seen).location == f"{url}#steps"
    assert draft_of(the("first")) == as_published(the("first"))
    assert (move("back:reflect", seen).status_code, "was taken out" in text(client.get(url))) == (409, False)
    for change in ("remove:do", "up:reflect"):
        move(change)
    assert (move("back:do").status_code, slugs("first")) == (409, ["reflect", "read"])


def test_a_second_click_does_not_add_a_second_step(client: FlaskClient, council: Member) -> None:
    slug = begun(client)
    sent = {"move": "add:read", "seen": hidden(client.get(f"{HOME}{slug}/"), "seen")}
    assert client.post(f"{HOME}{slug}/steps", data=sent).status_code == 303
    again = client.post(f"{HOME}{slug}/steps", data=sent)
    assert (again.status_code, slugs(slug)) == (409, ["read"])


def test_two_who_write_one_step_and_two_who_write_two(client: FlaskClient, council: Member) -> None:
    slug = begun(client)
    with_steps(client, slug, "read", "reflect")
    url = f"{HOME}{slug}/steps/read"
    seen = hidden(client.get(url), "seen")
    mine = {"seen": seen, "kind": "read", "title": "Mine", "minutes": "2", "body": "My words."}
    kept(client, f"{HOME}{slug}/steps/reflect", title="Other", minutes="1", prompt="Why?")
    assert client.post(url, data=mine).status_code == 303
    late = client.post(url, data={**mine, "title": "Theirs", "body": "Late words."})
    assert late.status_code == 409
    assert "Late words." in text(late)
    assert "Mine" in text(late)
    assert (the(slug).draft or {})["steps"][0]["title"] == "Mine"
    again = client.post(url, data={**mine, "title": "Theirs", "body": "Late words.", "seen": hidden(late, "seen")})
    assert (again.status_code, (the(slug).draft or {})["steps"][0]["body"]) == (303, "Late words.")


def test_of_two_who_write_one_rule_or_one_question_the_second_sees_the_other(client: FlaskClient, council: Member) -> None:
    make_quest("first", kinds=("quiz", "do"))
    database.session.commit()
    proof = {"title": "Step do", "minutes": "3", "prompt": "Do it.", "ideas": "Alone.", "tag": "did-it", "kind": "do",
             "proof-sort": "finished"}  # fmt: skip
    seen = hidden(client.get(f"{HOME}first/steps/do"), "seen")
    kept(client, f"{HOME}first/steps/do", **proof, **{"proof-quest": "second"})
    late = client.post(f"{HOME}first/steps/do", data={**proof, "seen": seen, "proof-quest": "third"})
    assert (late.status_code, "What proves it? " + words_of({"finished": "second"}) in text(late)) == (409, True)

    asked = {"title": "Step quiz", "minutes": "3", "mode": "learn", "pass_mark": "80", "q-1-kind": "single", "q-1-ask": "One?",
             "q-1-wrong": "No", "q-1-hint": "H", "q-1-why": "W", "kind": "quiz"}  # fmt: skip
    seen = hidden(client.get(f"{HOME}first/steps/quiz"), "seen")
    kept(client, f"{HOME}first/steps/quiz", **asked, **{"q-1-right_one": "Mended"})
    late = client.post(f"{HOME}first/steps/quiz", data={**asked, "seen": seen, "q-1-right_one": "Mistaken"})
    assert (late.status_code, "right: Mended" in text(late)) == (409, True)

    front = {"title": "First", "summary": "S", "family": "learning", "minutes": "8", "map_x": "1", "map_y": "1", "position": "1",
             "opens": "rule", "requires-sort": "finished", "requires-quest": "second"}  # fmt: skip
    seen = hidden(client.get(f"{HOME}first/edit"), "seen")
    kept(client, f"{HOME}first/edit", **front)
    late = client.post(f"{HOME}first/edit", data={**front, "seen": seen, "requires-quest": "third"})
    assert (late.status_code, "Who may begin To open it: " + words_of({"finished": "second"}) in text(late)) == (409, True)


def words_of(rule: Any) -> str:
    with current_app.test_request_context():
        return telling.rule_words(rule)


def test_a_step_that_was_taken_out_meanwhile_comes_back_with_its_words(client: FlaskClient, council: Member) -> None:
    slug = begun(client)
    with_steps(client, slug, "read")
    url = f"{HOME}{slug}/steps/read"
    mine = {"seen": hidden(client.get(url), "seen"), "kind": "read", "title": "Mine", "minutes": "2", "body": "My words."}
    client.post(f"{HOME}{slug}/steps", data={"move": "remove:read", "seen": hidden(client.get(f"{HOME}{slug}/"), "seen")})
    late = client.post(url, data=mine)
    assert (late.status_code, slugs(slug)) == (409, [])
    assert client.post(url, data={**mine, "seen": hidden(late, "seen")}).status_code == 303
    assert (the(slug).draft or {})["steps"][0]["body"] == "My words."


def test_questions_are_added_moved_and_taken_out(client: FlaskClient, council: Member) -> None:
    slug = begun(client)
    with_steps(client, slug, "quiz")
    url = f"{HOME}{slug}/steps/quiz"
    fields = {"title": "Quiz", "minutes": "2", "mode": "learn", "pass_mark": "80"}
    kept(client, url, **fields, **{"questions-move": "add"})
    kept(client, url, **fields, **{"q-1-kind": "single", "q-1-ask": "One?", "questions-move": "add"})
    both = {"q-1-kind": "single", "q-1-ask": "One?", "q-2-kind": "text", "q-2-ask": "Two?"}
    kept(client, url, **fields, **both, **{"questions-move": "down:1"})
    assert [one["ask"] for one in (the(slug).draft or {})["steps"][0]["questions"]] == ["Two?", "One?"]
    kept(client, url, **fields, **{"q-1-kind": "text", "q-1-ask": "Two?", "q-2-kind": "single", "q-2-ask": "One?",
                                   "questions-move": "remove:1"})  # fmt: skip
    assert [one["ask"] for one in (the(slug).draft or {})["steps"][0]["questions"]] == ["One?"]


def test_a_new_question_reproaches_nobody_before_a_word_is_written(client: FlaskClient, council: Member) -> None:
    slug = begun(client)
    with_steps(client, slug, "quiz")
    url = f"{HOME}{slug}/steps/quiz"
    fields = {"title": "Quiz", "minutes": "2", "mode": "learn", "pass_mark": "80", "kind": "quiz", "questions-move": "add"}

    def add(**more: str) -> str:
        sent = {**fields, **more, "seen": hidden(client.get(url), "seen")}
        return client.post(url, data=sent, headers={"HX-Request": "true"}).get_data(as_text=True)

    fresh = add()
    assert 'name="q-1-ask"' in fresh
    assert 'aria-invalid="true"' not in fresh
    both = add(**{"q-1-kind": "single", "q-1-ask": "One?"})
    assert both.count('aria-invalid="true"') == 4
    assert [tag for tag in re.findall("<input[^>]*>", both) if 'data-focus="first"' in tag and 'name="q-2-ask"' in tag] != []


def test_a_ring_is_named_by_its_titles(client: FlaskClient, council: Member) -> None:
    make_quest("first", requires={"finished": "second"}, title="The first")
    make_quest("second", title="The second")
    database.session.commit()
    page = client.get(f"{HOME}second/edit")
    front = {"title": "The second", "summary": "S", "family": "learning", "minutes": "8", "map_x": "1", "map_y": "1",
             "position": "1", "opens": "rule", "requires-sort": "finished", "requires-quest": "first"}  # fmt: skip
    client.post(f"{HOME}second/edit", data={**front, "seen": hidden(page, "seen")})
    told = text(client.get(f"{HOME}second/edit"))
    assert "These quests wait for each other, and nobody could ever begin: The first → The second → The first." in told


def test_walking_a_draft_stores_nothing(client: FlaskClient, council: Member) -> None:
    make_quest("first")
    database.session.commit()
    assert client.get(f"{HOME}first/walk").status_code == 200
    for step in ("read", "quiz", "reflect", "do"):
        assert client.get(f"{HOME}first/walk/{step}").status_code == 200
    tried = text(client.post(f"{HOME}first/walk/quiz", data={"q-1": "Right 1", "q-2": "Wrong 2a"}))
    assert "Yes. Why 1" in tried
    assert "Not this one. A hint: Hint 2" in tried
    for table in (Enrolment, StepDone, AuditEntry):
        assert database.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_trying_out_several_right_ones_in_the_order_of_the_page(client: FlaskClient, council: Member) -> None:
    quest = make_quiz("first", MULTIPLE | {"right": ["apple", "Banana"], "wrong": ["cherry"]})
    database.session.commit()
    page = client.get(f"{HOME}{quest.slug}/walk/quiz").get_data(as_text=True)
    offered = re.findall(r'name="q-1" value="(\w+)"', page)
    assert offered == ["apple", "Banana", "cherry"]
    assert "Yes. Why M" in text(client.post(f"{HOME}first/walk/quiz", data={"q-1": offered[:2]}))
    assert "Yes. Why M" not in text(client.post(f"{HOME}first/walk/quiz", data={"q-1": offered}))


def test_a_draft_that_came_with_a_campaign_can_be_walked(client: FlaskClient, council: Member) -> None:
    sheet = drafts.checked({**draft_of(make_quest("first", thanks="", after="")), "slug": "second"})
    releasing.lay_by(sheet, MADE, None)
    database.session.commit()
    assert [client.get(f"{HOME}second/{page}").status_code for page in ("", "walk", "edit", "publish")] == [200] * 4


def test_a_copy_has_all_of_the_other_and_is_a_draft(client: FlaskClient, council: Member) -> None:
    make_quest("first")
    database.session.commit()
    answer = client.post(f"{HOME}new", data={"title": "Once more", "from": "copy", "copy": "first"})
    assert answer.location == f"{HOME}once-more/"
    sheet = drafts.checked(the("once-more").draft or {})
    assert [step.slug for step in sheet.steps] == ["read", "quiz", "reflect", "do"]
    assert (the("once-more").state, the("first").draft) == ("draft", None)
    assert database.session.scalar(sa.select(sa.func.count()).select_from(Step)) == 4


def test_the_same_title_twice_is_two_addresses(client: FlaskClient, council: Member) -> None:
    assert [begun(client), begun(client)] == ["how-to-thank", "how-to-thank-2"]


def test_lists_cost_the_same_for_one_and_for_three(client: FlaskClient, council: Member, count_queries: Any) -> None:
    make_quest("first")
    database.session.commit()
    client.get(HOME)
    with count_queries() as one:
        client.get(HOME)
    make_quest("second")
    make_quest("third")
    database.session.commit()
    with count_queries() as three:
        client.get(HOME)
    assert len(one) == len(three) <= 12
    for page in ("", "edit", "steps/read", "steps/do", "walk"):
        with count_queries() as seen:
            assert client.get(f"{HOME}first/{page}").status_code == 200
        assert len(seen) <= 12, page
