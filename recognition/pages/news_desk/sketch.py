"""What an announcement that nobody sent yet would look like, whom it would reach, and what is still missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from recognition.activities.audience import Counted, count
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import parse
from recognition.badges.words import names_for
from recognition.crowds import SMALL
from recognition.database import moment
from recognition.news.models import Announcement
from recognition.news.rules import LEAD_DAYS, MEMBERS, in_time_until, is_short_notice
from recognition.news.words import language_name
from recognition.pages.news_desk.forms import Written


@dataclass(frozen=True)
class Reach:
    """`words`: how many that will be today; `sentence`: who they are."""

    sentence: str
    words: str


@dataclass(frozen=True)
class Sketch:
    """`in_time_until`: the last day on which it would be no short notice."""

    texts: Sequence[tuple[str, str, str]]
    reach: Reach | None
    is_short_notice: bool
    in_time_until: date | None
    missing: Sequence[str]


def sketch(draft: Written) -> Sketch:
    now = moment()
    begins, lead = (draft.about.begins, draft.about.lead_days) if draft.about else (None, LEAD_DAYS)
    texts = [(one["language"], language_name(one["language"]), one["title"].strip()) for one in draft.texts]
    return Sketch(
        texts, _reach(draft, now),
        is_short_notice(begins, draft.send_at or now, lead),
        in_time_until(begins, lead) if begins is not None and begins > now else None,
        list(dict.fromkeys(draft.errors.values())),
    )  # fmt: skip


def _reach(draft: Written, now: datetime) -> Reach | None:
    if MEMBERS not in draft.channels:
        return None
    if draft.values["who"] != "rule":
        return Reach(str(_("Every member who is not suspended.")), counted(count(None, now)))
    if draft.audience is None:
        return None
    return Reach(audience_words(draft.audience), counted(count(draft.audience, now)))


def reach_of(one: Announcement) -> Reach | None:
    """Today, of one that is kept."""
    if MEMBERS not in one.channels:
        return None
    return Reach(audience_words(one.audience), counted(count(one.audience, moment())))


def audience_words(rule: dict[str, Any] | None) -> str:
    if rule is None:
        return str(_("Every member who is not suspended."))
    criteria = parse(rule)
    return str(_("Members who meet this rule: %(rule)s.", rule=describe(criteria, names_for([criteria]))))


def counted(found: Counted) -> str:
    """Few are not told, and neither are few who are left out: who looks for one person by a rule learns nothing of them."""
    if found.told is None:
        return str(_("Fewer than %(few)s people, perhaps nobody.", few=SMALL))
    if found.is_all:
        return str(_("%(number)s people, as of today.", number=found.told))
    if found.is_nearly_all:
        return str(_("Nearly all of us, as of today."))
    return str(_("About %(number)s people, as of today, by what all of us may see.", number=found.told))
