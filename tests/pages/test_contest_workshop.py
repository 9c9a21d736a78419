"""The council's workshop of contests: from a template to a published one, and what it never tells."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.badges.models import Badge
from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import Flag
from recognition.contests.models.vote import Juror, Voter
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.factories.badges import make_badge
from tests.factories.contests import NOW, days, make_contest, make_entry, make_round, open_round

SignIn = Callable[[FlaskClient, Member], None]
NEW = "/council/contests/new"


@pytest.fixture(autouse=True)
def no_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def council(client: FlaskClient, db: Any, make_member: Callable[..., Member], sign_in: SignIn) -> Member:
    member = make_member("cora", roles=("council",))
    db.session.commit()
    sign_in(client, member)
    return member


def fields(answer: Any) -> list[tuple[str, str]]:
    """What a browser would send of the form on the page."""
    page = answer.get_data(as_text=True)
    form = page[page.index('id="contest-form"') :].partition("</form>")[0]
    found = []
    for tag in re.findall(r"<(?:input|textarea|select).*?>(?:[^<]*</textarea>)?", form, re.DOTALL):
        name = re.search(r'\bname="([^"]+)"', tag)
        kind = re.search(r'\btype="([^"]+)"', tag)
        if not name or (kind and kind[1] in ("radio", "checkbox") and " checked" not in tag):
            continue
        value = re.search(r'\bvalue="([^"]*)"', tag)
        body = re.search(r">\n?([^<]*)</textarea>", tag)
        found.append((name[1], html.unescape(body[1] if body else value[1] if value else "")))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found = [(key, value) for key, value in found if key != name] + [(name, chosen[1] if chosen else "")]
    return found


def sent(client: FlaskClient, url: str, of: Any, *more: tuple[str, str], **changes: str) -> Any:
    data: dict[str, list[str]] = {}
    for name, value in [*fields(of), *more]:
        data.setdefault(name, []).append(value)
    return client.post(url, data=data | {name: [value] for name, value in changes.items()})


def text(answer: Any) -> str:
    body = re.sub(r"(?s)<(script|style|datalist).*?</\1>", "", answer.get_data(as_text=True))
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body)).split())


def the_one() -> Contest:
    return database.session.scalars(sa.select(Contest), execution_options={"populate_existing": True}).one()


def test_four_templates_and_an_empty_form(client: FlaskClient, council: Member) -> None:
    page = client.get(NEW).get_data(as_text=True)
    assert re.findall(r'href="/council/contests/new\?from=(\w+)"', page) == ["picture", "words", "person", "jury", "nothing"]


@pytest.mark.parametrize(
    ("key", "takes", "methods"),
    [("picture", "picture", ["approval"]), ("words", "text", ["score"]), ("person", "person", ["schulze"])],
)
def test_a_template_makes_a_draft_as_it_is(
    client: FlaskClient, council: Member, key: str, takes: str, methods: list[str]
) -> None:
    form = client.get(f"{NEW}?from={key}")
    assert "Still to do" not in text(form)
    answer = sent(client, NEW, form, then="keep")
    contest = the_one()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/council/contests/{contest.slug}/edit")
    assert (contest.state, contest.takes, [one.method for one in contest.rounds]) == ("draft", takes, methods)


def test_the_template_with_a_jury_asks_who_is_on_it(
    client: FlaskClient, council: Member, make_member: Callable[..., Member]
) -> None:
    for handle in ("ada", "bo", "cy", "dee"):
        make_member(handle)
    database.session.commit()
    form = client.get(f"{NEW}?from=jury")
    assert "Round 2: Who is on the jury? One handle at least." in text(form)
    refused = sent(client, NEW, form, then="keep")
    assert refused.status_code == 422
    assert 'id="field-rounds-2-jurors-error"' in refused.get_data(as_text=True)
    sent(client, NEW, form, then="keep", **{"rounds-2-jurors": "@ada, bo cy", "rounds-2-deputies": "dee"})
    contest = the_one()
    assert [(one.judges, one.advance_count, one.weight, one.quorum) for one in contest.rounds] == [
        ("community", 10, 40, 0), ("jury", None, 60, 3),
    ]  # fmt: skip
    told = text(client.get(f"/council/contests/{contest.slug}/"))
    assert "A jury of 3 people votes." in told
    assert "It counts with 3 ballots or more." in told
    assert "The final order adds up the rounds: round 1: 40 %, round 2: 60 %." in told


def test_what_was_typed_stays_when_something_is_wrong(client: FlaskClient, council: Member) -> None:
    form = client.get(f"{NEW}?from=picture")
    answer = sent(client, NEW, form, then="keep", title="", brief="Draw <b>me</b>", **{"rounds-1-ends_at": "soon"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "A contest needs a title." in page
    assert "Draw &lt;b&gt;me&lt;/b&gt;" in page
    assert 'value="soon"' in page
    assert 'id="field-rounds-1-ends_at-error"' in page
    assert database.session.scalars(sa.select(Contest)).all() == []


def test_rounds_come_and_go_without_script_and_with_htmx(client: FlaskClient, council: Member) -> None:
    form = client.get(f"{NEW}?from=picture")
    grown = sent(client, NEW, form, **{"rounds-move": "add"})
    assert (grown.status_code, 'id="round-2"' in grown.get_data(as_text=True)) == (200, True)
    shrunk = sent(client, NEW, grown, **{"rounds-move": "remove:1"})
    assert 'id="round-2"' not in shrunk.get_data(as_text=True)
    data = dict(fields(form)) | {"rounds-move": "add"}
    part = client.post("/council/contests/form", data=data, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert ('id="round-2"' in part, 'hx-swap-oob="outerHTML"' in part, "<html" in part) == (True, True, False)
    ruled = dict(fields(form)) | {"who_enters": "rule", "enter-move": "enter:wrap"}
    part = client.post("/council/contests/form", data=ruled, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert ('id="enter-1-sort"' in part, 'id="vote-sort"' in part) == (True, False)
    assert client.post("/council/contests/form", data=dict(fields(form))).status_code == 400


def test_the_preview_tells_what_was_agreed_and_who_may(client: FlaskClient, council: Member) -> None:
    form = dict(fields(client.get(f"{NEW}?from=picture")))
    rule = {"who_enters": "rule", "enter-sort": "member_for", "enter-days": "30"}
    told = text(client.post("/council/contests/preview", data=form | rule))
    assert "Each ballot may approve of up to 5 entries; the one that most approve of wins." in told
    assert "Who may enter: Be a member for 30 days." in told
    assert "Who may vote: Every active member." in told


def test_publishing_asks_first_and_makes_the_ticked_pins(client: FlaskClient, council: Member) -> None:
    answer = sent(client, NEW, client.get(f"{NEW}?from=picture"), then="publish")
    assert answer.headers["Location"] == "/council/contests/draw-what-mdm-means/publish"
    asked = client.get(answer.headers["Location"])
    assert re.findall(r'name="pins" value="(\w+)" checked', asked.get_data(as_text=True)) == ["entered", "voted", "winner"]
    assert the_one().state == "draft"
    client.post(answer.headers["Location"], data={"pins": ["entered", "winner"]})
    assert the_one().state == "published"
    assert [prize.badge for prize in the_one().prizes] == ["draw-what-mdm-means-entered", "draw-what-mdm-means-winner"]
    assert set(database.session.scalars(sa.select(Badge.state))) == {"published"}
    told = text(client.get("/council/contests/draw-what-mdm-means/"))
    assert "Fingerprint (SHA-256)" in told
    assert the_one().seed not in told


def test_two_who_save_at_once_are_both_told(client: FlaskClient, council: Member) -> None:
    sent(client, NEW, client.get(f"{NEW}?from=picture"), then="keep")
    url = "/council/contests/draw-what-mdm-means/edit"
    mine = client.get(url)
    assert sent(client, url, mine, then="keep", brief="Theirs.").status_code == 303
    late = sent(client, url, mine, then="keep", brief="Mine.")
    assert (late.status_code, the_one().brief) == (409, "Theirs.")
    assert sent(client, url, late, then="keep").status_code == 303
    assert the_one().brief == "Mine."


def test_of_one_that_has_begun_words_change_and_the_method_does_not(client: FlaskClient, council: Member) -> None:
    now = clock.utcnow()
    contest = make_contest("draw", rounds=0, entries_from=now - timedelta(days=1), entries_until=now + timedelta(days=5))
    make_round(contest, starts_at=now + timedelta(days=6), ends_at=now + timedelta(days=9))
    database.session.commit()
    url = "/council/contests/draw/edit"
    form = client.get(url)
    assert "how it is decided stays as it was announced" in text(form)
    assert sent(client, url, form, then="keep", brief="Other words.").headers["Location"] == "/council/contests/draw/"
    refused = sent(client, url, client.get(url), then="keep", **{"rounds-1-method": "score"})
    assert refused.status_code == 422
    assert "The entries have begun, so this stays as it was announced." in text(refused)
    assert (the_one().brief, the_one().rounds[0].method) == ("Other words.", "approval")


def test_called_off_with_a_reason_that_all_can_read(client: FlaskClient, council: Member) -> None:
    with clock.as_of(NOW):
        make_contest("draw")
        database.session.commit()
        assert client.post("/council/contests/draw/call-off", data={"reason": ""}).status_code == 422
        client.post("/council/contests/draw/call-off", data={"reason": "Nobody had time."})
        assert the_one().state == "called_off"
        assert "Nobody had time." in text(client.get("/council/contests/draw/"))


def _overview(client: FlaskClient) -> str:
    """Without the token, which another second changes."""
    return re.sub(
        r'(csrf_token" value="|X-CSRFToken": "|nonce=")[^"]*', "", client.get("/council/contests/draw/").get_data(as_text=True)
    )


def test_the_overview_never_tells_who_voted_or_how_many(
    client: FlaskClient, db: Any, make_member: Callable[..., Member], sign_in: SignIn
) -> None:
    cora = make_member("cora", roles=("council",))
    people = [make_member(handle, name=handle.title()) for handle in ("ada", "bo", "dee", "eve", "mia")]
    contest = make_contest("draw", rounds=0)
    one = make_round(contest, judges="jury", deputies_at=days(3))
    database.session.add_all(
        Juror(round_id=one.id, member_id=person.id, part="juror" if place < 2 else "deputy", position=place)
        for place, person in enumerate(people[:4])
    )
    open_round(one, [make_entry(contest, people[4])], people[:2])
    database.session.commit()
    with clock.as_of(days(1)):
        sign_in(client, cora)
        before = _overview(client)
        assert "Who has voted is told to nobody." in before
        database.session.execute(sa.update(Voter).values(voted=True))
        database.session.commit()
        assert _overview(client) == before
        # Somebody was called for a silent juror, which is told to nobody; so was one for somebody who cannot, which is.
        one.deputies_called_at = days(0.5)
        seat = database.session.get_one(Juror, (one.id, people[2].id))
        seat.called_at = days(0.5)
        database.session.commit()
        assert _overview(client) == before
        seat.called_at = days(0.2)
        database.session.commit()
        assert "came in" in text(client.get("/council/contests/draw/"))
        people[4].mentor_id = people[0].id
        database.session.commit()
        assert "Ada 1 entry is by a mentee of theirs, and not on their ballot" in text(client.get("/council/contests/draw/"))


def test_the_pages_ask_a_constant_number_of_questions(
    client: FlaskClient, council: Member, make_member: Callable[..., Member], count_queries: Callable[[], Any]
) -> None:
    def asked(url: str) -> int:
        database.session.expire_all()
        with count_queries() as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    people = [make_member(f"person-{number}") for number in range(6)]
    make_badge("maker")

    def fill(slug: str, many: int) -> None:
        contest = make_contest(slug, rounds=0)
        one = make_round(contest, judges="jury")
        for number in range(many):
            entry = make_entry(contest, people[number])
            database.session.add(Flag(entry_id=entry.id, member_id=people[-1].id, reason="See.", at=NOW))
            database.session.add(Juror(round_id=one.id, member_id=people[-1 - number].id, part="juror", position=number))
        database.session.commit()

    with clock.as_of(NOW):
        fill("one", 1)
        first = asked("/council/contests/")
        fill("two", 3)
        assert asked("/council/contests/") == first <= 12
        assert asked("/council/contests/one/") == asked("/council/contests/two/") <= 12
        assert asked("/council/contests/one/edit") == asked("/council/contests/two/edit") <= 12


@pytest.mark.parametrize("path", ["", "new", "draw/", "draw/edit", "draw/publish", "draw/call-off"])
def test_only_the_council_comes_in(
    client: FlaskClient, db: Any, make_member: Callable[..., Member], sign_in: SignIn, path: str
) -> None:
    make_contest("draw", state="draft")
    member = make_member("ada")
    db.session.commit()
    assert client.get(f"/council/contests/{path}").status_code == 302
    sign_in(client, member)
    assert client.get(f"/council/contests/{path}").status_code == 403
