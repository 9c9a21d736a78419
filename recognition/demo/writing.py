"""What lies on the bench of the quest studio: a quest half written, and a change that waits."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.extensions import db
from recognition.quests import drafts
from recognition.quests.models import Quest
from recognition.quests.services import counting
from recognition.quests.services.drafting import begin, draft_of, keep

HALF = "walk-one-street"
CHANGED = "vision-and-goal"


def leave(ids: Mapping[str, int], now: datetime) -> None:
    """Safe to repeat: what is there already stays as it is."""
    amina = ids.get("amina")
    if amina is not None:
        _half_written(amina, now)
        _waiting_change(amina)
    for quest_id, version in counting.versions():
        counting.count_steps(quest_id, version, now)


def _quest(slug: str) -> Quest | None:
    found: Quest | None = db.session.scalar(sa.select(Quest).where(Quest.slug == slug))
    return found


def _half_written(actor_id: int, now: datetime) -> None:
    if _quest(HALF) is not None:
        return
    draft = drafts.blank(HALF, "Walk one street") | {
        "summary": "Walk down one street of your town and find three places that would be better with a sentence in "
                   "your language.",
        "family": "gathering", "minutes": 20, "map": [60, 70],
    }  # fmt: skip
    draft["steps"] = [
        {"slug": "read", "kind": "read", "title": "Look up", "minutes": 2, "file": "read.md",
         "body": "Most of us walk past a hundred words a minute.\n\nTake **one street**, both sides, slowly. Look for what "
                 "somebody who came last week would not understand."},
        {"slug": "reflect", "kind": "reflect", "title": "Whom did you think of?", "minutes": 2,
         "prompt": "Who would have needed that sentence most?"},
        {"slug": "do", "kind": "do", "title": "Write one of them", "minutes": 10, "prompt": "", "ideas": []},
    ]  # fmt: skip
    begin(draft, actor_id, now - timedelta(days=2))


def _waiting_change(actor_id: int) -> None:
    quest = _quest(CHANGED)
    if quest is None or quest.draft is not None:
        return
    draft = draft_of(quest)
    steps = [dict(step) for step in draft["steps"]]
    steps[0]["title"] = f"{steps[0]['title']}, read aloud"
    keep(quest, {**draft, "minutes": int(draft["minutes"]) + 2, "steps": steps}, quest.draft_number, actor_id)
