"""A try of a test against the clock. Values in, values out.

While one goes on, the answer of the step has `running`: {number, ends_at, sent: the labels that were chosen so far, by question
key, and an empty one beside a left side without a partner, late: the same, where it came after the end}. Who took the longer time
is told by nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from recognition.quests.quiz_sheets import LIMIT_MINUTES, MATCHING, kind_of
from recognition.quests.quizzes import Given, choices, given_of, question_key
from recognition.quests.rules import BadAnswer

GRACE = timedelta(minutes=1)
"""For the way from the browser to us, and for whoever presses at the last moment."""
LONGER = 2
Sent = dict[str, list[str]]


@dataclass(frozen=True)
class Running:
    number: int
    ends_at: datetime
    sent: Mapping[str, Sequence[str]] = field(default_factory=dict)
    late: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def is_up(self, now: datetime) -> bool:
        """The time that was given."""
        return now > self.ends_at

    def is_over(self, now: datetime) -> bool:
        """What comes now counts no longer."""
        return now > self.ends_at + GRACE


def limit_of(data: Mapping[str, Any]) -> timedelta | None:
    minutes = data.get(LIMIT_MINUTES)
    return timedelta(minutes=minutes) if minutes else None


def running_of(answer: Mapping[str, Any]) -> Running | None:
    kept = answer.get("running")
    if not kept:
        return None
    return Running(kept["number"], datetime.fromisoformat(kept["ends_at"]), kept.get("sent", {}), kept.get("late", {}))


def begun(answer: Mapping[str, Any], number: int, ends_at: datetime) -> dict[str, Any]:
    return {**answer, "running": {"number": number, "ends_at": ends_at.isoformat(), "sent": {}}}


def with_sent(answer: Mapping[str, Any], name: str, sent: Sent) -> dict[str, Any]:
    """`name`: sent or late. What a form does not hold stays as it was."""
    kept = answer["running"]
    return {**answer, "running": {**kept, name: {**kept.get(name, {}), **sent}}}


def fitting(questions: Sequence[Mapping[str, Any]], form: Mapping[str, Sequence[str]], member_id: int, step_id: int) -> Sent:
    """Of what a form sends, what these questions offer, in labels: their values are this member's own, who may be another row
    by tomorrow. Also pairs of which some have no partner yet, and nothing where everything was taken back."""
    found: Sent = {}
    for question in questions:
        key = question_key(question)
        offered = {"": ""} | {choice.value: choice.label for choice in choices(question, member_id, step_id)}
        labels = [offered[value] for value in form.get(key, ()) if value in offered]
        if labels and len(labels) <= len(offered):
            found[key] = labels if kind_of(question) == MATCHING and any(labels) else [label for label in labels if label]
    return found


def readable(questions: Sequence[Mapping[str, Any]], sent: Mapping[str, Sequence[str]]) -> dict[str, Given]:
    """What was given to each question that has a whole answer."""
    found: dict[str, Given] = {}
    for question in questions:
        key = question_key(question)
        try:
            found[key] = given_of(question, sent.get(key, ()))
        except BadAnswer:
            continue
    return found
