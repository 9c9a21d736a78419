"""What somebody typed about a task, checked."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import gettext as _

from recognition.identity.words import BadText, clean
from recognition.teams.rules import (
    MINUTES_MAX,
    TITLE_MAX_CHARS,
    UNTIL_MAX_DAYS,
    WANT_MAX_CHARS,
    WANTS_MAX,
    WORDS_MAX_CHARS,
    NotSaved,
    TaskForm,
    word_of,
)

WANTED_MAX = WANTS_MAX * 4
"""So many are looked at; some may be there twice, or empty."""
FIELDS = ("title", "words", "wants", "minutes", "until")


def task_form(form: Mapping[str, str], today: date) -> TaskForm:
    """Raises NotSaved, with every fault at once."""
    errors: dict[str, str] = {}
    title = _text(form, "title", TITLE_MAX_CHARS, errors)
    if not title:
        errors.setdefault("title", _("What is to be done, in a line?"))
    words = _text(form, "words", WORDS_MAX_CHARS, errors, lines=True)
    typed = form.get("minutes", "").strip()
    minutes = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 0
    if not 1 <= minutes <= MINUTES_MAX:
        errors["minutes"] = _("A number from 1 to %(max)s, please. A guess is enough.", max=MINUTES_MAX)
    made = TaskForm(title, words, _wants(form, errors), minutes, _until(form, today, errors))
    if errors:
        raise NotSaved(errors)
    return made


def _text(form: Mapping[str, str], name: str, limit: int, errors: dict[str, str], lines: bool = False) -> str:
    try:
        return clean(form.get(name, ""), limit, lines=lines)
    except BadText as bad:
        errors[name] = str(bad)
        return ""


def _wants(form: Mapping[str, str], errors: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    typed = form.get("wants", "").split(",", WANTED_MAX)
    if len(typed) > WANTED_MAX:
        errors["wants"] = _("At most %(most)d, please.", most=WANTS_MAX)
        return found
    try:
        for said in typed:
            word = clean(said, WANT_MAX_CHARS).removeprefix("#")
            if word_of(word):
                found.setdefault(word_of(word), word)
    except BadText as bad:
        errors["wants"] = str(bad)
    if len(found) > WANTS_MAX:
        errors["wants"] = _("At most %(most)d, please.", most=WANTS_MAX)
    return found


def _until(form: Mapping[str, str], today: date, errors: dict[str, str]) -> date | None:
    typed = form.get("until", "").strip()
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed[:10])
    except ValueError:
        day = date.max
    if not today <= day <= today + timedelta(days=UNTIL_MAX_DAYS):
        errors["until"] = _("A day from today on, within two years; or leave it empty.")
    return day
