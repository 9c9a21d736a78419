"""Is this deed in the log already? Asked before a second one is stored; who tells it decides."""

from collections import Counter
from datetime import timedelta
from difflib import SequenceMatcher
from urllib.parse import urlsplit

import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity
from recognition.activities.rules import INTERNAL_KINDS, Report, fingerprint
from recognition.extensions import db
from recognition.identity.fields import fold

DAYS_AROUND = 3
"""A page that is linked twice within so many days is likely linked for one deed."""
LOOKED_AT_MAX = 300
WORDS_MAX = 60
NEAR = 0.8
"""The share of words, in their order, that two texts have in common when they likely tell one thing."""


def had_already(report: Report) -> int | None:
    """The deed of the same member that this one likely tells again, whatever source it came from: the same in all, the same
    link within a few days, or nearly the same words on the same day. None also where the log knows the very report: that is
    a double click, which `record` answers."""
    day = clock.start_of(clock.day_number(report.occurred_at))
    first, last = day - timedelta(days=DAYS_AROUND), day + timedelta(days=DAYS_AROUND + 1)
    columns = (Activity.id, Activity.source, Activity.source_key, Activity.fingerprint, Activity.url, Activity.text,
               Activity.occurred_day)  # fmt: skip
    around = sa.select(*columns).where(Activity.member_id == report.member_id, Activity.occurred_at.between(first, last))
    around = around.where(Activity.withdrawn_at.is_(None), Activity.kind.not_in(INTERNAL_KINDS))
    rows = db.session.execute(around.order_by(Activity.occurred_at.desc(), Activity.id.desc()).limit(LOOKED_AT_MAX)).all()
    if any((row.source, row.source_key) == (report.source, report.source_key) for row in rows):
        return None
    own_print, own_link, own_words = fingerprint(report), plain_link(report.url), words_of(report.text)
    own_day = clock.day_number(report.occurred_at)
    for row in rows:
        same_link = own_link is not None and plain_link(row.url) == own_link
        same_day = row.occurred_day == own_day
        if row.fingerprint == own_print or same_link or (same_day and is_near(words_of(row.text), own_words)):
            return int(row.id)
    return None


def words_of(text: str) -> list[str]:
    """The first words, without case, accents and signs."""
    bare = "".join(char if char.isalnum() else " " for char in fold(text[: WORDS_MAX * 40]))
    return bare.split()[:WORDS_MAX]


def is_near(one: list[str], other: list[str]) -> bool:
    if not one or not other:
        return False
    shared = sum((Counter(one) & Counter(other)).values())
    if 2 * shared < NEAR * (len(one) + len(other)):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= NEAR


def plain_link(url: str | None) -> str | None:
    """One page, however its address is written: without the scheme, the part of the page, and what a case or a last slash
    changes."""
    if not url:
        return None
    parts = urlsplit(url)
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"
