"""Where a quest's words stand, as a flat map: "steps.why.title" to the words. What translations are kept and told by."""

from collections.abc import Iterator, Mapping
from typing import Any

from recognition.quests.quizzes import question_key

FRONT = ("title", "summary", "thanks", "after")
OF_STEP = ("title", "body", "prompt", "placeholder")
OF_QUESTION = ("ask", "hint", "why", "guide")
Sheet = Mapping[str, Any]


def places(sheet: Sheet) -> dict[str, str]:
    """Every text of a sheet (with the words of its read steps inside) that members read, in the order of the quest. A question
    is called by its key, which is the same wherever it stands in its quiz."""
    found = {name: str(sheet[name]) for name in FRONT if sheet.get(name)}
    for step in sheet.get("steps", ()):
        found |= {f"steps.{step['slug']}.{name}": text for name, text in _of_step(step)}
    return found


def _of_step(step: Sheet) -> Iterator[tuple[str, str]]:
    yield from ((name, str(step[name])) for name in OF_STEP if step.get(name))
    yield from ((f"ideas.{number}", str(idea)) for number, idea in enumerate(step.get("ideas", ())))
    for question in step.get("questions", ()):
        at = f"questions.{question_key(question)}"
        yield from ((f"{at}.{name}", text) for name, text in _of_question(question))


def _of_question(question: Sheet) -> Iterator[tuple[str, str]]:
    yield from ((name, str(question[name])) for name in OF_QUESTION if question.get(name))
    right = question.get("right", [])
    if isinstance(right, str):
        yield "right", right
    else:
        yield from ((f"right.{number}", str(text)) for number, text in enumerate(right))
    yield from ((f"wrong.{number}", str(text)) for number, text in enumerate(question.get("wrong", ())))
    for number, (left, fits) in enumerate(question.get("pairs", ())):
        yield f"pairs.{number}.left", str(left)
        yield f"pairs.{number}.right", str(fits)
