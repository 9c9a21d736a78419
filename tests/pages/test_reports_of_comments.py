"""Comments on plans and words about roles: reported and decided in the queue in which deeds are, by their own rules of who reads
them and of what taking down means."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities import flagged, flagging
from recognition.activities.rules import NotFlagged
from recognition.announcements.models import Notice
from recognition.identity.models import Member
from recognition.objectives import asking
from recognition.objectives.models import Objective, PlanComment
from recognition.refs import Ref
from recognition.roles import queries, services
from recognition.roles.models import Role, RoleVersion, RoleWord
from tests.factories.activities import REPORTED
from tests.factories.identity import make_member
from tests.factories.objectives import make_objective
from tests.factories.roles import make_role
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures

KINDS = ("plan-comment", "role-word")


@pytest.fixture
def house(db: Any) -> dict[str, Any]:
    """Ada said something bad about a plan and about a role; others said more after it."""
    made: dict[str, Any] = {name: make_member(name) for name in ("ada", "eve")}
    made |= {name: make_member(name, roles=("council",)) for name in ("cleo", "cora")}
    plan = make_objective("plan", state="asking", comments_until=clock.utcnow().date() + timedelta(days=9))
    made["plan-comment"] = asking.comment(plan.id, made["ada"].id, "A bad word", REPORTED).id
    asking.comment(plan.id, made["eve"].id, "A good word", REPORTED)
    make_role()
    version_id = db.session.scalars(sa.select(RoleVersion.id)).one()
    services.say(version_id, made["eve"], "A good word", REPORTED)
    made["role-word"] = services.say(version_id, made["ada"], "A bad word", REPORTED).id
    db.session.commit()
    return made


def asked(house: dict[str, Any], kind: str, who: str = "eve") -> flagged.Subject | None:
    return flagged.subject_of(kind, str(house[kind]), house[who])


def stands(db: Any, viewer: Member) -> dict[str, bool]:
    """Whether this member still reads it where it stood."""
    plan, version_id = db.session.scalars(sa.select(Objective)).one(), db.session.scalars(sa.select(RoleVersion.id)).one()
    said = asking.comments(plan, viewer, None).items, queries.words(version_id, viewer, None).items
    return {
        "plan-comment": "A bad word" in [one.words for one in said[0]],
        "role-word": "A bad word" in [one.text for one in said[1]],
    }


def test_what_was_taken_back_leaves_its_reports_to_nobody_else(db: Any, house: dict[str, Any]) -> None:
    """Its number is never another comment's."""
    plan, ada, eve = db.session.scalars(sa.select(Objective)).one(), house["ada"], house["eve"]
    last = asking.comment(plan.id, ada.id, "The last word", REPORTED).id
    subject = flagged.subject_of("plan-comment", str(last), eve)
    assert subject is not None
    assert flagging.report(subject, eve, "It hurts.", REPORTED)
    assert asking.take_back(plan.id, last, ada.id)
    db.session.commit()
    asking.comment(plan.id, house["cora"].id, "A harmless word", REPORTED)
    db.session.commit()
    (question,) = flagged.waiting(house["cleo"], None).items
    assert (question.subject, flagged.owner_of(question.ref)) == (None, None)


@pytest.mark.parametrize("kind", KINDS)
def test_the_way_of_a_report(db: Any, house: dict[str, Any], as_: Any, kind: str) -> None:  # noqa: F811
    eve, cleo, address = as_(house["eve"]), as_(house["cleo"]), f"/report/{kind}/{house[kind]}"
    path = {"plan-comment": "/objectives/plan/comments", "role-word": "/roles/coordinator"}[kind]
    assert f'href="{address}"' in eve.get(path).text
    assert f'href="{address}"' not in as_(house["ada"]).get(path).text
    assert as_(house["ada"]).get(address).status_code == 403
    assert "A bad word" in eve.get(address).text
    back = eve.post(address, {"reason": "It hurts."}).headers["Location"]
    mark = {"plan-comment": "said", "role-word": "word"}[kind]
    there = eve.get(back.partition("#")[0]).text
    assert back.endswith(f"#{mark}-{house[kind]}")
    assert f'id="{mark}-{house[kind]}"' in there
    assert kind != "plan-comment" or "Show all" in there  # what was said later stands on no page of this list
    queue = plain(cleo.get("/council/reports").text)
    assert "· Ada A bad word" in queue
    assert "It hurts. Eve" in queue
    assert cleo.post(f"/council/reports/{kind}/{house[kind]}", {"outcome": "taken_down", "words": "Rude."}).status_code == 303
    assert [stands(db, house[name])[kind] for name in ("eve", "cora", "ada")] == [False, False, kind == "plan-comment"]
    assert stands(db, house["eve"]) == {one: one != kind for one in KINDS}
    rows = db.session.scalars(sa.select(Notice).order_by(Notice.kind))
    assert [(one.member_id, one.kind, one.path, one.data["words"]) for one in rows] == [
        (house["ada"].id, "content.taken_down", back, "Rude."), (house["eve"].id, "content.taken_down.asked", "", "Rude."),
    ]  # fmt: skip
    assert (eve.get(address).status_code, "Rude." in cleo.get(f"/council/reports/history?kind={kind}").text) == (404, True)
    assert "Rude." not in cleo.get("/council/reports/history?kind=activity").text


@pytest.mark.parametrize("kind", KINDS)
def test_what_stays_stays_and_who_it_concerns_does_not_decide(db: Any, house: dict[str, Any], kind: str) -> None:
    ref, subject = Ref(kind, house[kind]), asked(house, kind, "cora")
    assert subject is not None
    flagging.report(subject, house["cora"], "Why?", REPORTED)
    with pytest.raises(NotFlagged, match="concerns you"):
        flagging.decide(ref, house["cora"], "taken_down", "Away.", REPORTED)
    assert flagging.decide(ref, house["cleo"], "kept", "It is fine.", REPORTED) is True
    assert stands(db, house["eve"])[kind] is True
    told = db.session.execute(sa.select(Notice.member_id, Notice.kind).order_by(Notice.kind)).all()
    assert [tuple(one) for one in told] == [(house["ada"].id, "content.kept"), (house["cora"].id, "content.kept.asked")]


@pytest.mark.parametrize("kind", KINDS)
def test_what_its_author_took_back_can_only_be_closed(db: Any, house: dict[str, Any], kind: str) -> None:
    subject, ref = asked(house, kind), Ref(kind, house[kind])
    assert subject is not None
    flagging.report(subject, house["eve"], "Why?", REPORTED)
    plan_id, ada = db.session.scalars(sa.select(Objective.id)).one(), house["ada"]
    assert (
        asking.take_back(plan_id, house[kind], ada.id)
        if kind == "plan-comment"
        else services.take_back(house[kind], ada.id, REPORTED)
    )
    (question,) = flagged.waiting(house["cleo"], None).items
    assert (question.ref, question.subject, asked(house, kind)) == (ref, None, None)
    with pytest.raises(NotFlagged, match="not here any more"):
        flagging.decide(ref, house["cleo"], "taken_down", "Away.", REPORTED)
    assert flagging.decide(ref, house["cleo"], "kept", "It is gone.", REPORTED) is True


def test_nobody_asks_about_what_they_do_not_read(db: Any, house: dict[str, Any]) -> None:
    """A plan that is a draft again, a version whose day has not come, an author who is suspended, a guest."""
    assert [flagged.subject_of(kind, str(house[kind]), None) for kind in KINDS] == [None, None]
    db.session.execute(sa.update(Objective).values(state="draft"))
    db.session.execute(sa.update(RoleVersion).values(all_on=date(2999, 1, 1)))
    db.session.flush()
    assert [asked(house, kind) for kind in KINDS] == [None, None]
    assert [asked(house, kind, "cleo") is not None for kind in KINDS] == [True, True]
    house["ada"].state = "suspended"
    db.session.flush()
    assert [asked(house, kind, "cleo") for kind in KINDS] == [None, None]


def test_a_queue_of_all_sorts_asks_no_more_for_more(db: Any, house: dict[str, Any], count_queries: Any) -> None:
    numbers = []
    for number in (1, 3):
        for turn in range(number):
            one = db.session.scalars(sa.select(PlanComment).where(PlanComment.id == house["plan-comment"])).one()
            other = PlanComment(objective_id=one.objective_id, member_id=house["ada"].id, words=f"{number}{turn}", at=REPORTED)
            version_id = db.session.scalars(sa.select(RoleVersion.id)).one()
            word = RoleWord(version_id=version_id, author_id=house["ada"].id, text=f"{number}{turn}", at=REPORTED)
            db.session.add_all([other, word])
            db.session.flush()
            for kind, id_ in (("plan-comment", other.id), ("role-word", word.id)):
                subject = flagged.subject_of(kind, str(id_), house["eve"])
                assert subject is not None
                flagging.report(subject, house["eve"], "Why?", REPORTED)
        db.session.commit()
        cleo = db.session.get_one(Member, house["cleo"].id)
        assert (cleo.roles, db.session.scalar(sa.select(Role.slug))) == ({"council"}, "coordinator")
        with count_queries() as seen:
            found = flagged.waiting(cleo, None).items
        numbers.append((len(found), len(seen)))
    assert [count for count, _queries in numbers] == [2, 8]
    assert numbers[0][1] == numbers[1][1] <= 16
