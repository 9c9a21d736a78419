"""Two rows that had become one are two again: everything is whose it was, and what came since stays where it came."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from recognition.audit.services import record
from recognition.extensions import db
from recognition.identity import policy
from recognition.identity.models import Member, MemberMerge
from recognition.identity.rules import NotAllowed, Refused
from recognition.identity.services import merge_suggestions
from recognition.identity.services.differences import Difference, take_back
from recognition.identity.services.merging import REASON_MAX_CHARS, Merge, hold_both
from recognition.identity.services.profiles import look_again, tell_changed
from recognition.refs import Ref

Undoer = Callable[[Merge, Mapping[str, Any], list[Difference]], Callable[[], None] | None]
"""Called before the rows go back, with what the package's own part of the merge said; it may change the list. What it
returns is called afterwards. Listed in wiring.merges.UNMERGES."""


def unmerge(merge_id: int, actor: Member | None, reason: str, now: datetime) -> list[Difference]:
    """`actor` None is the command line. Returns what somebody changed since, and what therefore stays. Raises Refused."""
    done = db.session.get_one(MemberMerge, merge_id)
    source, target = db.session.get_one(Member, done.from_id), db.session.get_one(Member, done.into_id)
    hold_both(source, target)
    done = db.session.get_one(MemberMerge, merge_id, with_for_update=True, populate_existing=True)
    _check(done, source, actor, reason)
    one = Merge(source.id, target.id, actor.id if actor else None, now)
    differences = list(done.differences or [])
    undoers: dict[str, Undoer] = current_app.extensions["unmerges"]
    finish = [undo(one, done.moved.get(name, {}), differences) for name, undo in undoers.items()]
    db.session.flush()
    left = take_back(differences)
    for then in finish:
        if then is not None:
            then()
    done.undone_at, done.undone_by_id, done.undone_reason = now, one.actor_id, reason
    done.differences = None  # Of no use any more, and other people's words are in it.
    merge_suggestions.told_apart((source.id, target.id), one.actor_id, now)
    record("member.unmerged", Ref("member", source.id), one.actor_id, {"into": target.id}, {"rows": len(differences)})
    db.session.flush()
    for member_id in (source.id, target.id):
        tell_changed(member_id)
        look_again(member_id)
    return left


def _check(done: MemberMerge, source: Member, actor: Member | None, reason: str) -> None:
    if not policy.can_merge(actor, (done.from_id, done.into_id), done.moves_roles):
        raise NotAllowed(_("The council takes two rows apart, never its own; an admin where a role goes along."))
    if done.undone_at is not None:
        raise Refused(_("These are two again already."))
    if done.differences is None:
        raise Refused(_("These were joined before the house kept what that changed, so it cannot be taken back."))
    if source.merged_into_id != done.into_id:
        raise Refused(_("The row that stayed was joined to another one since. Take that apart first."))
    if not reason.strip() or len(reason) > REASON_MAX_CHARS:
        raise Refused(_("Say in a sentence why these two are two people."))


def newest(source_id: int) -> MemberMerge | None:
    """The last time that this row became another's, where that still holds."""
    last = sa.select(MemberMerge).where(MemberMerge.from_id == source_id, MemberMerge.undone_at.is_(None))
    found: MemberMerge | None = db.session.scalar(last.order_by(MemberMerge.id.desc()).limit(1))
    return found
