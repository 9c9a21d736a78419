"""What a program says of itself when it registers (RFC 7591), checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recognition.identity.oauth.addresses import BadAddress, check_redirect
from recognition.identity.oauth.models import AUTH_METHODS
from recognition.identity.oauth.scopes import SCOPES, listed
from recognition.identity.words import BadText, clean, clean_link
from recognition.text import is_showable

REDIRECTS_MAX = 10
NAME_MAX_CHARS = 80
_LINKS = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
_TEXTS = ("software_id", "software_version")
_GRANTS = {"authorization_code", "refresh_token"}


class BadRegistration(ValueError):
    """`error` is a code of RFC 7591, section 3.2.2; the text is English and ASCII."""

    def __init__(self, text: str, error: str = "invalid_client_metadata") -> None:
        self.error = error
        super().__init__(text)


@dataclass(frozen=True)
class Registration:
    name: str
    redirect_uris: tuple[str, ...]
    auth_method: str
    scopes: tuple[str, ...]
    refreshes: bool
    about: Mapping[str, str]


def read(said: Any, home: str) -> Registration:
    """`home`: our own address. What we do not use is left out of the answer, as the RFC allows. Raises BadRegistration."""
    if not isinstance(said, dict):
        raise BadRegistration("The metadata is a JSON object.")
    method = said.get("token_endpoint_auth_method", "client_secret_basic")
    if method not in AUTH_METHODS:
        raise BadRegistration(f"token_endpoint_auth_method is one of {', '.join(AUTH_METHODS)}.")
    grants = _texts(said, "grant_types", ["authorization_code"])
    if "authorization_code" not in grants or not set(grants) <= _GRANTS:
        raise BadRegistration("grant_types holds authorization_code, and perhaps refresh_token.")
    if _texts(said, "response_types", ["code"]) != ["code"]:
        raise BadRegistration("response_types holds code and nothing else.")
    scopes, refreshes = _scopes(said), "refresh_token" in grants
    return Registration(_name(said), _redirects(said, home), method, scopes, refreshes, _about(said))


def _texts(said: Mapping[str, Any], name: str, default: list[str]) -> list[str]:
    value = said.get(name, default)
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise BadRegistration(f"{name} is a list of texts.")
    return value


def _name(said: Mapping[str, Any]) -> str:
    name = said.get("client_name")
    try:
        text = clean(name, NAME_MAX_CHARS) if isinstance(name, str) else ""
    except BadText:
        text = ""
    if not text:
        raise BadRegistration(f"client_name is how people know the program: 1 to {NAME_MAX_CHARS} characters that can be shown.")
    return text


def _redirects(said: Mapping[str, Any], home: str) -> tuple[str, ...]:
    uris = said.get("redirect_uris")
    if not isinstance(uris, list) or not 1 <= len(uris) <= REDIRECTS_MAX:
        raise BadRegistration(f"redirect_uris is a list of 1 to {REDIRECTS_MAX} addresses.", "invalid_redirect_uri")
    try:
        return tuple(dict.fromkeys(check_redirect(uri, home) for uri in uris))
    except BadAddress as fault:
        raise BadRegistration(str(fault), "invalid_redirect_uri") from None


def _scopes(said: Mapping[str, Any]) -> tuple[str, ...]:
    scope = said.get("scope", " ".join(SCOPES))
    asked = listed(scope) if isinstance(scope, str) else []
    if not asked or not set(asked) <= set(SCOPES):
        raise BadRegistration("scope names one or more of the scopes of this server, with spaces between them.")
    return tuple(asked)


def _about(said: Mapping[str, Any]) -> dict[str, str]:
    about = {name: said[name] for name in (*_LINKS, *_TEXTS) if said.get(name)}
    for name, value in about.items():
        if not isinstance(value, str) or len(value) > 300 or not is_showable(value):
            raise BadRegistration(f"{name} is a text of at most 300 characters.")
        if name in _LINKS:
            about[name] = _link(name, value)
    return about


def _link(name: str, value: str) -> str:
    try:
        return clean_link(value)
    except BadText:
        raise BadRegistration(f"{name} is a web address.") from None
