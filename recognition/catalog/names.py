"""What quests, campaigns and contests are called, for sentences about rules on lower floors, which may not import them."""

from collections.abc import Iterable

import sqlalchemy as sa

from recognition.campaigns.models import Campaign
from recognition.contests.models.contest import Contest
from recognition.database import among
from recognition.extensions import db
from recognition.quests.models import Quest


def quests(slugs: Iterable[str]) -> dict[str, str]:
    found = sa.select(Quest.slug, Quest.title).where(among(Quest.slug, slugs))
    return {row.slug: row.title for row in db.session.execute(found)}


def campaigns(slugs: Iterable[str]) -> dict[str, str]:
    found = sa.select(Campaign.slug, Campaign.title).where(among(Campaign.slug, slugs))
    return {row.slug: row.title for row in db.session.execute(found)}


def contests(slugs: Iterable[str]) -> dict[str, str]:
    found = sa.select(Contest.slug, Contest.title).where(among(Contest.slug, slugs))
    return {row.slug: row.title for row in db.session.execute(found)}
