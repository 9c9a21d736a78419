"""Coming in and going out."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user

from recognition import clock
from recognition.extensions import db
from recognition.identity import oidc, queries
from recognition.identity.access import Visitor, current_member, load_visitor, visitor
from recognition.identity.rules import Refused
from recognition.identity.services import claims, sessions
from recognition.identity.views.blueprint import blueprint
from recognition.web.access import public
from recognition.web.htmx import goto
from recognition.web.limits import limited
from recognition.web.reading import start_writing

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,2000}")


@blueprint.get("/login")
@public
def login() -> Any:
    next_url = local_url(request.args.get("next"))
    if current_member() is not None:
        return redirect(next_url, 303)
    return render_template(
        "identity/login.html",
        next_url=next_url,
        at_issuer=oidc.client() is not None,
        personas=queries.personas() if is_demo() else [],
        is_demo=is_demo(),
        is_claiming="claim" in session,
    )


@blueprint.post("/login/start")
@public
@limited("sign-in", times=120)
def login_start() -> Any:
    issuer = oidc.client()
    if issuer is None:
        abort(404)
    session["next"] = local_url(request.form.get("next"))
    db.session.rollback()  # the issuer is asked for its addresses: no transaction waits for it
    try:
        return oidc.start(issuer)
    except oidc.IssuerAway:
        return _away()


@blueprint.get("/login/callback")
@public
def login_callback() -> Any:
    issuer = oidc.client()
    if issuer is None:
        abort(404)
    db.session.rollback()
    try:
        who = oidc.finish(issuer)
    except oidc.IssuerAway:
        return _away()
    except oidc.SignInFailed as fault:
        return _not_signed_in(fault.said)
    next_url, claim = local_url(session.get("next")), session.get("claim")
    if claim is not None:
        next_url = url_for("identity.claim", token=claim)
    start_writing()
    browser = request.headers.get("User-Agent", "")
    try:
        signed_in, claimed = _come_in(who, browser, claim)
    except Refused as fault:
        db.session.rollback()
        session.clear()
        return _sorry(403, _("We could not sign you in"), str(fault), _("Nothing was changed."))
    db.session.commit()
    _remember(signed_in.token)
    if claimed:
        flash(_("Welcome back! This page is yours now. Please look over what others see of you."), "good")
    elif signed_in.is_new:
        flash(
            _("Welcome! We made a page for you. Have a look at what others see of it; all of it is your choice."),
            "good",
        )
    # Whoever stands at an event with a code in their hand goes on to it; others look at their new page first.
    looks_first = claimed or (signed_in.is_new and not next_url.startswith("/claim/"))
    return redirect(url_for("identity.settings") if looks_first else next_url, 303)


@blueprint.post("/login/demo")
@public
@limited("sign-in", times=120)
def login_demo() -> Any:
    if not is_demo():
        abort(404)
    now = clock.utcnow()
    signed_in = sessions.sign_in_as_persona(request.form.get("handle", ""), request.headers.get("User-Agent", ""), now)
    if signed_in is None:
        abort(404)
    next_url = local_url(request.form.get("next"))
    db.session.commit()
    _remember(signed_in.token)
    return goto(next_url)


@blueprint.post("/logout")
@public
def logout() -> Any:
    """Ends the login here first; then where it came from, if the issuer has a place for that."""
    who = visitor()
    id_token = None
    if who is not None:
        issuer = oidc.client()
        is_theirs = issuer is not None and who.session.account.issuer == issuer.issuer
        id_token = who.session.id_token if is_theirs else None
        sessions.end_session(who.session.id, who.member.id)
        db.session.commit()
    logout_user()
    session.clear()
    elsewhere = oidc.logout_url(id_token)
    if elsewhere:
        return redirect(elsewhere, 303)
    flash(_("You are signed out. See you soon."), "good")
    return goto("/")


def local_url(given: object) -> str:
    """A path of this site; the home page for anything else: other sites, schemes, `//host`, backslashes, control
    characters."""
    if not isinstance(given, str) or not _LOCAL.fullmatch(given):
        return "/"
    parts = urlsplit(given)
    return given if not parts.scheme and not parts.netloc and not parts.path.startswith(("/login", "/logout")) else "/"


def is_demo() -> bool:
    return bool(current_app.extensions["settings"].demo)


def _come_in(who: oidc.Identity, browser: str, claim: str | None) -> tuple[sessions.SignedIn, bool]:
    """A claim link counts only for a login that is new here; others decide on its page, signed in."""
    now = clock.utcnow()
    if claim is None or queries.account_of(who.issuer, who.subject) is not None:
        return sessions.sign_in(who, browser, now), False
    claimed = claims.member_for(claim)
    signed_in = sessions.sign_in(who, browser, now, claimed)
    claims.note_claim(claimed)
    return signed_in, True


def _remember(token: str) -> None:
    """A new session under a new token: nothing from before the login is carried over."""
    session.clear()
    session.permanent = True
    fresh = load_visitor(token)
    if isinstance(fresh, Visitor):
        login_user(fresh)


def _away() -> Any:
    return _sorry(
        503,
        _("The place where you sign in does not answer"),
        _("It belongs to somebody else, so we cannot mend it. Everything here can still be read."),
        _("Try again in a few minutes."),
    )


def _not_signed_in(said: str) -> Any:
    message = _("The sign-in was not finished; perhaps this window was open for long, or was used twice.")
    if said:
        message += " " + _("The other side said: “%(words)s”", words=said)
    return _sorry(400, _("That did not work"), message, _("Nothing is lost. Start again from here."))


def _sorry(status: int, title: str, message: str, what_now: str) -> Any:
    actions = [(url_for("identity.login"), _("Sign in again")), ("/", _("Back to the hall"))]
    page = render_template("errors/error.html", code=status, title=title, message=message, what_now=what_now, actions=actions)
    return page, status, {"Cache-Control": "private, no-store"}
