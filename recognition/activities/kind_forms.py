"""What comes out of the forms about kinds and tags: checked values, or a sentence for each field that needs another look."""

import re
from itertools import zip_longest

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from recognition.activities.kinds import FAMILIES, KindSpec
from recognition.activities.rules import BadReport, clean_tags, clean_text

LABEL_MAX, HINT_MAX, POINTS_MAX, LANGUAGES_MAX = 120, 200, 1000, 40
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def kind_form(form: MultiDict[str, str]) -> tuple[KindSpec, dict[str, str]]:
    """The values are only for use if there are no errors."""
    errors: dict[str, str] = {}
    label = _line(form, "label", LABEL_MAX, errors)
    if not label:
        errors.setdefault("label", _("What shall people call it? A word or two is enough."))
    family = form.get("family", "helping")
    if family not in FAMILIES:
        errors["family"] = _("Please choose one of the five families.")
    points = form.get("points", "5").strip()
    if not (points.isascii() and points.isdigit() and len(points) <= 4 and int(points) <= POINTS_MAX):
        errors["points"] = _("Points are a whole number from 0 to %(most)s.", most=POINTS_MAX)
    hint = _line(form, "hint", HINT_MAX, errors)
    labels = _labels(form, errors)
    if errors:
        return KindSpec(label=label), errors
    return KindSpec(label, family, hint, int(points), form.get("offered") == "1", labels), {}


def tag_form(text: str) -> tuple[str, str]:
    """One tag, folded as deeds' tags are, and what is wrong with it."""
    try:
        tags = clean_tags([text])
    except BadReport:
        tags = ()
    return (tags[0], "") if tags else ("", _("A tag is one word, such as #mentoring, of at most 64 characters."))


def _line(form: MultiDict[str, str], name: str, most: int, errors: dict[str, str]) -> str:
    try:
        text = " ".join(clean_text(form.get(name, ""), name).split())
    except BadReport:
        errors[name] = _("This cannot be stored as it is. Please type it anew, and keep it short.")
        return ""
    if len(text) > most:
        errors[name] = _("Please keep it within %(most)s characters.", most=most)
    return text


def _labels(form: MultiDict[str, str], errors: dict[str, str]) -> dict[str, str]:
    """Pairs of a language's tag and a name; a pair without a name is left out."""
    found: dict[str, str] = {}
    pairs = list(zip_longest(form.getlist("language"), form.getlist("name"), fillvalue=""))
    for tag, name in [(tag.strip(), name.strip()) for tag, name in pairs[: LANGUAGES_MAX + 1]]:
        if not tag and not name:
            continue
        one = MultiDict({"labels": name})
        word = _line(one, "labels", LABEL_MAX, errors)
        if not LANGUAGE.fullmatch(tag):
            errors["labels"] = _("A language is written as a short code, such as de, pt-BR or sw.")
        elif word:
            found[tag] = word
    if len(found) > LANGUAGES_MAX:
        errors["labels"] = _("At most %(most)s languages, please.", most=LANGUAGES_MAX)
    return found
