"""Somebody changes an award while it is being signed: nothing of what was not read yet is lost, on either side."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.badges import jobs
from recognition.badges.models import Award
from recognition.badges.portable import rebuild, signing
from recognition.badges.portable.models import SHOWN, Endorsement, StatusList
from recognition.badges.services import endorsing, revoking
from recognition.database import is_postgresql
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.identity.services.merging import merge
from recognition.identity.services.roles import Said, suspend
from recognition.openbadges import bits
from tests.activities.test_record import in_threads
from tests.factories.credentials import NOW, credential, document, earned, issued, make_address
from tests.factories.identity import make_member
from tests.servers.waiting import until


def words_about(award: Award, author: Member, state: str) -> Endorsement:
    said = Endorsement(key=f"by-{author.id}", award_id=award.id, member_id=author.id, comment="So it was.", state=state,
                       created_at=NOW)  # fmt: skip
    database.session.add(said)
    database.session.commit()
    return said


def signed_while(app: Flask, change: Callable[[], object]) -> None:
    """The signer has read and written all, and commits only when the other already waits."""
    pen = signing.pen(clock.utcnow())
    database.session.commit()
    assert signing.sign_batch(pen) >= 1

    def meanwhile(_turn: int) -> None:
        change()
        database.session.commit()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(lambda: in_threads(app, 1, meanwhile))
        if is_postgresql():
            until(_somebody_waits, "the other to wait for the signer", 20)
        database.session.commit()
        other.result(30)
    jobs.sign()
    database.session.expire_all()
    assert list(rebuild.check()) == []


def is_listed(award: Award) -> bool:
    row = credential(award)
    list_ = database.session.get_one(StatusList, row.list_id, populate_existing=True)
    return bits.bit(list_.revoked, row.position or 0)


def said_about(award: Award) -> list[str]:
    return [one["credentialSubject"]["endorsementComment"] for one in document(award).get("endorsement", ())]


@pytest.mark.parametrize("first", [True, False])
def test_taken_back_meanwhile_it_is_listed(app: Flask, db: Any, first: bool) -> None:
    """Also where the signer gave it its very first place in a list."""
    award = earned() if first else issued()
    award.sign_due = True
    db.session.commit()
    award_id = award.id
    signed_while(app, lambda: revoking.revoke(award_id, None, "Given by mistake.", NOW))
    assert (is_listed(award), award.sign_due) == (True, False)


@pytest.mark.parametrize("shown", [True, False])
def test_words_that_are_answered_meanwhile_are_signed_or_left_out(app: Flask, db: Any, shown: bool) -> None:
    award = earned()
    said_id = words_about(award, make_member("eve"), "waiting" if shown else SHOWN).id
    signed_while(app, lambda: endorsing.answer(database.session.get_one(Endorsement, said_id), shown, NOW))
    assert said_about(award) == (["So it was."] if shown else [])


def test_words_of_somebody_who_is_suspended_meanwhile_are_left_out(app: Flask, db: Any) -> None:
    award, author = earned(), make_member("eve")
    words_about(award, author, SHOWN)
    author_id, rosa_id = author.id, make_member("rosa", roles=("admin",)).id
    db.session.commit()

    def change() -> None:
        author, rosa = (database.session.get_one(Member, one) for one in (author_id, rosa_id))
        suspend(author, rosa, NOW, Said(rosa_id, "Spam"))

    signed_while(app, change)
    assert said_about(award) == []


def test_joined_to_another_row_meanwhile_it_convinces_with_both_addresses(app: Flask, db: Any) -> None:
    award, other = earned("ada"), make_member("ben")
    make_address(other, "ben@example.org")
    from_id, into_id = award.member_id, other.id
    db.session.commit()

    def change() -> None:
        one, two = (database.session.get_one(Member, id_) for id_ in (from_id, into_id))
        merge(one, two, None, "One person", NOW)

    signed_while(app, change)
    assert award.member_id == into_id
    assert len(credential(award).identifiers) == 2


def _somebody_waits() -> bool:
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
    return bool(database.session.scalar(waiting))
