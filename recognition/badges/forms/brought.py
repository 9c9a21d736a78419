"""A badge as somebody hands it over: a file, an address, or its text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

URL_MAX = 2000
ADDRESS_MAX = 254
CHECKED_MAX_BYTES = 2 * 1024 * 1024
_MEGABYTE = 1024 * 1024
_BARE = re.compile(r"(?P<host>localhost|(?:[a-z0-9_-]+\.)+[a-z0-9-]+|\[[0-9a-f:.]+\])(:\d{1,5})?/\S*", re.IGNORECASE | re.ASCII)
"""As people write an address, and as our own prints show it."""
_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|\[::1\]", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Brought:
    """One of the two is not empty."""

    content: bytes = b""
    url: str = ""


def brought(form: Mapping[str, str], file: FileStorage | None, most_bytes: int) -> tuple[Brought, dict[str, str]]:
    """The value is only for use if there are no errors, by field: `file` or `text`. A file goes before what stands in the
    field for text, where an address may have been filled in for whoever came."""
    if file is not None and file.filename:
        return _file(file, most_bytes)
    text = form.get("text", "").strip().lstrip("\ufeff")
    if not text:
        return Brought(), {"file": _("Choose a file, or paste an address or the text of a badge below.")}
    if url := as_url(text):
        return (Brought(url=url), {}) if _is_address(url) else (Brought(), {"text": _("This address is not complete.")})
    content = text.encode("utf-8", "replace")
    if len(content) > most_bytes:
        return Brought(), {"text": _too_large(most_bytes)}
    return Brought(content), {}


def as_url(text: str) -> str:
    """With its scheme where that was left out; empty for what is no address."""
    if len(text) > URL_MAX or len(text.split()) != 1:
        return ""
    if text[:8].lower().startswith(("http://", "https://")):
        return text
    found = _BARE.fullmatch(text)
    if not found:
        return ""
    host, slash, rest = text.partition("/")
    return f"{'http' if _LOOPBACK.fullmatch(found['host']) else 'https'}://{host.lower()}{slash}{rest}"


def address_of(form: Mapping[str, str]) -> tuple[str, str]:
    """An e-mail address, and what is wrong with it. Both empty where none was given."""
    text = form.get("address", "").strip()
    name, at, host = text.rpartition("@")
    if text and (not name or not at or not host or len(text) > ADDRESS_MAX or len(text.split()) > 1):
        return text, _("That does not look like an e-mail address.")
    return text, ""


def _file(file: FileStorage, most_bytes: int) -> tuple[Brought, dict[str, str]]:
    content = file.stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        return Brought(), {"file": _too_large(most_bytes)}
    if not content.strip():
        return Brought(), {"file": _("The file is empty.")}
    return Brought(content), {}


def _too_large(most_bytes: int) -> str:
    return _("A badge is no larger than %(most)s MB here, and this is. Nothing of it was looked at or kept.",
             most=most_bytes // _MEGABYTE)  # fmt: skip


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _port = parts.port  # raises for one that is no number
    except ValueError:
        return False
    return bool(parts.hostname)
