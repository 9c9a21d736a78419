"""Keys for programs."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from recognition.audit.services import record
from recognition.extensions import db
from recognition.identity.access import digest
from recognition.identity.models import ApiToken, Member
from recognition.identity.queries import api_tokens
from recognition.identity.rules import Refused
from recognition.refs import Ref

OWN_MAX = 20
SCOPES = {
    "activities:read": lazy_gettext("Read the deeds that you may see."),
    "activities:write": lazy_gettext("Tell deeds in your name."),
    "members:read": lazy_gettext("Read profiles as you may see them."),
    "badges:read": lazy_gettext("Read badges. They are open to everybody as it is."),
    "quests:read": lazy_gettext("Read how far you are with each quest."),
    "statements:read": lazy_gettext("Read the learning records that you stored or that are about you."),
    "statements:write": lazy_gettext("Store learning records (xAPI) in your name."),
}
"""What a token may be allowed, in words for its owner."""


def make_own(member: Member, name: str, scopes: Sequence[str], days: int, now: datetime) -> str:
    """A member's key, from their page. Its name is theirs to tell it by, so a form that is sent twice makes one key.
    Raises Refused."""
    # Two at once: the second waits here, and sees the first.
    db.session.execute(sa.select(Member.id).where(Member.id == member.id).with_for_update())
    living = [token.name for token in api_tokens(member.id, now)]
    if name.casefold() in [one.casefold() for one in living]:
        raise Refused(_("You have a key of that name. Take it back first, or call this one something else."))
    if len(living) >= OWN_MAX:
        raise Refused(_("These are as many keys as we keep for one person. Take one back that you no longer use."))
    return add_token(member, scopes, now, days, name, by=member.id)


def add_token(
    member: Member, scopes: Sequence[str], now: datetime, days: int | None = None, name: str = "", by: int | None = None
) -> str:
    """The token, to be shown once: the table holds only its SHA-256. `days` None: it does not lapse; `by` None: the command
    line. Raises Refused."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        names = {"unknown": ", ".join(unknown) or "-", "known": ", ".join(SCOPES)}
        raise Refused(_("Unknown scope: %(unknown)s. Known: %(known)s.", **names))
    if member.state == "suspended":
        raise Refused(_("A suspended member gets no tokens."))
    token = "recognition_" + secrets.token_urlsafe(32)
    db.session.add(
        ApiToken(
            member_id=member.id, name=name, token_hash=digest(token), scopes=list(dict.fromkeys(scopes)), created_at=now,
            expires_at=now + timedelta(days=days) if days else None,
        )
    )  # fmt: skip
    record("token.added", Ref("member", member.id), by, after={"scopes": list(scopes), "days": days})
    db.session.flush()
    return token


def revoke_token(token_id: int, member_id: int, now: datetime) -> bool:
    """From the next request on. False if it is not the member's, or was revoked before."""
    own = sa.update(ApiToken).where(ApiToken.id == token_id, ApiToken.member_id == member_id, ApiToken.revoked_at.is_(None))
    done: Any = db.session.execute(own.values(revoked_at=now))
    if not done.rowcount:
        return False
    record("token.revoked", Ref("token", token_id), member_id)
    return True
