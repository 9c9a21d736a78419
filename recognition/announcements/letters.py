"""What a mail says: a few notices in words, each with its way in, some with their whole text; and the ways out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from recognition.announcements.channels.mail import Letter
from recognition.announcements.fulltexts import FullText, full_texts
from recognition.announcements.models import Notice
from recognition.announcements.queries import NoticeLine, lines
from recognition.announcements.rules import MINE, QUESTIONS
from recognition.announcements.topics import topic_words
from recognition.announcements.wishes import off_token, return_token
from recognition.announcements.words import ANSWERED_BY_LINK, ONLY_BY_MAIL, topic_of
from recognition.i18n import LANGUAGES, RIGHT_TO_LEFT
from recognition.identity.models import Member

SHOWN_MAX, TEXTS_MAX = 20, 10
NOTHING = Markup("")


@dataclass(frozen=True)
class Piece:
    """One notice in a mail: a line with its address, or a whole text (`text`, `html`) with a title."""

    words: str
    url: str
    text: str = ""
    html: Markup = NOTHING
    language: str = ""
    direction: str = "ltr"


def letter(key: str, to: str, reader: Member, notices: Sequence[Notice], now: datetime, language: str = "") -> Letter | None:
    """Rendered without a request, so without what only pages have. None where nothing is left to tell."""
    with force_locale(spoken(language)):
        whole = full_texts(notices, language)
        told = _worth_telling(notices, whole)
        if not told:
            return None
        pieces = _pieces(reader, told, whole)
        filled = _filled(reader, pieces, told, spoken(language))
        pages = current_app.jinja_env
        return Letter(
            key=key,
            at=now,
            to=to,
            subject=ngettext("%(only)s", "%(num)d notices for you", len(told), only=pieces[0].words),
            text=pages.get_template("mail/notices/body.txt").render(filled),
            html=pages.get_template("mail/notices/body.html").render(filled),
            off_url=str(filled["topic_off_url"] or filled["off_url"]),
            returned=return_token(key, to, now.toordinal()),
        )


def spoken(language: str) -> str:
    """The one of the house's languages that is nearest."""
    return next((one for one in (language, language.split("-", maxsplit=1)[0]) if one in LANGUAGES), LANGUAGES[0])


def _worth_telling(notices: Sequence[Notice], whole: Mapping[int, FullText]) -> list[Notice]:
    """A digest without a text is none."""
    return [one for one in notices if not (whole[one.id].is_empty if one.id in whole else one.kind in ONLY_BY_MAIL)]


def _pieces(reader: Member, told: Sequence[Notice], whole: Mapping[int, FullText]) -> list[Piece]:
    """Lines first and whole texts behind them, so that a short word is not lost under a long one, nor a text for many
    lines."""
    texts = [notice for notice in told if notice.id in whole][:TEXTS_MAX]
    shown = [notice for notice in told if notice.id not in whole][: SHOWN_MAX - len(texts)] + texts
    return [_piece(line, notice, whole) for line, notice in zip(lines(shown, reader), shown, strict=True)]


def _piece(line: NoticeLine, notice: Notice, whole: Mapping[int, FullText]) -> Piece:
    url = current_app.extensions["settings"].base_url + _path(line, notice)
    text = whole.get(notice.id)
    if text is None:
        return Piece(line.words, url)
    direction = "rtl" if text.language.split("-")[0] in RIGHT_TO_LEFT else "ltr"
    return Piece(text.title, url, text.text, text.html, text.language, direction)


def _path(line: NoticeLine, notice: Notice) -> str:
    """By way of the notice, which is then read; but a question is answered without signing in, and what is public is read
    by whomever the mail is passed on to."""
    return line.path if notice.kind in {*ANSWERED_BY_LINK, *ONLY_BY_MAIL} else f"/me/notices/{line.number}"


def _filled(reader: Member, pieces: Sequence[Piece], notices: Sequence[Notice], language: str) -> dict[str, Any]:
    home = current_app.extensions["settings"].base_url
    topics = {topic_of(notice.kind, notice.topic) for notice in notices}
    # Who presses the button of a mail about themselves means all mails; in one about news, the news.
    only = next(iter(topics)) if len(topics) == 1 and not topics & {MINE, QUESTIONS} else ""
    return {
        "home": home,
        "name": reader.name,
        "pieces": pieces,
        "more": len(notices) - len(pieces),
        "off_url": f"{home}/mail/off/{off_token(reader.id)}",
        "topic_off_url": f"{home}/mail/off/{off_token(reader.id, only)}" if only else "",
        "topic": topic_words([only])[only] if only else _("all"),
        "settings_url": f"{home}/me/mail",
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
    }
