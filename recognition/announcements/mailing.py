"""Mails on their way, and what became of each. At most once: a row is claimed before the mail is handed
over, and what may have arrived is not sent again (docs/decisions/0007-mail-goes-at-most-once.md)."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.announcements.models import DROPPED, REFUSED, SENDING, SENT, UNSURE, WAITING, Delivery, MailWish, Notice
from recognition.announcements.rules import NEVER, after_quiet, is_quiet, rhythm_of, wish_of
from recognition.announcements.services import hold
from recognition.announcements.wanting import address, takes_mail
from recognition.announcements.words import ONLY_BY_MAIL, topic_of
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member

LEASE = timedelta(minutes=15)
"""Longer than a queue lets any job run: whoever was sending is dead by then."""
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480)]
ERROR_MAX_CHARS = 300


@dataclass(frozen=True)
class Bundle:
    """One mail to be, by its name from now on: `to` is a verified address of `reader`; `language`: what they like to read,
    or ""."""

    mail: str
    to: str
    reader: Member
    notices: Sequence[Notice]
    language: str = ""


def waits(now: datetime) -> bool:
    """Whether any mail is to be sent, or to be given up."""
    lapsed_or_due = sa.exists().where(Delivery.state.in_((WAITING, SENDING)), Delivery.due_at <= now)
    return bool(db.session.scalar(sa.select(lapsed_or_due)))


def counts(now: datetime) -> dict[str, int]:
    """Notices whose mail waits, save for what its reader wants later, and whose mail got lost within a week, for those who
    run the installation."""
    is_due = sa.or_(Delivery.due_at <= now, Delivery.attempts > 0)
    on_its_way = sa.select(sa.func.count()).where(Delivery.state.in_((WAITING, SENDING)), is_due)
    lost = sa.select(sa.func.count()).where(Delivery.state.in_((REFUSED, UNSURE)), Delivery.due_at > now - timedelta(days=7))
    row = db.session.execute(sa.select(on_its_way.scalar_subquery(), lost.scalar_subquery())).one()
    return {"waiting": row[0], "lost": row[1]}


def due(now: datetime, limit: int) -> list[str]:
    """Mails that wait and may go now, those that wait longest first."""
    wanted = sa.select(Delivery.mail).where(Delivery.state == WAITING, Delivery.due_at <= now)
    return list(db.session.scalars(wanted.group_by(Delivery.mail).order_by(sa.func.min(Delivery.due_at)).limit(limit)))


def give_up_lapsed(now: datetime) -> None:
    """Whoever was sending these is gone, and nobody knows whether they arrived."""
    error = "its worker ended in the middle of it"
    lapsed = sa.update(Delivery).where(Delivery.state == SENDING, Delivery.due_at <= now)
    db.session.execute(lapsed.values(state=UNSURE, error=error))


def begin(mail: str, now: datetime) -> Bundle | None:
    """Take it, or None: another worker has it, or it is not wanted any more. The caller commits before sending. It gets a
    new name, so that what somebody puts beside it at this moment is neither sent nor settled along with it."""
    taken = secrets.token_urlsafe(16)
    mine = sa.update(Delivery).where(Delivery.mail == mail, Delivery.state == WAITING, Delivery.due_at <= now)
    mine = mine.values(mail=taken, state=SENDING, attempts=Delivery.attempts + 1, due_at=now + LEASE)
    if not db.session.execute(mine).rowcount:  # type: ignore[attr-defined]
        return None
    held = sa.select(Notice).join(Delivery, Delivery.notice_id == Notice.id)
    held = held.where(Delivery.mail == taken, sa.or_(Notice.read_at.is_(None), Notice.kind.in_(ONLY_BY_MAIL)))
    notices = db.session.scalars(held.order_by(Notice.id)).all()
    who = sa.select(Member, address(), MailWish).outerjoin(MailWish, MailWish.member_id == Member.id)
    found = db.session.execute(who.where(*takes_mail(), Member.id == (notices[0].member_id if notices else 0))).one_or_none()
    if found is None:
        drop(taken)
        return None
    wish: MailWish | None = found[2]
    if is_quiet(wish_of(wish), now):
        _put_off(taken, after_quiet(wish_of(wish), now))
        return None
    wanted = [one for one in notices if rhythm_of(wish_of(wish), topic_of(one.kind, one.topic)) != NEVER]
    _leave_out_others(taken, [one.id for one in wanted])
    return Bundle(taken, str(found[1]), found[0], wanted, wish.language if wish else "") if wanted else None


def _leave_out_others(mail: str, kept: Collection[int]) -> None:
    """What was read meanwhile, and what its reader wants no more of since it was to go the first time."""
    others = sa.update(Delivery).where(Delivery.mail == mail, ~among(Delivery.notice_id, kept))
    db.session.execute(others.values(state=DROPPED))


def _put_off(mail: str, until: datetime) -> None:
    """It was late, or had to be tried again, and its reader is asleep by now."""
    taken = sa.update(Delivery).where(Delivery.mail == mail, Delivery.state == SENDING)
    db.session.execute(taken.values(state=WAITING, attempts=Delivery.attempts - 1, due_at=until))


def drop(mail: str) -> None:
    """It is not wanted any more, or there is nothing in it."""
    _end(mail, DROPPED)


def sent(mail: str, now: datetime) -> None:
    _end(mail, SENT)
    theirs = Notice.id.in_(sa.select(Delivery.notice_id).where(Delivery.mail == mail))
    hold(theirs)
    db.session.execute(sa.update(Notice).where(theirs).values(mailed_at=now), execution_options={"synchronize_session": False})


def not_now(mail: str, error: str, now: datetime) -> None:
    """Another try later, less and less often; after the last one it is given up."""
    attempts = db.session.scalar(sa.select(sa.func.max(Delivery.attempts)).where(Delivery.mail == mail)) or 0
    if attempts > len(WAITS):
        _end(mail, REFUSED, error)
        return
    again = sa.update(Delivery).where(Delivery.mail == mail, Delivery.state == SENDING)
    db.session.execute(again.values(state=WAITING, due_at=now + WAITS[attempts - 1], error=error[:ERROR_MAX_CHARS]))


def refused(mail: str, error: str) -> None:
    _end(mail, REFUSED, error)


def unsure(mail: str, error: str) -> None:
    _end(mail, UNSURE, error)


def _end(mail: str, state: str, error: str = "") -> None:
    over = sa.update(Delivery).where(Delivery.mail == mail, Delivery.state.in_((WAITING, SENDING)))
    db.session.execute(over.values(state=state, error=error[:ERROR_MAX_CHARS]))
