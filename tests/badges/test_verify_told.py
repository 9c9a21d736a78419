"""What `/verify` says of each badge: the headline first, and nothing in it that is not proven."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.badges.forms.brought import as_url
from recognition.badges.models import Award
from recognition.badges.portable import telling
from recognition.extensions import db as database
from recognition.openbadges import proofs
from recognition.openbadges.checking.report import Badge, Finding, Report, standing
from recognition.openbadges.contexts import OWN
from tests.backpack.foreign import ADDRESS, SIGNED_AT, did_of, foreign, key_of
from tests.badges.verifying import UNVOUCHED, check, file, headline
from tests.factories.openbadges import make_achievement
from tests.identity.pages import words

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_who_takes_our_name_is_told_aloud(client: FlaskClient) -> None:
    ours = {"id": did_of(7), "type": ["Profile"], "name": "Recognition", "url": "http://localhost/"}
    page = check(client, text=foreign(issuer=ours).decode())
    assert headline(page) == UNVOUCHED
    assert "p-verify__answer--unvouched" in page.text
    said = words(page.text)
    assert "This badge is genuine" not in said
    assert "Its issuer calls itself Recognition" in said
    assert "Issued by" not in said
    assert "It names a page of this house as its issuer’s, and it was not given here." in said
    assert "Its issuer has the name of this house and is another one." in said


def test_a_given_address_that_cannot_be_compared_changes_no_headline(client: FlaskClient) -> None:
    subject = {"type": ["AchievementSubject"], "id": "did:example:1", "achievement": make_achievement()}
    bare = foreign(4, credentialSubject=subject).decode()
    asked, unasked = check(client, text=bare, address=ADDRESS), check(client, text=bare)
    assert headline(asked) == headline(unasked) == UNVOUCHED
    assert "Whose it is could not be compared, since it names no e-mail address." in words(asked.text)
    assert "It names no e-mail address, so whose it is cannot be compared." in words(unasked.text)
    assert "It names its holder by an e-mail address" not in words(unasked.text)


@pytest.mark.parametrize("place", ["localhost/awards/{}", "LOCALHOST/awards/{}", "localhost/ob/2/assertions/{}"])
def test_an_address_as_our_prints_show_it(client: FlaskClient, awarded: str, place: str) -> None:
    assert headline(check(client, text=place.format(awarded))) == "This badge is genuine"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("badges.example/awards/x", "https://badges.example/awards/x"),
        ("badges.example:8443/awards/x?y=1", "https://badges.example:8443/awards/x?y=1"),
        ("127.0.0.1:8190/awards/x", "http://127.0.0.1:8190/awards/x"),
        ("[::1]:8190/awards/x", "http://[::1]:8190/awards/x"),
        ("localhost/x", "http://localhost/x"),
        ("127.badges.example/x", "https://127.badges.example/x"),
        ("HTTPS://badges.example", "HTTPS://badges.example"),
        ("data:image/png;base64,AAAA", ""),
        ("eyJhbGciOiJSUzI1NiJ9.e30.c2ln", ""),
        ("./badges/x.json", ""),
        ("badge.json", ""),
        ("badges.example/a b", ""),
        ("", ""),
    ],
)
def test_what_is_taken_for_an_address(text: str, url: str) -> None:
    assert as_url(text) == url


def test_what_was_handed_in_and_is_not_what_the_issuer_says(client: FlaskClient, awarded: str) -> None:
    hosted = client.get(f"/ob/2/assertions/{awarded}", headers={"Accept": "application/json"}).get_json()
    page = check(client, text=json.dumps(hosted | {"issuedOn": "2020-01-01T00:00:00Z"}))
    assert headline(page) == "Not what the issuer says: what you handed in differs"
    assert "nobody changed it" not in words(page.text)
    assert "p-verify__answer--differs" in page.text
    assert headline(check(client, text=json.dumps(hosted))) == "This badge is genuine"


def test_a_picture_is_judged_by_its_newer_half_where_the_older_is_silent(client: FlaskClient, awarded: str) -> None:
    picture = client.get(f"/awards/{awarded}/badge.png").data
    database.session.execute(sa.update(Award).values(shown=False))
    database.session.commit()
    page = check(client, file=file(picture))
    assert headline(page) == "This badge is genuine"
    assert "The newer one is judged by itself." in words(page.text)
    assert "both were checked" not in words(page.text)


def test_our_own_badge_leads_to_its_page_and_shows_what_it_points_to(client: FlaskClient, awarded: str) -> None:
    page = check(client, text=f"http://localhost/ob/3/credentials/{awarded}")
    assert f'<a href="/awards/{awarded}">Its page in this house</a>' in page.text
    assert "For soup." in words(page.text)
    assert re.search(r'<a href="http://localhost/[^"]+" rel="nofollow noopener ugc">', page.text)


def test_a_badge_that_only_takes_our_address_leads_nowhere(client: FlaskClient) -> None:
    text = foreign(id="http://localhost/ob/3/credentials/abc").decode()
    assert "Its page in this house" not in check(client, text=text).text


def test_words_of_others_and_evidence_are_shown_as_text(client: FlaskClient) -> None:
    wild = "<b>Bold</b> and helpful"
    evidence = [
        {"id": "https://kitchen.example/soup", "type": ["Evidence"], "name": wild, "narrative": wild},
        {"id": "javascript:alert(1)", "type": ["Evidence"], "name": "A trap"},
    ]
    page = check(client, text=foreign(5, evidence=evidence, endorsement=[endorsement(5, wild)]).decode())
    assert '<a href="https://kitchen.example/soup" rel="nofollow noopener ugc">&lt;b&gt;Bold' in page.text
    assert "<b>Bold" not in page.text
    assert 'href="javascript' not in page.text
    assert "By The Neighbour, as the badge names them" in words(page.text)
    assert '<blockquote dir="auto">&lt;b&gt;Bold&lt;/b&gt; and helpful</blockquote>' in page.text


def endorsement(number: int, comment: str) -> dict[str, Any]:
    said = {
        "@context": list(OWN), "id": "https://neighbour.example/words/1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": did_of(9), "type": ["Profile"], "name": "The Neighbour"}, "validFrom": "2026-03-14T15:09:26Z",
        "credentialSubject": {"id": f"https://kitchen.example/credentials/{number}", "type": ["EndorsementSubject"],
                              "endorsementComment": comment},
    }  # fmt: skip
    return proofs.signed(said, key_of(9), f"{did_of(9)}#{did_of(9).removeprefix('did:key:')}", SIGNED_AT)


def test_topics_are_read_out_in_one_piece(client: FlaskClient) -> None:
    assert '<span class="u-hidden-visually">Signature: in order</span>' in check(client, text=foreign().decode()).text


@pytest.mark.parametrize(
    ("codes", "badge", "said"),
    [
        (("fetch_name", "issuer_unreachable", "expired"), True, "The time of this badge is over, and it cannot be checked now"),
        (("fetch_name", "issuer_unreachable"), True, "This badge cannot be checked now"),
        (("is_picture", "picture_empty"), False, "We found no badge in this"),
        (("is_v2_hosted", "hosted_other"), False, "This badge is not genuine"),
        (("signature_ok", "issuer_pretends"), True, UNVOUCHED),
        (("signature_ok", "issuer_same_name"), True, "This badge is genuine"),
    ],
)
def test_headlines(app: Any, codes: tuple[str, ...], badge: bool, said: str) -> None:
    findings = tuple(Finding(code) for code in codes)
    with app.test_request_context():
        told = telling.told(Report(standing(findings), findings, Badge("3.0") if badge else None), NOW)
    assert told.top.words == said
    assert ("ry again later" in told.top.lead) == (said == "This badge cannot be checked now")
