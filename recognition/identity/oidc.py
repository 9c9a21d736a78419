"""Signing in at the issuer by OpenID Connect: code with PKCE, state and nonce, and every answer checked."""

import logging
import re
import time
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlsplit

import requests
from authlib.common.urls import add_params_to_uri
from authlib.integrations.flask_client import OAuth, OAuthError
from authlib.integrations.flask_client.apps import FlaskOAuth2App
from flask import Flask, Response, current_app, request, session
from joserfc.errors import JoseError

from recognition.config import LOOPBACK, Settings
from recognition.identity.wire import GuardedSession

log = logging.getLogger(__name__)

ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
"""Signatures by the issuer's own key. Never none, and never a shared secret."""
METADATA_SECONDS = 3600
SUBJECT = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")
"""OpenID Connect Core, section 2: at most 255 ASCII characters. We take those that can be seen."""
_PENDING = "_state_issuer_"


class IssuerAway(Exception):
    """It does not answer, or not as an issuer does."""


class SignInFailed(Exception):
    """`said` is the issuer's own word on it, plain text; "" if the answer was not believed."""

    def __init__(self, reason: str, said: str = "") -> None:
        self.reason, self.said = reason, said
        super().__init__(reason)


@dataclass(frozen=True)
class Identity:
    """What the issuer says of the person; only `issuer` and `subject` say who it is."""

    issuer: str
    subject: str
    username: str = ""
    name: str = ""
    email: str | None = None
    email_verified: bool = False
    id_token: str | None = None


class Issuer(FlaskOAuth2App):  # type: ignore[misc]
    """Asks for the issuer's metadata when it is first needed, so that the product starts without it."""

    client_cls = GuardedSession

    def load_server_metadata(self) -> dict[str, Any]:
        if time.time() - self.server_metadata.get("_loaded_at", 0) > METADATA_SECONDS:
            with self._get_session() as http:
                answer = http.request("GET", self._server_metadata_url, withhold_token=True)
            answer.raise_for_status()
            if answer.status_code != 200:
                raise ValueError("the issuer's metadata is not at its address")
            self.server_metadata: dict[str, Any] = {**_checked(answer.json(), self.issuer), "_loaded_at": time.time()}
        return self.server_metadata


def install(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    if settings.oidc_issuer is None:
        app.extensions["oidc"] = None
        return
    client = OAuth(app).register(
        "issuer",
        client_cls=Issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    )
    client.issuer = settings.oidc_issuer
    app.extensions["oidc"] = client


def client() -> Issuer | None:
    found: Issuer | None = current_app.extensions["oidc"]
    return found


def start(issuer: Issuer) -> Response:
    """To the issuer's page. Raises IssuerAway. The browser keeps state, nonce and verifier in its signed session."""
    for old in [key for key in session if key.startswith(_PENDING)][:-2]:
        session.pop(old)
    try:
        answer: Response = issuer.authorize_redirect(_base_url() + "/login/callback")
    except (requests.RequestException, ValueError, OAuthError) as fault:
        _away(fault)
    return answer


def finish(issuer: Issuer) -> Identity:
    """Who came back. Raises IssuerAway or SignInFailed. Calls the issuer: no transaction may be open."""
    try:
        _check_sender(issuer)
        token = issuer.authorize_access_token(claims_options=_wanted(iss=issuer.issuer, aud=issuer.client_id))
        claims = token.get("userinfo")
        if not claims:
            raise SignInFailed("no id_token in the answer")
        return _identity(issuer, token, dict(claims))
    except requests.RequestException as fault:
        _away(fault)
    except OAuthError as fault:
        log.info("Signing in failed: %s", fault.error)
        raise SignInFailed(str(fault.error), _plain(fault.description or fault.error)) from None
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as fault:
        log.warning("The issuer's answer was not believed (%s: %s)", type(fault).__name__, _plain(str(fault)))
        raise SignInFailed("the answer was not believed") from None


def logout_url(id_token: str | None) -> str | None:
    """Where the login at the issuer ends too; None if it knows no such place, or is away."""
    issuer = client()
    if issuer is None or id_token is None:
        return None
    try:
        end = issuer.load_server_metadata().get("end_session_endpoint")
    except (requests.RequestException, ValueError) as fault:
        log.warning("The issuer did not hear of a logout (%s).", type(fault).__name__)
        return None
    if not end:
        return None
    known = {"id_token_hint": id_token, "client_id": issuer.client_id, "post_logout_redirect_uri": _base_url() + "/"}
    url: str = add_params_to_uri(end, list(known.items()))
    return url


def _check_sender(issuer: Issuer) -> None:
    """RFC 9207: the answer's `iss` is compared exactly, and must be there if the issuer promises it."""
    said = request.args.get("iss")
    promised = issuer.load_server_metadata().get("authorization_response_iss_parameter_supported") is True
    if said != issuer.issuer and (said is not None or promised):
        raise SignInFailed("the answer came from another issuer")


def _wanted(**claims: str) -> dict[str, Any]:
    """Authlib by itself pins `iss` alone, and would take an empty or a foreign `aud`."""
    return {name: {"essential": True, "values": [value]} for name, value in claims.items()}


def _identity(issuer: Issuer, token: dict[str, Any], claims: dict[str, Any]) -> Identity:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not SUBJECT.fullmatch(subject):
        raise SignInFailed("a subject that cannot be kept")
    if not claims.get("name") and not claims.get("preferred_username"):
        claims |= _more(issuer, token, subject)
    email = claims.get("email")
    usable = isinstance(email, str) and "@" in email and len(email) <= 254 and email.isprintable()
    return Identity(
        issuer=issuer.issuer,
        subject=subject,
        username=_text(claims.get("preferred_username")) or _text(claims.get("nickname")),
        name=_text(claims.get("name")),
        email=email if usable else None,
        email_verified=usable and claims.get("email_verified") is True,
        id_token=token["id_token"],
    )


def _text(claim: object) -> str:
    return claim[:300] if isinstance(claim, str) else ""


def _more(issuer: Issuer, token: dict[str, Any], subject: str) -> dict[str, Any]:
    """Many issuers tell the name only at the user info endpoint. It is a courtesy: without it all goes on."""
    if "userinfo_endpoint" not in issuer.load_server_metadata():
        return {}
    try:
        claims = dict(issuer.userinfo(token=token))
    except (requests.RequestException, ValueError, OAuthError):
        return {}
    return claims if claims.get("sub") == subject else {}


def _checked(metadata: Any, issuer: str) -> dict[str, Any]:
    """Raises ValueError for an issuer that is another one, or that would be asked over an open wire."""
    if not isinstance(metadata, dict) or metadata.get("issuer") != issuer:
        raise ValueError("the metadata names another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not _is_safe(metadata.get(name)):
            raise ValueError(f"{name} is missing or not https")
    for name in ("userinfo_endpoint", "end_session_endpoint"):
        if not _is_safe(metadata.get(name)):
            metadata.pop(name, None)
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    algorithms = [name for name in offered if name in ALGORITHMS]
    if not algorithms:
        raise ValueError("no signature of the issuer's own key is offered")
    return metadata | {"id_token_signing_alg_values_supported": algorithms}


def _is_safe(url: object) -> bool:
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _away(fault: Exception) -> NoReturn:
    log.warning("The issuer does not answer (%s: %s)", type(fault).__name__, _plain(str(fault)))
    raise IssuerAway from None


def _plain(text: object) -> str:
    return " ".join(str(text).split())[:200]


def _base_url() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.base_url
