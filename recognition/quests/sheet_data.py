"""A quest as plain data in the form of a catalogue file, from what is stored or from a checked sheet."""

from collections.abc import Sequence
from typing import Any, Protocol

from recognition import toml
from recognition.quests.models import DO, QUIZ
from recognition.quests.quiz_sheets import QUESTION_KEYS, kind_of
from recognition.quests.sheets import KIND_KEYS

_LAST = ("where", "at_least", "gaps", "level")
"""What a rule says after its first word."""


class StepLike(Protocol):
    @property
    def slug(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def minutes(self) -> int: ...
    @property
    def body(self) -> str: ...
    @property
    def data(self) -> dict[str, Any]: ...


def as_data(quest: Any, steps: Sequence[StepLike] | None = None, bodies: bool = False) -> dict[str, Any]:
    """`quest`: a Quest or a QuestSheet, which name things alike; `steps`: others than its own. `bodies`: with the words of
    its read steps inside, as versions and drafts keep them; a file has them beside it."""
    names = ("slug", "title", "summary", "family", "minutes", "campaign", "position")
    data = {name: getattr(quest, name) for name in names if getattr(quest, name) is not None}
    data |= {"map": [quest.map_x, quest.map_y], "thanks": quest.thanks, "after": quest.after}
    if quest.requires:
        data["requires"] = toml.inlined(_in_order(quest.requires))
    if quest.language != "en":
        data["language"] = quest.language
    data["steps"] = [_step_data(step, bodies) for step in (quest.steps if steps is None else steps)]
    return {name: value for name, value in data.items() if value != ""}


def _step_data(step: StepLike, bodies: bool) -> dict[str, Any]:
    """In the order of the format, since PostgreSQL keeps an order of its own."""
    data: dict[str, Any] = {"slug": step.slug, "kind": step.kind, "title": step.title, "minutes": step.minutes}
    data |= {name: step.data[name] for name in KIND_KEYS[step.kind] if step.data.get(name) not in (None, "", [])}
    if step.kind == QUIZ:
        data["questions"] = [_question_data(question) for question in step.data["questions"]]
    if step.kind == DO:
        data["proof"] = toml.inlined(_in_order(step.data["proof"]))
    if bodies and step.body:
        data["body"] = step.body
    return data


def _question_data(question: dict[str, Any]) -> dict[str, Any]:
    return {name: question[name] for name in QUESTION_KEYS[kind_of(question)] if question.get(name)}


def _in_order(rule: Any) -> Any:
    if isinstance(rule, list):
        return [_in_order(part) for part in rule]
    if isinstance(rule, dict):
        return {name: _in_order(rule[name]) for name in sorted(rule, key=lambda n: (n in _LAST, n))}
    return rule
