"""Who is asking, and the marks that say who may. Roles and suspension are read from the database at each request."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, NoReturn

import sqlalchemy as sa
from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask_login import UserMixin, current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import joinedload

from recognition import clock
from recognition.extensions import db, login_manager
from recognition.identity.models import Account, ApiToken, LoginSession, Member
from recognition.identity.rules import may_see, visible_fields
from recognition.identity.words import browser_words
from recognition.media.models import Media
from recognition.web.access import WELCOME, View, mark
from recognition.web.reading import start_writing

IDLE, ABSOLUTE = timedelta(days=14), timedelta(days=60)
"""A login ends when nobody used it for the first, and in any case after the second."""
SEEN_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class Viewer:
    """Who reads the page, for every template."""

    id: int
    handle: str
    name: str
    picture_url: str
    calm: bool


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
    app.config["PERMANENT_SESSION_LIFETIME"] = IDLE
    # The cookie goes out when it changes and with the use of a login. With each picture of a page, one that comes late would
    # bring back who has just gone out, and end the form of who comes in.
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    app.context_processor(_for_templates)
    app.jinja_env.filters["browser"] = browser_words
    app.after_request(_write_use)
    app.extensions["limited_as"] = _limited_as
    app.extensions["media_guards"] = [*app.extensions.get("media_guards", []), shows_picture]

    @app.after_request
    def challenge(response: Response) -> Response:
        if response.status_code in (401, 403) and "challenge" in g:
            response.headers["WWW-Authenticate"] = g.challenge
        if "token" in g:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def load_visitor(token: str) -> Visitor | None:
    now = clock.utcnow()
    wanted = sa.select(LoginSession).where(
        LoginSession.token_hash == digest(token),
        LoginSession.expires_at > now,
        LoginSession.created_at > now - ABSOLUTE,
    )
    # With the member's roles, which every page asks for.
    roles = joinedload(LoginSession.account).joinedload(Account.member).joinedload(Member.grants)
    session = db.session.scalars(wanted.options(roles)).unique().first()
    if session is None or session.account.member.state == "suspended":
        return None
    _remember_use(session)
    return Visitor(token, session)


def shows_picture(media: Media) -> bool:
    """A guard of `/media/`: the picture of a profile, for those who may see that field of it."""
    member = db.session.scalar(sa.select(Member).where(Member.picture_id == media.id))
    return member is not None and may_see(member, "picture", current_member())


def _limited_as() -> str:
    member = current_member()
    return f"member:{member.id}" if member else ""


def _for_templates() -> dict[str, Any]:
    """`viewer` is None for a stranger, and on the page that says that the database is away."""
    try:
        member = current_member()
        if member is None:
            return _seen_by(None, frozenset())
        own = visible_fields(member, member)
        return _seen_by(Viewer(own.id, own.handle, own.name, own.picture_url, member.calm), member.roles)
    except SQLAlchemyError:
        db.session.rollback()
        return _seen_by(None, frozenset())


def _seen_by(viewer: Viewer | None, roles: frozenset[str]) -> dict[str, Any]:
    return {"viewer": viewer, **{f"viewer_is_{role}": role in roles for role in ("council", "admin", "staff")}}


def _remember_use(used: LoginSession | ApiToken) -> None:
    """Note at most every ten minutes that a login or token is in use; values are taken now, a commit expires them."""
    now = clock.utcnow()
    if isinstance(used, ApiToken):
        last, change = used.last_used_at, {"last_used_at": now}
    else:
        ends = min(now + IDLE, used.created_at + ABSOLUTE)
        last, change = used.last_seen_at, {"last_seen_at": now, "expires_at": ends}
    if last is None or now - last > SEEN_EVERY:
        g.use = sa.update(type(used)).where(type(used).id == used.id).values(**change)


def _write_use(response: Response) -> Response:
    """In a transaction of its own, after the page: a page only reads. The cookie lasts as long as the login from now on; it is
    nothing for an answer that others may keep."""
    if "use" in g and response.status_code < 500 and not response.cache_control.public:
        try:
            start_writing()
            db.session.execute(g.use)
            db.session.commit()
            session.modified = session.modified or "token" not in g
        except SQLAlchemyError:
            db.session.rollback()
            current_app.logger.warning("The last use of a login could not be written down.")
    return response


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def current_member() -> Member | None:
    """The signed-in member, or the owner of the API token."""
    if "token" in g:
        owner: Member = g.token.member
        return owner
    return current_user.member if current_user.is_authenticated else None


def visitor() -> Visitor | None:
    """The login behind a page, with its session row; programs have none."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def signed_in() -> Member:
    """For views that are marked with `member_required`."""
    member = current_member()
    if member is None:
        abort(401)
    return member


def member_required(view: View) -> View:
    return _guard(view, "member", lambda _member: True)


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


def token_welcome(scope: str) -> Callable[[View], View]:
    """For the API: open to everybody, and a token with this scope shows what its owner may see. No cookie counts: who asks
    without a token is a stranger. A token that holds no longer is refused all the same."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if "Authorization" in request.headers:
                g.token = _token_of_request(scope)
            return view(*args, **kwargs)

        setattr(guarded, WELCOME, scope)
        return mark(guarded, "public")  # type: ignore[return-value]

    return decorate


def token_owner() -> Member | None:
    """For views that are marked with `token_welcome`."""
    owner: Member | None = g.token.member if "token" in g else None
    return owner


def _token_of_request(scope: str) -> ApiToken:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 10 <= len(secret) <= 200:
        _refuse(401, "missing")
    token: ApiToken | None = db.session.scalar(sa.select(ApiToken).where(ApiToken.token_hash == digest(secret.strip())))
    now = clock.utcnow()
    lapsed = token is not None and token.expires_at is not None and token.expires_at <= now
    if token is None or token.revoked_at is not None or lapsed or token.member.state == "suspended":
        _refuse(401, "invalid_token")
    if scope not in token.scopes:
        _refuse(403, "insufficient_scope")
    _remember_use(token)
    return token


def _refuse(status: int, error: str) -> NoReturn:
    fault = "" if error == "missing" else f', error="{error}"'
    g.challenge = f'Bearer realm="Recognition"{fault}'
    abort(status)
