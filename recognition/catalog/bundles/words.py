"""What a campaign and its quests say in other languages, out and in: `campaign.de.toml`, `quests/<slug>/quest.de.toml`."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.audit import services as audit
from recognition.campaigns.models import Campaign, CampaignText
from recognition.campaigns.texts import places as campaign_places
from recognition.catalog.bundles import pictures
from recognition.catalog.bundles.parcel import Parcel
from recognition.database import among
from recognition.extensions import db
from recognition.parcels import BadParcel, Data
from recognition.quests.models import Quest, QuestText
from recognition.quests.sheet_data import as_data as quest_data
from recognition.quests.text_places import places as quest_places
from recognition.refs import Ref
from recognition.tongues import LANGUAGES_MAX, Translation, Words, hold, restore

Told = dict[str, Data]
"""By language: its state, its words by place, and what they were translated from where the original is another one now."""


def of_campaign(campaign: Campaign) -> Told:
    rows = sa.select(CampaignText).where(CampaignText.campaign_id == campaign.id).order_by(CampaignText.language)
    return _told(db.session.scalars(rows.limit(LANGUAGES_MAX)), campaign_places(campaign), campaign.language)


def of_quests(quests: Collection[Quest]) -> dict[str, Told]:
    """By slug, in one statement."""
    wanted = sa.select(QuestText).where(among(QuestText.quest_id, [quest.id for quest in quests]))
    rows: dict[int, list[QuestText]] = {}
    for row in db.session.scalars(wanted.order_by(QuestText.quest_id, QuestText.language)) if quests else ():
        rows.setdefault(row.quest_id, []).append(row)
    told = {quest.slug: _told(rows.get(quest.id, ()), original_of(quest), quest.language) for quest in quests}
    return {slug: one for slug, one in told.items() if one}


def original_of(quest: Quest) -> dict[str, str]:
    """As it is published, or as it is drafted."""
    return quest_places((quest.draft or {}) if quest.state == "draft" else quest_data(quest, bodies=True))


def _told(rows: Iterable[Translation], original: Words, own: str) -> Told:
    found = {}
    for kept in rows:
        words = {place: kept.words[place] for place in original if kept.words.get(place)}
        was = {place: kept.was.get(place, "") for place in words if kept.was.get(place) != original[place]}
        if words and kept.language != own:
            found[kept.language] = {"state": kept.state, "words": words} | ({"was": was} if was else {})
    return found


def with_pictures(told: Mapping[str, Told], calls: pictures.Calls) -> dict[str, Told]:
    return {slug: {language: _called(one, calls) for language, one in tongues.items()} for slug, tongues in told.items()}


def _called(one: Data, calls: pictures.Calls) -> Data:
    parts: Data = {name: {place: pictures.called(text, calls) for place, text in one[name].items()}
             for name in ("words", "was") if name in one}  # fmt: skip
    return {**one, **parts}


def texts_in(told: Mapping[str, Told]) -> list[str]:
    return [text for tongues in told.values() for one in tongues.values() for name in ("words", "was")
            for text in one.get(name, {}).values()]  # fmt: skip


def take_in(parcel: Parcel, campaign: Campaign, quests: Collection[Quest], now: datetime, actor_id: int | None) -> None:
    """Of what the file has; a language that only this house has stays. Raises BadParcel."""
    for language, one in parcel.campaign_words.items():
        original = campaign_places(campaign)
        _check("campaign", language, one, original, campaign.language)
        kept = hold(CampaignText, {"campaign_id": campaign.id}, language, now)
        _restore(kept, one, original, now, actor_id, ("campaign.translated", Ref("campaign", campaign.slug)))
    for quest in quests:
        for language, one in parcel.quest_words.get(quest.slug, {}).items():
            original = original_of(quest)
            _check(f"quests/{quest.slug}/quest", language, one, original, quest.language)
            text = hold(QuestText, {"quest_id": quest.id}, language, now, version=quest.version)
            if _restore(text, one, original, now, actor_id, ("quest.translated", Ref("quest", quest.slug))):
                text.version = quest.version


def _check(stem: str, language: str, one: Data, original: Words, own: str) -> None:
    name = f"{stem}.{language}.toml"
    if language == own:
        raise BadParcel(f"{name}: that is the language it is written in")
    strange = sorted(set(one["words"]) - set(original)) or sorted(set(one.get("was", {})) - set(one["words"]))
    if strange:
        raise BadParcel(f"{name}: there is no text “{strange[0][:80]}” to be translated")


def _restore(kept: Any, one: Data, original: Words, now: datetime, actor_id: int | None, note: tuple[str, Ref]) -> bool:
    was = {place: one.get("was", {}).get(place, original[place]) for place in one["words"]}
    changed = restore(kept, one["words"], was, one["state"], now, actor_id)
    if changed:
        action, ref = note
        audit.record(action, ref, actor_id, after={"language": kept.language, "state": kept.state})
    return changed
