"""Many speak for one award at the same moment: nobody twice, no group twice, and not more than an award can hold; and its holder
answers while the council takes down."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.badges.models import Award
from recognition.badges.portable.endorsements import AN_AWARD_MAX
from recognition.badges.portable.models import REMOVED, SHOWN, Endorsement
from recognition.badges.services import endorsing
from recognition.badges.services.endorsing import BadEndorsement, Gone
from recognition.badges.services.giving import hand_out
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.activities.test_record import in_threads
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def award_id(db: Any) -> int:
    hand_out(make_badge("kind", {}), [make_member("ada").id], NOW, how="hand", giver_id=None, reason="Seen.")
    db.session.commit()
    return int(db.session.scalar(sa.select(Award.id)))


def speak(award_id: int, author_id: int, group_id: int | None) -> str:
    award, author = database.session.get_one(Award, award_id), database.session.get_one(Member, author_id)
    try:
        endorsing.endorse(award, author, group_id, "Yes.", NOW)
    except BadEndorsement:
        database.session.rollback()
        return "refused"
    database.session.commit()
    return "heard"


@pytest.mark.parametrize(("for_group", "authors"), [(False, 1), (True, 8)])
def test_one_voice_is_heard_once(app: Flask, db: Any, award_id: int, for_group: bool, authors: int) -> None:
    ids = [make_member(f"author-{number}").id for number in range(authors)]
    group_id = make_group().id if for_group else None
    db.session.commit()
    said: list[str] = []
    in_threads(app, 8, lambda thread: said.append(speak(award_id, ids[thread % authors], group_id)))
    assert Counter(said) == {"heard": 1, "refused": 7}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Endorsement)) == 1


def test_an_award_holds_no_more_than_it_can(app: Flask, db: Any, award_id: int) -> None:
    ids = [make_member(f"author-{number}").id for number in range(AN_AWARD_MAX + 4)]
    db.session.commit()
    said: list[str] = []
    in_threads(app, len(ids), lambda thread: said.append(speak(award_id, ids[thread], None)))
    assert Counter(said) == {"heard": AN_AWARD_MAX, "refused": 4}


def test_what_is_taken_down_stays_down_whoever_is_first(app: Flask, db: Any, award_id: int) -> None:
    speak(award_id, make_member("ben").id, None)
    rosa_id = make_member("rosa").id
    said = db.session.scalars(sa.select(Endorsement)).one()
    said.state = SHOWN
    db.session.commit()

    def work(thread: int) -> None:
        said = database.session.scalars(sa.select(Endorsement)).one()
        try:
            if thread == 0:
                endorsing.remove(said, rosa_id, "An insult.", NOW)
            else:
                endorsing.answer(said, thread % 2 == 0, NOW)
            database.session.commit()
        except Gone:
            database.session.rollback()

    in_threads(app, 6, work)
    db.session.expire_all()
    assert db.session.scalar(sa.select(Endorsement.state)) == REMOVED
    assert db.session.scalar(sa.select(Award.sign_due)) is True
