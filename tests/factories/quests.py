"""Published quests with every kind of step."""

from datetime import UTC, datetime
from typing import Any

from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import listens_to
from recognition.extensions import db
from recognition.quests.models import Quest, Step, StepListener
from recognition.quests.services import walking as services

MADE = datetime(2026, 1, 1, tzinfo=UTC)
QUESTIONS = [
    {"ask": f"Question {n}?", "right": f"Right {n}", "wrong": [f"Wrong {n}a", f"Wrong {n}b", f"Wrong {n}c"],
     "hint": f"Hint {n}", "why": f"Why {n}", "source": f"Source {n}"}
    for n in (1, 2)
]  # fmt: skip
STEPS: dict[str, dict[str, Any]] = {
    "read": {"body": "Words to *read*.", "data": {"file": "01-words.md"}},
    "quiz": {"data": {"pass_mark": 0.8, "questions": QUESTIONS}},
    "reflect": {"data": {"prompt": "What do you think?", "placeholder": "I think…"}},
    "do": {"data": {"prompt": "Do it.", "ideas": ["Alone.", "Together."], "tag": "did-it",
                    "proof": {"count": {"tags_any": ["did-it"]}, "at_least": 1}}},
}  # fmt: skip


def make_quest(slug: str = "first", kinds: tuple[str, ...] = ("read", "quiz", "reflect", "do"), **changes: Any) -> Quest:
    """Steps are called after their kind; a kind that comes again gets a number, "do-2"."""
    values: dict[str, Any] = {
        "title": slug.replace("-", " ").title(), "summary": f"About {slug}.", "family": "learning", "minutes": 12,
        "campaign": "spring", "position": 1, "map_x": 10, "map_y": 50, "requires": None, "thanks": "Thank you.",
        "after": "You can do it now.", "created_at": MADE, **changes,
    }  # fmt: skip
    quest = Quest(slug=slug, **values)
    for place, kind in enumerate(kinds):
        number = kinds[:place].count(kind) + 1
        name = kind if number == 1 else f"{kind}-{number}"
        quest.steps.append(Step(slug=name, position=place, kind=kind, title=f"Step {name}", minutes=3, **STEPS[kind]))
    db.session.add(quest)
    db.session.flush()
    for step in quest.steps:
        if step.kind == "do":
            kinds_heard = sorted(listens_to(parse(step.data["proof"])))
            db.session.add_all(StepListener(kind=kind, step_id=step.id) for kind in kinds_heard)
    db.session.flush()
    return quest


def begin(member: Any, quest: Quest, steps: int = 0) -> None:
    services.start(member, quest, MADE)
    for step in quest.steps[:steps]:
        services.read_step(member, quest, step, MADE)
    db.session.commit()


SINGLE = QUESTIONS[0]
MULTIPLE = {"kind": "multiple", "ask": "Which two?", "right": ["Fits A", "Fits B"], "wrong": ["Not C", "Not D"],
            "hint": "Hint M", "why": "Why M", "source": ""}  # fmt: skip
PAIRS = {"kind": "matching", "ask": "Whose is it?", "pairs": [["Cat", "Meow"], ["Dog", "Woof"], ["Cow", "Moo"]],
         "wrong": ["Quack"], "hint": "Hint P", "why": "Why P", "source": ""}  # fmt: skip
TEXT = {"kind": "text", "ask": "What would you say?", "guide": "SECRET-GUIDE", "hint": "", "why": "", "source": ""}


def make_quiz(slug: str = "first", *questions: dict[str, Any], after: tuple[str, ...] = (), **data: Any) -> Quest:
    """A quest that begins with this quiz, called "quiz", and goes on with steps of the kinds of `after`."""
    quest = make_quest(slug, ("quiz", *after))
    quest.steps[0].data = {"pass_mark": 1.0, **data, "questions": list(questions)}
    db.session.flush()
    return quest
