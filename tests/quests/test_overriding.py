"""What somebody decided about an answer, changed by somebody else: both stay, what followed follows, and one of two wins."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.activities import drain
from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.badges.models import Award
from recognition.campaigns.models import Campaign
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.quests import drafts, queries, rebuild
from recognition.quests.models import Enrolment, Quest, Review
from recognition.quests.quizzes import question_key
from recognition.quests.services import crossing, overriding, publishing, reviewing, walking
from recognition.quests.services.overriding import Overtaken
from recognition.quests.services.reviewing import NeedsWords, NotYours
from recognition.quests.sheet_data import as_data
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.campaigns import make_campaign
from tests.factories.quests import TEXT, make_quiz
from tests.servers.waiting import until

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
KEY = question_key(TEXT)
Make = Callable[..., Any]


@pytest.fixture
def house(app: Any, make_member: Make) -> Any:
    """Ada has written; Rita reads; Cleo and Cora are on the council."""
    roles = {"ada": (), "rita": ("reviewer",), "cleo": ("council",), "cora": ("council",)}
    people = {name: make_member(name, name=name.title(), roles=held) for name, held in roles.items()}
    quest = make_quiz("first", TEXT, after=("read",))
    walking.start(people["ada"], quest, NOW)
    people["quest"], people["review"] = quest, handed(people["ada"], quest, NOW)
    walking.read_step(people["ada"], quest, quest.steps[1], NOW)
    db.session.commit()
    return people


def handed(author: Any, quest: Quest, at: datetime, text: str = "My own words.") -> int:
    reviewing.hand_in(author, quest, quest.steps[0], KEY, text, at)
    return int(db.session.scalars(sa.select(sa.func.max(Review.id))).one())


def decided(house: Any, passes: bool) -> int:
    reviewing.decide([house["review"]], house["rita"], passes, "Rita's words.", NOW)
    db.session.commit()
    return int(house["review"])


def line(author: Any) -> queries.QuestLine:
    walk = queries.walk("first", author.id)
    assert walk is not None
    return walk.line


def rows() -> list[tuple[int, str, str]]:
    found = db.session.execute(sa.select(Review.number, Review.state, Review.words).order_by(Review.number))
    return [(row[0], row[1], row[2]) for row in found]


def facts() -> list[tuple[str, bool]]:
    """What the log says of it, and whether that counts."""
    wanted = sa.select(Activity.source_key, Activity.withdrawn_at).where(Activity.source == "quests").order_by(Activity.id)
    return [(row[0].partition(":")[0], row[1] is None) for row in db.session.execute(wanted)]


def test_what_had_passed_comes_back_and_passes_again(house: Any) -> None:
    ada, quest = house["ada"], house["quest"]
    badge = make_badge("walker", {"finished": "first"})
    db.session.commit()
    first = decided(house, True)
    drain.drain()
    assert line(ada).state == "done"
    assert overriding.override(first, house["cleo"], "It tells of somebody else.", LATER) == "returned"
    db.session.commit()
    assert (line(ada).state, line(ada).next_slug, line(ada).may_answer("read"), line(ada).done) == ("started", "quiz", True, 1)
    assert rows() == [(1, "passed", "Rita's words."), (2, "returned", "It tells of somebody else.")]
    assert facts() == [("step", True), ("step", False), ("finished", False)]
    award = db.session.scalars(sa.select(Award).where(Award.badge_id == badge.id)).one()
    assert (award.revoked_at, award.unsupported_at is not None) == (None, True)
    notices = sa.select(Notice.kind, Notice.path, Notice.data).where(Notice.kind.like("review.%")).order_by(Notice.id)
    told = db.session.execute(notices).all()
    assert [tuple(row) for row in told][1:] == [
        ("review.now_returned", "/quests/first/quiz", {"quest": "First", "words": "It tells of somebody else."})
    ]
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "review.overridden")).one()
    assert (entry.actor_id, entry.before, entry.after) == (
        house["cleo"].id, {"state": "passed"}, {"state": "returned", "quest": "first", "step": "quiz"},
    )  # fmt: skip
    assert list(rebuild.check()) == []
    again = handed(ada, quest, LATER, "My better words.")
    assert reviewing.decide([again], house["rita"], True, "", LATER).decided == [again]
    db.session.commit()
    drain.drain()
    assert line(ada).state == "done"
    assert facts() == [("step", True), ("step", True), ("finished", True)]
    db.session.refresh(award)
    assert award.unsupported_at is None
    assert list(rebuild.check()) == []


def test_what_came_back_holds_after_all(house: Any) -> None:
    review_id = decided(house, False)
    assert overriding.override(review_id, house["cora"], "It says all that it needs.", LATER) == "passed"
    db.session.commit()
    assert line(house["ada"]).state == "done"
    assert facts() == [("step", True), ("step", True), ("finished", True)]
    assert [row[1] for row in rows()] == ["returned", "passed"]


def test_who_may_and_who_may_not(house: Any, make_member: Make) -> None:
    owner, reader = make_member("olu", roles=("reviewer",)), make_member("ron", roles=("reviewer",))
    make_campaign("spring")
    db.session.execute(sa.update(Campaign).values(owner_id=owner.id))
    review_id = decided(house, True)
    for nobody in (house["ada"], house["rita"], reader, make_member("sam"),
                   make_member("gone", roles=("council",), state="suspended")):  # fmt: skip
        with pytest.raises(NotYours):
            overriding.override(review_id, nobody, "Because.", LATER)
    with pytest.raises(NeedsWords):
        overriding.override(review_id, house["cleo"], "", LATER)
    with pytest.raises(NotYours):
        overriding.override(review_id + 99, house["cleo"], "Because.", LATER)
    assert overriding.override(review_id, owner, "Because.", LATER) == "returned"
    second = int(db.session.scalars(sa.select(sa.func.max(Review.id))).one())
    with pytest.raises(Overtaken):
        overriding.override(review_id, house["cleo"], "Because.", LATER)
    with pytest.raises(NotYours):
        overriding.override(second, owner, "Because.", LATER)
    assert overriding.override(second, house["cleo"], "Because not.", LATER) == "passed"


def test_there_is_nothing_to_change_once_its_author_went_on(house: Any) -> None:
    review_id = decided(house, False)
    handed(house["ada"], house["quest"], LATER)
    with pytest.raises(Overtaken):
        overriding.override(review_id, house["cleo"], "Because.", LATER)
    db.session.execute(sa.update(Enrolment).values(version=2))
    with pytest.raises(Overtaken):
        overriding.override(review_id, house["cleo"], "Because.", LATER)


def test_a_step_that_was_carried_over_is_opened_where_they_walk_now(house: Any) -> None:
    review_id = decided(house, True)
    sheet = as_data(house["quest"], bodies=True)
    more = sheet | {"steps": [*sheet["steps"], {**sheet["steps"][1], "slug": "more", "title": "More"}]}
    db.session.execute(sa.update(Enrolment).values(finished_at=None))
    publishing.publish(house["quest"], drafts.checked(more), "", NOW)
    crossing.walk_newest(house["ada"], house["quest"], NOW)
    db.session.commit()
    assert line(house["ada"]).next_slug == "more"
    assert overriding.override(review_id, house["cleo"], "Because.", LATER) == "returned"
    db.session.commit()
    assert line(house["ada"]).next_slug == "quiz"
    assert facts() == [("step", True), ("step", False), ("finished", False)]
    reviewing.decide([handed(house["ada"], house["quest"], LATER)], house["rita"], True, "", LATER)
    db.session.commit()
    assert facts() == [("step", True), ("step", False), ("finished", False), ("step", True)]
    assert list(rebuild.check()) == []


def test_what_was_done_in_an_older_version_and_asked_anew_stays(house: Any) -> None:
    decided(house, True)
    sheet = as_data(house["quest"], bodies=True)
    anew = sheet["steps"][0] | {"questions": [{**TEXT, "guide": "Another guide."}]}
    db.session.execute(sa.update(Enrolment).values(finished_at=None))
    publishing.publish(house["quest"], drafts.checked(sheet | {"steps": [anew, *sheet["steps"][1:]]}), "", NOW)
    crossing.walk_newest(house["ada"], house["quest"], NOW)
    db.session.commit()
    second = handed(house["ada"], house["quest"], NOW)
    reviewing.decide([second], house["rita"], True, "", NOW)
    db.session.commit()
    before = facts()
    overriding.override(second, house["cleo"], "Because.", LATER)
    db.session.commit()
    assert before == [("step", True), ("step", True), ("finished", True), ("step", True)]
    assert facts() == [("step", True), ("step", True), ("finished", False), ("step", False)]


def test_of_two_at_once_one_wins_and_the_other_is_told(app: Flask, house: Any) -> None:
    review_id = decided(house, True)
    ids = [house[name].id for name in ("cleo", "cora")]
    db.session.commit()
    together = threading.Barrier(2)
    came: list[str] = []

    def councillor(member_id: int) -> None:
        with app.app_context():
            together.wait(10)
            viewer = db.session.get_one(Member, member_id)
            try:
                came.append(overriding.override(review_id, viewer, "Because.", LATER))
                db.session.commit()
            except Overtaken:
                db.session.rollback()
                came.append("late")

    threads = [threading.Thread(target=councillor, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(came) == ["late", "returned"]
    assert [row[1] for row in rows()] == ["passed", "returned"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action.like("%overridden"))) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="session")
def test_while_a_drain_considers_what_it_takes_back(app: Flask, house: Any) -> None:
    """Both want the facts, the sums and the enrolment: the second waits for the first, and neither for ever. The drain has the
    facts in hand, and will move the member on; the decision begins then."""
    ada, quest = house["ada"], make_quiz("second", TEXT, after=("do",))
    walking.start(ada, quest, NOW)
    review_id = handed(ada, quest, NOW)
    reviewing.decide([review_id], house["rita"], True, "", NOW)
    make_activity(ada.id, kind="talk", tags=("did-it",))
    db.session.commit()
    cleo_id, came = house["cleo"].id, list[str]()
    claimed = drain._claim(None, drain.BATCH_ROWS)

    def decide_anew() -> None:
        with app.test_request_context():
            try:
                came.append(overriding.override(review_id, db.session.get_one(Member, cleo_id), "Because.", LATER))
                db.session.commit()
            except Exception as fault:
                came.append(repr(fault))

    thread = threading.Thread(target=decide_anew)
    thread.start()
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
    until(lambda: db.session.scalar(waiting), "the decision waits for the drain")
    drain._consider(claimed)
    db.session.commit()
    thread.join(30)
    db.session.expire_all()
    assert came == ["returned"]
    walk = queries.walk("second", ada.id)
    assert walk is not None
    assert (walk.line.state, walk.line.next_slug) == ("started", "quiz")
    second = [(source_key.partition(":")[0], is_live) for source_key, is_live in db.session.execute(
        sa.select(Activity.source_key, Activity.withdrawn_at.is_(None))
        .where(Activity.object == "quest:second").order_by(Activity.id)
    )]  # fmt: skip
    assert second == [("step", False), ("step", True), ("finished", False)]
    drain.drain()
    assert list(rebuild.check()) == []


def test_in_the_browser(client: FlaskClient, house: Any, sign_in: Any) -> None:
    review_id = decided(house, True)
    url = f"/reviews/{review_id}/again"
    sign_in(client, house["rita"])
    assert "Look at this again" not in client.get("/reviews/history").text
    assert client.get(url).status_code == 404
    sign_in(client, house["cleo"])
    assert url in client.get("/reviews/history").text
    page = client.get(url).text
    assert "The quest does not count as finished until it passes." in page
    missing = client.post(url, data={"words": " "})
    assert (missing.status_code, "Say why" in missing.text) == (422, True)
    long = client.post(url, data={"words": "x" * 1001})
    assert (long.status_code, "x" * 1001 in long.text) == (422, True)
    assert client.post(url, data={"words": "It tells of somebody else."}).location == "/reviews/history"
    assert client.post(url, data={"words": "Twice."}).location == "/reviews/history"
    history = client.get("/reviews/history").text
    assert "at first it was: Passed." in history
    assert "somebody decided it anew" in history
    assert "Look at this again" not in history
    assert client.get("/reviews/history.csv").text.splitlines()[1].endswith(",passed")
    sign_in(client, house["cora"])
    late = client.post(url, data={"words": "My long thought."})
    assert (late.status_code, "Cleo decided this anew" in late.text, "My long thought." in late.text) == (409, True, True)
    theirs = client.application.test_client()
    sign_in(theirs, house["ada"])
    assert theirs.get(url).status_code == 403
    mine = theirs.get("/quests/first/quiz").text
    assert "decided otherwise" in mine
    assert "It tells of somebody else." in mine
    assert "My own words.</textarea>" in mine
    second = int(db.session.scalars(sa.select(sa.func.max(Review.id))).one())
    handed(house["ada"], house["quest"], LATER, "My better words.")
    db.session.commit()
    late = client.post(f"/reviews/{second}/again", data={"words": "My long thought."})
    assert (late.status_code, "Its author went on meanwhile." in late.text, "a moment ago" in late.text) == (409, True, False)
