"""Awards follow the log: flagged when it bears them out no longer, and unflagged when it does again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities import drain
from recognition.activities.changes import correct, withdraw
from recognition.activities.criteria.parse import parse
from recognition.activities.models import Activity
from recognition.badges import rebuild
from recognition.badges.models import HAND, Award, Badge
from recognition.badges.services import giving, states
from recognition.badges.services.flags import lasting
from recognition.extensions import db as database
from recognition.identity.models import Membership
from recognition.identity.services.merging import merge
from recognition.jobs import worker
from recognition.jobs.models import QUEUED, Job
from recognition.pages.badge_studio import queries
from tests.factories.activities import make_activity, make_deeds, make_report
from tests.factories.badges import make_badge, make_spec
from tests.factories.identity import make_group, make_member

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TWO_TALKS = {"count": {"kind": "talk"}, "at_least": 2}


def settle() -> None:
    database.session.commit()
    drain.drain()


def flags() -> list[tuple[str, bool]]:
    found = sa.select(Award.occasion, Award.unsupported_at).order_by(Award.id)
    return [(row.occasion, row.unsupported_at is not None) for row in database.session.execute(found)]


def test_a_withdrawn_deed_puts_what_it_bore_in_question(db: Any) -> None:
    ada, bea = make_member("ada"), make_member("bea")
    make_badge("talker", {"count": {"kind": "talk"}}, levels=[1, 2])
    ids = make_deeds(ada.id, 2)
    make_deeds(bea.id, 2)
    settle()
    withdraw(ids[:1], ada.id, "It was another day.", NOW)
    settle()
    assert [(row.member_id, row.occasion) for row in db.session.scalars(sa.select(Award).where(Award.unsupported_at == NOW))] == [
        (ada.id, "2")
    ]
    assert list(rebuild.check()) == []
    make_deeds(ada.id, 1)
    settle()
    assert not any(flagged for _occasion, flagged in flags())
    assert list(rebuild.check()) == []


def test_a_flag_that_falls_takes_the_decision_with_it(db: Any) -> None:
    ada = make_member("ada")
    make_badge("talker", TWO_TALKS)
    ids = make_deeds(ada.id, 2)
    settle()
    withdraw(ids[:1], ada.id, "", NOW)
    award = db.session.scalars(sa.select(Award)).one()
    award.kept_at = NOW
    make_deeds(ada.id, 1)
    settle()
    assert (award.unsupported_at, award.kept_at) == (None, None)
    withdraw(ids[1:], ada.id, "", NOW)
    assert [found.award.id for found in queries.flagged(None).items] == [award.id]


def test_an_award_is_held_to_the_rule_of_its_day(db: Any) -> None:
    ada = make_member("ada")
    states.publish(states.save_badge(make_spec("talker", TWO_TALKS), NOW).id)
    ids = make_deeds(ada.id, 3)
    settle()
    states.save_badge(make_spec("talker", {"count": {"kind": "talk"}, "at_least": 9}), NOW)
    settle()
    withdraw(ids[:1], ada.id, "", NOW)
    settle()
    assert flags() == [("", False)]
    withdraw(ids[1:2], ada.id, "", NOW)
    assert flags() == [("", True)]


def test_what_people_gave_needs_no_log(db: Any) -> None:
    ada, badge = make_member("ada"), make_badge("talker", TWO_TALKS)
    ids = make_deeds(ada.id, 1)
    giving.hand_out(badge, [ada.id], NOW, how=HAND, giver_id=None)
    settle()
    withdraw(ids, ada.id, "", NOW)
    assert flags() == [("", False)]
    assert list(rebuild.check()) == []


def test_what_was_decided_as_of_a_moment_stays(db: Any) -> None:
    ada = make_member("ada")
    make_badge("regular", {"count": {"kind": "talk", "window": {"last_days": 30}}, "at_least": 2})
    now = datetime.now(UTC)
    ids = make_deeds(ada.id, 2, occurred_at=now - timedelta(days=2))
    settle()
    assert flags() == [("", False)]
    withdraw(ids, ada.id, "", now)
    assert flags() == [("", False)]
    assert list(rebuild.check()) == []


def test_of_what_was_decided_as_of_a_moment_the_deeds_are_looked_at(db: Any) -> None:
    ada, group = make_member("ada"), make_group("nairobi")
    db.session.add(Membership(group_id=group.id, member_id=ada.id, is_curator=False, state="in", since=NOW))
    make_badge("neighbour", {"all": [{"belongs_to": "nairobi"}, TWO_TALKS]})
    ids = make_deeds(ada.id, 2)
    settle()
    db.session.execute(sa.update(Membership).values(state="out"))
    rebuild.rebuild()
    assert flags() == [("", False)]
    withdraw(ids[:1], ada.id, "", NOW)
    assert flags() == [("", True)]
    assert list(rebuild.check()) == []


@pytest.mark.parametrize(
    ("criteria", "left"),
    [
        (TWO_TALKS, TWO_TALKS),
        ({"member_for": 5}, None),
        ({"all": [TWO_TALKS, {"member_for": 5}]}, {"all": [TWO_TALKS]}),
        ({"any": [TWO_TALKS, {"member_for": 5}]}, None),
        ({"some": [TWO_TALKS, {"holds": "a"}, {"not": TWO_TALKS}], "at_least": 2}, {"any": [TWO_TALKS, {"holds": "a"}]}),
        ({"not": TWO_TALKS}, None),
    ],
)
def test_what_of_a_rule_must_hold_for_ever(criteria: dict[str, Any], left: dict[str, Any] | None) -> None:
    assert lasting(parse(criteria)) == (parse(left) if left else None)


def test_what_must_not_be_may_be_gone(db: Any) -> None:
    ada = make_member("ada")
    make_badge(
        "calm", {"all": [{"count": {"kind": "talk"}, "at_least": 1}, {"not": {"count": {"kind": "noise"}, "at_least": 1}}]}
    )
    noise = make_deeds(ada.id, 1, kind="noise")
    make_deeds(ada.id, 1)
    settle()
    assert flags() == []
    withdraw(noise, ada.id, "", NOW)
    work()
    assert flags() == [("", False)]
    assert list(rebuild.check()) == []


@pytest.mark.parametrize("supported", [True, False])
def test_wrong_flags_are_differences_that_a_rebuild_mends(db: Any, supported: bool) -> None:
    ada = make_member("ada")
    make_badge("talker", TWO_TALKS)
    ids = make_deeds(ada.id, 2)
    settle()
    if not supported:
        withdraw(ids, ada.id, "", NOW)
    db.session.execute(sa.update(Award).values(unsupported_at=NOW if supported else None))
    settle()
    told = {"member_id": ada.id, "occasion": ""}
    assert list(rebuild.check()) == [{"flagged" if supported else "extra": "talker", **told}]
    rebuild.rebuild()
    assert list(rebuild.check()) == []
    assert flags() == [("", not supported)]


def test_the_page_of_flags_is_read_in_slices_at_one_price(db: Any, count_queries: Any) -> None:
    make_badge("talker", TWO_TALKS)
    members = [make_member(f"m{number}") for number in range(3)]
    ids = [one for member in members for one in make_deeds(member.id, 2)]
    settle()
    withdraw(ids, None, "", NOW)
    settle()
    found: list[int] = []
    cursor = None
    for _page in range(3):
        with count_queries() as seen:
            page = queries.flagged(cursor, size=1)
        assert len(seen) <= 3
        found += [one.member.id for one in page.items]
        cursor = page.next_cursor
    assert (found, cursor) == ([member.id for member in reversed(members)], None)


def test_a_corrected_typo_brings_no_badge_for_not_having_done_it(db: Any) -> None:
    ada = make_member("ada")
    walked, talked = ({"count": {"kind": kind}, "at_least": 1} for kind in ("walk", "talk"))
    make_badge("quiet", {"all": [walked, {"not": talked}]})
    make_badge("talker", talked)
    talk = make_activity(ada.id, kind="talk", text="Tlak").id
    settle()
    make_activity(ada.id, kind="walk", text="A walk")
    settle()
    correct(talk, make_report(ada.id, kind="talk", text="Talk"), ada.id, datetime.now(UTC))
    work()
    assert holders() == [("talker", ada.id, False)]
    assert list(rebuild.check()) == []
    withdraw(database.session.scalars(sa.select(Activity.id).where(Activity.kind == "talk")).all(), ada.id, "", NOW)
    work()
    assert holders() == [("quiet", ada.id, False), ("talker", ada.id, True)]
    assert list(rebuild.check()) == []


def test_two_rows_that_become_one_bring_no_badge_for_not_having_one(db: Any) -> None:
    old, new = make_member("old"), make_member("new")
    make_badge("talker", {"count": {"kind": "talk"}, "at_least": 1})
    for member in (old, new):
        make_activity(member.id, kind="talk", text=member.handle)
        settle()
    make_badge("no-talker", {"not": {"holds": "talker"}})
    merge(old, new, None, "One person", datetime.now(UTC))
    work()
    assert [one for one in holders() if one[0] == "no-talker"] == []
    assert list(rebuild.check()) == []


def holders() -> list[tuple[str, int, bool]]:
    columns = (Badge.slug, Award.member_id, Award.unsupported_at)
    held = sa.select(*columns).join(Badge, Badge.id == Award.badge_id).where(Award.revoked_at.is_(None))
    return sorted((slug, member_id, at is not None) for slug, member_id, at in database.session.execute(held))


def work() -> None:
    """The drain, and the jobs that are due."""
    settle()
    due = database.session.scalars(sa.select(Job.id).where(Job.state == QUEUED, Job.run_after <= clock.utcnow())).all()
    database.session.commit()
    assert all(worker.run(job_id) for job_id in due)
    settle()
