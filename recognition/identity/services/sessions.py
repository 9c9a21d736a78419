"""Signing in and out. A login is a row, so that it can be ended here; the browser holds only its token."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity import words
from recognition.identity.access import IDLE, digest
from recognition.identity.models import Account, LoginSession, Member
from recognition.identity.oidc import Identity
from recognition.identity.queries import DEMO_ISSUER, DOOR_ISSUER, account_of, at_open_door, free_handle
from recognition.identity.rules import Refused
from recognition.identity.services.profiles import tell_address

ID_TOKEN_MAX_CHARS = 16_000
KEPT_ENDED = timedelta(days=30)


@dataclass(frozen=True)
class SignedIn:
    token: str
    account_id: int
    member_id: int
    is_new: bool


def sign_in(who: Identity, browser: str, now: datetime, claimed: Member | None = None) -> SignedIn:
    """The member behind an issuer's subject, who is made on the first visit, or is `claimed` by a link. Raises Refused
    for a suspended one."""
    account = account_of(who.issuer, who.subject)
    is_new = account is None
    if account is None:
        account = _first_visit(who, now, claimed)
    if account.member.state == "suspended":
        raise Refused(_("This membership is suspended. Ask somebody on the council what happened and what can be done."))
    before = _verified(account)
    account.email, account.email_verified = who.email, who.email_verified
    if _verified(account) != before:
        db.session.flush()
        tell_address(account.member_id)
    return SignedIn(open_session(account, browser, now, who.id_token), account.id, account.member_id, is_new)


def _verified(account: Account) -> str | None:
    return account.email if account.email_verified else None


def sign_in_as_persona(handle: str, browser: str, now: datetime) -> SignedIn | None:
    """By the open door of a demo. None if it is not open for them."""
    member: Member | None = db.session.scalar(at_open_door().where(Member.handle == handle))
    if member is None:
        return None
    account = _door_account(member.id) or _open_for(member.id, now)
    return SignedIn(open_session(account, browser, now), account.id, account.member_id, is_new=False)


def _door_account(member_id: int) -> Account | None:
    mine = sa.select(Account).where(Account.member_id == member_id, Account.issuer.in_((DEMO_ISSUER, DOOR_ISSUER)))
    return db.session.scalar(mine.order_by(Account.id).limit(1))


def _open_for(member_id: int, now: datetime) -> Account:
    row = {"member_id": member_id, "issuer": DOOR_ISSUER, "subject": str(member_id), "created_at": now}
    insert_new(Account.__table__, [row | {"email_verified": False}])
    return db.session.scalars(sa.select(Account).where(Account.issuer == DOOR_ISSUER, Account.subject == str(member_id))).one()


def open_session(account: Account, browser: str, now: datetime, id_token: str | None = None) -> str:
    """Returns the token, which is stored only as its SHA-256."""
    token = secrets.token_urlsafe(32)
    kept = id_token if id_token is not None and len(id_token) <= ID_TOKEN_MAX_CHARS else None
    db.session.execute(sa.delete(LoginSession).where(LoginSession.account_id == account.id, LoginSession.expires_at <= now))
    db.session.add(
        LoginSession(
            token_hash=digest(token), account_id=account.id, id_token=kept, browser=words.tidy(browser, 200),
            created_at=now, last_seen_at=now, expires_at=now + IDLE,
        )
    )  # fmt: skip
    db.session.flush()
    return token


def end_session(session_id: int, member_id: int) -> bool:
    """False if this login is not the member's, or has ended already."""
    return _end(member_id, LoginSession.id == session_id) == 1


def end_other_sessions(member_id: int, kept_id: int | None) -> int:
    """`kept_id` None ends all of them."""
    return _end(member_id, LoginSession.id != (kept_id or 0))


def forget_ended(now: datetime) -> int:
    """Logins that ran out by themselves a while ago."""
    done = db.session.execute(sa.delete(LoginSession).where(LoginSession.expires_at < now - KEPT_ENDED))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _end(member_id: int, which: sa.ColumnElement[bool]) -> int:
    own = sa.select(Account.id).where(Account.member_id == member_id)
    done = db.session.execute(sa.delete(LoginSession).where(LoginSession.account_id.in_(own), which))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _first_visit(who: Identity, now: datetime, claimed: Member | None) -> Account:
    """Two windows of one new person may come back at the same moment: the second one meets the first one's row."""
    for _attempt in range(5):
        try:
            with db.session.begin_nested():
                member = claimed or _new_member(who, now)
                account = Account(member_id=member.id, issuer=who.issuer, subject=who.subject, created_at=now)
                db.session.add(account)
                db.session.flush()
        except IntegrityError:
            known = account_of(who.issuer, who.subject)
            if known is not None:
                return known
        else:
            return account
    raise Refused(_("We could not find a free handle for you. Please try again."))


def _new_member(who: Identity, now: datetime) -> Member:
    handle = free_handle(words.handle_from(who.username, who.name))
    member = Member(handle=handle, name=words.tidy(who.name, 120) or handle, joined_at=now)
    db.session.add(member)
    db.session.flush()
    return member
