"""What a mail says: a few notices in words, each with its way in, and the way out of all mails."""

from collections.abc import Sequence
from datetime import datetime

from flask import current_app
from flask_babel import force_locale, ngettext

from recognition.announcements.channels.mail import Letter
from recognition.announcements.models import Notice
from recognition.announcements.queries import NoticeLine, lines
from recognition.announcements.wishes import off_token
from recognition.announcements.words import ANSWERED_BY_LINK
from recognition.i18n import LANGUAGES
from recognition.identity.models import Member

SHOWN_MAX = 20


def letter(key: str, to: str, reader: Member, notices: Sequence[Notice], now: datetime) -> Letter:
    """Rendered without a request, so without what only pages have."""
    home = current_app.extensions["settings"].base_url
    told, pages = lines(notices[:SHOWN_MAX], reader), current_app.jinja_env
    filled = {
        "home": home,
        "name": reader.name,
        "lines": [(line.words, f"{home}{_path(line, notice)}") for line, notice in zip(told, notices, strict=False)],
        "more": len(notices) - len(told),
        "off_url": f"{home}/mail/off/{off_token(reader.id)}",
        "settings_url": f"{home}/me/settings",
    }
    with force_locale(LANGUAGES[0]):
        only = told[0].words
        return Letter(
            key=key,
            at=now,
            to=to,
            subject=ngettext("%(only)s", "%(num)d notices for you", len(notices), only=only),
            text=pages.get_template("mail/notices/body.txt").render(filled),
            html=pages.get_template("mail/notices/body.html").render(filled),
            off_url=str(filled["off_url"]),
        )


def _path(line: NoticeLine, notice: Notice) -> str:
    """By way of the notice, which is then read; but a question is answered without signing in."""
    return line.path if notice.kind in ANSWERED_BY_LINK else f"/me/notices/{line.id}"
