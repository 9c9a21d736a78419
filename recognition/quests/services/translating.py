"""A quest's words in another language, kept beside the original."""

from collections.abc import Collection, Mapping
from datetime import datetime

from recognition.audit import services as audit
from recognition.extensions import db
from recognition.quests.models import Quest, QuestText
from recognition.quests.sheet_data import as_data
from recognition.quests.text_places import places
from recognition.refs import Ref
from recognition.tongues import Overtaken, hold, keep, stamp


def translate(
    quest: Quest,
    language: str,
    words: Mapping[str, str],
    fits: Collection[str],
    state: str,
    seen: str,
    now: datetime,
    actor_id: int,
) -> QuestText:
    """`words`, `fits`: as `tongues.keep` takes them. `seen`: the `stamp` of what the translator began with. Raises Overtaken."""
    kept = hold(QuestText, {"quest_id": quest.id}, language, now, version=quest.version)
    if stamp(kept) != seen:
        raise Overtaken(language)
    keep(kept, places(as_data(quest, bodies=True)), words, fits, state, now, actor_id)
    kept.version = quest.version
    audit.record("quest.translated", Ref("quest", quest.slug), actor_id, after={"language": language, "state": state})
    db.session.flush()
    return kept
