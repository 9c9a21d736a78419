"""A campaign in the words and figures that its pages show."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import format_decimal, format_percent, ngettext
from flask_babel import gettext as _

from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import COMING, OVER, RUNNING, GoalProgress, goal_progress, phase


@dataclass(frozen=True)
class Poster:
    """`last_day` is shown to people: the last moment that still belongs to the campaign."""

    campaign: Campaign
    phase: str
    phase_words: str
    last_day: datetime
    goal: GoalProgress | None
    goal_words: str
    target_words: str
    people_words: str


def poster(campaign: Campaign, now: datetime) -> Poster:
    at = phase(campaign.state, campaign.starts_at, campaign.ends_at, now)
    goal = None
    if campaign.goal_criteria is not None:
        goal = goal_progress(campaign.reached_count, campaign.base_count, campaign.target_share, campaign.target_count)
    return Poster(
        campaign=campaign,
        phase=at,
        phase_words=_phase_words(campaign, at, now),
        last_day=campaign.ends_at - timedelta(seconds=1),
        goal=goal,
        goal_words=_goal_words(campaign, goal) if goal else "",
        target_words=_target_words(campaign, goal) if goal else "",
        people_words=ngettext("%(num)s person joined", "%(num)s people joined", campaign.joined_count),
    )


def _phase_words(campaign: Campaign, at: str, now: datetime) -> str:
    if at == RUNNING:
        days = (campaign.ends_at - now).days
        return ngettext("%(num)d day left", "%(num)d days left", days) if days else _("last day")
    if at == COMING:
        days = (campaign.starts_at - now).days + 1
        return ngettext("starts in %(num)d day", "starts in %(num)d days", days)
    return {OVER: _("over"), "paused": _("resting"), "draft": _("draft")}[at]


def _goal_words(campaign: Campaign, goal: GoalProgress) -> str:
    if campaign.target_share is not None and campaign.base_counted_at is None:
        return _("The counting has just begun.")
    done = format_decimal(goal.reached)
    if goal.base:
        return _("%(done)s of %(all)s active members are there.", done=done, all=format_decimal(goal.base))
    return ngettext("%(done)s of %(all)s person is there.", "%(done)s of %(all)s people are there.", goal.needed, done=done,
                    all=format_decimal(goal.needed))  # fmt: skip


def _target_words(campaign: Campaign, goal: GoalProgress) -> str:
    if campaign.goal_sentence:
        return _("The goal: %(goal)s", goal=campaign.goal_sentence)
    if campaign.target_share is not None:
        return _("The goal: %(share)s of us", share=format_percent(campaign.target_share))
    return _("The goal: %(count)s people", count=format_decimal(goal.needed))
