"""The page on which a program asks a member, what it was told, and where the member shows it the door."""

from typing import Any

from authlib.oauth2 import OAuth2Error
from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.oauth import services
from recognition.identity.oauth.addresses import origin
from recognition.identity.oauth.queries import host_of
from recognition.identity.oauth.scopes import ASKS, listed
from recognition.identity.oauth.server import refuse_repeated, server, way_back
from recognition.identity.views.blueprint import blueprint
from recognition.web.access import public
from recognition.web.headers import let_forms_lead_to
from recognition.web.htmx import goto
from recognition.web.limits import limited

ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")
QUERY_MAX_CHARS = 1800
"""It travels along while the member signs in, in a cookie among other things."""


@blueprint.get("/oauth/authorize")
@public
@limited("oauth-ask", times=120)
def consent() -> Any:
    """Asked before the sign-in whether it makes sense; nobody signs in for a request that will be refused."""
    try:
        grant = _asked()
    except OAuth2Error as fault:
        return _refused(fault)
    if current_member() is None:
        return redirect(url_for("identity.login", next=request.full_path), 303)
    return _page(grant)


@blueprint.post("/oauth/authorize")
@member_required
@limited("oauth-ask", times=120)
def consent_answer() -> Any:
    """Yes or no; either way back to the program (RFC 9700, section 4.12: 303, so that nothing is posted on)."""
    try:
        grant = _asked()
    except OAuth2Error as fault:
        return _refused(fault)
    member = signed_in() if request.form.get("answer") == "yes" else None
    response: Response = server().create_authorization_response(grant_user=member, grant=grant)
    db.session.commit()
    response.status_code = 303
    let_forms_lead_to(origin(grant.redirect_uri))
    return _private(response)


@blueprint.get("/oauth/about")
@public
def programs_about() -> Any:
    """Terms and privacy of the interface, which its discovery names."""
    lives = {"access_minutes": services.ACCESS_LIFE.seconds // 60, "refresh_days": services.REFRESH_LIFE.days}
    return render_template("identity/programs_about.html", asks=list(ASKS.values()), **lives)


@blueprint.post("/me/programs/<int:client_id>/end")
@member_required
def program_end(client_id: int) -> Any:
    if services.end_program(signed_in(), client_id, clock.utcnow()):
        flash(_("That program is out. What it holds opens nothing any more."), "good")
    db.session.commit()
    return goto(url_for("identity.settings", _anchor="programs"))


def _asked() -> Any:
    """Authlib's grant for this request, checked. Raises OAuth2Error."""
    if len(request.query_string) > QUERY_MAX_CHARS:
        raise OAuth2Error(error="invalid_request", description="The request is too long.")
    refuse_repeated()
    given = request.form if request.method == "POST" else request.args
    for name in ("client_id", "redirect_uri", "response_type", "scope"):
        # Authlib repeats these in its errors, which may hold visible ASCII only.
        if not given.get(name, "").isascii() or set(given.get(name, "")) & set('"\\') or not given.get(name, "").isprintable():
            raise OAuth2Error(error="invalid_request", description=f"{name} cannot be read.")
    return server().get_consent_grant(end_user=current_member())


def _page(grant: Any) -> Any:
    client, member = grant.client, signed_in()
    scopes = listed(grant.request.scope)
    let_forms_lead_to(origin(grant.redirect_uri))
    page = render_template(
        "identity/consent.html",
        program=client.name,
        host=host_of(grant.redirect_uri),
        is_here=grant.redirect_uri.startswith("http://"),
        asks=[(scope.rpartition("/")[2], *ASKS[scope]) for scope in scopes if scope in ASKS],
        stays_days=services.REFRESH_LIFE.days if client.refreshes else 0,
        lasts_minutes=services.ACCESS_LIFE.seconds // 60,
        links=_links(client.about),
        me=member.handle,
        sent={name: request.args[name] for name in ASKED if name in request.args},
    )
    return _private(make_response(page))


def _links(about: dict[str, str]) -> list[tuple[str, str]]:
    words = {"client_uri": _("Its site"), "policy_uri": _("Its privacy notice"), "tos_uri": _("Its terms")}
    return [(about[name], word) for name, word in words.items() if name in about]


def _refused(fault: OAuth2Error) -> Any:
    """Anybody can register a program, so a wrong request sends nobody elsewhere by itself (RFC 9700, section 4.11.2): the
    person decides whether to go."""
    db.session.rollback()
    there = way_back(fault)
    actions = [("/", _("Back to the hall"))]
    if there:
        actions.append((there, _("Go on to %(host)s", host=host_of(there))))
    page = render_template(
        "errors/error.html",
        code=400,
        title=_("This program asked in a way that we do not answer"),
        message=_("The mistake is the program's: %(error)s. Nothing was given to it.", error=_said(fault)),
        what_now=_("Go back to where you came from, or tell whoever runs the program."),
        actions=actions,
    )
    return _private(make_response(page, 400))


def _said(fault: OAuth2Error) -> str:
    words = fault.get_error_description()
    return f"{fault.error} ({words.rstrip('.')})" if words else str(fault.error)


def _private(response: Response) -> Response:
    """The address holds what belongs to the program and the member alone. Not `no-referrer`: a browser would then send the
    form as from nowhere (Origin: null), which we refuse."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
