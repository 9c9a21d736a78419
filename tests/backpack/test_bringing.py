"""A badge from elsewhere comes in: kept to the byte, once, and only as what it is."""

import json
import re
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.backpack import arriving, queries, rules
from recognition.backpack.models import ExternalBadge
from recognition.backpack.services import bringing
from recognition.badges import jobs
from recognition.badges.forms.brought import Brought
from recognition.badges.models import HAND, Award
from recognition.badges.services import giving
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.media.models import Media
from tests.activities.test_record import in_threads
from tests.backpack.conftest import PLACE, SignIn, bring, confirm
from tests.backpack.foreign import ADDRESS, did_of, foreign, in_a_picture, unsigned
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.identity.pages import words

LATER = {"validFrom": "2026-06-01T00:00:00Z"}


def kept() -> list[ExternalBadge]:
    database.session.rollback()
    return list(database.session.scalars(sa.select(ExternalBadge).order_by(ExternalBadge.id)))


def follow(client: FlaskClient, answer: Any) -> str:
    assert answer.status_code == 303, words(answer.text)
    return words(client.get(answer.location).text)


@pytest.mark.parametrize(("form", "name"), [("json", ""), ("json", "badge.txt"), ("png", "badge.png")])
def test_what_is_brought_is_kept_to_the_byte(client: FlaskClient, ada: Member, form: str, name: str) -> None:
    content = foreign() if form == "json" else in_a_picture(foreign())
    said = follow(client, bring(client, content, name))
    assert "It is yours, and it is kept byte for byte. So far only you see it. Nobody changed it, as looked at on" in said
    assert "genuine" not in said.partition("Nobody changed it")[0].rpartition("It is yours")[2]
    [badge] = kept()
    assert (badge.content, badge.form, badge.version, badge.size_bytes) == (content, form, "3.0", len(content))
    assert (badge.content_hash, badge.issuer) == (sha256(content).hexdigest(), did_of(7))
    assert (badge.credential, badge.standing) == ("https://kitchen.example/credentials/1", "good")
    assert (badge.is_mine, badge.shown, badge.source_url) == (True, False, None)
    assert (badge.facts["name"], badge.facts["issuer_name"]) == ("Keeper of kitchen 1", "The Common Kitchen")
    picture = database.session.get(Media, badge.media_id)
    assert picture is not None
    assert (picture.mime, picture.width_px, picture.height_px, picture.owner_id) == ("image/webp", 80, 60, ada.id)


def test_a_download_is_exactly_what_was_brought_and_never_opens_here(client: FlaskClient, ada: Member) -> None:
    content = in_a_picture(foreign())
    bring(client, content, "badge.png")
    answer = client.get(f"{PLACE}/{kept()[0].key}/file")
    assert answer.data == content
    assert answer.headers["Content-Disposition"] == 'attachment; filename="keeper-of-kitchen-1.png"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_second_time_is_answered_with_the_first(client: FlaskClient, ada: Member) -> None:
    bring(client, foreign())
    assert "You brought this one before." in follow(client, bring(client, in_a_picture(foreign()), "same.png"))
    assert [badge.form for badge in kept()] == ["json"]


def test_a_newer_issue_takes_the_place_of_the_older_and_never_the_other_way_round(client: FlaskClient, ada: Member) -> None:
    bring(client, foreign())
    key = kept()[0].key
    client.post(f"{PLACE}/{key}/show", data={"on": "1", "csrf_token": token(client)})
    assert "It took the place of the older one" in follow(client, bring(client, in_a_picture(foreign(**LATER)), "new.png"))
    assert "You brought this one before." in follow(client, bring(client, foreign()))
    [badge] = kept()
    assert (badge.key, badge.form, badge.shown) == (key, "png", True)
    assert badge.content == in_a_picture(foreign(**LATER))
    assert database.session.scalar(sa.select(sa.func.count()).select_from(Media)) == 1


def test_one_issuer_and_one_id_are_one_badge_however_they_are_written() -> None:
    same = {rules.identity("did:key:z1", "https://a.example/b%20c"), rules.identity(" did:key:z1", "https://a.example/b c ")}
    assert len(same) == 1
    assert rules.identity("did:key:z1", "https://a.example/1") != rules.identity("did:key:z2", "https://a.example/1")


HOSTED = b"""{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "http://127.0.0.1:1/badge",
"verification": {"type": "HostedBadge"}}"""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (foreign().replace(b"kitchen 1", b"kitchen 2"), "This badge is not genuine, so it is not kept."),
        (b"Good morning.", "We found no badge in this."),
        (b"{}" + b" " * rules.MAX_BYTES, "We found no badge in this."),
        (b"http://127.0.0.1:1/badge", "We found no badge in this."),
        (HOSTED, "that address has no answer now, so it is not kept: bring it again later."),
    ],
)
def test_what_is_no_genuine_badge_is_not_kept_and_told_why(client: FlaskClient, ada: Member, content: bytes, said: str) -> None:
    answer = bring(client, content)
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert content.decode().strip()[:40] in words(answer.text)
    assert kept() == []


def test_what_was_given_here_need_not_be_brought(client: FlaskClient, ada: Member) -> None:
    giving.hand_out(make_badge("kitchen", {}), [ada.id], clock.utcnow(), how=HAND, giver_id=None, reason="For soup.")
    database.session.commit()
    jobs.sign()
    key = database.session.scalars(sa.select(Award.key)).one()
    for place in (f"/awards/{key}", f"/ob/2/assertions/{key}", f"/awards/{key}/badge.png"):
        answer = bring(client, f"http://localhost{place}".encode())
        assert (answer.status_code, kept()) == (422, [])
        assert "This badge was given here, so it has its place with your other pins" in words(answer.text)


def test_what_was_given_here_to_somebody_else_is_not_ones_own(client: FlaskClient, ada: Member) -> None:
    giving.hand_out(
        make_badge("kitchen", {}), [make_member("ben").id], clock.utcnow(), how=HAND, giver_id=None, reason="For soup."
    )
    database.session.commit()
    jobs.sign()
    key = database.session.scalars(sa.select(Award.key)).one()
    answer = bring(client, f"http://localhost/awards/{key}".encode())
    assert (answer.status_code, kept()) == (422, [])
    said = words(answer.text)
    assert ("it was given here to somebody else" in said, "with your other pins" in said, "ben" in said) == (True, False, False)


def test_one_megabyte_is_the_most(client: FlaskClient, ada: Member) -> None:
    answer = bring(client, b"x" * (rules.MAX_BYTES + 1), "large.png")
    assert answer.status_code == 422
    assert "A badge is no larger than 1 MB here" in words(answer.text)


def test_one_of_somebody_else_stays_with_whoever_brought_it(client: FlaskClient, ada: Member) -> None:
    said = follow(client, bring(client, foreign(address="ben@people.example")))
    assert "it could not be shown to be yours" in said
    assert "It was given to another e-mail address than the one you sign in with." in said
    [badge] = kept()
    assert (badge.is_mine, badge.shown) == (False, False)
    refused = client.post(f"{PLACE}/{badge.key}/show", data={"on": "1", "csrf_token": token(client)})
    assert refused.status_code == 409
    assert [badge.shown for badge in kept()] == [False]


def test_an_address_that_nobody_confirmed_proves_nothing(client: FlaskClient, sign_in: SignIn, db: Any) -> None:
    ben = make_member("ben")
    confirm(ben, ADDRESS, is_verified=False)
    sign_in(client, ben)
    assert "your sign-in gives us none that is confirmed" in follow(client, bring(client, foreign()))
    assert [badge.is_mine for badge in kept()] == [False]


def test_any_confirmed_address_will_do_in_whatever_case(client: FlaskClient, ada: Member) -> None:
    confirm(ada, "Ada@Kitchen.Example")
    bring(client, foreign(address="ada@kitchen.example"))
    assert [badge.is_mine for badge in kept()] == [True]


def test_whoever_keeps_all_they_can_is_told_so(client: FlaskClient, ada: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "BADGES_EACH", 2)
    answers = [bring(client, foreign(number)) for number in (1, 2, 3)]
    assert [answer.status_code for answer in answers] == [303, 303, 422]
    assert "You keep 2 badges here, as many as one person can." in words(answers[2].text)
    assert "You brought this one before." in follow(client, bring(client, foreign(2)))
    assert len(kept()) == 2


def test_one_badge_brought_by_many_hands_at_once_is_kept_once(app: Flask, db: Any) -> None:
    member_id = make_member("ada").id
    db.session.commit()
    with app.test_request_context():
        arrival = arriving.arrival(Brought(foreign()), [ADDRESS], clock.utcnow())

    def work(_thread: int) -> None:
        bringing.bring(member_id, arrival, clock.utcnow())
        database.session.commit()

    in_threads(app, 8, work)
    assert queries.count_of(member_id) == 1


def test_texts_that_no_database_takes_are_refused_in_words(client: FlaskClient, ada: Member) -> None:
    subject = unsigned()["credentialSubject"]
    content = foreign(credentialSubject={**subject, "achievement": {**subject["achievement"], "name": "A\x00B"}})
    assert b"\\u0000" in content
    answer = bring(client, content)
    assert (answer.status_code, kept()) == (422, [])
    assert "We found no badge in this." in words(answer.text)


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(PLACE).text)
    assert found
    return found[1]


def unchecked(**changes: Any) -> bytes:
    """With a proof of a kind that nobody here can check: anybody can have written it."""
    did = did_of(7)
    proof = {"type": "DataIntegrityProof", "cryptosuite": "bbs-2023", "created": "2026-10-01T00:00:00Z", "proofValue": "zabc",
             "verificationMethod": f"{did}#{did.removeprefix('did:key:')}", "proofPurpose": "assertionMethod"}  # fmt: skip
    return json.dumps(unsigned(**changes) | {"proof": [proof]}).encode()


def test_what_cannot_be_checked_takes_no_genuine_badges_place(client: FlaskClient, ada: Member) -> None:
    bring(client, foreign())
    [before] = kept()
    before.shown = True
    database.session.commit()
    answer = bring(client, unchecked(**LATER))
    assert answer.status_code == 422
    assert "the one that you have here stays" in words(answer.text)
    [badge] = kept()
    assert (badge.content, badge.standing, badge.shown) == (foreign(), "good", True)


def test_what_could_never_be_checked_may_be_replaced(client: FlaskClient, ada: Member) -> None:
    follow(client, bring(client, unchecked()))
    follow(client, bring(client, unchecked(**LATER)))
    assert [(badge.content, badge.standing) for badge in kept()] == [(unchecked(**LATER), "unsure")]
    follow(client, bring(client, foreign(validFrom="2026-07-01T00:00:00Z")))
    assert [badge.standing for badge in kept()] == ["good"]
