"""Reads of quests and of how far one member is. The same number of statements for one quest and for a hundred."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition import clock
from recognition.activities import measure
from recognition.activities.criteria.decide import decide
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import ABOUT_MEMBERS, QUEST_FINISHED, Criteria, Leaf, leaves, wanted_leaves
from recognition.activities.measuring.conditions import conditions
from recognition.activities.models import Activity
from recognition.badges.words import names_for
from recognition.database import among
from recognition.extensions import db
from recognition.quests.models import Enrolment, Quest, Step, StepDone
from recognition.quests.rules import (
    DONE,
    FAMILIES,
    LOCKED,
    OPEN,
    STARTED,
    direct_ways,
    next_step,
    prerequisites,
    state_of,
    unlocked,
)
from recognition.quests.words import family_names, is_finished, unlock_sentence


class StepLine(NamedTuple):
    id: int
    quest_id: int
    slug: str
    position: int
    kind: str
    title: str
    minutes: int
    done: bool = False
    handed: bool = False
    waiting: bool = False
    """All of it was handed in, and nothing of it waits for the member: somebody reads it."""


@dataclass(frozen=True)
class QuestLine:
    """A quest as one member sees it, in the version they walk. `unlocks`: for a locked one, what opens it. `next_slug`: the
    step to go on with; None where all are done, or a person reads what is left (`waiting_slug`)."""

    id: int
    slug: str
    title: str
    summary: str
    family: str
    minutes: int
    campaign: str | None
    map_x: int
    map_y: int
    steps: tuple[StepLine, ...]
    state: str
    unlocks: str = ""
    needs: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return len(self.steps)

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def share(self) -> float:
        return self.done / self.total if self.steps else 0.0

    @property
    def next_slug(self) -> str | None:
        step = next_step(self.steps, {step.id for step in self.steps if step.done or step.waiting})
        return step.slug if step else None

    @property
    def waiting_slug(self) -> str | None:
        return next((step.slug for step in self.steps if step.waiting and not step.done), None)

    def may_answer(self, slug: str) -> bool:
        """Theirs to take, or to look at again: every step before it is done or handed in."""
        here = self.step(slug)
        if here is None or self.state not in (STARTED, DONE):
            return False
        return here.done or all(step.done or step.handed for step in self.steps if step.position < here.position)

    @property
    def minutes_left(self) -> int:
        """The quest's own estimate, less what the steps behind the member took of it."""
        whole = sum(step.minutes for step in self.steps)
        left = sum(step.minutes for step in self.steps if not step.done)
        return -(-self.minutes * left // whole) if whole else 0

    def step(self, slug: str) -> StepLine | None:
        return next((step for step in self.steps if step.slug == slug), None)


class NextStep(NamedTuple):
    """Something to do now, why, and how long it takes; `url_for(endpoint, **url)` leads there."""

    title: str
    reason: str
    minutes: int
    family: str
    endpoint: str
    url: dict[str, str]


class Station(NamedTuple):
    slug: str
    title: str
    x: int
    y: int
    family: str
    state: str
    unlocks: str


class Map(NamedTuple):
    """`lines`: (from, to) by slug; `families`: those that stand on it, with their names. Addresses are the view's."""

    stations: list[Station]
    lines: list[tuple[str, str]]
    families: list[tuple[str, str]]


class Walk(NamedTuple):
    """One quest with its texts, the member's place in it and what they answered, by step id."""

    quest: Quest
    steps: tuple[Step, ...]
    line: QuestLine
    answers: dict[int, dict[str, Any]]
    enrolment_id: int | None
    helps: bool


def quests_for(member_id: int | None, campaign: str | None = None) -> list[QuestLine]:
    """Every published quest in its order, as this member sees it, and those at rest that they are in the middle of; None: as
    a guest does."""
    midway = sa.exists().where(
        Enrolment.quest_id == Quest.id, Enrolment.member_id == (member_id or 0), Enrolment.finished_at.is_(None)
    )
    theirs = sa.or_(Quest.state == "published", sa.and_(Quest.state == "retired", midway))
    wanted = sa.select(Quest).where(theirs).options(sa.orm.lazyload(Quest.steps))
    rows = db.session.scalars(wanted.order_by(Quest.position, Quest.id).limit(500)).all()
    lines = _lines(rows, member_id)
    return [line for line in lines if campaign in (None, line.campaign)]


def walk(slug: str, member_id: int | None) -> Walk | None:
    """None: there is no such quest, or it is not published. One that is over goes on for those who have begun it."""
    known = sa.select(Quest).where(Quest.slug == slug, Quest.state != "draft").options(sa.orm.lazyload(Quest.steps))
    quest = db.session.scalar(known)
    if quest is None:
        return None
    line = _lines([quest], member_id)[0]
    if quest.state != "published" and line.state not in (STARTED, DONE):
        return None
    steps = sa.select(Step).where(among(Step.id, [step.id for step in line.steps])).order_by(Step.position)
    answers: dict[int, dict[str, Any]] = {}
    enrolment_id, helps = None, False
    if member_id is not None and line.state in (STARTED, DONE):
        kept = (
            sa.select(Enrolment.id, Enrolment.helps, StepDone.step_id, StepDone.answer)
            .outerjoin(StepDone, StepDone.enrolment_id == Enrolment.id)
            .where(Enrolment.member_id == member_id, Enrolment.quest_id == quest.id)
        )
        for row in db.session.execute(kept):
            enrolment_id, helps = row.id, row.helps
            if row.step_id is not None:
                answers[row.step_id] = row.answer or {}
    return Walk(quest, tuple(db.session.scalars(steps)), line, answers, enrolment_id, helps)


def next_for(member_id: int | None, limit: int = 3, campaign: str | None = None) -> list[NextStep]:
    """What to do next: go on with what was started, then what is open, in the order of the path."""
    return suggest(quests_for(member_id, campaign), limit)


def suggest(lines: Sequence[QuestLine], limit: int) -> list[NextStep]:
    going = [line for line in lines if line.state == STARTED and line.next_slug]
    going.sort(key=lambda line: -line.share)
    fresh = [line for line in lines if line.state == OPEN]
    finished = {line.slug: line.title for line in lines if line.state == DONE}
    found = [_go_on(line) for line in going] + [_begin(line, finished) for line in fresh]
    return found[:limit]


def draw(lines: Sequence[QuestLine]) -> Map:
    """Stations and the direct lines between them; exactly one station is lit as the next one while any is open."""
    following = suggest(lines, 1)
    lit = following[0].url["slug"] if following else None
    here = {line.slug for line in lines}
    stations = [
        Station(line.slug, line.title, line.map_x, line.map_y, line.family, _light(line, lit), line.unlocks) for line in lines
    ]
    tracks = direct_ways({line.slug: [needed for needed in line.needs if needed in here] for line in lines})
    names = family_names()
    return Map(stations, tracks, [(f, names[f]) for f in FAMILIES if any(line.family == f for line in lines)])


def deeds_of(criteria: Criteria, member_id: int, now: datetime, limit: int = 3) -> list[Activity]:
    """The member's own latest deeds that count for a rule: the answer to "which ones?"."""
    asked = [leaf.where for leaf in wanted_leaves(criteria) if leaf.measure not in ABOUT_MEMBERS]
    fits = [sa.and_(*conditions(where, now=now)) for where in asked]
    wanted = sa.select(Activity).where(Activity.member_id == member_id, sa.or_(sa.false(), *fits))
    return list(db.session.scalars(wanted.order_by(Activity.occurred_at.desc(), Activity.id.desc()).limit(limit)))


def _light(line: QuestLine, lit: str | None) -> str:
    if line.slug == lit:
        return "next"
    return {DONE: "done", LOCKED: "locked"}.get(line.state, "open")


def _go_on(line: QuestLine) -> NextStep:
    left = line.total - line.done
    reason = ngettext("You are nearly there: one step is left.", "You began it; %(num)s steps are left.", left)
    where = {"slug": line.slug, "step": line.next_slug or "done"}
    return NextStep(line.title, reason, line.minutes_left, line.family, "quests.step", where)


def _begin(line: QuestLine, finished: Mapping[str, str]) -> NextStep:
    behind = next((finished[slug] for slug in line.needs if slug in finished), None)
    reason = _("It opened when you finished “%(quest)s”.", quest=behind) if behind else _("A good place to begin.")
    return NextStep(line.title, reason, line.minutes, line.family, "quests.show", {"slug": line.slug})


def _lines(quests: Sequence[Quest], member_id: int | None) -> list[QuestLine]:
    ids = [quest.id for quest in quests]
    steps, begun = _way(ids, member_id)
    rules = {quest.id: parse(quest.requires) for quest in quests if quest.requires}
    values = _values(rules.values(), member_id)
    progress = {quest_id: decide(rule, values) for quest_id, rule in rules.items()}
    shut = {quest_id for quest_id, made in progress.items() if not unlocked(made) and quest_id not in begun}
    names = names_for([rules[one] for one in shut], {f"quest:{quest.slug}": quest.title for quest in quests})
    return [
        QuestLine(
            quest.id, quest.slug, quest.title, quest.summary, quest.family, quest.minutes, quest.campaign,
            quest.map_x, quest.map_y, steps.get(quest.id, ()),
            state_of(quest.id not in shut, quest.id in begun, begun.get(quest.id, False)),
            unlock_sentence(progress[quest.id], names) if quest.id in shut else "",
            tuple(prerequisites(rules.get(quest.id))),
        )
        for quest in quests
    ]  # fmt: skip


def _way(quest_ids: Sequence[int], member_id: int | None) -> tuple[dict[int, tuple[StepLine, ...]], dict[int, bool]]:
    """The steps of each quest with those that are done, and the quests that were begun with whether they are finished."""
    columns = (Step.id, Step.quest_id, Step.slug, Step.position, Step.kind, Step.title, Step.minutes)
    mine = sa.and_(Enrolment.quest_id == Quest.id, Enrolment.member_id == (member_id or 0))
    wanted = (
        sa.select(*columns, Quest.id.label("of"), Enrolment.id.label("begun"), Enrolment.finished_at, StepDone.done_at,
                  StepDone.answer["handed"].as_boolean().label("handed"), StepDone.answer["waiting"].as_boolean().label("waits"))
        .select_from(Quest)
        .outerjoin(Enrolment, mine)
        .outerjoin(Step, sa.and_(Step.quest_id == Quest.id, Step.version == sa.func.coalesce(Enrolment.version, Quest.version)))
        .outerjoin(StepDone, sa.and_(StepDone.enrolment_id == Enrolment.id, StepDone.step_id == Step.id))
        .where(among(Quest.id, quest_ids))
        .order_by(Quest.id, Step.position)
    )  # fmt: skip
    steps: dict[int, list[StepLine]] = {}
    begun: dict[int, bool] = {}
    for row in db.session.execute(wanted):
        if row.id is not None:
            steps.setdefault(row.of, []).append(StepLine(*row[:7], row.done_at is not None, bool(row.handed), bool(row.waits)))
        if row.begun is not None:
            begun[row.of] = row.finished_at is not None
    return {quest_id: tuple(lines) for quest_id, lines in steps.items()}, begun


def _values(rules: Iterable[Criteria], member_id: int | None) -> dict[Leaf, int]:
    """Measured numbers of all leaves. "Has finished a quest", by far the most usual, is looked up for all at once."""
    asked = set(dict.fromkeys(leaf for rule in rules for leaf in leaves(rule)))
    if member_id is None or not asked:
        return {}
    simple = {leaf for leaf in asked if is_finished(leaf)}
    things = sa.select(Activity.object).where(Activity.member_id == member_id, Activity.kind == QUEST_FINISHED,
                                              Activity.repeat_of_id.is_(None),
                                              Activity.withdrawn_at.is_(None))  # fmt: skip
    finished = set(db.session.scalars(things)) if simple else set()
    values = {leaf: int(leaf.where.object[0] in finished) for leaf in simple}
    for leaf in sorted(asked - simple, key=repr):
        values[leaf] = measure.measure(leaf, [member_id], leaf.at_least, now=clock.utcnow()).get(member_id, 0)
    return values
