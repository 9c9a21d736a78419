"""The digest of what somebody follows: a few deeds of each thing that had any, and where the rest is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from recognition.activities.followed import Span, heard
from recognition.activities.queries import Deed
from recognition.announcements.following import SORTS, follows
from recognition.announcements.fulltexts import FullText
from recognition.announcements.models import Notice
from recognition.announcements.rules import DAY, MONTH
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.pages.follows import Line, lines

DEEDS_EACH, THINGS_SHOWN = 3, 8


@dataclass(frozen=True)
class Part:
    """One thing that is followed: `more` deeds beside those that are told."""

    line: Line
    deeds: Sequence[Deed]
    more: int


def for_mail(notices: Sequence[Notice], _language: str) -> dict[int, FullText]:
    """For wiring.hooks.MAIL_TEXTS."""
    return {notice.id: _letter(notice) for notice in notices}


def _letter(notice: Notice) -> FullText:
    told = notice.data
    parts = _parts(notice.member_id, Span(datetime.fromisoformat(told["since"]), datetime.fromisoformat(told["until"])))
    if not parts:
        return FullText(_title(told["rhythm"]), "", Markup(""), is_empty=True)
    filled = {
        "home": current_app.extensions["settings"].base_url, "parts": parts[:THINGS_SHOWN],
        "others": max(len(parts) - THINGS_SHOWN, 0),
    }  # fmt: skip
    pages = current_app.jinja_env
    text = pages.get_template("mail/followed/body.txt").render(filled)
    html = pages.get_template("mail/followed/body.html").render(filled)
    # What fills the template was escaped by it.
    return FullText(_title(told["rhythm"]), text.strip(), Markup(html))  # noqa: S704


def _title(rhythm: str) -> str:
    if rhythm == DAY:
        return _("What you follow: news since yesterday")
    return _("What you follow: news of this month") if rhythm == MONTH else _("What you follow: news of this week")


def _parts(member_id: int, span: Span) -> list[Part]:
    """As the member may see it now, not when it happened."""
    reader = db.session.get_one(Member, member_id)
    known = {(one.sort, one.name): one for one in lines(follows(member_id), reader)}
    ordered = sorted(known.values(), key=lambda one: one.words.casefold())
    asked = {sort: [one.name for one in ordered if one.sort == sort and one.path] for sort in SORTS}
    return [Part(known[one.sort, one.name], one.deeds, one.more) for one in heard(reader, asked, span, DEEDS_EACH)]
