"""The digest of what people did, in one member's mail: deeds and thanks of the time, and what they could do next."""

from collections.abc import Sequence
from datetime import datetime

from flask import current_app, g
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from recognition import clock
from recognition.activities.lately import Lately, lately
from recognition.announcements.fulltexts import FullText
from recognition.announcements.models import Notice
from recognition.announcements.rules import DAY, MONTH
from recognition.campaigns.queries import running_for
from recognition.contests.at_hand import VOTE, at_hand
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.pages.next_steps import Suggestion, suggestions
from recognition.pages.posters import poster
from recognition.quests.queries import next_for

DEEDS_SHOWN = 10
KEPT = "digests_of_this_job"


def for_mail(notices: Sequence[Notice], _language: str) -> dict[int, FullText]:
    """For wiring.hooks.MAIL_TEXTS."""
    return {notice.id: _digest(notice) for notice in notices}


def _digest(notice: Notice) -> FullText:
    told = notice.data
    found = _lately(datetime.fromisoformat(told["since"]), datetime.fromisoformat(told["until"]))
    if found.is_empty:
        return FullText(_title(told["rhythm"]), "", Markup(""), is_empty=True)
    filled = {"home": current_app.extensions["settings"].base_url, "lately": found, "steps": _steps(notice.member_id)}
    pages = current_app.jinja_env
    text = pages.get_template("mail/digest/body.txt").render(filled)
    html = pages.get_template("mail/digest/body.html").render(filled)
    # What fills the template was escaped by it.
    return FullText(_title(told["rhythm"]), text.strip(), Markup(html))  # noqa: S704


def _title(rhythm: str) -> str:
    if rhythm == DAY:
        return _("What people did since yesterday")
    return _("What people did this month") if rhythm == MONTH else _("What people did this week")


def _lately(since: datetime, until: datetime) -> Lately:
    """Once for all who have their digest at the same time: one job writes many."""
    kept: dict[tuple[datetime, datetime], Lately] = g.setdefault(KEPT, {})
    if (since, until) not in kept:
        kept[since, until] = lately(since, until, DEEDS_SHOWN)
    return kept[since, until]


def _steps(member_id: int) -> list[Suggestion]:
    """As on their first page. A mail is written without a request, and addresses are made in one."""
    now = clock.utcnow()
    member = db.session.get_one(Member, member_id)
    language, home = str(get_locale()), current_app.extensions["settings"].base_url
    with current_app.test_request_context(base_url=home), force_locale(language):
        running = running_for(member.id, now, 1)
        invitation = next((poster(campaign, now) for campaign, joined in running if not joined), None)
        # A vote is at hand for those who have not voted: that is for their own eyes, and mails pass many.
        contests = [one for one in at_hand(member, now) if one.what != VOTE]
        return suggestions(member.id, next_for(member.id), invitation, member.takes_badges, contests, now)
