"""Who stands by whom: chosen, let go, and kept as history. `member.mentor_id` says who it is today; a link is open exactly as
long as that holds."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.activities import audience
from recognition.announcements.services import Message, tell
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.mentoring.models import MentorLink, MentorOffer
from recognition.mentoring.rules import BY_GONE, BY_MENTEE, BY_MENTOR, MOST_AT_FIRST, NotDone, has_room
from recognition.mentoring.services import wishes

_QUIET = {"synchronize_session": False}


def settle(mentee_ids: Iterable[int], now: datetime, by: str = BY_GONE) -> None:
    """Links follow `member.mentor_id` of these, whoever set it. Any number of times."""
    ids = sorted(set(mentee_ids))
    if not ids:
        return
    is_somebody = Member.merged_into_id.is_(None)
    still = sa.exists().where(Member.id == MentorLink.mentee_id, Member.mentor_id == MentorLink.mentor_id, is_somebody)
    over = sa.update(MentorLink).where(among(MentorLink.mentee_id, ids), MentorLink.ended_at.is_(None), ~still)
    db.session.execute(over.values(ended_at=now, ended_by=by), execution_options=_QUIET)
    has_link = sa.exists().where(MentorLink.mentee_id == Member.id, MentorLink.ended_at.is_(None))
    new = sa.select(Member.id, Member.mentor_id).where(
        among(Member.id, ids), Member.mentor_id.is_not(None), ~has_link, is_somebody
    )
    rows = [
        {"mentee_id": row.id, "mentor_id": row.mentor_id, "since": now} for row in db.session.execute(new.order_by(Member.id))
    ]
    insert_new(MentorLink.__table__, rows)
    wishes.settle(ids, now)
    db.session.expire_all()


def settle_slice(after: int, now: datetime) -> int | None:
    ids = audience.next_slice(after, ("active", "away", "alumni", "suspended"))
    settle(ids, now)
    return ids[-1] if ids else None


def choose(mentee: Member, mentor_id: int, now: datetime) -> None:
    """The mentee's own choice among those who offered; nobody is asked why. Raises NotDone."""
    if mentee.id == mentor_id:
        raise NotDone(_("You are your own best friend already. Choose somebody else as your mentor."))
    if mentee.mentor_id == mentor_id:
        return
    _hold_room(mentor_id, now)
    _take(mentee.id, mentee.mentor_id, mentor_id, now)
    said = {"person": mentee.id}
    tell([Message(mentor_id, "mentor.chosen", f"mentor.chosen:{_open_link(mentee.id)}", "/mentoring/", said)], now)


def take(mentee_id: int, before: int | None, mentor_id: int, now: datetime) -> None:
    """Somebody of the pool stands by somebody who wants a mentor. `before`: who stood by them when they said so; in their place
    if it is still them. Raises NotDone."""
    _hold_own_room(mentor_id, now)
    _take(mentee_id, before, mentor_id, now)
    said = {"person": mentor_id}
    tell([Message(mentee_id, "mentor.found", f"mentor.found:{_open_link(mentee_id)}", "/me/mentor", said)], now)


def leave(mentee_id: int, now: datetime) -> bool:
    """The mentee goes on without a mentor."""
    return _let_go(mentee_id, None, BY_MENTEE, now)


def end(mentee_id: int, mentor_id: int, now: datetime) -> bool:
    """The mentor cannot go on. The mentee hears how to find somebody else."""
    link = _open_link(mentee_id)
    if not _let_go(mentee_id, mentor_id, BY_MENTOR, now):
        return False
    wishes.offer([(mentee_id, mentor_id)], now)
    tell([Message(mentee_id, "mentor.ended", f"mentor.ended:{link}", "/me/mentor", {"person": mentor_id})], now)
    return True


def _take(mentee_id: int, before: int | None, mentor_id: int, now: datetime) -> None:
    """The mentee wanted it, so by them ends what was before. Whoever changes what changed meanwhile is told."""
    same = sa.or_(Member.mentor_id.is_(None), Member.mentor_id == before)
    change = sa.update(Member).where(Member.id == mentee_id, Member.state != "suspended", same)
    if db.session.execute(change.values(mentor_id=mentor_id).returning(Member.id), execution_options=_QUIET).first() is None:
        raise NotDone(_("Somebody else was found meanwhile."))
    settle([mentee_id], now, BY_MENTEE)


def _hold_room(mentor_id: int, now: datetime) -> None:
    """Whoever comes second to the last free place is told."""
    offer = _hold_offer(mentor_id)
    mentor = db.session.get(Member, mentor_id)
    there = mentor is not None and mentor.state == "active" and offer is not None
    if offer is None or not there or not has_room(offer.is_open, offer.most, _load(mentor_id), offer.rests_until, now.date()):
        raise NotDone(_("They have their hands full just now. Somebody else of the pool would be glad."))


def _hold_own_room(mentor_id: int, now: datetime) -> None:
    """Of who offers it this moment, also while they rest. The council is the last to step in, and needs to offer nothing to
    everybody for that: a closed offer is made for them."""
    closed = {"member_id": mentor_id, "is_open": False, "most": MOST_AT_FIRST, "words": "", "since": now}
    insert_new(MentorOffer.__table__, [closed])
    offer = _hold_offer(mentor_id)
    if offer is None or _load(mentor_id) >= offer.most:
        raise NotDone(_("You stand by as many people as you said you would. Say below that it may be more, if you like."))


def _hold_offer(mentor_id: int) -> MentorOffer | None:
    return db.session.get(MentorOffer, mentor_id, with_for_update=True, populate_existing=True)


def _load(mentor_id: int) -> int:
    of = sa.select(sa.func.count()).where(Member.mentor_id == mentor_id, Member.merged_into_id.is_(None))
    return db.session.scalar(of) or 0


def _let_go(mentee_id: int, mentor_id: int | None, by: str, now: datetime) -> bool:
    """`mentor_id` None: whoever it is."""
    which = Member.mentor_id.is_not(None) if mentor_id is None else Member.mentor_id == mentor_id
    change = sa.update(Member).where(Member.id == mentee_id, which).values(mentor_id=None).returning(Member.id)
    if db.session.execute(change, execution_options=_QUIET).first() is None:
        return False
    settle([mentee_id], now, by)
    return True


def _open_link(mentee_id: int) -> int | None:
    wanted = sa.select(MentorLink.id).where(MentorLink.mentee_id == mentee_id, MentorLink.ended_at.is_(None))
    found: int | None = db.session.scalar(wanted)
    return found
