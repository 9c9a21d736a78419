"""Who is asking, and the marks that say who may. Roles and suspension are read from the database at each request."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

import sqlalchemy as sa
from flask import Flask, Response, abort, g, redirect, request, url_for
from flask_login import UserMixin, current_user

from recognition import clock
from recognition.extensions import db, login_manager
from recognition.identity.models import ApiToken, LoginSession, Member
from recognition.web.access import View, mark


class Visitor(UserMixin):
    """What Flask-Login keeps for a request: the member behind a login session that still holds."""

    def __init__(self, token: str, session: LoginSession) -> None:
        self.token = token
        self.session = session
        self.member = session.account.member

    def get_id(self) -> str:
        return self.token


def install(app: Flask) -> None:
    login_manager.user_loader(load_visitor)
    login_manager.session_protection = None

    @app.after_request
    def challenge(response: Response) -> Response:
        if response.status_code in (401, 403) and "challenge" in g:
            response.headers["WWW-Authenticate"] = g.challenge
        return response


def load_visitor(token: str) -> Visitor | None:
    wanted = sa.select(LoginSession).where(
        LoginSession.token_hash == digest(token), LoginSession.expires_at > clock.utcnow()
    )
    session = db.session.scalar(wanted)
    if session is None or session.account.member.state == "suspended":
        return None
    return Visitor(token, session)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def current_member() -> Member | None:
    """The signed-in member, or the owner of the API token."""
    if "token" in g:
        owner: Member = g.token.member
        return owner
    return current_user.member if current_user.is_authenticated else None


def signed_in() -> Member:
    """For views that are marked with `member_required`."""
    member = current_member()
    assert member is not None
    return member


def member_required(view: View) -> View:
    return _guard(view, "member", lambda member: True)


def role_required(*roles: str) -> Callable[[View], View]:
    """Any of the roles is enough."""
    return lambda view: _guard(view, "role:" + "|".join(roles), lambda member: bool(member.roles & set(roles)))


def _guard(view: View, rule: str, allows: Callable[[Member], bool]) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        member = current_member()
        if member is None:
            if request.method == "GET":
                return redirect(url_for("identity.login", next=request.full_path.rstrip("?")))
            abort(401)
        if not allows(member):
            abort(403)
        return view(*args, **kwargs)

    return mark(guarded, rule)  # type: ignore[return-value]


def token_required(scope: str) -> Callable[[View], View]:
    """For the API: a bearer token with this scope. Answers 401 and 403 as RFC 6750 says."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.token = _token_of_request(scope)
            return view(*args, **kwargs)

        return mark(guarded, f"token:{scope}")  # type: ignore[return-value]

    return decorate


def _token_of_request(scope: str) -> ApiToken:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 10 <= len(secret) <= 200:
        _refuse(401, "missing")
    token = db.session.scalar(sa.select(ApiToken).where(ApiToken.token_hash == digest(secret.strip())))
    now = clock.utcnow()
    lapsed = token is not None and token.expires_at is not None and token.expires_at <= now
    if token is None or token.revoked_at is not None or lapsed or token.member.state == "suspended":
        _refuse(401, "invalid_token")
    if scope not in token.scopes:
        _refuse(403, "insufficient_scope")
    return token


def _refuse(status: int, error: str) -> NoReturn:
    fault = "" if error == "missing" else f', error="{error}"'
    g.challenge = f'Bearer realm="Recognition"{fault}'
    abort(status)
