"""Which programs a member has let in."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa

from recognition.extensions import db
from recognition.identity.access import digest
from recognition.identity.oauth.models import OAuthClient, OAuthConsent, OAuthToken
from recognition.identity.oauth.scopes import ASKS, listed

SHOWN_MAX = 100


@dataclass(frozen=True)
class Connected:
    """One program of a member, whatever the number of its devices. `may`: what it may do, in words."""

    client_id: int
    name: str
    host: str
    may: tuple[str, ...]
    since: datetime
    last_used_at: datetime | None


def client_by_key(key: str | None) -> OAuthClient | None:
    if not key or len(key) > 32:
        return None
    found: OAuthClient | None = db.session.scalar(sa.select(OAuthClient).where(OAuthClient.key == key))
    return found


def every_client() -> list[tuple[OAuthClient, int]]:
    """With the number of members that let it in at some time that we still know of."""
    letting_in = sa.select(sa.func.count(OAuthConsent.member_id.distinct())).where(OAuthConsent.client_id == OAuthClient.id)
    rows = db.session.execute(sa.select(OAuthClient, letting_in.scalar_subquery()).order_by(OAuthClient.id.desc()))
    return [(client, members) for client, members in rows]


def token_by_text(text: str) -> OAuthToken | None:
    found: OAuthToken | None = db.session.scalar(sa.select(OAuthToken).where(OAuthToken.token_hash == digest(text)))
    return found


def connected(member_id: int, now: datetime) -> list[Connected]:
    """The last one let in comes first."""
    open_ones = sa.select(OAuthConsent).where(
        OAuthConsent.member_id == member_id, OAuthConsent.ended_at.is_(None), OAuthConsent.code_used_at.is_not(None),
        OAuthConsent.lasts_until > now,
    )  # fmt: skip
    found: dict[int, list[OAuthConsent]] = {}
    for consent in db.session.scalars(open_ones.order_by(OAuthConsent.id.desc()).limit(SHOWN_MAX)):
        found.setdefault(consent.client_id, []).append(consent)
    return [_line(consents) for consents in found.values()]


def _line(consents: list[OAuthConsent]) -> Connected:
    newest = consents[0]
    scopes = listed(" ".join(consent.get_scope() for consent in consents))
    uses = [consent.last_used_at for consent in consents if consent.last_used_at]
    return Connected(
        client_id=newest.client_id,
        name=newest.client.name,
        host=host_of(newest.redirect_uri),
        may=tuple(str(ASKS[scope][0]) for scope in scopes if scope in ASKS),
        since=min(consent.created_at for consent in consents),
        last_used_at=max(uses) if uses else None,
    )


def host_of(redirect_uri: str) -> str:
    """The one thing about a program that it cannot make up: where its answers go."""
    return urlsplit(redirect_uri).netloc
