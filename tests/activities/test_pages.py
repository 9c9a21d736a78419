"""The text box and the list of deeds, as people meet them."""

import re
import unicodedata
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition import clock
from recognition.activities.drain import drain
from recognition.activities.forms import Faults, deed_of_box, new_nonce
from recognition.activities.models import Activity, ActivityTag, Kind
from recognition.identity.models import Membership
from recognition.text import shown_only
from recognition.web.pagination import encode
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member


@pytest.fixture
def ada(db):
    member = make_member("ada")
    db.session.add(Kind(slug="talk", label="Gave a talk", points=12, offered=True))
    db.session.commit()
    return member


@pytest.fixture
def box(client, ada, sign_in):
    """Opens the box as a browser does, and sends it."""
    sign_in(client, ada)

    def send(headers=None, follow_redirects=False, **fields):
        page = client.get("/activities/new").text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        return client.post("/activities/new", data={**hidden, **fields}, headers=headers, follow_redirects=follow_redirects)

    return send


def stored(db) -> list[Activity]:
    return list(db.session.scalars(sa.select(Activity).order_by(Activity.id)))


def told_id(response) -> int:
    assert response.status_code == 303
    address = urlsplit(response.headers["Location"])
    assert address.path == "/activities/"
    return int(parse_qs(address.query)["new"][0])


def test_words_alone_are_enough(box, db, ada):
    before = clock.utcnow()
    response = box(text="Talked to a journalist about #MDM")
    (row,) = stored(db)
    assert told_id(response) == row.id
    assert (row.member_id, row.reporter_id, row.kind, row.text, row.visibility, row.source) == (
        ada.id, ada.id, "other", "Talked to a journalist about #MDM", "members", "web",
    )  # fmt: skip
    assert (row.url, row.group_id, row.campaign, row.evidence) == (None, None, None, 0)
    assert before <= row.occurred_at <= clock.utcnow()
    assert list(db.session.scalars(sa.select(ActivityTag.tag))) == ["mdm"]


def test_everything_filled_in(box, db, ada):
    group = make_group("nairobi")
    db.session.add(Membership(group_id=group.id, member_id=ada.id, since=clock.utcnow()))
    db.session.commit()
    box(text="At the meetup\r\nwith friends", tags="wiki, #MDM café", kind="talk", day="2020-02-03", url="https://example.org/x",
        group="nairobi", visibility="public", points="1000", member_id="7")  # fmt: skip
    (row,) = stored(db)
    assert (row.text, row.kind, row.url, row.group_id, row.visibility, row.points) == (
        "At the meetup\nwith friends", "talk", "https://example.org/x", group.id, "public", 12,
    )  # fmt: skip
    assert row.occurred_at.isoformat() == "2020-02-03T12:00:00+00:00"
    assert sorted(db.session.scalars(sa.select(ActivityTag.tag))) == ["café", "mdm", "wiki"]


def test_thanks_come_first_then_points_then_the_badge(box, client, db):
    make_badge("first")
    db.session.commit()
    page = box(text="Helped somebody", follow_redirects=True).text
    assert page.index("Thank you, Ada.") < page.index("5 points") < page.index("/badges/arrivals?since=0")
    drain()
    assert "First" in client.get("/badges/arrivals?since=0").text
    assert "Thank you" not in client.get("/activities/").text


def test_after_telling_there_is_no_filter_and_two_ways_on(box, client):
    page = box(text="Helped somebody", follow_redirects=True).text
    assert "p-deeds__choice" not in page
    assert "See my profile" in page
    assert "Tell another" in page
    assert "p-deeds__choice" in client.get("/activities/").text


def test_who_will_see_it_stands_beside_the_button(client, ada, sign_in):
    sign_in(client, ada)
    page = client.get("/activities/new").text
    assert page.index("</details>") < page.index("Who may see it?") < page.index("p-report__send")
    assert "no need to choose" in page
    assert "any kind" not in page


def test_a_deed_of_no_sort_carries_no_label(box, client, db):
    db.session.add(Kind(slug="other", label="Something else", points=5, offered=True))
    db.session.commit()
    box(text="Untyped")
    page = client.get("/activities/").text
    assert '<span class="c-deed__kind">' not in page
    box(text="Typed", kind="talk")
    assert '<span class="c-deed__kind">Gave a talk</span>' in client.get("/activities/").text


def test_a_double_click_adds_nothing_and_other_words_do(box, db):
    nonce = new_nonce()
    sent = [box(text=text, nonce=nonce) for text in ("Once", "Once", "Twice")]
    ids = [told_id(response) for response in sent]
    assert ids[0] == ids[1] != ids[2]
    assert [row.text for row in stored(db)] == ["Once", "Twice"]


def test_a_likely_repeat_is_asked_about_before_it_is_stored(box, db):
    first = told_id(box(text="The same"))
    asked = box(text="The same")
    assert (asked.status_code, f"/activities/{first}" in asked.text) == (409, True)
    assert len(stored(db)) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("text", "   ", "A few words are enough"),
        ("text", "x" * 1_000_000, "This is longer than a deed can be"),
        ("text", "\x07\u202e", "A few words are enough"),
        ("text", "\u200b\u3164\n\x9b", "A few words are enough"),
        ("day", "2999-01-01", "That day is still to come"),
        ("day", "2020-02-30", "not a day in our calendar"),
        ("url", "javascript:alert(1)", "A link starts with http"),
        ("group", "not-mine", "Choose one of your groups"),
        ("kind", "badge.awarded", "choose one of these kinds"),
        ("kind", "unknown", "choose one of these kinds"),
        ("visibility", "world", "Choose who may see it"),
        ("tags", " ".join(f"t{n}" for n in range(21)), "more, or longer, tags"),
    ],
)
def test_what_was_typed_stays(box, db, field, value, said):
    make_group("not-mine")
    db.session.commit()
    typed = {
        "text": "My long <b>story</b>",
        "tags": "keep-this-tag",
        "url": "https://example.org/kept",
        "day": "2020-02-03",
    } | {field: value}
    for headers in (None, {"HX-Request": "true"}):
        response = box(headers=headers, **typed)
        assert response.status_code == 422
        assert said in response.text
        assert response.text.startswith("<form" if headers else "<!doctype html>") or headers
        for name in ("tags", "url", "day"):
            if name != field:
                assert typed[name] in response.text
        if field != "text":
            assert "My long &lt;b&gt;story&lt;/b&gt;" in response.text
    assert stored(db) == []


def test_no_words_are_refused_for_their_signs(db):
    """Whatever letters, marks or left-overs of a word processor: what can be seen is kept as it was typed."""

    @settings(max_examples=200, deadline=None)
    @given(st.text(min_size=1, max_size=60))
    def told(text: str) -> None:
        seen = shown_only(text.replace("\r\n", "\n")).strip()
        if seen:
            report = deed_of_box({"text": text, "nonce": "n" * 20}, 1, (), {}, clock.utcnow())
            assert report.text == unicodedata.normalize("NFC", seen).strip()
        else:
            with pytest.raises(Faults):
                deed_of_box({"text": text}, 1, (), {}, clock.utcnow())

    told()


def test_more_than_a_form_can_hold_is_said_in_words(box, db):
    response = box(text="🦊" * 1_100_000)
    assert response.status_code == 413
    assert "That is too big" in response.text
    assert stored(db) == []


def test_htmx_follows_to_the_thanks(box):
    response = box(headers={"HX-Request": "true"}, text="Helped")
    assert response.status_code == 200
    assert response.headers["HX-Redirect"].startswith("/activities/?new=")


def test_other_pages_can_begin_a_sentence(box, client):
    page = client.get("/activities/new?text=I+passed+it+on&tags=mdm-path&kind=talk").text
    assert "I passed it on</textarea>" in page
    assert 'value="mdm-path"' in page
    assert '<option value="talk" selected>' in page


def test_guests_are_led_to_sign_in_and_cannot_tell(client, db):
    assert client.get("/activities/new").status_code == 302
    assert client.post("/activities/new", data={"text": "x"}).status_code in (400, 401)
    assert stored(db) == []


def lines(page: str) -> list[str]:
    return re.findall(r'c-deed__text"[^>]*>([^<]*)<', page)


def test_who_sees_which_deeds(client, db, sign_in, ada):
    bob, gone = make_member("bob"), make_member("gone", state="suspended")
    for who in (ada, bob, gone):
        for number, seen in enumerate(("public", "members", "me")):
            make_activity(
                who.id,
                text=f"{who.handle} {seen}",
                visibility=seen,
                occurred_at=clock.utcnow() - timedelta(days=number),
            )
    make_activity(bob.id, kind="quest.finished", text="machinery")
    db.session.commit()
    assert sorted(lines(client.get("/activities/").text)) == ["ada public", "bob public"]
    sign_in(client, ada)
    assert sorted(lines(client.get("/activities/").text)) == [
        "ada me",
        "ada members",
        "ada public",
        "bob members",
        "bob public",
    ]
    assert lines(client.get("/activities/?member=gone").text) == []
    secret = db.session.scalar(sa.select(Activity.id).where(Activity.text == "bob me"))
    assert "Thank you" not in client.get(f"/activities/?new={secret}").text


def test_filters_and_pages(client, db, ada):
    bob, group = make_member("bob"), make_group("nairobi")
    for number in reversed(range(30)):  # many on one day, told in another order than they happened
        happened = clock.utcnow() - timedelta(days=number // 10, seconds=number)
        make_activity(ada.id, text=f"deed {number:02}", visibility="public", occurred_at=happened)
    make_activity(bob.id, text="bobs", visibility="public", kind="talk", tags=("mdm",), group_id=group.id)
    db.session.commit()
    first = client.get("/activities/?member=ada").text
    older = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")
    second = client.get(older).text
    assert lines(first) + lines(second) == [f"deed {number:02}" for number in range(30)]
    assert 'rel="next"' not in second
    for question in ("member=bob", "kind=talk", "tag=mdm", "tag=%23mdm", "group=nairobi"):
        assert lines(client.get(f"/activities/?{question}").text) == ["bobs"]
    assert lines(client.get("/activities/?tag=nothing").text) == []
    for forged in ("nonsense", encode([10**30, 1]), encode([1, 10**30])):
        assert client.get(f"/activities/?after={forged}").status_code == 400
    assert client.get(f"/activities/?new={'9' * 30}&since=-4").status_code == 200


def test_statements_do_not_grow_with_the_list(client, db, ada, sign_in, count_queries):
    sign_in(client, ada)
    numbers = []
    for round_number in range(2):
        for who in range(1 + round_number):
            make_activity(make_member(f"m{round_number}{who}").id, tags=("a", "b"), visibility="public")
        db.session.commit()
        client.get("/activities/")
        with count_queries() as seen:
            assert len(lines(client.get("/activities/").text)) == 1 + 2 * round_number
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 12
