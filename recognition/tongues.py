"""Words that are told in more than one language: a translation kept beside the original, text by text, and which one a reader
gets. A text is called by its place in what it belongs to ("title", "steps.why.body")."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from babel import Locale, UnknownLocaleError
from flask import Flask, request, session
from markupsafe import Markup
from sqlalchemy.orm import Mapped, mapped_column

from recognition import i18n
from recognition.database import Json, UtcDateTime, insert_new
from recognition.extensions import db

DRAFT, READY = "draft", "ready"
LANGUAGES_MAX = 100
LETTERS_MAX = 60_000
"""Of one text in another language."""
CHOSEN = "quest_language"
"""Where a session keeps in which language somebody reads."""
CODE_MAX_CHARS = 16
CODE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
"""Such as de, pt-BR or zh-Hant."""
Words = Mapping[str, str]


def install(app: Flask) -> None:
    app.jinja_env.globals["lang_of"] = lang_of


class Overtaken(Exception):
    """Somebody else kept theirs meanwhile."""


class Translation:
    """The columns of a table of translations; what it belongs to is the first part of the key. `words` by place; `was` holds
    what each was translated from. `state`: draft or ready. Where the original moved on, a ready one still shows, text by text,
    as far as the original is the same."""

    language: Mapped[str] = mapped_column(sa.String(16), primary_key=True, sort_order=1)
    words: Mapped[dict[str, str]] = mapped_column(Json, default=dict, sort_order=1)
    was: Mapped[dict[str, str]] = mapped_column(Json, default=dict, sort_order=1)
    state: Mapped[str] = mapped_column(sa.String(5), default=DRAFT, sort_order=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, sort_order=1)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"), sort_order=1)


T = TypeVar("T", bound=Translation)


class Said(str):
    """A text and the language it is in."""

    lang: str

    def __new__(cls, text: str, lang: str) -> "Said":
        made = super().__new__(cls, text)
        made.lang = lang
        return made


@dataclass(frozen=True)
class Telling:
    """`words`: by place, those that hold. `languages`: in which it can be read, its own first."""

    original: str
    language: str
    languages: tuple[str, ...]
    words: Words

    def say(self, place: str, original: str) -> Said:
        return Said(self.words[place], self.language) if place in self.words else Said(original, self.original)


def untold(language: str) -> Telling:
    """The original and nothing else."""
    return Telling(language, language, (language,), {})


def holding(original: Words, words: Words, was: Words) -> dict[str, str]:
    """Those whose original still is what was translated."""
    return {place: words[place] for place, text in original.items() if words.get(place) and was.get(place) == text}


def behind(original: Words, words: Words, was: Words) -> list[str]:
    """Places whose original is another than the one that was translated."""
    return [place for place, text in original.items() if words.get(place) and was.get(place) != text]


def missing(original: Words, words: Words) -> list[str]:
    return [place for place in original if not words.get(place)]


def chosen(offered: Sequence[str], wanted: Iterable[str]) -> str:
    """The first of the wanted ones that there is, else the first offered: the original. pt-BR is served by pt, and de by de-AT,
    where there is nothing closer."""
    return next((found for one in wanted if (found := _closest(one, offered))), offered[0])


def _closest(wanted: str, offered: Sequence[str]) -> str | None:
    exact = next((one for one in offered if one.lower() == wanted.lower()), None)
    root = wanted.lower().partition("-")[0]
    return exact or next((one for one in offered if one.lower().partition("-")[0] == root), None)


def wanted_languages() -> list[str]:
    """The one that the address names, else the one that was chosen, else those that the browser asks for."""
    named = [request.args.get("lang", "")[:CODE_MAX_CHARS], str(session.get(CHOSEN, ""))]
    return [*filter(None, named), *request.accept_languages.values()]


def hold(model: type[T], of: Mapping[str, Any], language: str, now: datetime, **first: Any) -> T:
    """The row, made where it is the first time, and held: two who keep at once come one after the other. `of`: to what it
    belongs, by column; `first`: further columns of a new one."""
    table: Any = model.__table__  # type: ignore[attr-defined]
    insert_new(table, [{**of, "language": language, "words": {}, "was": {}, "state": DRAFT, "changed_at": now, **first}])
    wanted = sa.select(model).where(*(table.c[name] == value for name, value in of.items()), model.language == language)
    return db.session.scalars(wanted.with_for_update(), execution_options={"populate_existing": True}).one()


def keep(
    kept: Translation,
    original: Words,
    words: Words,
    fits: Collection[str],
    state: str,
    now: datetime,
    actor_id: int | None,
) -> None:
    """`words`: as they shall be from now on; `fits`: places whose words are right for today's original though they did not
    change."""
    new = {place: text for place, text in words.items() if place in original and text}
    changed = {place for place, text in new.items() if kept.words.get(place) != text} | (set(fits) & set(new))
    kept.was = {place: original[place] if place in changed else kept.was.get(place, "") for place in new}
    kept.words, kept.state, kept.changed_at, kept.by_id = new, state, now, actor_id


def restore(kept: Translation, words: Words, was: Words, state: str, now: datetime, actor_id: int | None) -> bool:
    """As they were kept elsewhere. False: they are the same already."""
    if (kept.words, kept.was, kept.state) == (words, was, state):
        return False
    kept.words, kept.was, kept.state, kept.changed_at, kept.by_id = dict(words), dict(was), state, now, actor_id
    return True


def stamp(kept: Translation | None) -> str:
    """Changes with each keeping; "" while nothing was kept."""
    return f"{kept.changed_at.timestamp():.6f}" if kept is not None and kept.words else ""


def lang_of(text: object) -> Markup:
    """The attribute that tells a screen reader in which language to read, where it is not the page's own."""
    lang = getattr(text, "lang", "")
    if not lang or lang == i18n.language():
        return Markup("")
    return Markup(' lang="{}" dir="{}"').format(lang, "rtl" if lang.partition("-")[0] in i18n.RIGHT_TO_LEFT else "ltr")


def language_name(code: str) -> str:
    """In its own words, as its readers look for it."""
    try:
        locale = Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return code
    return str(locale.get_display_name(locale) or code).capitalize()
