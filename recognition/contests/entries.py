"""What an entry is made of and what it lacks; values in, sentences out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from recognition.activities.rules import BadReport, clean_text, clean_url
from recognition.contests.rules import (
    ALT_MAX,
    ALT_MIN,
    AUTHORS_MAX,
    LINK,
    PERSON,
    PICTURE,
    STORY_MAX,
    TEXT,
    TEXT_MAX,
    TITLE_MAX,
)

LIMITS = {"title": TITLE_MAX, "story": STORY_MAX, "alt": ALT_MAX, "text": TEXT_MAX}
FIELDS = frozenset(LIMITS) | {"url", "licence", "co_authors", "nominee"}
_BETWEEN_HANDLES = re.compile(r"[\s,;]+")


@dataclass(frozen=True)
class Draft:
    """What the form says, as it may be stored. `co_authors` and `nominee` are handles."""

    title: str = ""
    story: str = ""
    alt: str = ""
    text: str = ""
    url: str = ""
    licence: str = ""
    co_authors: tuple[str, ...] = ()
    nominee: str = ""


def draft_of(form: Mapping[str, str], licences: Sequence[str], kept: Draft) -> tuple[Draft, dict[str, str]]:
    """What can be stored, and a sentence for each field that cannot: there what was `kept` before stays. Nothing has to
    be complete."""
    errors: dict[str, str] = {}
    texts = {name: _text(form.get(name, ""), limit, name, errors) for name, limit in LIMITS.items()}
    texts["title"] = " ".join(texts["title"].split())
    licence = form.get("licence", "")
    if licence and licence not in licences:
        errors["licence"] = _("Please choose one of the licences on this page.")
    handles = tuple(dict.fromkeys(_handle(word) for word in _BETWEEN_HANDLES.split(form.get("co_authors", "")) if word))
    if len(handles) >= AUTHORS_MAX:
        errors["co_authors"] = _("An entry has %(most)s authors at most, with you.", most=AUTHORS_MAX)
    draft = Draft(**texts, url=_url(form.get("url", ""), errors), licence=licence, co_authors=handles,
                  nominee=_handle(form.get("nominee", "").strip()))  # fmt: skip
    return replace(draft, **{name: getattr(kept, name) for name in errors}), errors


def lacks(takes: str, draft: Draft, has_picture: bool, licences: Sequence[str]) -> dict[str, str]:
    """What has to be there before it can be handed in: a sentence for each field that needs one."""
    found: dict[str, str] = {}
    if takes == PERSON:
        if not draft.nominee:
            found["nominee"] = _("Whom do you name? Their handle stands on their page, such as @amina.")
        if not draft.story:
            found["story"] = _("Tell us why: a sentence or two that you would also say to their face.")
        return found
    if not draft.title:
        found["title"] = _("It needs a title. A plain one is fine.")
    if takes == PICTURE and not has_picture:
        found["picture"] = _("Choose the picture.")
    if takes == PICTURE and len(draft.alt) < ALT_MIN:
        found["alt"] = _("Tell those who cannot see it what is there, in a sentence.")
    if takes == TEXT and not draft.text:
        found["text"] = _("Nothing is written yet.")
    if takes == LINK and not draft.url:
        found["url"] = _("Where is it? Give its address.")
    if takes in (PICTURE, TEXT) and draft.licence not in licences:
        found["licence"] = _("Say what others may do with it: choose one of the licences.")
    return found


def _text(given: str, limit: int, name: str, errors: dict[str, str]) -> str:
    given = given.replace("\r\n", "\n").replace("\r", "\n")
    if len(given) > limit:
        over = len(given) - limit
        errors[name] = _("This is %(over)s characters too long. It is all still here; please shorten it.", over=over)
        return ""
    try:
        return clean_text(given, name, limit)
    except BadReport:
        errors[name] = _("There are signs in it that cannot be shown. Please remove them.")
        return ""


def _url(given: str, errors: dict[str, str]) -> str:
    try:
        return clean_url(given.strip()) or ""
    except BadReport:
        errors["url"] = _("An address starts with http:// or https:// and has at most 1,000 signs.")
        return ""


def _handle(word: str) -> str:
    return word.removeprefix("@").lower()[:40]
