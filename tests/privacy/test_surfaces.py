"""Each surface, with people who would show there if it were broken: who opted out, who takes no badges, whose name is
hidden, who went away or left, who is suspended, and a row that was joined to another's."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities import member_counts
from recognition.activities.drain import drain
from recognition.activities.models import Comment
from recognition.badges import rarity
from recognition.badges.models import Award, Badge, BadgeRarity
from recognition.extensions import db as database
from recognition.identity.models import Group, Membership
from recognition.identity.services import profiles, tokens
from recognition.identity.services.merging import merge
from recognition.leaderboards import counting, groups, rebuild
from recognition.leaderboards.models import Board, GroupStanding
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member

NAMES = {
    "openly": "Openly Shown", "reader": "Reader Reading", "quiet": "Quiet Optedout", "nobadge": "Nobadge Wanting",
    "nameless": "Nameless Hidden", "away": "Away Travelling", "alumna": "Alumna Leaving", "banned": "Banned Suspended",
    "double": "Double Merged",
}  # fmt: skip
CHANGES: dict[str, dict[str, Any]] = {
    "quiet": {"on_boards": False},
    "nobadge": {"takes_badges": False},
    "nameless": {"visibility": {"name": "me"}},
}
LATER = {"away": "away", "alumna": "alumni", "banned": "suspended"}
ON_BOARDS = {"openly", "reader", "nobadge", "nameless"}
"""Whoever said so, is active, and is shown by name or handle."""
THERE = set(NAMES) - {"banned", "double"}


@dataclass
class House:
    """Everybody did the same in the open, so that a surface that shows one shows them all, unless it asks who may be."""

    client: FlaskClient
    sign_in: Callable[[FlaskClient, Any], None]
    people: dict[str, Any] = field(default_factory=dict)
    signed_in: bool = False

    def read(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address)
        assert answer.status_code == status
        return answer.get_data(as_text=True)

    def who(self, address: str) -> set[str]:
        """Who is named or linked on the page, apart from the reader's own menu. A hidden name is on no page at all."""
        text = self.read(address)
        text = text[text.index("<main") : text.index("</main>")] if "<main" in text else text
        assert NAMES["nameless"] not in text
        return {
            handle for handle, name in NAMES.items() if name in text or f'/members/{handle}"' in text or f'"{handle}"' in text
        }


@pytest.fixture(params=["guest", "member"])
def house(request: Any, client: FlaskClient, sign_in: Any, db: Any) -> House:
    db.session.add_all([
        Board(slug="community", name="Everybody", kinds=[]),
        Board(slug="capped", name="Capped", kinds=[], per_day=5),
        Board(slug="groups", name="Per head", kinds=[], per_head=True),
    ])  # fmt: skip
    make_badge("first", {"count": {"kind": "talk"}, "at_least": 1})
    group = make_group("nairobi")
    visible = dict.fromkeys(("picture", "groups"), "public")
    people = {}
    for handle, name in NAMES.items():
        own = CHANGES.get(handle, {})
        values = {"on_boards": True, "wears_at_once": True, **own, "visibility": visible | own.get("visibility", {})}
        people[handle] = make_member(handle, name=name, **values)
        db.session.add(Membership(group_id=group.id, member_id=people[handle].id, state="in", since=clock.utcnow()))
        make_activity(people[handle].id, kind="talk", visibility="public", text="A talk",
                      occurred_at=clock.utcnow(), fingerprinted=False)  # fmt: skip
    db.session.commit()
    drain()
    for board in db.session.scalars(sa.select(Board)).all():
        counting.count(board.id, "all")
    for handle, state in LATER.items():
        people[handle].state = state
        db.session.flush()
        profiles.tell_changed(people[handle].id)
    merge(people["double"], people["openly"], None, "The same person twice.", clock.utcnow())
    db.session.commit()
    drain()
    groups.sum_up(clock.utcnow().date())
    rarity.count_holders(clock.utcnow())
    db.session.commit()
    found = House(client, sign_in, people, request.param == "member")
    if found.signed_in:
        sign_in(client, people["reader"])
    return found


@pytest.mark.parametrize("period", ["week", "month", "season", "all"])
@pytest.mark.parametrize("slug", ["community", "capped"])
def test_the_top_and_around_on_a_board(house: House, slug: str, period: str) -> None:
    assert house.who(f"/boards/{slug}?period={period}") == ON_BOARDS


@pytest.mark.parametrize("handle", NAMES)
def test_the_deeds_behind_a_score(house: House, handle: str) -> None:
    answer = house.client.get(f"/boards/community/scores/{handle}?period=all")
    assert answer.status_code == (200 if handle in ON_BOARDS else 404)
    assert NAMES["nameless"] not in answer.get_data(as_text=True)


def test_ranks_skip_nobody_who_is_not_there(house: House) -> None:
    top = house.client.get("/api/v1/boards/community?period=all").get_json()["top"]
    assert [line["rank"] for line in top] == [1, 2, 3, None]
    assert {line["member"]: line["name"] for line in top} == {h: NAMES[h] if h != "nameless" else "" for h in ON_BOARDS}


@pytest.mark.parametrize("handle", NAMES)
def test_nobody_can_ask_a_program_for_who_is_not_there(house: House, handle: str) -> None:
    answer = house.client.get(f"/api/v1/boards/community?period=all&around={handle}")
    assert answer.status_code == (200 if handle in ON_BOARDS else 404)
    if answer.status_code == 200:
        assert {line["member"] for line in answer.get_json()["around"]} == ON_BOARDS


def test_heads_of_a_group_on_a_board(house: House) -> None:
    text = house.read("/boards/groups?period=all")
    heads = database.session.scalars(sa.select(GroupStanding.people).where(GroupStanding.period == "all")).all()
    assert heads == [len(ON_BOARDS)]
    assert ("nairobi" in text) is house.signed_in


def test_a_group_of_whom_too_few_want_to_be_seen(house: House) -> None:
    for handle in ("openly", "nobadge"):
        profiles.set_boards(house.people[handle].id, False)
    groups.sum_up(clock.utcnow().date())
    database.session.commit()
    assert "nairobi" not in house.read("/boards/groups?period=all")


def test_people_of_a_group_and_their_number(house: House) -> None:
    assert house.who("/groups/nairobi") == THERE
    member_counts.count(1, clock.utcnow())
    assert database.session.get_one(Group, 1).member_count == len(THERE)


def test_who_wears_a_badge_and_who_had_it_first(house: House) -> None:
    assert house.who("/badges/first") == THERE - {"nobadge", "nameless"}


def test_how_many_wear_a_badge(house: House) -> None:
    badge = database.session.scalars(sa.select(Badge)).one()
    assert badge.holders_count == len(THERE - {"nobadge"})
    counted = database.session.get_one(BadgeRarity, badge.id)
    active = THERE - {"away", "alumna"}
    assert (counted.holders, counted.members) == (len(active - {"nobadge"}), len(active))
    assert house.client.get("/api/v1/badges/first").get_json()["holders"] == badge.holders_count


@pytest.mark.parametrize("handle", NAMES)
def test_awards_for_programs(house: House, handle: str) -> None:
    answer = house.client.get(f"/api/v1/members/{handle}/awards")
    assert answer.status_code == (200 if handle in THERE else 404)
    if handle in THERE:
        assert len(answer.get_json()["items"]) == (0 if handle == "nobadge" else 1)


def test_no_badge_was_given_to_who_takes_none(house: House) -> None:
    mine = sa.select(sa.func.count()).select_from(Award).where(Award.member_id == house.people["nobadge"].id)
    assert database.session.scalar(mine) == 0


@pytest.mark.parametrize("handle", NAMES)
def test_the_page_of_a_member(house: House, handle: str) -> None:
    answer = house.client.get(f"/members/{handle}")
    assert answer.status_code in ({200} if handle in THERE else {404, 301, 302, 303, 308})
    assert NAMES["nameless"] not in answer.get_data(as_text=True)


def test_the_list_of_members_and_the_search(house: House) -> None:
    assert house.who("/members/") == THERE
    for handle, name in NAMES.items():
        found = house.who(f"/members/?q={name.split()[1]}")
        assert found == ({handle} & THERE - {"nameless"})


@pytest.mark.parametrize("address", ["/activities/", "/activities/?kind=talk", "/activities/?group=nairobi"])
def test_deeds_of_everybody(house: House, address: str) -> None:
    shown = house.who(address)
    assert shown == (THERE if "group" not in address else set())


def test_feeds_of_deeds(house: House) -> None:
    for ending in ("atom", "json", "ics"):
        told = house.read(f"/feeds/activities.{ending}")
        shown = {handle for handle in NAMES if f"/members/{handle}" in told or NAMES[handle] in told}
        assert shown == THERE - ({"nameless"} if ending == "ics" else set())
        assert NAMES["nameless"] not in told


def test_a_month_of_each_member(house: House) -> None:
    for handle in NAMES:
        answer = house.client.get(f"/members/{handle}/months/{clock.utcnow():%Y-%m}")
        assert answer.status_code == (200 if handle in THERE else 404)
        assert NAMES["nameless"] not in answer.get_data(as_text=True)


def test_what_is_said_about_a_deed(house: House) -> None:
    """Members read it, with the names that they may read; of who is suspended nobody reads a word."""
    about = make_activity(house.people["openly"].id, visibility="public", text="Talked about").id
    for handle in NAMES:
        words = {"nonce": handle, "text": f"Words of {handle}.", "said_at": clock.utcnow()}
        database.session.add(Comment(activity_id=about, member_id=house.people[handle].id, **words))
    database.session.commit()
    page = house.read(f"/activities/{about}")
    assert {handle for handle in NAMES if f"Words of {handle}." in page} == (THERE if house.signed_in else set())
    assert house.who(f"/activities/{about}") == (THERE if house.signed_in else {"openly"})


def test_the_first_page(house: House) -> None:
    assert not house.who("/") & {"banned", "double"}


def test_deeds_for_programs(house: House) -> None:
    token = tokens.add_token(house.people["reader"], ["activities:read"], clock.utcnow())
    database.session.commit()
    answer = house.client.get("/api/v1/activities", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    told = answer.get_data(as_text=True)
    assert {handle for handle in NAMES if f'"{handle}"' in told} == THERE
    assert NAMES["nameless"] not in told


def test_what_is_kept_still_agrees_with_the_log(house: House) -> None:
    assert house.people
    assert list(rebuild.check()) == []


def test_a_kept_page_of_a_guest_is_for_guests_and_follows_at_once(house: House, app: Any) -> None:
    """Pages for guests are kept between two changes of the database; nobody's own page may get among them."""
    if house.signed_in:
        return
    guest, address = app.test_client(), "/boards/community?period=all"
    before = guest.get(address).get_data(as_text=True)
    assert guest.get(address).get_data(as_text=True) == before
    own = app.test_client()
    house.sign_in(own, house.people["quiet"])
    mine = own.get(address).get_data(as_text=True)
    assert "You and your own past" in mine
    assert NAMES["quiet"] in mine
    again = guest.get(address).get_data(as_text=True)
    assert "You and your own past" not in again
    assert NAMES["quiet"] not in again
    assert "csrf_token" not in again
    profiles.set_boards(house.people["openly"].id, False)
    database.session.commit()
    assert NAMES["openly"] not in guest.get(address).get_data(as_text=True)


def test_who_is_suggested_while_one_types(house: House) -> None:
    if not house.signed_in:
        assert house.client.get("/activities/suggest?q=@").status_code == 302
        return
    found = {begun: house.client.get("/activities/suggest", query_string={"q": f"@{begun}"}).get_json()["items"]
             for begun in ("", *NAMES, *(name.split()[1] for name in NAMES.values()))}  # fmt: skip
    assert {one["insert"].removeprefix("@") for one in found[""]} == THERE - {"reader"}
    assert [found[begun] for begun in ("Hidden", "Suspended", "Merged", "banned", "double", "reader")] == [[]] * 6
    assert [(one["label"], one["note"]) for one in found["nameless"]] == [("@nameless", "")]
