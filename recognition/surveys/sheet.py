"""The form that a person answers, in: fields `q-1` with the number of an option, several of them, or words; out: what they
said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from recognition.activities.rules import BadReport, clean_text
from recognition.surveys.models import Survey, SurveyAnswer, SurveyQuestion
from recognition.surveys.rules import DECLINED, SCALE, SCALE_STEPS, SEVERAL, TEXT, TEXT_MAX, BadAnswer, Said, claim_of


class NoOption(ValueError):
    """Something was sent that the form does not offer."""


@dataclass(frozen=True)
class Line:
    """A question as it is shown: `value` is what stands in it now, for `several` a list."""

    question: SurveyQuestion
    name: str
    options: Sequence[tuple[str, str]]
    value: Any
    error: str = ""


def read(form: MultiDict[str, str], questions: Sequence[SurveyQuestion]) -> Said:
    """Raises BadAnswer. Whoever would rather not say says nothing else."""
    if form.get("declined"):
        return Said(DECLINED)
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    claim = ""
    for one in questions:
        name = name_of(one)
        try:
            value = _value(one, form.getlist(name))
        except BadReport as fault:
            errors[name] = _("This %(reason)s.", reason=fault.reason)
            continue
        except NoOption:
            errors[name] = _("Please choose one of these.")
            continue
        if value not in (None, [], ""):
            values[str(one.position)] = value
        if one.is_claim and value is None:
            errors[name] = _("Please choose one, or press the button that says you would rather not say.")
        elif one.is_claim:
            claim = claim_of(one.options[value], one.yes, one.no)
    if errors:
        raise BadAnswer(errors)
    return Said(claim, values)


def lines(survey: Survey, answer: SurveyAnswer | None) -> list[Line]:
    """As it was answered last."""
    given = answer.values if answer is not None else {}
    return [Line(one, name_of(one), options_of(one), _shown(one, given.get(str(one.position)))) for one in survey.questions]


def typed(survey: Survey, form: MultiDict[str, str], errors: Mapping[str, str]) -> list[Line]:
    """As it was sent."""
    found = []
    for one in survey.questions:
        name = name_of(one)
        value = form.getlist(name) if one.kind == SEVERAL else form.get(name, "")
        found.append(Line(one, name, options_of(one), value, errors.get(name, "")))
    return found


def name_of(question: SurveyQuestion) -> str:
    return f"q-{question.position}"


def options_of(question: SurveyQuestion) -> list[tuple[str, str]]:
    names = SCALE_STEPS if question.kind == SCALE else question.options
    return [(str(number), name) for number, name in enumerate(names)]


def _value(question: SurveyQuestion, sent: list[str]) -> Any:
    """None where nothing was said. Raises BadReport and NoOption."""
    if question.kind == TEXT:
        text = sent[0] if sent else ""
        return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"), "answer", TEXT_MAX)
    if question.kind == SEVERAL:
        return sorted({_number(question, text) for text in sent if text})
    return _number(question, sent[0]) if sent and sent[0] else None


def _number(question: SurveyQuestion, text: str) -> int:
    if text not in dict(options_of(question)):
        raise NoOption
    return int(text)


def _shown(question: SurveyQuestion, value: Any) -> Any:
    if question.kind == SEVERAL:
        return [str(number) for number in value or ()]
    return "" if value is None else str(value)
