"""Programs, what members allowed them, and the tokens they hold. Secrets, codes and tokens are kept as their SHA-256."""

import hmac
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recognition import clock
from recognition.database import BigId, Json, UtcDateTime
from recognition.extensions import db
from recognition.identity.access import digest
from recognition.identity.models import Member
from recognition.identity.oauth.scopes import STAY

AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")
REDIRECT_MAX_CHARS = 500


class OAuthClient(db.Model, ClientMixin):
    """A program, as it described itself: nothing of it was checked by anybody. `key` is its `client_id`. Without a secret it
    is a public one, such as an app on a phone. `refreshes`: it may stay connected. `about`: what else it said (RFC 7591)."""

    __tablename__ = "oauth_client"
    __table_args__ = (
        sa.CheckConstraint(
            "auth_method IN ('client_secret_basic', 'client_secret_post', 'none')", name="ck_oauth_client_auth_method"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    secret_hash: Mapped[str | None] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(80))
    redirect_uris: Mapped[list[str]] = mapped_column(Json)
    auth_method: Mapped[str] = mapped_column(sa.String(20))
    scopes: Mapped[list[str]] = mapped_column(Json)
    refreshes: Mapped[bool]
    about: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    def get_client_id(self) -> str:
        return self.key

    def get_default_redirect_uri(self) -> None:
        """None: a program always says where it wants the answer."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """None for a request that names nothing, or more than the program was registered for: nothing is silently less."""
        asked = (scope or "").split()
        return " ".join(asked) if set(asked) - {STAY} and set(asked) <= set(self.scopes) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """The very same text (RFC 9700, section 2.1)."""
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return self.secret_hash is not None and hmac.compare_digest(self.secret_hash, digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code" or (grant_type == "refresh_token" and self.refreshes)


class OAuthConsent(db.Model, AuthorizationCodeMixin):
    """A member's yes to one request of a program, with the one-time code it was answered with, and the root of all tokens
    that came of it: when it ends, all of them do. `lasts_until`: the last of them lapses then."""

    __tablename__ = "oauth_consent"
    __table_args__ = (sa.Index("ix_oauth_consent_member_id", "member_id", "client_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    client_id: Mapped[int] = mapped_column(sa.ForeignKey("oauth_client.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    scopes: Mapped[list[str]] = mapped_column(Json)
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    code_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    redirect_uri: Mapped[str] = mapped_column(sa.String(REDIRECT_MAX_CHARS))
    code_challenge: Mapped[str] = mapped_column(sa.String(43))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lasts_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    client: Mapped[OAuthClient] = relationship(lazy="joined", innerjoin=True)
    member: Mapped[Member] = relationship(lazy="joined", innerjoin=True)

    code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.scopes)


class OAuthToken(db.Model, TokenMixin):
    """`ended_at`: swapped for a new one, or taken back by the program. A refresh token that comes a second time was copied
    by somebody."""

    __tablename__ = "oauth_token"
    __table_args__ = (sa.CheckConstraint("kind IN ('access', 'refresh')", name="ck_oauth_token_kind"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    consent_id: Mapped[int] = mapped_column(sa.ForeignKey("oauth_consent.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(7))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consent: Mapped[OAuthConsent] = relationship(lazy="joined", innerjoin=True)

    @property
    def member(self) -> Member:
        return self.consent.member

    def check_client(self, client: OAuthClient) -> bool:
        return self.consent.client_id == client.id

    def get_scope(self) -> str:
        return " ".join(self.scopes)

    def get_expires_in(self) -> int:
        return int((self.expires_at - self.created_at).total_seconds())

    def is_expired(self) -> bool:
        return self.expires_at <= clock.utcnow()

    def is_revoked(self) -> bool:
        return self.ended_at is not None or self.consent.ended_at is not None

    def get_user(self) -> Member:
        return self.member

    def get_client(self) -> OAuthClient:
        return self.consent.client
