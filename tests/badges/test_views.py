"""Pages of badges and awards: what they say, whom they show, and how often they ask the database."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.activities import drain
from recognition.badges import queries
from recognition.badges.models import Award
from recognition.badges.queries import latest_award_id, picture_url
from recognition.badges.rules import BadgeSpec
from recognition.badges.services import answering, people, states
from recognition.extensions import db
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SignIn = Callable[[FlaskClient, Any], None]
ONE_TALK = {"count": {"kind": "talk"}, "at_least": 1}


def words_of(answer: Any) -> str:
    text = answer.get_data(as_text=True)
    main = text[text.index("<main") : text.index("</main>")] if "<main" in text else text
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def award(member: Any, kind: str = "talk", number: int = 1) -> Award:
    for _turn in range(number):
        make_activity(member.id, kind=kind, fingerprinted=False)
    db.session.commit()
    drain.drain()
    return db.session.scalars(sa.select(Award).where(Award.member_id == member.id).order_by(Award.id.desc())).first()


def test_the_index_shows_a_stranger_every_published_badge(client: FlaskClient) -> None:
    make_badge("shown", name="Shown pin")
    make_badge("drafted", name="Drafted pin", state="draft")
    make_badge("gone", name="Retired pin", state="retired")
    db.session.commit()
    said = words_of(client.get("/badges/"))
    assert "Shown pin" in said
    assert "Drafted pin" not in said
    assert "Retired pin" not in said
    assert "A place is kept for it" not in said


def test_the_index_shows_a_member_theirs_places_and_what_is_near(client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    make_badge("one", ONE_TALK, name="First talk")
    make_badge("five", {"count": {"kind": "talk"}, "at_least": 5}, name="Five talks")
    make_badge("far", {"count": {"kind": "writing"}, "at_least": 5}, name="Writer")
    award(ada, number=3)
    sign_in(client, ada)
    text = client.get("/badges/").get_data(as_text=True)
    near = text[text.index("Begun</h2>") : text.index('id="family-helping"')]
    assert ("Five talks" in near, "3 of 5" in near, "Writer" in near, "First talk" in near) == (
        True,
        True,
        False,
        False,
    )
    assert text.count("A place is kept for it") == 2


def test_who_takes_no_badges_reads_of_nothing_missing(client: FlaskClient, sign_in: SignIn) -> None:
    make_badge("four", {"count": {"kind": "talk"}, "at_least": 4})
    ada = make_member("ada", takes_badges=False)
    award(ada)
    sign_in(client, ada)
    for address in ("/badges/", "/badges/four", "/badges/four/why"):
        page = words_of(client.get(address))
        said = ("You asked us to give you none" in page, "1 of 4" in page, "missing" in page, "Begun" in page)
        assert said == (True, False, False, False)
    assert 'href="/me/settings#field-takes_badges"' in client.get("/badges/").text


def test_a_retired_badge_promises_nothing(client: FlaskClient, sign_in: SignIn) -> None:
    make_badge("old", {"count": {"kind": "talk"}, "at_least": 4}, state="retired", valid_days=10)
    sign_in(client, make_member("ada"))
    page = words_of(client.get("/badges/old"))
    assert ("arrives by itself" in page, "How far you are" in page, "can be renewed" in page) == (False, False, False)
    assert "Retired: nobody gets it any more" in page


def test_an_empty_index_invites(client: FlaskClient) -> None:
    assert "The drawer is still empty" in words_of(client.get("/badges/"))


def test_a_badge_page_says_what_is_there_and_what_is_missing(client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    make_badge("talker", ONE_TALK, name="Talker")
    rule = {"all": [{"holds": "talker"}, {"count": {"kind": "writing", "tags_any": ["mdm-path"]}, "at_least": 2}]}
    make_badge("both", rule, name="Both ways")
    award(ada)
    make_activity(ada.id, kind="writing", tags=("mdm-path",))
    db.session.commit()
    sign_in(client, ada)
    said = words_of(client.get("/badges/both"))
    assert "All of these:" in said
    assert "Done: Hold the badge “Talker”" in said
    assert "Missing: 2 deeds: “writing”, tagged #mdm-path 1 of 2" in said


def test_a_levelled_badge_counts_towards_the_next_level(client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    make_badge("helper", {"count": {"kind": "talk"}}, levels=[1, 5, 25])
    award(ada, number=7)
    sign_in(client, ada)
    said = words_of(client.get("/badges/helper"))
    assert "Yours, Level 5" in said
    assert "7 of 25 18 more to level 25." in said


@pytest.mark.parametrize("state", ["draft", "nowhere"])
def test_drafts_are_for_the_council_only(client: FlaskClient, sign_in: SignIn, state: str) -> None:
    make_badge("talker", ONE_TALK, state="draft")
    slug = "talker" if state == "draft" else "nobody"
    db.session.commit()
    assert client.get(f"/badges/{slug}").status_code == 404
    assert client.get(f"/badges/{slug}/picture-64.png").status_code == 404
    sign_in(client, make_member("cleo", roles=("council",)))
    assert client.get(f"/badges/{slug}").status_code == (200 if state == "draft" else 404)


def test_an_award_has_a_page_to_share(client: FlaskClient) -> None:
    ada = make_member("ada", name="Ada Sample")
    badge = make_badge("talker", ONE_TALK, name="Talker")
    given = award(ada)
    states.save_badge(_spec(badge, {"count": {"kind": "talk"}, "at_least": 3}), NOW)
    db.session.commit()
    answer = client.get(f"/awards/{given.key}")
    said, text = words_of(answer), answer.get_data(as_text=True)
    for part in (
        "Ada Sample",
        "Talker",
        "1 deed: “talk”.",
        "Something else. Whoever had it keeps it.",
        "Good: nobody took it back.",
    ):
        assert part in said
    assert '<meta property="og:title" content="Ada Sample: Talker">' in text
    assert f'<meta property="og:image" content="http://localhost/awards/{given.key}/share.png">' in text


def _spec(badge: Any, criteria: dict[str, Any]) -> Any:
    names = ("slug", "name", "family", "glyph", "band", "summary")
    return BadgeSpec(**{name: getattr(badge, name) for name in names}, story="", levels=(), criteria=criteria)


def test_a_revoked_award_says_so_and_is_on_no_jacket(client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    make_badge("talker", ONE_TALK, name="Talker")
    given = award(ada)
    given.revoked_at, given.revoked_reason = NOW, "Reason for everybody who could see it"
    db.session.commit()
    key = given.key
    said = words_of(client.get(f"/awards/{key}"))
    assert "This award was taken back" in said
    assert "Reason for everybody who could see it" in said
    sign_in(client, ada)
    assert "Reason for everybody who could see it" in words_of(client.get(f"/awards/{key}"))
    assert "Talker" not in words_of(client.get("/me/badges"))


# Nobody is seen who does not want to be: one test a surface.


def hidden_member(how: str) -> Any:
    """A holder of `talker` who must not be seen by others; the name would show if something broke."""
    changes: dict[str, Any] = {"name": {"visibility": {"name": "me"}}, "suspended": {"state": "suspended"}}.get(how, {})
    member = make_member("quiet", name="Hidden Name", **changes)
    make_badge("talker", ONE_TALK)
    given = award(member)
    if how == "award":
        answering.arrange(member.id, [], [given.key])
    db.session.commit()
    people.recount_of(member.id)
    db.session.commit()
    return member, given


@pytest.mark.parametrize("how", ["name", "suspended", "award"])
@pytest.mark.parametrize("reader", ["stranger", "member"])
def test_holders_show_nobody_who_hides(client: FlaskClient, sign_in: SignIn, how: str, reader: str) -> None:
    hidden_member(how)
    award(make_member("seen", name="Seen Name"))
    if reader == "member":
        sign_in(client, make_member("rex"))
    said = words_of(client.get("/badges/talker"))
    assert "Seen Name" in said
    assert "Hidden Name" not in said
    assert "@quiet" not in said
    counted = "2 people hold" if how == "name" else "1 person holds"
    assert counted in said


@pytest.mark.parametrize("how", ["suspended", "award"])
def test_a_hidden_award_has_no_page_for_others(client: FlaskClient, sign_in: SignIn, how: str) -> None:
    _member, given = hidden_member(how)
    key = given.key
    assert client.get(f"/awards/{key}").status_code == 404
    sign_in(client, make_member("rex", roles=("admin", "council")))
    assert client.get(f"/awards/{key}").status_code == 404


@pytest.mark.parametrize("reader", ["stranger", "member"])
@pytest.mark.parametrize("address", ["/members/quiet", "/activities/", "/members/", "/api/v1/members/quiet/awards"])
def test_a_hidden_award_is_told_nowhere_else(client: FlaskClient, sign_in: SignIn, address: str, reader: str) -> None:
    hidden_member("award")
    if reader == "member":
        sign_in(client, make_member("rex", roles=("admin", "council")))
    answer = client.get(address)
    assert answer.status_code == 200
    assert "talker" not in answer.get_data(as_text=True).casefold()


def test_an_awards_page_hides_a_hidden_name(client: FlaskClient) -> None:
    _member, given = hidden_member("name")
    text = client.get(f"/awards/{given.key}").get_data(as_text=True)
    assert "Hidden Name" not in text
    assert "@quiet" in text


def test_a_name_for_members_is_seen_by_members(client: FlaskClient, sign_in: SignIn) -> None:
    make_badge("talker", ONE_TALK)
    award(make_member("mia", name="Members Only", visibility={"name": "members"}))
    assert "Members Only" not in words_of(client.get("/badges/talker"))
    sign_in(client, make_member("rex"))
    assert "Members Only" in words_of(client.get("/badges/talker"))


# Arrivals


def look(client: FlaskClient, since: int, tries: int = 0) -> Any:
    return client.get(f"/badges/arrivals?since={since}&tries={tries}", headers={"HX-Request": "true"})


def test_a_page_waits_until_the_badge_is_there_and_then_rests(client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    make_badge("talker", ONE_TALK, name="Talker")
    since = latest_award_id(ada.id)
    make_activity(ada.id, kind="talk")
    db.session.commit()
    sign_in(client, ada)
    waiting = look(client, since).get_data(as_text=True)
    assert f"since={since}&amp;tries=1" in waiting
    assert "Talker" not in waiting
    drain.drain()
    arrived = look(client, since, 1)
    assert arrived.get_data(as_text=True).count("A new pin for your jacket") == 1
    assert "hx-get" not in arrived.get_data(as_text=True)
    assert "HX-Request" in arrived.headers["Vary"]
    assert "No new pin this time" in look(client, latest_award_id(ada.id), 5).get_data(as_text=True)


def test_what_comes_first_is_shown_while_more_is_awaited(client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    make_badge("talker", {"count": {"kind": "talk"}}, levels=[1, 5], name="Talker")
    award(ada, number=5)
    make_activity(ada.id, kind="writing")
    db.session.commit()
    sign_in(client, ada)
    text = look(client, 0).get_data(as_text=True)
    assert text.count("A new pin for your jacket") == 1
    assert "Level 5" in text
    assert f"since={latest_award_id(ada.id)}&amp;tries=0" in text
    assert "hx-get" in text


@pytest.mark.parametrize(("tries", "said"), [(3, "a helper of ours is away"), (40, "takes longer than usual")])
def test_waiting_is_honest_without_a_queue_and_ends(client: FlaskClient, sign_in: SignIn, tries: int, said: str) -> None:
    ada = make_member("ada")
    make_activity(ada.id, kind="talk")
    db.session.commit()
    sign_in(client, ada)
    assert said in look(client, 0, tries).get_data(as_text=True)


def test_what_came_together_is_counted_in_words(client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    for slug in ("talker", "speaker"):
        make_badge(slug, ONE_TALK, name=slug.title())
    make_activity(ada.id, kind="talk")
    db.session.commit()
    drain.drain()
    sign_in(client, ada)
    assert "2 new pins for your jacket" in look(client, 0).get_data(as_text=True)


def test_without_script_the_same_address_is_a_page(client: FlaskClient, sign_in: SignIn) -> None:
    ada = make_member("ada")
    make_badge("talker", ONE_TALK, name="Talker")
    award(ada)
    sign_in(client, ada)
    text = client.get("/badges/arrivals?since=0").get_data(as_text=True)
    assert "<html" in text
    assert "A new pin for your jacket" in text


def test_nobody_sees_the_arrivals_of_others(client: FlaskClient, sign_in: SignIn) -> None:
    make_badge("talker", ONE_TALK, name="Talker")
    award(make_member("ada"))
    sign_in(client, make_member("rex"))
    assert "Talker" not in look(client, 0, 9).get_data(as_text=True)


# Pictures


def test_a_picture_is_kept_for_ever_under_its_version(client: FlaskClient, count_queries: Any, app: Any) -> None:
    badge = make_badge("helper", {"count": {"kind": "talk"}}, levels=[1, 5])
    db.session.commit()
    with app.test_request_context():
        plain, notched, place = picture_url(badge, 64), picture_url(badge, 64, 5), picture_url(badge, 64, earned=False)
    assert len({plain, notched, place}) == 3
    answers = [client.get(address) for address in (plain, notched, place)]
    assert [answer.data[:4] for answer in answers] == [b"\x89PNG"] * 3
    assert len({answer.data for answer in answers}) == 3
    assert {answer.headers["Cache-Control"] for answer in answers} == {"public, max-age=31536000, immutable"}
    with count_queries() as seen:
        again = client.get(plain, headers={"If-None-Match": answers[0].headers["ETag"]})
    assert (again.status_code, again.data, len(seen)) == (304, b"", 0)
    assert "Set-Cookie" not in again.headers
    unversioned = client.get("/badges/helper/picture-64.png")
    assert unversioned.headers["Cache-Control"] == "public, max-age=300"
    assert client.get("/badges/helper/picture-64.png", headers={"If-None-Match": unversioned.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("address", ["picture-65.png", "picture-64.png?level=7", "picture.svg?level=7"])
def test_only_pictures_that_exist_are_drawn(client: FlaskClient, address: str) -> None:
    make_badge("helper", {"count": {"kind": "talk"}}, levels=[1, 5])
    db.session.commit()
    assert client.get(f"/badges/helper/{address}").status_code == 404


def test_the_drawing_tells_its_name(client: FlaskClient) -> None:
    make_badge("helper", name="Talks & more")
    db.session.commit()
    answer = client.get("/badges/helper/picture.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "<title>Talks &amp; more</title>" in answer.get_data(as_text=True)


# Lists ask as often for three as for one.


FOR_GUESTS = ["/badges/", "/badges/b0"]
FOR_MEMBERS = [*FOR_GUESTS, "/me/badges", "/badges/arrivals?since=0"]


@pytest.mark.parametrize(
    ("signed_in", "address"), [*((False, address) for address in FOR_GUESTS), *((True, address) for address in FOR_MEMBERS)]
)
def test_pages_ask_as_often_for_three_as_for_one(
    client: FlaskClient, sign_in: SignIn, count_queries: Any, address: str, signed_in: bool
) -> None:
    ada = make_member("ada")
    if signed_in:
        sign_in(client, ada)
    numbers = []
    for rows in (1, 3):
        for number in range(rows):
            if queries.badge_by_slug(f"b{number}") is None:
                make_badge(f"b{number}", {"count": {"kind": "talk"}}, levels=[1, 5])
        for number in range(rows):
            make_activity(ada.id, kind="talk", fingerprinted=False)
            award(make_member(f"m{rows}-{number}"))
        db.session.expire_all()
        with count_queries() as seen:
            assert client.get(address).status_code == 200
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 12
