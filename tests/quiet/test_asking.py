"""Thanks first, then one private question, then nothing; any sign of somebody is enough, and a report is never needed."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import confirming, thanking
from recognition.announcements.models import Notice
from recognition.identity.models import Member
from recognition.jobs.models import Job
from recognition.quiet.models import QuietNote
from recognition.quiet.question import path_of
from recognition.quiet.services import absence
from tests.factories.activities import make_activity
from tests.factories.identity import make_member
from tests.factories.quiet import START, live, make_reachable, make_rule


@pytest.fixture
def ada(db: Any) -> Member:
    make_rule()
    member = make_reachable("ada")
    make_activity(member.id, text="Taught three neighbours to use a map", occurred_at=START - timedelta(days=300))
    db.session.commit()
    return member


def told(db: Any) -> list[tuple[str, str]]:
    """What was said to whom, in the order in which it was."""
    db.session.rollback()
    rows = sa.select(Member.handle, Notice.kind).join(Notice, Notice.member_id == Member.id).order_by(Notice.id)
    return [(row.handle, row.kind) for row in db.session.execute(rows) if row.kind.startswith("quiet")]


def note(db: Any) -> QuietNote:
    db.session.rollback()
    return db.session.scalars(sa.select(QuietNote).order_by(QuietNote.id.desc())).first()


def test_thanks_come_a_week_before_the_question_and_both_come_once(db: Any, ada: Member) -> None:
    for day in (0, 0, 6):
        live(day)
        assert told(db) == [("ada", "quiet.thanks")]
    thanks = db.session.scalar(sa.select(Notice))
    assert thanks.data == {"words": "Taught three neighbours to use a map"}
    for day in (7, 7, 8, 60, 179):
        live(day)
        assert told(db) == [("ada", "quiet.thanks"), ("ada", "quiet.question")]
    asked = note(db)
    assert (asked.thanked_at, asked.asked_at, asked.answer) == (START, START + timedelta(days=7), None)
    assert db.session.scalar(sa.select(Notice.path).where(Notice.kind == "quiet.question")) == path_of(asked.id)


def test_no_answer_has_no_consequence_and_the_next_word_comes_half_a_year_later(db: Any, ada: Member) -> None:
    for day in (0, 7, 180, 186):
        live(day)
    assert [kind for _who, kind in told(db)] == ["quiet.thanks", "quiet.question", "quiet.thanks"]
    assert (db.session.get(Member, ada.id).state, note(db).asked_at) == ("active", None)
    live(187)
    assert [kind for _who, kind in told(db)].count("quiet.question") == 2
    assert list(db.session.scalars(sa.select(Job.args).where(Job.name == "quiet.look"))) == []


def test_being_seen_before_the_question_means_that_it_does_not_come(db: Any, ada: Member) -> None:
    live(0)
    make_activity(ada.id, text="Back at it", occurred_at=START + timedelta(days=3))
    db.session.commit()
    live(7)
    assert told(db) == [("ada", "quiet.thanks")]
    assert note(db).closed_at == START + timedelta(days=7)


def test_being_seen_after_the_question_closes_it(db: Any, ada: Member) -> None:
    live(0)
    live(7)
    make_activity(ada.id, text="Back at it", occurred_at=START + timedelta(days=9))
    db.session.commit()
    live(10)
    assert note(db).closed_at == START + timedelta(days=10)
    assert db.session.scalar(sa.select(Notice.read_at).where(Notice.kind == "quiet.question")) is not None


@pytest.mark.parametrize("sign", ["confirms", "is confirmed", "thanks", "is thanked"])
def test_who_never_reports_is_seen_by_what_others_and_they_say(db: Any, sign: str) -> None:
    make_rule()
    helper, others = make_reachable("helper"), [make_member(f"other-{n}") for n in range(3)]
    lately = START - timedelta(days=20)
    for number, other in enumerate(others):
        if sign in ("confirms", "is confirmed"):
            doer, witness = (other, helper) if sign == "confirms" else (helper, other)
            deed = make_activity(doer.id, occurred_at=START - timedelta(days=400), fingerprinted=False)
            confirming.confirm(deed.id, witness.id, lately)
        else:
            giver, receiver = (helper, other) if sign == "thanks" else (other, helper)
            thanking.thank(giver.id, receiver.id, "For the lamp", lately, str(number))
    db.session.commit()
    live(0)
    assert told(db) == []
    live(200)
    assert [one for one in told(db) if one[0] == "helper"] == [("helper", "quiet.thanks.plain")]


def test_who_is_left_in_peace(db: Any) -> None:
    make_rule()
    make_reachable("newcomer", joined_at=START - timedelta(days=89))
    make_reachable("gone", state="suspended")
    make_reachable("alumna", state="alumni")
    make_reachable("traveller", state="away", away_until=date(2027, 6, 1))
    make_member("never-signed-in")
    make_activity(make_reachable("busy").id, occurred_at=START - timedelta(days=181))
    db.session.commit()
    live(0)
    assert told(db) == []
    live(2)
    assert told(db) == [("newcomer", "quiet.thanks.plain"), ("busy", "quiet.thanks.plain")]


def test_who_says_beforehand_that_they_are_away_is_not_asked(db: Any, ada: Member) -> None:
    live(0)
    absence.go_away(ada.id, (START + timedelta(days=30)).date(), START + timedelta(days=1))
    db.session.commit()
    live(7)
    assert told(db) == [("ada", "quiet.thanks")]
    live(30)
    assert db.session.get(Member, ada.id).state == "away"
    live(31)
    assert (db.session.get(Member, ada.id).state, db.session.get(Member, ada.id).away_until) == ("active", None)


def test_nothing_is_said_while_the_council_has_not_switched_it_on(db: Any) -> None:
    make_reachable("ada")
    db.session.commit()
    live(0)
    make_rule(is_on=False)
    db.session.commit()
    live(1)
    assert told(db) == []


def test_words_that_somebody_keeps_to_themselves_are_in_no_thanks(db: Any) -> None:
    make_rule()
    ada = make_reachable("ada")
    make_activity(ada.id, text="A secret", visibility="me", occurred_at=START - timedelta(days=290))
    make_activity(ada.id, kind="quest.finished", object="quest:gone", occurred_at=START - timedelta(days=280))
    db.session.commit()
    live(0)
    assert told(db) == [("ada", "quiet.thanks.plain")]
