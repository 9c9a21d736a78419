import io
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.identity.fields import DEFAULT_VISIBILITY
from recognition.identity.models import ApiToken, Member
from recognition.identity.services import profiles, tokens
from recognition.media import services as media
from recognition.media.models import Media
from tests.identity.pages import send, words
from tests.media.pictures import encoded, png_of, quarters

WISHES = ("on_boards", "takes_badges", "takes_mail", "wears_at_once", "shows_ties")
GOOD = {
    "name": "Mara \u202fLin",
    "handle": "mara",
    "pronouns": "she/her",
    "place": "Nairobi",
    "languages": "Swahili, English,, English",
    "areas": ["teaching", "testing"],
    "more_areas": "beekeeping",
    "links": "https://a.example/\n\nhttp://b.example",
    "bio": "One.\r\n\r\nTwo.",
    "ask_me_about": "Bees",
    **{f"{name}_visibility": "members" for name in DEFAULT_VISIBILITY},
}


@pytest.fixture
def mara(make_member: Any, client: Any, sign_in: Any) -> Member:
    member: Member = make_member("mara", visibility={"name": "me"})
    sign_in(client, member)
    return member


def save(client: Any, **changes: Any) -> Any:
    return send(client, "/me/settings", "/me/settings", **GOOD | changes)


def stored() -> Member:
    db.session.rollback()
    member: Member = db.session.scalars(sa.select(Member).where(Member.joined_at.is_not(None)).order_by(Member.id)).first()
    return member


def test_all_of_it_is_stored(client: Any, mara: Any) -> None:
    answer = save(client, place_visibility="public", bio_visibility="me", calm="1")
    assert (answer.status_code, answer.location) == (303, "/me/settings")
    me = stored()
    assert (me.name, me.place, me.pronouns, me.ask_me_about, me.bio) == (
        "Mara Lin",
        "Nairobi",
        "she/her",
        "Bees",
        "One.\n\nTwo.",
    )
    assert (me.languages, me.areas) == (["Swahili", "English"], ["teaching", "testing", "beekeeping"])
    assert me.links == ["https://a.example/", "http://b.example"]
    assert me.visibility == {**dict.fromkeys(DEFAULT_VISIBILITY, "members"), "place": "public", "bio": "me"}
    assert (me.calm, me.on_boards) == (True, False)  # boards have a form of their own
    page = client.get("/me/settings").text
    assert all(text in page for text in ("Nairobi", "beekeeping", "https://a.example/", "data-calm"))


def test_nothing_but_the_form_can_be_set(client: Any, mara: Any) -> None:
    before = (mara.id, mara.joined_at)
    save(
        client,
        id="99",
        state="alumni",
        role="admin",
        roles="admin",
        mentor_id="1",
        joined_at="2001-01-01",
        member_id="7",
        points="9",
    )
    me = stored()
    assert (me.id, me.joined_at, me.state, me.mentor_id, me.roles) == (*before, "active", None, frozenset())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "What shall we call you?"),
        ({"name": "\u200b\u200b"}, "invisible"),
        ({"name": "x" * 121}, "longer than 120"),
        ({"name": "a\u202eb"}, "cannot be shown"),
        ({"place": "a\x07"}, "cannot be shown"),
        ({"bio": "x" * 4001}, "longer than 4000"),
        ({"handle": "Mara Lin"}, "small letters"),
        ({"handle": "adm1n"}, "part of the house"),
        ({"handle": "m\u0430ra"}, "small letters"),
        ({"handle": "zo-e"}, "looks like it"),
        ({"links": "javascript:alert(1)"}, "not a web address"),
        ({"links": "https://user:pw@a.example"}, "not a web address"),
        ({"links": "\n".join(f"https://a.example/{n}" for n in range(9))}, "At most 8"),
        ({"languages": ",".join(f"l{n}" for n in range(21))}, "At most 20"),
        ({"place_visibility": "nobody"}, "Choose who may see"),
    ],
)
def test_faults_are_told_beside_the_field_and_nothing_is_lost(
    client: Any, mara: Any, make_member: Any, changes: Any, said: str
) -> None:
    make_member("zoe")
    db.session.commit()
    answer = save(client, ask_me_about="Typed words", **changes)
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert 'value="Typed words"' in answer.text
    assert stored().ask_me_about == ""


@pytest.mark.parametrize(
    "name",
    ["\u0645\u0631\u064a\u0645", "\u738b\u5c0f\u660e", "Bj\u00f6rk \U0001f469\u200d\U0001f680", "O'Neil-Smith", "X"],
)
def test_real_names_stay(client: Any, mara: Any, name: str) -> None:
    assert save(client, name=name).status_code == 303
    assert stored().name == name


def test_names_are_kept_composed(client: Any, mara: Any) -> None:
    save(client, name="Jose\u0301")
    assert stored().name == "Jos\u00e9"


def test_a_new_handle_moves_the_page(client: Any, mara: Any) -> None:
    save(client, handle="mara-lin")
    assert [client.get(f"/members/{handle}").status_code for handle in ("mara", "mara-lin")] == [404, 200]
    assert stored().handle_look == "maralin"
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.before, entry.after) == ("member.renamed", {"handle": "mara"}, {"handle": "mara-lin"})


def test_a_handle_that_somebody_took_a_moment_ago(
    client: Any, mara: Any, make_member: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_member("zoe")
    db.session.commit()
    monkeypatch.setattr(profiles, "is_free", lambda *_args, **_rest: True)
    answer = save(client, handle="zoe", ask_me_about="Typed words")
    assert (answer.status_code, "Somebody has this handle" in words(answer.text)) == (422, True)
    assert 'value="Typed words"' in answer.text
    assert (stored().handle, stored().ask_me_about) == ("mara", "")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 0


def test_boards_are_told_only_when_the_choice_changes(client: Any, mara: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, bool]] = []
    hooks = [lambda member_id: told.append((member_id, db.session.get_one(Member, member_id).on_boards))]
    monkeypatch.setitem(client.application.extensions, "member_changed", hooks)
    for on in ({}, {"on_boards": "1"}, {"on_boards": "1"}, {}):
        wish(client, takes_badges="1", **on)
    assert told == [(mara.id, True), (mara.id, False)]


def wish(client: Any, **ticked: str) -> Any:
    return send(client, "/me/settings", "/me/wishes", **ticked)


@pytest.mark.parametrize("name", WISHES)
def test_each_wish_stands_by_itself(client: Any, mara: Any, name: str) -> None:
    every = set(WISHES)
    wish(client, **dict.fromkeys(every, "1"))
    answer = wish(client, **dict.fromkeys(every - {name}, "1"))
    assert (answer.status_code, answer.location) == (303, "/me/settings#wishes")
    assert {wish for wish in every if getattr(stored(), wish)} == every - {name}


def test_the_profiles_form_touches_no_wish(client: Any, mara: Any) -> None:
    wish(client, on_boards="1", takes_mail="1")
    save(client, on_boards="", takes_badges="1", wears_at_once="1")
    me = stored()
    assert (me.on_boards, me.takes_badges, me.takes_mail, me.wears_at_once) == (True, False, True, False)


def send_picture(client: Any, content: bytes, name: str = "me.png") -> Any:
    return send(client, "/me/settings", "/me/picture", picture=(io.BytesIO(content), name))


def test_a_picture_comes_is_replaced_and_goes(client: Any, mara: Any) -> None:
    assert send_picture(client, encoded(quarters()), "me.gif").status_code == 303
    first = stored().picture
    assert f'src="/media/{first.key}/small"' in client.get("/me/settings").text
    send_picture(client, encoded(quarters(100, 100)))
    assert stored().picture.key != first.key
    assert client.get(f"/media/{first.key}").status_code == 404
    assert client.get(f"/media/{stored().picture.key}").content_type == "image/webp"
    send(client, "/me/settings", "/me/picture/remove")
    assert (stored().picture, db.session.scalar(sa.select(sa.func.count()).select_from(Media))) == (None, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"<svg/>", "PNG, JPEG, GIF and WebP"), (png_of(60_000, 60_000), "million pixels"), (b"", "empty")],
)
def test_a_bad_picture_is_explained_and_changes_nothing(client: Any, mara: Any, content: bytes, said: str) -> None:
    answer = send_picture(client, content)
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert stored().picture is None


def test_no_file_at_all(client: Any, mara: Any) -> None:
    assert send(client, "/me/settings", "/me/picture", nothing="x").status_code == 422
    assert send_picture(client, b"x", "").status_code == 422


def test_the_address_a_refused_picture_leaves_behind_leads_to_the_settings(client: Any, mara: Any) -> None:
    answer = client.get("/me/picture")
    assert (answer.status_code, answer.location) == (303, "/me/settings")


def test_a_picture_that_is_far_too_large_is_refused_unread(client: Any, mara: Any) -> None:
    much = b"x" * (13 * 1024 * 1024)
    assert client.post("/me/picture", data=much, content_type="multipart/form-data; boundary=z").status_code == 413


def test_strangers_have_no_settings(client: Any) -> None:
    assert client.get("/me/settings").location == "/login?next=/me/settings"
    for action in ("/me/settings", "/me/picture", "/me/picture/remove", "/me/logins/1/end", "/me/logins/end-others"):
        assert client.post(action).status_code in (400, 401)


def test_no_transaction_waits_for_a_picture(client: Any, mara: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    make = media._make

    def watched(*asked: Any) -> Any:
        held.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]
        return make(*asked)

    monkeypatch.setattr(media, "_make", watched)
    assert send_picture(client, encoded(quarters())).status_code == 303
    assert held == [0]


def test_own_tokens_are_listed_and_taken_back(client: Any, mara: Any, make_member: Any) -> None:
    now = clock.utcnow()
    secret = tokens.add_token(mara, ["members:read"], now, days=30)
    tokens.add_token(make_member("zoe"), ["badges:read"], now)
    db.session.commit()
    mine, other = db.session.scalars(sa.select(ApiToken.id).order_by(ApiToken.id))
    page = client.get("/me/settings")
    assert "members:read never used" in words(page.text)
    assert [secret in page.text, f"/me/tokens/{other}/revoke" in page.text] == [False, False]
    for token_id in (mine, other):
        send(client, "/me/settings", f"/me/tokens/{token_id}/revoke")
    db.session.rollback()
    assert [bool(t.revoked_at) for t in db.session.scalars(sa.select(ApiToken).order_by(ApiToken.id))] == [True, False]
    assert "never used" not in words(client.get("/me/settings").text)
