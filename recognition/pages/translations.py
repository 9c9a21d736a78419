"""What the pages for translating share: the languages there are, and the original beside the translation, line by line."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from babel import Locale, UnknownLocaleError
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _

from recognition.tongues import CODE, CODE_MAX_CHARS, LETTERS_MAX, READY, Translation, Words, behind, missing

BEHIND = "behind"


@dataclass(frozen=True)
class Tongue:
    """`state`: draft, ready, or behind where the original moved on after it was ready. `of`: how many texts there are."""

    code: str
    name: str
    state: str
    told: int
    of: int
    behind: int
    changed_at: datetime


@dataclass(frozen=True)
class Line:
    """One text. `original_then`: what was translated, where the original is another one now. `part`: what it is a part of."""

    place: str
    name: str
    part: str
    original: str
    words: str
    original_then: str
    rows: int


def tongues(those: Iterable[Translation], original: Words) -> list[Tongue]:
    return [_tongue(kept, original) for kept in those if kept.words]


def _tongue(kept: Translation, original: Words) -> Tongue:
    late = behind(original, kept.words, kept.was)
    lacks = missing(original, kept.words)
    state = BEHIND if kept.state == READY and (late or lacks) else kept.state
    return Tongue(kept.language, language_name(kept.language), state, len(original) - len(lacks), len(original), len(late),
                  kept.changed_at)  # fmt: skip


def lines(original: Words, kept: Translation | None, words: Words, named: Callable[[str], tuple[str, str]]) -> list[Line]:
    """`named`: what the text at a place is called, and the part it belongs to."""
    late = behind(original, kept.words, kept.was) if kept else []
    then = {place: kept.was.get(place, "") for place in late} if kept else {}
    return [Line(place, *named(place), source, words.get(place, ""), then.get(place, ""), _rows(source))
            for place, source in original.items()]  # fmt: skip


def _rows(source: str) -> int:
    return min(max(len(source) // 70 + 1, source.count("\n") + 1), 16)


def typed(original: Words) -> dict[str, str]:
    """What the form holds, by place."""
    return {place: _clean(request.form.get(f"text-{place}", "")) for place in original}


def fault(original: Words, words: Words, state: str) -> str:
    """Why they cannot be kept so; "" where they can."""
    if any(len(text) > LETTERS_MAX for text in words.values()):
        return str(
            _("One of the texts is longer than %(max)s letters. All of it is still here: please shorten it.", max=LETTERS_MAX)
        )
    return unfinished() if state == READY and missing(original, words) else ""


def ticked(original: Words) -> list[str]:
    """Where the translation still fits, though the original is another one now."""
    return [place for place in original if request.form.get(f"fits-{place}")]


def unknown() -> str:
    return str(_("We do not know this language. A code such as de, pt-BR or zh-Hant, please."))


def unfinished() -> str:
    return str(_("Some texts are still without words. Keep it as a draft until they are there, or fill them in."))


def overtaken() -> str:
    return str(_("Somebody else kept this translation meanwhile. Yours is all here; keeping it now puts it in place of theirs."))


def kept_words(state: str) -> str:
    return str(_("Kept. Whoever reads this language meets it from now on.") if state == READY else _("Kept as a draft."))


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def is_language(code: str) -> bool:
    if len(code) > CODE_MAX_CHARS or not CODE.fullmatch(code):
        return False
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def language_name(code: str) -> str:
    """In the words of the page."""
    try:
        return Locale.parse(code, sep="-").get_display_name(get_locale() or "en") or code
    except (UnknownLocaleError, ValueError):
        return code
