"""One group, one set of people, and a count by each of its rules."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import jobs, member_counts
from recognition.activities.criteria.values import BadCriteria
from recognition.identity.models import Account, Group, Membership
from recognition.identity.rules import ACCOUNT, DEEDS, JOINED, TERMS, told_members
from recognition.jobs.models import Job
from tests.factories.activities import make_activity
from tests.factories.identity import JOINED as SINCE
from tests.factories.identity import make_group, make_member

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
CAME_ONCE = {"count": {"group": ["nairobi"]}, "at_least": 1}


@pytest.fixture
def group(db: Any) -> Group:
    """Fifteen joined, of whom eleven have a login, eight accepted the terms (six of them the newer ones); one suspended, one who
    left and one who asked did all of that too. Six who joined and two who did not came once; one of the latter tells nobody."""
    group = make_group(terms_from=1)
    states = {15: "suspended", 16: "out", 17: "asked"}
    for n in range(20):
        member = make_member(f"m{n:02}", state="suspended" if n == 15 else "alumni" if n == 0 else "active")
        if n < 18:
            version = (2 if n < 6 else 1) if n < 8 or n >= 15 else None
            state = states.get(n, "in").replace("suspended", "in")
            db.session.add(Membership(group_id=group.id, member_id=member.id, state=state, since=SINCE, terms_version=version))
        if n < 11 or n >= 15:
            db.session.add(Account(member_id=member.id, issuer="i", subject=str(n), created_at=SINCE))
        if n < 6 or n in (15, 18, 19):
            make_activity(member.id, kind="talk", group_id=group.id, visibility="me" if n == 19 else "members")
    make_activity(make_member("elsewhere").id, kind="talk", group_id=make_group("porto").id)
    db.session.commit()
    return group


RULES = [
    (JOINED, None, 1, 15, 15),
    (ACCOUNT, None, 1, 11, 10),
    (TERMS, None, 1, 8, 10),
    (TERMS, None, 2, 6, 5),
    (DEEDS, CAME_ONCE, 1, 7, 5),
]


@pytest.mark.parametrize(("members_by", "rule", "terms_from", "number", "told"), RULES)
def test_each_rule_counts_its_own(group: Group, members_by: str, rule: Any, terms_from: int, number: int, told: int) -> None:
    assert member_counts.look(group, members_by, rule, terms_from, NOW).matched == number
    group.members_by, group.members_rule, group.terms_from = members_by, rule, terms_from
    assert member_counts.count(group.id, NOW) == number
    assert (group.member_count, group.counted_at) == (number, NOW)
    assert told_members(members_by, number) == told


def test_the_daily_job_counts_all(db: Any, group: Group) -> None:
    for slug, members_by in (("terms", TERMS), ("logins", ACCOUNT), ("deeds", DEEDS)):
        other = make_group(slug, members_by=members_by, members_rule=CAME_ONCE if members_by == DEEDS else None)
        db.session.add(Membership(group_id=other.id, member_id=1, state="in", since=SINCE))
    db.session.commit()
    jobs.count_members()
    for job in db.session.scalars(sa.select(Job).where(Job.name == "activities.count_members_of")).all():
        jobs.count_members_of(**job.args)
    db.session.commit()
    found = {one.slug: one.member_count for one in db.session.scalars(sa.select(Group))}
    assert found == {"nairobi": 15, "porto": 0, "terms": 0, "logins": 1, "deeds": 7}


def test_a_count_of_an_older_rule_is_not_kept(db: Any, group: Group) -> None:
    assert group.rule_number == 0
    db.session.execute(sa.update(Group).values(rule_number=1).execution_options(synchronize_session=False))
    member_counts.count(group.id, NOW)
    db.session.expire(group)
    assert (group.member_count, group.counted_at) == (None, None)
    assert member_counts.count(0, NOW + timedelta(days=1)) is None


@pytest.mark.parametrize(
    "rule",
    [
        {"count": {}, "at_least": 1},
        {"all": [CAME_ONCE, {"not": {"count": {"kind": "talk"}, "at_least": 1}}]},
        {"all": [{"member_for": 30}, {"not": {"belongs_to": ["nairobi"]}}]},
    ],
)
def test_a_rule_speaks_of_the_group_and_of_what_people_did(rule: Any) -> None:
    with pytest.raises(BadCriteria):
        member_counts.member_rule(rule, "nairobi")


def test_a_few_are_told_by_no_rule() -> None:
    assert [told_members(by, number) for by in (JOINED, TERMS) for number in (None, 0, 4, 5, 13)] == [
        None, None, None, 5, 13, None, None, None, 5, 15,
    ]  # fmt: skip
