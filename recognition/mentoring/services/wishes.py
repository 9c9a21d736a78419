"""Who would be glad of a mentor: by their own word, or because theirs went. Those hear of it first, and have a week to say no
thanks before the pool sees anything."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from recognition.announcements.services import Message, tell
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Account, Member
from recognition.mentoring.models import MentorAsk, MentorLink
from recognition.mentoring.rules import HERE, MENTOR

_QUIET = {"synchronize_session": False}
_OPEN = (MentorAsk.want == MENTOR, MentorAsk.answered_at.is_(None))


def settle(mentee_ids: Sequence[int], now: datetime) -> None:
    """Who has a mentor waits for none any more, however they were found; unless it is the one they had when they asked."""
    found = sa.select(Member.mentor_id).where(Member.id == MentorAsk.mentee_id).scalar_subquery()
    new = (found.is_not(None), found.is_distinct_from(MentorAsk.mentor_id))
    over = sa.update(MentorAsk).where(among(MentorAsk.mentee_id, mentee_ids), *_OPEN, *new)
    db.session.execute(over.values(answered_at=now, answered_by_id=found), execution_options=_QUIET)


def no_thanks(mentee_id: int, now: datetime) -> bool:
    over = sa.update(MentorAsk).where(MentorAsk.mentee_id == mentee_id, *_OPEN).values(answered_at=now)
    return db.session.execute(over.returning(MentorAsk.id), execution_options=_QUIET).first() is not None


def offer(pairs: Sequence[tuple[int, int | None]], now: datetime) -> None:
    """(mentee, who stood by them), for those who have not said it themselves. The pool sees them a week later. Who never signed
    in could not say no, and is left in peace."""
    ids = [one[0] for one in pairs]
    here = sa.select(Member.id).where(
        among(Member.id, ids), Member.state.in_(HERE), sa.exists().where(Account.member_id == Member.id)
    )
    able = set(db.session.scalars(here))
    waiting = sa.select(MentorAsk.mentee_id).where(among(MentorAsk.mentee_id, ids), *_OPEN)
    known = set(db.session.scalars(waiting))
    db.session.add_all(
        MentorAsk(mentee_id=mentee, mentor_id=before, want=MENTOR, words="", asked_at=now)
        for mentee, before in pairs if mentee in able - known
    )  # fmt: skip
    db.session.flush()


def lost(link_ids: Sequence[int], now: datetime) -> None:
    """Of these stretches, whose mentor went, those that are the mentee's last one: once, and not where the mentee wished for
    somebody, or said no thanks, while it lasted or since. Who never signed in could not say no, and is left in peace."""
    later = sa.orm.aliased(MentorLink)
    wished = sa.exists().where(MentorAsk.mentee_id == Member.id, MentorAsk.want == MENTOR, MentorAsk.asked_at > MentorLink.since)
    wanted = sa.select(MentorLink.id, MentorLink.mentee_id, MentorLink.mentor_id).join(Member, Member.id == MentorLink.mentee_id)
    wanted = wanted.where(
        among(MentorLink.id, link_ids), Member.state == "active", ~wished,
        sa.or_(Member.mentor_id.is_(None), Member.mentor_id == MentorLink.mentor_id),
        sa.exists().where(Account.member_id == Member.id),
        ~sa.exists().where(later.mentee_id == MentorLink.mentee_id, later.id > MentorLink.id),
    )  # fmt: skip
    rows = db.session.execute(wanted.order_by(MentorLink.id)).all()
    offer([(row.mentee_id, row.mentor_id) for row in rows], now)
    # With the day, since a mentor who came back may go again.
    told = [Message(row.mentee_id, "mentor.gone", f"mentor.gone:{row.id}:{now.date()}", "/me/mentor") for row in rows]
    tell(told, now)


def drop_needless() -> None:
    """Where the mentor is back before anybody was told, nothing happened."""
    back = sa.exists().where(Member.id == MentorAsk.mentor_id, Member.state.in_(HERE))
    mentee = sa.orm.aliased(Member)
    still = sa.exists().where(mentee.id == MentorAsk.mentee_id, mentee.mentor_id == MentorAsk.mentor_id)
    gone = sa.delete(MentorAsk).where(*_OPEN, MentorAsk.passed_on_at.is_(None), back, still)
    db.session.execute(gone, execution_options=_QUIET)
