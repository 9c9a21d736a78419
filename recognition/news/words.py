"""What the parts of an announcement are called."""

from collections.abc import Iterable

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _

from recognition.news.models import Channel
from recognition.news.rules import DECISION_STATES, MEMBERS, SORTS


def sorts() -> dict[str, str]:
    return dict(zip(SORTS, (_("News"), _("Article"), _("Minutes"), _("Digest")), strict=True))


def states() -> dict[str, str]:
    return {"draft": _("draft"), "planned": _("planned"), "out": _("out"), "withdrawn": _("withdrawn")}


def decision_states() -> dict[str, str]:
    return dict(zip(DECISION_STATES, (_("decided"), _("proposed"), _("still open"), _("dropped")), strict=True))


def dispatch_states() -> dict[str, str]:
    return {
        "waiting": _("waits for its next try"), "sending": _("on its way"), "sent": _("there"), "failed": _("not there"),
        "unsure": _("perhaps there"),
    }  # fmt: skip


def adapters() -> dict[str, str]:
    return {
        "forum": _("A forum (Discourse)"),
        "matrix": _("A Matrix room"),
        "chat": _("A chat that takes webhooks"),
        "file": _("A folder on the server"),
    }


def members_channel() -> tuple[str, str, str]:
    """As a choice of the form."""
    return MEMBERS, str(_("Members")), str(_("A notice for each of them, by mail at their own rhythm."))


def group_channels(name: str) -> str:
    return str(_("Channels of %(group)s", group=name))


def listed(channels: Iterable[Channel]) -> str:
    """Each with its language, where it has one."""
    return ", ".join(f"{one.name} ({language_name(one.language)})" if one.language else one.name for one in channels)


def language_name(code: str) -> str:
    """As those who speak it call it; an unknown code as it is."""
    try:
        locale = Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return code
    name = str(locale.get_display_name(locale) or code)
    return name[:1].upper() + name[1:]


def is_language(code: str) -> bool:
    """Whether it is a code that says how the text is to be read aloud: de, pt-BR, zh-Hant."""
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return len(code) <= 16


def direction(code: str) -> str:
    try:
        return Locale.parse(code, sep="-").text_direction
    except (UnknownLocaleError, ValueError):
        return "auto"
