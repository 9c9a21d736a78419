"""Answers that people wrote in a quest, some read and some waiting, and a quest that is half told in German."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.database import insert_new
from recognition.demo import community
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.quests.models import Quest, QuestText, Review, Step
from recognition.quests.quiz_sheets import TEXT, kind_of
from recognition.quests.quizzes import choices, question_key, right_answer
from recognition.quests.rules import QuestLocked
from recognition.quests.services import answering, overriding, reviewing, trying, walking
from recognition.quests.sheet_data import as_data
from recognition.quests.text_places import places

QUEST, TRANSLATED = "in-your-own-words", "what-is-mdm"
HOURS_UNTIL_READ = 20


def leave(ids: Mapping[str, int], now: datetime) -> None:
    """Each answer once, also where the demo is loaded again."""
    told = community.read("reading")
    quest = db.session.scalars(sa.select(Quest).where(Quest.slug == QUEST)).one_or_none()
    if quest is not None and db.session.scalar(sa.select(Review.id).limit(1)) is None:
        for one in told["answers"]:
            _write(quest, one, ids, now)
        reviewing.widen(now)
    _translate(told["german"], now)
    db.session.flush()


def _write(quest: Quest, one: Mapping[str, Any], ids: Mapping[str, int], now: datetime) -> None:
    member = db.session.get(Member, ids.get(one["handle"], 0))
    at = now - timedelta(days=one["ago"], hours=1)
    if member is None:
        return
    with clock.as_of(at):
        try:
            walking.start(member, quest, at)
        except QuestLocked:
            return
        for step in quest.steps:
            if step.kind == "read":
                walking.read_step(member, quest, step, at)
            elif _has_text(step):
                _hand_in(member, quest, step, one["text"], at)
                break
            else:
                _answer_all(member, quest, step, at)
    if "reader" in one:
        _read(one, member, ids, at + timedelta(hours=HOURS_UNTIL_READ))
    if one.get("helps"):
        _finish(quest, member, at + timedelta(hours=HOURS_UNTIL_READ + 1))


def _has_text(step: Step) -> bool:
    return any(kind_of(question) == TEXT for question in step.data.get("questions", ()))


def _hand_in(member: Member, quest: Quest, step: Step, text: str, at: datetime) -> None:
    reviewing.hand_in(member, quest, step, question_key(step.data["questions"][0]), text, at)


def _answer_all(member: Member, quest: Quest, step: Step, at: datetime) -> None:
    for question in step.data["questions"]:
        answering.answer_question(member, quest, step, question_key(question), _right(question, member.id, step.id), at)


def _right(question: Mapping[str, Any], member_id: int, step_id: int) -> list[str]:
    values = {choice.label: choice.value for choice in choices(question, member_id, step_id)}
    right = right_answer(question) or []
    return [values[label] for label in ([right] if isinstance(right, str) else right)]


def _read(one: Mapping[str, Any], member: Member, ids: Mapping[str, int], at: datetime) -> None:
    reader = db.session.get(Member, ids.get(one["reader"], 0))
    mine = sa.select(Review.id).where(Review.text == one["text"], Review.state == "waiting")
    if reader is None or reader.id == member.id:
        return
    with clock.as_of(at):
        found = db.session.scalars(mine).all()
        reviewing.decide(found, reader, one["said"] == "passed", one["words"], at)
    other = db.session.get(Member, ids.get(one["again"]["by"], 0)) if "again" in one else None
    if other is not None and found:
        with clock.as_of(at + timedelta(hours=1)):
            overriding.override(found[0], other, one["again"]["words"], at + timedelta(hours=1))


def _finish(quest: Quest, member: Member, at: datetime) -> None:
    """The test at the end, all right, and the offer to read what others write."""
    step = quest.steps[-1]
    with clock.as_of(at):
        given = {question_key(one): _right(one, member.id, step.id) for one in step.data["questions"]}
        trying.begin_try(member, quest, step, 1, False, at)
        trying.save_try(member, quest, step, 1, given, at + timedelta(minutes=3))
        trying.hand_in_try(member, quest, step, 1, at + timedelta(minutes=3))
    reviewing.offer_help(member, quest, True)


def _translate(words: Mapping[str, str], now: datetime) -> None:
    quest = db.session.scalars(sa.select(Quest).where(Quest.slug == TRANSLATED)).one_or_none()
    if quest is None:
        return
    original = places(as_data(quest, bodies=True))
    kept = {place: text.strip() for place, text in words.items() if place in original}
    row = {"quest_id": quest.id, "language": "de", "version": quest.version, "words": kept,
           "was": {place: original[place] for place in kept}, "state": "ready", "changed_at": now, "by_id": None}  # fmt: skip
    table: Any = QuestText.__table__
    insert_new(table, [row])
