"""Quests, badges, contests and campaigns: how far people came, as each of them keeps it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.badges.models import PUBLISHED, Badge, BadgeRarity
from recognition.badges.rarity import FEWEST_MEMBERS
from recognition.campaigns.models import Campaign
from recognition.contests.models.contest import Contest, Round
from recognition.database import among
from recognition.extensions import db
from recognition.metrics import hiding, queries
from recognition.news.models import OUT, Announcement, AnnouncementText
from recognition.pages.dashboards.charts import BARS, FUNNEL, PERCENT, Chart, Row, without_untold
from recognition.quests.models import Quest, Step

LISTED_MAX = 60


def quest_list() -> list[tuple[str, str]]:
    """(slug, title) of those that people walk."""
    asked = sa.select(Quest.slug, Quest.title).where(Quest.state == "published").order_by(Quest.position, Quest.id)
    return [(row.slug, row.title) for row in db.session.execute(asked.limit(LISTED_MAX))]


def learning_charts(quest: str) -> list[Chart]:
    return [_quest(quest or next((slug for slug, _title in quest_list()), "")), _badges()]


def campaign_charts(day: int) -> list[Chart]:
    campaigns = db.session.scalars(
        sa.select(Campaign).where(Campaign.published_at.is_not(None)).order_by(Campaign.starts_at.desc()).limit(LISTED_MAX)
    ).all()
    return [_reach(campaigns), _lead(campaigns), _lead_of_news(), _turnout(day)]


def _quest(slug: str) -> Chart:
    asked = (
        sa.select(Step.title, Step.reached_count, Step.done_count)
        .join(Quest, sa.and_(Quest.id == Step.quest_id, Quest.version == Step.version))
        .where(Quest.slug == slug, Quest.state == "published")
        .order_by(Step.position)
        .limit(LISTED_MAX)
    )
    steps = db.session.execute(asked).all()
    reached = hiding.chain([row.reached_count for row in steps])
    rows = []
    for place, row in enumerate(steps):
        done = hiding.chain([row.reached_count, row.done_count])[1] if reached[place] is not None else None
        rows.append(Row(row.title, (reached[place], done)))
    about = _("How many came to each step of the version that people start today, and how many did it.")
    return Chart("quest", _("Where a quest lets people go"), about, FUNNEL, _("Step"), [_("Came to it"), _("Did it")], rows,
                 family="learning")  # fmt: skip


def _badges() -> Chart:
    """A badge worn by few may say who: below the smallest number its line shows none."""
    asked = (
        sa.select(Badge.slug, Badge.name, BadgeRarity.holders, BadgeRarity.members)
        .join(BadgeRarity, BadgeRarity.badge_id == Badge.id)
        .where(Badge.state == PUBLISHED, BadgeRarity.members >= FEWEST_MEMBERS)
        .order_by(BadgeRarity.holders.desc(), Badge.name)
        .limit(LISTED_MAX)
    )
    rows = []
    for slug, name, holders, members in db.session.execute(asked):
        shown = hiding.chain([members, holders])[1]
        share = None if shown is None else round(100 * holders / members)
        rows.append(Row(name, (shown, share), url_for("badges.show", slug=slug)))
    told, more = without_untold(rows)
    about = _("Active members who wear it where others can see it, and what share of all active members that is.")
    return Chart("badges", _("How rare badges are"), about, BARS, _("Badge"), [_("Wear it"), _("Percent")], told, more=more,
                 family="making")  # fmt: skip


def _reach(campaigns: Sequence[Campaign]) -> Chart:
    rows = []
    for one in campaigns:
        joined, reached = (_big(number) for number in (one.joined_count, one.reached_count))
        rows.append(Row(one.title, (reached, joined, _big(one.base_count)), url_for("campaigns.show", slug=one.slug)))
    told, more = without_untold(rows)
    about = _("People who reached the goal, who joined, and active members of whom a goal's share is taken.")
    columns = [_("Reached it"), _("Joined"), _("Active members")]
    return Chart("reach", _("How far campaigns reach"), about, BARS, _("Campaign"), columns, told, more=more, family="gathering")


def _lead(campaigns: Sequence[Campaign]) -> Chart:
    rows = [
        Row(one.title, (_days_before(one.published_at, one.starts_at), one.lead_days), url_for("campaigns.show", slug=one.slug))
        for one in campaigns
    ]
    about = _("Days between the day a campaign was published and the day it began; what it set itself stands beside it.")
    columns = [_("Days before"), _("Set itself")]
    return Chart("lead", _("How early we say it"), about, BARS, _("Campaign"), columns, rows, note=_half(rows), family="caring")


def _lead_of_news() -> Chart:
    """What was told a day after the beginning or later is a look back."""
    asked = (
        sa.select(Announcement.slug, AnnouncementText.title, Announcement.about_at, Announcement.out_at, Announcement.lead_days)
        .join(AnnouncementText, sa.and_(AnnouncementText.announcement_id == Announcement.id, AnnouncementText.position == 0))
        .where(Announcement.state == OUT, Announcement.about_at.is_not(None), Announcement.is_public)
        .order_by(Announcement.out_at.desc(), Announcement.id.desc())
        .limit(LISTED_MAX)
    )
    rows = [
        Row(one.title, (_days_before(one.out_at, one.about_at), one.lead_days), url_for("news.show", slug=one.slug))
        for one in db.session.execute(asked)
        if one.out_at < one.about_at + timedelta(days=1)
    ]
    about = _("Days between the day an announcement went out and the day on which what it tells of began, and the lead agreed.")
    columns = [_("Days before"), _("Agreed")]
    return Chart("lead-news", _("How early we announce it"), about, BARS, _("Announcement"), columns, rows, note=_half(rows),
                 family="caring")  # fmt: skip


def _days_before(told_at: datetime | None, begins: datetime) -> int:
    return max((begins - told_at).days, 0) if told_at is not None else 0


def _half(rows: Sequence[Row]) -> str:
    middle = round(median(row.values[0] or 0 for row in rows)) if rows else 0
    return ngettext("Half of them were out at least %(num)s day before they began.",
                    "Half of them were out at least %(num)s days before they began.", middle)  # fmt: skip


def _turnout(day: int) -> Chart:
    found = queries.figures(["contests.roll", "contests.voted"], {"round"}, day)
    roll = {one.slot: one.value for one in found.get(("contests.roll", "round"), ())}
    voted = {one.slot: one.value for one in found.get(("contests.voted", "round"), ())}
    asked = sa.select(Round.id, Round.title, Round.position, Contest.title.label("contest"), Contest.slug)
    asked = asked.join(Contest, Contest.id == Round.contest_id).where(among(Round.id, map(int, roll)))
    rows = []
    for row in db.session.execute(asked.order_by(Round.id.desc())):
        everybody, took_part = hiding.chain([roll[str(row.id)], voted.get(str(row.id), 0)])
        share = None if everybody is None or took_part is None else round(100 * took_part / everybody)
        name = f"{row.contest} · {row.title}" if row.title else row.contest
        rows.append(Row(name, (share, took_part, everybody), url_for("contests.show", slug=row.slug)))
    told, more = without_untold(rows)
    about = _("Of those on the roll of a round that is closed, how many voted. Who they are is nowhere told.")
    return Chart("turnout", _("How many vote"), about, BARS, _("Round"), [_("Percent"), _("Voted"), _("On the roll")], told,
                 more=more, family="making", scale=PERCENT)  # fmt: skip


def _big(number: int) -> int | None:
    return number if number >= hiding.LEAST else None
