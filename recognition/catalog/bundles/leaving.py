"""A campaign on its way out: itself, and everything without which it would not be the same elsewhere."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from recognition.activities.models import Kind
from recognition.activities.rules import INTERNAL_KINDS
from recognition.badges import catalog as badge_files
from recognition.badges.models import Badge
from recognition.campaigns import catalog as campaign_files
from recognition.campaigns.models import Campaign
from recognition.catalog import kinds
from recognition.catalog.bundles import pictures, words
from recognition.catalog.bundles.naming import named
from recognition.catalog.bundles.parcel import Parcel
from recognition.contests import catalog as contest_files
from recognition.contests.models.contest import Contest
from recognition.database import among
from recognition.extensions import db
from recognition.parcels import Data
from recognition.quests import drafts
from recognition.quests.models import Quest
from recognition.quests.sheet_data import as_data as quest_data
from recognition.quests.sheet_values import BadSheet


def parcel_of(campaign: Campaign) -> Parcel:
    """Its quests, badges and contests, drafts too, and those that their rules ask for, however far that goes; the pictures in
    their words, and what there is of it in other languages. Raises BadParcel where it is more than a file may hold."""
    parcel = Parcel(campaign_files.as_data(campaign), campaign_words=words.of_campaign(campaign))
    contests = sa.select(Contest).where(Contest.campaign == campaign.slug, Contest.state != "called_off")
    for contest in db.session.scalars(contests.order_by(Contest.slug)).all():
        parcel.contests[contest.slug] = contest_files.as_data(contest)
    looked_at: set[tuple[str, str]] = set()
    while new := _asked_for(parcel) - looked_at:
        _add(parcel, new)
        looked_at |= new
    parcel.kinds = _kinds(parcel)
    pictures.pack_in(parcel)
    return parcel


def rules_of(parcel: Parcel) -> Iterable[object]:
    yield parcel.campaign.get("goal", {}).get("criteria", {})
    for quest in parcel.quests.values():
        yield quest.get("requires", {})
        yield from (step.get("proof", {}) for step in quest.get("steps", ()))
    yield from (badge.get("criteria", {}) for badge in parcel.badges.values())
    for contest in parcel.contests.values():
        yield from (contest.get(name, {}) for name in ("may_enter", "may_vote"))


def _asked_for(parcel: Parcel) -> set[tuple[str, str]]:
    """Quests and badges that are named anywhere in it."""
    found = {one for one in named(*rules_of(parcel)) if one[0] in ("quest", "badge")}
    found |= {("quest", slug) for slug in parcel.campaign.get("quests", ())}
    found |= {("badge", slug) for slug in parcel.campaign.get("badges", ())}
    return found | {("badge", slug) for contest in parcel.contests.values() for slug in contest.get("prizes", ())}


def _add(parcel: Parcel, wanted: set[tuple[str, str]]) -> None:
    slugs = {sort: sorted(slug for kind, slug in wanted if kind == sort) for sort in ("quest", "badge")}
    quests = db.session.scalars(sa.select(Quest).where(among(Quest.slug, slugs["quest"])).order_by(Quest.slug)).all()
    for slug, told in told_quests(quests).items():
        parcel.quests[slug], parcel.texts[slug] = told.data, told.texts
        if told.words:
            parcel.quest_words[slug] = told.words
    for badge in db.session.scalars(sa.select(Badge).where(among(Badge.slug, slugs["badge"])).order_by(Badge.slug)).all():
        parcel.badges[badge.slug] = badge_files.as_data(badge)


@dataclass(frozen=True)
class ToldQuest:
    """As it is in a parcel."""

    data: Data
    texts: dict[str, str]
    words: words.Told


def told_quests(quests: Collection[Quest]) -> dict[str, ToldQuest]:
    """By slug, without drafts that still lack something. Pictures are called by what is in them."""
    told = {quest.slug: one for quest in quests if (one := _quest_files(quest)) is not None}
    tongues = words.of_quests([quest for quest in quests if quest.slug in told])
    calls = pictures.names([*(text for _data, texts in told.values() for text in texts.values()), *words.texts_in(tongues)])
    tongues = words.with_pictures(tongues, calls)
    return {
        slug: ToldQuest(data, {name: pictures.called(text, calls) for name, text in texts.items()}, tongues.get(slug, {}))
        for slug, (data, texts) in told.items()
    }


def _quest_files(quest: Quest) -> tuple[Data, dict[str, str]] | None:
    """As it is published, or as it is drafted; None for a draft that still lacks something."""
    one: object = quest
    if quest.state == "draft":
        try:
            one = drafts.checked(quest.draft or {})
        except BadSheet:
            return None
    texts = {step.data["file"]: step.body for step in one.steps if step.body}  # type: ignore[attr-defined]
    return quest_data(one), texts


def _kinds(parcel: Parcel) -> list[Data]:
    slugs = {slug for sort, slug in named(*rules_of(parcel)) if sort == "kind"} - set(INTERNAL_KINDS)
    rows = db.session.scalars(sa.select(Kind).where(among(Kind.slug, sorted(slugs))).order_by(Kind.slug)).all()
    return [kinds.as_data(kind) for kind in rows]
