"""How many members a group has by its own rule: counted by jobs, told with the day and the rule. A rule over deeds is counted by
what every member may see."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities import audience
from recognition.activities.criteria.parse import parse_seen
from recognition.activities.criteria.tree import Criteria, wanted_leaves
from recognition.activities.criteria.values import BadCriteria
from recognition.extensions import db
from recognition.identity.models import Account, Group, Member, Membership
from recognition.identity.rules import ACCOUNT, DEEDS, JOINED, TERMS
from recognition.jobs import ledger

JOB = "activities.count_members_of"


def member_rule(data: Any, slug: str) -> Criteria:
    """A rule of what people did, with the group in it: otherwise every deed in the house would make members. Raises
    BadCriteria."""
    criteria = parse_seen(data)
    if not any(slug in leaf.where.group for leaf in wanted_leaves(criteria)):
        raise BadCriteria("", f"does not speak of the group itself: ask for something with {slug}")
    return criteria


def count_all(now: datetime) -> None:
    """Each group once: those that look at who joined in one statement a rule, the others by a job each."""
    for members_by in (JOINED, ACCOUNT, TERMS):
        number = sa.select(sa.func.count()).where(*_counted(members_by)).correlate(Group).scalar_subquery()
        counted = sa.update(Group).where(Group.members_by == members_by).values(member_count=number, counted_at=now)
        db.session.execute(counted.execution_options(synchronize_session=False))
    by_deeds = sa.select(Group.id, Group.rule_number).where(Group.members_by == DEEDS).order_by(Group.id)
    for group_id, rule_number in db.session.execute(by_deeds).all():
        ledger.defer(JOB, dedupe_key=f"{JOB}:{group_id}:{rule_number}", group_id=group_id)


def count(group_id: int, now: datetime, pause: Callable[[], None] = lambda: None) -> int | None:
    """One group, and nothing where its rule changed meanwhile: the change asked for a count of its own. `pause` is called
    between slices of members, so that a job holds the database for none longer than that."""
    group = db.session.get(Group, group_id)
    if group is None:
        return None
    rule_number = group.rule_number
    found = _by_deeds(group.members_rule, now, pause) if group.members_by == DEEDS else _joined(group)
    still = sa.update(Group).where(Group.id == group_id, Group.rule_number == rule_number)
    db.session.execute(still.values(member_count=found, counted_at=now).execution_options(synchronize_session=False))
    db.session.expire(group, ["member_count", "counted_at"])
    return found


def look(group: Group, members_by: str, rule: dict[str, Any] | None, terms_from: int, now: datetime) -> audience.Counted:
    """What a rule that nobody saved yet would come to; of a large group the first so many are looked at."""
    if members_by == DEEDS:
        return audience.count(rule, now)
    joined = _first(group, JOINED, 0)
    found = joined if members_by == JOINED else _first(group, members_by, terms_from)
    return audience.Counted(found, joined, joined)


def _first(group: Group, members_by: str, terms_from: int) -> int:
    some = sa.select(Membership.id).where(*_counted(members_by, group.id, terms_from)).limit(audience.LOOKED_AT_MAX)
    return db.session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def _joined(group: Group) -> int:
    counted = _counted(group.members_by, group.id, group.terms_from)
    return db.session.scalar(sa.select(sa.func.count()).select_from(Membership).where(*counted)) or 0


def _counted(members_by: str, group_id: Any = Group.id, terms_from: Any = Group.terms_from) -> list[sa.ColumnElement[bool]]:
    """Of the memberships those that count. Who is suspended is in no count; alumni stay members."""
    member = sa.exists().where(Member.id == Membership.member_id, Member.state != "suspended").correlate(Membership)
    found: list[Any] = [Membership.group_id == group_id, Membership.state == "in", member]
    if members_by == ACCOUNT:
        found.append(sa.exists().where(Account.member_id == Membership.member_id).correlate(Membership))
    elif members_by == TERMS:
        found.append(Membership.terms_version >= terms_from)
    return found


def _by_deeds(rule: dict[str, Any] | None, now: datetime, pause: Callable[[], None]) -> int:
    after, number = 0, 0
    while ids := audience.next_slice(after):
        after = ids[-1]
        number += len(audience.meeting(rule, ids, now, openly=True))
        pause()
    return number
