"""Taking over a membership that was made by somebody else: imported, or added on the command line."""

import secrets

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from recognition.audit.services import record
from recognition.extensions import db
from recognition.identity.models import Account, Member
from recognition.identity.rules import Refused
from recognition.identity.services.profiles import tell_address
from recognition.refs import Ref

VALID_DAYS = 14


def make_link(member: Member) -> str:
    """An address that links one login to this member, once. Raises Refused if there is one already."""
    if _has_account(member.id):
        raise Refused(_("%(handle)s already has a login, so there is nothing to claim.", handle=member.handle))
    base_url: str = current_app.extensions["settings"].base_url
    return f"{base_url}/claim/{_serializer().dumps([member.id, secrets.token_hex(4)])}"


def member_for(token: str) -> Member:
    """Whom the link is for. Raises Refused for a link that is old, spoilt or used."""
    try:
        member_id, _nonce = _serializer().loads(token, max_age=VALID_DAYS * 24 * 3600)
    except SignatureExpired:
        raise Refused(_("This link is older than two weeks. Ask for a new one.")) from None
    except (BadData, ValueError, TypeError):
        raise Refused(_("This link is not complete. Copy it again, all of it.")) from None
    # Two browsers may open the link at once: the second one waits here, and then finds it used.
    db.session.execute(sa.select(Member.id).where(Member.id == member_id).with_for_update())
    member = db.session.get(Member, member_id)
    if member is None or member.state == "suspended" or _has_account(member.id):
        raise Refused(_("This link was used already. If that was not you, tell the council."))
    return member


def note_claim(member: Member) -> None:
    record("member.claimed", Ref("member", member.id), member.id)


def take(claimed: Member, own: Member) -> None:
    """Move the login of somebody who is new here to the member that was waiting for them; their empty page goes. Raises
    Refused if there is anything on it."""
    own_id = own.id
    # Whoever writes about this member now holds its key: wait for them, or the deed would go with the page.
    db.session.execute(sa.select(Member.id).where(Member.id == own_id).with_for_update())
    if not is_empty(own_id):
        raise Refused(_("You already have a page of your own with something on it. Ask the council to join the two."))
    db.session.execute(sa.update(Account).where(Account.member_id == own_id).values(member_id=claimed.id))
    db.session.expire_all()
    db.session.execute(sa.delete(Member).where(Member.id == own_id))
    tell_address(claimed.id)
    record("member.claimed", Ref("member", claimed.id), claimed.id, before={"emptied": own_id})


def is_empty(member_id: int) -> bool:
    """Whether no row of any table speaks of this member, logins aside: new tables are seen by themselves."""
    found = [
        sa.exists().where(column == member_id)
        for table in db.metadata.tables.values()
        if table is not Account.__table__
        for column in table.columns
        if any(key.column is Member.__table__.c.id for key in column.foreign_keys)
    ]
    return not db.session.scalar(sa.select(sa.or_(*found)))


def _has_account(member_id: int) -> bool:
    return db.session.scalar(sa.select(Account.id).where(Account.member_id == member_id).limit(1)) is not None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="recognition.claim")
