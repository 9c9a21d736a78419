"""The page `/verify`: what it takes, what it says, and that it neither keeps nor fetches what nobody asked for."""

import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage

from recognition.badges import jobs
from recognition.badges.forms.brought import CHECKED_MAX_BYTES, Brought, address_of, brought
from recognition.badges.models import Award
from recognition.badges.portable import looking, telling
from recognition.badges.services import revoking
from recognition.extensions import db as database
from recognition.openbadges.checking.report import CODES, Finding, Report
from recognition.openbadges.fetching import Answer
from tests.backpack.foreign import ADDRESS, foreign, in_a_picture
from tests.badges.verifying import UNVOUCHED, check, file, headline
from tests.factories.identity import make_member
from tests.factories.openbadges import make_achievement
from tests.identity.pages import words

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def nobody(url: str, _accept: str) -> Answer:
    raise AssertionError(f"{url} was asked for")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (foreign(), UNVOUCHED),
        (foreign().replace(b"kitchen 1", b"kitchen 2"), "This badge is not genuine"),
        (foreign(validUntil="2026-04-01T00:00:00Z"), "The time of this badge is over"),
        (foreign(validFrom="2126-04-01T00:00:00Z"), "This badge is not valid yet"),
        (b"Good morning.", "We found no badge in this"),
    ],
)
def test_what_is_pasted_is_told_in_one_headline(client: FlaskClient, content: bytes, said: str) -> None:
    page = check(client, text=content.decode())
    assert (page.status_code, headline(page)) == (200, said)


def test_a_dropped_picture_is_shown_made_safe_and_never_as_it_came(client: FlaskClient) -> None:
    content = in_a_picture(foreign())
    page = check(client, file=file(content))
    assert headline(page) == UNVOUCHED
    sources = re.findall(r'<img src="([^"]+)" width="(\d+)" height="(\d+)" alt="Picture of the badge', page.text)
    assert [(src[:23], width, height) for src, width, height in sources] == [("data:image/webp;base64,", "80", "60")]
    assert "Keeper of kitchen 1" in words(page.text)
    assert "The Common Kitchen" in words(page.text)


@pytest.mark.parametrize(
    ("address", "said"),
    [(ADDRESS, UNVOUCHED), (" Ada@People.Example ", UNVOUCHED),
     ("ben@people.example", "This badge was given to somebody else")],
)  # fmt: skip
def test_whose_it_is_is_compared_and_not_shown(client: FlaskClient, address: str, said: str) -> None:
    page = check(client, text=foreign().decode(), address=address)
    assert headline(page) == said
    assert address.strip() not in page.text


def test_a_bent_badge_of_somebody_else_is_first_of_all_bent(client: FlaskClient) -> None:
    bent = foreign().replace(b"kitchen 1", b"kitchen 2")
    assert headline(check(client, text=bent.decode(), address="ben@people.example")) == "This badge is not genuine"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose a file, or paste an address or the text of a badge below."),
        ({"text": "https://"}, "This address is not complete."),
        ({"text": "https://badges.example:port/1"}, "This address is not complete."),
        ({"text": "{}", "address": "ada"}, "That does not look like an e-mail address."),
        ({"file": b"x" * (CHECKED_MAX_BYTES + 1)},
         "A badge is no larger than 2 MB here, and this is. Nothing of it was looked at or kept."),
        ({"file": b"  \n "}, "The file is empty."),
    ],
)  # fmt: skip
def test_what_cannot_be_a_badge_comes_back_with_what_was_typed(client: FlaskClient, fields: dict[str, Any], said: str) -> None:
    page = check(client, **{name: file(value) if isinstance(value, bytes) else value for name, value in fields.items()})
    assert page.status_code == 422
    assert said in words(page.text)
    for value in fields.values():
        assert not isinstance(value, str) or value in page.text


def test_a_text_without_end_is_refused_before_it_is_read(client: FlaskClient) -> None:
    page = check(client, text="x" * (3 * 1024 * 1024), file=file(b"", ""))
    assert page.status_code == 413
    assert "This is larger than 2 MB, which no badge is." in words(page.text)
    assert 'id="field-text"' in page.text


def test_a_link_fills_in_the_field_and_asks_nobody(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "fetcher", lambda: nobody)
    page = client.get("/verify?url=https://badges.example/1%22%3E%3Cb%3E")
    assert page.status_code == 200
    assert "https://badges.example/1&#34;&gt;&lt;b&gt;</textarea>" in page.text
    assert 'id="verdict"' not in page.text


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x", "http://169.254.169.254/latest/meta-data", "ftp://badges.example/1"])
def test_what_stands_inside_is_not_asked_for(client: FlaskClient, address: str) -> None:
    page = check(client, text=address)
    assert page.status_code == 200
    assert headline(page) in ("This badge cannot be checked now", "We found no badge in this")


def test_nothing_of_it_is_kept(client: FlaskClient) -> None:
    def rows() -> dict[str, Any]:
        tables = database.metadata.sorted_tables
        return {table.name: database.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables}

    before = rows()
    check(client, file=file(in_a_picture(foreign())), address=ADDRESS)
    database.session.rollback()
    assert rows() == before


def test_it_is_looked_at_only_so_often(client: FlaskClient) -> None:
    page = client.get("/verify").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    answers = [client.post("/verify", data={"csrf_token": token[1]}).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]
    kept = client.post("/verify", data={"csrf_token": token[1], "text": "https://badges.example/1", "address": ADDRESS})
    assert (kept.status_code, 0 < int(kept.headers["Retry-After"]) <= 61) == (429, True)
    assert "https://badges.example/1</textarea>" in kept.text
    assert f'value="{ADDRESS}"' in kept.text
    assert "You have looked at many badges within a minute." in words(kept.text)


def test_a_swap_gets_the_part_and_the_page_holds_the_same_part(client: FlaskClient) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/verify").text)
    assert token
    form = {"text": foreign().decode(), "csrf_token": token[1]}
    part = client.post("/verify", data=form, headers={"HX-Request": "true"})
    whole = client.post("/verify", data=form)
    assert _without_token(part.text).strip() in _without_token(whole.text)
    assert part.text.lstrip().startswith("<div class=")
    assert "HX-Request" in part.headers["Vary"]


def _without_token(html: str) -> str:
    """It holds the second in which it was made."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", html)


def test_texts_of_strangers_are_text(client: FlaskClient) -> None:
    wild = '"><script>alert(1)</script>{{ 7*7 }}'
    achievement = make_achievement(name=wild, description=wild, criteria={"narrative": wild})
    subject = {"type": ["AchievementSubject"], "id": "did:example:1", "achievement": achievement}
    page = check(client, text=foreign(3, credentialSubject=subject).decode())
    assert "<script>alert" not in page.text
    assert words(page.text).count("alert(1){{ 7*7 }}") + page.text.count("{{ 7*7 }}") >= 3


@pytest.mark.parametrize("code", CODES)
def test_every_finding_has_its_part_and_a_sentence(app: Any, code: str) -> None:
    with app.test_request_context():
        line = telling.lines([Finding(code, "a detail")], None)
    assert [one.level for one in line] == [CODES[code][0]]
    assert line[0].words.endswith((".", "?", "”", "…"))
    assert line[0].topic


def test_what_is_wrong_comes_first_in_its_part_and_parts_keep_their_order(app: Any) -> None:
    found = [
        Finding("dates_ok"),
        Finding("several_proofs"),
        Finding("signature_ok"),
        Finding("is_picture"),
        Finding("revoked", "Lost."),
    ]
    with app.test_request_context():
        told = telling.told(Report("revoked", tuple(found), None), NOW)
    assert [(line.topic, line.level) for line in told.lines] == [
        ("Signature", "ok"), ("Signature", "info"), ("Status", "wrong"), ("The badge itself", "info"),
    ]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80), url=st.sampled_from(["", "http://", "https://", "HTTPS://[", "https://a:b"]))
def test_any_text_is_taken_or_told_what_is_wrong(app: Any, text: str, url: str) -> None:
    with app.test_request_context():
        handed, errors = brought({"text": url + text}, None, 1000)
        assert bool(errors) != bool(handed.content or handed.url)
        assert not (handed.content and handed.url)
        address, wrong = address_of({"address": text})
        assert wrong or address == text.strip()


def test_a_file_goes_before_text(app: Any) -> None:
    with app.test_request_context():
        handed, errors = brought({"text": "https://badges.example/1"}, FileStorage(io.BytesIO(b"{}"), "b.json"), 10)
    assert (handed, errors) == (Brought(b"{}"), {})


@pytest.mark.parametrize(
    "place", ["/awards/{}", "/ob/3/credentials/{}", "/ob/3/credentials/{}.jwt", "/ob/2/assertions/{}", "/awards/{}/badge.png",
              "/awards/{}/badge.svg"],
)  # fmt: skip
def test_every_address_of_an_award_of_ours_will_do(client: FlaskClient, awarded: str, place: str) -> None:
    page = check(client, text=f"http://localhost{place.format(awarded)}")
    assert headline(page) == "This badge is genuine"
    assert re.search(r'<img src="data:image/webp;base64,[^"]+" width="512" height="512"', page.text)


def test_what_the_holder_hides_is_hidden_from_the_checker_also_for_themselves(client: FlaskClient, awarded: str) -> None:
    database.session.execute(sa.update(Award).values(shown=False))
    database.session.commit()
    page = check(client, text=f"http://localhost/awards/{awarded}")
    assert headline(page) == "There is no such public badge here"
    assert "ry again later" not in words(page.text)
    assert "kitchen" not in words(page.text).lower().replace(awarded.lower(), "")


def test_asking_ourselves_leaves_the_reader_who_they_are(client: FlaskClient, awarded: str) -> None:
    assert 'href="/members/ada"' in check(client, text=f"http://localhost/ob/3/credentials/{awarded}").text


def test_revoked_is_told_as_such(client: FlaskClient, awarded: str) -> None:
    council = make_member("council", roles=("council",))
    [award] = database.session.scalars(sa.select(Award))
    assert revoking.revoke(award.id, council.id, "It was meant for Ben.", datetime.now(UTC))
    database.session.commit()
    jobs.sign()
    for place in (f"/ob/3/credentials/{awarded}", f"/ob/2/assertions/{awarded}"):
        page = check(client, text=f"http://localhost{place}")
        assert headline(page) == "This badge was taken back"
        assert "It was meant for Ben." in words(page.text) or "credentials" in place
        assert "Today lies within its dates." not in words(page.text)
        assert "has not taken it back" not in words(page.text)
    assert "no longer counts. The reason given: “It was meant for Ben.”" in words(page.text)
