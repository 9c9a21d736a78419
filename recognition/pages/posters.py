"""A campaign in the words and figures that its pages show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import format_decimal, format_percent, ngettext
from flask_babel import gettext as _

from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import COMING, OVER, RUNNING, GoalProgress, goal_progress, is_short_notice, phase
from recognition.campaigns.texts import ToldCampaign, campaign_told, posters_told
from recognition.tongues import Telling, wanted_languages


@dataclass(frozen=True)
class Poster:
    """`told`: its words, in the reader's language where they are there. `last_day` is shown to people: the last moment that
    still belongs to the campaign."""

    campaign: Campaign
    told: ToldCampaign
    phase: str
    phase_words: str
    last_day: datetime
    goal: GoalProgress | None
    goal_words: str
    target_words: str
    people_words: str
    late_words: str = ""


def posters(campaigns: Sequence[Campaign], now: datetime) -> list[Poster]:
    """Of a list, in the language of whoever looks at it."""
    by = posters_told(campaigns, wanted_languages())
    return [poster(campaign, now, by=by[campaign.id]) for campaign in campaigns]


def poster(campaign: Campaign, now: datetime, state: str | None = None, by: Telling | None = None) -> Poster:
    """`state`: as if it were in another one, for the council's preview. `by` None: in its own words."""
    told = campaign_told(campaign, by)
    at = phase(state or campaign.state, campaign.starts_at, campaign.ends_at, now)
    goal = None
    if campaign.goal_criteria is not None:
        goal = goal_progress(campaign.reached_count, campaign.base_count, campaign.target_share, campaign.target_count)
    return Poster(
        campaign=campaign,
        told=told,
        phase=at,
        phase_words=_phase_words(campaign, at, now),
        last_day=campaign.ends_at - timedelta(seconds=1),
        goal=goal,
        goal_words=_goal_words(campaign, goal) if goal else "",
        target_words=_target_words(campaign, told, goal) if goal else "",
        people_words=ngettext("%(num)s person joined", "%(num)s people joined", campaign.joined_count),
        late_words=_("short notice") if is_short_notice(campaign.starts_at, heard_at(campaign, now), campaign.lead_days) else "",
    )


def heard_at(campaign: Campaign, now: datetime) -> datetime:
    """When people heard of it; of a draft, when they would."""
    return campaign.published_at or max(campaign.publish_at or now, now)


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


def _target_words(campaign: Campaign, told: ToldCampaign, goal: GoalProgress) -> str:
    if told.goal_sentence:
        return _("The goal: %(goal)s", goal=told.goal_sentence)
    if campaign.target_share is not None:
        return _("The goal: %(share)s of us", share=format_percent(campaign.target_share))
    return _("The goal: %(count)s people", count=format_decimal(goal.needed))
