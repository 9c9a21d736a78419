"""The wall, a contest's poster, the gallery, one entry, the form: what each reader sees, in how many statements."""

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.contests.cards import shape_of
from recognition.contests.models.contest import Prize
from recognition.contests.models.entry import IN, Author, Entry
from recognition.extensions import db
from recognition.media import services as media
from recognition.media.jobs import make_sizes
from recognition.media.models import Media, MediaSize
from recognition.media.queries import Picture
from tests.factories.badges import make_badge
from tests.factories.contests import NOW, days, make_contest, make_entry, make_round, open_round
from tests.factories.identity import make_member
from tests.media.pictures import encoded, quarters

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def now(app: Any) -> Any:
    with clock.as_of(NOW):
        yield


def taking(**changes: Any) -> Any:
    contest = make_contest(rounds=0, **{"entries_from": days(-5), "entries_until": days(5)} | changes)
    make_round(contest, starts_at=days(10), ends_at=days(17))
    return contest


def hang(contest: Any, member: Any, size: tuple[int, int] = (80, 60), **changes: Any) -> Entry:
    """An entry with a picture."""
    kept = media.keep_picture(media.prepare_picture(encoded(quarters(*size)), "whole"), member.id)
    return make_entry(contest, member, media_id=kept.id, **changes)


def titles(text: str) -> list[str]:
    return re.findall(r'c-gallery__words"><b dir="auto">([^<]+)</b>', text)


def test_the_wall_is_an_invitation_while_it_is_bare(client: Any) -> None:
    answer = client.get("/contests/")
    assert answer.status_code == 200
    assert "The walls are still bare" in answer.text


def test_what_one_can_take_part_in_comes_first(client: Any) -> None:
    make_contest("over", rounds=1).rounds[0].state = "closed"
    taking(slug="takes-entries")
    make_contest("draft", state="draft")
    db.session.commit()
    assert re.findall(r'<h2><a href="/contests/([\w-]+)"', client.get("/contests/").text) == ["takes-entries", "over"]


def test_drafts_are_the_councils(client: Any, sign_in: Any) -> None:
    make_contest("draft", state="draft")
    council = make_member("cleo", roles=("council",))
    db.session.commit()
    assert client.get("/contests/draft").status_code == 404
    sign_in(client, council)
    assert client.get("/contests/draft").status_code == 200


def test_the_poster_says_when_who_and_how(client: Any) -> None:
    contest = taking(rules="Be kind.", may_enter={"count": {"kind": ["review"]}, "at_least": 2})
    hang(contest, make_member(), title="Seven doors")
    db.session.commit()
    text = client.get("/contests/draw-mdm").text
    for words in ("Entries for 5 days more", "What does it mean to you?", "Be kind.", "Sign in and take part", "CC BY 4.0",
                  "Every active member."):  # fmt: skip
        assert words in text
    assert titles(text) == ["Seven doors"]
    assert re.findall(r'<li class="is-(\w+)"', text) == ["now", "ahead", "ahead"]


def test_what_is_still_missing_is_told(client: Any, sign_in: Any) -> None:
    taking(may_enter={"count": {"kind": ["review"]}, "at_least": 2})
    ada = make_member()
    sign_in(client, ada)
    text = client.get("/contests/draw-mdm").text
    assert "Not yet. This is what is still missing:" in text
    assert "0 of 2" in text


def test_may_i_vote_follows_the_roll(client: Any, sign_in: Any) -> None:
    contest, ada = make_contest(), make_member()
    entry = hang(contest, make_member("bob"))
    open_round(contest.rounds[0], [entry], [ada])
    sign_in(client, ada)
    assert 'href="/contests/draw-mdm/vote"' in client.get("/contests/draw-mdm").text
    sign_in(client, make_member("eve"))
    text = client.get("/contests/draw-mdm").text
    assert ('href="/contests/draw-mdm/vote"' in text, "you are not on it this time" in text) == (False, True)


@pytest.mark.parametrize("path", ["/contests/draw-mdm", "/contests/draw-mdm/entries/", "/contests/"])
def test_pages_ask_the_same_few_questions(client: Any, sign_in: Any, count_queries: Any, path: str) -> None:
    contest, ada = taking(), make_member()
    hang(contest, ada)
    sign_in(client, ada)
    client.get(path)
    with count_queries() as few:
        client.get(path)
    for n in range(3):
        hang(contest, make_member(f"m{n}"), (80 + n, 60))
    db.session.commit()
    with count_queries() as many:
        client.get(path)
    assert len(few) == len(many) <= 12


def test_a_contest_with_all_there_is_asks_few_questions(client: Any, sign_in: Any, count_queries: Any) -> None:
    contest, ada = taking(
        may_enter={"all": [{"finished": "what-is-mdm"}, {"count": {"kind": ["review"]}, "at_least": 2}]},
        may_vote={"any": [{"finished": "what-is-mdm"}, {"member_for": 30}]},
    ), make_member()  # fmt: skip
    for position, slug in enumerate(("one", "two")):
        make_badge(slug)
        db.session.add(Prize(contest_id=contest.id, badge=slug, position=position))
    hang(contest, ada)
    sign_in(client, ada)
    client.get("/contests/draw-mdm")
    with count_queries() as seen:
        assert client.get("/contests/draw-mdm").status_code == 200
    assert len(seen) <= 12, "\n".join(one[:150] for one in seen)


def test_an_entry_asks_few_questions(client: Any, sign_in: Any, count_queries: Any) -> None:
    contest, ada = taking(), make_member()
    entry = hang(contest, ada)
    for n in range(3):
        other = make_member(f"m{n}")
        db.session.add(Author(entry_id=entry.id, member_id=other.id, position=n + 1, state=IN))
    db.session.commit()
    client.get(f"/contests/draw-mdm/entries/{entry.key}")
    with count_queries() as guest:
        assert client.get(f"/contests/draw-mdm/entries/{entry.key}?again").status_code == 200
    sign_in(client, ada)
    client.get(f"/contests/draw-mdm/entries/{entry.key}")
    with count_queries() as seen:
        client.get(f"/contests/draw-mdm/entries/{entry.key}")
    assert max(len(guest), len(seen)) <= 12


def test_pages_are_light_and_answered_again_for_guests(client: Any) -> None:
    contest = taking()
    for n in range(25):
        hang(contest, make_member(f"m{n}"), (80 + n, 60))
    db.session.commit()
    for path in ("/contests/", "/contests/draw-mdm", "/contests/draw-mdm/entries/"):
        answer = client.get(path)
        assert len(answer.data) < 60_000
        assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_gallery_goes_on_page_by_page(client: Any) -> None:
    contest = taking()
    for n in range(30):
        make_entry(contest, make_member(f"m{n:02}"), title=f"T{n:02}")
    contest.takes = "text"
    db.session.commit()
    seen: list[str] = []
    path: str | None = "/contests/draw-mdm/entries/"
    while path:
        text = client.get(path).text
        seen += re.findall(r'c-gallery__sheet-title" dir="auto">(T\d\d)<', text)
        further = re.search(r'href="([^"]+)" rel="next"', text)
        path = further[1].replace("&amp;", "&") if further else None
    assert seen == [f"T{n:02}" for n in range(30)]


SHOWN = {"guest": None, "other": "eve", "author": "ada", "co-author": "bob", "asked": "cy", "council": "cleo"}
ALL, AUTHORS, COUNCIL = set(SHOWN), {"author", "co-author", "asked"}, {"council"}
RIGHTS = {
    "in": ({}, ALL),
    "draft": ({"state": "draft"}, {"author"}),
    "hidden": ({"hidden_at": NOW}, AUTHORS | COUNCIL),
    "out": ({"state": "out"}, AUTHORS | COUNCIL),
}


@pytest.mark.parametrize("name", RIGHTS)
def test_who_sees_an_entry_and_its_picture(client: Any, sign_in: Any, name: str) -> None:
    changes, seers = RIGHTS[name]
    contest, people = taking(), {handle: make_member(handle) for handle in ("eve", "ada", "bob", "cy")}
    people["cleo"] = make_member("cleo", roles=("council",))
    entry = hang(contest, people["ada"], (700, 500), **changes)
    db.session.add(Author(entry_id=entry.id, member_id=people["bob"].id, position=1, state=IN))
    db.session.add(Author(entry_id=entry.id, member_id=people["cy"].id, position=2))
    db.session.commit()
    make_sizes(entry.media_id)
    db.session.commit()
    key = db.session.get_one(Media, entry.media_id).key
    page = f"/contests/draw-mdm/entries/{entry.key}"
    paths = (page, f"/media/{key}", f"/media/{key}/small", f"/media/{key}/480")
    for who, handle in SHOWN.items():
        if handle:
            sign_in(client, people[handle])
        wanted = 200 if who in seers else 404
        assert [client.get(path).status_code for path in paths] == [wanted] * 4, who
        hangs = who in seers and name == "in"
        for listing in ("/contests/draw-mdm", "/contests/draw-mdm/entries/"):
            assert (page in client.get(listing).text) == hangs, (who, listing)


def test_until_the_deadline_where_all_are_shown_at_once(client: Any, sign_in: Any) -> None:
    contest, ada = taking(shows_at_once=False), make_member()
    entry = hang(contest, ada)
    key = db.session.get_one(Media, entry.media_id).key
    db.session.commit()
    paths = (f"/contests/draw-mdm/entries/{entry.key}", f"/media/{key}")
    assert [client.get(path).status_code for path in paths] == [404, 404]
    assert entry.key not in client.get("/contests/").text + client.get("/contests/draw-mdm").text
    assert key not in client.get("/contests/").text
    with clock.as_of(days(5)):
        assert [client.get(path).status_code for path in paths] == [200, 200]
        assert key in client.get("/contests/").text


def test_entries_of_suspended_members_are_not_shown(client: Any) -> None:
    contest, ada = taking(), make_member()
    entry = hang(contest, ada)
    ada.state = "suspended"
    db.session.commit()
    assert client.get(f"/contests/draw-mdm/entries/{entry.key}").status_code == 404


def test_an_entry_of_another_contest_is_not_here(client: Any) -> None:
    entry = hang(taking(), make_member())
    make_contest("other")
    db.session.commit()
    assert client.get(f"/contests/other/entries/{entry.key}").status_code == 404


def test_names_follow_what_people_show(client: Any) -> None:
    contest = taking()
    ada = make_member(name="Ada Hidden", visibility={"name": "me"})
    entry = hang(contest, ada)
    db.session.commit()
    for path in ("/contests/draw-mdm/entries/", f"/contests/draw-mdm/entries/{entry.key}"):
        text = client.get(path).text
        assert ("Ada Hidden" in text, "@ada" in text) == (False, True)


def test_asked_and_silent_ones_are_named_nowhere(client: Any) -> None:
    contest, bob = taking(), make_member("bob")
    entry = hang(contest, make_member())
    db.session.add(Author(entry_id=entry.id, member_id=bob.id, position=1))
    db.session.commit()
    for path in ("/contests/draw-mdm/entries/", f"/contests/draw-mdm/entries/{entry.key}", "/contests/draw-mdm"):
        assert "Bob" not in client.get(path).text


def test_an_entry_shows_all_there_is(client: Any) -> None:
    contest = taking()
    entry = hang(contest, make_member(), (700, 500), title="Seven doors", story="We **painted** all night.")
    db.session.commit()
    make_sizes(entry.media_id)
    db.session.commit()
    text = client.get(f"/contests/draw-mdm/entries/{entry.key}").text
    key = db.session.get_one(Media, entry.media_id).key
    assert f'srcset="/media/{key}/480 480w, /media/{key} 700w"' in text
    assert 'width="700" height="500"' in text
    assert "<strong>painted</strong>" in text
    assert f"“Seven doors” by Ada, CC BY 4.0, http://localhost/contests/draw-mdm/entries/{entry.key}" in text


def test_before_and_next_walk_the_gallery(client: Any) -> None:
    contest = taking()
    keys = [hang(contest, make_member(f"m{n}"), (80 + n, 60)).key for n in range(3)]
    hang(contest, make_member("hidden"), (90, 60), hidden_at=NOW)
    db.session.commit()
    ways = []
    for key in keys:
        text = client.get(f"/contests/draw-mdm/entries/{key}").text
        ways.append([re.findall(rf'entries/(\w+)" rel="{rel}"', text) for rel in ("prev", "next")])
    assert ways == [[[], [keys[1]]], [[keys[0]], [keys[2]]], [[keys[1]], []]]


def test_the_window_gets_the_same_part(client: Any) -> None:
    entry = hang(taking(), make_member())
    db.session.commit()
    path = f"/contests/draw-mdm/entries/{entry.key}"
    part = client.get(path, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith("<article")
    assert part.text.strip() in client.get(path).text
    assert "HX-Request" in part.headers["Vary"]


@pytest.mark.parametrize(
    ("ratio", "shape"), [(0.05, "r0"), (0.4, "r0"), (1, "r23"), (4 / 3, "r31"), (3.2, "r53"), (5, "r64"), (40, "r64")]
)
def test_every_shape_has_its_class(ratio: float, shape: str) -> None:
    assert shape_of(Picture("", "", "", round(1000 * ratio), 1000)) == shape


def test_the_style_sheet_knows_every_shape(client: Any) -> None:
    text = client.get("/static/css/app.css").text
    ratios = {f"r{n}": float(ratio) for n, ratio in re.findall(r"\.r(\d+) \{ --ratio: ([\d.]+); \}", text)}
    assert sorted(ratios, key=lambda name: int(name[1:])) == [f"r{n}" for n in range(65)]
    for name, ratio in ratios.items():
        assert shape_of(Picture("", "", "", round(10_000 * ratio), 10_000)) == name


def form(**changes: Any) -> dict[str, Any]:
    return {"title": "Seven doors", "story": "", "alt": "Seven doors in a row.", "licence": "cc-by-4.0", "co_authors": "",
            "token": "t" * 22, "then": "hand_in", **changes}  # fmt: skip


def file(size: tuple[int, int] = (80, 60)) -> tuple[io.BytesIO, str]:
    return io.BytesIO(encoded(quarters(*size))), "doors.png"


def one() -> Entry:
    return db.session.scalars(sa.select(Entry)).one()


def test_a_picture_is_handed_in_by_its_form(client: Any, sign_in: Any) -> None:
    taking()
    sign_in(client, make_member())
    assert client.get("/contests/draw-mdm/enter").status_code == 200
    answer = client.post("/contests/draw-mdm/enter", data=form(picture=file()))
    entry = one()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/contests/draw-mdm/entries/{entry.key}")
    assert (entry.state, entry.title, db.session.get_one(Media, entry.media_id).width_px) == ("in", "Seven doors", 80)
    assert client.get("/contests/draw-mdm/mine").status_code == 200
    assert client.get("/contests/draw-mdm/enter").headers["Location"] == "/contests/draw-mdm/mine"


def test_what_fits_is_kept_while_something_is_missing(client: Any, sign_in: Any) -> None:
    taking()
    sign_in(client, make_member())
    answer = client.post(
        "/contests/draw-mdm/enter", data=form(alt="", title="<b>Doors</b>", picture=file(), co_authors="@nobody")
    )
    entry = one()
    assert (answer.status_code, entry.state, entry.title, entry.media_id is not None) == (422, "draft", "<b>Doors</b>", True)
    assert "&lt;b&gt;Doors&lt;/b&gt;" in answer.text
    assert re.findall(r"c-field__error.*?<span>([^<]+)<", answer.text, re.DOTALL) == [
        "Tell those who cannot see it what is there, in a sentence.", "We know nobody called @nobody here."
    ]  # fmt: skip
    assert f'action="/contests/draw-mdm/entries/{entry.key}/edit"' in answer.text
    again = client.post(f"/contests/draw-mdm/entries/{entry.key}/edit", data=form())
    assert (again.status_code, one().state) == (303, "in")


def test_what_is_too_long_is_still_there(client: Any, sign_in: Any) -> None:
    taking()
    sign_in(client, make_member())
    long = "x" * 5001
    answer = client.post("/contests/draw-mdm/enter", data=form(story=long, picture=file()))
    assert (answer.status_code, long in answer.text, one().story) == (422, True, "")


def test_a_bad_file_loses_no_words(client: Any, sign_in: Any) -> None:
    taking()
    sign_in(client, make_member())
    answer = client.post("/contests/draw-mdm/enter", data=form(picture=(io.BytesIO(b"no picture"), "a.png")))
    assert (answer.status_code, one().title, one().state) == (422, "Seven doors", "draft")
    assert "This file is something else" in answer.text


def test_too_late_is_told_with_all_that_was_typed(client: Any, sign_in: Any) -> None:
    taking(entries_until=days(0.01))
    sign_in(client, make_member())
    with clock.as_of(days(0.01)):
        answer = client.post("/contests/draw-mdm/enter", data=form(picture=file()))
    assert (answer.status_code, "Seven doors" in answer.text) == (409, True)
    assert "Entries are not taken any more." in answer.text
    assert db.session.scalars(sa.select(Entry)).all() == []


def test_forms_are_for_whoever_began_the_entry(client: Any, sign_in: Any) -> None:
    entry = hang(taking(), make_member())
    paths = [f"/contests/draw-mdm/entries/{entry.key}/{what}" for what in ("edit", "withdraw")]
    db.session.commit()
    assert [client.post(path).status_code for path in paths] == [401, 401]
    sign_in(client, make_member("eve", roles=("council", "admin")))
    assert [client.post(path, data=form()).status_code for path in paths] == [404, 404]
    assert client.get(paths[0]).status_code == 404


def test_taken_back_by_its_button(client: Any, sign_in: Any) -> None:
    ada = make_member()
    entry = hang(taking(), ada)
    sign_in(client, ada)
    assert client.post(f"/contests/draw-mdm/entries/{entry.key}/withdraw").status_code == 303
    assert client.get(f"/contests/draw-mdm/entries/{entry.key}").status_code == 200  # to herself
    assert one().state == "withdrawn"
    assert db.session.scalars(sa.select(MediaSize)).all() == []


def test_a_co_author_answers_on_the_page(client: Any, sign_in: Any) -> None:
    entry, bob = hang(taking(), make_member()), make_member("bob")
    db.session.add(Author(entry_id=entry.id, member_id=bob.id, position=1))
    sign_in(client, bob)
    path = f"/contests/draw-mdm/entries/{entry.key}"
    assert "Did you make this together?" in client.get(path).text
    assert client.post(f"{path}/author", data={"answer": "maybe"}).status_code == 400
    assert client.post(f"{path}/author", data={"answer": "yes"}).status_code == 303
    assert "Bob" in client.get(path).text
    sign_in(client, make_member("eve"))
    assert client.post(f"{path}/author", data={"answer": "yes"}).status_code == 409


@pytest.mark.parametrize("takes", ["text", "link", "person"])
def test_the_other_sorts_have_forms_and_pages(client: Any, sign_in: Any, takes: str) -> None:
    taking(takes=takes)
    make_member("bob")
    sign_in(client, make_member())
    more = {"text": "Once **upon** a time.", "url": "https://a.example/x", "nominee": "@Bob", "story": "Because."}
    assert client.get("/contests/draw-mdm/enter").status_code == 200
    answer = client.post("/contests/draw-mdm/enter", data=form(**more))
    assert (answer.status_code, one().state) == (303, "in")
    for path in (answer.headers["Location"], "/contests/draw-mdm", "/contests/draw-mdm/entries/", "/contests/draw-mdm/mine"):
        assert client.get(path).status_code == 200


def test_a_nomination_is_shown_once_they_agree(client: Any) -> None:
    contest, bob = taking(takes="person"), make_member("bob")
    entry = make_entry(contest, make_member(), nominee_id=bob.id, title="")
    db.session.commit()
    path = f"/contests/draw-mdm/entries/{entry.key}"
    assert client.get(path).status_code == 404
    entry.nominee_agreed = True
    db.session.commit()
    assert "Bob" in client.get(path).text
    assert path in client.get("/contests/draw-mdm/entries/").text
