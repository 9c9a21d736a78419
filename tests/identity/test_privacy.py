"""Each field, for each choice, to each reader: in the rule, on the pages, in search and in the order of lists."""

from dataclasses import asdict
from typing import Any

import pytest
from flask.testing import FlaskClient

from recognition.extensions import db
from recognition.identity.fields import DEFAULT_VISIBILITY, LEVELS
from recognition.identity.models import Member, Membership
from recognition.identity.queries import groups_of, members, profiles
from recognition.identity.rules import may_see, visible_fields
from recognition.media.models import Media
from tests.factories.identity import JOINED, make_group, make_member

SECRETS: dict[str, Any] = {
    "name": "Secretname", "pronouns": "secret/pronouns", "place": "Secretplace", "languages": ["Secretlanguage"],
    "areas": ["secretarea"], "links": ["https://secret.example/link"], "bio": "Secretbio", "ask_me_about": "Secretask",
}  # fmt: skip
READERS = ("stranger", "other", "admin", "self")
SEES = {"public": set(READERS), "members": {"other", "admin", "self"}, "me": {"self"}}
CASES = [(field, level, reader) for field in DEFAULT_VISIBILITY for level in LEVELS for reader in READERS]


@pytest.fixture
def readers(app: Any) -> dict[str, Member | None]:
    shy = make_member("shy", **SECRETS)
    size = {"width_px": 1, "height_px": 1, "size_bytes": 1}
    media = Media(key="secretkey", content_hash="0" * 64, small_hash="1" * 64, mime="image/webp", created_at=JOINED, **size)
    group = make_group("secretgroup", name="Secretgroup")
    db.session.add_all([media, Membership(group_id=group.id, member_id=shy.id, since=JOINED)])
    db.session.flush()
    shy.picture_id = media.id
    people = {
        "stranger": None,
        "other": make_member("other"),
        "admin": make_member("root1", roles=("admin", "council")),
        "self": shy,
    }
    db.session.commit()
    return people


def choose(shy: Member, field: str, level: str) -> None:
    """Everything else is shown to all, so that only this field can be what is missing."""
    shy.visibility = {**dict.fromkeys(DEFAULT_VISIBILITY, "public"), field: level}
    db.session.commit()


@pytest.mark.parametrize(("field", "level", "reader"), CASES)
def test_the_rule(readers: Any, field: str, level: str, reader: str) -> None:
    shy, viewer = readers["self"], readers[reader]
    choose(shy, field, level)
    view = asdict(visible_fields(shy, viewer))
    shown = {
        name: bool(view["picture_url"] if name == "picture" else view.get(name, view["shows_groups"]))
        for name in DEFAULT_VISIBILITY
    }
    assert shown == {name: name != field or reader in SEES[level] for name in DEFAULT_VISIBILITY}
    assert bool(view["portrait_url"]) == shown["picture"]
    assert may_see(shy, field, viewer) == shown[field]
    assert (view["handle"], view["is_self"]) == ("shy", reader == "self")
    assert [group.slug for group in groups_of(shy, viewer)] == (["secretgroup"] if shown["groups"] else [])


@pytest.fixture
def clients(app: Any, readers: Any, sign_in: Any) -> dict[str, FlaskClient]:
    clients = {reader: app.test_client() for reader in READERS}
    for reader, viewer in readers.items():
        if viewer is not None:
            sign_in(clients[reader], viewer)
    return clients


def secret(field: str) -> str:
    value = {**SECRETS, "picture": "secretkey", "groups": "secretgroup", "since": "With us since 2026"}[field]
    return value[0] if isinstance(value, list) else value


PAGES = ("/members/shy", "/members/", "/members/?q=shy", "/groups/secretgroup", "/members/shy/years")
ON = {"since": 4}
"""The page that tells what is shown; the profile tells the rest."""


@pytest.mark.parametrize("field", DEFAULT_VISIBILITY)
def test_the_pages(readers: Any, clients: Any, field: str) -> None:
    """A field that is hidden stands on no page; one that is shown stands on the profile."""
    for level in LEVELS:
        choose(readers["self"], field, level)
        for reader, client in clients.items():
            pages = [client.get(address).text for address in PAGES]
            found = [secret(field) in page for page in (pages[:3] if field == "groups" else pages)]
            if reader in SEES[level]:
                assert found[ON.get(field, 0)], (field, level, reader)
            else:
                assert not any(found), (field, level, reader)


def test_by_default_strangers_see_the_name_alone(readers: Any) -> None:
    view = visible_fields(readers["self"], None)
    assert {name for name, value in asdict(view).items() if value and name not in ("id", "state")} == {"handle", "name"}


def test_who_kept_all_but_the_name_before_there_was_a_choice_about_years_keeps_these(readers: Any) -> None:
    shy, others = readers["self"], [name for name in DEFAULT_VISIBILITY if name not in ("name", "since")]
    seen = []
    for shown in ("", *others):
        shy.visibility = {**dict.fromkeys(others, "me"), **({shown: "members"} if shown else {})}
        seen.append(visible_fields(shy, readers["other"]).since is not None)
    assert seen == [False, *(True for _name in others)]
    assert visible_fields(shy, shy).since is not None
    shy.visibility = {**dict.fromkeys(others, "me"), "since": "members"}
    assert visible_fields(shy, readers["other"]).since is not None


@pytest.mark.parametrize("broken", [{"place": "everybody"}, {"place": ""}, {"place": None}])
def test_a_choice_that_means_nothing_hides(readers: Any, broken: Any) -> None:
    readers["self"].visibility = broken
    assert visible_fields(readers["self"], readers["other"]).place == ""


@pytest.mark.parametrize("field", ["name", "place"])
@pytest.mark.parametrize("level", LEVELS)
def test_search_finds_only_what_may_be_seen(readers: Any, field: str, level: str) -> None:
    choose(readers["self"], field, level)
    for reader in ("stranger", "other", "admin"):
        found = [view.handle for view in members(readers[reader], SECRETS[field].upper()).items]
        assert found == (["shy"] if reader in SEES[level] else []), reader
        assert [view.handle for view in members(readers[reader], "shy").items] == ["shy"]


def test_other_fields_are_not_searched(readers: Any) -> None:
    choose(readers["self"], "bio", "public")
    assert [members(None, SECRETS[field]).items for field in ("bio", "ask_me_about", "pronouns")] == [[], [], []]


def test_the_order_does_not_tell_a_hidden_name(readers: Any) -> None:
    """ "Secretname" would stand after "other" and "root1" if it told, and stands where "aaa" belongs."""
    shy = readers["self"]
    shy.handle = "aaa"
    for level in ("members", "me"):
        choose(shy, "name", level)
        for viewer in readers.values():
            assert [view.handle for view in members(viewer).items] == ["aaa", "other", "root1"]
    choose(shy, "name", "public")
    assert [view.handle for view in members(None).items] == ["other", "root1", "aaa"]


def test_a_suspended_member_is_nowhere(readers: Any, clients: Any) -> None:
    readers["self"].state = "suspended"
    choose(readers["self"], "bio", "public")
    for reader in ("stranger", "other", "admin"):
        assert clients[reader].get("/members/shy").status_code == 404
        assert "shy" not in [view.handle for view in members(readers[reader]).items]
        assert asdict(visible_fields(readers["self"], readers[reader]))["name"] == ""
        assert "shy" not in clients[reader].get("/groups/secretgroup").text


def test_many_profiles_take_as_many_statements_as_one(readers: Any, count_queries: Any) -> None:
    def statements(ids: list[int]) -> int:
        db.session.expire_all()
        with count_queries() as seen:
            assert set(profiles(ids, None)) == set(ids)
        return len(seen)

    ids = [viewer.id for viewer in readers.values() if viewer]
    assert statements(ids[:1]) <= 3
    assert statements(ids) <= 3
    assert profiles([], None) == {}
