"""Authlib's authorization server with our tables behind it: authorization code with PKCE S256, refresh with rotation, and
taking tokens back."""

import re
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7636.challenge import compare_s256_code_challenge
from authlib.oauth2.rfc9207 import IssuerParameter
from flask import Flask, Request, Response, current_app
from flask import request as this_request

from recognition import clock
from recognition.identity.models import Member
from recognition.identity.oauth import queries, services
from recognition.identity.oauth.models import AUTH_METHODS, OAuthClient, OAuthConsent, OAuthToken
from recognition.identity.oauth.scopes import SCOPES, listed

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class Payload(FlaskOAuth2Payload):  # type: ignore[misc]
    """The parameters of one place only: those of a page's address, or those of a form."""

    @property
    def data(self) -> Any:
        return self._request.form if self._request.method == "POST" else self._request.args


class Asked(FlaskOAuth2Request):  # type: ignore[misc]
    def __init__(self, request: Request) -> None:
        # Our own address, as it was checked at the start: a proxy in front may have taken the TLS off.
        OAuth2Request.__init__(self, request.method, base_url() + request.path, headers=request.headers)
        self._request = request
        self.payload = Payload(request)


class Server(AuthorizationServer):  # type: ignore[misc]
    """Asked by whoever holds a transaction; the door commits."""

    def load_config(self, _config: Any) -> None:
        self.scopes_supported = SCOPES
        life = int(services.ACCESS_LIFE.total_seconds())
        self.register_token_generator("default", BearerTokenGenerator(_token, _token, life))

    def create_oauth2_request(self, request: Any) -> Asked:
        return Asked(request or this_request)

    def query_client(self, client_id: str) -> OAuthClient | None:
        return queries.client_by_key(client_id)

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        consent = request.authorization_code or request.refresh_token.consent
        services.keep_tokens(consent, token, clock.utcnow())

    def send_signal(self, *_args: Any, **_more: Any) -> None:
        """Nobody listens."""


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def generate_authorization_code(self) -> str:
        return services.secret()

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        asked = {
            "scopes": listed(request.scope),
            "redirect_uri": request.payload.redirect_uri,
            "code_challenge": request.payload.data["code_challenge"],
        }
        services.allow(request.client, request.user, code, asked, clock.utcnow())

    def query_authorization_code(self, code: str, client: OAuthClient) -> OAuthConsent | None:
        return services.redeemable(code, client, clock.utcnow())

    def delete_authorization_code(self, consent: OAuthConsent) -> None:
        """It stays, used, so that a second coming is noticed."""
        consent.code_used_at = clock.utcnow()

    def authenticate_user(self, consent: OAuthConsent) -> Member | None:
        return _acting(consent.member)


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> OAuthToken | None:
        return services.refreshable(refresh_token, self.request.client, clock.utcnow())

    def authenticate_user(self, refresh_token: OAuthToken) -> Member:
        member = _acting(refresh_token.member)
        if member is None:
            raise InvalidGrantError
        return member

    def revoke_old_credential(self, refresh_token: OAuthToken) -> None:
        refresh_token.ended_at = clock.utcnow()


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = AUTH_METHODS

    def check_params(self, request: OAuth2Request, client: OAuthClient) -> None:  # noqa: ARG002
        """A hint is only that."""
        if not request.form.get("token"):
            raise InvalidRequestError("Missing 'token' in request.")

    def query_token(self, token_string: str, token_type_hint: str | None) -> OAuthToken | None:  # noqa: ARG002
        return queries.token_by_text(token_string)

    def revoke_token(self, token: OAuthToken, request: OAuth2Request) -> None:  # noqa: ARG002
        services.take_back(token, clock.utcnow())


class Challenge(CodeChallenge):  # type: ignore[misc]
    """PKCE for every program, public or not, and S256 alone: a request without it, or with less, is refused."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)
    CODE_CHALLENGE_METHODS = {"S256": compare_s256_code_challenge}  # noqa: RUF012

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        given = grant.request.payload.data
        if not CHALLENGE.fullmatch(given.get("code_challenge", "")) or given.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE with code_challenge_method S256 is required.")
        super().validate_code_challenge(grant, redirect_uri)


class Issuer(IssuerParameter):  # type: ignore[misc]
    def get_issuer(self) -> str:
        return base_url()


def install(app: Flask) -> None:
    server = Server()
    server.init_app(app)
    server.register_grant(CodeGrant, [Challenge(required=True)])
    server.register_grant(RefreshGrant)
    server.register_endpoint(Revocation)
    server.register_extension(Issuer())
    app.extensions["oauth_server"] = server


def server() -> Server:
    found: Server = current_app.extensions["oauth_server"]
    return found


def base_url() -> str:
    """Also the issuer's name (RFC 8414)."""
    return str(current_app.extensions["settings"].base_url)


def refuse_repeated() -> None:
    """RFC 6749, sections 3.1 and 3.2: a parameter comes once. Raises InvalidRequestError."""
    given = this_request.form if this_request.method == "POST" else this_request.args
    if any(len(values) > 1 for _name, values in given.lists()):
        raise InvalidRequestError("A parameter came more than once.")


def way_back(error: OAuth2Error) -> str | None:
    """Where the program waits for this error; None where that cannot be believed."""
    if not error.redirect_uri:
        return None
    response: Response = server().handle_error_response(None, error)
    Issuer().add_issuer_parameter(server(), response)
    return response.location


def _acting(member: Member) -> Member | None:
    return member if member.state != "suspended" else None


def _token(**_about: Any) -> str:
    return services.secret()
