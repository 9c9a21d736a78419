"""Writing objectives, moving them with a reason, ticking, helping; each once."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from recognition.objectives import services
from recognition.objectives.models import Milestone, MilestoneHelp, Objective
from recognition.objectives.rules import BadObjective, MilestoneSpec, ObjectiveSpec, ResultSpec, WrongState
from tests.activities.test_record import in_threads
from tests.dumps import differing, dump
from tests.factories.identity import make_member
from tests.factories.objectives import BEGAN, make_milestone, make_objective

SPEC = ObjectiveSpec(
    "know-mdm", "Everybody knows", "Because.", date(2026, 9, 1), date(2026, 12, 31), 30, "the monthly call", None,
    (ResultSpec(0, "Say so", "survey:mdm", "percent", 80, None), ResultSpec(0, "Talks", "", "count", 12, 3)),
    (MilestoneSpec(0, "Blog post", date(2026, 10, 1), None, "announcement:why", False),
     MilestoneSpec(0, "Call", None, None, "", True)),
)  # fmt: skip


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    made = {name: make_member(name) for name in ("ada", "bob", "olu")}
    made["cleo"] = make_member("cleo", roles=("council",))
    return made


def test_the_same_form_twice_makes_one(db: Any, people: dict[str, Any]) -> None:
    first, again = (services.create(SPEC, people["cleo"].id, BEGAN) for _time in range(2))
    other = services.create(replace(SPEC, why="Another reason."), people["cleo"].id, BEGAN)
    assert first.id == again.id
    assert (first.slug, other.slug, first.state) == ("know-mdm", "know-mdm-2", "draft")
    assert [(row.title, row.source, row.target, row.value) for row in first.results] == [
        ("Say so", "survey:mdm", 80, None), ("Talks", "", 12, 3)]  # fmt: skip
    assert [(row.title, row.closes, row.wants_help) for row in first.milestones] == [
        ("Blog post", "announcement:why", False), ("Call", "", True)]  # fmt: skip


def test_a_form_that_is_sent_again_with_more_in_it_loses_nothing_of_it(db: Any, people: dict[str, Any]) -> None:
    kept = services.create(SPEC, people["cleo"].id, BEGAN)
    for more in ({"milestones": SPEC.milestones[:1]}, {"results": ()}, {"covered_by": "the wiki"}):
        with pytest.raises(BadObjective) as refused:
            services.create(replace(SPEC, **more), people["cleo"].id, BEGAN)
        assert list(refused.value.errors) == ["title"]
    assert db.session.scalars(sa.select(Objective.id)).all() == [kept.id]


def test_a_change_keeps_rows_and_says_what_changed(db: Any, people: dict[str, Any]) -> None:
    one = services.create(SPEC, people["cleo"].id, BEGAN)
    call = one.milestones[1]
    services.tick(call.id, True, people["cleo"].id, BEGAN)
    kept = MilestoneSpec(call.id, "The call", None, None, "", True)
    services.change(one.id, replace(SPEC, title="All know", milestones=(kept,)), people["cleo"].id, BEGAN)
    db.session.flush()
    assert [(row.id, row.title, row.done_at) for row in one.milestones] == [(call.id, "The call", BEGAN)]
    done = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "objective.changed")).one()
    post = {"id": call.id - 1, "title": "Blog post", "due_on": "2026-10-01", "owner": None, "closes": "announcement:why",
            "help": False, "done": False}  # fmt: skip
    say, talks = done.before.pop("results")
    assert ((say["title"], talks["value"]), done.after.pop("results")[0]["title"]) == (("Say so", 3), "Say so")
    assert done.before == {"title": "Everybody knows", "milestones": [post, {"id": call.id, "title": "Call"}]}
    assert done.after == {"title": "All know", "milestones": [{"id": call.id, "title": "The call"}]}
    results = tuple(ResultSpec(row.id, row.title, row.source, row.unit, row.target, row.value) for row in one.results)
    services.change(one.id, replace(SPEC, title="All know", milestones=(kept,), results=results), people["cleo"].id, BEGAN)
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditEntry.action == "objective.changed")) == 1


def test_what_has_ended_is_made_anew(db: Any, app: Any, people: dict[str, Any]) -> None:
    cleo_id = people["cleo"].id
    ended = services.create(SPEC, cleo_id, BEGAN)
    services.move(ended.id, "running", "It cannot wait.", cleo_id, BEGAN)
    services.move(ended.id, "ended", "Done.", cleo_id, BEGAN)
    ended_id = ended.id
    db.session.commit()

    def press(_place: int) -> int:
        made = services.create(SPEC, cleo_id, BEGAN)
        db.session.commit()
        return made.id

    made = set(in_threads(app, 4, press))
    db.session.rollback()
    assert (len(made), ended_id in made) == (1, False)
    assert db.session.scalars(sa.select(Objective.slug).order_by(Objective.id)).all() == ["know-mdm", "know-mdm-2"]


@pytest.mark.parametrize(
    ("changes", "before", "after"),
    [
        ({"owner_id": 1}, {"owner": None}, {"owner": 1}),
        ({"result": {"source": ""}}, {"source": "survey:mdm"}, {"source": ""}),
        ({"result": {"unit": "count"}}, {"unit": "percent"}, {"unit": "count"}),
        ({"result": {"source": "", "value": 7}}, {"source": "survey:mdm", "value": None}, {"source": "", "value": 7}),
        ({"milestone": {"owner_id": 1}}, {"owner": None}, {"owner": 1}),
        ({"milestone": {"closes": ""}}, {"closes": "announcement:why"}, {"closes": ""}),
        ({"milestone": {"wants_help": True}}, {"help": False}, {"help": True}),
    ],
)
def test_each_edit_is_written_down_with_before_and_after(db: Any, people: dict[str, Any], changes, before, after) -> None:
    one = services.create(SPEC, people["cleo"].id, BEGAN)
    results = [ResultSpec(row.id, row.title, row.source, row.unit, row.target, row.value) for row in one.results]
    milestones = [
        MilestoneSpec(row.id, row.title, row.due_on, row.owner_id, row.closes, row.wants_help) for row in one.milestones
    ]
    same = replace(SPEC, results=tuple(results), milestones=tuple(milestones))
    services.change(one.id, same, people["cleo"].id, BEGAN)
    rows = {"results": (replace(results[0], **changes.get("result", {})), results[1]),
            "milestones": (replace(milestones[0], **changes.get("milestone", {})), milestones[1])}  # fmt: skip
    services.change(one.id, replace(same, **rows, owner_id=changes.get("owner_id")), people["cleo"].id, BEGAN)
    done = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "objective.changed")).one()
    sides = []
    for side in (done.before, done.after):
        (name, value), *others = side.items()
        assert (others, len(value) if isinstance(value, list) else 1) == ([], 1)
        sides.append({key: of for key, of in value[0].items() if key not in ("id", "title")} if name != "owner" else side)
    assert sides == [before, after]


def test_it_runs_only_where_it_is_told_of_somewhere(db: Any, people: dict[str, Any]) -> None:
    one = services.create(replace(SPEC, covered_by=""), people["cleo"].id, BEGAN)
    with pytest.raises(BadObjective) as refused:
        services.move(one.id, "running", "It cannot wait.", people["cleo"].id, BEGAN)
    assert list(refused.value.errors) == ["covered_by"]
    services.change(one.id, SPEC, people["cleo"].id, BEGAN)
    services.move(one.id, "running", "It cannot wait.", people["cleo"].id, BEGAN)
    with pytest.raises(BadObjective):
        services.change(one.id, replace(SPEC, covered_by=" "), people["cleo"].id, BEGAN)
    assert (one.state, one.covered_by) == ("running", "the monthly call")


def test_resting_and_ending_need_a_reason(db: Any, people: dict[str, Any]) -> None:
    one = make_objective(owner_id=people["olu"].id)
    for reason in ("", "  "):
        with pytest.raises(BadObjective):
            services.move(one.id, "paused", reason, people["cleo"].id, BEGAN)
    later = BEGAN + timedelta(days=5)
    for _time in range(2):
        services.move(one.id, "ended", "The programme closes.", people["cleo"].id, later)
    assert (one.state, one.state_reason, one.state_at) == ("ended", "The programme closes.", later)
    with pytest.raises(WrongState):
        services.move(one.id, "running", "", people["cleo"].id, later)
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditEntry.action == "objective.ended")) == 1


def test_ticking_and_opening_again(db: Any, people: dict[str, Any]) -> None:
    row = make_milestone(make_objective())
    said = [services.tick(row.id, done, people["olu"].id, BEGAN) for done in (True, True, False, False)]
    assert said == [True, False, True, False]
    assert (row.done_at, row.done_by, row.reopened_at) == (None, "", BEGAN)


def test_who_offers_help_is_heard_once_by_whoever_looks_after_it(db: Any, people: dict[str, Any]) -> None:
    one = make_objective(owner_id=people["olu"].id)
    theirs = make_milestone(one, owner_id=people["ada"].id, wants_help=True)
    open_ = make_milestone(one, "Posters", wants_help=True)
    assert [services.offer_help(theirs.id, people["bob"].id, "I draw", BEGAN) for _time in range(2)] == [True, False]
    services.offer_help(open_.id, people["bob"].id, "", BEGAN)
    services.offer_help(open_.id, people["olu"].id, "", BEGAN)
    heard = db.session.execute(sa.select(Notice.member_id, Notice.kind).order_by(Notice.member_id)).all()
    assert [tuple(row) for row in heard] == [(people["ada"].id, "milestone.help"), (people["olu"].id, "milestone.help")]
    assert [services.take_help_back(open_.id, people["bob"].id) for _time in range(2)] == [True, False]


def test_news_said_twice_are_told_once(db: Any, people: dict[str, Any]) -> None:
    one = make_objective()
    later = BEGAN + timedelta(days=3)
    first, again = (services.tell_news(one.id, "We met.", people["olu"].id, later) for _time in range(2))
    assert (first.id, one.news_at) == (again.id, later)
    told = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "objective.news")).one()
    assert (told.target, told.actor_id, told.after) == ("objective:know-mdm", people["olu"].id, {"words": "We met."})


def test_two_rows_of_one_person_and_two_again(db: Any, people: dict[str, Any]) -> None:
    one = make_objective(owner_id=people["ada"].id)
    first, second = make_milestone(one, owner_id=people["ada"].id), make_milestone(one, "Posters")
    for row, who in ((first, "ada"), (first, "bob"), (second, "ada")):
        services.offer_help(row.id, people[who].id, "", BEGAN)
    services.tell_news(one.id, "We met.", people["ada"].id, BEGAN)
    db.session.commit()
    before = dump()
    done = merge(people["ada"], people["bob"], None, "One person", BEGAN)
    db.session.commit()
    db.session.expire_all()
    assert db.session.get_one(Objective, one.id).owner_id == people["bob"].id
    assert db.session.get_one(Milestone, first.id).owner_id == people["bob"].id
    helps = db.session.execute(
        sa.select(MilestoneHelp.milestone_id, MilestoneHelp.member_id).order_by(MilestoneHelp.milestone_id)
    )
    assert [tuple(row) for row in helps] == [(first.id, people["bob"].id), (second.id, people["bob"].id)]
    unmerge(done.id, None, "Two people", BEGAN)
    db.session.commit()
    assert differing(before, dump()) == {}
