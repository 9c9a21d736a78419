"""What goes wrong in the middle of signing: a key that is withdrawn meanwhile, one award that spoils what is gathered for all,
two who need a list at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.badges import jobs
from recognition.badges.models import Award, BadgeVersion
from recognition.badges.portable import keys as signing_keys
from recognition.badges.portable import rebuild, signing, status
from recognition.badges.portable.documents import v3
from recognition.badges.portable.models import SHOWN, Credential, Endorsement, StatusList
from recognition.badges.services import giving, revoking
from recognition.database import is_postgresql
from recognition.extensions import db as database
from recognition.openbadges import bits
from recognition.openbadges import keys as key_sets
from tests.activities.test_record import in_threads
from tests.factories.badges import make_badge
from tests.factories.credentials import NOW, check_proof, credential, document, earned, issued
from tests.factories.identity import make_member
from tests.servers.waiting import until

Keys = dict[str, Any]


@pytest.fixture
def stolen(app: Flask) -> Any:
    """The keys that a running process signs with."""
    before, first = app.extensions["settings"], key_sets.make()
    app.extensions["settings"] = replace(before, signing_key=json.dumps(first))
    yield first
    app.extensions["settings"] = before


def withdraw_all(app: Flask, stolen: Keys) -> None:
    """As the command does it, which was started with the new pair."""
    app.extensions["settings"] = replace(app.extensions["settings"], signing_key=json.dumps(key_sets.rotated(stolen)))
    for key in stolen["keys"]:
        signing_keys.withdraw(key["kid"], "Stolen", None, NOW)
        database.session.commit()


def is_by(stolen: Keys, award: Award) -> bool:
    return credential(award).key_id in [key["kid"] for key in stolen["keys"]]


def test_withdrawn_between_two_batches_it_signs_no_further_one(
    db: Any, app: Flask, stolen: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    awards, whole, turns = [earned("ada"), earned("ben")], signing.sign_batch, iter("ab")

    def one_by_one(pen: signing.Pen) -> int:
        if next(turns) == "b":
            database.session.rollback()
            withdraw_all(app, stolen)
        return whole(pen, 1)

    with monkeypatch.context() as slow:
        slow.setattr(signing, "sign_batch", one_by_one)
        assert jobs.sign() == 1
    assert [db.session.get(Credential, award.id) is not None for award in awards] == [True, False]
    assert jobs.sign() == 2
    assert [is_by(stolen, award) for award in awards] == [False, False]
    assert list(rebuild.check()) == []


def test_withdrawn_before_a_list_is_signed_it_signs_no_list(db: Any, app: Flask, stolen: Keys) -> None:
    award = issued()
    pen = signing.pen(clock.utcnow())
    db.session.commit()
    withdraw_all(app, stolen)
    with pytest.raises(signing_keys.NoKey, match="was withdrawn"):
        status.publish(credential(award).list_id or 0, pen.signer, NOW)
    db.session.rollback()
    assert status.next_stale() == credential(award).list_id


def test_who_withdraws_waits_for_the_signer_and_finds_what_it_signed(db: Any, app: Flask, stolen: Keys) -> None:
    award = earned()
    pen = signing.pen(clock.utcnow())
    db.session.commit()
    assert signing.sign_batch(pen) == 1
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(lambda: in_threads(app, 1, lambda _turn: withdraw_all(app, stolen)))
        if is_postgresql():
            until(_somebody_waits, "the other to wait for the signer", 20)
        db.session.commit()
        other.result(30)
    assert is_by(stolen, award) is True
    assert jobs.sign() == 1
    assert is_by(stolen, award) is False
    check_proof(document(award))


@pytest.mark.parametrize("what", ["rule", "words"])
def test_what_is_gathered_for_all_stops_nobody_but_its_own(db: Any, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    badge, bad = make_badge("by-hand", {"count": {"kind": "walk"}, "at_least": 1}), make_member("bad", wears_at_once=True)
    giving.hand_out(badge, [bad.id], NOW, how="hand", giver_id=None, reason="Seen.")
    spoiled = db.session.scalars(sa.select(Award)).one()
    if what == "rule":
        db.session.execute(sa.update(BadgeVersion).where(BadgeVersion.badge_id == badge.id).values(criteria={"of old": 1}))
    else:
        db.session.add(Endorsement(key="odd", award_id=spoiled.id, member_id=make_member("eve").id, comment="Odd.", state=SHOWN,
                                   created_at=NOW))  # fmt: skip
    good = [earned(name) for name in ("ada", "ben", "cyd")]
    whole = v3.endorsement
    with monkeypatch.context() as broken:
        broken.setattr(v3, "endorsement", lambda house, word: whole(house, word) | {"shoeSize": 42})
        assert jobs.sign() == 4
    for award in good:
        check_proof(document(award))
    assert credential(spoiled).document == ""
    assert credential(spoiled).error.startswith({"rule": "BadCriteria", "words": "UnknownTerm"}[what])
    assert [one["award"] for one in rebuild.check()] == [spoiled.key]
    assert len(set(db.session.execute(sa.select(Credential.list_id, Credential.position)).all())) == 4


def test_what_could_be_signed_before_is_taken_back_also_if_it_cannot_be_signed_anew(db: Any) -> None:
    award = issued()
    db.session.execute(sa.update(BadgeVersion).values(criteria={"of old": 1}))
    before = credential(award).document
    revoking.revoke(award.id, None, "Given by mistake.", NOW)
    db.session.commit()
    jobs.sign()
    list_ = db.session.scalars(sa.select(StatusList), execution_options={"populate_existing": True}).one()
    assert bits.bit(list_.revoked, credential(award).position or 0) is True
    assert (credential(award).document, list_.stale) == (before, False)
    assert credential(award).error.startswith("BadCriteria")


def test_a_list_that_somebody_fills_is_not_waited_for(db: Any, app: Flask) -> None:
    """On SQLite nobody else is at it."""
    issued()
    found = [status.allocate(2)]

    def allocate(_turn: int) -> None:
        found.append(status.allocate(2))
        database.session.commit()

    if is_postgresql():
        in_threads(app, 1, allocate)
    db.session.commit()
    allocate(0)
    assert [{number for number, _index in places} for places in found] == ([{0}, {1}, {0}] if is_postgresql() else [{0}, {0}])
    assert len({place for places in found for place in places}) == 2 * len(found)


def _somebody_waits() -> bool:
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
    return bool(database.session.scalar(waiting))
