"""A quest in another language, text by text: what is translated and still says the same, and else the original."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from recognition.database import among
from recognition.extensions import db
from recognition.quests.models import QUIZ, Quest, QuestText, Step
from recognition.quests.queries import QuestLine, Walk
from recognition.quests.quiz_page import Asked
from recognition.quests.sheet_data import as_data
from recognition.quests.text_places import places
from recognition.tongues import LANGUAGES_MAX, READY, Said, Telling, chosen, holding


@dataclass(frozen=True)
class ToldQuest:
    slug: str
    family: str
    minutes: int
    title: Said
    summary: Said
    thanks: Said
    after: Said


@dataclass(frozen=True)
class ToldStep:
    id: int
    slug: str
    kind: str
    minutes: int
    title: Said
    body: Said
    data: dict[str, Any]


def told(quest: Quest, language: str, steps: Sequence[Step] | None = None) -> dict[str, str]:
    """The words that hold in this language, by place: those of a translation that is ready, where the original still is what
    was translated. `steps`: of the version that is walked. Of the quest's own language there are none."""
    row = db.session.scalar(sa.select(QuestText).where(
        QuestText.quest_id == quest.id, QuestText.language == language, QuestText.state == READY
    ))  # fmt: skip
    if row is None:
        return {}
    original = places(as_data(quest, steps, bodies=True))
    return holding(original, row.words, row.was)


def languages(quest: Quest) -> tuple[str, ...]:
    """Its own first, then those in which a translation is ready."""
    ready = sa.select(QuestText.language).where(QuestText.quest_id == quest.id, QuestText.state == READY)
    others = db.session.scalars(ready.order_by(QuestText.language).limit(LANGUAGES_MAX))
    return (quest.language, *(one for one in others if one != quest.language))


def telling(walk: Walk, wanted: Sequence[str]) -> Telling:
    """`wanted`: languages that the reader would like, the dearest first. The first that there is counts."""
    offered = languages(walk.quest)
    language = chosen(offered, wanted)
    words = told(walk.quest, language, walk.steps) if language != walk.quest.language else {}
    return Telling(walk.quest.language, language, offered, words)


def fronts_told(lines: Sequence[QuestLine], wanted: Sequence[str]) -> list[QuestLine]:
    """Titles and summaries of a list in the languages that the reader would like; one statement for all of them."""
    columns = [column[name].as_string() for column in (QuestText.words, QuestText.was) for name in ("title", "summary")]
    ready = sa.select(QuestText.quest_id, QuestText.language, Quest.language, *columns).join(
        Quest, Quest.id == QuestText.quest_id
    )
    rows = db.session.execute(ready.where(QuestText.state == READY, among(Quest.id, [line.id for line in lines])))
    offered: dict[int, dict[str, Telling]] = {}
    for quest_id, language, original, title, summary, was_title, was_summary in rows:
        line = next(line for line in lines if line.id == quest_id)
        now = {"title": line.title, "summary": line.summary}
        words = holding(now, {"title": title, "summary": summary}, {"title": was_title, "summary": was_summary})
        own = offered.setdefault(quest_id, {original: Telling(original, original, (), {})})
        own[language] = Telling(original, language, (), words)
    dearest = {quest_id: by[chosen(list(by), wanted)] for quest_id, by in offered.items()}
    return [line_told(line, dearest[line.id]) if line.id in dearest else line for line in lines]


def quest_told(quest: Quest, by: Telling) -> ToldQuest:
    front = {name: by.say(name, getattr(quest, name)) for name in ("title", "summary", "thanks", "after")}
    return ToldQuest(quest.slug, quest.family, quest.minutes, **front)


def line_told(line: QuestLine, by: Telling) -> QuestLine:
    steps = tuple(step._replace(title=by.say(f"steps.{step.slug}.title", step.title)) for step in line.steps)
    return replace(line, title=by.say("title", line.title), summary=by.say("summary", line.summary), steps=steps)


def step_told(step: Step, by: Telling) -> ToldStep:
    """What is asked in a quiz is told question by question, see `asked_told`."""
    at = f"steps.{step.slug}"
    data = dict(step.data)
    if step.kind != QUIZ:
        data |= {name: by.say(f"{at}.{name}", data[name]) for name in ("prompt", "placeholder") if data.get(name)}
        if data.get("ideas"):
            data["ideas"] = [by.say(f"{at}.ideas.{number}", idea) for number, idea in enumerate(data["ideas"])]
    title, body = by.say(f"{at}.title", step.title), by.say(f"{at}.body", step.body)
    return ToldStep(step.id, step.slug, step.kind, step.minutes, title, body, data)


def asked_told(asked: Asked, step_slug: str, by: Telling) -> Asked:
    question = question_told(asked.question, f"steps.{step_slug}.questions.{asked.key}", by)
    labels = dict(zip(_labels(asked.question), _labels(question), strict=True))
    lefts = [left for left, _right in question.get("pairs", ())]
    return replace(
        asked, question=question,
        choices=tuple((replace(choice, label=labels[choice.label]), state) for choice, state in asked.choices),
        pairs=tuple((lefts[number], value) for number, (_left, value) in enumerate(asked.pairs)),
    )  # fmt: skip


def question_told(question: Mapping[str, Any], at: str, by: Telling) -> dict[str, Any]:
    found = dict(question)
    found |= {name: by.say(f"{at}.{name}", found[name]) for name in ("ask", "hint", "why", "guide") if found.get(name)}
    if isinstance(found.get("right"), str):
        found["right"] = by.say(f"{at}.right", found["right"])
    for name in ("right", "wrong"):
        if isinstance(found.get(name), list):
            found[name] = [by.say(f"{at}.{name}.{number}", text) for number, text in enumerate(found[name])]
    if "pairs" in found:
        found["pairs"] = [[by.say(f"{at}.pairs.{n}.left", left), by.say(f"{at}.pairs.{n}.right", right)]
                          for n, (left, right) in enumerate(found["pairs"])]  # fmt: skip
    return found


def _labels(question: Mapping[str, Any]) -> list[str]:
    """Every text of a question that can be chosen, in one order."""
    if "guide" in question:
        return []
    right = [fits for _left, fits in question["pairs"]] if "pairs" in question else question["right"]
    return [*([right] if isinstance(right, str) else right), *question.get("wrong", ())]
