"""What a month brought, drafted from data as an announcement for everybody, outside readers too. The council reads it,
changes what it likes, and sends it or not."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import sqlalchemy as sa
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import lazyload

from recognition.activities.lately import Lately, lately
from recognition.activities.rules import slug_of
from recognition.audit.models import AuditEntry
from recognition.campaigns.models import Campaign
from recognition.contests.models.contest import Contest, Result
from recognition.contests.rules import PUBLISHED
from recognition.extensions import db
from recognition.i18n import LANGUAGES
from recognition.news.models import Announcement
from recognition.news.rules import NewsSpec, Text
from recognition.news.services import writing
from recognition.refs import Ref

DEEDS, LINES_MAX = 12, 20
FIRST_DAYS = 7
"""On which the month before is drafted; a draft that somebody threw away is not made again."""
SMALLEST_SHOWN = 5
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&])")


def draft_due(now: datetime) -> Announcement | None:
    """The digest of the month before, once; None where it was drafted already, it is too late, or nothing happened."""
    if now.day > FIRST_DAYS:
        return None
    last_day = now.astimezone(UTC).replace(day=1) - timedelta(days=1)
    return draft(last_day.year, last_day.month, now)


def draft(year: int, month: int, now: datetime) -> Announcement | None:
    since = datetime(year, month, 1, tzinfo=UTC)
    until = since + timedelta(days=monthrange(year, month)[1])
    title = str(_("What %(month)s brought", month=format_date(since.date(), "MMMM yyyy")))
    drafted = AuditEntry.action == "news.drafted", AuditEntry.target == str(Ref("news", slug_of(title)))
    if db.session.scalar(sa.select(sa.exists().where(*drafted))):
        return None
    body = "\n\n".join(_parts(since, until))
    if not body:
        return None
    return writing.create(NewsSpec((Text(LANGUAGES[0], title, body),), sort="digest"), now, None)


def _parts(since: datetime, until: datetime) -> Iterator[str]:
    found = lately(since, until, DEEDS)
    yield from _list(_("What people did"), [*_kinds(found, since, until)], _numbers(found))
    yield from _list(_("Campaigns"), [_campaign(one, until) for one in _campaigns(since, until)])
    yield from _list(_("Contests"), [f"[{plain(one.title)}](/contests/{one.slug}/results)" for one in _contests(since, until)])


def _list(heading: str, lines: Sequence[str], words: str = "") -> Iterator[str]:
    if not lines and not words:
        return
    yield f"## {heading}"
    if words:
        yield words
    if lines:
        yield "\n".join(f"- {line}" for line in lines)


def _kinds(found: Lately, since: datetime, until: datetime) -> Iterator[str]:
    """Neither names nor anybody's words: this text stays in the archive and in mailboxes. Each line leads to the list of such
    deeds of the month as it is when somebody reads it, without those that were hidden or taken back meanwhile."""
    days = {"from": since.date().isoformat(), "to": (until - timedelta(days=1)).date().isoformat()}
    for slug, label in {deed.kind: deed.kind_label for deed in found.deeds}.items():
        yield f"[{plain(label)}](/activities/?{urlencode({'kind': slug, **days})})"


def _numbers(found: Lately) -> str:
    told = []
    if found.deed_count:
        told.append(ngettext("%(num)d deed was told.", "%(num)d deeds were told.", found.deed_count))
    if found.thanks_count:
        words = ngettext("%(num)d time somebody said thank you.", "%(num)d times somebody said thank you.", found.thanks_count)
        told.append(words)
    return " ".join(told)


def _campaigns(since: datetime, until: datetime) -> Sequence[Campaign]:
    ran = (Campaign.state.in_(("published", "ended")), Campaign.starts_at < until, Campaign.ends_at > since)
    wanted = sa.select(Campaign).where(*ran).order_by(Campaign.ends_at, Campaign.id).limit(LINES_MAX)
    return db.session.scalars(wanted.options(lazyload(Campaign.items))).all()


def _campaign(one: Campaign, until: datetime) -> str:
    """With the numbers of its own page, where they are large enough to be told."""
    day = format_date(one.ends_at.date(), "d MMM yyyy")
    told = [_("It ended on %(day)s.", day=day) if one.ends_at < until else _("It runs until %(day)s.", day=day)]
    if one.joined_count >= SMALLEST_SHOWN:
        told.append(ngettext("%(num)d person joined.", "%(num)d people joined.", one.joined_count))
    if one.reached_count >= SMALLEST_SHOWN:
        told.append(ngettext("%(num)d person reached its goal.", "%(num)d people reached its goal.", one.reached_count))
    return f"[{plain(one.title)}](/campaigns/{one.slug}): {' '.join(told)}"


def _contests(since: datetime, until: datetime) -> Sequence[Contest]:
    """Those whose result became known."""
    known = sa.exists().where(Result.contest_id == Contest.id, Result.number == 1, Result.at >= since, Result.at < until)
    wanted = sa.select(Contest).where(Contest.state == PUBLISHED, known).order_by(Contest.id).limit(LINES_MAX)
    return db.session.scalars(wanted.options(lazyload(Contest.prizes), lazyload(Contest.rounds))).all()


def plain(text: str) -> str:
    """On one line, and no mark of Markdown in it means anything."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
