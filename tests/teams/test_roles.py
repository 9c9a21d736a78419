"""Roles in a team: who has which, how one comes to it and lays it down, and whom an open place is shown to."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.identity.models import Membership
from recognition.identity.services import groups
from recognition.identity.services.merging import merge
from recognition.roles import applying, holding, places, services, suiting
from recognition.roles.models import RolePlace, RoleVersion
from recognition.roles.rules import LINE_MAX_CHARS
from tests.factories.identity import make_group, make_member
from tests.factories.roles import make_role
from tests.factories.teams import put_in
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures

TEAM = "/groups/nairobi/team"


@pytest.fixture
def house(db: Any) -> dict[str, Any]:
    """Nairobi, which Cleo looks after and Ada is in; Bob is not, and Vera is on the council."""
    group = make_group(entry="open")
    made: dict[str, Any] = {name: make_member(name, name=name.title()) for name in ("ada", "bob", "cleo")}
    made["vera"] = make_member("vera", roles=("council",))
    put_in(group, made["cleo"].id, is_curator=True)
    put_in(group, made["ada"].id)
    db.session.commit()
    return {**made, "group": group}


def open_role(slug: str, days: int = 9, **changes: Any) -> Any:
    return make_role(slug, places=1, open_until=clock.utcnow().date() + timedelta(days=days), **changes)


def held(db: Any) -> list[tuple[int, int]]:
    wanted = sa.select(RolePlace.role_id, RolePlace.member_id).where(RolePlace.ended_at.is_(None)).order_by(RolePlace.id)
    return [tuple(row) for row in db.session.execute(wanted)]


def test_who_has_which_role_stands_on_the_page_of_the_team(db, house, as_):  # noqa: F811
    role = make_role(held_by="team:nairobi")
    db.session.commit()
    cleo, ada, path = as_(house["cleo"]), as_(house["ada"]), f"{TEAM}/roles/coordinator"
    assert ada.post(path, {"handle": "ada"}).status_code == 403
    for handle in ("bob", "nobody"):
        refused = cleo.post(path, {"handle": handle})
        assert (refused.status_code, "Nobody of this handle is in the group" in refused.text) == (422, True)
    for _twice in range(2):
        assert cleo.post(path, {"handle": "@ada"}).status_code == 303
    assert held(db) == [(role.id, house["ada"].id)]
    assert "Ada" in plain(as_(house["bob"]).get(TEAM).text).partition("Who has which role")[2]
    house["ada"].visibility = {"groups": "me"}
    db.session.commit()
    readers = (as_(house["bob"]), as_(house["vera"]), cleo, ada)  # Vera sees no more of it than every member
    pages = [plain(reader.get(TEAM).text).partition("Who has which role")[2] for reader in readers]
    assert [("somebody who keeps it to themselves" in page, "Ada" in page) for page in pages] == [
        (True, False), (True, False), (False, True), (False, True),
    ]  # fmt: skip
    place, long = db.session.scalar(sa.select(RolePlace.id)), "y" * (LINE_MAX_CHARS + 1)
    refused = cleo.post(f"{path}/end/{place}", {"reason": long})
    asked = refused.text.partition('class="c-more"')[2].partition("</details>")[0]
    assert (refused.status_code, long in asked, "It is all still here." in asked) == (422, True, True)
    as_(house["bob"]).post(f"{TEAM}/roles/lay-down/{place}", {})
    assert len(held(db)) == 1
    ada.post(f"{TEAM}/roles/lay-down/{place}", {})
    assert held(db) == []
    assert "Nobody has it now." in plain(cleo.get(TEAM).text)


def test_only_a_person_takes_a_role_and_says_why(db, house, as_):  # noqa: F811
    role = make_role(held_by="team:nairobi")
    places.write_down(role, "Coordinator", house["group"], house["ada"], house["cleo"], clock.utcnow())
    db.session.commit()
    place = db.session.scalar(sa.select(RolePlace.id))
    as_(house["cleo"]).post(f"{TEAM}/roles/coordinator/end/{place}", {"reason": "We share it anew."})
    assert held(db) == []
    assert db.session.scalars(sa.select(Notice.kind).order_by(Notice.id)).all() == ["role.placed", "role.place_ended"]
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.after) == ("role.place_ended", {"member": house["ada"].id, "reason": "We share it anew."})


def test_whoever_leaves_the_group_has_laid_it_down(db, house, as_):  # noqa: F811
    ada, group, now = house["ada"], house["group"], clock.utcnow()
    role, other = make_role(held_by="team:nairobi"), make_group("other")
    for who in ("ada", "cleo"):
        places.put(role.id, house[who].id, house["cleo"].id, now)
    put_in(other, ada.id)
    db.session.commit()
    groups.leave(other, ada, now)
    db.session.commit()
    assert held(db) == [(role.id, ada.id), (role.id, house["cleo"].id)]
    groups.leave(group, ada, now)
    db.session.commit()
    cleo = house["cleo"].id
    assert (held(db), holding.belongs(ada), holding.slice_of("team:nairobi", 0, 9)) == ([(role.id, cleo)], frozenset(), [cleo])
    groups.join(group, ada, now)
    db.session.commit()
    assert holding.belongs(ada) == {"group:nairobi"}
    assert "Ada" not in plain(as_(house["bob"]).get(TEAM).text).partition("Who has which role")[2]


@pytest.mark.parametrize("word", ["role:council", "group:other", "team:other"])
def test_a_role_that_others_hold_now_gives_who_had_it_no_word_of_theirs(db, house, word):
    make_group("other")
    role = make_role(held_by="team:nairobi")
    places.put(role.id, house["ada"].id, house["cleo"].id, clock.utcnow())
    assert holding.belongs(house["ada"]) == {"group:nairobi", "team:nairobi", f"place:{role.id}"}
    role.held_by = word
    db.session.flush()
    assert holding.belongs(house["ada"]) == {"group:nairobi"}
    assert holding.slice_of("team:other", 0, 9) == []
    assert places.holders([role.id], house["cleo"], sees_all=True) == {}


def test_a_yes_brings_a_place_and_takes_one_away(db, house):
    now = clock.utcnow()
    role, other = open_role("greeter", held_by="team:nairobi"), make_role("other", held_by="team:nairobi")
    asked = applying.apply(role.id, house["bob"], "I would like to.", now)
    assert applying.decide(asked.id, house["vera"], "accepted", "Welcome.", now)
    db.session.commit()
    assert (held(db), role.places) == ([(role.id, house["bob"].id)], 0)
    inside = sa.select(Membership.state).where(Membership.member_id == house["bob"].id)
    assert db.session.scalar(inside) == "in"
    mine = holding.belongs(house["bob"])
    assert [holding.has(role, mine), holding.has(other, mine)] == [True, False]
    # Those who have the other one do not hear what is new in this one.
    version = db.session.scalar(sa.select(RoleVersion.id).where(RoleVersion.role_id == other.id))
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Notice))
    services.tell_holders(version, 0, now)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == before


def test_an_open_place_is_shown_to_whom_it_may_suit_and_says_why(db, house, as_):  # noqa: F811
    ada, bob = house["ada"], house["bob"]
    ada.areas, bob.areas = ["Testing"], ["Place", "Te"]
    open_role("soonest", days=1)
    open_role("in-the-team", days=3, held_by="team:nairobi")
    db.session.commit()
    now = clock.utcnow()
    found = {who.handle: [(one.reading.role.slug, one.team, list(one.words)) for one in suiting.open_roles(who, now)]
             for who in (ada, bob)}  # fmt: skip
    assert found == {
        "ada": [("in-the-team", "Nairobi", []), ("soonest", "", [])],
        "bob": [("soonest", "", ["Place"]), ("in-the-team", "", ["Place"])],
    }
    assert "It is in the team of Nairobi, where you are." in plain(as_(ada).get("/roles/fitting").text)
    page = plain(as_(bob).get("/tasks/").text)
    assert "It speaks of “Place”, which stands on your page. A place is open until" in page
    assert "Open role 5 minutes" not in page
    team = plain(as_(bob).get(TEAM).text)
    assert "1 open place, until" in team
    assert "I would like to do this" in team


def test_a_place_goes_along_with_its_person(db, house):
    root, now = make_member("root", roles=("admin",)), clock.utcnow()
    one, two = make_role("one", held_by="team:nairobi"), make_role("two", held_by="team:nairobi")
    for role, who in ((one, "ada"), (one, "bob"), (two, "bob")):
        places.put(role.id, house[who].id, house["cleo"].id, now)
    db.session.commit()
    merge(house["bob"], house["ada"], root, "One person", now)
    db.session.commit()
    assert held(db) == [(one.id, house["ada"].id), (two.id, house["ada"].id)]
