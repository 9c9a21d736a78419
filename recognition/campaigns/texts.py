"""A campaign in another language: what is translated and still says the same, and else the original."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from recognition.campaigns.models import Campaign, CampaignText
from recognition.campaigns.queries import near_first
from recognition.database import among
from recognition.extensions import db
from recognition.tongues import LANGUAGES_MAX, READY, Said, Telling, chosen, holding, untold

PLACES = ("title", "tagline", "why_now", "goal_sentence", "body", "came_of_it", "contact")
ON_POSTERS = PLACES[:4]
WANTED_MAX = 8
"""Of the languages that somebody reads, so many are looked for."""


@dataclass(frozen=True)
class ToldCampaign:
    """Its words, each with the language it is in."""

    title: Said
    tagline: Said
    why_now: Said
    goal_sentence: Said
    body: Said
    came_of_it: Said
    contact: Said


def places(campaign: Campaign) -> dict[str, str]:
    """Every text that people read, in the order of its page."""
    return {name: text for name in PLACES if (text := getattr(campaign, name))}


def campaign_told(campaign: Campaign, by: Telling | None = None) -> ToldCampaign:
    """`by` None: in its own words."""
    by = by or untold(campaign.language)
    return ToldCampaign(**{name: by.say(name, getattr(campaign, name)) for name in PLACES})


def campaign_in(slug: str, wanted: Sequence[str], drafts: bool = False) -> tuple[Campaign, Telling] | None:
    """As `campaign_by_slug`, with how it is told; one statement. `wanted`: languages that the reader would like, the dearest
    first. The first that there is counts."""
    text = sa.and_(
        CampaignText.campaign_id == Campaign.id, CampaignText.state == READY, CampaignText.language != Campaign.language
    )
    roots = sorted({one.partition("-")[0].lower() for one in wanted[:WANTED_MAX]})
    near = sa.or_(sa.false(), *(sa.func.lower(CampaignText.language).startswith(root, autoescape=True) for root in roots))
    words, was = (sa.case((near, column)) for column in (CampaignText.words, CampaignText.was))
    found = sa.select(Campaign, CampaignText.language, words, was).outerjoin(CampaignText, text).where(Campaign.slug == slug)
    if not drafts:
        found = found.where(Campaign.state != "draft")
    rows = db.session.execute(found.order_by(CampaignText.language).limit(LANGUAGES_MAX)).all()
    if not rows:
        return None
    campaign: Campaign = rows[0][0]
    others = {row[1]: row for row in rows if row[1] is not None}
    offered = (campaign.language, *others)
    language = chosen(offered, wanted[:WANTED_MAX])
    told = others.get(language)
    kept = holding(places(campaign), told[2], told[3]) if told is not None else {}
    return campaign, Telling(campaign.language, language, offered, kept)


def posters_told(campaigns: Sequence[Campaign], wanted: Sequence[str]) -> dict[int, Telling]:
    """What stands on the posters of a list, in the languages that the reader would like; one statement for all of them."""
    return {number: by[chosen(list(by), wanted)] for number, by in posters_in_all(campaigns).items()}


def running_told(member_id: int, now: datetime, wanted: Sequence[str], size: int = 3) -> list[tuple[Campaign, bool, Telling]]:
    """As `running_for`, with what stands on each poster in the language that the reader would like; one statement."""
    near = near_first(member_id, now, size)
    text = sa.and_(CampaignText.campaign_id == Campaign.id, CampaignText.state == READY)
    found = sa.select(Campaign, near.c.mine, CampaignText.language, *_on_posters()).join(near, near.c.id == Campaign.id)
    order = (near.c.mine.desc(), Campaign.ends_at, Campaign.id, CampaignText.language)
    rows = db.session.execute(found.outerjoin(CampaignText, text).order_by(*order)).all()
    mine = {row[0]: bool(row[1]) for row in rows}
    told = _by_language(mine, [(row[0].id, row[2], row[3:]) for row in rows if row[2] is not None])
    return [(one, joined, told[one.id][chosen(list(told[one.id]), wanted)]) for one, joined in mine.items()]


def posters_in_all(campaigns: Sequence[Campaign]) -> dict[int, dict[str, Telling]]:
    """What stands on each poster in every language that is ready, its own first."""
    if not campaigns:
        return {}
    ready = sa.select(CampaignText.campaign_id, CampaignText.language, *_on_posters()).where(
        CampaignText.state == READY, among(CampaignText.campaign_id, [campaign.id for campaign in campaigns])
    )
    rows = db.session.execute(ready.order_by(CampaignText.language)).all()
    return _by_language(campaigns, [(row[0], row[1], row[2:]) for row in rows])


def _on_posters() -> list[sa.ColumnElement[str]]:
    """The few texts that a list needs, of a translation and of what was translated."""
    return [column[name].as_string() for column in (CampaignText.words, CampaignText.was) for name in ON_POSTERS]


def _by_language(
    campaigns: Iterable[Campaign], rows: Iterable[tuple[int, str, Sequence[str | None]]]
) -> dict[int, dict[str, Telling]]:
    """`rows`: campaign, language, and the values of `_on_posters`."""
    own = {campaign.id: campaign for campaign in campaigns}
    found = {number: {campaign.language: untold(campaign.language)} for number, campaign in own.items()}
    half = len(ON_POSTERS)
    for number, language, texts in rows:
        campaign = own[number]
        words, was = (dict(zip(ON_POSTERS, (text or "" for text in part), strict=True)) for part in (texts[:half], texts[half:]))
        if language != campaign.language:
            kept = holding(places(campaign), words, was)
            found[number][language] = Telling(campaign.language, language, (), kept)
    return found
