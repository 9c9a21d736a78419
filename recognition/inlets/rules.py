"""How names elsewhere are compared, what of a sighting is kept, and which news wins. The errors of this package."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from recognition.activities.rules import (
    DEFAULT_KIND,
    EARLIEST,
    INTERNAL_KINDS,
    TAGS_MAX,
    TEXT_MAX_CHARS,
    BadReport,
    clean_tags,
    clean_url,
    slug_of,
    tags_in,
)
from recognition.activities.sources import mediawiki
from recognition.activities.sources.seen import LOGIN, MAIL, Doer, Seen
from recognition.text import shown_only

ASK, TAKE, OFF = "ask", "take", "off"
NEW, ASKED, TAKEN, DROPPED = "new", "asked", "taken", "dropped"
SIGN_IN = "sign-in"
"""As `source` of an account: a login or a verified address, which mean the same wherever they are named."""
NAME_MAX_CHARS = 200
LABEL_MAX_CHARS = 120
HOOK_PURPOSE = "inlet"
UNMATCHED_DAYS = 90
ARRIVALS_DAYS = 30
FORMER_SECRET = timedelta(days=1)
INLETS_EACH = 20
"""Of one source in the whole house, so that a signature is compared with few secrets; and of each member and group."""
ACCOUNTS_EACH = 30


class NotTaken(Exception):
    """Its text is a sentence for the person who tried."""


def fold(place: str, name: str, source: str = "") -> str:
    """As names there are compared, and no looser: or who is called nearly alike there could show that somebody else's name is
    theirs. Subjects of logins are compared byte for byte (OpenID Connect Core, section 2); on a wiki all but the first letter
    of a name is, and "_" stands for a space."""
    name = name[:NAME_MAX_CHARS]
    if place == LOGIN:
        return name
    name = unicodedata.normalize("NFC", name).strip()
    if source != mediawiki.NAME:
        return unicodedata.normalize("NFC", name.lower())[:NAME_MAX_CHARS]
    name = name.replace("_", " ").strip()
    first = name[:1].upper()
    return (first if len(first) == 1 else name[:1]) + name[1:]


def where(doer: Doer, source: str) -> tuple[str, str]:
    """Place and folded name, as the tables hold them."""
    place = doer.place.strip().lower()[:NAME_MAX_CHARS]
    return place, fold(place, shown_only(doer.name).strip(), source)


def is_address(place: str) -> bool:
    return place in (MAIL, LOGIN)


def draft_of(seen: Seen) -> dict[str, Any]:
    """The fields of a report, cut and cleaned: a long post or an odd tag there is no reason to lose the deed here."""
    text = unicodedata.normalize("NFC", shown_only(seen.text)).strip()[:TEXT_MAX_CHARS]
    return {
        "kind": " ".join(shown_only(seen.kind_label).split())[:LABEL_MAX_CHARS],
        "text": text,
        "url": _url(seen.url),
        "tags": list(_tags([*seen.tags, *tags_in(text)])),
        "who": shown_only(seen.account.name).strip()[:NAME_MAX_CHARS],
    }


def kind_of(draft: Mapping[str, Any]) -> str:
    slug = slug_of(draft["kind"]) if draft["kind"] else DEFAULT_KIND
    return DEFAULT_KIND if slug in INTERNAL_KINDS else slug


def moment(value: datetime, now: datetime) -> datetime:
    """What is still to come has not happened, and what lies before the web is a mistake of a clock there."""
    return max(min(value, now), EARLIEST)


def is_newer(version_at: datetime, gone: bool, known_at: datetime, known_gone: bool) -> bool:
    """Of two that are equally new, what is gone stays gone; else the one that came last is taken."""
    return version_at > known_at or (version_at == known_at and (gone or not known_gone))


def _url(value: str | None) -> str | None:
    try:
        return clean_url(value)
    except BadReport:
        return None


def _tags(values: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for value in values:
        try:
            kept += clean_tags([value])
        except BadReport:
            continue
    return tuple(dict.fromkeys(kept))[:TAGS_MAX]
