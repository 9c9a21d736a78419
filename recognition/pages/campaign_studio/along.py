"""What is made along with a campaign, and what goes out together with it: a contest with its dates inside the campaign's, a
badge for whoever reaches the goal, and whatever else belongs to it and is a draft."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.badges.models import DRAFT, Badge
from recognition.badges.rules import BadBadge, check_spec
from recognition.badges.services import states as badge_states
from recognition.campaigns.models import Campaign, CampaignItem
from recognition.campaigns.rules import BadCampaign
from recognition.catalog.bundles.coming import council_handles
from recognition.contests import forms as contest_forms
from recognition.contests.forms import Written, moment_text, with_values
from recognition.contests.models.contest import Contest
from recognition.contests.rules import JURY, BadContest
from recognition.contests.services import making
from recognition.database import among
from recognition.extensions import db
from recognition.pages.badge_studio.choices import known
from recognition.pages.contest_workshop.patterns import begin, patterns
from recognition.pages.quest_studio.ways import hindrances
from recognition.questions.services import take_up
from recognition.quests.models import Quest
from recognition.quests.services.releasing import drafts_among, release

_GLYPHS = {"learning": "book", "helping": "hand", "making": "brush", "gathering": "campfire", "caring": "cup"}


def contest_choices() -> list[tuple[str, str]]:
    return [("", _("No new contest"))] + [(one.key, one.name) for one in patterns()]


def badge_slug(campaign: Campaign) -> str:
    return f"{campaign.slug[:56].rstrip('-')}-there"


def make(campaign: Campaign, wanted: Mapping[str, str], now: datetime, actor_id: int) -> None:
    """Drafts, in the caller's transaction. Raises BadCampaign."""
    if wanted["along_contest"]:
        make_contest(campaign, wanted["along_contest"], now, actor_id)
    if wanted["along_badge"] or (campaign.state == "draft" and any(item.slug == badge_slug(campaign) for item in campaign.items)):
        _make_badge(campaign, wanted["along_band"], now, actor_id)


def make_contest(campaign: Campaign, pattern: str, now: datetime, actor_id: int) -> Contest:
    if pattern not in {one.key for one in patterns()}:
        raise BadCampaign({"along_contest": _("Please choose one of these.")})
    draft = _inside(begin(pattern, now), campaign.starts_at, campaign.ends_at)
    draft = with_values(draft, title=_named(_("%(title)s: the contest"), campaign.title, 120), campaign=campaign.slug)
    draft = contest_forms.checked(_with_jury(draft), known)
    if draft.spec is None:
        raise BadCampaign({"along_contest": next(iter(draft.errors.values()))})
    try:
        return making.create(draft.spec, now, actor_id, may_rename=True)
    except BadContest as fault:
        raise BadCampaign({"along_contest": next(iter(fault.errors.values()))}) from fault


def _named(pattern: str, title: str, most: int) -> str:
    room = most - len(pattern % {"title": ""})
    return pattern % {"title": title if len(title) <= room else title[: room - 1].rstrip() + "…"}


def _inside(draft: Written, starts: datetime, ends: datetime) -> Written:
    """The dates of the pattern, stretched or squeezed so that it begins and ends with the campaign, by whole hours."""
    first = datetime.fromisoformat(draft.values["entries_from"])
    last = datetime.fromisoformat(draft.rounds[-1]["ends_at"])

    def placed(text: str) -> str:
        if not text:
            return text
        hours = round((ends - starts) / timedelta(hours=1) * ((datetime.fromisoformat(text) - first) / (last - first)))
        return moment_text(starts + timedelta(hours=hours))

    dates = ("starts_at", "ends_at", "deputies_at")
    rounds = [dict(one) | {name: placed(one[name]) for name in dates} for one in draft.rounds]
    values = {name: placed(draft.values[name]) for name in ("entries_from", "entries_until")}
    return Written({**draft.values, **values}, draft.lists, rounds, draft.cards)


def _with_jury(draft: Written) -> Written:
    """Where the pattern asks for a jury and names none, the council sits on it; who has no time says so."""
    if not any(one["judges"] == JURY and not one["jurors"] for one in draft.rounds):
        return draft
    seats = council_handles()
    rounds = [
        dict(one) | ({"jurors": ", ".join(seats), "quorum": str(min(int(one["quorum"] or 0), len(seats)))}
                     if one["judges"] == JURY and not one["jurors"] else {})
        for one in draft.rounds
    ]  # fmt: skip
    return Written(draft.values, draft.lists, rounds, draft.cards)


def _make_badge(campaign: Campaign, band: str, now: datetime, actor_id: int) -> None:
    """Also where the goal of a draft was changed: then the badge asks for the new one."""
    if campaign.goal_criteria is None:
        raise BadCampaign({"along_badge": _("A badge for the goal needs a goal: say above what is counted.")})
    slug = badge_slug(campaign)
    stored = db.session.scalar(sa.select(Badge).where(Badge.slug == slug))
    if stored is not None and stored.state != DRAFT:
        return
    data: dict[str, Any] = {
        "slug": slug, "name": _named(_("%(title)s: there"), campaign.title, 80), "story": "", "levels": [],
        "summary": _named(_("Reached the goal of “%(title)s”."), campaign.title, 200), "family": campaign.family,
        "glyph": stored.glyph if stored else _GLYPHS[campaign.family], "criteria": dict(campaign.goal_criteria),
        "band": band.strip() or (stored.band if stored else _("THERE")),
    }  # fmt: skip
    try:
        badge_states.save_badge(check_spec(data), now, actor_id)
    except BadBadge as fault:
        field = "along_band" if fault.field == "band" else "along_badge"
        raise BadCampaign({field: fault.reason[:1].upper() + fault.reason[1:].rstrip(".") + "."}) from fault
    if not any(item.kind == "badge" and item.slug == slug for item in campaign.items):
        campaign.items.append(CampaignItem(kind="badge", slug=slug, position=len(campaign.items)))


def check_going_out(campaign: Campaign, now: datetime) -> None:
    """Raises BadCampaign where a person has to look first."""
    if campaign.ends_at <= now:
        raise BadCampaign({"ends_on": _("Its last day is past. Give it days that people can still look forward to.")})
    late = sa.select(Contest.title).where(
        Contest.campaign == campaign.slug, Contest.state == "draft", Contest.entries_until <= now
    )  # fmt: skip
    title = db.session.scalar(late.limit(1))
    _check_quests([item.slug for item in campaign.items if item.kind == "quest"])
    if title is not None:
        raise BadCampaign(
            {"attached": _("The entries of “%(contest)s” would be over already; give people some time.", contest=title)}
        )


def _check_quests(slugs: Sequence[str]) -> None:
    coming = drafts_among(slugs)
    along = {quest.slug: draft for quest, draft in coming}
    for quest, draft in coming:
        lacks = hindrances(quest.slug, draft, along)
        if lacks:
            said = _("The quest “%(quest)s” is a draft that still lacks something: %(what)s", quest=quest.title, what=lacks[0][1])
            raise BadCampaign({"attached": said})


def go_out(slug: str, now: datetime, actor_id: int | None) -> None:
    """What belongs to the campaign and is a draft is published in the same transaction. A contest whose entries would be
    over stays a draft: only a person can give it other days."""
    items = sa.select(CampaignItem.kind, CampaignItem.slug).join(Campaign, Campaign.id == CampaignItem.campaign_id)
    named: dict[str, list[str]] = {"quest": [], "badge": []}
    for kind, item in db.session.execute(items.where(Campaign.slug == slug).order_by(CampaignItem.position)):
        named.setdefault(kind, []).append(item)
    release(named["quest"], now, actor_id)
    badges = sa.select(Badge.id).where(among(Badge.slug, named["badge"]), Badge.state == DRAFT).order_by(Badge.id)
    for badge_id in db.session.scalars(badges).all():
        badge_states.publish(badge_id, actor_id)
    contests = sa.select(Contest.id).where(Contest.campaign == slug, Contest.state == "draft", Contest.entries_until > now)
    for contest_id in db.session.scalars(contests.order_by(Contest.id)).all():
        making.publish(contest_id, now, actor_id)
    _thank_for_idea(slug, now, actor_id)


def _thank_for_idea(slug: str, now: datetime, actor_id: int | None) -> None:
    row = db.session.execute(sa.select(Campaign.idea_id, Campaign.owner_id).where(Campaign.slug == slug)).one()
    by_id = actor_id or row.owner_id
    if row.idea_id is not None and by_id is not None:
        take_up(row.idea_id, slug, by_id, now)


def drafts_of(campaign: Campaign) -> list[str]:
    """Titles of all that belongs to it and goes out together with it."""
    items = {kind: [item.slug for item in campaign.items if item.kind == kind] for kind in ("quest", "badge")}
    parts = [
        sa.select(Quest.title).where(among(Quest.slug, items["quest"]), Quest.state == "draft"),
        sa.select(Badge.name).where(among(Badge.slug, items["badge"]), Badge.state == DRAFT),
        sa.select(Contest.title).where(Contest.campaign == campaign.slug, Contest.state == "draft"),
    ]
    return list(db.session.scalars(sa.union_all(*parts)))
