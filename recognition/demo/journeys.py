"""Walks the quests as people did: steps, quizzes with a slip now and then, a reflection, a deed that proves it."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities import confirming
from recognition.activities.models import Activity
from recognition.activities.rules import Report
from recognition.database import insert_new
from recognition.demo.deeds import MDM_LINE, MDM_LINE_DAYS_AGO, SEED
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.quests.models import DO, QUIZ, REFLECT, Enrolment, Quest, Step
from recognition.quests.quizzes import question_key
from recognition.quests.services import walking as quests

KIND_OF_PROOF = {
    "what-is-mdm": "writing", "why-it-started": "meeting", "vision-and-goal": "planning",
    "engagements-and-campaigns": "testing", "coordinator-role": "documentation", "thanks-and-recognition": "thanks",
    "pass-it-on": "campaign", "coaching": "mentoring",
}  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """A quest that somebody walked on a day. `steps` None: to its end, with `deed` as its proof, which `witness` saw."""

    handle: str
    quest: str
    ago: int
    steps: int | None
    deed: str
    visibility: str
    witness: str = ""


def plan(journeys: Sequence[Mapping[str, Any]]) -> list[Stop]:
    """The oldest first; a stop without a day of its own follows the one before it."""
    stops: list[Stop] = []
    for journey in journeys:
        before = 6
        for stop in journey["stops"]:
            ago = stop.get("ago", max(0, min(before - 1, 3)))
            stops.append(Stop(journey["handle"], stop["quest"], ago, stop.get("steps"), stop.get("deed", ""),
                              stop.get("visibility", "public" if len(stops) % 3 else "members"),
                              stop.get("witness", "")))  # fmt: skip
            before = ago
    return sorted(stops, key=lambda stop: -stop.ago)


def walk(stops: Sequence[Stop], ids: Mapping[str, int], reflections: Sequence[str], moment: datetime) -> None:
    """One day's stops."""
    found = {quest.slug: quest for quest in db.session.scalars(sa.select(Quest))}
    here = [stop for stop in stops if stop.handle in ids]
    rows = [{"quest_id": found[s.quest].id, "member_id": ids[s.handle], "started_at": moment} for s in here]
    insert_new(Enrolment.__table__, rows)
    dones = []
    for stop in here:
        quest = found[stop.quest]
        enrolment_id = _enrolment_id(quest.id, ids[stop.handle])
        steps = [step for step in quest.steps if step.kind != DO]
        dones += [
            quests.Done(
                enrolment_id,
                ids[stop.handle],
                quest.slug,
                quest.campaign,
                step.id,
                step.kind,
                _answer(step, stop, reflections),
            )
            for step in steps[: stop.steps]
        ]
    quests.complete(dones, moment)
    for stop in here:
        if stop.steps is None:
            _prove(stop, found[stop.quest], ids, moment)


def _enrolment_id(quest_id: int, member_id: int) -> int:
    wanted = sa.select(Enrolment.id).where(Enrolment.quest_id == quest_id, Enrolment.member_id == member_id)
    return int(db.session.scalars(wanted).one())


def _answer(step: Step, stop: Stop, reflections: Sequence[str]) -> dict[str, Any] | None:
    chance = random.Random(f"{SEED}:{stop.handle}:{stop.quest}")
    if step.kind == REFLECT:
        return {"text": chance.choice(reflections)}
    if step.kind != QUIZ:
        return None
    tries = {
        question_key(q): ([chance.choice(q["wrong"])] if chance.random() < 0.2 else []) + [q["right"]]
        for q in step.data["questions"]
        if isinstance(q.get("right"), str)
    }
    return {"tries": tries, "right": sum(len(tried) == 1 for tried in tries.values()), "asked": len(tries)}


def _prove(stop: Stop, quest: Quest, ids: Mapping[str, int], moment: datetime) -> None:
    member_id = ids[stop.handle]
    step = next(step for step in quest.steps if step.kind == DO)
    report = Report(
        member_id=member_id, source="demo", source_key=f"proof-{stop.handle}-{stop.quest}", occurred_at=moment,
        kind=KIND_OF_PROOF[stop.quest], text=stop.deed, tags=(step.data["tag"],), visibility=stop.visibility,
        campaign=MDM_LINE if stop.ago <= MDM_LINE_DAYS_AGO else None,
    )  # fmt: skip
    quests.report_deed(db.session.get_one(Member, member_id), quest, step, report, moment)
    if stop.witness in ids:
        told = db.session.scalars(sa.select(Activity.id).where(Activity.source_key == report.source_key)).one()
        confirming.confirm(told, ids[stop.witness], moment)
