"""Differences between two sheets, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.values import BadCriteria
from recognition.badges.words import names_for
from recognition.quests.compare import ADDED, CHANGED, MOVED, REMOVED, Change, lines_between

LONG = 160
"""Longer texts are compared line by line."""


@dataclass(frozen=True)
class Told:
    """`lines`: ("-" or "+", words) where a long text differs; else `before` and `after`."""

    what: str
    before: str = ""
    after: str = ""
    lines: tuple[tuple[str, str], ...] = ()


def changes(found: Iterable[Change]) -> list[Told]:
    return [_told(one) for one in found]


def _told(one: Change) -> Told:
    if one.field == "questions":
        what = {ADDED: _("“%(step)s”: a new question, “%(ask)s”", step=one.step, ask=one.ask),
                REMOVED: _("“%(step)s”: the question “%(ask)s” is gone", step=one.step, ask=one.ask),
                CHANGED: _("“%(step)s”: the question “%(ask)s”", step=one.step, ask=one.ask)}[one.kind]  # fmt: skip
        return _sides(str(what), question_words(one.before), question_words(one.after))
    if one.kind != CHANGED:
        return Told(str({ADDED: _("A new step: “%(step)s”", step=one.step), REMOVED: _("A step less: “%(step)s”", step=one.step),
                         MOVED: _("“%(step)s” stands in another place", step=one.step)}[one.kind]))  # fmt: skip
    name = names().get(one.field, one.field)
    what = _("“%(step)s”: %(field)s", step=one.step, field=name) if one.step else name
    return _sides(str(what), _words(one.field, one.before), _words(one.field, one.after))


def _sides(what: str, before: str, after: str) -> Told:
    if max(len(before), len(after)) > LONG or "\n" in before + after:
        return Told(what, lines=tuple(lines_between(before, after)))
    return Told(what, before, after)


def question_words(question: dict[str, Any] | None) -> str:
    if not question:
        return ""
    told = [
        f"{names().get(name, name)}: {_plain(value)}" for name, value in sorted(question.items()) if name not in ("kind", "ask")
    ]
    return "\n".join(told)


def whole_question(question: dict[str, Any]) -> str:
    return "\n".join(filter(None, [str(question.get("ask", "")), question_words(question)]))


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(" = ".join(map(str, one)) if isinstance(one, list) else str(one) for one in value)
    return str(value)


def _words(field: str, value: Any) -> str:
    if value is None:
        return ""
    if field in ("requires", "proof"):
        return rule_words(value)
    if field == "pass_mark" and isinstance(value, int | float):
        return f"{round(value * 100)} %"
    return "\n".join(map(str, value)) if field == "ideas" else _plain(value)


def rule_words(rule: Any) -> str:
    try:
        criteria = parse(rule)
    except BadCriteria:
        return str(_("a rule that is none"))
    return describe(criteria, names_for([criteria]))


def names() -> dict[str, str]:
    """Fields as the pages call them."""
    return {
        "title": _("title"), "summary": _("summary"), "family": _("family"), "minutes": _("minutes"), "campaign": _("campaign"),
        "position": _("turn in the list"), "map": _("place on the map"), "language": _("language"),
        "requires": _("who may begin"), "thanks": _("thanks"), "after": _("what one can do with it"), "body": _("words"),
        "prompt": _("what is asked"), "placeholder": _("how an answer may begin"), "ideas": _("ideas"), "tag": _("tag"),
        "proof": _("what proves it"), "mode": _("how it goes"), "pass_mark": _("passed from"), "draw": _("how many are drawn"),
        "tries_a_day": _("tries a day"), "limit_minutes": _("minutes for a try"),
        "right": _("right"), "wrong": _("wrong"), "hint": _("hint"), "why": _("why"),
        "source": _("source"), "pairs": _("pairs"), "guide": _("what a reviewer looks for"),
    }  # fmt: skip
