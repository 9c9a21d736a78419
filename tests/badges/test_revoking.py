"""Taken back by a person who says why, or kept."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition.activities import drain
from recognition.activities.changes import withdraw
from recognition.activities.models import Activity
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.badges import rebuild
from recognition.badges.models import Award, Badge
from recognition.badges.rules import NoReason
from recognition.badges.services import revoking
from recognition.pages.badge_studio import queries
from tests.activities.test_record import in_threads
from tests.factories.activities import make_deeds
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def given(db: Any, number: int = 1, **changes: Any) -> Award:
    ada = make_member("ada", **changes)
    make_badge("talker", {"count": {"kind": "talk"}}, levels=[1, 5])
    make_deeds(ada.id, number)
    db.session.commit()
    drain.drain()
    return db.session.scalars(sa.select(Award).where(Award.level == 1)).one()


def test_the_holder_is_told_and_the_log_follows(db: Any) -> None:
    award, council = given(db), make_member("council")
    make_badge("built-on-it", {"holds": "talker"})
    assert revoking.revoke(award.id, council.id, "Given by mistake.", NOW) is True
    db.session.commit()
    award = db.session.get_one(Award, award.id)
    assert (award.revoked_at, award.revoked_by_id, award.revoked_reason) == (NOW, council.id, "Given by mistake.")
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.member_id, notice.kind, notice.path) == (award.member_id, "award.revoked", f"/awards/{award.key}")
    fact = db.session.scalars(sa.select(Activity).where(Activity.kind == "badge.awarded")).one()
    assert (fact.withdrawn_at, fact.withdrawn_by_id) == (NOW, council.id)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "award.revoked")).one()
    assert (entry.actor_id, entry.after) == (council.id, {"badge": "talker", "reason": "Given by mistake."})
    assert award.badge.holders_count == 0
    assert (drain.drain().awarded, list(rebuild.check())) == (0, [])


def test_one_level_taken_back_leaves_the_others(db: Any) -> None:
    award = given(db, 5)
    five = db.session.scalars(sa.select(Award).where(Award.level == 5)).one()
    revoking.revoke(five.id, None, "Not these.", NOW)
    assert award.badge.holders_count == 1
    revoking.revoke(award.id, None, "Nor these.", NOW)
    db.session.commit()
    assert award.badge.holders_count == 0
    drain.drain()
    assert list(rebuild.check()) == []


def test_badges_built_on_it_are_flagged(db: Any) -> None:
    make_badge("talker-friend", {"holds": "talker"})
    award = given(db)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Award)) == 2
    for reason in ("", " \n", "\u200b"):
        with pytest.raises(NoReason):
            revoking.revoke(award.id, None, reason, NOW)
    revoking.revoke(award.id, None, "A mistake.", NOW)
    db.session.commit()
    built = db.session.scalars(sa.select(Award).where(Award.id != award.id)).one()
    assert (built.unsupported_at, built.revoked_at) == (NOW, None)
    assert list(rebuild.check()) == []


def test_of_several_at_once_one_takes_it_back(app: Flask, db: Any) -> None:
    award_id, answers = given(db).id, []
    db.session.rollback()

    def revoke(thread: int) -> None:
        answers.append(revoking.revoke(award_id, None, f"Reason {thread}", NOW))
        db.session.commit()

    in_threads(app, 4, revoke)
    assert sorted(answers) == [False, False, False, True]
    assert db.session.scalar(sa.select(Badge.holders_count)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 1


def test_kept_once_and_only_where_it_is_in_question(db: Any) -> None:
    award, council = given(db), make_member("council")
    assert revoking.keep(award.id, council.id, NOW) is False
    withdraw(db.session.scalars(sa.select(Activity.id).where(Activity.kind == "talk")).all(), council.id, "Never was.", NOW)
    db.session.commit()
    assert [found.award.id for found in queries.flagged(None).items] == [award.id]
    assert [revoking.keep(award.id, council.id, NOW) for _turn in range(2)] == [True, False]
    assert (queries.flagged(None).items, queries.counts()["flagged"]) == ([], 0)
    assert (award.kept_at, award.kept_by_id) == (NOW, council.id)
    drain.drain()
    assert list(rebuild.check()) == []


def test_a_suspended_holder_was_not_counted_and_is_not_counted_off(db: Any) -> None:
    award = given(db, state="suspended")
    revoking.revoke(award.id, None, "A mistake.", NOW)
    assert award.badge.holders_count == 0
