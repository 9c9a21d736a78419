"""What the page of one step shows, put together from what is known; nothing is decided here."""

from dataclasses import dataclass, replace
from typing import Any

from recognition import clock
from recognition.activities.criteria.decide import Progress
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import Criteria, Node, leaves
from recognition.activities.models import Activity
from recognition.badges.words import names_for
from recognition.quests import queries
from recognition.quests.forms import asks_for_a_witness
from recognition.quests.models import DO, Step
from recognition.quests.queries import Walk
from recognition.quests.services import walking


@dataclass(frozen=True)
class StepPage:
    """`number` of `total`; `answer`: what the member gave; `can_answer`: theirs to take or to look at again.
    For a deed: how far its proof is, what it asks in words, and the deeds that count; where it asks for a witness
    (`asks_who`), also those that wait for one."""

    number: int
    total: int
    is_done: bool
    can_answer: bool
    answer: dict[str, Any]
    progress: Progress | None = None
    asks: str = ""
    deeds: tuple[Activity, ...] = ()
    asks_who: bool = False
    waiting: tuple[Activity, ...] = ()


def step_page(walk: Walk, here: Step, member_id: int | None) -> StepPage:
    line = next(step for step in walk.line.steps if step.id == here.id)
    progress, asks = None, ""
    deeds: tuple[Activity, ...] = ()
    waiting: tuple[Activity, ...] = ()
    asks_who = here.kind == DO and asks_for_a_witness(here)
    if here.kind == DO and member_id is not None:
        criteria = parse(here.data["proof"])
        progress = walking.progress_for(here.data["proof"], member_id, clock.utcnow())
        asks = describe(criteria, names_for([criteria]))
        deeds = tuple(queries.deeds_of(criteria, member_id, clock.utcnow()))
        if asks_who and not progress.met:
            counted = {deed.id for deed in deeds}
            told = queries.deeds_of(by_own_word(criteria), member_id, clock.utcnow())
            waiting = tuple(deed for deed in told if deed.id not in counted)
    return StepPage(
        number=line.position + 1, total=walk.line.total, is_done=line.done,
        can_answer=walk.line.may_answer(line.slug),
        answer=dict(walk.answers.get(here.id, {})), progress=progress, asks=asks, deeds=deeds,
        asks_who=asks_who, waiting=waiting,
    )  # fmt: skip


def by_own_word(criteria: Criteria) -> Criteria:
    """What would count if nobody else had to say so."""
    own = [replace(leaf, where=replace(leaf.where, evidence=0)) for leaf in leaves(criteria)]
    return Node(tuple(own), 1)
