"""The workshop's pages about tags and kinds: what they count, what follows, what they refuse."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock, i18n
from recognition.activities.models import Activity, Kind, TagRule
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.pages.tags import quarters
from tests.activities.test_tagging import run_jobs, told
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.identity import pages

SignIn = Callable[[FlaskClient, Member], None]
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def words(answer: Any) -> str:
    return pages.words(answer.text)


@pytest.fixture(autouse=True)
def no_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def rosa(client: FlaskClient, db: Any, sign_in: SignIn) -> Member:
    member = make_member("rosa", roles=("council",))
    database.session.add(Kind(slug="other", label="Something else", points=5))
    database.session.add(Kind(slug="talk", label="Gave a talk", points=10, offered=True, position=3))
    database.session.commit()
    sign_in(client, member)
    return member


def test_quarters() -> None:
    first = {1: (2026, 1, 2025, 10), 3: (2026, 1, 2025, 10), 4: (2026, 4, 2026, 1), 12: (2026, 10, 2026, 7)}
    for month, (year, begins, before_year, before) in first.items():
        expected = (datetime(year, begins, 1, tzinfo=UTC), datetime(before_year, before, 1, tzinfo=UTC))
        assert quarters(datetime(2026, month, 15, tzinfo=UTC)) == expected


def test_growth_is_counted_by_quarter_without_what_is_hidden(client: FlaskClient, rosa: Member) -> None:
    with clock.as_of(NOW):
        ada, gone = make_member("ada"), make_member("gone", state="suspended")
        for _turn in range(2):
            told(ada, "call", occurred_at=datetime(2026, 11, 3, tzinfo=UTC))
        told(rosa, "call", occurred_at=datetime(2026, 8, 3, tzinfo=UTC))
        told(rosa, "call", occurred_at=datetime(2026, 5, 3, tzinfo=UTC))
        told(ada, "call", "secret", visibility="me")
        told(gone, "call", "gone")
        page = words(client.get("/council/tags/"))
        assert "#call 2 deeds by 1 person 1 deed by 1 person" in page
        assert "secret" not in page
        assert "gone" not in page


def test_near_words_are_suggested_and_merged(client: FlaskClient, rosa: Member) -> None:
    ada = make_member("ada")
    told(ada, "mozcafé"), told(ada, "mozcafe"), told(ada, "mozcafe")
    assert "/council/tags/mozcaf%C3%A9?into=mozcafe#merge" in client.get("/council/tags/").text
    looked = client.post("/council/tags/mozcafé/merge", data={"into": "#MozCafe", "then": "look"})
    assert "1 deed changes its tag. #mozcafe has 2 deeds today." in words(looked)
    assert database.session.scalars(sa.select(TagRule)).all() == []
    done = client.post("/council/tags/mozcafé/merge", data={"into": "mozcafe", "then": "do"})
    assert (done.status_code, done.location) == (303, f"/council/tags/made/{one_rule().id}")
    run_jobs()
    page = words(client.get(done.location))
    assert "Before 1 2 1 After 0 3 1" in page
    assert "Made by Rosa" in page
    client.post(f"{done.location}/undo")
    run_jobs()
    assert "Undone 1 2 1" in words(client.get(done.location))
    assert client.post(f"{done.location}/undo", follow_redirects=True).text.count("That was undone already.") == 1


def one_rule() -> TagRule:
    return database.session.scalars(sa.select(TagRule)).one()


def test_a_tag_becomes_a_kind_after_a_look_at_what_follows(client: FlaskClient, rosa: Member) -> None:
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 2})
    make_badge("caller", {"count": {"tags_any": ["press"]}, "at_least": 2})
    ada = make_member("ada")
    told(ada, "press"), told(ada, "press"), told(ada, "press", kind="talk")
    looked = words(client.post("/council/tags/press/promote", data={"kind": "talk", "then": "look"}))
    assert "2 deeds of no kind become some of it." in looked
    assert "“Gave a talk” has 1 deed today." in looked
    assert "1 badge listens to it, and people may find it on their jacket: Talker" in looked
    merging = words(client.post("/council/tags/press/merge", data={"into": "media", "then": "look"}))
    assert "The rule of 1 badge asks for #press, which no deed will have. Change it first: Caller" in merging
    new = {"kind": "new", "label": "Talked to the press", "family": "making", "points": "8", "hint": "", "offered": "1"}
    done = client.post("/council/tags/press/promote", data=new | {"then": "do"})
    assert done.status_code == 303
    # Sent twice, by two of the council or by one who was impatient.
    assert client.post("/council/tags/press/promote", data=new | {"then": "do"}).location == done.location
    run_jobs()
    kinds = database.session.scalars(sa.select(Activity.kind).where(Activity.source == "tests").order_by(Activity.id)).all()
    assert kinds == ["talked-to-the-press", "talked-to-the-press", "talk"]
    assert "Before 3 2 0 0 After 3 0 2 1" in words(client.get(done.location))
    late = client.post("/council/tags/press/promote", data={"kind": "talk", "then": "do"})
    assert late.status_code == 422


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("promote", {"kind": "badge.awarded"}, "Choose one of the kinds"),
        ("promote", {"kind": "new", "label": ""}, "What shall people call it?"),
        ("promote", {"kind": "new", "label": "x" * 121}, "within 120 characters"),
        ("promote", {"kind": "new", "label": "Call", "points": "-1"}, "from 0 to 1000"),
        ("promote", {"kind": "new", "label": "Call", "family": "blue"}, "one of the five families"),
        ("promote", {"kind": "new", "label": "Gave a talk", "points": "1", "then": "do"}, ""),
        ("merge", {"into": "  "}, "A tag is one word"),
        ("merge", {"into": "#Call"}, "the very same tag"),
        ("merge", {"into": "x" * 65}, "A tag is one word"),
    ],
)
def test_what_is_refused_with_a_sentence(client: FlaskClient, rosa: Member, path: str, form: dict[str, str], said: str) -> None:
    answer = client.post(f"/council/tags/call/{path}", data=form)
    assert (answer.status_code, said in words(answer)) == (422 if said else 303, True)


@pytest.mark.parametrize("path", ["Call", "a%20b", "x" * 65, "made/99999999999999999999", "made/1"])
def test_what_is_not_there(client: FlaskClient, rosa: Member, path: str) -> None:
    assert client.get(f"/council/tags/{path}").status_code == 404


def test_nobody_else_comes_in(client: FlaskClient, rosa: Member, sign_in: SignIn, app: Flask) -> None:
    ada, other = make_member("ada"), app.test_client()
    sign_in(other, ada)
    for path in ("/council/tags/", "/council/tags/call", "/council/kinds/", "/council/kinds/talk"):
        assert (other.get(path).status_code, app.test_client().get(path).status_code) == (403, 302)
    for path in ("tags/call/promote", "tags/call/merge", "tags/made/1/undo", "kinds/talk"):
        assert (other.post(f"/council/{path}").status_code, app.test_client().post(f"/council/{path}").status_code) == (403, 401)


def test_pages_cost_the_same_for_three_tags_and_for_thirty(client: FlaskClient, rosa: Member, count_queries: Any) -> None:
    ada, seen = make_member("ada"), []
    for many in (3, 30):
        for number in range(many):
            told(ada, f"word{number}x{many}")
        with count_queries() as statements:
            assert client.get("/council/tags/").status_code == 200
        seen.append(len(statements))
    assert seen[0] == seen[1] <= 12
    following = client.get("/council/tags/").text.split('rel="next"')[0]
    assert following.count("/council/tags/word") == 24


def test_a_kind_is_changed_and_called_as_the_reader_calls_it(
    client: FlaskClient, rosa: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "LANGUAGES", ("en", "de"))
    told(rosa, kind="talk", text="About maps")
    form = {"label": "Gave a speech", "hint": "On a stage", "points": "12", "family": "learning", "offered": "1",
            "language": ["de", "pt-BR", ""], "name": ["Hielt einen Vortrag", "Deu uma palestra", ""]}  # fmt: skip
    assert client.post("/council/kinds/talk", data=form).status_code == 303
    kind = database.session.get_one(Kind, "talk", populate_existing=True)
    assert (kind.label, kind.points, kind.labels) == (
        "Gave a speech",
        12,
        {"de": "Hielt einen Vortrag", "pt-BR": "Deu uma palestra"},
    )
    assert database.session.scalars(sa.select(Activity.points).where(Activity.text == "About maps")).all() == [10]
    assert "Gave a speech" in client.get("/activities/").text
    german = client.get("/activities/", headers={"Accept-Language": "de-AT,de"}).text
    assert ("Hielt einen Vortrag" in german, "Gave a speech" in german) == (True, False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "Deutsch!", "name": "Vortrag"},
        {"language": "", "name": "Vortrag"},
        {"language": "de", "name": "x" * 121},
        {"language": ["de"] * 41, "name": ["Vortrag"] * 41, "points": "1001"},
        {"label": "\x07"},
    ],
)
def test_a_kind_that_is_filled_in_wrong_keeps_what_was_typed(client: FlaskClient, rosa: Member, wrong: dict[str, Any]) -> None:
    form = {"label": "Gave a talk", "hint": "Kept as typed", "points": "12", "family": "learning", **wrong}
    answer = client.post("/council/kinds/talk", data=form)
    assert (answer.status_code, "Kept as typed" in answer.text) == (422, True)
    assert database.session.get_one(Kind, "talk", populate_existing=True).points == 10


def test_what_the_product_writes_is_no_kind_to_change(client: FlaskClient, rosa: Member) -> None:
    database.session.add(Kind(slug="badge.awarded", label="A badge", internal=True))
    database.session.commit()
    assert client.get("/council/kinds/badge.awarded").status_code == 404
    assert "A badge" not in client.get("/council/kinds/").text
