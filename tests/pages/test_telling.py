"""The box: repeats asked about before they are stored, people named, pictures, suggestions, and what one does every week."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from recognition import clock
from recognition.activities import again, alike, suggesting
from recognition.activities.forms import deed_of_box, new_nonce
from recognition.activities.models import PASSIVE, Activity, ActivityTag, NamedPerson
from recognition.activities.rules import handles_in, link_in
from recognition.activities.thanking import thank
from recognition.identity.models import Membership
from recognition.media.models import Media
from recognition.text import shown_only
from tests.factories.activities import make_activity
from tests.factories.identity import make_group, make_member

FRIDAY = datetime(2026, 11, 20, 18, tzinfo=UTC)
SWAP = {"HX-Request": "true"}


@pytest.fixture
def ada(db):
    member = make_member("ada")
    db.session.commit()
    return member


@pytest.fixture
def box(client, ada, sign_in):
    sign_in(client, ada)

    def send(headers=None, **fields):
        data = {"csrf_token": token(client), "nonce": new_nonce(), "visibility": "members", **fields}
        return client.post("/activities/new", data=data, headers=headers, content_type="multipart/form-data")

    return send


def token(client) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get("/activities/new").text)[1]


def stored(db) -> list[Activity]:
    return list(db.session.scalars(sa.select(Activity).where(Activity.source == "web").order_by(Activity.id)))


def a_picture() -> tuple[io.BytesIO, str]:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(file, "PNG")
    return io.BytesIO(file.getvalue()), "evening.png"


# --- words of any kind


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=300) | st.lists(st.text("#@aßŉ-_ é\n", max_size=90), max_size=40).map(" #".join))
def test_words_of_any_kind_are_never_refused(app, text):
    if not shown_only(text.replace("\r\n", "\n")).strip():
        return
    with app.test_request_context():
        report = deed_of_box({"text": text, "nonce": new_nonce()}, 1, (), {}, FRIDAY)
    assert report.text
    assert len(report.tags) <= 20
    assert all(0 < len(tag) <= 64 for tag in report.tags)


def test_thirty_tags_in_the_words_are_no_reason_to_refuse_them(box, db):
    assert box(text=" ".join(f"#t{n:02}" for n in range(30)), tags="kept").status_code == 303
    tags = sorted(db.session.scalars(sa.select(ActivityTag.tag)))
    assert tags == ["kept", *(f"t{n:02}" for n in range(19))]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("See https://example.org/a?b=1, and more", "https://example.org/a?b=1"),
        ("(http://example.org/x)", "http://example.org/x"),
        ("https:// nothing", None),
        ("https://[bad and https://example.org", "https://example.org"),
        ("no link", None),
        ("https://example.org/" + "x" * 1000, None),
    ],
)
def test_a_link_in_the_words_is_the_link(text, link):
    assert link_in(text) == link


def test_names_are_read_as_people_write_them():
    assert handles_in("With @Mara-Lin, (@teo) and @mara-lin; not a@b.org nor @@x, nor http://x/@y") == ["mara-lin", "teo"]


def test_link_place_and_day_are_kept(box, db):
    box(text="Tea for the new ones https://example.org/tea.", place="  Café Ubuntu ", day="2026-03-04")
    (row,) = stored(db)
    assert (row.url, row.place, row.occurred_at.date().isoformat()) == ("https://example.org/tea", "Café Ubuntu", "2026-03-04")


def test_a_place_that_is_a_story_is_refused_with_everything_still_there(box, db):
    page = box(text="Tea", place="x" * 121)
    assert page.status_code == 422
    assert "longer than the name of a place" in page.text
    assert "x" * 121 in page.text
    assert "Tea</textarea>" in page.text
    assert stored(db) == []


# --- do we have it already?


def test_the_same_again_is_asked_about_and_taken_if_it_is_another(box, client, db):
    box(text="Answered in the forum")
    (first,) = stored(db)
    page = box(text="answered in the Forum")
    assert page.status_code == 409
    assert "Do we have this already?" in page.text
    assert f'href="/activities/{first.id}"' in page.text
    assert "answered in the Forum</textarea>" in page.text
    assert len(stored(db)) == 1
    nonce = new_nonce()
    sent = [box(text="answered in the Forum", another="1", nonce=nonce) for _click in range(2)]
    assert [one.status_code for one in sent] == [303, 303]
    assert sent[0].location.split("&")[0] == sent[1].location.split("&")[0]
    assert [(row.text, row.repeat_of_id, row.points > 0) for row in stored(db)] == [
        ("Answered in the forum", None, True), ("answered in the Forum", None, True),
    ]  # fmt: skip


def test_another_deed_that_is_put_right_stays_another(box, client, db):
    box(text="Answered in the forum")
    box(text="Answered in the forum", another="1")
    second = stored(db)[-1]
    fields = {"csrf_token": token(client), "nonce": new_nonce(), "visibility": "members", "text": "Answered in the forum"}
    client.post(f"/activities/{second.id}/correct", data={**fields, "place": "Nairobi"})
    third = stored(db)[-1]
    assert (third.corrects_id, third.place, third.repeat_of_id, third.points) == (second.id, "Nairobi", None, second.points)
    assert third.points > 0


def test_a_double_click_is_no_second_deed_to_ask_about(box, db):
    nonce = new_nonce()
    assert [box(text="Once", nonce=nonce).status_code for _click in range(2)] == [303, 303]
    assert len(stored(db)) == 1


def test_what_a_forum_told_is_known_by_its_link_and_a_strangers_never(box, db, ada):
    make_activity(
        ada.id,
        text="Re: fonts",
        url="https://forum.example/t/1/",
        evidence=PASSIVE,
        occurred_at=clock.utcnow(),
        source="discourse",
    )
    other = make_member("bo")
    make_activity(other.id, text="Met the library's people today", occurred_at=clock.utcnow())
    db.session.commit()
    assert box(text="Helped with fonts http://www.forum.example/t/1#post-3").status_code == 409
    assert box(text="Helped with fonts https://forum.example/t/2").status_code == 303
    assert box(text="Met the library's people today").status_code == 303


@pytest.mark.parametrize(
    ("days", "text", "asked"),
    [
        (0, "Talked to a journalist about the volunteers", True),
        (0, "talked to a jurnalist about volunteers!", True),
        (0, "Talked to a teacher about volunteers", True),
        (1, "Talked to a journalist about the volunteers", False),
        (0, "Wrote to the council about money", False),
        (0, "☕", False),
    ],
)
def test_near_words_on_the_same_day_are_asked_about(db, ada, days, text, asked):
    row = make_activity(ada.id, text="Talked to a journalist about volunteers", occurred_at=FRIDAY)
    db.session.commit()
    report = deed_of_box({"text": text, "nonce": new_nonce()}, ada.id, (), {}, FRIDAY + timedelta(days=days))
    assert alike.had_already(report) == (row.id if asked else None)


def test_what_was_withdrawn_stands_in_nobodys_way(box, db):
    box(text="Told too early")
    (row,) = stored(db)
    row.withdrawn_at = clock.utcnow()
    db.session.commit()
    assert box(text="Told too early").status_code == 303


def test_a_box_that_is_still_open_loses_no_word(box, client, db):
    fields = {"text": "Told once more", "nonce": new_nonce()}
    box(**fields)
    (first,) = stored(db)
    client.post(f"/activities/{first.id}/withdraw", data={"csrf_token": token(client)})
    assert [box(**fields).status_code for _click in range(2)] == [303, 409]
    assert [(row.text, row.withdrawn_at is None) for row in stored(db)] == [("Told once more", False), ("Told once more", True)]
    second = stored(db)[-1]
    corrected = {**fields, "csrf_token": token(client), "visibility": "members", "text": "Quite another story"}
    client.post(f"/activities/{second.id}/correct", data=corrected)
    third = stored(db)[-1]
    assert f"new={third.id}&" in box(**fields).location
    assert len(stored(db)) == 3


# --- people


def test_who_did_it_too_and_who_saw_it_are_asked(box, db):
    bo, cy = make_member("bo"), make_member("cy")
    db.session.commit()
    box(text="Painted the hall with @bo; @cy saw it, @dee is only named", **{"with": "@bo", "seen": "cy"})
    named = db.session.execute(sa.select(NamedPerson.member_id, NamedPerson.role).order_by(NamedPerson.role.desc())).all()
    assert named == [(bo.id, "with"), (cy.id, "seen")]


def test_nobody_is_asked_who_is_not_there_or_hides(box, db):
    make_member("gone", state="suspended")
    make_member("shy", visibility={"name": "me"})
    db.session.commit()
    pages = [box(text="With whom?", **{"with": handle}) for handle in ("@nobody", "@gone", "@shy", "@ada")]
    assert [page.status_code for page in pages] == [422] * 4
    said = [re.search(r'id="box-with-error">.*?<span>(.*?)</span>', page.text, re.DOTALL)[1].split("@")[0] for page in pages]
    assert set(said) == {"We know nobody called "}
    assert all("With whom?</textarea>" in page.text for page in pages)
    assert stored(db) == []


def test_at_most_twenty_people_are_named(box, db):
    for n in range(21):
        make_member(f"p{n}")
    db.session.commit()
    assert box(text="All of us", **{"with": " ".join(f"@p{n}" for n in range(21))}).status_code == 422
    assert box(text="All of us", **{"with": " ".join(f"@p{n}" for n in range(20))}).status_code == 303


# --- pictures


def test_a_picture_is_seen_by_whoever_may_see_the_deed(box, client, db, app):
    box(text="The hall, painted", picture=a_picture(), visibility="members")
    (row,) = stored(db)
    address = f"/media/{db.session.get(Media, row.picture_id).key}"
    assert 'alt="The hall, painted"' in client.get(f"/activities/{row.id}").text
    assert f'src="{address}"' in client.get("/activities/").text
    assert client.get(address).status_code == 200
    guest = app.test_client()
    assert guest.get(address).status_code == 404
    row.visibility = "public"
    db.session.commit()
    assert guest.get(address).status_code == 200
    row.withdrawn_at = clock.utcnow()
    db.session.commit()
    assert guest.get(address).status_code == 404


def test_a_file_that_is_no_picture_is_refused_and_every_word_stays(box, db):
    page = box(text="With a file", picture=(io.BytesIO(b"<svg/>"), "x.png"))
    assert page.status_code == 422
    assert "something else, whatever its name says" in page.text
    assert "With a file</textarea>" in page.text
    assert (stored(db), db.session.scalar(sa.select(sa.func.count()).select_from(Media))) == ([], 0)


def test_a_double_click_keeps_one_picture(box, db):
    nonce = new_nonce()
    for _click in range(2):
        assert box(text="Once, with a picture", nonce=nonce, picture=a_picture()).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Media)) == 1


def test_a_correction_keeps_the_picture_or_takes_it_away(box, client, db):
    box(text="Painted", picture=a_picture(), place="Nairobi")
    (row,) = stored(db)
    fields = {"csrf_token": token(client), "nonce": new_nonce(), "visibility": "members", "place": "Nairobi"}
    client.post(f"/activities/{row.id}/correct", data={**fields, "text": "Painted the hall"})
    second = stored(db)[-1]
    assert (second.text, second.picture_id, second.place) == ("Painted the hall", row.picture_id, "Nairobi")
    client.post(f"/activities/{second.id}/correct", data={**fields, "text": "Painted the hall", "no_picture": "1"})
    assert stored(db)[-1].picture_id is None


# --- suggestions


def suggested(client, query) -> list[str]:
    return [item["insert"] for item in client.get("/activities/suggest", query_string={"q": query}).json["items"]]


def test_own_tags_come_first_then_those_of_others_and_never_hidden_ones(client, db, ada, sign_in):
    bo = make_member("bo")
    make_activity(ada.id, tags=("welcome",), text="a")
    for n in range(3):
        make_activity(bo.id, tags=("well-done", "écrit"), text=f"b{n}")
    make_activity(bo.id, tags=("secret-well", "welding"), text="c", visibility="me")
    make_activity(make_member("gone", state="suspended").id, tags=("wellness",), text="d")
    db.session.commit()
    sign_in(client, ada)
    assert suggested(client, "#we") == ["#welcome", "#well-done"]
    assert suggested(client, "#ECR") == ["#écrit"]
    assert suggested(client, "#") == ["#welcome", "#well-done", "#écrit"]
    assert suggested(client, "#weld") == suggested(client, "") == suggested(client, "we") == []


def test_old_tags_are_found_through_their_index(db, ada, monkeypatch):
    bo = make_member("bo")
    for tag in ("wa", "wb", "wc"):
        make_activity(bo.id, tags=(tag,), text=tag)
    make_activity(bo.id, tags=("wb-hidden",), text="x", visibility="me")
    db.session.commit()
    monkeypatch.setattr(suggesting, "HOUSE_LOOKED_AT", 0)
    assert suggesting.tags(ada, "w") == ["wa", "wb", "wc"]
    assert suggesting.tags(ada, "wb") == ["wb"]


def test_people_near_come_first_and_nobody_by_a_name_they_hide(client, db, ada, sign_in):
    group = make_group("nairobi")
    fellow, thanked = make_member("mo-fellow", name="Mona Field"), make_member("mo-thanked", name="Moses Thanked")
    loner = make_member("mo-loner", name="Moa Loner", visibility={"groups": "me"})
    make_member("mo-a", name="Mo Another")
    make_member("x-hidden", name="Morgan Hidden", visibility={"name": "me"})
    make_member("mo-gone", name="Mo Gone", state="suspended")
    for member in (ada, fellow, loner):
        db.session.add(Membership(group_id=group.id, member_id=member.id, since=clock.utcnow()))
    db.session.commit()
    thank(ada.id, thanked.id, "For the tea", clock.utcnow(), new_nonce())
    db.session.commit()
    sign_in(client, ada)
    assert suggested(client, "@mo") == ["@mo-thanked", "@mo-fellow", "@mo-a", "@mo-loner"]
    assert suggested(client, "@field") == ["@mo-fellow"]
    assert suggested(client, "@") == ["@mo-thanked", "@mo-fellow"]
    assert suggested(client, "@morg") == suggested(client, "@mo-gone") == suggested(client, "@ada") == []
    assert suggested(client, "@x-h") == ["@x-hidden"]
    item = client.get("/activities/suggest?q=@x-h").json["items"][0]
    assert (item["label"], item["note"], item["picture"]) == ("@x-hidden", "", "")


def test_suggestions_cost_the_same_however_many_there_are(client, db, ada, sign_in, count_queries):
    sign_in(client, ada)
    counts = []
    for n in range(2):
        for m in range(1 + 20 * n):
            make_activity(make_member(f"mia-{n}-{m}").id, tags=(f"mia{n}{m}",), text="x")
        db.session.commit()
        for query in ("#mia", "@mia"):
            with count_queries() as seen:
                assert len(suggested(client, query)) == (1 if n == 0 else 8)
            counts.append(len(seen))
    assert counts[0] >= counts[2]
    assert counts[1] >= counts[3]
    assert max(counts) <= 12


@pytest.mark.parametrize("query", ["#%", "#" + "x" * 5000, "@'--", "#\ud800", "@_", "#é", "@" + "é" * 80])
def test_odd_questions_find_nothing_and_hurt_nobody(client, ada, sign_in, query):
    sign_in(client, ada)
    answer = client.get("/activities/suggest", query_string={"q": query.encode("utf-8", "surrogatepass")})
    assert (answer.status_code, answer.json) == (200, {"items": []})
    assert "no-store" in answer.headers["Cache-Control"]


def test_guests_are_suggested_nothing(client, db):
    make_member("ada")
    db.session.commit()
    assert client.get("/activities/suggest?q=@ada").status_code in (302, 303, 401)


# --- again this week


def weeks_ago(n: int) -> datetime:
    return FRIDAY - timedelta(weeks=n)


def test_what_comes_in_two_of_four_weeks_is_offered_and_told_once_a_week(db, ada):
    for n in (1, 3):
        make_activity(ada.id, text="Welcome call", occurred_at=weeks_ago(n), source="web", source_key=f"w{n}", reporter_id=ada.id,
                      tags=("welcome",), place="Online")  # fmt: skip
    for n in (2, 5):
        make_activity(ada.id, text="Too seldom", occurred_at=weeks_ago(n), source="web", source_key=f"s{n}", reporter_id=ada.id)
    for n in (1, 2):
        make_activity(ada.id, text="From a feed", occurred_at=weeks_ago(n), source="feed", source_key=f"f{n}")
    db.session.commit()
    (one,) = again.weekly(ada.id, FRIDAY)
    assert (one.text, one.weeks) == ("Welcome call", 2)
    outcomes = [again.tell_again(one.id, ada.id, FRIDAY + timedelta(hours=n)) for n in range(2)]
    db.session.commit()
    assert [(outcome.id, outcome.new) for outcome in outcomes] == [(outcomes[0].id, True), (outcomes[0].id, False)]
    row = db.session.get(Activity, outcomes[0].id)
    assert (row.text, row.place, row.occurred_at, row.source, row.points > 0) == ("Welcome call", "Online", FRIDAY, "web", True)
    assert list(db.session.scalars(sa.select(ActivityTag.tag).where(ActivityTag.activity_id == row.id))) == ["welcome"]
    assert again.weekly(ada.id, FRIDAY + timedelta(hours=1)) == []
    row.withdrawn_at = FRIDAY
    db.session.commit()
    assert again.weekly(ada.id, FRIDAY) == []
    assert [found.text for found in again.weekly(ada.id, FRIDAY + timedelta(weeks=1))] == ["Welcome call"]


def test_the_weeks_begin_on_monday(db, ada):
    monday = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)
    for n, at in enumerate((monday - timedelta(hours=1), monday - timedelta(weeks=1, hours=1))):
        make_activity(ada.id, text="Sunday tea", occurred_at=at, source="web", source_key=f"t{n}", reporter_id=ada.id)
    db.session.commit()
    assert [one.weeks for one in again.weekly(ada.id, monday)] == [2]
    make_activity(ada.id, text="Sunday tea", occurred_at=monday, source="web", source_key="t3", reporter_id=ada.id)
    db.session.commit()
    assert again.weekly(ada.id, monday) == []


def test_one_click_from_the_first_page_and_only_for_ones_own(client, db, ada, sign_in):
    now, bo = clock.utcnow(), make_member("bo")
    for who in (ada, bo):
        for n in (1, 2):
            make_activity(who.id, text=f"Call of {who.handle}", occurred_at=now - timedelta(weeks=n), source="web",
                          source_key=f"{who.handle}{n}", reporter_id=who.id)  # fmt: skip
    db.session.commit()
    sign_in(client, ada)
    assert 'hx-get="/activities/again"' in client.get("/").text
    page = client.get("/activities/again").text
    assert "Again this week?" in page
    assert "Call of bo" not in page
    (offered,) = re.findall(r'name="activity" value="(\d+)"', page)
    answer = client.post("/activities/again", data={"activity": offered, "csrf_token": token(client)})
    assert answer.status_code == 303
    assert "Thank you, Ada." in client.get(answer.location).text
    assert client.get("/activities/again").text == ""
    others = db.session.scalar(sa.select(sa.func.max(Activity.id)).where(Activity.member_id == bo.id))
    sent = [{"activity": one, "csrf_token": token(client)} for one in (others, 10**30, -1, "x", "")]
    assert [client.post("/activities/again", data=data).status_code for data in sent] == [404] * 5


# --- the box above a page


def test_a_swap_is_answered_with_the_box_alone_and_with_thanks_in_it(client, box, db):
    opened = client.get("/activities/new", headers=SWAP)
    assert "<html" not in opened.text
    assert 'name="box" value="1"' in opened.text
    assert "HX-Request" in opened.headers["Vary"]
    asked = box(headers=SWAP, text="", box="1")
    assert (asked.status_code, "<html" in asked.text, 'name="box" value="1"' in asked.text) == (422, False, True)
    said = box(headers=SWAP, text="In the box", box="1")
    assert (said.status_code, "<html" in said.text) == (200, False)
    assert "Thank you, Ada." in said.text
    assert "data-close" in said.text
    (row,) = stored(db)
    assert f"/activities/{row.id}" in said.text
    page = client.get("/activities/new")
    assert "<html" in page.text
    assert 'name="box"' not in page.text
