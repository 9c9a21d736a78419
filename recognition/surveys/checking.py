"""What a survey must be before it is saved. Pure; every fault names its place: a field of the survey, or `q-2-options` for one of
its second question."""

from collections.abc import Iterator
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from recognition.activities.criteria.parse import parse_seen
from recognition.activities.criteria.values import BadCriteria
from recognition.surveys.rules import (
    ASK_MAX,
    CHOICE,
    INTRO_MAX,
    OPTION_MAX,
    OPTIONS_MAX,
    QUESTION_KINDS,
    QUESTIONS_MAX,
    SEVERAL,
    SLUG,
    SLUG_MAX,
    TITLE_MAX,
    BadSurvey,
    QuestionSpec,
    SurveySpec,
)

RESERVED_SLUGS = ("new", "form", "preview")
LONGEST, SHORTEST = timedelta(days=366), timedelta(hours=1)
Faults = Iterator[tuple[str, str]]


def place_of(number: int, name: str) -> str:
    """The field of the `number`-th question, from 1."""
    return f"q-{number}-{name}"


def check(spec: SurveySpec) -> None:
    """Raises BadSurvey with every fault."""
    errors: dict[str, str] = {}
    for name, sentence in faults(spec):
        errors.setdefault(name, sentence)
    if errors:
        raise BadSurvey(errors)


def faults(spec: SurveySpec) -> Faults:
    yield from _words(spec)
    if spec.closes_at - spec.opens_at < SHORTEST:
        yield "closes_at", _("Give people an hour at least. A week or two is kind.")
    elif spec.closes_at - spec.opens_at > LONGEST:
        yield "closes_at", _("A year is long enough to answer.")
    for name, value, least, most in (("over", spec.over, 1, 99), ("confidence", spec.confidence, 50, 99),
                                     ("quiet_days", spec.quiet_days, 7, 730)):  # fmt: skip
        if not least <= value <= most:
            yield name, _("A whole number from %(least)s to %(most)s, please.", least=least, most=most)
    for name in ("audience", "evidence"):
        try:
            if getattr(spec, name) is not None:
                parse_seen(getattr(spec, name))
        except BadCriteria as fault:
            yield name, str(fault)
    yield from _questions(spec)


def _words(spec: SurveySpec) -> Faults:
    if not SLUG.fullmatch(spec.slug) or len(spec.slug) > SLUG_MAX or spec.slug in RESERVED_SLUGS:
        yield "slug", _("Use small letters, digits and single hyphens, such as do-we-know-what-mdm-is.")
    if not spec.title.strip():
        yield "title", _("A survey needs a title.")
    for name, limit in (("title", TITLE_MAX), ("intro", INTRO_MAX)):
        if len(getattr(spec, name)) > limit:
            yield name, _too_long(limit)


def _questions(spec: SurveySpec) -> Faults:
    claims = [number for number, one in enumerate(spec.questions, 1) if one.is_claim]
    if not spec.questions:
        yield "questions", _("A survey asks at least one question.")
    elif len(spec.questions) > QUESTIONS_MAX:
        yield "questions", ngettext("There is room for %(num)s question.", "There is room for %(num)s questions.", QUESTIONS_MAX)
    elif len(claims) != 1:
        yield "questions", _("Choose the one question by which the goal is measured.")
    for number, one in enumerate(spec.questions, 1):
        yield from ((place_of(number, name), sentence) for name, sentence in _question(one))


def _question(one: QuestionSpec) -> Faults:
    if one.kind not in QUESTION_KINDS:
        yield "kind", _("Please choose one of these.")
    if not one.ask.strip():
        yield "ask", _("What would you like to ask?")
    for name in ("ask", "hint"):
        if len(getattr(one, name)) > ASK_MAX:
            yield name, _too_long(ASK_MAX)
    if one.kind in (CHOICE, SEVERAL):
        if not 2 <= len(one.options) <= OPTIONS_MAX or len(set(one.options)) < len(one.options):
            yield "options", _("Between 2 and %(most)s different answers to choose from, one a line.", most=OPTIONS_MAX)
        elif max(map(len, one.options)) > OPTION_MAX:
            yield "options", _too_long(OPTION_MAX)
    elif one.options:
        yield "options", _("Only where people choose there is something to choose from.")
    if one.is_claim:
        yield from _claim(one)


def _claim(one: QuestionSpec) -> Faults:
    if one.kind != CHOICE:
        yield "kind", _("The goal is measured by a question with one choice.")
    if not one.yes:
        yield "yes", _("Which of the answers says yes?")
    elif set(one.yes) - set(one.options) or len(set(one.yes)) == len(one.options):
        yield "yes", _("These are answers from the list above, and not all of them.")
    if set(one.no) - set(one.options) or set(one.no) & set(one.yes):
        yield "no", _("These are answers from the list above that do not say yes.")


def _too_long(limit: int) -> str:
    return ngettext("At most %(num)s character, please.", "At most %(num)s characters, please.", limit)
