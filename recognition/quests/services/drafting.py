"""The council writes: a draft begun, kept, dropped; a quest that rests and is opened again. Publishing has a file of its own.

A draft is kept only over the one that its writer saw (`draft_number`): of two who write at once the second is told."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.audit import services as audit
from recognition.database import insert_new
from recognition.extensions import db
from recognition.quests import drafts
from recognition.quests.drafts import TAKEN_OUT, WRITTEN, Draft
from recognition.quests.models import Quest
from recognition.quests.rules import FAMILIES
from recognition.quests.services.publishing import publish
from recognition.quests.sheet_data import as_data
from recognition.refs import Ref

DRAFT, PUBLISHED, RETIRED = "draft", "published", "retired"
NEW_QUESTS_TRIED = 50


_EMPTY: dict[str, Any] = {
    "state": DRAFT, "summary": "", "thanks": "", "after": "", "minutes": 1, "position": 0, "map_x": 50, "map_y": 50, "version": 1,
    "language": "en",
}  # fmt: skip


class DraftMoved(Exception):
    """Somebody else kept theirs meanwhile."""


class WrongState(Exception):
    """The quest is not where this move begins."""


def draft_of(quest: Quest) -> Draft:
    """What is on the bench: the draft where there is one, else the quest as it is published. Whatever is made of it and kept
    is a change, so what was taken out before is not in it."""
    if quest.draft is None:
        return as_published(quest)
    return {"summary": "", "thanks": "", "after": "", **drafts.without_taken_out(quest.draft)}


def as_published(quest: Quest) -> Draft:
    return {"summary": "", "thanks": "", "after": "", **as_data(quest, bodies=True)}


def begin(draft: Draft, actor_id: int, now: datetime) -> Quest:
    """A quest that only the council sees, at an address of its own: a taken one gets a number."""
    wanted = str(draft["slug"])[:56]
    for number in range(1, NEW_QUESTS_TRIED):
        slug = wanted if number == 1 else f"{wanted}-{number}"
        row = {**_EMPTY, **_front(draft), "slug": slug, "draft": {**draft, "slug": slug}, "draft_number": 1, "created_at": now}
        table: Any = Quest.__table__
        if insert_new(table, [row], table.c.id):
            quest: Quest = db.session.scalars(sa.select(Quest).where(Quest.slug == slug)).one()
            audit.record("quest.drafted", Ref("quest", slug), actor_id, after={"title": quest.title})
            return quest
    raise WrongState(wanted)


def keep(quest: Quest, draft: Draft, seen: int, actor_id: int) -> None:
    """Raises DraftMoved where another one was kept since `seen`."""
    before = told(draft_of(quest))
    values: dict[str, Any] = {"draft": draft, "draft_number": seen + 1}
    if quest.state == DRAFT:
        values |= _front(draft)
    _change(quest, seen, values)
    audit.record_change("quest.changed", Ref("quest", quest.slug), actor_id, before, told(draft))


def told(draft: Draft) -> dict[str, Any]:
    """What the audit keeps of a change: the front, the order of the steps, and each field of a step by the step's slug. Halves
    of a rule that is none yet are nobody's business."""
    shown = {name: value for name, value in draft.items() if name not in ("steps", "slug", TAKEN_OUT, *WRITTEN)}
    for step in draft["steps"]:
        fields = {name: value for name, value in step.items() if name not in ("slug", *WRITTEN)}
        shown |= {f"{name} ({step.get('slug')})": _as_text(value) for name, value in fields.items()}
    return {**shown, "steps": [step.get("slug") for step in draft["steps"]]}


def _as_text(value: Any) -> Any:
    """So that a long list of questions is cut where it differs."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def drop(quest: Quest, seen: int, actor_id: int) -> bool:
    """What was not published goes. True: it never was, so the whole quest is gone. Raises DraftMoved."""
    never = quest.state == DRAFT
    ref, title = Ref("quest", quest.slug), quest.title
    _change(quest, seen, {"draft": None, "draft_number": seen + 1})
    if never:
        db.session.execute(sa.delete(Quest).where(Quest.id == quest.id, Quest.state == DRAFT))
        db.session.expunge(quest)
    audit.record("quest.draft_dropped", ref, actor_id, before={"title": title})
    return never


def bring_out(quest: Quest, seen: int, note: str, words_only: bool, now: datetime, actor_id: int) -> int:
    """The draft that its publisher saw becomes what members get. Returns the version. Raises DraftMoved, BadSheet, and
    NotOnlyWords where it should reach those in the middle and asks them something new."""
    db.session.refresh(quest, with_for_update=True)
    if quest.draft is None or quest.draft_number != seen:
        raise DraftMoved(quest.slug)
    before = quest.version if quest.state != DRAFT else None
    version = publish(quest, drafts.checked(dict(quest.draft)), note, now, actor_id, words_only)
    quest.draft, quest.draft_number = None, seen + 1
    ref = Ref("quest", quest.slug)
    audit.record("quest.published", ref, actor_id, before={"version": before} if before else None, after={"version": version})
    db.session.flush()
    return version


def retire(quest: Quest, actor_id: int) -> None:
    _go(quest, PUBLISHED, RETIRED, "quest.retired", actor_id)


def reopen(quest: Quest, actor_id: int) -> None:
    _go(quest, RETIRED, PUBLISHED, "quest.reopened", actor_id)


def _go(quest: Quest, before: str, after: str, action: str, actor_id: int) -> None:
    changed = sa.update(Quest).where(Quest.id == quest.id, Quest.state == before).values(state=after)
    if not db.session.execute(changed.returning(Quest.id).execution_options(synchronize_session=False)).all():
        raise WrongState(quest.state)
    db.session.expire(quest)
    audit.record(action, Ref("quest", quest.slug), actor_id)


def _change(quest: Quest, seen: int, values: dict[str, Any]) -> None:
    changed = sa.update(Quest).where(Quest.id == quest.id, Quest.draft_number == seen).values(**values)
    if not db.session.execute(changed.returning(Quest.id).execution_options(synchronize_session=False)).all():
        raise DraftMoved(quest.slug)
    db.session.expire(quest)


def _front(draft: Draft) -> dict[str, Any]:
    """What lists of the council show of a quest that is not published yet."""
    family = draft.get("family") if draft.get("family") in FAMILIES else "learning"
    return {"title": str(draft.get("title", ""))[:120], "family": family, "campaign": _word(draft.get("campaign"))}


def _word(value: Any) -> str | None:
    return value[:80] if isinstance(value, str) and value else None
