"""How strong the evidence of a deed is, and how it came into the log, in words for every row."""

from collections.abc import Callable

from flask_babel import gettext as _

from recognition.activities.models import CONFIRMED, PASSIVE, SELF

PROOFS: dict[int, Callable[[], str]] = {
    SELF: lambda: _("told by themselves"),
    PASSIVE: lambda: _("backed by more than their own word"),
    CONFIRMED: lambda: _("confirmed by a witness"),
}
HEADINGS: dict[int, Callable[[], str]] = {
    SELF: lambda: _("Told by the one who did it"),
    PASSIVE: lambda: _("Backed by more than their own word"),
    CONFIRMED: lambda: _("Confirmed by a witness"),
}

WAYS: dict[str, Callable[[], str]] = {
    "web": lambda: "",
    "demo": lambda: "",
    "together": lambda: _("done together"),
    "list": lambda: _("from a list of who was there"),
    "api": lambda: _("by a program"),
    "discourse": lambda: _("from the forum"),
    "feed": lambda: _("from a blog"),
    "github": lambda: _("from a code host"),
    "ical": lambda: _("from a calendar"),
    "mail": lambda: _("by mail"),
    "mediawiki": lambda: _("from the wiki"),
    "xapi": lambda: _("from a learning record"),
}


def proof(evidence: int) -> str:
    return PROOFS[evidence]()


def heading(evidence: int) -> str:
    """The same, where it stands by itself."""
    return HEADINGS[evidence]()


def way(source: str) -> str:
    """Empty for what was told right here. A source without words of its own is called by its name."""
    words = WAYS.get(source)
    return words() if words else _("from %(source)s", source=source)
