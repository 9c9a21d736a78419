"""A campaign's words in another language, kept beside the original."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from recognition.audit import services as audit
from recognition.campaigns.models import Campaign, CampaignText
from recognition.campaigns.texts import places
from recognition.extensions import db
from recognition.refs import Ref
from recognition.tongues import LANGUAGES_MAX, Overtaken, hold, keep, stamp


def texts_of(campaign: Campaign) -> Sequence[CampaignText]:
    wanted = sa.select(CampaignText).where(CampaignText.campaign_id == campaign.id).order_by(CampaignText.language)
    return db.session.scalars(wanted.limit(LANGUAGES_MAX)).all()


def translate(
    campaign: Campaign,
    language: str,
    words: Mapping[str, str],
    fits: Collection[str],
    state: str,
    seen: str,
    now: datetime,
    actor_id: int | None,
) -> CampaignText:
    """`words`, `fits`: as `tongues.keep` takes them. `seen`: the `stamp` of what the translator began with. Raises Overtaken."""
    kept = hold(CampaignText, {"campaign_id": campaign.id}, language, now)
    if stamp(kept) != seen:
        raise Overtaken(language)
    keep(kept, places(campaign), words, fits, state, now, actor_id)
    after = {"language": language, "state": state}
    audit.record("campaign.translated", Ref("campaign", campaign.slug), actor_id, after=after)
    db.session.flush()
    return kept


def speak(campaign: Campaign, language: str, actor_id: int) -> None:
    """In which language its own words are."""
    if campaign.language != language:
        before, after = {"language": campaign.language}, {"language": language}
        audit.record("campaign.language", Ref("campaign", campaign.slug), actor_id, before, after)
        campaign.language = language
