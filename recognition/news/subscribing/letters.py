"""What these mails say."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from recognition.announcements.channels.mail import Letter
from recognition.announcements.letters import spoken
from recognition.announcements.wishes import return_token
from recognition.i18n import RIGHT_TO_LEFT
from recognition.news.subscribing.services import Parcel
from recognition.news.subscribing.tokens import JOIN, LEAVE, token
from recognition.news.texts import told
from recognition.news.words import direction
from recognition.web.templating import markdown

QUESTION = "mail/subscribing/question.txt", "mail/subscribing/question.html"
NEWS = "mail/subscribing/news.txt", "mail/subscribing/news.html"


@dataclass(frozen=True)
class Piece:
    title: str
    url: str
    text: str
    html: Markup
    language: str
    direction: str


def letter(parcel: Parcel, now: datetime) -> Letter:
    """Rendered without a request."""
    settings, key = current_app.extensions["settings"], token_urlsafe(16)
    home, language = settings.base_url, spoken(parcel.language)
    off_url = f"{home}/news/unsubscribe/{token(LEAVE, parcel.id, parcel.to)}"
    with force_locale(language):
        pieces = _pieces(parcel)
        filled = {
            "home": home, "site": settings.site_name, "pieces": pieces, "off_url": off_url, "language": language,
            "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
            "join_url": f"{home}/news/subscribe/{token(JOIN, parcel.id, parcel.to)}",
        }  # fmt: skip
        body, subject = QUESTION, _("Would you like news from %(site)s?", site=settings.site_name)
        if pieces:
            body = NEWS
            subject = pieces[0].title if len(pieces) == 1 else _("News from %(site)s", site=settings.site_name)
        pages = current_app.jinja_env
        return Letter(
            key=key, at=now, to=parcel.to, subject=subject, off_url=off_url,
            returned=return_token(key, parcel.to, now.toordinal()),
            text=pages.get_template(body[0]).render(filled),
            html=pages.get_template(body[1]).render(filled),
        )  # fmt: skip


def _pieces(parcel: Parcel) -> list[Piece]:
    found = [told(one, parcel.language) for one in parcel.news]
    return [
        Piece(one.title, one.url, one.markdown, markdown(one.markdown), one.language, direction(one.language)) for one in found
    ]
