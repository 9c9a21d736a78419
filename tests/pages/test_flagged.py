"""Awards in question: who decides about which, and what of a withdrawn deed the council reads."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities import changes
from recognition.activities.drain import drain
from recognition.activities.models import Kind
from recognition.badges.models import Award
from recognition.badges.services import answering
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.pages.badge_studio import flags
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.identity.pages import words

SignIn = Callable[[FlaskClient, Member], None]
PAGE = "/council/badges/flagged"


@pytest.fixture(autouse=True)
def no_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def rosa(client: FlaskClient, db: Any, sign_in: SignIn) -> Member:
    member = make_member("rosa", roles=("council",))
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})
    sign_in(client, member)
    return member


def awarded(member: Member, **deed: Any) -> tuple[Award, int]:
    """An award, and the one deed that it stands on."""
    row = make_activity(member.id, **{"kind": "talk", "text": "Words of their own", "visibility": "members"} | deed)
    database.session.commit()
    drain()
    return database.session.scalars(sa.select(Award).where(Award.member_id == member.id)).one(), row.id


def questioned(member: Member, **deed: Any) -> Award:
    award, row_id = awarded(member, **deed)
    changes.withdraw([row_id], member.id, "A reason of their own", clock.utcnow())
    database.session.commit()
    return award


def verdict(client: FlaskClient, award: Award, word: str) -> tuple[int, bool]:
    """What is answered, and whether the award is decided about."""
    status = client.post(f"{PAGE}/{award.key}", data={"verdict": word, "reason": "x"}).status_code
    database.session.refresh(award)
    return status, award.kept_at is not None or award.revoked_at is not None


@pytest.mark.parametrize("word", ["keep", "revoke"])
def test_nobody_decides_about_their_own(client: FlaskClient, rosa: Member, word: str) -> None:
    award = questioned(rosa)
    assert 'name="verdict"' not in client.get(PAGE).text
    assert verdict(client, award, word) == (403, False)


@pytest.mark.parametrize("word", ["keep", "revoke"])
def test_an_admin_looks_and_the_council_decides(client: FlaskClient, rosa: Member, sign_in: SignIn, word: str) -> None:
    award = questioned(make_member("ada"))
    sign_in(client, make_member("root", roles=("admin",)))
    page = client.get(PAGE)
    assert (page.status_code, 'name="verdict"' in page.text) == (200, False)
    assert verdict(client, award, word) == (403, False)


def test_what_is_not_in_question_is_not_decided_here(client: FlaskClient, rosa: Member) -> None:
    award, _deed = awarded(make_member("ada"))
    assert verdict(client, award, "revoke") == (303, False)


def test_what_was_kept_is_not_taken_back_by_whoever_comes_late(client: FlaskClient, rosa: Member) -> None:
    award = questioned(make_member("ada"))
    assert verdict(client, award, "keep") == (303, True)
    assert verdict(client, award, "revoke") == (303, True)
    assert award.revoked_at is None


def test_withdrawn_words_stay_with_their_owner(client: FlaskClient, rosa: Member) -> None:
    award = questioned(make_member("ada"))
    # Somebody looks at the log only later, as `badges check` does.
    award.unsupported_at = clock.utcnow()
    database.session.commit()
    said = words(client.get(PAGE).text)
    assert "Taken out of the log: a deed of" in said
    assert ("talk" in said, "Words of their own" in said, "A reason of their own" in said) == (True, False, False)


def test_of_private_deeds_only_their_number_is_told(client: FlaskClient, rosa: Member) -> None:
    questioned(make_member("ada"), visibility="me", kind="talk", occurred_at=clock.utcnow())
    said = words(client.get(PAGE).text)
    assert "Taken out of the log: 1 deed that its owner kept to themselves" in said
    assert ("a deed of" in said, "of their own" in said) == (False, False)


def test_deeds_are_called_as_people_call_them_whatever_the_rule_names(client: FlaskClient, rosa: Member) -> None:
    make_badge("anything", {"count": {}, "at_least": 1})
    database.session.add(Kind(slug="tea-made", label="Made tea", offered=True))
    questioned(make_member("ada"), kind="tea-made")
    page = client.get(PAGE).text
    assert "· “Made tea”" in words(page)
    # The reason is asked for by one of the two buttons only.
    assert ("(if you like)" in words(page), 'value="keep" formnovalidate' in page) == (False, True)


def test_other_deeds_that_were_withdrawn_are_not_shown(client: FlaskClient, rosa: Member) -> None:
    ada = make_member("ada")
    before = make_activity(ada.id, kind="talk", text="Told twice", visibility="members")
    database.session.commit()
    changes.withdraw([before.id], ada.id, "", clock.utcnow())
    other = make_activity(ada.id, kind="walk", visibility="members")
    database.session.commit()
    questioned(ada, fingerprinted=False)
    changes.withdraw([other.id], ada.id, "", clock.utcnow())
    database.session.commit()
    assert words(client.get(PAGE).text).count("Taken out of the log") == 1


def decided_by_another(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    """Between our look at an award and our word."""
    may = flags.can_revoke

    def and_somebody_is_faster(actor: Member, holder_id: int) -> bool:
        quiet = {"synchronize_session": False}
        database.session.execute(sa.update(Award).values(**values), execution_options=quiet)
        return may(actor, holder_id)

    monkeypatch.setattr(flags, "can_revoke", and_somebody_is_faster)


@pytest.mark.parametrize("values", [{"kept_at": clock.utcnow()}, {"unsupported_at": None}], ids=["kept", "borne out again"])
def test_what_was_settled_a_moment_ago_is_not_taken_back(
    client: FlaskClient, rosa: Member, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any]
) -> None:
    award = questioned(make_member("ada"))
    decided_by_another(monkeypatch, **values)
    assert client.post(f"{PAGE}/{award.key}", data={"verdict": "revoke", "reason": "x"}).status_code == 303
    monkeypatch.undo()
    assert database.session.scalars(sa.select(Award.revoked_at)).all() == [None]


def test_what_is_borne_out_again_is_said_so(client: FlaskClient, rosa: Member) -> None:
    award, _deed = awarded(make_member("ada"))
    answer = client.post(f"{PAGE}/{award.key}", data={"verdict": "keep"}, follow_redirects=True)
    assert "in question any more" in words(answer.text)


@pytest.mark.parametrize("answer", ["hidden", "waiting"])
def test_whose_it_is_stays_with_whoever_does_not_show_it(client: FlaskClient, rosa: Member, answer: str) -> None:
    """It counts all the same, so somebody has to decide; a name is not needed for that."""
    ada = make_member("ada", name="Ada Lovely", wears_at_once=answer == "hidden")
    award = questioned(ada)
    if answer == "hidden":
        answering.show(ada.id, award.key, False)
    database.session.commit()
    page = client.get(PAGE).text
    assert award.badge.name in page
    assert [secret in page for secret in ("Ada Lovely", "/members/ada", f"/awards/{award.key}")] == [False] * 3
    assert "somebody who does not show it" in words(page)
    assert verdict(client, award, "keep") == (303, True)


def test_what_was_declined_is_not_asked_about(client: FlaskClient, rosa: Member) -> None:
    ada = make_member("ada")
    award = questioned(ada)
    assert award.badge.name in client.get(PAGE).text
    answering.decline(ada.id, award.key, clock.utcnow())
    database.session.commit()
    assert award.badge.name not in client.get(PAGE).text
    assert verdict(client, award, "keep") == (303, False)
