"""The page of one award: what bears it out, the files it hands out once they are signed, and what stays hidden."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities.drain import drain
from recognition.badges.models import Award, Badge
from recognition.badges.portable.models import Credential
from recognition.badges.services.endorsing import endorse
from recognition.badges.services.giving import hand_out
from recognition.extensions import db as database
from recognition.identity.models import Member, Membership
from tests.badges.conftest import SignIn, words
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member
from tests.identity.pages import send

HTMX = {"HX-Request": "true"}


def given(app: Flask, member: Member, badge: Badge | None = None, signed: bool = True, **changes: Any) -> Award:
    badge = badge or make_badge("kind", {})
    with app.test_request_context():
        hand_out(badge, [member.id], clock.utcnow(), how="hand", giver_id=None, reason="For the tea.")
    award = database.session.scalars(sa.select(Award).where(Award.badge_id == badge.id, Award.member_id == member.id)).one()
    for name, value in changes.items():
        setattr(award, name, value)
    if signed:
        database.session.add(Credential(award_id=award.id, document="{}", jwt="x"))
    database.session.commit()
    return award


def hrefs(html: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'href="([^"]*)"', html)]


def test_a_signed_award_hands_out_its_files_and_the_way_to_check_it(app: Flask, client: FlaskClient) -> None:
    award = given(app, make_member("ada"))
    page = client.get(f"/awards/{award.key}").text
    base = "http://localhost"
    assert [link for link in hrefs(page) if link.startswith(base) and link != f"{base}/awards/{award.key}"] == [
        f"{base}/awards/{award.key}/badge.png",
        f"{base}/awards/{award.key}/badge.svg",
        f"{base}/ob/3/credentials/{award.key}",
        f"{base}/ob/3/credentials/{award.key}.jwt",
        f"{base}/ob/2/assertions/{award.key}",
    ]
    assert f"/verify?url=http://localhost/ob/3/credentials/{award.key}" in [link.replace("%3A", ":") for link in hrefs(page)]
    assert "Good: signed by Recognition, and nobody took it back." in words(page)


def test_until_it_is_signed_the_page_says_so_and_looks_by_itself(app: Flask, client: FlaskClient) -> None:
    award = given(app, make_member("ada"), signed=False)
    page = client.get(f"/awards/{award.key}").text
    assert f'hx-get="/awards/{award.key}/files?looks=1"' in page
    assert ("badge.png" in page, "signed" in words(page), "Look again" in words(page)) == (False, True, True)
    part = client.get(f"/awards/{award.key}/files?looks=1", headers=HTMX).text
    assert f'hx-get="/awards/{award.key}/files?looks=2"' in part
    assert 'hx-get="' not in client.get(f"/awards/{award.key}/files?looks=30", headers=HTMX).text
    database.session.add(Credential(award_id=award.id, document="{}", jwt="x"))
    database.session.commit()
    part = client.get(f"/awards/{award.key}/files?looks=2", headers=HTMX).text
    assert ("badge.png" in part, "hx-get" in part, part.lstrip().startswith("<section")) == (True, False, True)
    assert client.get(f"/awards/{award.key}/files").location == f"/awards/{award.key}#files"


def test_what_could_not_be_signed_says_so(app: Flask, client: FlaskClient) -> None:
    award = given(app, make_member("ada"), signed=False, sign_due=False)
    database.session.add(Credential(award_id=award.id, error="The name is too long."))
    database.session.commit()
    page = client.get(f"/awards/{award.key}").text
    assert "could not be made" in words(page)
    assert ("too long" in page, "badge.png" in page) == (False, False)


@pytest.mark.parametrize(
    "change", [{"shown": False}, {"shown": False, "answer": "waiting"}, {"shown": False, "answer": "declined"}]
)
def test_what_is_not_shown_is_nowhere_for_others(
    app: Flask, client: FlaskClient, sign_in: SignIn, change: dict[str, Any]
) -> None:
    ada = make_member("ada")
    award = given(app, ada, **change)
    paths = [f"/awards/{award.key}", f"/awards/{award.key}/files", f"/awards/{award.key}/share.png"]
    other = app.test_client()
    sign_in(other, make_member("ben", roles=("council",)))
    assert [[who.get(path).status_code for path in paths] for who in (client, other)] == [[404] * 3] * 2
    sign_in(client, ada)
    own = client.get(f"/awards/{award.key}")
    assert (own.status_code, own.headers["Cache-Control"]) == (200, "private, no-store")
    assert ("linkedin.com" in own.text, "For your own website" in own.text) == (False, False)
    picture = client.get(f"/awards/{award.key}/share.png")
    assert (picture.status_code, picture.headers["Cache-Control"]) == (200, "private, no-store")


def test_a_suspended_holders_award_is_nowhere(app: Flask, client: FlaskClient) -> None:
    award = given(app, make_member("ada", state="suspended"))
    assert [client.get(f"/awards/{award.key}{end}").status_code for end in ("", "/files", "/share.png")] == [404, 404, 404]


def test_a_revoked_award_offers_no_files_but_a_look(app: Flask, client: FlaskClient) -> None:
    award = given(app, make_member("ada"), revoked_at=clock.utcnow(), revoked_reason="A mistake.")
    page = client.get(f"/awards/{award.key}").text
    assert "No longer good: it was taken back on" in words(page)
    assert ("badge.png" in page, "/verify?url=" in page) == (False, True)


def test_only_public_deeds_that_counted_bear_it_out(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    ada, badge = make_member("ada"), make_badge("talker", {"count": {"kind": "talk"}, "at_least": 2})
    told = [("Open talk", "talk", "public"), ("Members' talk", "talk", "members"), ("Secret talk", "talk", "me"),
            ("Open walk", "walk", "public")]  # fmt: skip
    for text, kind, visibility in told:
        make_activity(ada.id, kind=kind, visibility=visibility, text=text, occurred_at=clock.utcnow(), fingerprinted=False)
    database.session.commit()
    drain()
    award = database.session.scalars(sa.select(Award).where(Award.badge_id == badge.id)).one()
    sign_in(client, ada)
    for page in (client.get(f"/awards/{award.key}").text, app.test_client().get(f"/awards/{award.key}").text):
        said = words(page)
        assert [text in said for text, _kind, _who in told] == [True, False, False, False]


def test_the_snippet_is_html_that_nothing_breaks_out_of(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    award = given(app, ada, make_badge("kind", {}, name='Tea "& <cake>'))
    sign_in(client, ada)
    field = re.search(r'id="copy-embed"[^>]*>\n(.*?)</textarea>', client.get(f"/awards/{award.key}").text, re.DOTALL)
    assert field is not None
    assert unescape(field.group(1)) == (
        f'<a href="http://localhost/awards/{award.key}"><img src="http://localhost/awards/{award.key}/badge.png" width="180" '
        'height="180" alt="Tea &#34;&amp; &lt;cake&gt;, a badge of Recognition"></a>'
    )


def test_the_link_to_linkedin_tells_what_they_ask_for(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    award = given(app, ada, make_badge("kind", {}, name="Tea & cake", valid_days=400))
    assert "linkedin" not in client.get(f"/awards/{award.key}").text
    sign_in(client, ada)
    (link,) = [one for one in hrefs(client.get(f"/awards/{award.key}").text) if "linkedin" in one]
    ends = award.awarded_at + timedelta(days=400)
    assert parse_qs(urlsplit(link).query) == {
        "startTask": ["CERTIFICATION_NAME"], "name": ["Tea & cake"], "organizationName": ["Recognition"],
        "issueYear": [str(award.awarded_at.year)], "issueMonth": [str(award.awarded_at.month)],
        "expirationYear": [str(ends.year)], "expirationMonth": [str(ends.month)],
        "certUrl": [f"http://localhost/awards/{award.key}"], "certId": [award.key],
    }  # fmt: skip
    assert link.startswith("https://www.linkedin.com/profile/add?")


def test_words_are_said_and_answered_on_the_page(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    ada, ben = make_member("ada"), make_member("ben")
    award = given(app, ada)
    page = f"/awards/{award.key}"
    friend = app.test_client()
    sign_in(friend, ben)
    wrong = send(friend, page, f"{page}/words", comment="x" * 501)
    assert (wrong.status_code, "x" * 501 in wrong.text, "up to 500 characters" in wrong.text) == (422, True, True)
    done = send(friend, page, f"{page}/words", comment="  She <b>saw</b>\u202e it.\r\n\r\nFirst. ")
    assert (done.status_code, done.location) == (303, f"{page}#words")
    assert [("She <b>saw</b> it." in words(who.get(page).text)) for who in (friend, client)] == [True, False]
    sign_in(client, ada)
    assert "waits for your word" in words(client.get(page).text)
    key = re.search(r'action="/me/words/([^/"]+)/answer"', client.get(page).text)
    assert key is not None
    assert send(friend, page, f"/me/words/{key[1]}/answer", answer="show").status_code == 404
    assert send(client, page, f"/me/words/{key[1]}/answer", answer="perhaps").status_code == 400
    assert send(client, page, f"/me/words/{key[1]}/answer", answer="show").status_code == 303
    guest = app.test_client().get(page).text
    assert ("She &lt;b&gt;saw&lt;/b&gt; it.\n\nFirst." in guest, "<b>saw" in guest) == (True, False)
    assert send(client, page, f"/words/{key[1]}/withdraw").status_code == 404
    assert send(friend, page, f"/words/{key[1]}/withdraw").status_code == 303
    assert "She" not in words(app.test_client().get(page).text)
    assert send(client, "/me/badges", f"/me/words/{key[1]}/answer", answer="show").status_code == 404


def test_only_curators_speak_for_their_group(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    award, ben, group = given(app, make_member("ada")), make_member("ben"), make_group("nairobi")
    membership = Membership(group_id=group.id, member_id=ben.id, state="in", since=clock.utcnow())
    database.session.add(membership)
    database.session.commit()
    sign_in(client, ben)
    page = f"/awards/{award.key}"
    assert "For Nairobi" not in client.get(page).text
    assert send(client, page, f"{page}/words", comment="We saw it.", speaker="nairobi").status_code == 403
    membership.is_curator = True
    database.session.commit()
    assert "For Nairobi" in client.get(page).text
    assert send(client, page, f"{page}/words", comment="We saw it.", speaker="nairobi").status_code == 303
    assert "Ben · for Nairobi ·" in words(client.get(page).text)


def test_the_council_takes_words_down_that_show(app: Flask, client: FlaskClient, rosa: Member) -> None:
    award = given(app, make_member("ada"))
    said = endorse(award, make_member("ben"), None, "An insult.", clock.utcnow())
    database.session.commit()
    page = f"/council/words/{said.key}/remove"
    assert client.get(page).status_code == 404
    said.state = "shown"
    database.session.commit()
    assert page in client.get(f"/awards/{award.key}").text
    assert send(client, page, page, reason=" ").status_code == 422
    assert send(client, page, page, reason="It insults.").status_code == 303
    assert "An insult." not in client.get(f"/awards/{award.key}").text
    assert client.get(page).status_code == 404


def test_a_hidden_authors_name_does_not_show(app: Flask, client: FlaskClient) -> None:
    award = given(app, make_member("ada"))
    author = make_member("quiet", name="Hidden Name", visibility={"name": "me"})
    endorse(award, author, None, "Yes indeed.", clock.utcnow()).state = "shown"
    database.session.commit()
    page = client.get(f"/awards/{award.key}").text
    assert ("Yes indeed." in page, "Hidden Name" in page, "@quiet" in page) == (True, False, True)


@pytest.mark.parametrize("who", ["guest", "friend", "holder"])
def test_the_page_costs_the_same_with_many_words(
    app: Flask, client: FlaskClient, sign_in: SignIn, count_queries: Callable[[], Any], who: str
) -> None:
    ada, friend = make_member("ada"), make_member("friend", roles=("council",))
    badge = make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1}, issuer_id=make_group().id, valid_days=30)
    make_activity(ada.id, kind="talk", visibility="public", text="A talk", occurred_at=clock.utcnow(), fingerprinted=False)
    database.session.add(Membership(group_id=make_group("berlin").id, member_id=friend.id, is_curator=True, since=clock.utcnow()))
    database.session.commit()
    drain()
    award = database.session.scalars(sa.select(Award).where(Award.badge_id == badge.id)).one()
    if who != "guest":
        sign_in(client, {"friend": friend, "holder": ada}[who])
    numbers, page = [], f"/awards/{award.key}"
    for count in (1, 3):
        for number in range(count):
            endorse(award, make_member(f"author-{count}-{number}"), None, "Yes.", clock.utcnow()).state = "shown"
        database.session.commit()
        with count_queries() as seen:
            assert client.get(page).status_code == 200
        numbers.append(len(seen))
    assert numbers[0] == numbers[1]
    assert numbers[0] <= 12
