"""A notice that carries more than a sentence by mail. Packages that know such a kind are listed in wiring.hooks.MAIL_TEXTS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import current_app
from markupsafe import Markup

from recognition.announcements.models import Notice


@dataclass(frozen=True)
class FullText:
    """`text` is plain, `html` was cleaned by whoever gives it, with whole addresses in it; `language` is what both are
    written in, "" for the mail's own. Where `is_empty`, there is nothing to tell after all, and the notice is left out."""

    title: str
    text: str
    html: Markup
    language: str = ""
    is_empty: bool = False


Texts = Callable[[Sequence[Notice], str], dict[int, FullText]]
"""For notices of one kind and one reader, in the language that is closest to the given one; by the id of the notice."""


def full_texts(notices: Sequence[Notice], language: str) -> dict[int, FullText]:
    found: dict[int, FullText] = {}
    by_kind: dict[str, Texts] = current_app.extensions["mail_texts"]
    for kind, texts in by_kind.items():
        if theirs := [notice for notice in notices if notice.kind == kind]:
            found |= texts(theirs, language)
    return found
