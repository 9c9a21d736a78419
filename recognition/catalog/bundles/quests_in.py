"""The quests of a parcel on their way in: new ones as drafts, changed ones as they are told now."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.audit import services as audit
from recognition.catalog.bundles.comparing import rows
from recognition.catalog.bundles.naming import renamed
from recognition.catalog.bundles.parcel import Parcel
from recognition.catalog.bundles.pictures import Calls, called
from recognition.database import among
from recognition.extensions import db
from recognition.parcels import BadParcel, Data
from recognition.quests.catalog import check_ways
from recognition.quests.models import Quest
from recognition.quests.services import publishing, releasing
from recognition.quests.sheet_data import as_data as quest_data
from recognition.quests.sheet_values import BadSheet
from recognition.quests.sheets import QuestSheet, check
from recognition.refs import Ref


def store(parcel: Parcel, same: Collection[str], calls: Calls, now: datetime, actor_id: int | None) -> list[Quest]:
    """`same`: slugs of those that are here and say the same; `calls`: where the pictures lie. Those that are new or changed."""
    texts = {slug: {name: called(text, calls) for name, text in those.items()} for slug, those in parcel.texts.items()}
    sheets = [_sheet(slug, data, texts.get(slug, {})) for slug, data in parcel.quests.items()]
    here = {quest.slug: quest for quest in rows(Quest, parcel.quests)}
    known = {*here, *parcel.quests}
    for sheet in sheets:
        missing = [slug for slug in _required(sheet) if slug not in known]
        check_items(f"quests/{sheet.slug}/quest.toml: requires", Quest, missing)
    check_ways(sheets)
    stored = [_kept(here.get(sheet.slug), sheet, now, actor_id) for sheet in sheets if sheet.slug not in same]
    db.session.flush()
    return stored


def _kept(quest: Quest | None, sheet: QuestSheet, now: datetime, actor_id: int | None) -> Quest:
    if quest is None:
        return releasing.lay_by(sheet, now, actor_id)
    data = quest_data(sheet, bodies=True)
    if quest.state == "draft" and quest.draft != data:
        quest.draft, quest.draft_number = data, quest.draft_number + 1
    elif quest.state != "draft" and quest_data(quest, bodies=True) != data:
        _change_quest(quest, sheet, now, actor_id)
    return quest


def _change_quest(quest: Quest, sheet: QuestSheet, now: datetime, actor_id: int | None) -> None:
    """One that rests has other words afterwards and rests on."""
    was = quest.state
    publishing.publish(quest, sheet, "", now, actor_id)
    quest.state = was
    audit.record("quest.published", Ref("quest", quest.slug), actor_id, after={"version": quest.version})


def _sheet(slug: str, data: Data, texts: dict[str, str]) -> QuestSheet:
    def text_of(name: str) -> str:
        if name not in texts:
            raise BadParcel(f"quests/{slug}/{name[:80]} is missing")
        return texts[name]

    try:
        return check(data, text_of)
    except BadSheet as fault:
        raise BadParcel(f"quests/{slug}/quest.toml: {fault}") from fault


def _required(sheet: QuestSheet) -> list[str]:
    found: list[str] = []

    def note(sort: str, slug: str) -> str:
        if sort == "quest":
            found.append(slug)
        return slug

    renamed(sheet.requires or {}, note)
    return found


def check_items(place: str, model: Any, slugs: Any) -> None:
    """Raises BadParcel where one of them is not here."""
    wanted = set(slugs)
    known = set(db.session.scalars(sa.select(model.slug).where(among(model.slug, sorted(wanted))))) if wanted else set()
    if wanted - known:
        raise BadParcel(f"{place}: there is no “{min(wanted - known)}”")
