"""Choosing and ordering pins, with and without script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities import drain
from recognition.badges import queries
from recognition.badges.forms.jacket import arrangement
from recognition.badges.models import Award, Badge
from recognition.badges.queries import jacket, latest_pin
from recognition.badges.services import answering
from recognition.extensions import db as database
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

SignIn = Callable[[FlaskClient, Any], None]


def holder(slugs: tuple[str, ...], handle: str = "ada") -> Any:
    member = make_member(handle)
    for slug in slugs:
        if queries.badge_by_slug(slug) is None:
            make_badge(slug, {"count": {"kind": slug}}, levels=[1, 5])
        make_activity(member.id, kind=slug)
        database.session.commit()
        drain.drain()
    return member


def keys_of(member: Any) -> dict[str, str]:
    rows = database.session.scalars(sa.select(Award).where(Award.member_id == member.id))
    return {award.badge.slug: award.key for award in rows}


def save(client: FlaskClient, form: dict[str, str], **more: Any) -> Any:
    page = client.get("/me/badges").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    return client.post("/me/badges", data=form | {"csrf_token": token.group(1)}, **more)


def slugs(pins: Any) -> list[str]:
    return [pin.badge.slug for pin in pins]


def test_who_has_not_chosen_wears_the_newest(app: Any) -> None:
    with app.test_request_context():
        ada = holder(tuple("abcdefgh"))
        worn = jacket(ada.id, None)
        assert slugs(worn.worn) == list("hgfedc")
        assert slugs(worn.back) == list("ba")
        assert latest_pin(ada.id).badge.slug == "h"


def test_chosen_pins_come_in_their_order_with_the_highest_level(app: Any) -> None:
    with app.test_request_context():
        ada = holder(("a", "b", "c"))
        keys = keys_of(ada)
        answering.arrange(ada.id, [keys["c"], keys["a"]], [])
        for _turn in range(4):
            make_activity(ada.id, kind="a", fingerprinted=False)
        database.session.commit()
        drain.drain()
        worn = jacket(ada.id, None)
        assert [(pin.badge.slug, pin.award.level) for pin in worn.worn] == [("c", 1), ("a", 5)]
        assert slugs(worn.back) == ["b"]


def test_hidden_pins_are_on_the_owners_jacket_only(app: Any) -> None:
    with app.test_request_context():
        ada, rex = holder(("a", "b")), make_member("rex", roles=("admin",))
        keys = keys_of(ada)
        answering.arrange(ada.id, [keys["a"]], [keys["a"]])
        assert [slugs(jacket(ada.id, viewer).pins) for viewer in (ada, rex, None)] == [["a", "b"], ["b"], ["b"]]


def test_others_pins_cannot_be_arranged(app: Any) -> None:
    ada, rex = holder(("a",)), holder(("a",), "rex")
    answering.arrange(rex.id, [keys_of(ada)["a"]], [keys_of(ada)["a"]])
    shown = database.session.execute(sa.select(Award.shown, Award.position).where(Award.member_id == ada.id)).one()
    assert tuple(shown) == (True, None)


def test_the_form_works_without_script(client: FlaskClient, sign_in: SignIn, app: Any) -> None:
    ada = holder(("a", "b", "c"))
    keys = keys_of(ada)
    sign_in(client, ada)
    form = {f"place-{keys['a']}": "2", f"place-{keys['c']}": "1", f"place-{keys['b']}": "", f"hidden-{keys['b']}": "1"}
    answer = save(client, form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me/badges")
    with app.test_request_context():
        assert slugs(jacket(ada.id, ada).worn) == ["c", "a"]
        assert slugs(jacket(ada.id, None).pins) == ["c", "a"]
    counts = database.session.execute(sa.select(Badge.slug, Badge.holders_count).order_by(Badge.slug)).all()
    assert [tuple(row) for row in counts] == [("a", 1), ("b", 0), ("c", 1)]


def test_a_place_that_is_no_number_is_said_so_and_nothing_changes(client: FlaskClient, sign_in: SignIn, app: Any) -> None:
    ada = holder(("a",))
    sign_in(client, ada)
    answer = save(client, {f"place-{keys_of(ada)['a']}": "first"})
    assert answer.status_code == 422
    assert "A place is a whole number from 1" in answer.get_data(as_text=True)
    assert database.session.scalars(sa.select(Award.position)).all() == [None]


def test_with_htmx_the_form_alone_comes_back(client: FlaskClient, sign_in: SignIn) -> None:
    ada = holder(("a", "b"))
    keys = keys_of(ada)
    sign_in(client, ada)
    form = {f"place-{keys['a']}": "1", f"place-{keys['b']}": "2", "down": keys["a"]}
    text = save(client, form, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in text
    assert text.index(f"pin-{keys['b']}") < text.index(f"pin-{keys['a']}")


@pytest.mark.parametrize(
    ("form", "worn"),
    [
        ({}, ["a", "b"]),
        ({"up": "b"}, ["b", "a"]),
        ({"up": "a"}, ["a", "b"]),
        ({"down": "a"}, ["b", "a"]),
        ({"down": "b"}, ["a", "b"]),
        ({"wear": "c"}, ["a", "b", "c"]),
        ({"off": "a"}, ["b"]),
        ({"off": "nobody"}, ["a", "b"]),
        ({"place-c": "1"}, ["a", "c", "b"]),
    ],
)
def test_buttons_move_one_pin(app: Any, form: dict[str, str], worn: list[str]) -> None:
    with app.test_request_context():
        wish = arrangement({"place-a": "1", "place-b": "2"} | form, ["a", "b", "c"])
    assert (wish.worn, wish.errors) == (worn, {})


def test_what_the_page_did_not_show_stays_as_it_is(client: FlaskClient, sign_in: SignIn, app: Any) -> None:
    """Kept to oneself, or taken back, in another window since the page was opened."""
    ada = holder(("a", "b", "c"))
    keys = keys_of(ada)
    sign_in(client, ada)
    answering.arrange(ada.id, [keys["c"]], [keys["b"], keys["c"]])
    database.session.execute(sa.update(Award).where(Award.key == keys["c"]).values(revoked_at=clock.utcnow()))
    database.session.commit()
    assert save(client, {f"place-{keys['a']}": "1"}).status_code == 303
    shown = database.session.execute(sa.select(Award.key, Award.shown).where(Award.level == 1)).all()
    assert dict(tuple(row) for row in shown) == {keys["a"]: True, keys["b"]: False, keys["c"]: False}
