"""The mark of what programs may call with a token that a member gave them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

import sqlalchemy as sa
from flask import abort, g, request

from recognition import clock
from recognition.identity.access import SEEN_EVERY
from recognition.identity.oauth import queries
from recognition.identity.oauth.models import OAuthConsent, OAuthToken
from recognition.web.access import View, mark

TOKEN_CHARS = range(20, 101)


def oauth_required(scope: str) -> Callable[[View], View]:
    """A bearer token of a connected program, with this scope. It holds for this alone: keys made by the command line open
    nothing here, and these open nothing there. Answers 401 and 403 as RFC 6750 says."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.token = _token_of_request(scope)
            return view(*args, **kwargs)

        return mark(guarded, f"token:{scope}")  # type: ignore[return-value]

    return decorate


def _token_of_request(scope: str) -> OAuthToken:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        _refuse(401, "", scope)
    token = queries.token_by_text(secret.strip()) if len(secret) in TOKEN_CHARS else None
    if token is None or not _holds(token):
        _refuse(401, "invalid_token", scope)
    if scope not in token.scopes:
        _refuse(403, "insufficient_scope", scope)
    _remember_use(token.consent)
    return token


def _holds(token: OAuthToken) -> bool:
    is_good = token.kind == "access" and not token.is_expired() and not token.is_revoked()
    return is_good and token.member.state != "suspended"


def _remember_use(consent: OAuthConsent) -> None:
    """Written after the answer by `identity.access`, at most every ten minutes."""
    now = clock.utcnow()
    if consent.last_used_at is None or now - consent.last_used_at > SEEN_EVERY:
        g.use = sa.update(OAuthConsent).where(OAuthConsent.id == consent.id).values(last_used_at=now)


def _refuse(status: int, error: str, scope: str) -> NoReturn:
    fault = f', error="{error}"' if error else ""
    g.challenge = f'Bearer realm="Recognition"{fault}, scope="{scope}"'
    abort(status)
