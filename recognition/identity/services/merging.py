"""Two rows of one person become one. Each package moves what is its own; this one knows the people."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from recognition.audit.services import record
from recognition.database import among, is_postgresql
from recognition.extensions import db
from recognition.identity import policy
from recognition.identity.models import Account, ApiToken, Member, MemberMerge, Membership
from recognition.identity.oauth.models import OAuthConsent, OAuthToken
from recognition.identity.oauth.services import end_all
from recognition.identity.rules import NotAllowed, Refused
from recognition.identity.services.differences import Which, about_members, between, read, read_again
from recognition.identity.services.profiles import look_again, tell_changed, tell_mentors
from recognition.jobs import ledger
from recognition.refs import Ref

REASON_MAX_CHARS = 500
_STANDING = {"in": 2, "asked": 1, "out": 0}


class Merge(NamedTuple):
    """What every package is told: move all that speaks of `from_id` to `into_id`."""

    from_id: int
    into_id: int
    actor_id: int | None
    now: datetime


Merger = Callable[[Merge], dict[str, Any]]
"""Moves what one package knows, and says what it moved, as JSON. Listed in wiring.merges.MERGES."""
Concern = Callable[[Merge], list[Which]]
"""Rows that a merge may change without that they name one of the two in a column. Listed in wiring.merges.MERGE_CONCERNS."""
NOT_MOVED = ("audit_entry", "member_merge", "merge_suggestion")
Holder = Callable[[Collection[int]], None]
"""Holds rows that others hold before they hold people, so that nobody waits for the other. In wiring.merges.MERGE_HOLDS."""
Waiter = Callable[[Collection[int]], None]
"""Waits, once the two rows are held, for what others have in hand for them. Listed in wiring.merges.MERGE_WAITS."""


def merge(source: Member, target: Member, actor: Member | None, reason: str, now: datetime) -> MemberMerge:
    """Everything of `source` becomes `target`'s; the empty row stays, suspended. `actor` None is the command line. Raises
    Refused."""
    hold_both(source, target)
    _check(source, target, actor, reason)
    one = Merge(source.id, target.id, actor.id if actor else None, now)
    before = read(concerned(one))
    moved = _move(one)
    moved["identity"] = {"state": source.state, "had_roles": sorted(source.roles), **_move_people(one, source, target)}
    source.state, source.merged_into_id = "suspended", target.id
    done = MemberMerge(from_id=source.id, into_id=target.id, actor_id=one.actor_id, reason=reason, at=now, moved=moved)
    db.session.add(done)
    db.session.flush()
    tell_mentors({source.id, target.id, *moved["identity"]["mentees"]}, now)
    record("member.merged", Ref("member", target.id), one.actor_id, {"from": source.id}, {"into": target.id})
    db.session.flush()
    tell_changed(source.id)
    tell_changed(target.id)
    look_again(target.id)
    done.differences = between(before, read_again(before, concerned(one)), (one.from_id, one.into_id))
    if is_postgresql():
        # What others were about to write for the empty row when it became empty; by then they have come to their end.
        ledger.defer("identity.move_rest", run_after=now + timedelta(minutes=1), member_id=source.id)
    return done


def move_rest(member_id: int, now: datetime) -> None:
    """What came to an empty row since it is empty."""
    source = db.session.get_one(Member, member_id)
    if source.merged_into_id is None:
        return
    target = db.session.get_one(Member, source.merged_into_id)
    hold_both(source, target)
    if source.merged_into_id != target.id:
        return  # They were taken apart while we waited.
    one = Merge(source.id, target.id, None, now)
    before = read(concerned(one))
    _move(one)
    more = between(before, read_again(before, concerned(one)), (one.from_id, one.into_id))
    last = sa.select(MemberMerge).where(MemberMerge.from_id == source.id, MemberMerge.undone_at.is_(None))
    done = db.session.scalar(last.order_by(MemberMerge.id.desc()).limit(1))
    if more and done is not None and done.differences is not None:
        done.differences = [*done.differences, *more]


def concerned(one: Merge) -> list[Which]:
    """What a merge may change."""
    concerns: list[Concern] = current_app.extensions["merge_concerns"]
    found = about_members([one.from_id, one.into_id], but=NOT_MOVED)
    return found + [which for concern in concerns for which in concern(one)]


def programs_let_in(one: Merge) -> list[Which]:
    consents = sa.select(OAuthConsent.id).where(among(OAuthConsent.member_id, [one.from_id, one.into_id]))
    table: Any = OAuthToken.__table__
    return [(table, table.c.consent_id.in_(consents))]


def _move(one: Merge) -> dict[str, Any]:
    mergers: dict[str, Merger] = current_app.extensions["merges"]
    return {name: move(one) for name, move in mergers.items()}


def hold_both(source: Member, target: Member) -> None:
    """Neither is changed by anybody else until the commit; SQLite has one writer anyway."""
    holders: list[Holder] = current_app.extensions["merge_holds"]
    for hold in holders:
        hold((source.id, target.id))
    both = sa.select(Member).where(among(Member.id, [source.id, target.id])).order_by(Member.id)
    db.session.scalars(both.with_for_update(key_share=True, of=Member), execution_options={"populate_existing": True}).all()
    waiters: list[Waiter] = current_app.extensions["merge_waits"]
    for wait in waiters:
        wait((source.id, target.id))


def _check(source: Member, target: Member, actor: Member | None, reason: str) -> None:
    if not policy.can_merge(actor, (source.id, target.id), bool(source.roles)):
        raise NotAllowed(_("The council joins two rows of one person, never its own; an admin where a role comes along."))
    if source.id == target.id:
        raise Refused(_("These are one already."))
    if "suspended" in (source.state, target.state):
        raise Refused(_("A suspended member is not joined to anybody."))
    if not reason.strip() or len(reason) > REASON_MAX_CHARS:
        raise Refused(_("Say in a sentence why these two are one person."))


def _move_people(one: Merge, source: Member, target: Member) -> dict[str, Any]:
    accounts = _repoint(Account.member_id, Account.id, one)
    mentees = _repoint(Member.mentor_id, Member.id, one)
    _repoint(Member.merged_into_id, Member.id, one)
    db.session.execute(sa.update(Member).where(Member.mentor_id == Member.id).values(mentor_id=None))
    open_tokens = sa.update(ApiToken).where(ApiToken.member_id == one.from_id, ApiToken.revoked_at.is_(None))
    tokens = db.session.scalars(open_tokens.values(revoked_at=one.now).returning(ApiToken.id)).all()
    programs = end_all(one.from_id, one.now)
    told = {
        "accounts": accounts,
        "mentees": mentees,
        "tokens": list(tokens),
        "programs": programs,
        "joined_at": target.joined_at.isoformat(),
    }
    db.session.refresh(target)
    target.joined_at = min(target.joined_at, source.joined_at)
    target.imported = target.imported or source.imported
    if target.mentor_id is None and source.mentor_id != target.id:
        target.mentor_id = source.mentor_id
    return {**told, "groups": _move_groups(one), "roles": _move_roles(one, source, target)}


def _repoint(column: Any, key: Any, one: Merge) -> list[int]:
    moved = sa.update(column.class_).where(column == one.from_id).values({column.key: one.into_id}).returning(key)
    return sorted(db.session.scalars(moved, execution_options={"synchronize_session": "fetch"}))


def _move_groups(one: Merge) -> list[dict[str, Any]]:
    """The better standing of the two in each group. Tells what both were."""
    both = sa.select(Membership).where(among(Membership.member_id, [one.from_id, one.into_id])).order_by(Membership.id)
    rows = {(row.member_id, row.group_id): row for row in db.session.scalars(both)}
    told = [
        {
            "group": row.group_id,
            "member": row.member_id,
            "state": row.state,
            "curator": row.is_curator,
            "since": row.since.isoformat(),
        }
        for row in rows.values()
    ]
    for (member_id, group_id), row in rows.items():
        if member_id != one.from_id:
            continue
        kept = rows.get((one.into_id, group_id))
        if kept is None:
            row.member_id = one.into_id
            continue
        if _STANDING[row.state] > _STANDING[kept.state]:
            kept.state = row.state
        kept.is_curator = kept.is_curator or (row.is_curator and row.state == "in")
        kept.since = min(kept.since, row.since)
        if (row.terms_version or 0) > (kept.terms_version or 0):
            kept.terms_version, kept.terms_at = row.terms_version, row.terms_at
        db.session.delete(row)
    db.session.flush()
    return told


def _move_roles(one: Merge, source: Member, target: Member) -> list[str]:
    own = target.roles
    moved = []
    for grant in list(source.grants):
        if grant.role in own:
            db.session.delete(grant)
        else:
            moved.append(grant.role)
            grant.member_id = one.into_id
            record("role.granted", Ref("member", one.into_id), one.actor_id, after={"role": grant.role})
    db.session.flush()
    db.session.expire(source, ["grants"])
    db.session.expire(target, ["grants"])
    return moved
