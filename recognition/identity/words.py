"""Texts that people type about themselves: real scripts and emoji stay, what would deceive an eye is refused."""

import re
import unicodedata
from urllib.parse import urlsplit

from flask_babel import gettext as _

from recognition.identity.fields import look
from recognition.text import is_blank, is_showable, shown_only

HANDLE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
HANDLE_MIN_CHARS, HANDLE_MAX_CHARS = 2, 40
_RESERVED = """admin administrator all anonymous anybody api awards badges boards campaigns contests council curator
    edit everybody everyone feeds groups healthz help info join login logout mail me media member members mentor metrics
    moderator mozilla myself new nobody none null official owner quests recognition reviewer root security self settings
    somebody staff static support system team undefined verify webmaster you""".split()


def is_reserved(handle: str) -> bool:
    """Whether it could be taken for a part of the house: here a 1 may also stand for an i."""
    return look(handle).replace("i", "l") in _RESERVED_LOOKS


_RESERVED_LOOKS = {look(word).replace("i", "l") for word in _RESERVED}


class BadText(ValueError):
    """Its text is a sentence for the person who typed it."""


def clean(value: str, limit: int, lines: bool = False) -> str:
    """NFC, trimmed; on one line unless `lines`. Raises BadText."""
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n"))
    text = text.strip() if lines else " ".join(text.split())
    if len(text) > limit:
        raise BadText(_("This is longer than %(limit)d characters. Please shorten it.", limit=limit))
    if not is_showable(text):
        raise BadText(_("This holds characters that cannot be shown. Please type it again."))
    if text and is_blank(text):
        raise BadText(_("This holds only invisible characters."))
    return text


def tidy(value: object, limit: int) -> str:
    """For a text from elsewhere that nobody can be asked about: what may not stay is dropped."""
    text = unicodedata.normalize("NFC", shown_only(value)) if isinstance(value, str) else ""
    text = " ".join(text.split())[:limit].rstrip()
    return shown_only(text)


def clean_handle(value: str) -> str:
    """Raises BadText; whether somebody else looks like this is for the database to say."""
    handle = value.strip().removeprefix("@")
    if not HANDLE.fullmatch(handle) or not HANDLE_MIN_CHARS <= len(handle) <= HANDLE_MAX_CHARS:
        raise BadText(_("A handle has 2 to 40 small letters a to z, digits and single hyphens, such as mara-lin."))
    if is_reserved(handle):
        raise BadText(_("This handle could be taken for a part of the house. Please choose another one."))
    return handle


def slug(text: str) -> str:
    """ "São Tomé" becomes "sao-tome"; "" where no letter has a place in an address."""
    bare = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", bare))[:30].rstrip("-")


def handle_from(*texts: object) -> str:
    """The first of the texts that makes a handle; "" if none does. A mail address would give away too much."""
    for text in texts:
        if not isinstance(text, str) or "@" in text:
            continue
        handle = slug(text)
        if len(handle) >= HANDLE_MIN_CHARS and not is_reserved(handle):
            return handle
    return ""


def browser_words(user_agent: str) -> str:
    """ "Firefox on Linux", from what a browser says of itself; the name a program gives itself where we do not know it;
    "" where there is neither."""
    name = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    if system:
        return _("%(browser)s on %(system)s", browser=name or _("A browser"), system=system)
    return name or user_agent.partition(" ")[0][:40].removeprefix("Mozilla/5.0")


# The order matters: nearly all of them also call themselves by the name of an older one.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def clean_link(value: str) -> str:
    text = clean(value, 300)
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None and " " not in text
    except ValueError:
        good = False
    if not good:
        raise BadText(_("%(link)s is not a web address that starts with https:// or http://.", link=text[:80]))
    return text
