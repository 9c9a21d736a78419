"""Asking members about a plan: who sees it, what can be said until when, themes with their counts, and states in their order."""

from datetime import date, timedelta
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.announcements.models import Notice
from recognition.audit import services as audit
from recognition.audit.models import AuditEntry
from recognition.extensions import db as database
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from recognition.objectives import asking, services
from recognition.objectives.models import Objective, PlanComment, PlanTheme
from recognition.objectives.rules import BadObjective, WrongState
from recognition.objectives.waiting import locks
from recognition.refs import Ref
from tests.dumps import differing, dump
from tests.factories.identity import make_member
from tests.factories.objectives import BEGAN, make_objective
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures

LAST = date(2026, 9, 10)
AFTER = BEGAN + timedelta(days=10)  # the 11th


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    made = {name: make_member(name, name=name.title()) for name in ("ada", "bob")}
    made["cleo"] = make_member("cleo", name="Cleo", roles=("council",))
    make_objective("plan", title="A plan", state="draft")
    db.session.commit()
    return made


def plan(db: Any) -> Objective:
    return db.session.scalars(sa.select(Objective)).one()


def asked(db: Any, people: dict[str, Any], *words: str) -> Objective:
    one = plan(db)
    asking.ask(one.id, LAST, people["cleo"].id, BEGAN)
    for number, said in enumerate(words):
        asking.comment(one.id, people[("ada", "bob")[number % 2]].id, said, BEGAN)
    db.session.commit()
    return one


def test_a_state_cannot_jump(db: Any, people: dict[str, Any]) -> None:
    cleo_id, one = people["cleo"].id, plan(db)
    for to in ("ended", "paused", "asking"):
        with pytest.raises(WrongState):
            services.move(one.id, to, "Because", cleo_id, BEGAN)
    for _time in range(2):
        asking.ask(one.id, LAST, cleo_id, BEGAN)
    assert (one.state, one.comments_until) == ("asking", LAST)
    for to in ("running", "ended", "draft", "paused"):
        with pytest.raises(WrongState):
            services.move(one.id, to, "Because", cleo_id, AFTER - timedelta(days=1))
    for to in ("running", "ended"):
        with pytest.raises(BadObjective):
            services.move(one.id, to, " ", cleo_id, AFTER)
    services.move(one.id, "running", "Most liked it.", cleo_id, AFTER)
    with pytest.raises(WrongState):
        asking.ask(one.id, date(2026, 12, 1), cleo_id, AFTER)
    said = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert said == ["objective.asking", "objective.running"]
    assert one.state_reason == "Most liked it."


def test_a_draft_runs_unasked_with_a_reason_that_everybody_reads(db, people, as_, client):  # noqa: F811
    path, cleo = "/objectives/plan", as_(people["cleo"])
    for reason, said in (("", "Why without asking anybody?"), ("x" * 501, "At most 500 characters, please; these are 501.")):
        answer = cleo.post(f"{path}/state", {"to": "running", "reason": reason})
        assert (answer.status_code, said in answer.text, reason in answer.text) == (422, True, True)
    assert cleo.post(f"{path}/state", {"to": "running", "reason": "the hall opens <b>tomorrow</b>"}).status_code == 303
    cleo.post(f"{path}/state", {"to": "paused", "reason": "Holidays."})
    shown = client.get(path).text
    assert "Started without asking, because: the hall opens &lt;b&gt;tomorrow&lt;/b&gt;" in shown
    assert "Started without asking</p>" in shown  # and in the timeline


def test_members_have_days_to_answer(db, people, as_):  # noqa: F811
    cleo = as_(people["cleo"])
    with clock.as_of(BEGAN):
        soon = cleo.post("/objectives/plan/ask", {"until": "2026-09-07"})
        assert (soon.status_code, "People need some time: 8 Sep 2026 or later" in soon.text) == (422, True)
        assert 'value="2026-09-07"' in soon.text
        assert cleo.post("/objectives/plan/ask", {"until": "2026-09-08"}).status_code == 303
        assert cleo.post("/objectives/plan/ask", {"until": "2026-09-09"}).status_code == 303


def test_a_comment_is_put_to_a_theme_while_its_author_takes_it_back(app: Any, db: Any, people: dict[str, Any]) -> None:
    one = asked(db, people, "Mine", "Too fast")
    asking.write_theme(one.id, 0, "Time", "", people["cleo"].id)
    db.session.commit()
    row, kept = db.session.scalars(sa.select(PlanComment).order_by(PlanComment.id)).all()
    theme_id = db.session.scalar(sa.select(PlanTheme.id))
    places, ada_id, began = {row.id: theme_id, kept.id: theme_id}, people["ada"].id, []

    def back() -> None:
        with app.app_context():
            assert asking.take_back(one_id, row_id, ada_id)
            database.session.commit()

    one_id, row_id, author = one.id, row.id, Thread(target=back)

    @sa.event.listens_for(db.session(), "before_flush", once=True)
    def between(*_what: object) -> None:
        author.start()
        author.join(0.2)  # until it is done, or waits for the sorting to end
        began.append(True)

    assert asking.sort(one_id, places, people["cleo"].id) == 2
    db.session.commit()
    author.join()
    assert began == [True]
    assert db.session.execute(sa.select(PlanComment.words, PlanComment.theme_id)).all() == [("Too fast", theme_id)]


@pytest.mark.parametrize("until", [date(2026, 9, 1), date(2027, 9, 3), date(2026, 9, 9)])
def test_its_last_day_lies_ahead_and_only_moves_on(db: Any, people: dict[str, Any], until: date) -> None:
    one = asked(db, people)
    with pytest.raises(BadObjective):
        asking.ask(one.id, until, people["cleo"].id, BEGAN)
    asking.ask(one.id, LAST + timedelta(days=1), people["cleo"].id, BEGAN)
    assert one.comments_until == LAST + timedelta(days=1)


def test_it_can_be_said_until_the_last_day_and_counts_once(db: Any, people: dict[str, Any]) -> None:
    one = asked(db, people)
    ada_id = people["ada"].id
    last = AFTER - timedelta(hours=10)  # the 10th, 23:00
    first, again = (asking.comment(one.id, ada_id, "Too much.", last) for _time in range(2))
    assert first.id == again.id
    with pytest.raises(WrongState):
        asking.comment(one.id, ada_id, "Late", AFTER)
    for number in range(9):
        asking.comment(one.id, ada_id, f"And {number}", last)
    with pytest.raises(WrongState):
        asking.comment(one.id, ada_id, "One more", last)
    assert [asking.take_back(one.id, first.id, who) for who in (people["bob"].id, ada_id, ada_id)] == [False, True, False]


def test_the_summary_lists_each_theme_with_its_count(db: Any, people: dict[str, Any]) -> None:
    one, cleo_id = asked(db, people, "Too much", "Too little time", "Fine", "Bad words"), people["cleo"].id
    said = {row.words: row.id for row in db.session.scalars(sa.select(PlanComment))}
    for title in ("Time", "Praise"):
        asking.write_theme(one.id, 0, title, "", cleo_id)
    ids = {row.title: row.id for row in db.session.scalars(sa.select(PlanTheme))}
    places = {
        said["Too much"]: ids["Time"],
        said["Too little time"]: ids["Time"],
        said["Fine"]: ids["Praise"],
        10**9: ids["Time"],
    }
    assert [asking.sort(one.id, places, cleo_id) for _time in range(2)] == [3, 0]
    assert asking.sort(one.id, {said["Fine"]: 10**9}, cleo_id) == 0
    down = [asking.take_down(one.id, said["Bad words"], "It names somebody.", cleo_id, BEGAN) for _time in range(2)]
    told = db.session.execute(sa.select(Notice.member_id, Notice.kind, Notice.data)).all()
    assert (down, [tuple(row) for row in told]) == (
        [True, False], [(people["bob"].id, "content.taken_down", {"words": "It names somebody."})]
    )  # fmt: skip
    found, number = asking.themes(one)
    assert ([(theme.title, theme.count) for theme in found], number) == ([("Time", 2), ("Praise", 1)], 3)
    seen = {who: {row.words for row in asking.comments(one, people[who], None).items} for who in ("ada", "bob")}
    assert seen["ada"] == {"Too much", "Too little time", "Fine"}
    assert seen["bob"] == {*seen["ada"], "Bad words"}
    people["bob"].state = "suspended"
    assert [theme.count for theme in asking.themes(one)[0]] == [1, 1]
    with pytest.raises(BadObjective):
        asking.write_theme(one.id, 0, "Time", "Other words", cleo_id)
    with pytest.raises(BadObjective):
        asking.write_theme(one.id, ids["Time"], "Time", "Yours", cleo_id, "another mark")


def test_a_plan_that_waits_for_its_decision_is_a_lock(db: Any, people: dict[str, Any]) -> None:
    asked(db, people)
    assert [*locks(AFTER - timedelta(days=1))] == []
    assert [(lock.kind, lock.waiting) for lock in locks(AFTER)] == [("plan", 1)]


def test_two_rows_of_one_person_said_what_both_said(db: Any, people: dict[str, Any]) -> None:
    asked(db, people, "Too much", "Fine")
    before = dump()
    done = merge(people["ada"], people["bob"], None, "One person", BEGAN)
    db.session.commit()
    assert set(db.session.scalars(sa.select(PlanComment.member_id))) == {people["bob"].id}
    unmerge(done.id, None, "Two people", BEGAN)
    db.session.commit()
    assert differing(before, dump()) == {}


def test_from_the_draft_to_the_decision_on_its_pages(db, people, as_, client, count_queries):  # noqa: F811
    path, ada, cleo = "/objectives/plan", as_(people["ada"]), as_(people["cleo"])
    assert [who.get(path).status_code for who in (client, ada, cleo)] == [404, 404, 200]
    assert ada.post(f"{path}/ask", {"until": "2026-09-10"}).status_code in (403, 404)
    with clock.as_of(BEGAN):
        assert [cleo.post(f"{path}/ask", {"until": day}).status_code for day in ("soon", "2026-08-01", "2026-09-10")] == [
            422,
            422,
            303,
        ]
        assert [who.get(path).status_code for who in (client, ada)] == [404, 200]
        assert "A plan" not in client.get("/objectives/").text + client.get("/roadmap").text
        assert client.get(f"{path}/comments").status_code in (302, 303, 401)
        assert ada.post(f"{path}/comments", {"words": " "}).status_code == 422
        assert ada.post(f"{path}/comments", {"words": "Too <b>much</b>"}).status_code == 303
        assert ada.post(f"{path}/themes", {"title": "Mine"}).status_code == 403
        early = cleo.post(f"{path}/state", {"to": "running", "reason": "All agreed on the first day"})
        told = ("Members can comment until" in early.text, "All agreed on the first day" in early.text)
        assert (early.status_code, told) == (409, (True, True))
        assert cleo.post(f"{path}/themes", {"theme": "0", "title": "Time", "answer": "We **listen**."}).status_code == 303
    row, theme = db.session.scalars(sa.select(PlanComment)).one(), db.session.scalars(sa.select(PlanTheme)).one()
    for was in (str(theme.id), ""):  # the first one is told of no change
        cleo.post(f"{path}/comments/sort", {f"comment-{row.id}": str(theme.id), f"was-{row.id}": was})
        db.session.refresh(row)
        assert (row.theme_id is not None) == (was == "")
    late = cleo.post(f"{path}/themes", {"theme": str(theme.id), "title": "Time", "answer": "Mine", "seen": "another"})
    assert (late.status_code, "Mine" in late.text) == (422, True)
    with clock.as_of(AFTER), count_queries() as seen:
        page = ada.get(f"{path}/comments")
    assert len(seen) <= 12
    assert page.headers["Cache-Control"] == "private, no-store"
    assert all(words in page.text for words in ("Too &lt;b&gt;much&lt;/b&gt;", "<strong>listen</strong>", "1 comment"))
    assert "Show all" not in page.text
    with clock.as_of(AFTER):
        late = ada.post(f"{path}/comments", {"words": "Late but kind"})
        assert (late.status_code, "Late but kind" in late.text) == (409, True)
        assert cleo.post(f"{path}/state", {"to": "running", "reason": ""}).status_code == 422
        assert cleo.post(f"{path}/state", {"to": "running", "reason": "Most liked it."}).status_code == 303
    shown = plain(client.get(path).text)
    assert all(words in shown for words in ("What members said to the plan", "Time", "listen", "Most liked it."))
    assert all(words not in shown for words in ("1 comment", "Too", "Members are asked"))
    assert "Time 1 comment" in plain(ada.get(path).text)


def test_of_a_plan_that_never_ran_guests_read_the_decision_and_nothing_before_it(db, people, as_, client):  # noqa: F811
    one, cleo_id = asked(db, people), people["cleo"].id
    audit.record("objective.changed", Ref("objective", one.slug), cleo_id, {"title": "A secret name"}, {"title": "A plan"})
    services.move(one.id, "ended", "Too few hands.", cleo_id, AFTER)
    db.session.commit()
    guest, ada = (plain(who.get("/objectives/plan").text) for who in (client, as_(people["ada"])))
    assert all("Too few hands." in page for page in (guest, ada))
    assert [words in guest for words in ("A secret name", "Members are asked")] == [False, False]
    assert "A secret name" in ada


def test_an_answer_that_does_not_fit_takes_no_other_ones_place(db, people, as_):  # noqa: F811
    one, cleo = asked(db, people), as_(people["cleo"])
    new = {"theme": "0", "title": "Time", "answer": "We listen."}
    assert [cleo.post("/objectives/plan/themes", new).status_code for _press in range(2)] == [303, 303]
    theme = asking.themes(one)[0][0]
    long = {"theme": str(theme.id), "title": "Time", "answer": "long " * 1000, "seen": theme.seen}
    late = cleo.post("/objectives/plan/themes", long)
    assert (late.status_code, "long long" in late.text, "Up to 4000 characters" in late.text) == (422, True, True)
    db.session.expire_all()
    assert [(row.title, row.words) for row in db.session.scalars(sa.select(PlanTheme))] == [("Time", "We listen.")]
