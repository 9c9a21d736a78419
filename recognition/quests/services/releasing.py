"""Quests that come out together with something else: laid out as drafts, published when that is."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from recognition.audit import services as audit
from recognition.database import among
from recognition.extensions import db
from recognition.quests import drafts
from recognition.quests.drafts import Draft
from recognition.quests.models import Quest
from recognition.quests.services import publishing
from recognition.quests.sheet_data import as_data
from recognition.quests.sheet_values import BadSheet
from recognition.quests.sheets import QuestSheet
from recognition.refs import Ref


def lay_by(sheet: QuestSheet, now: datetime, actor_id: int | None) -> Quest:
    """A quest that only the council sees, whole and ready to be published. Its address is free."""
    quest = publishing.lay_out(sheet, now)
    quest.draft, quest.draft_number = as_data(sheet, bodies=True), 1
    audit.record("quest.drafted", Ref("quest", sheet.slug), actor_id, after={"title": sheet.title})
    return quest


def drafts_among(slugs: Collection[str]) -> list[tuple[Quest, Draft]]:
    """Those that are not out yet, each with what it would come out as."""
    return [(quest, {"steps": [], **(quest.draft or {})}) for quest in _drafts(slugs)]


def release(slugs: Collection[str], now: datetime, actor_id: int | None) -> list[str]:
    """Publish those drafts among them that are whole. Returns their slugs."""
    released = []
    for quest in _drafts(slugs, held=True):
        sheet = _sheet(quest)
        if sheet is None:
            continue
        publishing.publish(quest, sheet, "", now, actor_id)
        quest.draft, quest.draft_number = None, quest.draft_number + 1
        audit.record("quest.published", Ref("quest", quest.slug), actor_id, after={"version": quest.version})
        released.append(quest.slug)
    return released


def _drafts(slugs: Collection[str], held: bool = False) -> Sequence[Quest]:
    """`held`: nobody keeps another draft of them before the commit."""
    wanted = sa.select(Quest).where(among(Quest.slug, sorted(slugs)), Quest.state == "draft").order_by(Quest.id)
    if not held:
        return db.session.scalars(wanted).all()
    return db.session.scalars(wanted.with_for_update(), execution_options={"populate_existing": True}).all()


def _sheet(quest: Quest) -> QuestSheet | None:
    try:
        return drafts.checked(quest.draft or {})
    except BadSheet:
        return None
