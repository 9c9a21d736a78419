"""Awards become signed documents: once each, in any number of processes, killed at any moment."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.activities import changes, drain
from recognition.activities.models import Activity
from recognition.badges import jobs, rebuild
from recognition.badges.models import Award, BadgeVersion
from recognition.badges.portable import due, signing
from recognition.badges.portable import rebuild as credentials_rebuild
from recognition.badges.portable.documents import v3
from recognition.badges.portable.models import SHOWN, Credential, Endorsement, StatusList
from recognition.badges.services import answering, giving, revoking
from recognition.database import is_postgresql
from recognition.extensions import db as database
from recognition.identity.models import Account, Group, Member
from recognition.identity.oidc import Identity
from recognition.identity.services import claims
from recognition.identity.services.merging import merge
from recognition.identity.services.sessions import sign_in
from recognition.openbadges import bits, identities
from tests.activities.test_record import in_threads
from tests.factories.activities import make_activity, make_deeds
from tests.factories.badges import make_badge
from tests.factories.credentials import NOW, check_proof, credential, document, earned, issued, make_address
from tests.factories.identity import make_group, make_member
from tests.servers.waiting import until


def told_addresses(award: Award, *addresses: str) -> list[str]:
    """Of these addresses, those that the credential convinces with."""
    known = document(award)["credentialSubject"]["identifier"]
    return [one for one in addresses if any(identities.matches(identity, one) for identity in known)]


def test_an_award_becomes_a_signed_credential(db: Any) -> None:
    award = earned(visibility="public")
    assert (award.sign_due, signing.waits()) == (True, True)
    assert jobs.sign() == 1
    db.session.expire_all()
    assert (award.sign_due, signing.waits(), credential(award).error) == (False, False, "")
    told = document(award)
    check_proof(told)
    given = award.awarded_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (told["validFrom"], told["awardedDate"], "validUntil" in told) == (given, given, False)
    assert told["issuer"]["id"] == "did:web:localhost"
    assert told["credentialSubject"]["achievement"]["criteria"]["narrative"] == "1 deed: “talk”."
    assert told_addresses(award, "ADA@example.org ", "eve@example.org") == ["ADA@example.org "]
    assert list(credentials_rebuild.check()) == []


def test_nothing_waits_where_nothing_was_accepted(db: Any) -> None:
    badge, ada = make_badge("by-hand", {}), make_member("ada", wears_at_once=False)
    giving.hand_out(badge, [ada.id], NOW, how="hand", giver_id=None, reason="Seen.")
    db.session.commit()
    award = db.session.scalars(sa.select(Award)).one()
    assert (award.answer, signing.waits(), jobs.sign()) == ("waiting", False, 0)
    answering.accept(ada.id, [award.key], NOW)
    db.session.commit()
    assert (signing.waits(), jobs.sign()) == (True, 1)


def test_a_batch_has_as_many_statements_as_one(db: Any, count_queries: Any) -> None:
    seen = {}
    for number in (1, 5):
        for turn in range(number):
            award = earned(f"member-{number}-{turn}", deeds=2, visibility="public")
            author = make_member(f"author-{number}-{turn}")
            db.session.add(Endorsement(key=f"{number}-{turn}", award_id=award.id, member_id=author.id, comment="So it was.",
                                       state=SHOWN, created_at=NOW))  # fmt: skip
        db.session.commit()
        pen = signing.pen(clock.utcnow())
        with count_queries() as statements:
            assert signing.sign_batch(pen) == number
        db.session.commit()
        seen[number] = len(statements)
    # The first one makes the list.
    assert seen[5] <= seen[1] <= 26, seen


def test_killed_in_the_middle_nothing_is_half_done(db: Any) -> None:
    awards = [earned("ada"), earned("ben")]
    pen = signing.pen(clock.utcnow())
    db.session.commit()
    signing.sign_batch(pen)
    db.session.rollback()
    assert (db.session.scalar(sa.select(sa.func.count()).select_from(Credential)), signing.waits()) == (0, True)
    assert jobs.sign() == 2
    assert jobs.sign() == 0
    for award in awards:
        check_proof(document(award))
    assert list(credentials_rebuild.check()) == []


def test_two_signers_at_once_give_one_credential_and_places_of_its_own(app: Flask, db: Any) -> None:
    for number in range(12):
        earned(f"member-{number}")
    db.session.commit()

    def sign(_turn: int) -> int:
        pen = signing.pen(clock.utcnow())
        db.session.commit()
        total = 0
        while done := signing.sign_batch(pen, 2):
            db.session.commit()
            total += done
        db.session.rollback()
        return total

    assert sum(in_threads(app, 3, sign)) == 12
    jobs.sign()
    rows = db.session.scalars(sa.select(Credential)).all()
    assert len({(row.list_id, row.position) for row in rows}) == len(rows) == 12
    assert sum(db.session.scalars(sa.select(StatusList.used))) == 12
    assert list(credentials_rebuild.check()) == []


def test_a_document_that_cannot_be_made_stops_no_other(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = earned("ada"), earned("ben")
    whole = v3.credential

    def stumble(house: Any, pin: Any, given: Any) -> Any:
        return whole(house, pin, given) | ({"shoeSize": 42} if given.key == bad.key else {})

    with monkeypatch.context() as broken:
        broken.setattr(v3, "credential", stumble)
        assert jobs.sign() == 2
    check_proof(document(good))
    assert credential(bad).document == ""
    assert credential(bad).error.startswith("UnknownTerm")
    found = list(credentials_rebuild.check())
    assert [one["award"] for one in found] == [bad.key]
    assert found[0]["wrong"].startswith("could not be signed: UnknownTerm")
    credentials_rebuild.rebuild()
    db.session.commit()
    jobs.sign()
    check_proof(document(bad))
    assert list(credentials_rebuild.check()) == []


def test_what_was_taken_back_before_it_was_issued_is_not_issued(db: Any) -> None:
    award = earned()
    revoking.revoke(award.id, None, "Given by mistake.", NOW)
    db.session.commit()
    assert (jobs.sign(), db.session.get(Credential, award.id), signing.waits()) == (1, None, False)
    assert list(credentials_rebuild.check()) == []


@pytest.mark.parametrize("declined", [False, True])
def test_taken_back_is_listed_after_the_next_bell(db: Any, declined: bool) -> None:
    award, other = issued("ada"), issued("ben")
    if declined:
        answering.decline(award.member_id, award.key, NOW)
    db.session.commit()
    revoking.revoke(award.id, None, "Given by mistake.", NOW)
    db.session.commit()
    assert signing.waits() is True
    jobs.sign()
    db.session.expire_all()
    list_ = db.session.scalars(sa.select(StatusList)).one()
    told = json.loads(list_.document)
    check_proof(told)
    packed = bits.decode(told["credentialSubject"]["encodedList"])
    assert (len(packed), packed.count(0)) == (16_384, 16_383)
    assert [bits.bit(packed, credential(one).position or 0) for one in (award, other)] == [True, False]
    assert list(credentials_rebuild.check()) == []


def test_a_long_backlog_delays_no_list(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    early, late = issued("ada"), issued("ben")
    revoking.revoke(late.id, None, "Given by mistake.", NOW)
    due.sign_anew([early.id])
    db.session.commit()
    listed = []
    whole = signing.sign_batch

    def one_by_one(pen: signing.Pen) -> int:
        list_ = db.session.scalars(sa.select(StatusList), execution_options={"populate_existing": True}).one()
        listed.append(bits.bit(list_.revoked, credential(late).position or 0))
        return whole(pen, 1)

    monkeypatch.setattr(signing, "sign_batch", one_by_one)
    assert jobs.sign() == 2
    assert listed == [True, True, True]


def test_whoever_is_erased_stays_taken_back(db: Any) -> None:
    award = issued()
    position = credential(award).position
    revoking.revoke(award.id, None, "Given by mistake.", NOW)
    db.session.commit()
    jobs.sign()
    db.session.delete(db.session.get_one(Award, award.id))
    db.session.execute(sa.update(StatusList).values(stale=True))
    db.session.commit()
    jobs.sign()
    list_ = db.session.scalars(sa.select(StatusList), execution_options={"populate_existing": True}).one()
    assert bits.bit(list_.revoked, position or 0) is True
    assert bits.bit(list_.taken, position or 0) is True


def test_a_new_address_convinces_and_so_does_the_old_one(db: Any) -> None:
    award = issued()
    before = document(award)
    account = db.session.scalars(sa.select(Account)).one()
    who = Identity(issuer=account.issuer, subject=account.subject, email="ada@new.example", email_verified=True)
    sign_in(who, "", NOW)
    db.session.commit()
    assert jobs.sign() == 1
    assert told_addresses(award, "ada@new.example", "ada@example.org", "x@example.org") == ["ada@new.example", "ada@example.org"]
    after = document(award)
    check_proof(after)
    assert after["credentialSubject"]["identifier"][1:] == before["credentialSubject"]["identifier"]
    assert {name for name in after if after[name] != before.get(name)} <= {"credentialSubject", "proof"}
    sign_in(who, "", NOW)
    db.session.commit()
    assert signing.waits() is False


def test_who_takes_over_an_imported_row_brings_an_address(db: Any) -> None:
    award = earned("ada")
    db.session.execute(sa.delete(Account))
    db.session.commit()
    jobs.sign()
    assert "identifier" not in document(award)["credentialSubject"]
    own = make_member("new-here")
    make_address(own, "new@example.org")
    claims.take(db.session.get_one(Member, award.member_id), own)
    db.session.commit()
    assert jobs.sign() == 1
    assert told_addresses(award, "new@example.org") == ["new@example.org"]


@pytest.mark.parametrize("email", [None, "other@example.org"])
def test_an_address_that_nobody_verified_is_not_told(db: Any, email: str | None) -> None:
    award = issued()
    account = db.session.scalars(sa.select(Account)).one()
    sign_in(Identity(issuer=account.issuer, subject=account.subject, email=email), "", NOW)
    db.session.commit()
    jobs.sign()
    assert told_addresses(award, "ada@example.org", "other@example.org") == ["ada@example.org"]


def test_who_has_no_address_is_told_by_identifier_alone(db: Any, client: Any) -> None:
    award = earned()
    db.session.execute(sa.delete(Account))
    db.session.commit()
    jobs.sign()
    subject = document(award)["credentialSubject"]
    assert sorted(subject) == ["achievement", "id", "type"]
    told = client.get(f"/ob/2/assertions/{award.key}").get_json()
    assert told["recipient"] == {"type": "id", "hashed": False, "identity": subject["id"]}


def test_merged_awards_are_told_for_both_addresses_and_none_is_lost(db: Any) -> None:
    earlier, later = issued("ada"), issued("ben")
    before = credential(later).position
    old, new = db.session.get_one(Member, earlier.member_id), db.session.get_one(Member, later.member_id)
    merge(old, new, None, "One person", NOW)
    db.session.commit()
    jobs.sign()
    db.session.expire_all()
    # The earlier one stays and is the kept row's now; the other is left with the empty row, taken back.
    assert (earlier.member_id, later.member_id) == (new.id, old.id)
    assert earlier.revoked_at is None
    assert later.revoked_at is not None
    assert told_addresses(earlier, "ada@example.org", "ben@example.org") == ["ada@example.org", "ben@example.org"]
    assert credential(later).position == before
    list_ = db.session.scalars(sa.select(StatusList)).one()
    assert [bits.bit(list_.revoked, credential(one).position or 0) for one in (earlier, later)] == [False, True]
    assert (list(credentials_rebuild.check()), list(rebuild.check())) == ([], [])


def test_renewed_it_is_valid_longer(db: Any) -> None:
    award = issued(valid_days=30, warn_days=5)
    first = document(award)
    assert first["validUntil"] == (award.awarded_at + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    later = award.awarded_at + timedelta(days=27)
    with clock.as_of(later):
        make_deeds(award.member_id, 1, occurred_at=later)
        db.session.commit()
        drain.drain()
        assert jobs.sign() == 1
    second = document(award)
    assert second["validUntil"] == (later + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert {name for name in second if second[name] != first.get(name)} == {"validUntil", "proof"}


def test_evidence_is_what_everybody_may_see(db: Any) -> None:
    ada = make_member("ada", name="Ada Exampleson", wears_at_once=True)
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})
    for place, visibility in enumerate(("public", "members", "me", "public", "public", "public")):
        make_activity(ada.id, kind="talk", kind_label="A talk", text=f"{visibility} {place} " + "x" * (400 if place == 5 else 0),
                      occurred_at=NOW - timedelta(days=9 - place), visibility=visibility, fingerprinted=False)  # fmt: skip
    make_activity(ada.id, kind="walk", text="Of another sort", visibility="public")
    db.session.commit()
    drain.drain()
    make_activity(ada.id, kind="talk", text="Told afterwards", visibility="public")
    db.session.commit()
    jobs.sign()
    award = db.session.scalars(sa.select(Award)).one()
    told = document(award)["evidence"]
    assert [one["id"] for one in told] == [
        f"http://localhost/awards/{award.key}", *(f"http://localhost/activities/{number}" for number in (6, 5, 4)),
    ]  # fmt: skip
    assert [one["name"] for one in told] == ["The page of this award", "A talk", "A talk", "A talk"]
    assert [len(one.get("narrative", "")) for one in told] == [0, 300, 9, 9]
    assert "Exampleson" not in credential(award).document
    # As a word: three letters come up by chance in keys and signatures.
    assert not re.search(r"\bada\b", credential(award).document, re.IGNORECASE)
    assert "example.org" not in credential(award).document


@pytest.mark.parametrize("way", ["withdrawn", "hidden"])
def test_what_is_withdrawn_or_hidden_is_no_evidence_any_more(db: Any, way: str) -> None:
    award = earned(deeds=2, visibility="public")
    jobs.sign()
    assert len(document(award)["evidence"]) == 3
    first = db.session.scalars(sa.select(Activity.id).order_by(Activity.id)).first()
    if way == "withdrawn":
        changes.withdraw([first], award.member_id, "", NOW)
    else:
        changes.set_visibility(first, "members", NOW)
    db.session.commit()
    assert jobs.sign() == 1
    assert len(document(award)["evidence"]) == 2


def test_by_hand_the_givers_words_are_the_evidence(db: Any) -> None:
    badge, ada = make_badge("by-hand", {}), make_member("ada", wears_at_once=True)
    giving.hand_out(badge, [ada.id], NOW, how="hand", giver_id=make_member("giver").id, reason="She held the rope.")
    db.session.commit()
    jobs.sign()
    award = db.session.scalars(sa.select(Award)).one()
    assert [one["narrative"] for one in document(award)["evidence"]] == ["She held the rope."]
    assert "giver" not in credential(award).document


def test_the_version_that_was_given_is_told(db: Any) -> None:
    award = earned(levels=[1, 5], criteria={"count": {"kind": "talk"}})
    badge = award.badge
    badge.version, badge.criteria = 2, {"count": {"kind": "talk"}, "at_least": 99}
    badge.levels = []
    db.session.add(BadgeVersion(badge_id=badge.id, version=2, criteria=badge.criteria, levels=[], created_at=NOW))
    db.session.commit()
    jobs.sign()
    told = document(award)["credentialSubject"]["achievement"]
    assert (told["id"], told["name"], told["version"]) == (
        "http://localhost/ob/3/achievements/talker.1.1", "Talker, level 1", "1")  # fmt: skip
    assert told["criteria"]["narrative"] == "1 deed: “talk”."


def test_a_group_is_told_as_the_creator(db: Any) -> None:
    group: Group = make_group("berlin")
    award = issued(issuer_id=group.id)
    told = document(award)
    assert told["issuer"]["id"] == "did:web:localhost"
    assert told["credentialSubject"]["achievement"]["creator"] == {
        "id": "did:web:localhost:ob:3:groups:berlin", "type": ["Profile"], "name": group.name,
        "url": "http://localhost/groups/berlin",
    }  # fmt: skip


def test_a_place_in_a_contest_is_a_result(db: Any) -> None:
    ada = make_member("ada", wears_at_once=True)
    make_badge("podium", {"placed": "any", "top": 3})
    for place in (3, 2):
        make_activity(ada.id, kind="contest.placed", object=f"contest:c{place}", data={"place": place}, fingerprinted=False)
    db.session.commit()
    drain.drain()
    jobs.sign()
    told = document(db.session.scalars(sa.select(Award)).one())["credentialSubject"]
    rank = "http://localhost/ob/3/achievements/podium.1#rank"
    assert told["result"] == [{"type": ["Result"], "resultDescription": rank, "value": "2"}]
    assert [one["id"] for one in told["achievement"]["resultDescription"]] == [rank]


def test_words_of_others_come_along_with_their_own_proof(db: Any, client: Any) -> None:
    award, author, group = earned(), make_member("eve", name="Eve Speaker"), make_group("berlin")
    gone = make_member("gone")
    gone.state = "suspended"
    said = (("one", author, None, "shown"), ("two", author, group.id, "shown"), ("three", make_member("x"), None, "waiting"),
            ("four", gone, None, "shown"))  # fmt: skip
    for key, member, group_id, state in said:
        db.session.add(Endorsement(key=key, award_id=award.id, member_id=member.id, group_id=group_id, comment=f"Said {key}",
                                   state=state, created_at=NOW))  # fmt: skip
    db.session.commit()
    jobs.sign()
    told = document(award)
    assert [one["id"] for one in told["endorsement"]] == [f"http://localhost/ob/3/endorsements/{key}" for key in ("one", "two")]
    for one in told["endorsement"]:
        check_proof(one)
        assert one["credentialSubject"]["id"] == told["id"]
        assert client.get(one["id"].removeprefix("http://localhost")).get_json() == one
        assert client.get(f"{one['issuer']['id'].replace('did:web:localhost', '').replace(':', '/')}/did.json").status_code == 200
    assert told["endorsement"][1]["issuer"]["id"] == "did:web:localhost:ob:3:groups:berlin"
    check_proof(told)
    assert "Speaker" not in credential(award).document


def test_a_full_list_is_followed_by_another(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recognition.badges.portable.status.FULL", 2)
    awards = [issued(f"member-{number}") for number in range(3)]
    assert sorted(credential(award).list_id or 0 for award in awards) == [0, 0, 1]
    assert list(credentials_rebuild.check()) == []


@pytest.mark.parametrize(("table", "change", "found"), [
    (Credential, {"position": 77}, [{"award", "status_list"}]), (Credential, {"document": ""}, [{"award"}]),
    (Credential, {"document": "{"}, [{"award"}]), (Credential, {"identifiers": []}, [{"award"}]),
    (StatusList, {"revoked": b"\xff" * 16_384}, [{"status_list"}]), (StatusList, {"document": "{}"}, [{"status_list"}]),
    (StatusList, {"taken": b"\x00" * 16_384}, [{"status_list"}]),
])  # fmt: skip
def test_what_is_off_is_found_and_mended(db: Any, table: Any, change: dict[str, Any], found: list[set[str]]) -> None:
    issued()
    assert list(credentials_rebuild.check()) == []
    db.session.execute(sa.update(table).values(change))
    db.session.commit()
    sorts = {name for one in credentials_rebuild.check() for name in one if name in ("award", "status_list")}
    assert sorts == found[0]
    credentials_rebuild.rebuild()
    db.session.commit()
    jobs.sign()
    assert list(credentials_rebuild.check()) == []


@pytest.mark.parametrize("change", ["address", "hidden"])
def test_what_changes_while_it_is_signed_is_signed_again(app: Flask, db: Any, change: str) -> None:
    """The signer has read the old address and the public deed, and has not committed when the change comes."""
    award = earned(visibility="public")
    award_id, deed_id = award.id, db.session.scalars(sa.select(Activity.id).order_by(Activity.id)).first()
    account = db.session.scalars(sa.select(Account)).one()
    who = Identity(issuer=account.issuer, subject=account.subject, email="ada@new.example", email_verified=True)
    pen = signing.pen(clock.utcnow())
    db.session.commit()
    assert signing.sign_batch(pen) == 1

    def meanwhile(_turn: int) -> None:
        if change == "address":
            sign_in(who, "", NOW)
        else:
            changes.set_visibility(deed_id, "members", NOW)
        db.session.commit()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(lambda: in_threads(app, 1, meanwhile))
        if is_postgresql():
            until(_somebody_waits, "the other to wait for the signer", 20)
        db.session.commit()
        other.result(30)
    db.session.expire_all()
    assert db.session.get_one(Award, award_id).sign_due is True
    assert jobs.sign() == 1
    if change == "address":
        assert told_addresses(award, "ada@new.example") == ["ada@new.example"]
    else:
        assert len(document(award)["evidence"]) == 1


def _somebody_waits() -> bool:
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
    return bool(database.session.scalar(waiting))


def test_after_a_change_of_address_new_badges_find_their_list(app: Flask, db: Any) -> None:
    """They name it at the new one; and nothing is signed without need."""
    issued("ada")
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, base_url="http://127.0.0.1:9000")
    try:
        award = issued("ben")
        listed = db.session.scalars(sa.select(StatusList), execution_options={"populate_existing": True}).one()
        first = listed.document
        assert json.loads(first)["id"] == document(award)["credentialStatus"]["statusListCredential"]
        issued("cem")
        assert db.session.scalar(sa.select(StatusList.document)) == first
    finally:
        app.extensions["settings"] = before
