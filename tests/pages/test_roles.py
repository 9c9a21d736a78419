"""Pages of roles: who reads what, how the council writes and publishes, and asking for one."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.roles import queries, services
from recognition.roles.models import Role, RoleApplication, RoleVersion, RoleWord
from recognition.roles.rules import Entry
from tests.factories.identity import make_member
from tests.factories.quests import make_quest
from tests.factories.roles import COORDINATOR, make_role
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures

FORM = {
    "title": "Community coordinator", "purpose": "Looks after a *place*.", "ask": "Ask Cleo.", "elsewhere": "Mentors help, too.",
    "duty-0-what": "Answers", "duty-0-seen": "in the forum", "duty-2-what": "Welcomes",
    "rights": "Opens the room\n\nKeeps the key", "seen": "0",
}  # fmt: skip


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    made = {name: make_member(name, name=name.title()) for name in ("ada", "bob")}
    made["cleo"] = make_member("cleo", name="Cleo", roles=("council",))
    make_member("pupil", mentor_id=made["bob"].id)
    db.session.commit()
    return made


def today(days: int = 0) -> str:
    return (clock.utcnow().date() + timedelta(days=days)).isoformat()


def opened(db: Any, role: Role, actor_id: int, **changes: Any) -> None:
    services.set_entry(role.id, Entry(**{"places": 1, "open_until": date.fromisoformat(today(9)), **changes}), actor_id)
    db.session.commit()


def test_from_an_empty_form_to_a_page_that_mentors_read_first(db, people, as_, client):  # noqa: F811
    cleo = as_(people["cleo"])
    assert cleo.post("/council/roles/new", {**FORM, "then": "look"}).status_code == 200
    answer = cleo.post("/council/roles/new", {**FORM, "then": "publish"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/council/roles/community-coordinator/publish")
    path = "/roles/community-coordinator"
    assert cleo.get(path).status_code == 404  # a draft is on the desk alone
    steps = {"note": "First words", "first_for": "mentors", "first_on": today(), "all_on": today(7), "seen": "1"}
    wrong = cleo.post(f"/council{path}/publish", {**steps, "all_on": today()})
    assert (wrong.status_code, "before the day for everybody" in wrong.text) == (422, True)
    assert cleo.post(f"/council{path}/publish", steps).status_code == 303
    seen = {name: as_(people[name]).get(path).status_code for name in people}
    assert seen == {"ada": 404, "bob": 200, "cleo": 200}
    assert [client.get(path).status_code, "coordinator" in client.get("/roles/").text] == [404, False]
    page = plain(as_(people["bob"]).get(path).text)
    for words in ("You read this before the others", "It is shown to mentors first", "Looks after a place .", "Answers",
                  "How it is seen: in the forum", "Welcomes", "Opens the room", "Ask Cleo.", "Mentors help, too."):  # fmt: skip
        assert words in page
    said = as_(people["bob"]).post(f"{path}/words", {"version": "1", "text": "Too **long**."})
    assert said.status_code == 303
    assert "Too <strong>long</strong>." in as_(people["bob"]).get(path).text
    # Once it is out for everybody, members read the words, and guests do not.
    db.session.execute(sa.update(RoleVersion).values(all_on=clock.utcnow().date()))
    db.session.commit()
    assert ["<strong>long</strong>" in one.get(path).text for one in (as_(people["ada"]), client)] == [True, False]
    db.session.execute(sa.update(RoleVersion).values(all_on=date.fromisoformat(today(7))))
    db.session.commit()
    for post in (f"{path}/words", f"{path}/apply"):
        assert as_(people["ada"]).post(post, {"version": "1", "text": "Me?", "words": "Me?"}).status_code == 404


def test_the_difference_of_two_versions_is_a_page(db, people, as_, client):  # noqa: F811
    make_role(slug="community-coordinator", draft=COORDINATOR.data, draft_number=3)
    db.session.commit()
    cleo, path = as_(people["cleo"]), "/council/roles/community-coordinator"
    # Somebody else was quicker: nothing is lost, and nothing is saved.
    late = cleo.post(f"{path}/edit", {**FORM, "seen": "2"})
    assert (late.status_code, "Somebody was quicker" in late.text, "Welcomes" in late.text) == (409, True, True)
    assert cleo.post(f"{path}/edit", {**FORM, "seen": "3"}).status_code == 303
    assert "<ins>Welcomes</ins>" in cleo.get(f"{path}/publish").text
    cleo.post(f"{path}/publish", {"note": "Shorter", "all_on": today(), "seen": "4"})
    page = client.get("/roles/community-coordinator/changes").text
    assert "What changed from version 1 to version 2" in page
    for words in ("<del>Answers within a week (in the forum)</del>", "<ins>Welcomes</ins>", "<ins>Keeps the key</ins>"):
        assert words in page
    assert client.get("/roles/community-coordinator/changes?to=1").status_code == 404
    old = client.get("/roles/community-coordinator?version=1").text
    assert "This is an older version." in old
    assert 'href="/roles/community-coordinator?version=2">Read what holds now' in old
    assert "Answers within a week" in old
    # Beside one that is not for everybody yet, the one before it is what holds.
    db.session.execute(sa.update(RoleVersion).where(RoleVersion.number == 2).values(all_on=date.fromisoformat(today(7))))
    db.session.commit()
    holds = cleo.get("/roles/community-coordinator?version=1").text
    assert ("Answers within a week" in holds, "This is an older version." in holds) == (True, False)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": " "}, "This is needed before it can be kept."),
        ({"duty-0-what": ""}, "One says how something is seen, and not what is to be done."),
        ({"rights": "\n".join("abcdefghijklmnopqrstu")}, "Up to 20 lines fit."),
        ({"held_by": "group:nowhere"}, "Please choose one of the list."),
        ({"ask": "x" * 8001}, "Up to 8000 characters fit"),
    ],
)
def test_what_does_not_fit_comes_back_with_all_that_was_typed(db, people, as_, changed, said):  # noqa: F811
    answer = as_(people["cleo"]).post("/council/roles/new", {**FORM, **changed})
    assert (answer.status_code, said in answer.text, "Welcomes" in answer.text) == (422, True, True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Role)) == 0


def test_the_page_of_a_role_is_not_that_of_a_member_and_gives_no_right(db, people, as_):  # noqa: F811
    make_role(held_by="role:council")
    db.session.commit()
    assert "you have this role" in as_(people["cleo"]).get("/roles/coordinator").text
    assert "you have this role" not in as_(people["ada"]).get("/roles/coordinator").text
    for path in ("/council/roles/", "/council/roles/new", "/council/roles/coordinator/entry", "/council/roles/applications"):
        assert as_(people["ada"]).get(path).status_code == 403
        assert as_(people["cleo"]).get(path).status_code == 200


def test_entry_says_what_is_missing_and_where_else_to_go(db, people, as_):  # noqa: F811
    role = make_role()
    db.session.commit()
    cleo, ada, path = as_(people["cleo"]), as_(people["ada"]), "/roles/coordinator"
    form = {"places": "1", "open_until": today(9), "is_ruled": "1", "rule-sort": "count", "rule-at_least": "2"}
    wrong = cleo.post(f"/council{path}/entry", {**form, "open_until": "", "rule-at_least": "x"})
    assert (wrong.status_code, "Until which day can it be asked for?" in wrong.text) == (422, True)
    late = cleo.post(f"/council{path}/entry", {**form, "places": "7"})
    assert (late.status_code, "Somebody was quicker" in late.text, 'value="7"' in late.text) == (409, True, True)
    form["seen"] = queries.entry_of(role).mark
    assert cleo.post(f"/council{path}/entry", form).status_code == 303
    assert "Asked of those who come new" in ada.get(path).text
    page = ada.get(f"{path}/apply")
    assert page.headers["Cache-Control"] == "private, no-store"
    for words in ("not yet", "what is marked “not yet” is missing", "Functional leads stay as they are."):
        assert words in page.text
    refused = ada.post(f"{path}/apply", {"words": "Please."})
    assert (refused.status_code, "so do other ways" in refused.text) == (409, True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RoleApplication)) == 0
    services.set_entry(role.id, Entry(places=1, open_until=date.fromisoformat(today(9))), people["cleo"].id)
    db.session.commit()
    assert ada.post(f"{path}/apply", {"words": " "}).status_code == 422
    assert ada.post(f"{path}/apply", {"words": "I **like** it."}).status_code == 303
    one = db.session.scalars(sa.select(RoleApplication)).one()
    asking = cleo.get("/council/roles/applications").text
    assert ("I <strong>like</strong> it." in asking, "With a yes they" in asking) == (True, False)
    role.held_by = "role:reviewer"
    db.session.commit()
    asking = cleo.get("/council/roles/applications").text
    assert "With a yes they become one of these: reviewers. Only an admin says it." in asking
    assert (
        as_(people["bob"]).post(f"/council/roles/applications/{one.id}", {"outcome": "declined", "answer": "No."}).status_code
        == 403
    )
    assert cleo.post(f"/council/roles/applications/{one.id}", {"outcome": "declined", "answer": ""}).status_code == 422
    assert (
        cleo.post(f"/council/roles/applications/{one.id}", {"outcome": "declined", "answer": "A lead does *more*."}).status_code
        == 303
    )
    answer = ada.get(f"{path}/apply").text
    for words in ("Not this time, and why", "A lead does <em>more</em>.", "Functional leads stay as they are."):
        assert words in answer
    for other in ("bob", "cleo"):
        assert "A lead does" not in as_(people[other]).get(f"{path}/apply").text
    assert "A lead does" in cleo.get("/council/roles/applications?state=decided").text


def test_a_quest_that_is_still_written_is_not_asked_for(db, people, as_):  # noqa: F811
    role, path = make_role(), "/council/roles/coordinator/entry"
    for slug, state in (("first", "published"), ("secret", "draft")):
        make_quest(slug, state=state)
    db.session.commit()
    cleo = as_(people["cleo"])
    page = cleo.get(path).text
    assert ['<option value="first"' in page, '<option value="secret"' in page.split("rule-sort")[0]] == [True, False]
    codes = []
    for quest in ("secret", "first"):
        form = {"places": "0", "quest": quest, "quest_from": today(), "seen": queries.entry_of(role).mark}
        codes.append(cleo.post(path, form).status_code)
    assert codes == [422, 303]


def test_an_open_role_is_offered_to_who_may_have_it(db, people, as_):  # noqa: F811
    role = make_role()
    opened(db, role, people["cleo"].id)
    ada = as_(people["ada"])
    assert "/roles/fitting" in ada.get("/").text
    assert "Community coordinator" in ada.get("/roles/fitting").text
    assert "1 open place" in ada.get("/roles/").text
    opened(db, role, people["cleo"].id, rule={"count": {}, "at_least": 3})
    assert ada.get("/roles/fitting").text == ""


def test_the_council_takes_a_word_down_with_a_reason(db, people, as_):  # noqa: F811
    role = make_role()
    version = db.session.scalars(sa.select(RoleVersion.id)).one()
    one = services.say(version, people["ada"], "Rude.", clock.utcnow())
    db.session.commit()
    path = f"/roles/{role.slug}/words/{one.id}/back"
    assert as_(people["bob"]).post(path, {"version": "1", "reason": "No."}).status_code == 404
    assert as_(people["cleo"]).post(path, {"version": "1", "reason": " "}).status_code == 422
    assert as_(people["cleo"]).post(path, {"version": "1", "reason": "Rude."}).status_code == 303
    assert "Rude." not in as_(people["bob"]).get("/roles/coordinator").text
    assert db.session.scalars(sa.select(RoleWord.gone_at)).one() is not None


def test_pages_ask_a_fixed_number_of_questions(db, people, as_, count_queries):  # noqa: F811
    ada, cleo = as_(people["ada"]), as_(people["cleo"])
    numbers: dict[str, list[int]] = {}
    for turn in range(2):
        for name in ("x", "y", "z")[: 1 + 2 * turn]:
            make_role(f"{name}-{turn}", (COORDINATOR,) * (turn + 1), draft=COORDINATOR.data)
        role = db.session.scalars(sa.select(Role).where(Role.slug == f"x-{turn}")).one()
        opened(db, role, people["cleo"].id, rule={"count": {}, "at_least": 3}, quest="onboarding", quest_from=date(2026, 11, 1))
        version = db.session.scalars(sa.select(RoleVersion.id).where(RoleVersion.role_id == role.id)).all()[-1]
        for count in range(1 + 2 * turn):
            services.say(version, people["bob"], f"Word {count}", clock.utcnow())
        db.session.commit()
        paths = ("/roles/", "/roles/fitting",
                 f"/roles/x-{turn}", f"/roles/x-{turn}/apply", "/council/roles/", f"/council/roles/x-{turn}/edit",
                 f"/council/roles/x-{turn}/entry", "/council/roles/applications")  # fmt: skip
        for path in paths:
            with count_queries() as seen:
                assert (cleo if path.startswith("/council") else ada).get(path).status_code == 200
            numbers.setdefault(path.replace(f"-{turn}", ""), []).append(len(seen))
    most = {path: max(pair) for path, pair in numbers.items()}
    assert {path: count for path, count in most.items() if count > 12} == {}
    assert {path for path, pair in numbers.items() if pair[0] != pair[1]} == {"/roles/fitting"}  # one or two are looked at
