"""Who is called when something happens elsewhere, and what packages give to pages that stand over all of them."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from recognition.activities import changes, drain
from recognition.activities import waiting as activities_waiting
from recognition.activities.flagged import Reportable
from recognition.announcements import fulltexts
from recognition.badges import rebuild as badges_rebuild
from recognition.badges import waiting as badges_waiting
from recognition.badges.portable import due
from recognition.badges.portable import rebuild as credentials_rebuild
from recognition.badges.services import considering, endorsing, flags, people
from recognition.campaigns import rebuild as campaigns_rebuild
from recognition.campaigns import services as campaigns
from recognition.campaigns.models import Campaign
from recognition.catalog import names
from recognition.contests import rebuild as contests_rebuild
from recognition.contests import waiting as contests_waiting
from recognition.identity import waiting as identity_waiting
from recognition.identity.directory import Filter
from recognition.leaderboards import rebuild as leaderboards_rebuild
from recognition.leaderboards import services as leaderboards
from recognition.locks import Lock
from recognition.mentoring import waiting as mentoring_waiting
from recognition.mentoring.services import links as mentor_links
from recognition.metrics import counting as metrics_counting
from recognition.metrics import services as metrics
from recognition.news import texts as news_texts
from recognition.news import waiting as news_waiting
from recognition.objectives import reported as plan_comments
from recognition.objectives import waiting as objectives_waiting
from recognition.pages import digests, follow_letters
from recognition.pages.campaign_studio import along
from recognition.pages.dashboards import counting as dashboard_counting
from recognition.questions import waiting as questions_waiting
from recognition.quests import reactions as quests
from recognition.quests import rebuild as quests_rebuild
from recognition.quests import waiting as quests_waiting
from recognition.resources import counting as resource_counting
from recognition.resources import waiting as resources_waiting
from recognition.roles import places as role_places
from recognition.roles import reported as role_words
from recognition.roles import waiting as roles_waiting
from recognition.surveys import rebuild as surveys_rebuild
from recognition.vouching import queries as vouching
from recognition.webhooks import reactions as webhooks

REACTIONS: list[drain.Reaction] = [considering.consider, flags.follow, leaderboards.restate, quests.advance, campaigns.advance,
                                   webhooks.follow]  # fmt: skip
"""What the drain calls with each batch of deeds, in this order."""

CHANGES: list[changes.ChangeReaction] = [badges_rebuild.reconsider, due.follow, leaderboards.follow, campaigns.follow,
                                         webhooks.follow_changes]  # fmt: skip
"""What is called in the transaction that withdraws, corrects or confirms deeds that were considered already."""

CHECKS: list[tuple[str, Callable[[], Iterator[dict[str, Any]]], Callable[[], dict[str, int]]]] = [
    ("quests", quests_rebuild.check, quests_rebuild.rebuild),
    ("contests", contests_rebuild.check, contests_rebuild.rebuild),
    ("badges", badges_rebuild.check, badges_rebuild.rebuild),
    ("credentials", credentials_rebuild.check, credentials_rebuild.rebuild),
    ("standings", leaderboards_rebuild.check, leaderboards_rebuild.rebuild),
    ("campaigns", campaigns_rebuild.check, campaigns_rebuild.rebuild),
    ("surveys", surveys_rebuild.check, surveys_rebuild.rebuild),
]
"""(part, its differences from the log, how to make it anew); the commands `check` and `rebuild` walk this list."""

NAMES: dict[str, Callable[[Iterable[str]], dict[str, str]]] = {
    "quest": names.quests,
    "campaign": names.campaigns,
    "contest": names.contests,
}
"""From slugs to what people call the thing, for sentences about rules; by the sort of thing."""

MEMBER_CHANGED: list[Callable[[int], None]] = [people.member_changed, endorsing.author_changed, leaderboards.relist]
"""Called with a member's id in the transaction that changes their state or how they want to be seen."""

LOCKS: list[Callable[[datetime], Iterable[Lock]]] = [
    news_waiting.locks,
    activities_waiting.locks, badges_waiting.locks, contests_waiting.locks, identity_waiting.locks, mentoring_waiting.locks,
    objectives_waiting.locks, questions_waiting.locks, quests_waiting.locks,
    roles_waiting.locks, resources_waiting.locks,
]  # fmt: skip
"""What waits for a person, for the page that tells how old each of these is and who steps in."""

REPORTABLE: dict[str, Reportable] = {plan_comments.KIND: plan_comments.COMMENTS, role_words.KIND: role_words.WORDS}
"""What members can report to the council beside deeds, comments on them and profiles."""

MENTORS_CHANGED: list[Callable[[Iterable[int], datetime], None]] = [mentor_links.settle]
"""Called with the ids of mentees in the transaction that sets whose mentor is who."""

FIGURES: dict[str, metrics.Counter] = {
    "members": metrics_counting.members,
    "deeds": metrics_counting.deeds,
    "journey": metrics_counting.journey,
    "health": metrics_counting.health,
    "contests": dashboard_counting.contests,
    "events": dashboard_counting.events,
    "waiting": dashboard_counting.waiting,
    "resources": resource_counting.resources,
}
"""What is counted each night beside the areas, by the word that its figures begin with."""

DATES_CHANGED: list[Callable[[str], None]] = [considering.look_back_at_campaign, campaigns.count_goals_of]
"""Called with a campaign's slug in the transaction that sets its dates: rules that ask for deeds in its time mean others."""

CAMPAIGN_OUT: list[Callable[[str, datetime, int | None], None]] = [along.go_out]
"""Called with a campaign's slug, the time and who did it, in the transaction that publishes it."""

CAMPAIGN_CHECKS: list[Callable[[Campaign, datetime], None]] = [along.check_going_out]
"""Called with a campaign and the moment at which it would go out; they raise BadCampaign where it cannot."""

LOOK_AGAIN: list[Callable[[int], None]] = [considering.look_at_member_later, role_places.follow]
"""Called with a member's id when a group or a wish of theirs changed: they may have earned something without a deed."""

MAIL_TEXTS: dict[str, fulltexts.Texts] = {
    "news": news_texts.for_mail, "news.preview": news_texts.for_mail, "digest": digests.for_mail,
    "followed": follow_letters.for_mail,
}  # fmt: skip
"""What notices of a kind carry by mail beside their sentence."""

MEMBER_FILTERS: list[Callable[[], list[Filter]]] = [vouching.filters]
"""Ways to narrow the list of people."""

ADDRESS_CHANGED: list[Callable[[int], None]] = [due.sign_anew_of]
"""Called with a member's id in the transaction in which an issuer of logins tells another e-mail address of theirs."""
