"""What the page of one step shows, put together from what is known; nothing is decided here."""

from dataclasses import dataclass
from typing import Any

from recognition import clock
from recognition.activities.criteria.decide import Progress
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import parse
from recognition.activities.models import Activity
from recognition.badges.words import names_for
from recognition.quests import queries, services
from recognition.quests.models import DO, Step
from recognition.quests.queries import Walk
from recognition.quests.rules import DONE, STARTED, Choice, QuizResult, choices, mark_quiz, question_key


@dataclass(frozen=True)
class StepPage:
    """`number` of `total`; `answer`: what the member gave; `can_answer`: theirs to take or to look at again.
    For a deed: how far its proof is, what it asks in words, and the deeds that count."""

    number: int
    total: int
    is_done: bool
    can_answer: bool
    answer: dict[str, Any]
    progress: Progress | None = None
    asks: str = ""
    deeds: tuple[Activity, ...] = ()


@dataclass(frozen=True)
class QuizPage:
    """One question at a time. `shown` None: all are answered, and the quiz is told again as a whole. `found`: the shown
    question has its right answer; `next_key`: another one waits."""

    questions: list[dict[str, Any]]
    shown: int | None
    key: str
    choices: list[tuple[Choice, str]]
    found: bool
    tried: bool
    right_count: int
    result: QuizResult
    has_more: bool
    first_try_enough: bool


def step_page(walk: Walk, here: Step, member_id: int | None) -> StepPage:
    line = next(step for step in walk.line.steps if step.id == here.id)
    progress, asks = None, ""
    deeds: tuple[Activity, ...] = ()
    if here.kind == DO and member_id is not None:
        criteria = parse(here.data["proof"])
        progress = services.progress_for(here.data["proof"], member_id, clock.utcnow())
        asks = describe(criteria, names_for([criteria]))
        deeds = tuple(queries.deeds_of(criteria, member_id, clock.utcnow()))
    return StepPage(
        number=line.position + 1, total=walk.line.total, is_done=line.done,
        can_answer=walk.line.state in (STARTED, DONE) and (line.done or line.slug == walk.line.next_slug),
        answer=dict(walk.answers.get(here.id, {})), progress=progress, asks=asks, deeds=deeds,
    )  # fmt: skip


def quiz_view(walk: Walk, here: Step, member_id: int | None, wanted: str | None) -> QuizPage:
    """`wanted`: the key of a question that was just answered right; it is shown again with its reason."""
    questions = here.data["questions"]
    tries: dict[str, list[str]] = walk.answers.get(here.id, {}).get("tries", {})
    result = mark_quiz(questions, tries)
    just = result.of(wanted) if wanted else None
    marked = just if just and just.right else result.current
    shown = next((i for i, q in enumerate(questions) if marked and question_key(q) == marked.key), None)
    offered = choices(questions[shown], member_id or 0, here.id) if shown is not None else []
    found = marked is not None and marked.right
    return QuizPage(
        questions=questions, shown=shown, key=marked.key if marked else "",
        choices=[(choice, _state(choice, marked.tries, found)) for choice in offered if marked],
        found=found, tried=marked is not None and bool(marked.tries), right_count=result.right_count, result=result,
        has_more=result.current is not None, first_try_enough=result.passed_at_first(here.data["pass_mark"]),
    )  # fmt: skip


def _state(choice: Choice, tries: tuple[str, ...], found: bool) -> str:
    if choice.label in tries:
        return "right" if choice.right else "wrong"
    return "right" if choice.right and found else "neutral"
