"""What others say about an award: who may say it, who decides whether it shows, and what follows when people change."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.badges.models import Award, IssuerBlock
from recognition.badges.portable.endorsements import AN_AWARD_MAX, lines_about
from recognition.badges.portable.models import DECLINED, REMOVED, SHOWN, WAITING, WITHDRAWN, Endorsement
from recognition.badges.services import endorsing
from recognition.badges.services.endorsing import BadEndorsement, Gone
from recognition.badges.services.giving import hand_out
from recognition.identity.models import Member
from recognition.identity.services.merging import merge
from recognition.identity.services.profiles import tell_changed
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
Given = Callable[..., Award]


@pytest.fixture
def given(db: Any) -> Given:
    """An award that was signed already, so that a mark on it comes from the test."""

    def give(holder: Member, slug: str = "kind") -> Award:
        badge = make_badge(slug, {})
        hand_out(badge, [holder.id], NOW, how="hand", giver_id=None, reason="Seen.")
        award: Award = db.session.scalars(sa.select(Award).where(Award.badge_id == badge.id)).one()
        award.sign_due = False
        db.session.commit()
        return award

    return give


def due(db: Any, award: Award) -> bool:
    db.session.commit()
    found: bool = db.session.scalar(sa.select(Award.sign_due).where(Award.id == award.id))
    return found


def seen(award: Award, viewer: Member | None) -> list[str]:
    return [line.endorsement.comment for line in lines_about(award, viewer)]


def test_the_holder_is_told_and_alone_decides_whether_it_shows(db: Any, given: Given) -> None:
    ada, ben = make_member("ada"), make_member("ben")
    award = given(ada)
    said = endorsing.endorse(award, ben, None, "She saw it first.", NOW)
    assert (said.state, due(db, award)) == (WAITING, False)
    assert [seen(award, one) for one in (None, make_member("cy"), ada, ben)] == [
        [], [], ["She saw it first."], ["She saw it first."]
    ]  # fmt: skip
    told = db.session.execute(
        sa.select(Notice.member_id, Notice.data, Notice.path).where(Notice.kind == "endorsement.said")
    ).all()
    assert [tuple(one) for one in told] == [
        (ada.id, {"badge": "Kind", "person": ben.id, "words": "She saw it first."}, f"/awards/{award.key}#words")
    ]
    endorsing.answer(said, True, NOW)
    assert (due(db, award), seen(award, None)) == (True, ["She saw it first."])
    assert db.session.scalars(sa.select(Notice.member_id).where(Notice.kind == "endorsement.shown")).all() == [ben.id]


def test_it_may_be_hidden_later_and_is_signed_anew_without_it(db: Any, given: Given) -> None:
    ada, ben = make_member("ada"), make_member("ben")
    award = given(ada)
    said = endorsing.endorse(award, ben, None, "Yes.", NOW)
    endorsing.answer(said, False, NOW)
    assert (said.state, due(db, award)) == (DECLINED, False)
    endorsing.answer(said, True, NOW)
    award.sign_due = False
    db.session.commit()
    endorsing.answer(said, False, NOW)
    assert (said.state, due(db, award), seen(award, None)) == (DECLINED, True, [])


def test_words_are_taken_back_and_said_again_but_not_after_a_no(db: Any, given: Given) -> None:
    award, ben = given(make_member("ada")), make_member("ben")
    said = endorsing.endorse(award, ben, None, "One.", NOW)
    endorsing.withdraw(said)
    assert (said.state, seen(award, ben)) == (WITHDRAWN, [])
    assert db.session.scalars(sa.select(Notice.id).where(Notice.kind == "endorsement.said")).all() == []
    again = endorsing.endorse(award, ben, None, "Two.", NOW + timedelta(days=1))
    assert (again.id, again.state, again.comment) == (said.id, WAITING, "Two.")
    endorsing.answer(again, False, NOW)
    with pytest.raises(BadEndorsement, match="You have said it already"):
        endorsing.endorse(award, ben, None, "Three.", NOW)


def test_taken_back_after_a_no_it_is_not_said_again_either(db: Any, given: Given) -> None:
    award, ben, group = given(make_member("ada")), make_member("ben"), make_group()
    for speaks_for in (None, group.id):
        said = endorsing.endorse(award, ben, speaks_for, "One.", NOW)
        endorsing.answer(said, True, NOW)
        endorsing.withdraw(said)
        said = endorsing.endorse(award, ben, speaks_for, "Two.", NOW)
        endorsing.answer(said, False, NOW)
        endorsing.withdraw(said)
        with pytest.raises(BadEndorsement, match="does not want"):
            endorsing.endorse(award, ben, speaks_for, "Three.", NOW + timedelta(days=1))
    assert seen(award, db.session.get_one(Member, award.member_id)) == []


@pytest.mark.parametrize("comment", ["", "x" * 501])
def test_too_little_and_too_much_are_refused(given: Given, comment: str) -> None:
    with pytest.raises(BadEndorsement, match="up to 500 characters"):
        endorsing.endorse(given(make_member("ada")), make_member("ben"), None, comment, NOW)


@pytest.mark.parametrize("change", [{"shown": False}, {"revoked_at": NOW}])
def test_nothing_is_said_about_what_is_not_there_for_all(db: Any, given: Given, change: dict[str, Any]) -> None:
    award = given(make_member("ada"))
    for name, value in change.items():
        setattr(award, name, value)
    db.session.flush()
    with pytest.raises(BadEndorsement, match="Nothing can be said"):
        endorsing.endorse(award, make_member("ben"), None, "Yes.", NOW)


def test_nobody_speaks_for_their_own_and_nobody_who_is_suspended(given: Given) -> None:
    ada = make_member("ada")
    award = given(ada)
    for author in (ada, make_member("bad", state="suspended")):
        with pytest.raises(BadEndorsement, match="Nothing can be said"):
            endorsing.endorse(award, author, None, "Yes.", NOW)


def test_a_group_speaks_once_and_not_to_whom_it_is_not_welcome(db: Any, given: Given) -> None:
    ada, ben, cy = make_member("ada"), make_member("ben"), make_member("cy")
    award, nairobi, berlin = given(ada), make_group("nairobi"), make_group("berlin")
    db.session.add(IssuerBlock(member_id=ada.id, group_id=berlin.id, since=NOW))
    endorsing.endorse(award, ben, nairobi.id, "We saw it.", NOW)
    endorsing.endorse(award, ben, None, "I saw it.", NOW)
    with pytest.raises(BadEndorsement, match="spoken for this group already"):
        endorsing.endorse(award, cy, nairobi.id, "So did I.", NOW)
    with pytest.raises(BadEndorsement, match="This group cannot speak"):
        endorsing.endorse(award, cy, berlin.id, "So did we.", NOW)


def test_one_award_holds_so_many_words(db: Any, given: Given) -> None:
    award = given(make_member("ada"))
    for number in range(AN_AWARD_MAX):
        endorsing.endorse(award, make_member(f"friend-{number}"), None, "Yes.", NOW)
    with pytest.raises(BadEndorsement, match="Enough people"):
        endorsing.endorse(award, make_member("late"), None, "Yes.", NOW)


def test_the_council_takes_it_down_for_good_with_a_reason(db: Any, given: Given) -> None:
    ada, ben, rosa = make_member("ada"), make_member("ben"), make_member("rosa", roles=("council",))
    award = given(ada)
    said = endorsing.endorse(award, ben, None, "An insult.", NOW)
    endorsing.answer(said, True, NOW)
    endorsing.remove(said, rosa.id, "It insults somebody.", NOW)
    assert (said.state, due(db, award), seen(award, ada)) == (REMOVED, True, [])
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "endorsement.removed")).one()
    assert (entry.actor_id, entry.target, entry.after) == (
        rosa.id, f"award:{award.id}", {"badge": "kind", "reason": "It insults somebody."}
    )  # fmt: skip
    kinds = sa.select(Notice.member_id, Notice.kind).where(Notice.kind.like("endorsement.%")).order_by(Notice.id)
    assert [tuple(row) for row in db.session.execute(kinds)] == [(ben.id, "endorsement.shown"), (ben.id, "endorsement.removed")]
    with pytest.raises(Gone):
        endorsing.answer(said, True, NOW)
    with pytest.raises(BadEndorsement):
        endorsing.endorse(award, ben, None, "Another insult.", NOW)


def test_a_suspended_authors_words_are_gone_and_come_back(db: Any, given: Given) -> None:
    award, ben = given(make_member("ada")), make_member("ben")
    endorsing.answer(endorsing.endorse(award, ben, None, "Yes.", NOW), True, NOW)
    for state, shown in (("suspended", []), ("active", ["Yes."])):
        award.sign_due = False
        ben.state = state
        db.session.flush()
        tell_changed(ben.id)
        assert (due(db, award), seen(award, None)) == (True, shown)


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        (SHOWN, None, "old"), (SHOWN, WAITING, "new"), (WAITING, SHOWN, "new"), (SHOWN, WITHDRAWN, "old"),
        (WITHDRAWN, SHOWN, "new"), (WITHDRAWN, WITHDRAWN, "old"),
    ],
)  # fmt: skip
def test_of_two_words_of_one_person_one_stays(db: Any, given: Given, old: str, new: str | None, left: str) -> None:
    award, one, two = given(make_member("ada")), make_member("old"), make_member("new")
    for author, state in ((one, old), (two, new)):
        if state:
            endorsing.endorse(award, author, None, author.handle, NOW).state = state
    award.sign_due = False
    db.session.commit()
    merge(one, two, None, "One person", NOW)
    rows = db.session.execute(sa.select(Endorsement.member_id, Endorsement.comment)).all()
    assert ([tuple(row) for row in rows], due(db, award)) == ([(two.id, left)], True)


def test_whoever_becomes_the_holder_no_longer_speaks_for_it(db: Any, given: Given) -> None:
    ada, alter = make_member("ada"), make_member("alter")
    award = given(ada)
    endorsing.answer(endorsing.endorse(award, alter, None, "Myself!", NOW), True, NOW)
    db.session.commit()
    merge(alter, ada, None, "One person", NOW)
    assert db.session.scalar(sa.select(Endorsement.state)) == WITHDRAWN
    assert seen(award, None) == []


def test_words_about_an_award_that_gives_way_are_about_the_one_that_stays(db: Any) -> None:
    old, new, badge = make_member("old"), make_member("new"), make_badge("kind", {})
    hand_out(badge, [old.id, new.id], NOW, how="hand", giver_id=None, reason="Seen.")
    first, second = db.session.scalars(sa.select(Award).order_by(Award.id)).all()
    ben, cy = make_member("ben"), make_member("cy")
    for award, author, words in ((first, ben, "first"), (second, ben, "second"), (second, cy, "cy"), (first, cy, "cy first")):
        endorsing.answer(endorsing.endorse(award, author, None, words, NOW), True, NOW)
    dee = make_member("dee")
    endorsing.answer(endorsing.endorse(second, dee, None, "dee", NOW), True, NOW)
    db.session.commit()
    merge(old, new, None, "One person", NOW)
    db.session.commit()
    kept = db.session.scalars(sa.select(Award).where(Award.member_id == new.id, Award.revoked_at.is_(None))).one()
    assert (kept.id, kept.sign_due, sorted(seen(kept, None))) == (first.id, True, ["cy first", "dee", "first"])
