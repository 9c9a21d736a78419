"""Which notices go out by mail, when, and what became of each. At most once: a row is claimed before the mail is handed
over, and what may have arrived is not sent again (docs/decisions/0007-mail-goes-at-most-once.md)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.announcements.models import DROPPED, REFUSED, SENDING, SENT, UNSURE, WAITING, Delivery, Notice
from recognition.announcements.services import hold
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.identity.models import Account, Member
from recognition.identity.queries import DEMO_ISSUER

GATHERED_FOR = timedelta(minutes=5)
"""What comes within these minutes goes in one mail."""
NEWS_FOR = timedelta(days=2)
"""Older notices are no news: who switches mails on, or an installation that gets a mail server, is not flooded."""
LEASE = timedelta(minutes=15)
"""Longer than a queue lets any job run: whoever was sending is dead by then."""
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480)]
NOTICES_A_TIME = 2000
ERROR_MAX_CHARS = 300


@dataclass(frozen=True)
class Bundle:
    """One mail to be: `to` is a verified address of `reader`."""

    to: str
    reader: Member
    notices: Sequence[Notice]


def waits(now: datetime) -> bool:
    """Whether there is anything to do."""
    lapsed_or_due = sa.exists().where(Delivery.state.in_((WAITING, SENDING)), Delivery.due_at <= now)
    return bool(db.session.scalar(sa.select(sa.or_(sa.exists().where(*_undecided(now - GATHERED_FOR, now)), lapsed_or_due))))


def gather(now: datetime) -> None:
    """Decide for each new notice whether it goes by mail, and claim those that do: one bundle for each member, with
    what came until now."""
    waiting = sa.select(Notice.id, Notice.member_id).where(*_undecided(now - GATHERED_FOR, now))
    waiting = waiting.order_by(Notice.created_at, Notice.id).limit(NOTICES_A_TIME)
    # What somebody changes at this moment is left for the next time, so that nobody waits in a circle.
    first = db.session.execute(waiting.with_for_update(skip_locked=True)).all()
    people = sa.select(Member.id).where(among(Member.id, {row.member_id for row in first}), *_takes_mail())
    keys = {member_id: secrets.token_urlsafe(16) for member_id in db.session.scalars(people)}
    theirs = sa.select(Notice.id, Notice.member_id).where(among(Notice.member_id, keys), *_undecided(now, now))
    theirs = theirs.where(Notice.read_at.is_(None)).order_by(Notice.id).limit(NOTICES_A_TIME)
    found = db.session.execute(theirs.with_for_update(skip_locked=True)).all()
    claimed = [{"notice_id": row.id, "member_id": row.member_id, "mail": keys[row.member_id], "state": WAITING,
                "attempts": 0, "due_at": now, "error": ""} for row in found]  # fmt: skip
    insert_new(Delivery.__table__, claimed)
    decided = {row.id for row in (*first, *found)}
    done = sa.update(Notice).where(among(Notice.id, sorted(decided))).values(gathered_at=now)
    db.session.execute(done, execution_options={"synchronize_session": False})


def _undecided(until: datetime, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Notice.gathered_at.is_(None), Notice.created_at > now - NEWS_FOR, Notice.created_at <= until


def _takes_mail() -> tuple[sa.ColumnElement[bool], ...]:
    return Member.takes_mail.is_(True), Member.state != "suspended", _address().is_not(None)


def _address() -> sa.ScalarSelect[str | None]:
    """The newest address that the provider vouches for. Those of the demo's people are made up, and nobody reads there."""
    own = sa.select(Account.email).where(Account.member_id == Member.id, Account.email_verified.is_(True), Account.email != "")
    own = own.where(Account.issuer != DEMO_ISSUER)
    return own.order_by(Account.id.desc()).limit(1).correlate(Member).scalar_subquery()


def counts(now: datetime) -> dict[str, int]:
    """Notices whose mail waits, and whose mail got lost within a week, for those who run the installation."""
    on_its_way = sa.select(sa.func.count()).where(Delivery.state.in_((WAITING, SENDING)))
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
    """Take it, or None: another worker has it, or it is not wanted any more. The caller commits before sending."""
    mine = sa.update(Delivery).where(Delivery.mail == mail, Delivery.state == WAITING, Delivery.due_at <= now)
    taken = db.session.execute(mine.values(state=SENDING, attempts=Delivery.attempts + 1, due_at=now + LEASE))
    if not taken.rowcount:  # type: ignore[attr-defined]
        return None
    held = sa.select(Notice).join(Delivery, Delivery.notice_id == Notice.id).where(Delivery.mail == mail)
    notices = db.session.scalars(held.where(Notice.read_at.is_(None)).order_by(Notice.id)).all()
    who = sa.select(Member, _address()).where(*_takes_mail(), Member.id == (notices[0].member_id if notices else 0))
    found = db.session.execute(who).one_or_none()
    if found is None:
        _end(mail, DROPPED)
        return None
    return Bundle(to=str(found[1]), reader=found[0], notices=notices)


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
