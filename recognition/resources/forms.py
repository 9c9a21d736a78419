"""What somebody typed into the forms of resources, into checked values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from recognition.activities.rules import BadReport, clean_text
from recognition.resources.rules import (
    AMOUNT_MAX,
    ANSWER_MAX_CHARS,
    GRANTED,
    NAME_MAX_CHARS,
    OUTCOMES,
    PARTLY,
    REGION_MAX_CHARS,
    UNIT_MAX_CHARS,
    WHAT_MAX_CHARS,
    WHY_MAX_CHARS,
    Decision,
    NotSaved,
    Wanted,
)

FIELDS = ("kind", "group", "what", "why", "amount", "unit", "region", "about", "shows_name", "shows_words")


@dataclass(frozen=True)
class Choices:
    """What may be chosen: units by the kind's id, ids of groups by slug, what an ask may be about."""

    units: Mapping[int, str]
    groups: Mapping[str, int]
    abouts: Collection[str]


def ask(form: Mapping[str, str], choices: Choices) -> Wanted:
    """Raises NotSaved with all that is wrong."""
    errors: dict[str, str] = {}
    kind, group, over = form.get("kind", ""), form.get("group", ""), form.get("about", "")
    kind_id = int(kind) if kind.isascii() and kind.isdecimal() and len(kind) < 16 else None
    chosen = {"kind": (kind, kind_id in choices.units), "group": (group, group in choices.groups),
              "about": (over, over in choices.abouts)}  # fmt: skip
    errors |= {name: _("Please choose one of the list.") for name, (typed, known) in chosen.items() if typed and not known}
    what, why = _line(form, "what", WHAT_MAX_CHARS, errors), _text(form, "why", WHY_MAX_CHARS, errors)
    for name, said in (("what", what), ("why", why)):
        if not said:
            errors.setdefault(name, _("A few words, please."))
    amount, typed_unit = number(form, "amount", errors), _line(form, "unit", UNIT_MAX_CHARS, errors)
    unit = choices.units.get(kind_id or 0) or typed_unit
    if amount is not None and not unit and "kind" not in errors:
        errors.setdefault("unit", _("Of what? “EUR”, “hours” or “pieces” would do."))
    region = _line(form, "region", REGION_MAX_CHARS, errors)
    if errors:
        raise NotSaved(errors)
    return Wanted(kind_id, choices.groups.get(group), what, why, amount, unit if amount is not None else "", region, over,
                  bool(form.get("shows_name")), bool(form.get("shows_words")))  # fmt: skip


def decision(form: Mapping[str, str], amount: int | None, unit: str) -> Decision:
    """`amount`: what was asked for, in `unit`. Raises NotSaved."""
    errors: dict[str, str] = {}
    outcome, answer = form.get("outcome", ""), _text(form, "answer", ANSWER_MAX_CHARS, errors)
    if outcome not in OUTCOMES:
        errors["outcome"] = _("Yes, in part, or no?")
    if not answer:
        errors.setdefault("answer", _("A reason, please: also a yes has one, and everybody reads it."))
    given = number(form, "given", errors) if unit and outcome in (GRANTED, PARTLY) else None
    if amount is not None and outcome == GRANTED and "given" not in errors:
        given = amount if given is None else given
        if given < amount:
            errors["given"] = _("That is less than was asked for: then it is “in part”.")
    if amount is not None and outcome == PARTLY and "given" not in errors and not 0 < (given or 0) < amount:
        errors["given"] = _("How much of it? More than nothing, and less than all.")
    if errors:
        raise NotSaved(errors)
    return Decision(outcome, given, answer)


def kind(form: Mapping[str, str]) -> tuple[str, str, bool]:
    """Its name, its unit, and whether it may be asked for. Raises NotSaved."""
    errors: dict[str, str] = {}
    name, unit = _line(form, "name", NAME_MAX_CHARS, errors), _line(form, "unit", UNIT_MAX_CHARS, errors)
    if not name:
        errors.setdefault("name", _("What is it called?"))
    if errors:
        raise NotSaved(errors)
    return name, unit, bool(form.get("is_open"))


def number(form: Mapping[str, str], name: str, errors: dict[str, str]) -> int | None:
    """Nothing typed is None; thousands may be set apart by spaces."""
    typed = "".join(form.get(name, "").split())
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 12) or not 0 < int(typed) <= AMOUNT_MAX:
        errors[name] = _("A whole number, please, such as 250.")
        return None
    return int(typed)


def words(form: Mapping[str, str], name: str, limit: int) -> str:
    """Raises NotSaved, also for none."""
    errors: dict[str, str] = {}
    typed = _text(form, name, limit, errors)
    if errors or not typed:
        raise NotSaved(errors or {name: _("A few words, please.")})
    return typed


def _text(form: Mapping[str, str], name: str, limit: int, errors: dict[str, str]) -> str:
    try:
        return clean_text(form.get(name, "").replace("\r\n", "\n"), "text", limit)
    except BadReport:
        errors[name] = _("Up to %(max)s characters fit, and only what can be shown. It is all still here.", max=limit)
        return ""


def _line(form: Mapping[str, str], name: str, limit: int, errors: dict[str, str]) -> str:
    return " ".join(_text(form, name, limit, errors).split())
