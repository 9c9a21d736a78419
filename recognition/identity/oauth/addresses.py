"""Where a program may have its answers sent."""

import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

from recognition.identity.oauth.models import REDIRECT_MAX_CHARS

_VISIBLE = re.compile(r"[\x21-\x7e]+")
_DECEIVING = set("#*\\\"'<>^`{|}")
_OURS = {"code", "state", "iss", "error", "error_description", "error_uri"}
_LOOPBACK = ("127.0.0.1", "localhost")
"""No IPv6: a Content-Security-Policy cannot name such an address, and the page that asks names where it may lead."""


class BadAddress(ValueError):
    """Its text says what is wrong, in English: it is read by whoever writes the program."""


def check_redirect(uri: object, home: str) -> str:
    """https, or http to this very machine; exact, whole and visible. `home`: our own address, where no answer may go.
    Raises BadAddress."""
    if not isinstance(uri, str) or not _VISIBLE.fullmatch(uri) or len(uri) > REDIRECT_MAX_CHARS:
        raise BadAddress(f"A redirect URI is a text of at most {REDIRECT_MAX_CHARS} visible ASCII characters.")
    if set(uri) & _DECEIVING:
        raise BadAddress("A redirect URI has no fragment, no wildcard, no quote, no bracket and no backslash.")
    parts = _split(uri)
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise BadAddress("A redirect URI starts with https://, or with http://127.0.0.1 or http://localhost.")
    if "@" in parts.netloc or not re.fullmatch(r"[a-z0-9.-]+", parts.hostname):
        raise BadAddress("A redirect URI names a plain host, without a user or a password.")
    if origin(uri) == origin(home):
        raise BadAddress("A redirect URI leads to the program, not back to this site.")
    if _OURS & {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}:
        raise BadAddress("A redirect URI carries none of the parameters that the answer brings.")
    return uri


def origin(uri: str) -> str:
    """Scheme, host and port as a browser writes them; "" for what is no address."""
    parts = _split(uri)
    if not parts.hostname:
        return ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{parts.port}" if parts.port not in (None, usual) else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def _split(uri: str) -> SplitResult:
    try:
        parts = urlsplit(uri)
        _ = parts.port  # raises for one that is no number
    except ValueError:
        return urlsplit("")
    return parts
