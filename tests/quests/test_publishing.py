"""A quest changes under nobody's feet: versions, who moves on and who finishes theirs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.activities import drain
from recognition.activities.models import Activity
from recognition.extensions import db
from recognition.quests import jobs, queries, reactions, rebuild
from recognition.quests.models import Enrolment, Quest, QuestVersion, Step, StepListener
from recognition.quests.rules import TooEarly
from recognition.quests.services import publishing, walking
from recognition.quests.services.publishing import NotOnlyWords
from recognition.quests.sheets import QuestSheet, check
from tests.factories.activities import make_activity, make_report

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PROOF = {"count": {"tags_any": ["did-it"]}, "at_least": 1}
READ = {"slug": "words", "kind": "read", "title": "Words", "minutes": 2, "file": "words.md"}
THINK = {"slug": "think", "kind": "reflect", "title": "Think", "minutes": 2, "prompt": "What do you think?"}
DO = {"slug": "deed", "kind": "do", "title": "A deed", "minutes": 5, "prompt": "Do it.", "tag": "did-it", "proof": PROOF}
Make = Callable[..., Any]


def sheet(*steps: dict[str, Any], body: str = "Some words.", **changes: Any) -> QuestSheet:
    data = {"slug": "one", "title": "One", "summary": "About it.", "family": "making", "minutes": 9, "position": 1}
    return check(data | changes | {"steps": list(steps)}, lambda _name: body)


def published(*steps: dict[str, Any]) -> Quest:
    quest = publishing.lay_out(sheet(*steps), NOW)
    publishing.publish(quest, sheet(*steps), "", NOW)
    return quest


def versions() -> dict[int, int]:
    return {row.member_id: row.version for row in db.session.execute(sa.select(Enrolment.member_id, Enrolment.version))}


def test_each_change_is_a_version_with_what_it_was_and_why(app: Any, make_member: Make) -> None:
    quest, actor = published(READ), make_member()
    assert publishing.publish(quest, sheet(READ), "again", NOW) == 1
    assert publishing.publish(quest, sheet(READ, THINK), "A pause to think.", NOW, actor.id) == 2
    assert publishing.publish(quest, sheet(THINK), "Shorter.", NOW, actor.id) == 3
    kept = db.session.scalars(sa.select(QuestVersion).order_by(QuestVersion.version)).all()
    told = [(row.version, row.note, row.by_id, [step["slug"] for step in row.sheet["steps"]]) for row in kept]
    assert told == [
        (1, "", None, ["words"]), (2, "A pause to think.", actor.id, ["words", "think"]), (3, "Shorter.", actor.id, ["think"]),
    ]  # fmt: skip
    assert kept[0].sheet["steps"][0]["body"] == "Some words."
    assert [(step.slug, step.version) for step in quest.steps] == [("think", 3)]


def test_a_quest_from_before_there_were_versions_is_remembered(app: Any) -> None:
    quest = published(READ)
    db.session.execute(sa.delete(QuestVersion))
    publishing.publish(quest, sheet(THINK), "", NOW)
    assert db.session.scalars(sa.select(QuestVersion.version).order_by(QuestVersion.version)).all() == [1, 2]


def test_its_place_and_title_change_within_the_version(app: Any) -> None:
    quest = published(READ)
    step_id = quest.steps[0].id
    assert publishing.publish(quest, sheet(READ, title="Uno", map=[7, 9]), "Nicer.", NOW) == 1
    assert (quest.title, quest.map_x, quest.steps[0].id) == ("Uno", 7, step_id)
    kept = db.session.scalars(sa.select(QuestVersion)).one()
    assert (kept.sheet["title"], kept.note) == ("Uno", "Nicer.")


def test_words_may_be_mended_for_those_in_the_middle_and_nothing_else(app: Any) -> None:
    quest = published(READ, DO)
    ids = [step.id for step in quest.steps]
    mended = sheet(READ | {"title": "The words"}, DO | {"prompt": "Please do it."}, body="Better words.")
    assert publishing.publish(quest, mended, "A slip.", NOW, words_only=True) == 1
    told = [(step.id, step.title, step.body) for step in quest.steps]
    assert told == [(ids[0], "The words", "Better words."), (ids[1], "A deed", "")]
    others = [
        sheet(READ), sheet(READ, DO, THINK), sheet(DO, READ), sheet(READ, DO | {"tag": "other"}),
        sheet(READ, DO | {"proof": PROOF | {"at_least": 2}}),
    ]  # fmt: skip
    for other in others:
        with pytest.raises(NotOnlyWords):
            publishing.publish(quest, other, "", NOW, words_only=True)


def test_who_has_begun_nothing_moves_on_and_who_is_in_the_middle_finishes_theirs(app: Any, make_member: Make) -> None:
    quest = published(READ, THINK)
    fresh, middle, finished = (make_member(name) for name in ("fresh", "middle", "finished"))
    for member in (fresh, middle, finished):
        walking.start(member, quest, NOW)
    old = list(quest.steps)
    for member in (middle, finished):
        walking.read_step(member, quest, old[0], NOW)
    walking.reflect(finished, quest, old[1], "Yes.", NOW)
    publishing.publish(quest, sheet(THINK, READ, DO), "", NOW)
    db.session.commit()
    for _twice in range(2):
        jobs.move_on(quest.id)
        assert versions() == {fresh.id: 2, middle.id: 1, finished.id: 1}

    walk = queries.walk("one", middle.id)
    assert walk is not None
    assert ([step.slug for step in walk.steps], walk.line.next_slug, walk.line.total) == (["words", "think"], "think", 2)
    with pytest.raises(TooEarly):
        walking.reflect(middle, quest, quest.steps[0], "On another version.", NOW)
    assert walking.reflect(middle, quest, old[1], "On mine.", NOW).quest_done is True
    walk = queries.walk("one", fresh.id)
    assert walk is not None
    assert (walk.line.next_slug, walk.line.total) == ("think", 3)
    done = queries.walk("one", finished.id)
    assert done is not None
    assert done.line.state == "done"
    guest = queries.walk("one", None)
    assert guest is not None
    assert [step.slug for step in guest.steps] == ["think", "words", "deed"]
    assert list(rebuild.check()) == []


def test_moving_on_goes_in_slices(app: Any, make_member: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "SLICE_MEMBERS", 2)
    quest = published(READ)
    members = [make_member(f"m{n}") for n in range(5)]
    for member in members:
        walking.start(member, quest, NOW)
    publishing.publish(quest, sheet(THINK), "", NOW)
    db.session.commit()
    assert publishing.move_on(quest.id, 0) == members[1].id
    jobs.move_on(quest.id, members[1].id)
    assert set(versions().values()) == {2}


def test_a_deed_proves_the_step_of_the_version_that_is_walked(app: Any, make_member: Make) -> None:
    quest = published(READ, DO)
    member = make_member()
    walking.start(member, quest, NOW)
    walking.read_step(member, quest, quest.steps[0], NOW)
    publishing.publish(quest, sheet(READ, THINK, DO), "", NOW)
    assert len(db.session.scalars(sa.select(StepListener.step_id).distinct()).all()) == 2
    make_activity(member.id, tags=("did-it",))
    db.session.commit()
    before, app.extensions["reactions"] = app.extensions["reactions"], [reactions.advance]
    drain.drain()
    app.extensions["reactions"] = before
    ends = sa.select(Activity.member_id).where(Activity.kind == "quest.finished")
    assert db.session.scalars(ends).all() == [member.id]


def test_a_quest_that_is_over_is_finished_by_those_in_the_middle(client: FlaskClient, make_member: Make, sign_in: Any) -> None:
    quest, member = published(READ, THINK), make_member()
    walking.start(member, quest, NOW)
    quest.state = "retired"
    db.session.commit()
    assert client.get("/quests/one").status_code == 404
    assert queries.quests_for(None) == []
    sign_in(client, member)
    assert 'href="/quests/one"' in client.get("/quests/").text
    assert client.post("/quests/one/words").location == "/quests/one/think"
    assert [step.title for step in queries.next_for(member.id)] == ["One"]
    client.post("/quests/one/think", data={"text": "Yes."})
    assert queries.quests_for(member.id) == []


def test_a_published_step_is_never_changed_by_a_later_sheet(app: Any) -> None:
    quest = published(READ)
    before = db.session.execute(sa.select(Step.id, Step.title, Step.body)).all()
    publishing.publish(quest, replace(sheet(READ | {"title": "New"}), minutes=3), "", NOW)
    kept = sa.select(Step.id, Step.title, Step.body).where(Step.version == 1)
    assert db.session.execute(kept).all() == before


def test_a_report_on_a_step_of_the_old_version_counts(app: Any, make_member: Make) -> None:
    quest, member = published(DO), make_member()
    walking.start(member, quest, NOW)
    step = quest.steps[0]
    publishing.publish(quest, sheet(DO, THINK), "", NOW)
    moved = walking.report_deed(member, quest, step, make_report(member.id, tags=("did-it",)), NOW)
    assert (moved.step_done, moved.quest_done) == (True, True)
