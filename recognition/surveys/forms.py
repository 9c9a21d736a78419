"""The council's form, in; a checked survey or a sentence for each wrong field, out. Fields of a question are called `q-1-ask`;
moments are written as a browser sends them and mean UTC; options stand one a line."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _

from recognition.activities.builder import words
from recognition.activities.builder.cards import Card, Form, fresh, read
from recognition.activities.builder.making import make
from recognition.activities.builder.taking import take
from recognition.activities.criteria.parse import Known, check_known, parse, parse_seen
from recognition.activities.criteria.tree import Criteria
from recognition.activities.criteria.values import BadCriteria
from recognition.activities.rules import BadReport, clean_text, slug_of
from recognition.surveys import checking
from recognition.surveys.checking import place_of
from recognition.surveys.models import Survey
from recognition.surveys.rules import CHOICE, INTRO_MAX, QUESTIONS_MAX, SEVERAL, SLUG_MAX, TITLE_MAX, QuestionSpec, SurveySpec

PLAIN = ("title", "slug", "intro", "campaign", "opens_at", "closes_at", "over", "confidence", "quiet_days", "by_region",
         "secrecy", "who", "second", "claim", "seen")  # fmt: skip
OF_QUESTION = ("kind", "ask", "hint", "options", "yes", "no")
RULES = {"audience": "who", "evidence": "second"}
"""What the fields of each rule begin with, and the choice that asks for it."""
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)
_HARMLESS = datetime(2000, 1, 1, tzinfo=UTC)
LINES_MAX_CHARS = 5_000
Named = Callable[[Criteria], Known]
"""Of all that a rule names, what there is."""


@dataclass(frozen=True)
class Written:
    """What was written, as text. `spec` is None while `errors` has anything."""

    values: Mapping[str, str]
    questions: Sequence[Mapping[str, str]]
    cards: Mapping[str, Card]
    errors: Mapping[str, str] = field(default_factory=dict)
    spec: SurveySpec | None = None
    rules: Mapping[str, dict[str, Any] | None] = field(default_factory=dict)


def written(form: Form) -> Written:
    """Raises cards.TooLarge."""
    asked: list[dict[str, str]] = []
    while len(asked) <= QUESTIONS_MAX and place_of(len(asked) + 1, "kind") in form:
        number = len(asked) + 1
        asked.append({name: form.get(place_of(number, name), "") for name in OF_QUESTION})
    values = {name: form.get(name, "") for name in PLAIN}
    return Written(values, asked, {name: read(form, name) for name in RULES})


def blank_question(**changes: str) -> dict[str, str]:
    return dict.fromkeys(OF_QUESTION, "") | {"kind": CHOICE} | changes


def blank(days: Callable[[int], str]) -> Written:
    """`days`: a moment of the form, in days from tomorrow."""
    values = dict.fromkeys(PLAIN, "") | {
        "opens_at": days(0), "closes_at": days(14), "over": "80", "confidence": "95", "quiet_days": "56", "by_region": "1",
        "secrecy": "anonymous", "who": "all", "second": "none", "claim": "1",
    }  # fmt: skip
    return Written(values, [blank_question()], {name: fresh() for name in RULES})


def moved(draft: Written, move: str) -> Written:
    """After a button of the questions: `add`, `remove:2`, `up:2` or `down:2`. The goal stays with its question."""
    verb, _colon, text = move.partition(":")
    asked, claim = list(draft.questions), draft.values["claim"]
    at = int(text[:3]) - 1 if text.isascii() and text.isdigit() else -1
    order = list(range(len(asked)))
    if verb == "add" and len(asked) < QUESTIONS_MAX:
        asked.append(blank_question())
        order.append(-1)
    elif verb == "remove" and 0 <= at < len(asked) > 1:
        del asked[at], order[at]
    elif verb in ("up", "down") and 0 <= at < len(asked):
        there = at + (1 if verb == "down" else -1)
        if 0 <= there < len(asked):
            asked[at], asked[there] = asked[there], asked[at]
            order[at], order[there] = order[there], order[at]
    old = int(claim) - 1 if claim.isascii() and claim.isdigit() and len(claim) < 4 else -1
    values = {**draft.values, "claim": str(order.index(old) + 1) if old in order and old >= 0 else ""}
    return replace(draft, values=values, questions=asked, errors={}, spec=None)


def replaced(draft: Written, name: str, card: Card) -> Written:
    """With other cards for one of its rules."""
    return replace(draft, cards={**draft.cards, name: card}, errors={}, spec=None)


def with_values(draft: Written, **values: str) -> Written:
    return replace(draft, values={**draft.values, **values})


def refused(draft: Written, errors: Mapping[str, str]) -> Written:
    """What only the stored surveys can tell."""
    return replace(draft, errors={**draft.errors, **errors}, spec=None)


def written_of(survey: Survey) -> Written:
    """A stored survey as the form shows it."""
    how = survey.method
    claims = [one.position for one in survey.questions if one.is_claim]
    values = {
        "title": survey.title, "slug": survey.slug, "intro": survey.intro, "campaign": survey.campaign or "",
        "opens_at": moment_text(survey.opens_at), "closes_at": moment_text(survey.closes_at), "over": str(how["over"]),
        "confidence": str(how["confidence"]), "quiet_days": str(how["quiet_days"]), "by_region": "1" if how["by_region"] else "",
        "secrecy": "anonymous" if survey.is_anonymous else "named", "who": "all" if survey.audience is None else "rule",
        "second": "none" if survey.evidence is None else "rule", "claim": str(claims[0]) if claims else "",
        "seen": fingerprint(survey),
    }  # fmt: skip
    asked = [
        {
            "kind": one.kind,
            "ask": one.ask,
            "hint": one.hint,
            **{name: "\n".join(getattr(one, name)) for name in ("options", "yes", "no")},
        }
        for one in survey.questions
    ]
    rules = {"audience": survey.audience, "evidence": survey.evidence}
    return Written(values, asked, {name: fresh() if data is None else take(data) for name, data in rules.items()})


def fingerprint(survey: Survey) -> str:
    """Changes with everything that the form can change."""
    told: list[Any] = [
        survey.title, survey.intro, survey.campaign, survey.opens_at, survey.closes_at, survey.method, survey.is_anonymous,
        survey.audience, survey.evidence,
    ]  # fmt: skip
    told += [[one.kind, one.ask, one.hint, one.options, one.is_claim, one.yes, one.no] for one in survey.questions]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def checked(draft: Written, known: Named, survey: Survey | None = None) -> Written:
    """All faults at once. `survey`: the one that is changed, None for a new one, which is named after its title."""
    errors: dict[str, str] = {}
    values = draft.values
    title, intro = (_text(values[name], name, limit, errors) for name, limit in (("title", TITLE_MAX), ("intro", INTRO_MAX)))
    rules = {name: _rule(draft, name, known, errors, getattr(survey, name, None)) for name in RULES}
    spec = SurveySpec(
        survey.slug if survey else values["slug"].strip() or address(title), title, _date(values, "opens_at", errors),
        _date(values, "closes_at", errors), tuple(_questions(draft, errors)), intro, values["campaign"] or None,
        values["secrecy"] != "named", rules["audience"], rules["evidence"], _number(values["quiet_days"]),
        bool(values["by_region"]), _number(values["over"]), _number(values["confidence"]),
    )  # fmt: skip
    for name, sentence in checking.faults(spec):
        if name in RULES or (name == "closes_at" and "opens_at" in errors):
            continue
        errors.setdefault("title" if name == "slug" and not values["slug"] else name, sentence)
    return replace(draft, errors=errors, spec=None if errors else spec, rules=rules)


def address(title: str) -> str:
    """Short enough for a number after it; a title without a Latin letter has one too."""
    return re.sub("[^a-z0-9]+", "-", slug_of(title or "survey")[: SLUG_MAX - 4]).strip("-")


def _questions(draft: Written, errors: dict[str, str]) -> Iterator[QuestionSpec]:
    for number, one in enumerate(draft.questions, 1):
        is_claim = draft.values["claim"] == str(number)
        chooses = one["kind"] in (CHOICE, SEVERAL)
        ask, hint = (_text(one[name], place_of(number, name), 300, errors) for name in ("ask", "hint"))
        options, yes, no = (
            lines(_text(one[name], place_of(number, name), LINES_MAX_CHARS, errors)) for name in ("options", "yes", "no")
        )
        yield QuestionSpec(one["kind"], ask, hint, options if chooses else (), is_claim, yes if is_claim else (),
                           no if is_claim else ())  # fmt: skip


def lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _rule(
    draft: Written, name: str, known: Named, errors: dict[str, str], stored: dict[str, Any] | None
) -> dict[str, Any] | None:
    """One that stays as it is stored may speak of things that are gone."""
    if draft.values[RULES[name]] != "rule":
        return None
    made = make(draft.cards[name], name)
    try:
        criteria = parse_seen(made.data)
        if stored is not None and parse(stored) == criteria:
            return stored
        check_known(made.data, known(criteria))
    except BadCriteria as fault:
        errors[made.field_at(fault.place)] = words.fault(fault)
        return None
    return made.data


def _text(text: str, name: str, limit: int, errors: dict[str, str]) -> str:
    try:
        return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"), name, limit)
    except BadReport as fault:
        errors[name] = _("This %(reason)s.", reason=fault.reason)
        return "x"


def _number(text: str) -> int:
    """One that no field takes, where it is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text.strip()) else -1


def _date(values: Mapping[str, str], name: str, errors: dict[str, str]) -> datetime:
    try:
        moment = datetime.fromisoformat(values[name].strip()).replace(tzinfo=UTC)
    except ValueError:
        moment = _HARMLESS.replace(year=1980)
    if not _EARLIEST <= moment <= _LATEST:
        errors[name] = _("Please give a day and a time, such as 2026-12-01 18:00.")
        return _HARMLESS
    return moment
