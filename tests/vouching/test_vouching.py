"""Where people belong and who vouches for them: in the hands of those it is about, found only by whom they let, and no right."""

from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.announcements.models import Notice
from recognition.config import Settings, SettingsError
from recognition.identity.services.merging import merge
from recognition.vouching import queries, rules, services
from recognition.vouching.models import Affiliation, Vouch
from tests.factories.identity import make_member
from tests.factories.vouching import make_affiliation, make_vouch
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures

WORDS = "We built a stall together."


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    made = {name: make_member(name, name=name.title()) for name in ("ada", "bob", "cleo", "dora")}
    db.session.commit()
    return made


def test_said_once_for_each_pair_and_taken_back(db, people, as_):  # noqa: F811
    bob, path = as_(people["bob"]), "/members/ada/vouches"
    assert bob.post(path, {"words": "  "}).status_code == 422
    long = bob.post(path, {"words": "y" * 501})
    assert (long.status_code, "y" * 501 in long.text) == (422, True)
    for words in (WORDS, "Something else"):
        assert bob.post(path, {"words": words}).status_code == 303
    assert db.session.execute(sa.select(Vouch.by_id, Vouch.words)).all() == [(people["bob"].id, WORDS)]
    assert db.session.execute(sa.select(Notice.member_id, Notice.kind)).all() == [(people["ada"].id, "vouch.said")]
    assert WORDS in plain(as_(people["cleo"]).get(path).text)
    bob.post(f"{path}/back", {})
    assert db.session.execute(sa.select(Vouch.id)).all() == []
    assert db.session.execute(sa.select(Notice.id)).all() == []  # nobody read it yet
    assert as_(people["ada"]).post(path, {"words": WORDS}).status_code == 422  # not for oneself


def test_whom_it_is_about_decides(db, people, as_, client):  # noqa: F811
    one = make_vouch(people["ada"].id, people["bob"].id)
    db.session.commit()
    ada, path = as_(people["ada"]), "/members/ada/vouches"

    def seen() -> list[bool]:
        readers = (client, as_(people["cleo"]), as_(people["bob"]), ada)
        return [WORDS in plain(reader.get(path).text) for reader in readers]

    def choose(shown_to: str) -> int:
        return ada.post(f"/me/vouches/{one.id}", {"shown_to": shown_to}).status_code

    assert seen() == [False, True, True, True]
    assert as_(people["cleo"]).post(f"/me/vouches/{one.id}", {"shown_to": "public"}).status_code == 404
    assert (choose("public"), seen()) == (303, [True, True, True, True])
    assert (choose("me"), seen()) == (303, [False, False, False, True])
    assert choose("nobody") == 404
    assert (choose("declined"), seen()) == (303, [False, False, False, False])
    # Whoever said it hears nothing of that, and saying it again changes nothing.
    assert WORDS in plain(as_(people["bob"]).get("/me/vouches").text)
    assert as_(people["bob"]).post(path, {"words": WORDS}).status_code == 303
    as_(people["bob"]).post(f"{path}/back", {})
    assert seen() == [False, False, False, False]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 0


def test_taking_it_back_looks_the_same_whether_it_was_declined(db, people, as_):  # noqa: F811
    """Nor may its place in their list, its words or a notice tell of a no."""
    bob, both = as_(people["bob"]), ("ada", "cleo")
    for name in both:
        make_vouch(people[name].id, people["bob"].id, declined_at=clock.utcnow() if name == "ada" else None)
    make_vouch(people["dora"].id, people["bob"].id)
    db.session.commit()

    def before_bob() -> list[list[bool]]:
        return [["/members/" + name in bob.get("/me/vouches").text, "You vouch for them." in bob.get(path(name)).text]
                for name in both]  # fmt: skip

    def path(name: str) -> str:
        return f"/members/{name}/vouches"

    assert before_bob() == [[True, True]] * 2
    for name in both:
        assert bob.post(f"{path(name)}/back", {}).status_code == 303
    assert before_bob() == [[False, False]] * 2
    for name in both:
        assert bob.post(path(name), {"words": "Said anew."}).status_code == 303
    assert before_bob() == [[True, True]] * 2
    assert [one.words for one in queries.said_by(people["bob"], None).items] == ["Said anew.", "Said anew.", WORDS]
    assert [[one.words for one in queries.said_of(people[name].id, people["dora"], None).items] for name in both] == [
        [], ["Said anew."],
    ]  # fmt: skip
    assert db.session.scalars(sa.select(Notice.member_id)).all() == [people["cleo"].id]


def test_a_word_for_somebody_who_is_suspended_can_be_taken_back(db, people, as_):  # noqa: F811
    make_vouch(people["ada"].id, people["bob"].id)
    people["ada"].state = "suspended"
    db.session.commit()
    assert as_(people["bob"]).post("/members/ada/vouches/back", {"from": "mine"}).status_code == 303
    assert db.session.scalars(sa.select(Vouch.id)).all() == []


def test_a_level_counts_what_its_reader_may_see_and_opens_nothing(db, people):
    ada = people["ada"]
    shown = [make_vouch(ada.id, people[name].id) for name in ("bob", "cleo", "dora")]
    gone = make_member("gone", state="suspended")
    make_vouch(ada.id, gone.id)
    db.session.commit()
    assert queries.level(ada.id, people["bob"]).words == "Several here vouch for them"
    assert queries.level(ada.id, people["bob"]).rule == "from 3 vouches on"
    assert queries.level(ada.id, None).number == 0
    shown[0].shown_to = "me"
    db.session.commit()
    assert [queries.level(ada.id, reader).number for reader in (people["bob"], ada)] == [1, 2]
    assert ada.roles == frozenset()


def test_only_so_many_a_day(db, people):
    bob = people["bob"]
    for at in range(rules.VOUCHES_A_DAY):
        services.vouch(bob, make_member(f"m-{at}"), WORDS, clock.utcnow())
    with pytest.raises(rules.NotSaid):
        services.vouch(bob, people["ada"], WORDS, clock.utcnow())


def test_where_one_belongs_is_several_and_shown_as_one_likes(db, people, as_, client):  # noqa: F811
    ada = as_(people["ada"])
    assert ada.post("/me/affiliations", {"sort": "outside", "name": " ", "shown_to": "public"}).status_code == 422
    assert ada.post("/me/affiliations", {"sort": "boss", "name": "", "shown_to": "public"}).status_code == 422
    for sort, name, shown_to in (
        ("staff", "Docs team", "me"),
        ("volunteer", "", "members"),
        ("outside", "Open Maps", "me"),
        ("outside", "Open Maps", "public"),
    ):
        assert ada.post("/me/affiliations", {"sort": sort, "name": name, "shown_to": shown_to}).status_code == 303
    pages = [plain(reader.get("/members/ada/vouches").text) for reader in (client, as_(people["bob"]), ada)]
    told = [[words in page for words in ("another project: Open Maps", "volunteer", "staff: Docs team")] for page in pages]
    assert told == [[True, False, False], [True, True, False], [True, True, True]]
    # What is read out begins with what stands on the button.
    assert 'aria-label="Take it away: volunteer ' in ada.get("/me/affiliations").text
    mine = db.session.scalars(sa.select(Affiliation).order_by(Affiliation.id)).all()
    assert len(mine) == 3
    as_(people["bob"]).post(f"/me/affiliations/{mine[0].id}/remove", {})
    ada.post(f"/me/affiliations/{mine[1].id}/remove", {})
    assert db.session.scalars(sa.select(Affiliation.sort).order_by(Affiliation.id)).all() == ["staff", "outside"]


def test_the_list_of_people_is_narrowed_by_what_its_reader_may_see(db, people, as_, client, count_queries):  # noqa: F811
    ada, bob, cleo = (people[name].id for name in ("ada", "bob", "cleo"))
    make_affiliation(ada, "staff", shown_to="public")
    make_affiliation(ada, "outside", "Open Maps")
    make_affiliation(bob, "staff", shown_to="me")
    make_affiliation(cleo, "staff")
    make_vouch(ada, bob, shown_to="public")
    make_vouch(cleo, bob, shown_to="me")
    make_vouch(bob, ada)
    for name in ("cleo", "dora"):
        make_vouch(bob, people[name].id)
    db.session.commit()

    def listed(reader: Any, query: str) -> list[str]:
        page = reader.get(f"/members/?{query}").text
        return [name for name in people if f'href="/members/{name}"' in page.partition('role="list"')[2]]

    dora = as_(people["dora"])
    readers = (client, dora, as_(people["bob"]))
    assert [listed(one, "belongs=staff") for one in readers] == [["ada"], ["ada", "cleo"], ["ada", "bob", "cleo"]]
    assert [listed(one, "belongs=outside") for one in readers] == [[], ["ada"], ["ada"]]
    assert [listed(one, "vouched=1") for one in readers] == [["ada"], ["ada", "bob"], ["ada", "bob"]]
    assert [listed(one, "vouched=2") for one in readers] == [[], ["bob"], ["bob"]]
    assert listed(dora, "belongs=staff&vouched=1&q=a") == ["ada"]
    assert listed(dora, "belongs=boss&vouched=99") == ["ada", "bob", "cleo", "dora"]  # no such choices
    with count_queries() as seen:
        listed(client, "belongs=staff&vouched=1")
    assert len(seen) <= 3


def test_two_rows_of_one_person(db, people):
    root, ada, bob, cleo, dora = make_member("root", roles=("admin",)), *people.values()
    make_vouch(ada.id, bob.id)  # would be for oneself
    make_vouch(ada.id, cleo.id, "older")
    make_vouch(bob.id, cleo.id, "newer", declined_at=clock.utcnow())
    make_vouch(dora.id, bob.id)
    make_affiliation(ada.id, "staff")
    make_affiliation(bob.id, "staff")
    make_affiliation(bob.id, "volunteer")
    db.session.commit()
    merge(bob, ada, root, "One person", clock.utcnow())
    db.session.commit()
    rows = db.session.execute(
        sa.select(Vouch.member_id, Vouch.by_id, Vouch.words, Vouch.declined_at.is_not(None)).order_by(Vouch.id)
    )
    assert rows.all() == [(ada.id, cleo.id, "older", True), (dora.id, ada.id, WORDS, False)]
    assert db.session.execute(sa.select(Affiliation.member_id, Affiliation.sort).order_by(Affiliation.id)).all() == [
        (ada.id, "staff"), (ada.id, "volunteer"),
    ]  # fmt: skip


def test_the_part_of_the_profile_costs_the_same(db, people, as_, count_queries):  # noqa: F811
    bob, numbers = as_(people["bob"]), []
    for some in (1, 2):
        for at in range(some):
            make_vouch(people["ada"].id, make_member(f"m-{some}-{at}").id)
            make_affiliation(people["ada"].id, "outside", f"{some} {at}")
        db.session.commit()
        assert 'hx-get="/members/ada/vouches"' in bob.get("/members/ada").text
        with count_queries() as seen:
            page = bob.client.get("/members/ada/vouches", headers={"HX-Request": "true"}).text
        assert "<html" not in page
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 12


@pytest.mark.parametrize(("typed", "levels"), [("2", (2,)), ("1, 5,50", (1, 5, 50)), ("3,1", None), ("0,1", None), ("x", None)])
def test_levels_are_the_houses(typed: str, levels: Any) -> None:
    env = {"RECOGNITION_VOUCH_LEVELS": typed, "RECOGNITION_SECRET_KEY": "x" * 40}
    if levels is None:
        with pytest.raises(SettingsError, match="VOUCH_LEVELS"):
            Settings.from_env(env)
    else:
        assert Settings.from_env(env).vouch_levels == levels
