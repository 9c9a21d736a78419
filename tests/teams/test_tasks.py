"""Tasks of a group: one person has each, for a while; what fits whom is told to them alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.identity.services.merging import merge
from recognition.teams import jobs, queries, services
from recognition.teams.models import Task, TaskWant
from recognition.teams.rules import AT_ONCE_MAX, HOLD, TooLate
from tests.factories.identity import make_group, make_member
from tests.factories.teams import make_task, put_in
from tests.identity.pages import send, words
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures

TEAM = "/groups/nairobi/team"
FORM = {"title": "Translate the leaflet", "words": "Two pages.", "wants": "Translating, Swahili", "minutes": "45", "until": ""}


@pytest.fixture
def house(db: Any) -> dict[str, Any]:
    """Nairobi, which Cleo looks after and Ada is in; Bob is not."""
    group = make_group(entry="open")
    made: dict[str, Any] = {name: make_member(name, name=name.title()) for name in ("ada", "bob", "cleo")}
    put_in(group, made["cleo"].id, is_curator=True)
    put_in(group, made["ada"].id)
    db.session.commit()
    return {**made, "group": group}


def titles(found: Any) -> list[str]:
    return [one.task.title for one in found]


def test_from_the_list_to_the_record(db, house, as_):  # noqa: F811
    cleo, ada = as_(house["cleo"]), as_(house["ada"])
    assert ada.post(f"{TEAM}/tasks", FORM).status_code == 403
    bad = cleo.post(f"{TEAM}/tasks", {**FORM, "minutes": "soon", "until": "1999-01-01"})
    assert (bad.status_code, "A number from 1 to" in bad.text, "Translate the leaflet" in bad.text) == (422, True, True)
    for _twice in range(2):
        assert cleo.post(f"{TEAM}/tasks", FORM).status_code == 303
    task = db.session.scalars(sa.select(Task)).one()
    assert "I take it" in plain(ada.get(TEAM).text)
    ada.post(f"{TEAM}/tasks/{task.id}/take", {})
    assert "Ada has it" in plain(cleo.get(TEAM).text)
    assert "You have it until" in plain(ada.get(TEAM).text)
    answer = ada.post(f"{TEAM}/tasks/{task.id}/done", {})
    assert answer.headers["Location"] == "/activities/new?text=Translate+the+leaflet&group=nairobi&tags=Swahili,+Translating"
    box = ada.get(answer.headers["Location"]).text
    assert "Translate the leaflet" in box
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 0  # nothing is told for them
    ada.post(f"{TEAM}/tasks/{task.id}/done", {})
    told = db.session.execute(sa.select(Notice.member_id, Notice.kind)).all()
    assert told == [(house["cleo"].id, "task.done")]
    assert "Done by Ada" in plain(cleo.get(TEAM).text)
    ada.post(f"{TEAM}/tasks/{task.id}/again", {})
    assert "I take it" in plain(ada.get(TEAM).text)


def seen(page: str) -> str:
    return re.findall(r'name="seen" value="([0-9a-f]{16})"', page)[0]


def test_of_two_who_change_it_at_once_neither_loses_words(db, house, as_):  # noqa: F811
    task, path = make_task(house["group"], wants=("Testing",)), f"{TEAM}/tasks/1/edit"
    db.session.commit()
    assert task.id == 1
    cleo = as_(house["cleo"])
    before = seen(cleo.get(path).text)
    for title in ("First", "Second"):
        answer = cleo.post(path, {**FORM, "title": title, "seen": before})
    assert (answer.status_code, "Somebody else changed it" in answer.text, 'value="Second"' in answer.text) == (409, True, True)
    assert titles(queries.live(house["group"], house["cleo"], clock.utcnow(), None).items) == ["First"]
    bad = cleo.post(path, {**FORM, "minutes": "x", "seen": before})
    assert (bad.status_code, seen(bad.text)) == (422, before)
    for _twice in range(2):
        assert cleo.post(path, {**FORM, "title": "Second", "seen": seen(answer.text)}).status_code == 303
    assert cleo.post(path, {**FORM, "title": "Second", "wants": "swahili", "seen": seen(cleo.get(path).text)}).status_code == 303
    assert 'value="swahili"' in cleo.get(path).text


def test_what_is_only_called_the_same_is_another_task(db, house, as_):  # noqa: F811
    cleo = as_(house["cleo"])
    forms = [FORM, {**FORM, "words": "The other two."}, {**FORM, "wants": "Swahili"}, {**FORM, "until": "2099-01-01"}]
    answers = [cleo.post(f"{TEAM}/tasks", form).status_code for form in (*forms, *forms)]
    assert answers == [303, 303, 303, 422] * 2
    told = db.session.execute(
        sa.select(Task.words, sa.func.count(TaskWant.word)).join(TaskWant).group_by(Task.id).order_by(Task.id)
    )
    assert told.all() == [("Two pages.", 2), ("The other two.", 2), ("Two pages.", 1)]


def test_what_helps_is_never_cut(db, house, as_):  # noqa: F811
    many = ",".join(["Swahili"] * 200 + ["Translating"])
    refused = as_(house["cleo"]).post(f"{TEAM}/tasks", {**FORM, "wants": many})
    assert (refused.status_code, many in refused.text, db.session.scalars(sa.select(Task)).all()) == (422, True, [])


def test_a_task_tells_of_nobody_what_they_keep_to_themselves(db, house):
    """That somebody is in a closed group; nor that somebody suspended is there at all."""
    ada, cleo, group, now = house["ada"], house["cleo"], house["group"], clock.utcnow()
    vera = make_member("vera", roles=("council",))
    task, gone = make_task(group), make_member("gone", state="suspended")
    make_task(group, done_at=now, done_by_id=gone.id)
    services.take(task.id, group, ada, now)
    group.entry, ada.visibility = "closed", {"groups": "me"}
    db.session.commit()

    def told() -> list[bool]:
        return [queries.live(group, reader, now, None).items[0].who is not None for reader in (house["bob"], vera, cleo, ada)]

    assert told() == [False, False, True, True]
    ada.visibility = {}
    db.session.commit()
    assert told() == [True] * 4
    assert [one.who for one in queries.lately_done(group, cleo, now)] == [None]


def test_what_nobody_finishes_is_anybodys_again(db, house):
    task, now = make_task(house["group"]), clock.utcnow()
    services.take(task.id, house["group"], house["ada"], now)
    db.session.commit()
    with pytest.raises(TooLate):
        services.take(task.id, house["group"], house["bob"], now + HOLD - timedelta(seconds=1))
    db.session.rollback()
    # Also where no job ran.
    assert titles(queries.fitting(house["cleo"], now + HOLD, 3)) == ["Water the plants"]
    for _twice in range(2):
        with clock.as_of(now + HOLD):
            jobs.look()
        db.session.commit()
    assert db.session.execute(sa.select(Notice.member_id, Notice.kind)).all() == [(house["ada"].id, "task.back")]
    services.take(task.id, house["group"], house["bob"], now + HOLD)
    assert services.hand_back(task.id, house["ada"].id) is False
    assert services.hand_back(task.id, house["bob"].id) is True


def test_nobody_has_more_than_a_few(db, house):
    now = clock.utcnow()
    tasks = [make_task(house["group"], f"Task {at}") for at in range(AT_ONCE_MAX + 1)]
    for one in tasks[:-1]:
        services.take(one.id, house["group"], house["ada"], now)
    services.take(tasks[0].id, house["group"], house["ada"], now + timedelta(days=1))  # the same one goes on
    with pytest.raises(TooLate):
        services.take(tasks[-1].id, house["group"], house["ada"], now)


def test_what_fits_comes_first_and_says_why(db, house, as_):  # noqa: F811
    bob, group = house["bob"], house["group"]
    bob.areas, bob.languages = ["Testing"], ["Kiswahili"]
    shut = make_group("shut", entry="closed")
    make_task(shut, "Behind a door", ("testing",))
    make_task(group, "Nothing of theirs", ("baking",))
    make_task(group, "Over", ("testing",), until=clock.utcnow().date() - timedelta(days=1))
    make_task(group, "One word", ("TESTING",))
    make_task(group, "Two words", ("Testing", "kiswahili"))
    db.session.commit()
    now = clock.utcnow()
    assert titles(queries.fitting(bob, now, 9)) == ["Two words", "One word"]
    assert titles(queries.fitting(house["ada"], now, 9)) == ["Nothing of theirs", "One word", "Two words"]
    page = as_(bob).get("/tasks/fitting")
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Nairobi looks for somebody with “Kiswahili”, “Testing”" in plain(page.text).replace("kiswahili", "Kiswahili")
    assert "It is for Nairobi, where you are." in plain(as_(house["ada"]).get("/tasks/fitting").text)
    assert as_(make_member("newcomer")).get("/tasks/fitting").text == ""
    put_in(shut, bob.id)
    db.session.commit()
    assert titles(queries.fitting(bob, now, 1)) == ["Two words"]
    assert "Behind a door" in as_(bob).get("/tasks/").text


def test_the_market_is_searched_by_skill_and_time(db, house, as_):  # noqa: F811
    group, ada = house["group"], as_(house["ada"])
    make_task(group, "Short and sweet", ("Baking",), minutes=15)
    make_task(group, "Long and sweet", ("baking",), minutes=300)
    make_task(group, "Short and dry", minutes=15)
    db.session.commit()

    def found(query: str) -> list[bool]:
        page = ada.get(f"/tasks/?{query}").text.rpartition('id="tasks"')[2]
        return [title in page for title in ("Short and sweet", "Long and sweet", "Short and dry")]

    assert found("") == [True, True, True]
    assert found("skill=BAKING") == [True, True, False]
    assert found("skill=baking&minutes=30") == [True, False, False]
    assert found("minutes=7") == [True, True, True]  # no such choice


def test_pages_cost_the_same_with_more_tasks(db, house, as_, count_queries):  # noqa: F811
    ada, numbers = as_(house["ada"]), []
    for some in (2, 5):
        for at in range(some):
            task = make_task(house["group"], f"Task {some} {at}", ("testing", f"word {at}"))
            other = make_member(f"m-{some}-{at}")
            if at % 2:
                services.take(task.id, house["group"], other, clock.utcnow())
                services.finish(task.id, house["group"], other, clock.utcnow())
        db.session.commit()
        for path in (TEAM, "/tasks/", "/tasks/fitting"):
            ada.get(path)
            with count_queries() as seen:
                assert ada.get(path).status_code == 200
            numbers.append(len(seen))
    assert numbers[:3] == numbers[3:]
    assert max(numbers) <= 20


def test_a_skill_of_two_words_is_one_tag_of_the_deed(db, house, as_):  # noqa: F811
    as_(house["cleo"]).post(f"{TEAM}/tasks", {**FORM, "wants": "Community building"})
    task, ada = db.session.scalars(sa.select(Task)).one(), as_(house["ada"])
    ada.post(f"{TEAM}/tasks/{task.id}/take", {})
    assert ada.post(f"{TEAM}/tasks/{task.id}/done", {}).headers["Location"].endswith("&tags=Community-building")


def test_whoever_did_it_hears_that_it_is_on_the_list_again(db, house, as_):  # noqa: F811
    task, now = make_task(house["group"]), clock.utcnow()
    services.take(task.id, house["group"], house["ada"], now)
    services.finish(task.id, house["group"], house["ada"], now)
    db.session.commit()
    path = f"{TEAM}/tasks/{task.id}/again"
    for who in ("bob", "cleo", "cleo"):
        as_(house[who]).post(path, {})
    assert db.session.execute(sa.select(Notice.member_id, Notice.kind)).all() == [(house["ada"].id, "task.again")]
    entries = db.session.scalars(sa.select(AuditEntry)).all()
    assert [(one.action, one.actor_id) for one in entries] == [("group.task_again", house["cleo"].id)]
    assert "I take it" in plain(as_(house["ada"]).get(TEAM).text)


def test_guests_and_partners(client, db, house, as_):  # noqa: F811
    make_group("elsewhere", is_outside=True)
    db.session.commit()
    assert ['href="/tasks/"' in one.get("/groups/").text for one in (client, as_(house["ada"]))] == [False, True]
    assert [client.get(path).headers["Location"] for path in (TEAM, "/tasks/")] == [f"/login?next={TEAM}", "/login?next=/tasks/"]
    assert as_(house["ada"]).get("/groups/elsewhere/team").status_code == 404


def test_a_task_goes_along_with_its_person(db, house):
    root, now = make_member("root", roles=("admin",)), clock.utcnow()
    task = make_task(house["group"])
    services.take(task.id, house["group"], house["bob"], now)
    db.session.commit()
    merge(house["bob"], house["ada"], root, "One person", now)
    db.session.commit()
    assert db.session.get_one(Task, task.id).taken_by_id == house["ada"].id


def test_whoever_has_it_hears_that_it_is_off(db, client, sign_in, house):
    task = make_task(house["group"])
    services.take(task.id, house["group"], house["ada"], clock.utcnow())
    db.session.commit()
    sign_in(client, house["cleo"])
    path = f"{TEAM}/tasks/{task.id}/edit"
    assert send(client, path, path, **{**FORM, "title": "Another name", "seen": seen(client.get(path).text)}).status_code == 303
    assert "Another name" in words(client.get(TEAM).text)
    send(client, TEAM, f"{TEAM}/tasks/{task.id}/off")
    assert db.session.scalars(sa.select(Notice.kind)).all() == ["task.off"]
    assert "Another name" not in words(client.get(TEAM).text)
