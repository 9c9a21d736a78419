"""Who gets mail at all, and at which address."""

import sqlalchemy as sa

from recognition.announcements.models import StoppedAddress
from recognition.identity.models import Account, Member
from recognition.identity.queries import DEMO_ISSUER


def takes_mail() -> tuple[sa.ColumnElement[bool], ...]:
    """Conditions on `member`."""
    return Member.takes_mail.is_(True), Member.state != "suspended", address().is_not(None), ~is_stopped()


def address() -> sa.ScalarSelect[str | None]:
    """The newest address that the provider vouches for. Those of the demo's people are made up, and nobody reads there."""
    own = sa.select(Account.email).where(Account.member_id == Member.id, Account.email_verified.is_(True), Account.email != "")
    own = own.where(Account.issuer != DEMO_ISSUER)
    return own.order_by(Account.id.desc()).limit(1).correlate(Member).scalar_subquery()


def is_stopped() -> sa.ColumnElement[bool]:
    """Mails to this address came back. An older one is not used in its place: they may have lost that one."""
    return sa.exists().where(StoppedAddress.is_stopped.is_(True), StoppedAddress.address == sa.func.lower(address()))
