"""What comes in a parcel beside what is here under the same names."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from recognition.badges import catalog as badge_files
from recognition.badges.models import Badge
from recognition.badges.rules import check_spec
from recognition.campaigns import catalog as campaign_files
from recognition.campaigns.queries import campaign_by_slug
from recognition.catalog.bundles import words
from recognition.catalog.bundles.leaving import told_quests
from recognition.catalog.bundles.parcel import Parcel
from recognition.contests import catalog as contest_files
from recognition.contests.models.contest import Contest
from recognition.database import among
from recognition.extensions import db
from recognition.parcels import Data
from recognition.quests.models import Quest

SORTS = ("campaign", "quest", "badge", "contest")
By = dict[str, dict[str, Data | None]]


def clashing(parcel: Parcel) -> list[tuple[str, str, str]]:
    """(sort, slug, title) of what is here under the same name and is not the same."""
    here, sent = _here(parcel), _sent(parcel)
    return [
        (sort, slug, str(data.get("title") or data.get("name") or slug))
        for sort in SORTS
        for slug, data in sent[sort].items()
        if data is not None and slug in here[sort] and not _says_the_same(sort, here[sort][slug], data)
    ]


def known_quests(parcel: Parcel) -> set[str]:
    """Slugs of those that are here and say the same."""
    here, sent = _quests_here(parcel), _sent(parcel)["quest"]
    return {slug for slug, data in here.items() if data is not None and data == sent[slug]}


def rows(model: Any, those: Mapping[str, Data]) -> list[Any]:
    return list(db.session.scalars(sa.select(model).where(among(model.slug, sorted(those))))) if those else []


def _here(parcel: Parcel) -> By:
    campaign = campaign_by_slug(parcel.campaign["slug"], drafts=True)
    stood: dict[str, Data | None] = {}
    if campaign is not None:
        told = words.of_campaign(campaign)
        stood[campaign.slug] = _with_words(campaign_files.as_data(campaign), told, parcel.campaign_words)
    badges = {badge.slug: badge_files.as_data(badge) for badge in rows(Badge, parcel.badges)}
    contests = {contest.slug: contest_files.as_data(contest) for contest in rows(Contest, parcel.contests)}
    return {"campaign": stood, "quest": _quests_here(parcel), "badge": {**badges}, "contest": {**contests}}


def _quests_here(parcel: Parcel) -> dict[str, Data | None]:
    """None: a draft that still lacks something."""
    found = rows(Quest, parcel.quests)
    told = told_quests(found)
    here: dict[str, Data | None] = {quest.slug: None for quest in found}
    for slug, one in told.items():
        here[slug] = _with_words(_with_texts(one.data, one.texts), one.words, parcel.quest_words.get(slug, {}))
    return here


def _sent(parcel: Parcel) -> By:
    quests: dict[str, Data | None] = {}
    for slug, data in parcel.quests.items():
        tongues = parcel.quest_words.get(slug, {})
        quests[slug] = _with_words(_with_texts(data, parcel.texts.get(slug, {})), tongues, tongues)
    campaign = _with_words(parcel.campaign, parcel.campaign_words, parcel.campaign_words)
    return {"campaign": {parcel.campaign["slug"]: campaign}, "quest": quests, "badge": {**parcel.badges},
            "contest": {**parcel.contests}}  # fmt: skip


def _says_the_same(sort: str, stored: Data | None, sent: Data) -> bool:
    """However it is written down."""
    if stored is None or stored == sent:
        return stored is not None
    read: dict[str, Callable[[Data], Any]] = {
        "campaign": _campaign, "badge": check_spec, "contest": contest_files.spec_of, "quest": lambda data: data,
    }  # fmt: skip
    return bool(read[sort](stored) == read[sort](sent))


def _campaign(data: Data) -> Any:
    plain = {name: value for name, value in data.items() if name != _WORDS}
    return data[_WORDS], campaign_files.spec_of(plain, "campaign.toml")


_WORDS = "in other languages"


def _with_words(data: Data, told: Mapping[str, Data], wanted: Mapping[str, Data]) -> Data:
    """Of the languages that came: one that only this house has is no difference."""
    return {**data, _WORDS: {language: one for language, one in told.items() if language in wanted}}


def _with_texts(data: Data, texts: dict[str, str]) -> Data:
    return {**data, "texts": {name: text.strip("\n") for name, text in texts.items()}}
