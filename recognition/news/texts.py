"""What an announcement says to one reader, or in one place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from recognition.announcements.fulltexts import FullText
from recognition.announcements.models import Notice
from recognition.database import among
from recognition.extensions import db
from recognition.news.models import DRAFT, WITHDRAWN, Announcement, AnnouncementText
from recognition.news.rules import closest, is_short_notice
from recognition.web.templating import markdown

_OWN_LINK = re.compile(r"\]\(/(?!/)")


@dataclass(frozen=True)
class Told:
    """`markdown` has whole addresses in its links and stands by itself away from this site."""

    title: str
    markdown: str
    language: str
    url: str


def text_in(one: Announcement, language: str) -> AnnouncementText:
    """In the language that comes nearest."""
    return one.texts[closest([text.language for text in one.texts], language)]


def shows_short_notice(one: Announcement) -> bool:
    """By when it went out, or is to go; a draft that waits for nobody is told nothing yet."""
    told_at = one.out_at or one.send_at
    return told_at is not None and is_short_notice(one.about_at, told_at, one.lead_days)


def titled(one: Announcement, title: str) -> str:
    """As it is told away from its page, where no label stands beside it."""
    if one.state == WITHDRAWN:
        return str(_("Withdrawn: %(title)s", title=title))
    return str(_("Short notice: %(title)s", title=title)) if shows_short_notice(one) else title


def told(one: Announcement, language: str) -> Told:
    home: str = current_app.extensions["settings"].base_url
    text = text_in(one, language)
    parts = _withdrawn(one) if one.state == WITHDRAWN else [*_corrected(one), text.body, *_decided(one)]
    whole = "\n\n".join(part for part in parts if part)
    return Told(
        titled(one, text.title), _OWN_LINK.sub(lambda _found: f"]({home}/", whole), text.language, f"{home}/news/{one.slug}"
    )


def _withdrawn(one: Announcement) -> list[str]:
    return [str(_("This announcement was withdrawn. The reason: %(reason)s", reason=one.withdrawn_reason))]


def _corrected(one: Announcement) -> list[str]:
    return [str(_("Corrected on %(day)s: %(note)s", day=each["at"][:10], note=each["note"])) for each in one.corrections]


def _decided(one: Announcement) -> list[str]:
    return ["\n".join(map(_record, one.decisions))] if one.decisions else []


def _record(each: dict[str, str]) -> str:
    """One line of it; the page tells who was asked and who is told."""
    line = f"- {each['what']} ({each['decider']}, {each['day']})"
    if each.get("outcome"):
        line += f": {each['outcome']}"
    url = each["url"].replace("(", "%28").replace(")", "%29")
    return f"{line} [{_('Read more')}]({url})" if url else line


def for_mail(notices: Sequence[Notice], language: str) -> dict[int, FullText]:
    """For wiring.hooks.MAIL_TEXTS: an announcement goes whole. One that was withdrawn meanwhile is left out."""
    ids = {notice.data["id"] for notice in notices if isinstance(notice.data.get("id"), int)}
    found = {one.id: one for one in db.session.scalars(sa.select(Announcement).where(among(Announcement.id, ids)))}
    return {notice.id: _mail(found.get(notice.data.get("id", 0)), notice.kind, language) for notice in notices}


def _mail(one: Announcement | None, kind: str, language: str) -> FullText:
    if one is None or one.state == WITHDRAWN or (one.state == DRAFT and kind == "news") or not one.texts:
        return FullText("", "", markdown(""), is_empty=True)
    said = told(one, language)
    return FullText(said.title, said.markdown, markdown(said.markdown), said.language)
