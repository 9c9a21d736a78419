"""A quest comes before people, and changes under nobody's feet: a changed one is a new version with steps of its own."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import listens_to
from recognition.database import among, insert_new
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.quests.models import DO, Enrolment, Quest, QuestVersion, Step, StepDone, StepListener
from recognition.quests.rules import only_words_differ
from recognition.quests.sheet_data import as_data
from recognition.quests.sheets import QuestSheet, StepSheet

SLICE_MEMBERS = 1000
_FRONT = ("title", "summary", "family", "minutes", "campaign", "position", "map_x", "map_y", "thanks", "after", "requires",
          "language")  # fmt: skip


class NotOnlyWords(Exception):
    """A step, a question or a proof differs: that asks for a new version."""


def lay_out(sheet: QuestSheet, now: datetime) -> Quest:
    """A quest that nobody sees yet."""
    quest = Quest(slug=sheet.slug, state="draft", version=1, created_at=now, **{name: getattr(sheet, name) for name in _FRONT})
    db.session.add(quest)
    db.session.flush()
    return quest


def publish(
    quest: Quest, sheet: QuestSheet, note: str, now: datetime, actor_id: int | None = None, words_only: bool = False
) -> int:
    """The version that whoever starts from now on gets. The same sheet again changes nothing. What only changes the quest's
    front (title, place, what it asks for) stays within its version; anything else is a new one, unless it is said that only
    words differ. Raises NotOnlyWords where more does. The caller records who did it, and keeps or drops the draft."""
    db.session.refresh(quest, with_for_update=True)
    standing, wanted = as_data(quest, bodies=True), as_data(sheet, bodies=True)
    stood = bool(quest.steps)
    if stood and standing == wanted:
        quest.state = "published"
        return quest.version
    if stood:
        _remember(quest, standing, "", quest.created_at, None)
    same_steps = stood and standing["steps"] == wanted["steps"]
    if words_only and stood and not only_words_differ(standing["steps"], wanted["steps"]):
        raise NotOnlyWords(quest.slug)
    for name in _FRONT:
        setattr(quest, name, getattr(sheet, name))
    quest.state = "published"
    if same_steps or (words_only and stood):
        _reword(quest, sheet, wanted, note)
        return quest.version
    quest.version = _next_version(quest) if stood else quest.version
    _add_steps(quest, sheet)
    _remember(quest, wanted, note, now, actor_id)
    if stood:
        move_on_later(quest.id, quest.version)
    return quest.version


def _remember(quest: Quest, data: dict[str, Any], note: str, at: datetime, actor_id: int | None) -> None:
    row = {"quest_id": quest.id, "version": quest.version, "sheet": data, "note": note, "at": at, "by_id": actor_id}
    table: Any = QuestVersion.__table__
    insert_new(table, [row])


def _reword(quest: Quest, sheet: QuestSheet, data: dict[str, Any], note: str) -> None:
    for step, new in zip(quest.steps, sheet.steps, strict=True):
        step.title, step.minutes, step.body, step.data = new.title, new.minutes, new.body, new.data
    change = {"sheet": data} | ({"note": note} if note else {})
    here = (QuestVersion.quest_id == quest.id, QuestVersion.version == quest.version)
    db.session.execute(sa.update(QuestVersion).where(*here).values(**change))
    db.session.flush()


def _next_version(quest: Quest) -> int:
    last = db.session.scalar(sa.select(sa.func.max(Step.version)).where(Step.quest_id == quest.id))
    return max(last or 0, quest.version) + 1


def _add_steps(quest: Quest, sheet: QuestSheet) -> None:
    added = [_step(quest, place, step) for place, step in enumerate(sheet.steps)]
    db.session.add_all(added)
    db.session.flush()
    for step in added:
        if step.kind == DO:
            kinds = sorted(listens_to(parse(step.data["proof"])))
            db.session.add_all(StepListener(kind=kind, step_id=step.id) for kind in kinds)
    db.session.flush()
    db.session.expire(quest, ["steps"])


def _step(quest: Quest, place: int, sheet: StepSheet) -> Step:
    return Step(quest_id=quest.id, version=quest.version, slug=sheet.slug, position=place, kind=sheet.kind, title=sheet.title,
                minutes=sheet.minutes, body=sheet.body, data=sheet.data)  # fmt: skip


def move_on_later(quest_id: int, version: int, after: int = 0) -> None:
    ledger.defer("quests.move_on", dedupe_key=f"quests.move_on:{quest_id}:{version}:{after}", quest_id=quest_id, after=after)


def move_on(quest_id: int, after: int) -> int | None:
    """Of the next slice, those who have begun an older version and taken nothing of it get the one of today. Where to go on;
    None at the end."""
    version = db.session.scalar(sa.select(Quest.version).where(Quest.id == quest_id))
    here = sa.select(Enrolment.id, Enrolment.member_id).where(Enrolment.quest_id == quest_id, Enrolment.member_id > after)
    rows = db.session.execute(here.order_by(Enrolment.member_id).limit(SLICE_MEMBERS).with_for_update()).all()
    # They are held now, so whoever takes a first step meanwhile has taken it before this looks, or waits.
    untouched = ~sa.exists().where(StepDone.enrolment_id == Enrolment.id).correlate(Enrolment)
    behind = (among(Enrolment.id, [row.id for row in rows]), Enrolment.version < version, Enrolment.finished_at.is_(None))
    change = sa.update(Enrolment).where(*behind, untouched).values(version=version)
    db.session.execute(change, execution_options={"synchronize_session": False})
    return rows[-1].member_id if len(rows) == SLICE_MEMBERS else None
