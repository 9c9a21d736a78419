"""What programs themselves ask: registering, tokens, giving tokens back, and where all of this is (RFC 7591, 6749, 7009,
8414). No cookie counts here."""

from typing import Any

from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Flask, Response, jsonify, request

from recognition import clock
from recognition.extensions import csrf, db
from recognition.identity.oauth import services
from recognition.identity.oauth.models import AUTH_METHODS, OAuthClient
from recognition.identity.oauth.registration import BadRegistration, read
from recognition.identity.oauth.scopes import SCOPES
from recognition.identity.oauth.server import base_url, refuse_repeated, server
from recognition.web.access import program, public
from recognition.web.limits import limited

blueprint = Blueprint("oauth", __name__)
csrf.exempt(blueprint)

BODY_MAX_BYTES = 64 * 1024
REFUSED = {403: "access_denied", 405: "invalid_request", 429: "temporarily_unavailable", 503: "temporarily_unavailable"}


@blueprint.get("/.well-known/oauth-authorization-server")
@public
def metadata() -> Any:
    home, methods = base_url(), list(AUTH_METHODS)
    return jsonify(
        issuer=home,
        authorization_endpoint=f"{home}/oauth/authorize",
        token_endpoint=f"{home}/oauth/token",
        registration_endpoint=f"{home}/oauth/register",
        revocation_endpoint=f"{home}/oauth/revoke",
        scopes_supported=list(SCOPES),
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=["authorization_code", "refresh_token"],
        token_endpoint_auth_methods_supported=methods,
        revocation_endpoint_auth_methods_supported=methods,
        code_challenge_methods_supported=["S256"],
        authorization_response_iss_parameter_supported=True,
        op_policy_uri=f"{home}/oauth/about#privacy",
        op_tos_uri=f"{home}/oauth/about",
    )


@blueprint.post("/oauth/register")
@program
@limited("oauth-register", times=30, seconds=3600)
def register() -> Any:
    """Anybody may: a program can do nothing until a member lets it in."""
    if not request.is_json or (request.content_length or 0) > BODY_MAX_BYTES:
        return _refused(400, "invalid_client_metadata", "Send the metadata as JSON, at most 64 KiB.")
    try:
        said = read(_body(), base_url())
    except BadRegistration as bad:
        return _refused(400, bad.error, str(bad))
    client, secret = services.register(said, clock.utcnow())
    body = _registered(client, secret)
    db.session.commit()
    return jsonify(body), 201


@blueprint.post("/oauth/token")
@program
@limited("oauth-token", times=600)
def token() -> Any:
    return _answered("token")


@blueprint.post("/oauth/revoke")
@program
@limited("oauth-token", times=600)
def revoke() -> Any:
    return _answered("revocation")


@blueprint.after_request
def for_programs(response: Response) -> Response:
    """Programs that run in a browser stand anywhere; they bring no cookie, so nothing is theirs that is not everybody's."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(response.allow))
    if request.method == "POST":
        response.headers["Cache-Control"] = "no-store"
    return response


def install(app: Flask) -> None:
    for address in ("/oauth/token", "/oauth/register", "/oauth/revoke"):
        app.extensions["error_shapes"][address] = _shape


def _answered(endpoint: str) -> Response:
    """Committed in either case: of a code or a token that comes a second time the refusal ends what came of it."""
    try:
        refuse_repeated()
        given = server().create_token_response() if endpoint == "token" else server().create_endpoint_response(endpoint)
        response: Response = given
    except OAuth2Error as fault:
        return server().handle_error_response(None, fault)  # type: ignore[no-any-return]
    except ValueError:  # letters in a header or a parameter that cannot be read, or that an answer could not repeat
        db.session.rollback()
        return _refused(400, "invalid_request", "This cannot be read.")
    db.session.commit()
    return response


def _body() -> Any:
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _registered(client: OAuthClient, secret: str | None) -> dict[str, Any]:
    private = {"client_secret": secret, "client_secret_expires_at": 0} if secret else {}
    return {
        "client_id": client.key,
        "client_id_issued_at": int(client.created_at.timestamp()),
        **private,
        "client_name": client.name,
        "redirect_uris": client.redirect_uris,
        "token_endpoint_auth_method": client.auth_method,
        "grant_types": ["authorization_code", *(["refresh_token"] if client.refreshes else [])],
        "response_types": ["code"],
        "scope": " ".join(client.scopes),
        **client.about,
    }


def _refused(status: int, error: str, words: str) -> Response:
    response = jsonify(error=error, error_description=words)
    response.status_code = status
    return response


def _shape(status: int, _title: str, _message: str) -> Response:
    """An error that came before a view could answer; the words are ASCII, as RFC 6749 wants."""
    error = REFUSED.get(status, "server_error" if status >= 500 else "invalid_request")
    return _refused(status, error, f"HTTP status {status}.")
